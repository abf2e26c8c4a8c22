/// @file
/// in_spool as the hub loads it, on folders in every condition.

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/option_table.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn {
namespace {

namespace fs = std::filesystem;
using plugin_host::Instance;
using plugin_host::PluginHost;
using testing::FakeHostServices;
using testing::FakeInbox;

const PluginHost& host() {
    static const PluginHost host{{fs::path{PAKN_BINARY_DIR} / "lib/paknhub"}};
    return host;
}

class InSpoolTest : public ::testing::Test {
protected:
    Result<std::unique_ptr<Instance>> create(Settings::Values values) {
        return host().create("in_spool", testing::settingsFor(host().find("in_spool")->info.options, std::move(values)),
                             services_);
    }
    /// One poll of a new connector on the spool folder.
    Status poll(Inbox& inbox, std::stop_token stop = {}, Settings::Values more = {}) {
        more.emplace("directory", spool_.path().string());
        Result<std::unique_ptr<Instance>> instance = create(std::move(more));
        return instance ? (*instance)->poll(inbox, std::move(stop)) : instance.error();
    }
    std::set<std::string> names(const fs::path& folder = {}) const {
        std::set<std::string> found;
        for (const fs::directory_entry& entry : fs::directory_iterator{spool_ / folder})
            found.insert(entry.path().filename().string());
        return found;
    }
    using Names = std::set<std::string>;

    const testing::TemporaryFolder spool_;
    FakeHostServices services_;
    FakeInbox inbox_;
};

TEST_F(InSpoolTest, WhatKillsIsPutOutOfTheWayUnread) {
    spool_.write("a.txt", "sound");
    spool_.write("b.txt", "deadly");
    spool_.write("c.txt", "sound, too");
    FakeInbox inbox;
    inbox.setAside("b");
    EXPECT_TRUE(poll(inbox));
    EXPECT_EQ(inbox.inHand(), (std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(inbox.stored().size(), 2U);
    ASSERT_EQ(inbox.unacceptable().size(), 1U);
    EXPECT_EQ(inbox.unacceptable()[0].external_id, "b");
    EXPECT_EQ(inbox.unacceptable()[0].problem.problem, "connector.quarantined");
    EXPECT_EQ(names("rejected"), std::set<std::string>{"b.txt"});
}

TEST_F(InSpoolTest, TakesFilesInOrderAndRemovesThem) {
    spool_.write("b.txt", "Hố ga mất nắp");
    spool_.write("a.txt", "Đèn đường không sáng\nở ngã tư");
    spool_.write("c.txt", "Cây đổ");
    ASSERT_TRUE(poll(inbox_, {}, {{"category", "ha-tang"}}));
    const std::vector<IncomingPetition> stored = inbox_.stored();
    ASSERT_EQ(stored.size(), 3U);
    EXPECT_EQ(stored[0].text, "Đèn đường không sáng\nở ngã tư");
    EXPECT_EQ(stored[1].text, "Hố ga mất nắp");
    EXPECT_EQ(stored[2].text, "Cây đổ");
    EXPECT_EQ(stored[0].category, "ha-tang");
    EXPECT_EQ(stored[0].external_id.substr(0, 2), "a-");
    EXPECT_EQ(names(), Names{"rejected"});
}

TEST_F(InSpoolTest, LeavesAloneWhatIsNotForIt) {
    spool_.write("half.tmp", "being written");
    spool_.write(".hidden.txt", "being written");
    spool_.write("readme", "for people");
    fs::create_directory(spool_ / "folder.txt");
    ASSERT_EQ(::mkfifo((spool_ / "fifo.txt").c_str(), 0600), 0);
    const testing::TemporaryFolder elsewhere;
    fs::create_symlink(elsewhere.write("secret", "not for the hub"), spool_ / "link.txt");
    fs::create_symlink("nowhere", spool_ / "dangling.txt");
    const Names before = names();
    ASSERT_TRUE(poll(inbox_));
    EXPECT_EQ(inbox_.calls(), 0);
    Names after = names();
    after.erase("rejected");
    EXPECT_EQ(after, before);
}

TEST_F(InSpoolTest, KeepsAFileUntilTheHubHasStoredIt) {
    spool_.write("a.txt", "first");
    spool_.write("b.txt", "second");
    FakeInbox down{[](const IncomingPetition&) { return FakeInbox::failed(Errc::kUnavailable); }};
    const Status polled = poll(down);
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().code, Errc::kUnavailable);
    EXPECT_EQ(down.calls(), 1) << "with the hub down there is no use in trying every file";
    EXPECT_EQ(names(), (Names{"a.txt", "b.txt", "rejected"}));
    ASSERT_TRUE(poll(inbox_));
    EXPECT_EQ(inbox_.stored().size(), 2U);
}

TEST_F(InSpoolTest, AFileThatTheHubStumblesOverDoesNotStopTheOthers) {
    spool_.write("a.txt", "poison");
    spool_.write("b.txt", "good");
    FakeInbox inbox{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "poison") return FakeInbox::failed(Errc::kInternal);
        return std::nullopt;
    }};
    const Status polled = poll(inbox);
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().code, Errc::kInternal);
    EXPECT_EQ(inbox.stored().size(), 1U);
    EXPECT_EQ(names(), (Names{"a.txt", "rejected"}));
}

TEST_F(InSpoolTest, TheSameFileAgainIsTheSameReport) {
    spool_.write("a.txt", "text");
    ASSERT_TRUE(poll(inbox_));
    spool_.write("a.txt", "text");
    ASSERT_TRUE(poll(inbox_));
    EXPECT_EQ(inbox_.stored().size(), 1U);
    EXPECT_EQ(names(), Names{"rejected"}) << "a duplicate is done: its file goes";
    spool_.write("a.txt", "another text");
    ASSERT_TRUE(poll(inbox_));
    EXPECT_EQ(inbox_.stored().size(), 2U);
}

TEST_F(InSpoolTest, WhatTheHubRefusesMovesAsideAndOverwritesNothing) {
    FakeInbox inbox{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text.find("good") == std::string::npos) return FakeInbox::refused("petition.content_too_long");
        return std::nullopt;
    }};
    for (const char* text : {"one", "two", "three"}) {
        spool_.write("a.txt", text);
        spool_.write("b.txt", std::string{"good "} + text);
        ASSERT_TRUE(poll(inbox));
    }
    EXPECT_EQ(inbox.stored().size(), 3U);
    EXPECT_EQ(names(), Names{"rejected"});
    EXPECT_EQ(names("rejected"), (Names{"a.txt", "a-2.txt", "a-3.txt"}));
    EXPECT_EQ(testing::readFile(spool_ / "rejected/a.txt"), "one");
    EXPECT_EQ(testing::readFile(spool_ / "rejected/a-3.txt"), "three");
    EXPECT_EQ(services_.counted("rejected"), 3);
    ASSERT_EQ(services_.logged().size(), 3U);
    EXPECT_EQ(services_.logged().front().level, LogLevel::kWarning);
    EXPECT_NE(services_.logged().front().text.find("petition.content_too_long"), std::string::npos);
}

TEST_F(InSpoolTest, ALargerFileMovesAsideUnread) {
    spool_.write("large.txt", std::string(1025, 'x'));
    spool_.write("exact.txt", std::string(1024, 'x'));
    ASSERT_TRUE(poll(inbox_, {}, {{"max_size", "1KB"}}));
    ASSERT_EQ(inbox_.stored().size(), 1U);
    EXPECT_EQ(inbox_.stored().front().text.size(), 1024U);
    EXPECT_EQ(names("rejected"), Names{"large.txt"});
}

TEST_F(InSpoolTest, HandsOverBytesAsTheyAre) {
    const std::string bytes = std::string{"NUL "} + '\0' + " and \xff\xfe are the hub's to judge";
    spool_.write("a.txt", bytes);
    spool_.write("empty.txt", "");
    ASSERT_TRUE(poll(inbox_));
    ASSERT_EQ(inbox_.stored().size(), 2U);
    EXPECT_EQ(inbox_.stored()[0].text, bytes);
    EXPECT_EQ(inbox_.stored()[1].text, "");
}

TEST_F(InSpoolTest, StopsBetweenFiles) {
    for (const char* name : {"a.txt", "b.txt", "c.txt"}) spool_.write(name, name);
    std::stop_source stop;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        stop.request_stop();
        return std::nullopt;
    }};
    EXPECT_TRUE(poll(inbox, stop.get_token()));
    EXPECT_EQ(inbox.stored().size(), 1U);
    EXPECT_EQ(names(), (Names{"b.txt", "c.txt", "rejected"}));
}

TEST_F(InSpoolTest, AFileThatVanishesMeanwhileIsNoError) {
    for (const char* name : {"a.txt", "b.txt", "c.txt"}) spool_.write(name, name);
    FakeInbox inbox{[&](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "a.txt") fs::remove(spool_ / "b.txt");  // Before it is read.
        if (petition.text == "c.txt") fs::remove(spool_ / "c.txt");  // While the hub stores it.
        return std::nullopt;
    }};
    EXPECT_TRUE(poll(inbox));
    EXPECT_EQ(inbox.stored().size(), 2U);
    EXPECT_EQ(names(), Names{"rejected"});
}

TEST_F(InSpoolTest, AReportThatTakesTheSameNameMeanwhileStays) {
    spool_.write("a.txt", "first");
    FakeInbox inbox{[&](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "first") fs::rename(spool_.write("next.tmp", "second"), spool_ / "a.txt");
        return std::nullopt;
    }};
    ASSERT_TRUE(poll(inbox));
    EXPECT_EQ(names(), (Names{"a.txt", "rejected"}));
    ASSERT_TRUE(poll(inbox));
    ASSERT_EQ(inbox.stored().size(), 2U);
    EXPECT_EQ(inbox.stored()[1].text, "second");
}

TEST_F(InSpoolTest, AFileThatTheHubMayNotReadMovesAside) {
    spool_.write("a.txt", "locked");
    spool_.write("b.txt", "open");
    fs::permissions(spool_ / "a.txt", fs::perms::none);
    const bool root = ::geteuid() == 0;  // Whom no mode keeps out: act as somebody else meanwhile,
    constexpr uid_t kNobody = 65534;     // who need not reach the plugin's file.
    const auto instance = create({{"directory", spool_.path().string()}});
    ASSERT_TRUE(instance);
    if (root) {
        for (const char* name : {"", "a.txt", "b.txt", "rejected"})
            ASSERT_EQ(::chown((spool_ / name).c_str(), kNobody, kNobody), 0);
    }
    ASSERT_EQ(::seteuid(root ? kNobody : ::geteuid()), 0);
    const Status polled = (*instance)->poll(inbox_, {});
    ASSERT_EQ(::seteuid(root ? 0 : ::geteuid()), 0);
    EXPECT_TRUE(polled);
    EXPECT_EQ(inbox_.stored().size(), 1U);
    EXPECT_EQ(names("rejected"), Names{"a.txt"});
}

TEST_F(InSpoolTest, AFolderThatIsNotThereIsMisconfiguredAtStartAndAnErrorLater) {
    const auto instance = create({{"directory", "/nonexistent/spool"}});
    ASSERT_FALSE(instance);
    EXPECT_EQ(instance.error().code, Errc::kMisconfigured);

    fs::create_directory(spool_ / "inner");
    const auto inner = create({{"directory", (spool_ / "inner").string()}});
    ASSERT_TRUE(inner);
    fs::remove_all(spool_ / "inner");
    EXPECT_FALSE((*inner)->poll(inbox_, {}));
}

TEST_F(InSpoolTest, TheReadmeShowsTheOptionTable) {
    const std::string readme = testing::readFile(PAKN_SOURCE_DIR "/plugins/in_spool/README.md");
    const std::string table = testing::optionTable(host().find("in_spool")->info.options);
    EXPECT_NE(readme.find(table), std::string::npos) << table;
}

}  // namespace
}  // namespace pakn

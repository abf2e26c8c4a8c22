/// @file
/// Which files make a configuration, and who wins when several say something.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support.hpp"

namespace pakn::config {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;

class SourcesTest : public testing::Test {
protected:
    /// Loads "top", which includes the sound configuration.
    LoadResult loadTop(bool check_environment = false) { return loadFrom(folder_.path() / "top", check_environment); }
    void writeTop(std::string_view text) { folder_.write("top/hub.yaml", "include: [../good]\n" + std::string{text}); }
    void SetUp() override { folder_.copyGood(); }

    TemporaryFolder folder_;
};

TEST_F(SourcesTest, TheIncludingDirectoryWinsAndMapsMergeKeyByKey) {
    writeTop("hub: { name: Tổng đài khác }\nconnectors:\n  spool: { interval: 5s }\nsla: { khan: { handle: 4h } }\n");
    const LoadResult result = loadTop();
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_TRUE(result.diagnostics.empty());
    EXPECT_EQ(result.configuration->hub_name, "Tổng đài khác");
    EXPECT_EQ(result.configuration->store_url, "sqlite:var/hub.db");
    const Connector& spool = result.configuration->connectors.at(0);
    EXPECT_EQ(spool.plugin, "in_spool");
    EXPECT_EQ(spool.interval, std::chrono::seconds{5});
    EXPECT_EQ(result.configuration->rules->sla.size(), 2U);
}

TEST_F(SourcesTest, TheDatabasesPasswordComesFromWhereItIsSaidToBe) {
    writeTop("store: { url: \"postgresql://hub@db/paknhub\", password: \"${file:password}\" }\n");
    EXPECT_FALSE(loadTop(true).configuration) << "there is no such file";
    EXPECT_TRUE(loadTop(false).configuration) << "checked without its environment";
    folder_.write("top/password", "mật khẩu\n");
    folder_.write("top/var/spool/some.txt", "");
    folder_.write("top/var/secret", "some\n");
    const LoadResult result = loadTop(true);
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_EQ(result.configuration->store_url, "postgresql://hub@db/paknhub");
    EXPECT_EQ(result.configuration->store_password, "mật khẩu");
    for (const char* url : {"postgresql://hub:geheim@db/paknhub", "postgresql://db/paknhub?user=hub&password=geheim"}) {
        writeTop("store: { url: \"" + std::string{url} + "\" }\n");
        EXPECT_FALSE(loadTop().configuration) << url;
    }
}

TEST_F(SourcesTest, ListsOfThingsMergeByTheirIdOrNameAndTheWinnersComeFirst) {
    writeTop(
        "units:\n  - { id: y-te, name: Y tế }\n  - { id: ubnd, name: Văn phòng mới }\n"
        "routes:\n  - { name: Bệnh viện, when: { text_any: [bệnh viện] }, then: { unit: y-te } }\n");
    const LoadResult result = loadTop();
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const domain::Rules& rules = *result.configuration->rules;
    EXPECT_EQ(rules.units.size(), 3U);
    EXPECT_EQ(rules.unit("ubnd")->name, "Văn phòng mới");
    EXPECT_TRUE(rules.unit("ubnd")->office);
    ASSERT_EQ(rules.routes.size(), 2U);
    EXPECT_EQ(rules.routes[0].name, "Bệnh viện");
    EXPECT_EQ(rules.routes[1].name, "Đèn đường");
}

TEST_F(SourcesTest, OtherListsAreReplaced) {
    writeTop("calendar: { holidays: [2026-09-02] }\ndeliveries: []\n");
    const LoadResult result = loadTop();
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const domain::WorkingCalendar& calendar = result.configuration->rules->calendars.at("default");
    using namespace std::chrono;
    EXPECT_EQ(calendar.kindOf(local_days{2026y / 9 / 2}), domain::DayKind::kHoliday);
    EXPECT_EQ(calendar.kindOf(local_days{2026y / 1 / 1}), domain::DayKind::kWorking);
    EXPECT_EQ(calendar.kindOf(local_days{2026y / 1 / 10}), domain::DayKind::kMakeup);
    EXPECT_TRUE(result.configuration->rules->deliveries.empty());
}

TEST_F(SourcesTest, FilesOfOneDirectoryAddUp) {
    writeTop("connectors: { second: { plugin: in_spool, settings: { directory: b } } }\n");
    folder_.write("top/managed.yaml",
                  "connectors: { third: { plugin: in_spool, settings: { directory: c } } }\n"
                  "units: [{ id: y-te, name: Y tế }]\n");
    const LoadResult result = loadTop();
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_EQ(result.configuration->connectors.size(), 4U);
    EXPECT_EQ(result.configuration->rules->units.size(), 3U);
}

TEST_F(SourcesTest, AWorkflowIsReplacedAsAWhole) {
    std::string workflow = readAll(folder_.path() / "good/workflows/tiny.yaml");
    workflow.replace(workflow.find("Ngắn"), std::string_view{"Ngắn"}.size(), "Khác");
    writeTop("");
    folder_.write("top/workflows/mine.yaml", workflow);
    const LoadResult result = loadTop();
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    ASSERT_EQ(result.configuration->rules->workflows.size(), 1U);
    EXPECT_EQ(result.configuration->rules->workflow("tiny")->label.vi, "Khác");
}

TEST_F(SourcesTest, ADirectoryIncludedTwiceCountsOnce) {
    folder_.write("left/a.yaml", "include: [../good]\nhub: { name: Trái }\n");
    folder_.write("right/a.yaml", "include: [../good]\nhttp: { max_body: 1MB }\n");
    folder_.write("top/hub.yaml", "include: [../left, ../right]\n");
    const LoadResult result = loadTop();
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_EQ(result.configuration->hub_name, "Trái");  // Not undone by what the right one includes.
    EXPECT_EQ(result.configuration->max_body, 1U << 20U);
}

TEST_F(SourcesTest, TheTextHoldsEveryFileByNameAndTheHashFollowsIt) {
    writeTop("");
    const LoadResult first = loadTop();
    ASSERT_TRUE(first.configuration);
    const std::string& text = first.configuration->text;
    EXPECT_LT(text.find("../good/hub.yaml"), text.find("../good/workflows/tiny.yaml"));
    EXPECT_LT(text.find("../good/workflows/tiny.yaml"), text.find("=== hub.yaml"));
    EXPECT_EQ(first.configuration->hash.size(), 64U);
    EXPECT_EQ(first.configuration->hash, first.configuration->rules->hash);
    EXPECT_EQ(first.configuration->hash, loadTop().configuration->hash);
    writeTop("# a comment\n");
    EXPECT_NE(first.configuration->hash, loadTop().configuration->hash);
}

TEST_F(SourcesTest, TheHashIsSha256OfTheText) {
    writeTop("");
    const LoadResult result = loadTop();
    folder_.write("text", result.configuration->text);
    const std::string command = "sha256sum " + (folder_.path() / "text").string();
    FILE* pipe = popen(command.c_str(), "r");
    ASSERT_NE(pipe, nullptr);
    std::string digest(64, ' ');
    EXPECT_EQ(fread(digest.data(), 1, digest.size(), pipe), digest.size());
    pclose(pipe);
    EXPECT_EQ(result.configuration->hash, digest);
}

TEST_F(SourcesTest, ByteOrderMarkAndWindowsLineEndsAreRead) {
    folder_.write("top/hub.yaml", "\xEF\xBB\xBFinclude: [../good]\r\nhttp:\r\n  max_body: 1MB\r\n  wrong: 1\r\n");
    EXPECT_THAT(placesOf(loadTop()), ElementsAre("hub.yaml:4:3 error"));
}

TEST_F(SourcesTest, WhatIsNoReadableFileIsNamed) {
    writeTop("deadline: { default_sla: there }\n");
    fs::create_directories(folder_.path() / "top/folder.yaml");
    fs::create_symlink("nowhere", folder_.path() / "top/link.yaml");
    ASSERT_EQ(mkfifo((folder_.path() / "top/pipe.yaml").c_str(), 0600), 0);
    folder_.write("top/.hidden.yaml", "hub: [");
    folder_.write("top/notes.txt", "hub: [");
    // The unknown policy may stand in one of the three, so it is not called unknown.
    EXPECT_THAT(placesOf(loadTop()),
                ElementsAre("folder.yaml:0:0 error", "link.yaml:0:0 error", "pipe.yaml:0:0 error"));
}

TEST_F(SourcesTest, AFileOfTwoMegabytesIsRefusedUnread) {
    writeTop("");
    folder_.write("top/large.yaml", std::string(2U << 20U, '#'));
    EXPECT_THAT(placesOf(loadTop()), ElementsAre("large.yaml:0:0 error"));
}

TEST_F(SourcesTest, AFileOfOneMegabyteIsRead) {
    writeTop("");
    folder_.write("top/large.yaml", std::string(1U << 20U, '#'));
    EXPECT_TRUE(loadTop().configuration);
}

TEST_F(SourcesTest, EmptyAndMissingDirectoriesAreNamed) {
    fs::create_directories(folder_.path() / "empty");
    EXPECT_THAT(placesOf(loadFrom(folder_.path() / "empty")), ElementsAre(".:0:0 error"));
    EXPECT_THAT(placesOf(loadFrom(folder_.path() / "nowhere")), ElementsAre(".:0:0 error"));
    EXPECT_THAT(placesOf(loadFrom(folder_.path() / "good/hub.yaml")), ElementsAre(".:0:0 error"));
    folder_.write("top/hub.yaml", "include: [../good, ../empty]\n");
    EXPECT_THAT(placesOf(loadTop()), ElementsAre("hub.yaml:1:20 error"));
}

TEST_F(SourcesTest, MistakesInIncludedFilesAreNamedFromTheConfigurationDirectory) {
    folder_.write("good/more.yaml", "wrong: 1\n");
    writeTop("");
    EXPECT_THAT(placesOf(loadTop()), ElementsAre("../good/more.yaml:1:1 error"));
}

}  // namespace
}  // namespace pakn::config

/// @file
/// Files in a folder: complete ones only, moved only when all is stored.

#include "shelf.hpp"

#include <gmock/gmock.h>

#include <filesystem>
#include <map>
#include <new>
#include <set>
#include <stdexcept>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/temporary_folder.hpp"
#include "mapped.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "pakn/sdk/text.hpp"

namespace pakn::in_portal {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using testing::FakeInbox;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using namespace std::chrono_literals;

class FolderTest : public ::testing::Test {
protected:
    std::set<std::string> names(const fs::path& folder = {}) const {
        std::set<std::string> found;
        for (const fs::directory_entry& entry : fs::directory_iterator{folder_ / folder})
            if (entry.is_regular_file()) found.insert(entry.path().filename().string());
        return found;
    }
    FileTaker taker() { return {openFolder(folder_.path().string(), 1 << 20), shape_, mapping_, intake_, services_}; }
    /// Two looks: the second one takes what is complete.
    Status takeAll(FakeInbox& inbox) {
        FileTaker files = taker();
        static_cast<void>(files.poll(inbox, {}));
        return files.poll(inbox, {});
    }

    const testing::TemporaryFolder folder_;
    const TableShape shape_;
    const Mapping mapping_ = mappingOf("fields: { external_id: id, content: text }");
    testing::FakeHostServices services_;
    Intake intake_{mapping_, services_, {}};
};

TEST_F(FolderTest, TakesACompleteFileAndMovesIt) {
    folder_.write("a.csv", "id,text\n1,một\n2,hai\n");
    folder_.write("b.jsonl", "{\"id\": 3, \"text\": \"ba\"}\n");
    folder_.write("notes.txt", "not for us");
    FakeInbox inbox;
    FileTaker files = taker();
    ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_EQ(inbox.calls(), 0) << "the first look only remembers";
    folder_.write("b.jsonl", "{\"id\": 3, \"text\": \"ba\"}\n{\"id\": 4, \"text\": \"bốn\"}\n");
    ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_THAT(inbox.stored(), SizeIs(2)) << "b.jsonl was still growing";
    ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_THAT(inbox.stored(), SizeIs(4));
    EXPECT_EQ(names(), std::set<std::string>{"notes.txt"});
    EXPECT_THAT(names("done"), SizeIs(2));
    EXPECT_EQ(names("done").begin()->substr(0, 2), "a-");
}

TEST_F(FolderTest, AFileWhoseNameIsAsLongAsCanBeIsMovedToo) {
    std::string name;
    while (name.size() + 3 <= 250) name += "ồ";
    name.resize(249 - 249 % 3);
    name += ".csv";
    folder_.write(name, "id,text\n1,một\n");
    folder_.write(std::string(250, 'b') + ".csv", "id,nothing\n1,một\n");
    FakeInbox inbox;
    static_cast<void>(takeAll(inbox));
    EXPECT_THAT(inbox.stored(), SizeIs(1));
    EXPECT_THAT(names(), SizeIs(0)) << "nothing is read a second time";
    ASSERT_THAT(names("done"), SizeIs(1));
    EXPECT_LE(names("done").begin()->size(), 255U);
    EXPECT_TRUE(names("done").begin()->ends_with(".csv"));
    EXPECT_EQ(names("done").begin()->find('-') % 3, 0U) << "no letter is cut";
    EXPECT_THAT(names("rejected"), SizeIs(1));
}

TEST_F(FolderTest, AFileThatIsRenamedIntoPlaceIsTakenAtOnce) {
    folder_.write("a.csv", "id,text\n1,một\n");
    FakeInbox inbox;
    FileTaker files{openFolder(folder_.path().string(), 1 << 20), shape_, mapping_, intake_, services_, true};
    ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_THAT(inbox.stored(), SizeIs(1));
}

TEST_F(FolderTest, AFileStaysUntilAllOfItIsStored) {
    folder_.write("a.csv", "id,text\n1,một\n2,hai\n3,ba\n");
    int calls = 0;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        if (++calls == 2) return FakeInbox::failed(Errc::kUnavailable);
        return std::nullopt;
    }};
    EXPECT_EQ(takeAll(inbox).error().code, Errc::kUnavailable);
    EXPECT_EQ(names(), std::set<std::string>{"a.csv"});
    ASSERT_TRUE(takeAll(inbox)) << "as after a crash: all of it again";
    EXPECT_THAT(inbox.stored(), SizeIs(3)) << "and nothing twice";
    EXPECT_TRUE(names().empty());
}

TEST_F(FolderTest, ARowThatTheHubStumblesOverHoldsUpNoOther) {
    folder_.write("a.csv", "id,text\n1,poison\n2,hai\n");
    folder_.write("b.csv", "id,text\n3,ba\n");
    FakeInbox inbox{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.text == "poison") return FakeInbox::failed(Errc::kInternal);
        return std::nullopt;
    }};
    EXPECT_EQ(takeAll(inbox).error().code, Errc::kInternal);
    EXPECT_THAT(inbox.stored(), SizeIs(2));
    EXPECT_EQ(names(), std::set<std::string>{"a.csv"});
}

TEST_F(FolderTest, ABadRowIsRefusedAloneABadFileWhole) {
    folder_.write("rows.csv", "id,text\n,no id\n2,hai\n3,a,too much\n");
    folder_.write("open.csv", "id,text\n1,\"never closed\n");
    folder_.write("large.csv", std::string((1 << 20) + 1, 'x'));
    FakeInbox inbox;
    ASSERT_TRUE(takeAll(inbox));
    EXPECT_THAT(inbox.stored(), SizeIs(1));
    EXPECT_EQ(services_.counted("refused"), 2);
    ASSERT_THAT(inbox.unacceptable(), SizeIs(2)) << "kept for a person";
    EXPECT_EQ(inbox.unacceptable()[0].problem.problem, "portal.missing");
    EXPECT_NE(inbox.unacceptable()[0].raw.find("no id"), std::string::npos);
    EXPECT_EQ(inbox.unacceptable()[1].problem.problem, "portal.row");
    EXPECT_EQ(services_.counted("files_rejected"), 2);
    EXPECT_THAT(names("rejected"), SizeIs(2));
    EXPECT_THAT(names("done"), SizeIs(1));
    EXPECT_TRUE(names().empty());
}

TEST_F(FolderTest, AFileCalledAfterAPersonIsCalledOtherwise) {
    const std::string person = "Người Thử 0900000001";
    const std::string stuck = "id,text\n3,ba\n";
    folder_.write(person + " a.csv", "id,text\n1,một\n,no id\n2,hai,too much\n");
    folder_.write(person + " b.csv", "id,text\n1,\"never closed\n");
    folder_.write(person + " c.csv", std::string((1 << 20) + 1, 'x'));
    folder_.write(person + " d.csv", stuck);
    const fs::path in_the_way = folder_ / "done" / (person + " d-" + shortHash(stuck) + ".csv");
    fs::create_directories(in_the_way);
    FakeInbox inbox;
    const Status polled = takeAll(inbox);
    ASSERT_FALSE(polled) << "the last one cannot be moved";
    EXPECT_EQ(polled.error().problem, "portal.folder");
    EXPECT_THAT(polled.error().message, Not(AnyOf(HasSubstr("Người"), HasSubstr("0900000001"))));
    EXPECT_THAT(polled.error().message, HasSubstr(shortHash(stuck)));
    std::string all;
    for (const auto& line : services_.logged()) all += line.text + '\n';
    EXPECT_THAT(all, Not(AnyOf(HasSubstr("Người"), HasSubstr("0900000001"))));

    fs::remove(in_the_way);
    ASSERT_TRUE(takeAll(inbox));
    std::set<std::string> moved = names("done");
    moved.merge(names("rejected"));
    EXPECT_THAT(moved, SizeIs(4));
    constexpr std::size_t kBehind = 20;  // 16 digits and ".csv".
    for (const std::string& name : moved)
        EXPECT_THAT(all, HasSubstr("file " + name.substr(name.size() - kBehind, 16))) << "who reads the log finds it";
}

TEST_F(FolderTest, AFolderThatIsGoneIsSaid) {
    FileTaker files = taker();
    fs::remove_all(folder_.path());
    FakeInbox inbox;
    const Status polled = files.poll(inbox, {});
    ASSERT_FALSE(polled);
    EXPECT_EQ(polled.error().problem, "portal.folder");
    EXPECT_THAT(polled.error().message, HasSubstr(folder_.path().string()));
}

TEST_F(FolderTest, LinksAndFoldersAreNotFiles) {
    const testing::TemporaryFolder elsewhere;
    fs::create_symlink(elsewhere.write("secret.csv", "id,text\n1,x\n"), folder_ / "link.csv");
    fs::create_directory(folder_ / "folder.csv");
    FakeInbox inbox;
    ASSERT_TRUE(takeAll(inbox));
    EXPECT_EQ(inbox.calls(), 0);
}

TEST_F(FolderTest, AFileThatTakesTheSameNameMeanwhileStays) {
    folder_.write("a.csv", "id,text\n1,một\n");
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        if (!fs::exists(folder_ / "next.tmp")) fs::rename(folder_.write("n", "id,text\n9,chín\n"), folder_ / "a.csv");
        return std::nullopt;
    }};
    ASSERT_TRUE(takeAll(inbox));
    EXPECT_EQ(names(), std::set<std::string>{"a.csv"});
}

TEST_F(FolderTest, AFileThatIsWrittenAnewInItsPlaceAfterTheLookIsNotRead) {
    const auto shelf = openFolder(folder_.path().string(), 1 << 20);
    const fs::path file = folder_.write("a.csv", "id,text\n1,one\n");
    fs::last_write_time(file, fs::last_write_time(file) - 1h);
    const auto listed = shelf->list();
    ASSERT_TRUE(listed);
    folder_.write("a.csv", "id,text\n2,two\n");
    const Result<std::string> read = shelf->read(listed->at(0));
    ASSERT_FALSE(read) << "as long as before";
    EXPECT_EQ(read.error().code, Errc::kStale);
    const fs::file_time_type time = fs::last_write_time(file);
    const auto again = shelf->list();
    ASSERT_TRUE(again);
    folder_.write("a.csv", "id,text\n2,two\n3,");
    fs::last_write_time(file, time);
    EXPECT_FALSE(shelf->read(again->at(0))) << "as old as before";
    ASSERT_TRUE(shelf->put(again->at(0), Shelf::Fate::kDone, "a.csv"));
    EXPECT_EQ(names(), std::set<std::string>{"a.csv"});
    EXPECT_EQ(*shelf->read(shelf->list()->at(0)), "id,text\n2,two\n3,");
}

/// What was taken in hand while nothing could be stored, so that all of it comes again.
std::vector<std::string> inHandOf(FileTaker& files) {
    FakeInbox down{[](const IncomingPetition&) { return FakeInbox::failed(Errc::kInternal); }};
    static_cast<void>(files.poll(down, {}));
    static_cast<void>(files.poll(down, {}));
    return down.inHand();
}

TEST_F(FolderTest, AFileThatKilledItsProcessTwiceIsRefusedUnreadAndTheOthersAreTaken) {
    folder_.write("a.csv", "id,text\n1,một\n");
    folder_.write("b.csv", "id,text\n2,hai\n");
    FileTaker before = taker();
    const std::vector<std::string> in_hand = inHandOf(before);
    ASSERT_THAT(in_hand, SizeIs(4)) << "each file, then its row";
    FakeInbox inbox;
    inbox.setAside(in_hand[0]);
    ASSERT_TRUE(takeAll(inbox)) << "another process, the same name";
    ASSERT_THAT(inbox.stored(), SizeIs(1));
    EXPECT_EQ(inbox.stored()[0].external_id, "2");
    ASSERT_THAT(inbox.unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox.unacceptable()[0].external_id, in_hand[0]);
    EXPECT_EQ(inbox.unacceptable()[0].problem.problem, "connector.quarantined");
    EXPECT_THAT(names("rejected"), SizeIs(1));
    EXPECT_THAT(names("done"), SizeIs(1));
    EXPECT_TRUE(names().empty());

    folder_.write("a.csv", "id,text\n1,một\n");
    ASSERT_TRUE(takeAll(inbox));
    EXPECT_THAT(inbox.stored(), SizeIs(2)) << "another file under that name is another file";
}

TEST_F(FolderTest, ARowThatKilledItsProcessTwiceIsRefusedAlone) {
    folder_.write("a.csv", "id,text\n1,một\n2,hai\n3,ba\n");
    FileTaker before = taker();
    const std::vector<std::string> in_hand = inHandOf(before);
    ASSERT_THAT(in_hand, SizeIs(4));
    FakeInbox inbox;
    inbox.setAside(in_hand[2]);
    ASSERT_TRUE(takeAll(inbox));
    EXPECT_THAT(inbox.stored(), SizeIs(2));
    ASSERT_THAT(inbox.unacceptable(), SizeIs(1));
    EXPECT_THAT(names("done"), SizeIs(1));
}

/// A folder in which reading some files fails in ways that no folder should.
class BadShelf final : public Shelf {
public:
    [[nodiscard]] std::string_view kind() const override { return "bad"; }
    Result<std::vector<Entry>> list() override {
        std::vector<Entry> entries;
        for (const char* name : {"a-bug.csv", "b-huge.csv", "c.csv"})
            if (put_.find(name) == put_.end()) entries.push_back({.name = name, .version = "1"});
        return entries;
    }
    Status claim(const Entry&) override { return Done{}; }
    Result<std::string> read(const Entry& entry) override {
        if (entry.name == "a-bug.csv") throw std::length_error{"a bug"};
        if (entry.name == "b-huge.csv") throw std::bad_alloc{};
        return std::string{"id,text\n1,x\n"};
    }
    Status put(const Entry& entry, Fate fate, const std::string&) override {
        put_.emplace(entry.name, fate);
        return Done{};
    }
    std::map<std::string, Fate> put_ = {};
};

TEST_F(FolderTest, WhateverAFileDoesToThisProcessThoseBehindItAreTaken) {
    auto shelf = std::make_unique<BadShelf>();
    const BadShelf& seen = *shelf;
    FileTaker files{std::move(shelf), shape_, mapping_, intake_, services_, true};
    FakeInbox inbox;
    EXPECT_EQ(files.poll(inbox, {}).error().code, Errc::kInternal);
    EXPECT_THAT(inbox.stored(), SizeIs(1));
    EXPECT_EQ(seen.put_, (std::map<std::string, Shelf::Fate>{{"b-huge.csv", Shelf::Fate::kRejected},
                                                             {"c.csv", Shelf::Fate::kDone}}));
}

TEST_F(FolderTest, ARowThatIsTooMuchForThisProcessIsRefusedAlone) {
    const Mapping mapping = mappingOf("fields: { external_id: id, content: text }\nattachments: { url: file }");
    Intake intake{mapping, services_, {.hosts = {"files.example"}}};
    services_.peer.setPeer([](const HttpRequest&, const auto&) -> Result<HttpResponse> { throw std::bad_alloc{}; });
    folder_.write("a.csv", "id,text,file\n1,một,\n2,hai,https://files.example/huge.jpg\n3,ba,\n");
    FileTaker files{openFolder(folder_.path().string(), 1 << 20), shape_, mapping, intake, services_, true};
    FakeInbox inbox;
    ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_THAT(inbox.stored(), SizeIs(2));
    ASSERT_THAT(inbox.unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox.unacceptable()[0].external_id, "2");
    EXPECT_EQ(inbox.unacceptable()[0].problem.problem, "portal.memory");
    EXPECT_THAT(names("done"), SizeIs(1));
}

TEST_F(FolderTest, StopsBetweenRows) {
    folder_.write("a.csv", "id,text\n1,một\n2,hai\n");
    std::stop_source stop;
    FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        stop.request_stop();
        return std::nullopt;
    }};
    FileTaker files = taker();
    ASSERT_TRUE(files.poll(inbox, {}));
    ASSERT_TRUE(files.poll(inbox, stop.get_token()));
    EXPECT_EQ(inbox.calls(), 1);
    EXPECT_EQ(names(), std::set<std::string>{"a.csv"});
}

class FetchTest : public ::testing::Test {
protected:
    Result<Accepted> take(const std::string& url) {
        const JsonDocument item = jsonOf(R"({"id": ")" + std::to_string(++id_) + R"(", "u": ")" + url + "\"}");
        return intake_.take(item, "here", inbox_);
    }

    /// Time goes on, here and in the hub.
    void pass(std::chrono::milliseconds time) {
        services_.clock.advance(time);
        inbox_.clock.set(services_.clock.now());
    }

    const Mapping mapping_ = mappingOf("fields: { external_id: /id, content: /id }\nattachments: { url: /u }");
    testing::FakeHostServices services_;
    Intake intake_{mapping_, services_, {.hosts = {"files.example", "http://10.0.0.1:8080"}}};
    FakeInbox inbox_;
    int id_ = 0;
};

TEST_F(FetchTest, FromAllowedHostsOnly) {
    services_.peer.answer({.body = "bytes"});
    for (const char* url : {"https://files.example/a.jpg", "HTTPS://Files.Example:443/a.jpg", "http://10.0.0.1:8080/b"})
        ASSERT_TRUE(take(url)) << url;
    EXPECT_THAT(services_.peer.requests(), SizeIs(3));
    EXPECT_EQ(inbox_.stored()[0].attachments.at(0).name, "a.jpg");
    for (const char* url :
         {"http://files.example/a", "https://files.example:444/a", "https://files.example@evil.example/a",
          "https://evil.example/https://files.example/", "https://files.example.evil.example/", "file:///etc/passwd",
          "https://files.example\\\\@evil.example/", "http://10.0.0.1/b", "http://169.254.169.254/", "gopher://x",
          "//x"})
        ASSERT_TRUE(take(url)) << url;
    EXPECT_THAT(services_.peer.requests(), SizeIs(3)) << "nobody else was asked";
    EXPECT_EQ(inbox_.stored().back().attributes.at("attachments_missing"), "1");
    EXPECT_TRUE(inbox_.stored().back().attachments.empty());
}

TEST_F(FetchTest, AFileThatCannotBeFetchedNowJoinsItsPetitionHoweverLongTheOutage) {
    services_.peer.answer({.status = 503});
    ASSERT_TRUE(take("https://files.example/a.jpg?x=1")) << "the petition is worth more than its photo";
    EXPECT_EQ(inbox_.stored().at(0).attributes.at("attachments_missing"), "1");
    for (int hour = 0; hour < 6 * 24; ++hour) {
        pass(1h);
        ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    }
    EXPECT_TRUE(inbox_.updates().empty());
    services_.peer.answer({.body = "bytes"});
    pass(1h);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    const Update update = inbox_.updates()[0];
    EXPECT_EQ(update.external_id, "1");
    ASSERT_THAT(update.attachments, SizeIs(1));
    EXPECT_EQ(update.attachments[0].name, "a.jpg");
    EXPECT_EQ(*update.attachments[0].content.bytes(100), "bytes");
    const std::size_t asked = services_.peer.requests().size();
    pass(2h);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    EXPECT_THAT(services_.peer.requests(), SizeIs(asked)) << "done with";
}

TEST_F(FetchTest, ThePromiseOutlivesTheProcess) {
    services_.peer.answer({.status = 401});
    ASSERT_TRUE(take("https://files.example/a.jpg"));
    Intake next{mapping_, services_, {.hosts = {"files.example"}}};
    services_.peer.answer({.body = "bytes"});
    pass(2min);
    ASSERT_TRUE(next.pollFiles(inbox_, {}));
    EXPECT_THAT(inbox_.updates(), SizeIs(1));
}

TEST_F(FetchTest, AfterDaysTheHistorySaysThatTheFileIsAtThePortal) {
    services_.peer.answer({.status = 503});
    ASSERT_TRUE(take("https://files.example/a.jpg"));
    pass(24h * 7);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    ASSERT_THAT(inbox_.updates(), SizeIs(1));
    EXPECT_TRUE(inbox_.updates()[0].attachments.empty());
    EXPECT_EQ(services_.counted("files_lost"), 1);
}

TEST_F(FetchTest, AnItemThatComesAgainIsTheSameWithOrWithoutItsFile) {
    const JsonDocument item = jsonOf(R"({"id": "7", "u": "https://files.example/a"})");
    services_.peer.answer({.status = 503});
    std::vector<std::string> revisions;
    FakeInbox inbox{[&](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        revisions.push_back(petition.attributes.at(std::string{kSourceRevision}));
        return std::nullopt;
    }};
    ASSERT_TRUE(intake_.take(item, "here", inbox));
    services_.peer.answer({.body = "bytes"});
    ASSERT_TRUE(intake_.take(item, "here", inbox));
    ASSERT_TRUE(intake_.take(jsonOf(R"({"id": "7", "u": "https://files.example/b"})"), "here", inbox));
    ASSERT_THAT(revisions, SizeIs(3));
    EXPECT_EQ(revisions[0], revisions[1]);
    EXPECT_NE(revisions[0], revisions[2]);
}

TEST_F(FetchTest, AKnownPetitionIsPromisedNothingNew) {
    const JsonDocument item = jsonOf(R"({"id": "7", "u": "https://files.example/a"})");
    services_.peer.answer({.body = "bytes"});
    ASSERT_TRUE(intake_.take(item, "here", inbox_));
    services_.peer.answer({.status = 503});
    EXPECT_EQ(intake_.take(item, "here", inbox_)->outcome, Accepted::Outcome::kDuplicate);
    services_.peer.answer({.body = "bytes"});
    pass(2h);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    EXPECT_TRUE(inbox_.updates().empty()) << "it has its file";
}

TEST_F(FetchTest, ADeadHostIsNotWaitedForByEachItem) {
    services_.peer.fail({.code = Errc::kUnknownOutcome, .problem = "http.timeout"});
    for (int i = 0; i < 20; ++i) ASSERT_TRUE(take("https://files.example/" + std::to_string(i)));
    EXPECT_THAT(services_.peer.requests(), SizeIs(1));
    EXPECT_THAT(inbox_.stored(), SizeIs(20));
    services_.peer.answer({.body = "bytes"});
    pass(2min);
    ASSERT_TRUE(intake_.pollFiles(inbox_, {}));
    EXPECT_THAT(inbox_.updates(), SizeIs(20));
}

TEST_F(FetchTest, WhatIsGoneIsLeftOutAtOnce) {
    services_.peer.answer({.status = 404});
    ASSERT_TRUE(take("https://files.example/a"));
    services_.peer.fail({.code = Errc::kUnknownOutcome, .problem = "http.answer_too_large"});
    ASSERT_TRUE(take("https://files.example/b"));
    EXPECT_THAT(inbox_.stored(), SizeIs(2));
}

}  // namespace
}  // namespace pakn::in_portal

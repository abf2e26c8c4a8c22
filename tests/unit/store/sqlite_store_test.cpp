/// @file
/// The SQLite adapter beyond the contract: what lies in its file, who may hold it, how its schema comes to be.

#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/store/event_codec.hpp"
#include "core/store/sqlite/pool.hpp"
#include "test_paths.hpp"
#include "tests/unit/store/raw_database.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using testing::HasSubstr;
using testing::Not;

security::HubKey testKey(char fill = 'k') { return security::HubKey{security::Key{std::string(32, fill)}}; }

class SqliteStore : public testing::Test {
protected:
    SqliteStore() { open(); }
    void open() { store_ = must(openAs(true)); }
    Result<std::unique_ptr<store::Store>> openAs(bool exclusive, char key = 'k') {
        return store::openStore(
            {.url = "sqlite:data/hub.db", .base = folder_.path(), .hub_key = testKey(key), .exclusive = exclusive});
    }
    Status commit(store::Change change) {
        auto transaction = must(store_->begin());
        transaction->append(std::move(change));
        return transaction->commit();
    }
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "data" / "hub.db"; }
    static unsigned modeOf(const std::filesystem::path& path) {
        struct stat status {};
        return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
    }

    TemporaryFolder folder_;
    std::unique_ptr<store::Store> store_;
};

TEST_F(SqliteStore, FilesAreForTheHubAlone) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1")})).ok());
    EXPECT_EQ(modeOf(file().parent_path()), 0700U);
    for (const char* suffix : {"", "-wal", "-shm", ".lock"})
        EXPECT_EQ(modeOf(file().string() + suffix), 0600U) << suffix;
}

TEST_F(SqliteStore, FileHoldsNoPersonalDataAndNoTexts) {
    domain::Received data = received("090326001", "TITLE-canary");
    data.content = "CONTENT-canary";
    data.address = "ADDRESS-canary";
    store::Change change = Story{"p1"}.begins({data, queued("d1")});
    store::Birth birth = *change.birth;
    birth.person.petitioner.name = "NAME-canary";
    birth.person.attributes["note"] = "ATTRIBUTE-canary";
    change.birth = std::make_shared<const store::Birth>(std::move(birth));
    ASSERT_TRUE(commit(std::move(change)).ok());
    ASSERT_TRUE(store_->putStateValue("mail", "token", "STATE-canary").ok());
    ASSERT_TRUE(store_->keepRefused({.id = "r1", .at = kMorning, .content = "REFUSED-canary"}).ok());

    const auto expectSealed = [&] {
        const std::string bytes = fileBytes(file()) + fileBytes(file().string() + "-wal");
        EXPECT_THAT(bytes, HasSubstr("090326001")) << "looked into the right files";
        for (const char* secret : {"canary", "84912345678", "0912 345 678", "mau@example.org", "001099012345", "Thôn"})
            EXPECT_THAT(bytes, Not(HasSubstr(secret))) << secret;
    };
    expectSealed();
    store_.reset();  // The WAL goes into the file.
    expectSealed();
    open();
    EXPECT_EQ(must(store_->petition("p1"))->title, "TITLE-canary");
}

TEST_F(SqliteStore, PayloadMovedToAnotherPetitionDoesNotOpen) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1"), routed(kMorning)})).ok());
    ASSERT_TRUE(commit(Story{"p2"}.begins({received("2"), routed(kMorning)})).ok());
    RawDatabase raw{file()};
    const auto swap = [&](int a, int b) {
        const std::string first = std::to_string(a);
        const std::string second = std::to_string(b);
        return raw.execute("BEGIN; UPDATE payloads SET seq = -1 WHERE seq = " + first +
                           "; UPDATE payloads SET seq = " + first + " WHERE seq = " + second +
                           "; UPDATE payloads SET seq = " + second + " WHERE seq = -1; COMMIT");
    };
    ASSERT_EQ(swap(1, 3), SQLITE_OK);
    EXPECT_EQ(codeOf(store_->petition("p1")), Errc::kInternal);
    ASSERT_EQ(swap(1, 3), SQLITE_OK);
    EXPECT_TRUE(must(store_->petition("p1")));
    ASSERT_EQ(swap(1, 2), SQLITE_OK) << "another version of the same petition";
    EXPECT_EQ(codeOf(store_->petition("p1")), Errc::kInternal);
    ASSERT_EQ(swap(1, 2), SQLITE_OK);

    ASSERT_EQ(raw.execute("UPDATE persons SET sealed = (SELECT sealed FROM persons WHERE petition_id = 'p2')"
                          " WHERE petition_id = 'p1'"),
              SQLITE_OK);
    EXPECT_EQ(codeOf(store_->person("p1")), Errc::kInternal);
    EXPECT_TRUE(must(store_->person("p2")));
}

TEST_F(SqliteStore, AnotherHubKeyOpensNothing) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1")})).ok());
    EXPECT_EQ(codeOf(openAs(false, 'x')), Errc::kMisconfigured);
    // As a store from before the key's witness.
    ASSERT_EQ(RawDatabase{file()}.execute("DELETE FROM connector_state"), SQLITE_OK);
    const auto other = must(openAs(false, 'x'));
    EXPECT_EQ(codeOf(other->petition("p1")), Errc::kInternal);
    EXPECT_EQ(codeOf(other->person("p1")), Errc::kInternal);
}

TEST_F(SqliteStore, EventsRefuseChangeAndRemoval) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1")})).ok());
    RawDatabase raw{file()};
    EXPECT_EQ(raw.execute("UPDATE events SET actor = 'somebody'"), SQLITE_CONSTRAINT);
    EXPECT_EQ(raw.execute("DELETE FROM events"), SQLITE_CONSTRAINT);
}

std::string sha256(const std::string& bytes) {
    std::string digest(32, '\0');
    unsigned size = 0;
    EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &size, EVP_sha256(),
               nullptr);
    return digest;
}

/// The leaf as docs say it, computed here once more from the columns.
TEST_F(SqliteStore, CommitmentAndLeafVerify) {
    Story story{"p1"};
    ASSERT_TRUE(commit(story.begins({received("090326001"), routed(kMorning + 4h)})).ok());
    const security::HubKey hub_key = testKey();
    RawDatabase raw{file()};
    const auto wrapped = raw.rows("SELECT wrapped_key FROM persons").at(0).at(0);
    const security::Key key = must(hub_key.unwrap(wrapped, "p1"));

    const auto rows = raw.rows(
        "SELECT e.id, e.petition_id, e.version, e.at, e.kind, e.actor, e.role, e.config_hash, e.commitment, e.leaf,"
        " p.sealed FROM events e JOIN payloads p USING (seq) ORDER BY seq");
    ASSERT_EQ(rows.size(), 2U);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        std::string leaf(1, '\0');
        for (std::size_t field = 0; field <= 8; ++field) {
            const auto size = static_cast<unsigned char>(row[field].size());  // All are short.
            leaf += std::string{"\0\0\0", 3} + static_cast<char>(size) + row[field];
        }
        EXPECT_EQ(row[9], sha256(leaf));
        const std::string plain = must(security::open(key, "payload:p1:" + std::to_string(i + 1), row[10]));
        EXPECT_EQ(row[8], sha256(plain));
        ASSERT_GT(plain.size(), 32U);
        EXPECT_EQ(plain.substr(32), store::encodePayload(story.events()[i].data));
    }
    EXPECT_EQ(rows[0][3], "1773018000000");
    EXPECT_EQ(rows[0][4], "received");
}

TEST_F(SqliteStore, BlindIndexesAreThereOnlyForWhatIsKnown) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1")})).ok());
    store::Change anonymous = Story{"p2"}.begins({received("2")});
    store::Birth nobody = *anonymous.birth;
    nobody.person.petitioner = {};
    anonymous.birth = std::make_shared<const store::Birth>(std::move(nobody));
    ASSERT_TRUE(commit(std::move(anonymous)).ok());
    RawDatabase raw{file()};
    const auto rows = raw.rows("SELECT petition_id FROM persons WHERE phone_index = '" +
                               testKey().blindIndex("phone", "+84912345678") + "' AND citizen_index = '" +
                               testKey().blindIndex("citizen_id", "001099012345") + "'");
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0][0], "p1");
    EXPECT_EQ(raw.rows("SELECT 1 FROM persons WHERE phone_index IS NULL AND citizen_index IS NULL").size(), 1U);
}

TEST_F(SqliteStore, RebuildMendsWhatSomebodyBroke) {
    Story story{"p1"};
    ASSERT_TRUE(commit(story.begins({received("1"), routed(kMorning + 4h), queued("d1")})).ok());
    ASSERT_TRUE(commit(story.happens({distributed("unit", kMorning + 72h)})).ok());
    const std::string before = must(store_->dumpProjections());
    for (const char* harm :
         {"UPDATE petitions SET status = 'closed', unit = 'other', channel = 'x', received_at = 0",
          "UPDATE tasks SET step = 'nowhere'", "UPDATE timers SET due = due + 1",
          "UPDATE deliveries SET state = 'dead'", "DELETE FROM petition_units", "DELETE FROM petitions",
          "DELETE FROM timers",
          "INSERT INTO tasks SELECT role, 'ghost', due, petition_id, position, step, officer, '' FROM tasks"}) {
        ASSERT_EQ(RawDatabase{file()}.execute(harm), SQLITE_OK) << harm;
        ASSERT_NE(must(store_->dumpProjections()), before) << harm;
        ASSERT_TRUE(store_->rebuild(nullptr).ok()) << harm;
        EXPECT_EQ(must(store_->dumpProjections()), before) << harm;
    }
}

TEST_F(SqliteStore, RebuildOfADamagedJournalChangesNothing) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1"), routed(kMorning + 4h)})).ok());
    const std::string before = must(store_->dumpProjections());
    ASSERT_EQ(RawDatabase{file()}.execute("UPDATE payloads SET sealed = x'00' WHERE seq = 2"), SQLITE_OK);
    EXPECT_EQ(codeOf(store_->rebuild(nullptr)), Errc::kInternal);
    EXPECT_EQ(must(store_->dumpProjections()), before);
}

TEST_F(SqliteStore, MissingPayloadIsNoticed) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1"), routed(kMorning), queued("d1")})).ok());
    ASSERT_EQ(RawDatabase{file()}.execute("DELETE FROM payloads WHERE seq = 2"), SQLITE_OK);
    EXPECT_EQ(codeOf(store_->petition("p1")), Errc::kInternal);
}

TEST_F(SqliteStore, NothingDueCostsNoWrite) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1"), queued("d1")})).ok());
    auto transaction = must(store_->begin());  // Holds the right to write: a claim that wrote would wait for it.
    EXPECT_TRUE(must(store_->claimDeliveries("webhook", "hub", kMorning - 1ms, kMorning + 1h, 10)).empty());
    EXPECT_TRUE(must(store_->petition("p1"))) << "readers do not wait for the writer";
}

/// Runs `work` in a process of its own that holds the store; `meanwhile` runs here while it does.
template <class Work, class Meanwhile>
int beside(Work work, Meanwhile meanwhile) {
    int ready[2];
    int done[2];
    if (::pipe(ready) != 0 || ::pipe(done) != 0) return -1;
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(done[1]);
        auto held = work();
        char byte = held ? 'y' : 'n';
        if (::write(ready[1], &byte, 1) != 1) ::_exit(2);
        if (::read(done[0], &byte, 1) < 0) ::_exit(3);
        ::_exit(0);  // As a process dies: nothing is closed.
    }
    char byte = 0;
    ::close(ready[1]);
    ::close(done[0]);
    EXPECT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    meanwhile(child);
    ::close(done[1]);
    ::close(ready[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

TEST_F(SqliteStore, SecondHubIsRefusedAndToldWhoHoldsIt) {
    store_.reset();
    const int status = beside([&] { return openAs(true); },
                              [&](pid_t holder) {
                                  const auto second = openAs(true);
                                  ASSERT_FALSE(second.ok());
                                  EXPECT_EQ(codeOf(second), Errc::kConflict);
                                  EXPECT_THAT(second.error().message, HasSubstr(std::to_string(holder)));

                                  const auto command = openAs(false);
                                  ASSERT_TRUE(command.ok()) << command.error().message;
                                  EXPECT_TRUE((*command)->checkWritable().ok());
                              });
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(openAs(true).ok()) << "the lock dies with its process";
}

TEST_F(SqliteStore, CommandSeesWhatTheHubWritesAndTheOtherWayRound) {
    const auto command = must(openAs(false));
    Story story{"p1"};
    ASSERT_TRUE(commit(story.begins({received("1")})).ok());
    EXPECT_EQ(must(command->petition("p1"))->version, 1);
    auto transaction = must(command->begin());
    transaction->append(story.happens({routed(kMorning)}));
    ASSERT_TRUE(transaction->commit().ok());
    EXPECT_EQ(must(store_->petition("p1"))->version, 2);
}

TEST(SqliteSchema, ComesFromVersionOneWithItsContent) {
    TemporaryFolder folder;
    const std::string migrations = std::string{PAKN_SOURCE_DIR} + "/core/store/migrations/sqlite/";
    {
        RawDatabase raw{folder.path() / "hub.db"};
        ASSERT_EQ(raw.execute(fileBytes(migrations + "0001_journal.sql")), SQLITE_OK);
        ASSERT_EQ(raw.execute("CREATE TABLE schema_version (version INTEGER NOT NULL);"
                              "INSERT INTO schema_version VALUES (1);"
                              "INSERT INTO counters VALUES ('2026-03-09', 7)"),
                  SQLITE_OK);
    }
    const store::OpenOptions options{.url = "sqlite:hub.db", .base = folder.path(), .hub_key = testKey()};
    const auto opened = must(store::openStore(options));
    EXPECT_EQ(must(must(opened->begin())->lastSerial(domain::localDate(kMorning))), 7);
    EXPECT_TRUE(opened->checkWritable().ok());
    EXPECT_EQ(must(opened->counts()).petitions, 0);
}

TEST_F(SqliteStore, ARunningHubDoesNotSeeItsSchemaChange) {
    ASSERT_EQ(RawDatabase{file()}.execute("DELETE FROM schema_version WHERE version = (SELECT max(version) FROM"
                                          " schema_version)"),
              SQLITE_OK);
    EXPECT_EQ(codeOf(openAs(false)), Errc::kConflict);
    EXPECT_TRUE(store_->checkWritable().ok()) << "the hub of the version before goes on";
}

TEST_F(SqliteStore, WhoFindsNoReaderFreeIsToldToComeAgain) {
    store::sqlite::Readers readers{file(), 1, 0ms};
    const auto one = [](store::sqlite::Connection& reader) { return reader.number("SELECT 1"); };
    const auto inside = readers.read([&](store::sqlite::Connection&) { return codeOf(readers.read(one)); });
    EXPECT_EQ(must(inside), Errc::kUnavailable);
    EXPECT_EQ(must(readers.read(one)), 1);
}

TEST_F(SqliteStore, NewerSchemaIsRefused) {
    store_.reset();
    ASSERT_EQ(RawDatabase{file()}.execute("INSERT INTO schema_version VALUES (999)"), SQLITE_OK);
    EXPECT_EQ(codeOf(openAs(true)), Errc::kMisconfigured);
}

TEST_F(SqliteStore, FailedMigrationLeavesTheStoreAsItWas) {
    store_.reset();
    {
        RawDatabase raw{file()};
        ASSERT_EQ(raw.execute("DELETE FROM schema_version WHERE version > 1; DROP TABLE petitions"), SQLITE_OK);
    }
    EXPECT_FALSE(openAs(true).ok()) << "petition_units is there already";
    RawDatabase raw{file()};
    EXPECT_EQ(raw.rows("SELECT max(version) FROM schema_version").at(0).at(0), "1");
    EXPECT_TRUE(raw.rows("SELECT 1 FROM sqlite_master WHERE name = 'petitions'").empty());
}

TEST(OpenStore, UnknownUrlsAreMisconfigured) {
    TemporaryFolder folder;
    for (const char* url : {"", "sqlite", "sqlite:", "oracle:hub", "hub.db"}) {
        const auto opened = store::openStore({.url = url, .base = folder.path(), .hub_key = testKey()});
        EXPECT_EQ(codeOf(opened), Errc::kMisconfigured) << url;
    }
}

}  // namespace
}  // namespace pakn::test

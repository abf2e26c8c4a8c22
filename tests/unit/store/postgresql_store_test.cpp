/// @file
/// The PostgreSQL adapter beyond the contract: what lies in the database, what an error says, several hubs at once, and
/// connections that break at the worst moment.

#include <gmock/gmock.h>

#include <latch>
#include <set>
#include <thread>

#include "core/store/postgresql/transaction.hpp"
#include "tests/unit/store/cutting_proxy.hpp"
#include "tests/unit/store/postgresql_server.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

security::HubKey testKey() { return security::HubKey{security::Key{std::string(security::Key::kSize, 'k')}}; }

Result<std::unique_ptr<store::Store>> openUrl(const std::string& url, bool migrate = false) {
    return store::openStore({.url = url, .base = {}, .hub_key = testKey(), .migrate = migrate});
}

Status commitOn(store::Store& store, store::Change change) {
    auto transaction = store.begin();
    if (!transaction) return transaction.error();
    (*transaction)->append(std::move(change));
    return (*transaction)->commit();
}

class PostgresqlStore : public testing::Test {
protected:
    Status commit(store::Change change) { return commitOn(*store_, std::move(change)); }
    [[nodiscard]] RawPostgresql raw() const { return RawPostgresql{url_}; }

    TemporaryFolder folder_;
    const std::string url_ = postgresqlUrl(folder_.path());
    std::unique_ptr<store::Store> store_ = must(openUrl(url_));
};

std::string hex(std::string_view text) { return security::toHex(text); }

TEST_F(PostgresqlStore, NothingPersonalLiesOpenInAnyTable) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("090326001", "TITLE-canary"), queued("d1")}, {"key:web:1"})).ok());
    ASSERT_TRUE(store_->putStateValue("mail", "token", "STATE-canary").ok());
    ASSERT_TRUE(store_->keepRefused({.id = "r1", .at = kMorning, .content = "REFUSED-canary"}).ok());
    RawPostgresql database = raw();
    std::string everything;
    for (const auto& table : database.rows("SELECT table_name FROM information_schema.tables"
                                           " WHERE table_schema = current_schema()"))
        for (const auto& row : database.rows("SELECT t::text FROM " + table.at(0) + " t")) everything += row.at(0);
    EXPECT_THAT(everything, HasSubstr("090326001")) << "looked into the right tables";
    EXPECT_THAT(everything, HasSubstr(hex("key:web:1"))) << "and into bytes";
    for (const char* secret : {"canary", "84912345678", "0912 345 678", "mau@example.org", "001099012345", "Thôn"}) {
        EXPECT_THAT(everything, Not(HasSubstr(secret))) << secret;
        EXPECT_THAT(everything, Not(HasSubstr(hex(secret)))) << secret;
    }
}

TEST_F(PostgresqlStore, AnErrorSaysSqlstateAndConstraintAndNoValue) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("CANARY-1")}, {"CANARY-2"})).ok());
    for (auto change :
         {Story{"p2"}.begins({received("CANARY-1")}), Story{"p2"}.begins({received("2")}, {"CANARY-2"})}) {
        const Status done = commit(std::move(change));
        ASSERT_EQ(codeOf(done), Errc::kConflict);
        EXPECT_THAT(done.error().message, HasSubstr("23505"));
        EXPECT_THAT(done.error().message, testing::AnyOf(HasSubstr("petitions_code_key"), HasSubstr("inbox_pkey")));
        EXPECT_THAT(done.error().message, Not(HasSubstr("CANARY")));
        EXPECT_THAT(done.error().message, Not(HasSubstr(hex("CANARY"))));
    }
}

TEST(PostgresqlErrors, TheClassOfASqlstateIsTheRemedy) {
    const auto codeFor = [](const char* state) {
        return store::postgresql::errorOf(store::postgresql::PgError{state, ""}, "here").code;
    };
    for (const char* state : {"", "08006", "08003", "57P01", "57P02", "57P03", "53100", "53200", "53300", "55P03",
                              "25006", "58030", "28P01", "3D000"})
        EXPECT_EQ(codeFor(state), Errc::kUnavailable) << state;
    for (const char* state : {"23505", "40001", "40P01"}) EXPECT_EQ(codeFor(state), Errc::kConflict) << state;
    for (const char* state : {"22021", "42601", "XX000", "23502"}) EXPECT_EQ(codeFor(state), Errc::kInternal) << state;
    EXPECT_EQ(codeFor("42501"), Errc::kMisconfigured);
}

TEST_F(PostgresqlStore, TextsThatAreNoTextsAreKeptAllTheSame) {
    Story story{"p1"};
    ASSERT_TRUE(commit(story.begins({received("1"), queued("d1")}, {std::string{"key:\0\xff", 6}})).ok());
    domain::DeliveryFailed failed;
    failed.delivery = "d1";
    failed.error = std::string{"HTTP 500 \0 end", 14};
    failed.next_at = kMorning;
    ASSERT_TRUE(commit(story.happens({failed})).ok());
    EXPECT_EQ(must(store_->deliveries({}, {})).items.at(0).record.last_error, "HTTP 500 \xEF\xBF\xBD end");
    EXPECT_EQ(must(store_->petition("p1"))->deliveries.at(0).last_error, failed.error) << "the journal has it whole";
    const std::vector<std::string> keys{std::string{"key:\0\xff", 6}, std::string{"key:\0\xfe", 6}};
    EXPECT_EQ(must(must(store_->begin())->findInbox(keys)).size(), 1U) << "keys are bytes";
    EXPECT_FALSE(must(store_->accountByLogin(std::string_view{"a\0b\xff", 4})));
    ASSERT_TRUE(store_->keepRefused({.id = "r1", .external_id = "t\xe1\xbb\xc3\x28", .at = kMorning}).ok());
    EXPECT_EQ(must(store_->refused({}, {})).items.at(0).external_id, "t\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD(");
    ASSERT_TRUE(store_->rebuild(nullptr).ok());
}

TEST_F(PostgresqlStore, EventsRefuseChangeAndRemoval) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1")})).ok());
    for (const char* harm : {"UPDATE events SET actor = 'somebody'", "DELETE FROM events", "TRUNCATE events"})
        EXPECT_EQ(raw().execute(harm), "23000") << harm;
}

TEST_F(PostgresqlStore, DamageIsNoticed) {
    ASSERT_TRUE(commit(Story{"p1"}.begins({received("1"), routed(kMorning), queued("d1")})).ok());
    ASSERT_TRUE(commit(Story{"p2"}.begins({received("2")})).ok());
    ASSERT_EQ(raw().execute("DELETE FROM payloads USING events e WHERE e.seq = payloads.seq AND e.version = 2"), "");
    EXPECT_EQ(codeOf(store_->petition("p1")), Errc::kInternal) << "a payload is missing";
    const std::string before = must(store_->dumpProjections());
    EXPECT_EQ(codeOf(store_->rebuild(nullptr)), Errc::kInternal);
    EXPECT_EQ(must(store_->dumpProjections()), before);
    ASSERT_EQ(raw().execute("UPDATE persons SET sealed = (SELECT sealed FROM persons WHERE petition_id = 'p2')"
                            " WHERE petition_id = 'p1'"),
              "");
    EXPECT_EQ(codeOf(store_->person("p1")), Errc::kInternal) << "moved from another petition";
}

TEST_F(PostgresqlStore, NewerSchemaIsRefused) {
    ASSERT_EQ(raw().execute("INSERT INTO schema_version VALUES (999)"), "");
    EXPECT_EQ(codeOf(openUrl(url_)), Errc::kMisconfigured);
}

TEST_F(PostgresqlStore, FailedMigrationLeavesTheSchemaAsItWas) {
    ASSERT_EQ(raw().execute("DELETE FROM schema_version WHERE version > 1; DROP TABLE petitions"), "");
    EXPECT_EQ(codeOf(openUrl(url_)), Errc::kMisconfigured) << "not under the feet of other hubs";
    EXPECT_EQ(codeOf(openUrl(url_, true)), Errc::kInternal) << "petition_units is there already";
    EXPECT_EQ(raw().value("SELECT max(version) FROM schema_version"), "1");
    EXPECT_EQ(raw().value("SELECT to_regclass('petitions') IS NULL"), "t");
}

TEST(PostgresqlSchema, HubsThatStartTogetherMigrateOnce) {
    TemporaryFolder folder;
    const std::string url = postgresqlUrl(folder.path());
    std::latch start{4};
    std::atomic<int> opened{0};
    {
        std::vector<std::jthread> hubs;
        for (int i = 0; i < 4; ++i)
            hubs.emplace_back([&] {
                start.arrive_and_wait();
                const auto hub = openUrl(url);
                opened += hub ? 1 : 0;
                EXPECT_TRUE(hub.ok()) << hub.error().message;
            });
    }
    EXPECT_EQ(opened, 4);
    EXPECT_EQ(RawPostgresql{url}.value("SELECT count(*) = count(DISTINCT version) FROM schema_version"), "t");
}

/// The grants that the documentation tells, as they stand there.
std::string documentedGrants() {
    std::ifstream file{PAKN_SOURCE_DIR "/docs/operations/postgresql.md"};
    const std::string page{std::istreambuf_iterator<char>{file}, {}};
    const std::size_t begin = page.find("```sql\n", page.find("The tests run this")) + 7;
    return page.substr(begin, page.find("```", begin) - begin);
}

TEST_F(PostgresqlStore, ARoleWithTheDocumentedRightsIsEnoughAndMayNotTouchEvents) {
    RawPostgresql owner = raw();
    owner.execute("CREATE ROLE paknhub LOGIN");  // There already after an earlier run.
    ASSERT_EQ(owner.execute("GRANT USAGE ON SCHEMA \"" + folder_.path().filename().string() + "\" TO paknhub"), "");
    ASSERT_EQ(owner.execute(documentedGrants()), "");
    std::string url = url_;
    url.replace(0, url.find('@'), "postgresql://paknhub");
    const auto hub = must(openUrl(url));
    Story story{"p1"};
    store::Change first = story.begins({received("1"), routed(kMorning + 1h), queued("d1")}, {"key"});
    store::Birth birth = *first.birth;
    birth.call_id = "1";
    first.birth = std::make_shared<const store::Birth>(std::move(birth));
    ASSERT_TRUE(commitOn(*hub, std::move(first)).ok());
    auto transaction = must(hub->begin());
    ASSERT_TRUE(must(transaction->load("p1")));
    ASSERT_EQ(must(transaction->lastSerial(domain::localDate(kMorning))), 0);
    transaction->append(story.happens({distributed("unit", kMorning + 9h)}));
    transaction->setSerial(domain::localDate(kMorning), 1);
    const Status done = transaction->commit();
    ASSERT_TRUE(done.ok()) << done.error().message;
    EXPECT_EQ(must(hub->claimDeliveries("webhook", "hub", kMorning + 1h, kMorning + 2h, 1)).size(), 1U);
    EXPECT_TRUE(must(hub->holdLease("poll:mail", "hub", kMorning, kMorning + 1h)));
    EXPECT_TRUE(hub->releaseLease("poll:mail", "hub").ok());
    EXPECT_TRUE(hub->putStateValue("mail", "cursor", "1").ok());
    security::Duties& duties = hub->duties();
    EXPECT_TRUE(duties.addShift({.id = "s1", .from = kMorning, .to = kMorning + 1h, .people = {"a"}}).ok());
    EXPECT_TRUE(duties.replaceShifts("", kMorning, kMorning + 1h, {}).ok());
    EXPECT_TRUE(
        duties.addSubstitution({.id = "s1", .account = "a", .substitute = "b", .from = kMorning, .to = kMorning + 1h})
            .ok());
    EXPECT_TRUE(must(duties.endSubstitution("s1", kMorning, "a")));
    EXPECT_TRUE(duties.addRoleRequest({.id = "r1", .account = "a"}).ok());
    EXPECT_TRUE(duties.settleRoleRequest("r1", security::RequestState::kRefused, "b", kMorning, "x").ok());
    EXPECT_TRUE(hub->keepRefused({.id = "r1", .at = kMorning}).ok());
    EXPECT_TRUE(hub->keepConfiguration({"hash", "text", kMorning}, "start", "hub1").ok());
    EXPECT_TRUE(hub->addSecret({.hash = "h", .kind = security::SecretKind::kSession, .created_at = kMorning}).ok());
    EXPECT_TRUE(must(hub->takeSecret("h")));
    EXPECT_EQ(must(hub->keepEvent("zalo", {.conversation = "c1", .id = "e1", .at = kMorning})).size(), 1U);
    EXPECT_TRUE(hub->dropEvents("zalo", "c1", 1).ok());
    store::PhoneCall call{.id = "c1", .connector = "tongdai", .call_id = "1", .updated_at = kMorning};
    EXPECT_TRUE(hub->calls().putCall(call).ok());
    call.agent = "201";
    EXPECT_EQ(must(hub->calls().putCall(call)).agent, "201");
    EXPECT_TRUE(hub->checkWritable().ok());
    EXPECT_EQ(must(hub->rebuild(nullptr)).petitions, 1);
    EXPECT_THAT(
        owner.rows("SELECT relname FROM pg_class WHERE relnamespace = quote_ident(current_schema())::regnamespace"
                   " AND relkind = 'r' AND NOT has_table_privilege('paknhub', oid, 'SELECT')"),
        IsEmpty())
        << "a table of a later migration, say, without its grant";
    for (const char* harm : {"UPDATE events SET actor = 'x'", "DELETE FROM payloads", "DELETE FROM persons"})
        EXPECT_EQ(RawPostgresql{url}.execute(harm), "42501") << harm;

    ASSERT_EQ(owner.execute("DELETE FROM schema_version WHERE version > 1"), "");
    EXPECT_EQ(codeOf(openUrl(url, true)), Errc::kMisconfigured) << "it may not bring the schema up to date";
}

TEST_F(PostgresqlStore, DurabilityIsNotLeftToTheServersSettings) {
    const std::string lax = url_ + "%20-csynchronous_commit%3Doff";
    ASSERT_EQ(RawPostgresql{lax}.value("SHOW synchronous_commit"), "off") << "what the address asks for";
    const store::postgresql::Address address{.url = lax, .password = {}, .shown = "here"};
    store::postgresql::Connection connection{address};
    EXPECT_EQ(connection.query("SELECT current_setting('synchronous_commit')")[0].text(0), "on");
}

TEST(PostgresqlAddress, WhatCannotBeAnAddressIsMisconfiguredAndNeverQuoted) {
    for (const char* url : {"postgresql://", "postgresql://hub:geheim@db/x", "postgresql://db/x?password=geheim",
                            "postgresql://db/x?nonsense=geheim"}) {
        const auto opened = openUrl(url);
        if (std::string_view{url} == "postgresql://") continue;  // Valid for libpq: its defaults.
        EXPECT_EQ(codeOf(opened), Errc::kMisconfigured) << url;
        EXPECT_THAT(opened.error().message, Not(HasSubstr("geheim")));
    }
    EXPECT_EQ(codeOf(openUrl("postgresql://nobody@/nothing?host=/nonexistent")), Errc::kUnavailable);
}

TEST_F(PostgresqlStore, ARestartIsNoticedAndForgotten) {
    // A name of its own: other tests are at the same server.
    const std::string name = folder_.path().filename().string();
    const auto hub = must(openUrl(url_ + "&application_name=" + name));
    ASSERT_TRUE(commitOn(*hub, Story{"p1"}.begins({received("1")})).ok());
    for (int round = 0; round < 3; ++round) {
        // As a restart does: every connection of this store ends.
        const auto ended = raw().rows(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE application_name = '" +
            name + "'");
        EXPECT_GE(ended.size(), 1U);
        EXPECT_TRUE(must(hub->petition("p1")));
        EXPECT_TRUE(hub->checkWritable().ok());
        EXPECT_TRUE(
            commitOn(*hub, Story{"q" + std::to_string(round)}.begins({received("q" + std::to_string(round))})).ok());
    }
}

class CutCommit : public PostgresqlStore {
protected:
    CuttingProxy proxy_{url_.substr(url_.find("host=") + 5, url_.find("&options") - url_.find("host=") - 5)};
    const std::string through_url_ = [this] {
        std::string url = url_;
        const std::size_t host = url.find("host=") + 5;
        return url.replace(host, url.find("&options") - host, proxy_.folder());
    }();
    std::unique_ptr<store::Store> through_ = must(openUrl(through_url_));
};

TEST_F(CutCommit, LostAnswerOfACommitThatHappenedIsFoundOut) {
    proxy_.cutNext(CuttingProxy::Cut::kAfterCommit);
    const Status done = commitOn(*through_, Story{"p1"}.begins({received("1")}, {"key:1"}));
    EXPECT_EQ(proxy_.cuts(), 1);
    EXPECT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(must(store_->petition("p1")));
}

TEST_F(CutCommit, LostCommitIsNoAcknowledgementAndLeavesNothing) {
    proxy_.cutNext(CuttingProxy::Cut::kBeforeCommit);
    const Status done = commitOn(*through_, Story{"p1"}.begins({received("1")}, {"key:1"}));
    EXPECT_EQ(proxy_.cuts(), 1);
    EXPECT_EQ(codeOf(done), Errc::kUnavailable);
    EXPECT_FALSE(must(store_->petition("p1")));
    EXPECT_TRUE(commitOn(*through_, Story{"p1"}.begins({received("1")}, {"key:1"})).ok()) << "and can be tried again";
}

TEST_F(CutCommit, WhileNobodyAnswersNothingIsAcknowledged) {
    proxy_.cutNext(CuttingProxy::Cut::kAfterCommit);
    auto transaction = must(through_->begin());
    transaction->append(Story{"p1"}.begins({received("1")}, {"key:1"}));
    ASSERT_TRUE(transaction->flush().ok());
    proxy_.close(true);
    EXPECT_EQ(codeOf(transaction->commit()), Errc::kUnavailable);
    EXPECT_EQ(codeOf(through_->checkWritable()), Errc::kUnavailable);
    proxy_.close(false);
    const std::vector<std::string> keys{"key:1"};
    EXPECT_EQ(must(must(through_->begin())->findInbox(keys)).size(), 1U) << "the key finds what was stored";
}

/// With a connection that gives up soon.
store::postgresql::Address hasty(const std::string& url) {
    return {.url = url, .password = {}, .shown = "here", .silence = 300ms};
}

TEST_F(CutCommit, AServerThatSaysNothingIsTakenForDead) {
    store::postgresql::Connection connection{hasty(through_url_)};
    ASSERT_EQ(connection.query("SELECT 1::bigint")[0].integer(0), 1);
    proxy_.fallSilent();
    EXPECT_THROW(connection.query("SELECT 1::bigint"), store::postgresql::PgError);
    EXPECT_FALSE(connection.alive());
    connection.rollback();  // Does not wait again.
}

TEST_F(CutCommit, SilenceAfterACommitIsLookedInto) {
    store::postgresql::Pool pool{hasty(through_url_), 1};
    const security::HubKey key = testKey();
    store::Sealer sealer{key};
    store::postgresql::PostgresqlTransaction transaction{must(pool.take()), pool.address(), key, sealer};
    transaction.append(Story{"p1"}.begins({received("1")}, {"key:1"}));
    proxy_.cutNext(CuttingProxy::Cut::kSilentAfterCommit);
    const Status done = transaction.commit();
    EXPECT_EQ(proxy_.cuts(), 1);
    EXPECT_TRUE(done.ok()) << done.error().message;
    EXPECT_TRUE(must(store_->petition("p1")));
}

TEST_F(PostgresqlStore, WhoeverWaitsForAConnectionWaitsInVainForSoLongOnly) {
    store::postgresql::Pool pool{hasty(url_), 1};
    const auto mine = pool.take();
    ASSERT_TRUE(mine.ok());
    EXPECT_EQ(codeOf(pool.take()), Errc::kUnavailable);
}

TEST_F(PostgresqlStore, AWarningAtACommitIsLookedIntoAndNotRepeated) {
    ASSERT_EQ(raw().execute("CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                            " RAISE WARNING 'CANARY %', NEW; RETURN NEW; END $$;"
                            "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON events DEFERRABLE INITIALLY DEFERRED"
                            " FOR EACH ROW EXECUTE FUNCTION warn()"),
              "");
    testing::internal::CaptureStderr();
    EXPECT_TRUE(commit(Story{"p1"}.begins({received("1")})).ok());
    EXPECT_EQ(testing::internal::GetCapturedStderr(), "") << "libpq prints warnings unless told otherwise";
}

TEST_F(PostgresqlStore, ReadersHaveALimitAndWritersHaveNone) {
    store::postgresql::Address address = hasty(url_ + "%20-cstatement_timeout%3D2000");
    store::postgresql::Connection writer{address};
    EXPECT_EQ(writer.query("SHOW statement_timeout")[0].text(0), "0") << "whatever the role or the address says";
    address.statement_limit = 50ms;
    address.silence = 20s;
    store::postgresql::Connection reader{address};
    try {
        reader.query("SELECT pg_sleep(20)");
        ADD_FAILURE() << "it should have been ended";
    } catch (const store::postgresql::PgError& error) {
        EXPECT_EQ(error.sqlstate(), "57014");
    }
    EXPECT_TRUE(reader.alive());
}

/// Two stores on one database, as two hubs have them.
class TwoHubs : public PostgresqlStore {
protected:
    std::unique_ptr<store::Store> other_ = must(openUrl(url_));
};

TEST_F(TwoHubs, WhoDecidesOnAPetitionWaitsForTheOtherAndSeesWhatHeDid) {
    Story story{"p1"};
    ASSERT_TRUE(commit(story.begins({received("1")})).ok());
    auto first = must(store_->begin());
    ASSERT_EQ(must(first->load("p1"))->version, 1);
    std::atomic<int> seen{0};
    std::latch begun{2};
    std::jthread second{[&] {
        auto transaction = must(other_->begin());
        begun.arrive_and_wait();
        seen = must(transaction->load("p1"))->version;
    }};
    begun.arrive_and_wait();
    first->append(story.happens({routed(kMorning)}));
    ASSERT_TRUE(first->commit().ok());
    first.reset();
    second.join();
    EXPECT_THAT(seen.load(), testing::AnyOf(1, 2));
    auto third = must(other_->begin());
    EXPECT_EQ(must(third->load("p1"))->version, 2);
}

TEST_F(TwoHubs, StaleChangeIsAConflictAndTakesItsBatchAlong) {
    Story story{"p1"};
    ASSERT_TRUE(commit(story.begins({received("1")})).ok());
    Story stale{story};
    ASSERT_TRUE(commit(story.happens({routed(kMorning)})).ok());
    auto transaction = must(other_->begin());
    transaction->append(Story{"p2"}.begins({received("2")}));
    transaction->append(stale.happens({refusedByCentre()}));
    EXPECT_EQ(codeOf(transaction->commit()), Errc::kConflict);
    EXPECT_FALSE(must(store_->petition("p2")));
    EXPECT_EQ(must(store_->petition("p1"))->version, 2);
}

TEST_F(TwoHubs, SerialsHaveNoGapsAndNoDoubles) {
    const domain::Date day = domain::localDate(kMorning);
    std::mutex mutex;
    std::multiset<int> taken;
    const auto take = [&](store::Store& store) {
        for (int i = 0; i < 20; ++i) {
            auto transaction = must(store.begin());
            const int serial = must(transaction->lastSerial(day)) + 1;
            transaction->setSerial(day, serial);
            if (!transaction->commit()) continue;
            const std::scoped_lock lock{mutex};
            taken.insert(serial);
        }
    };
    {
        std::jthread a{[&] { take(*store_); }};
        std::jthread b{[&] { take(*other_); }};
    }
    EXPECT_EQ(taken.size(), 40U);
    EXPECT_EQ(std::set<int>(taken.begin(), taken.end()).size(), 40U);
    EXPECT_EQ(*taken.rbegin(), 40);
}

TEST_F(TwoHubs, ADeliveryIsClaimedByOneOfThem) {
    for (int i = 0; i < 40; ++i) {
        const std::string number = std::to_string(i);
        ASSERT_TRUE(commit(Story{"p" + number}.begins({received(number), queued("d" + number)})).ok());
    }
    std::mutex mutex;
    std::multiset<std::string> claimed;
    std::latch start{2};
    const auto claimAll = [&](store::Store& store, const std::string& owner) {
        start.arrive_and_wait();
        for (;;) {
            const auto mine = must(store.claimDeliveries("webhook", owner, kMorning + 1h, kMorning + 2h, 3));
            const std::scoped_lock lock{mutex};
            for (const auto& one : mine) claimed.insert(one.delivery_id);
            if (mine.empty() && claimed.size() >= 40) return;
        }
    };
    {
        std::jthread a{[&] { claimAll(*store_, "hub-1"); }};
        std::jthread b{[&] { claimAll(*other_, "hub-2"); }};
    }
    EXPECT_EQ(claimed.size(), 40U);
    EXPECT_EQ(std::set<std::string>(claimed.begin(), claimed.end()).size(), 40U);
}

TEST_F(TwoHubs, ARebuildBesideAWriterEndsWithTheRightRows) {
    std::atomic<bool> done{false};
    std::jthread writer{[&] {
        for (int i = 0; i < 60; ++i) {
            Story story{"p" + std::to_string(i)};
            ASSERT_TRUE(commitOn(*other_, story.begins({received(std::to_string(i)), routed(kMorning + 1h)})).ok());
            ASSERT_TRUE(commitOn(*other_, story.happens({distributed("unit", kMorning + 9h)})).ok());
        }
        done = true;
    }};
    while (!done) ASSERT_TRUE(store_->rebuild(nullptr).ok());
    writer.join();
    const std::string as_written = must(store_->dumpProjections());
    ASSERT_EQ(must(store_->rebuild(nullptr)).petitions, 60);
    EXPECT_EQ(must(store_->dumpProjections()), as_written);
}

}  // namespace
}  // namespace pakn::test

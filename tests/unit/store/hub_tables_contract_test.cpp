/// @file
/// The store's contract: accounts, secrets, refused items, configurations, connectors' state.

#include <gmock/gmock.h>

#include <latch>
#include <set>
#include <thread>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using security::Account;
using security::Secret;
using security::SecretKind;
using testing::ElementsAre;
using testing::IsEmpty;

Account account(std::string id, std::string login) {
    return {.id = std::move(id),
            .login = std::move(login),
            .name = "Trần Thị Mẫu",
            .roles = {domain::Role::kDispatcher, domain::Role::kLeader},
            .unit = "unit",
            .password_hash = "$argon2id$",
            .locked = false,
            .created_at = kMorning};
}

Secret secret(std::string hash, std::optional<Instant> expires_at = {}) {
    return {.hash = std::move(hash),
            .kind = SecretKind::kOneTimeLink,
            .account = "a1",
            .source = "",
            .csrf_hash = "csrf",
            .created_at = kMorning,
            .expires_at = expires_at};
}

TEST_P(StoreContract, AccountsComeBack) {
    ASSERT_TRUE(store_->addAccount(account("a1", "mau")).ok());
    ASSERT_TRUE(store_->addAccount(account("a2", "anh")).ok());
    reopen();
    const auto found = must(store_->accountByLogin("mau"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, "a1");
    EXPECT_EQ(found->name, "Trần Thị Mẫu");
    EXPECT_THAT(found->roles, ElementsAre(domain::Role::kDispatcher, domain::Role::kLeader));
    EXPECT_EQ(found->unit, "unit");
    EXPECT_EQ(found->password_hash, "$argon2id$");
    EXPECT_FALSE(found->locked);
    EXPECT_EQ(found->created_at, kMorning);
    EXPECT_EQ(must(store_->accountById("a2"))->login, "anh");
    EXPECT_FALSE(must(store_->accountById("a3")));
    EXPECT_FALSE(must(store_->accountByLogin("' OR ''='")));
    EXPECT_EQ(must(store_->accounts()).size(), 2U);
}

TEST_P(StoreContract, LoginIsTakenOnce) {
    ASSERT_TRUE(store_->addAccount(account("a1", "mau")).ok());
    EXPECT_EQ(codeOf(store_->addAccount(account("a2", "mau"))), Errc::kConflict);
    EXPECT_EQ(must(store_->accounts()).size(), 1U);
}

TEST_P(StoreContract, AnAccountIsLockedAndItsPasswordSetEachAlone) {
    EXPECT_EQ(codeOf(store_->setLocked("a1", true)), Errc::kNotFound);
    EXPECT_EQ(codeOf(store_->setPasswordHash("a1", "other", std::nullopt)), Errc::kNotFound);
    EXPECT_EQ(codeOf(store_->setPasswordHash("a1", "other", "known")), Errc::kNotFound);
    ASSERT_TRUE(store_->addAccount(account("a1", "mau")).ok());
    ASSERT_TRUE(store_->addAccount(account("a2", "anh")).ok());
    ASSERT_TRUE(store_->setLocked("a1", true).ok());
    ASSERT_TRUE(store_->setPasswordHash("a1", "other", std::nullopt).ok());
    EXPECT_EQ(codeOf(store_->setPasswordHash("a1", "third", "$argon2id$")), Errc::kConflict);
    Account found = *must(store_->accountById("a1"));
    EXPECT_TRUE(found.locked);
    EXPECT_EQ(found.password_hash, "other");
    EXPECT_EQ(found.unit, "unit");
    ASSERT_TRUE(store_->setPasswordHash("a1", "third", "other").ok());
    ASSERT_TRUE(store_->setLocked("a1", false).ok());
    found = *must(store_->accountById("a1"));
    EXPECT_FALSE(found.locked);
    EXPECT_EQ(found.password_hash, "third");
    EXPECT_FALSE(must(store_->accountById("a2"))->locked);
    EXPECT_EQ(must(store_->accountById("a2"))->password_hash, "$argon2id$");
}

TEST_P(StoreContract, ASessionBeginsOnlyWithAnOpenAccountAndItsPresentPassword) {
    ASSERT_TRUE(store_->addAccount(account("a1", "mau")).ok());
    Secret session = secret("h1", kMorning + 1h);
    session.kind = SecretKind::kSession;
    EXPECT_EQ(codeOf(store_->addSession(session, "other")), Errc::kConflict);
    ASSERT_TRUE(store_->setLocked("a1", true).ok());
    EXPECT_EQ(codeOf(store_->addSession(session, "$argon2id$")), Errc::kConflict);
    EXPECT_FALSE(must(store_->secret("h1")));
    ASSERT_TRUE(store_->setLocked("a1", false).ok());
    ASSERT_TRUE(store_->addSession(session, "$argon2id$").ok());
    const auto found = must(store_->secret("h1"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, SecretKind::kSession);
    EXPECT_EQ(found->account, "a1");
    EXPECT_EQ(found->csrf_hash, "csrf");
    EXPECT_EQ(found->created_at, kMorning);
    EXPECT_EQ(found->expires_at, kMorning + 1h);
    session.hash = "h2";
    session.account = "nobody";
    EXPECT_EQ(codeOf(store_->addSession(session, "")), Errc::kConflict);
}

TEST_P(StoreContract, SecretsComeBackAndExpire) {
    ASSERT_TRUE(store_->addSecret(secret("h1")).ok());
    ASSERT_TRUE(store_->addSecret(secret("h2", kMorning + 1h)).ok());
    EXPECT_EQ(codeOf(store_->addSecret(secret("h1"))), Errc::kConflict);
    const auto found = must(store_->secret("h2"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->kind, SecretKind::kOneTimeLink);
    EXPECT_EQ(found->account, "a1");
    EXPECT_EQ(found->csrf_hash, "csrf");
    EXPECT_EQ(found->created_at, kMorning);
    EXPECT_EQ(found->expires_at, kMorning + 1h);
    EXPECT_EQ(must(store_->secret("h1"))->expires_at, std::nullopt);

    ASSERT_TRUE(store_->dropExpiredSecrets(kMorning + 1h).ok());
    EXPECT_TRUE(must(store_->secret("h2"))) << "not before its instant has passed";
    ASSERT_TRUE(store_->dropExpiredSecrets(kMorning + 1h + 1ms).ok());
    EXPECT_FALSE(must(store_->secret("h2")));
    EXPECT_TRUE(must(store_->secret("h1"))) << "does not expire";
}

TEST_P(StoreContract, AnAccountsSignInsAreDroppedAndNothingElse) {
    const auto add = [&](std::string hash, SecretKind kind, std::string account) {
        Secret one = secret(std::move(hash));
        one.kind = kind;
        one.account = std::move(account);
        ASSERT_TRUE(store_->addSecret(one).ok());
    };
    add("link", SecretKind::kOneTimeLink, "a1");
    add("session", SecretKind::kSession, "a1");
    add("token", SecretKind::kAccountToken, "a1");
    add("other", SecretKind::kSession, "a2");
    add("portal", SecretKind::kSourceKey, "");
    ASSERT_TRUE(store_->dropSecretsOf("a1").ok());
    ASSERT_TRUE(store_->dropSecretsOf("a1").ok()) << "nothing left to drop is no error";
    reopen();
    EXPECT_FALSE(must(store_->secret("link")));
    EXPECT_FALSE(must(store_->secret("session")));
    EXPECT_TRUE(must(store_->secret("token")));
    EXPECT_TRUE(must(store_->secret("other")));
    EXPECT_TRUE(must(store_->secret("portal")));
}

TEST_P(StoreContract, OneOfTwoTakersGetsTheSecret) {
    for (int round = 0; round < 20; ++round) {
        ASSERT_TRUE(store_->addSecret(secret("h")).ok());
        std::latch start{2};
        std::array<bool, 2> got{};
        {
            std::vector<std::jthread> takers;
            for (bool& mine : got)
                takers.emplace_back([&] {
                    start.arrive_and_wait();
                    const auto taken = store_->takeSecret("h");
                    mine = taken.ok() && taken->has_value();
                });
        }
        EXPECT_NE(got[0], got[1]);
        EXPECT_FALSE(must(store_->secret("h")));
    }
}

TEST_P(StoreContract, TokensAndKeysAreListedUntilTheyAreTakenBack) {
    using security::SecretKind;
    for (const auto& [hash, kind] : {std::pair{"link", SecretKind::kOneTimeLink},
                                     {"session", SecretKind::kSession},
                                     {"token", SecretKind::kAccountToken},
                                     {"key", SecretKind::kSourceKey}})
        ASSERT_TRUE(store_->addSecret({.hash = hash, .kind = kind, .created_at = kMorning}).ok());
    const auto hashes = [&] {
        std::set<std::string> found;
        for (const auto& secret : must(store_->lastingSecrets())) found.insert(secret.hash);
        return found;
    };
    EXPECT_EQ(hashes(), (std::set<std::string>{"key", "token"}));
    ASSERT_TRUE(must(store_->takeSecret("token")));
    EXPECT_EQ(hashes(), (std::set<std::string>{"key"}));
}

TEST_P(StoreContract, RefusedItemsComeNewestFirst) {
    for (int i = 1; i <= 5; ++i)
        ASSERT_TRUE(store_
                        ->keepRefused({.id = "r" + std::to_string(i),
                                       .channel = "spool",
                                       .external_id = "file-" + std::to_string(i),
                                       .at = kMorning + std::chrono::minutes{i / 2},
                                       .problem = "petition.text_empty",
                                       .content = std::string{"nội dung\0 thô", 15}})
                        .ok());
    std::vector<std::string> ids;
    store::Page page{.limit = 2};
    do {
        const auto listing = must(store_->refused({}, page));
        for (const auto& item : listing.items) {
            ids.push_back(item.id);
            EXPECT_EQ(item.content, (std::string{"nội dung\0 thô", 15}));
            EXPECT_EQ(item.problem, "petition.text_empty");
        }
        page.after = listing.next;
    } while (!page.after.empty() && ids.size() < 100);
    EXPECT_THAT(ids, ElementsAre("r5", "r4", "r3", "r2", "r1"));
    const auto one = must(store_->refused({.id = "r3"}, {}));
    ASSERT_EQ(one.items.size(), 1U);
    EXPECT_EQ(one.items[0].content, (std::string{"nội dung\0 thô", 15}));
    EXPECT_TRUE(must(store_->refused({.channel = "other"}, {})).items.empty());
    const auto bare = must(store_->refused({.channel = "spool", .content = false}, {}));
    ASSERT_EQ(bare.items.size(), 5U);
    EXPECT_TRUE(bare.items[0].content.empty());
    EXPECT_GE(bare.items[0].bytes, 15);
}

TEST_P(StoreContract, ConfigurationIsKeptByItsHash) {
    EXPECT_TRUE(store_->keepConfiguration({"hash", "text", kMorning}, "start", "hub1").ok());
    EXPECT_TRUE(store_->keepConfiguration({"hash", "text", kMorning + 1h}, "start", "hub1").ok());
    EXPECT_TRUE(store_->keepConfiguration({"earlier", "other text", kMorning - 1h}, "start", "hub1").ok());
    const std::vector<store::KeptConfiguration> kept = must(store_->configurations());
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].hash, "earlier");
    EXPECT_EQ(kept[1].hash, "hash");
    EXPECT_EQ(kept[1].text, "text");
    EXPECT_EQ(kept[1].at, kMorning);
}

TEST_P(StoreContract, EveryAcceptanceIsJournalledWithWhoAndWhere) {
    const auto accept = [&](const std::string& hash, int hour, const std::string& actor, const std::string& node) {
        const Status kept =
            store_->keepConfiguration({hash, "text of " + hash, kMorning + std::chrono::hours{hour}}, actor, node);
        ASSERT_TRUE(kept.ok()) << kept.error().message;
    };
    accept("a", 0, "start", "hub1");
    accept("b", 1, "account:nga", "hub1");
    accept("a", 2, "socket:root", "hub1");  // Back again.
    accept("a", 3, "start", "hub1");        // Nothing new.
    accept("a", 4, "start", "hub2");        // New there.
    reopen();
    accept("a", 5, "signal", "hub1");
    const std::vector<store::Acceptance> all = must(store_->acceptances(10));
    std::vector<std::string> lines;
    for (const store::Acceptance& one : all) {
        const auto hours = std::chrono::duration_cast<std::chrono::hours>(one.at - kMorning).count();
        lines.push_back(one.hash + " " + std::to_string(hours) + " " + one.actor + " " + one.node);
    }
    EXPECT_THAT(lines, ElementsAre("a 4 start hub2", "a 2 socket:root hub1", "b 1 account:nga hub1", "a 0 start hub1"));
    EXPECT_GT(all[0].sequence, all[1].sequence);
    EXPECT_EQ(must(store_->acceptances(1)).size(), 1U);
    EXPECT_EQ(must(store_->configurations()).size(), 2U);
}

TEST_P(StoreContract, ConnectorStateIsKept) {
    EXPECT_FALSE(must(store_->stateValue("mail", "cursor")));
    ASSERT_TRUE(store_->putStateValue("mail", "cursor", "17").ok());
    ASSERT_TRUE(store_->putStateValue("mail", "cursor", std::string{"1\0 8", 4}).ok());
    ASSERT_TRUE(store_->putStateValue("mailc", "ursor", "other").ok());
    ASSERT_TRUE(store_->putStateValue("mail", "empty", "").ok());
    reopen();
    EXPECT_EQ(must(store_->stateValue("mail", "cursor")), (std::string{"1\0 8", 4}));
    EXPECT_EQ(must(store_->stateValue("mailc", "ursor")), "other");
    EXPECT_EQ(must(store_->stateValue("mail", "empty")), "");
}

TEST_P(StoreContract, AConnectorsStateIsMeasured) {
    ASSERT_TRUE(store_->putStateValue("mail", "cursor", "17").ok());
    ASSERT_TRUE(store_->putStateValue("mail", "page", std::string(1000, 'x')).ok());
    ASSERT_TRUE(store_->putStateValue("mail", "page", std::string(100, 'x')).ok());
    ASSERT_TRUE(store_->putStateValue("zalo", "cursor", std::string(1000, 'x')).ok());
    const auto all = must(store_->stateSize("mail", "none"));
    const auto others = must(store_->stateSize("mail", "page"));
    EXPECT_EQ(all.values, 2);
    EXPECT_EQ(others.values, 1);
    EXPECT_GT(others.bytes, 8) << "the key and the value";
    EXPECT_GE(all.bytes, others.bytes + 104);
    EXPECT_LT(all.bytes, 400) << "the seals are small";
    EXPECT_EQ(must(store_->stateSize("nobody", "")).values, 0);
    EXPECT_EQ(must(store_->stateSize("nobody", "")).bytes, 0);
}

TEST_P(StoreContract, AnotherHubKeyIsRefused) {
    store_.reset();
    EXPECT_EQ(codeOf(GetParam().open(folder_.path(), security::HubKey{security::Key::random()})), Errc::kMisconfigured);
    reopen();
    EXPECT_TRUE(store_->checkWritable().ok());
}

TEST_P(StoreContract, HealthyStoreIsWritable) {
    EXPECT_TRUE(store_->checkWritable().ok());
    EXPECT_TRUE(store_->checkWritable().ok());
}

}  // namespace
}  // namespace pakn::test

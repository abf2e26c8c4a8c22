/// @file
/// The store's contract: people whom providers sign in, and their sessions.

#include <gmock/gmock.h>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using security::Account;
using security::AccountLink;
using security::ProviderSession;
using security::Secret;
using security::SecretKind;
using testing::ElementsAre;

Account account(std::string id, std::string login, std::vector<domain::Role> roles = {}) {
    return {.id = std::move(id),
            .login = std::move(login),
            .name = "Trần Thị Mẫu",
            .roles = std::move(roles),
            .created_at = kMorning};
}

AccountLink linkTo(std::string account, std::string subject = "7") {
    return {.issuer = "https://id.example",
            .subject = std::move(subject),
            .connector = "sso",
            .account = std::move(account),
            .created_at = kMorning,
            .login = "mau",
            .unit = "so-xay-dung",
            .roles = {"admin", "cán bộ"}};
}

Secret session(std::string hash, std::string subject, std::string provider_session) {
    return {.hash = std::move(hash),
            .kind = SecretKind::kSession,
            .account = "a1",
            .csrf_hash = "csrf",
            .created_at = kMorning,
            .expires_at = kMorning + 1h,
            .provider = ProviderSession{.connector = "sso",
                                        .issuer = "https://id.example",
                                        .subject = std::move(subject),
                                        .session = std::move(provider_session),
                                        .logout_secret = "id-token",
                                        .name = "Mẫu",
                                        .phone = "0912345678",
                                        .email = "a@b.example",
                                        .citizen_id = "001090000001"}};
}

TEST_P(StoreContract, ALinkedAccountComesBack) {
    ASSERT_TRUE(store_->addLinkedAccount(account("a1", "mau"), linkTo("a1")).ok());
    reopen();
    const auto found = must(store_->link("https://id.example", "7"));
    ASSERT_TRUE(found);
    EXPECT_EQ(found->account, "a1");
    EXPECT_EQ(found->issuer, "https://id.example");
    EXPECT_EQ(found->subject, "7");
    EXPECT_EQ(found->connector, "sso");
    EXPECT_EQ(found->login, "mau");
    EXPECT_EQ(found->unit, "so-xay-dung");
    EXPECT_THAT(found->roles, ElementsAre("admin", "cán bộ"));
    EXPECT_EQ(found->created_at, kMorning);
    EXPECT_FALSE(must(store_->link("https://id.example", "8")));
    EXPECT_FALSE(must(store_->link("https://id.example7", ""))) << "the two are not one text";
    EXPECT_EQ(must(store_->links()).size(), 1U);
}

TEST_P(StoreContract, ALinkedAccountIsMadeWithItsLinkOrNotAtAll) {
    ASSERT_TRUE(store_->addLinkedAccount(account("a1", "mau"), linkTo("a1")).ok());
    EXPECT_EQ(codeOf(store_->addLinkedAccount(account("a2", "anh"), linkTo("a2"))), Errc::kConflict);
    EXPECT_EQ(codeOf(store_->addLinkedAccount(account("a3", "mau"), linkTo("a3", "8"))), Errc::kConflict);
    EXPECT_EQ(must(store_->accounts()).size(), 1U);
    EXPECT_EQ(must(store_->links()).size(), 1U);
}

TEST_P(StoreContract, ALinkIsMovedAndTheAccountThatNobodyWantedGoes) {
    EXPECT_EQ(codeOf(store_->putLink(linkTo("a1"))), Errc::kNotFound);
    ASSERT_TRUE(store_->addLinkedAccount(account("waiting", "mau+1"), linkTo("waiting")).ok());
    ASSERT_TRUE(store_->addAccount(account("a1", "mau", {domain::Role::kOfficer})).ok());
    EXPECT_EQ(codeOf(store_->putLink(linkTo("nobody"))), Errc::kNotFound);
    EXPECT_EQ(must(store_->link("https://id.example", "7"))->account, "waiting");
    ASSERT_TRUE(store_->putLink(linkTo("a1")).ok());
    ASSERT_TRUE(store_->putLink(linkTo("a1")).ok()) << "again changes nothing";
    EXPECT_EQ(must(store_->link("https://id.example", "7"))->account, "a1");
    EXPECT_FALSE(must(store_->accountById("waiting")));
    ASSERT_TRUE(must(store_->accountById("a1")));

    ASSERT_TRUE(store_->addLinkedAccount(account("w2", "lan"), linkTo("w2", "8")).ok());
    ASSERT_TRUE(store_->putLink(linkTo("w2", "9")).ok());
    ASSERT_TRUE(store_->putLink(linkTo("a1", "9")).ok());
    EXPECT_TRUE(must(store_->accountById("w2"))) << "it has another link";
    ASSERT_TRUE(store_->setPasswordHash("w2", "hash", std::nullopt).ok());
    ASSERT_TRUE(store_->putLink(linkTo("a1", "8")).ok());
    EXPECT_TRUE(must(store_->accountById("w2"))) << "it has a password";
    ASSERT_TRUE(store_->addAccount(account("a2", "anh", {domain::Role::kLeader})).ok());
    ASSERT_TRUE(store_->putLink(linkTo("a2", "8")).ok());
    EXPECT_TRUE(must(store_->accountById("a1"))) << "it has a role";

    EXPECT_TRUE(must(store_->removeLink("https://id.example", "8")));
    EXPECT_FALSE(must(store_->removeLink("https://id.example", "8")));
    EXPECT_FALSE(must(store_->link("https://id.example", "8")));
}

TEST_P(StoreContract, AccountsWaitUntilTheyHaveARole) {
    ASSERT_TRUE(store_->addAccount(account("a0", "none")).ok());
    EXPECT_EQ(must(store_->waitingAccounts()), 0);
    ASSERT_TRUE(store_->addLinkedAccount(account("a1", "mau"), linkTo("a1")).ok());
    ASSERT_TRUE(store_->addLinkedAccount(account("a2", "anh"), linkTo("a2", "8")).ok());
    EXPECT_EQ(must(store_->waitingAccounts()), 2);
    EXPECT_EQ(codeOf(store_->setDuties("nobody", {domain::Role::kOfficer}, "u")), Errc::kNotFound);
    ASSERT_TRUE(store_->setDuties("a1", {domain::Role::kOfficer, domain::Role::kLeader}, "so-xay-dung").ok());
    EXPECT_EQ(must(store_->waitingAccounts()), 1);
    const auto found = must(store_->accountById("a1"));
    EXPECT_THAT(found->roles, ElementsAre(domain::Role::kOfficer, domain::Role::kLeader));
    EXPECT_EQ(found->unit, "so-xay-dung");
}

TEST_P(StoreContract, ASessionKeepsWhatItsProviderNeeds) {
    ASSERT_TRUE(store_->addAccount(account("a1", "mau")).ok());
    ASSERT_TRUE(store_->addSession(session("h1", "7", "sid"), "").ok());
    Secret citizens = session("h2", "9", "");
    citizens.kind = SecretKind::kCitizen;
    citizens.account.clear();
    ASSERT_TRUE(store_->addSecret(citizens).ok());
    reopen();
    for (const char* hash : {"h1", "h2"}) {
        const auto found = must(store_->secret(hash));
        ASSERT_TRUE(found && found->provider) << hash;
        EXPECT_EQ(found->provider->connector, "sso");
        EXPECT_EQ(found->provider->logout_secret, "id-token");
        EXPECT_EQ(found->provider->name, "Mẫu");
        EXPECT_EQ(found->provider->phone, "0912345678");
        EXPECT_EQ(found->provider->email, "a@b.example");
        EXPECT_EQ(found->provider->citizen_id, "001090000001");
    }
    EXPECT_EQ(must(store_->secret("h2"))->kind, SecretKind::kCitizen);
    const auto taken = must(store_->takeSecret("h1"));
    ASSERT_TRUE(taken && taken->provider);
    EXPECT_EQ(taken->provider->session, "sid");
    ASSERT_TRUE(store_->addSecret({.hash = "h3", .kind = SecretKind::kUsedSignIn, .created_at = kMorning}).ok());
    EXPECT_FALSE(must(store_->secret("h3"))->provider);
}

TEST_P(StoreContract, AProviderEndsItsSessionsAndNothingElse) {
    ASSERT_TRUE(store_->addAccount(account("a1", "mau")).ok());
    ASSERT_TRUE(store_->addSession(session("h1", "7", "sid1"), "").ok());
    ASSERT_TRUE(store_->addSession(session("h2", "7", "sid2"), "").ok());
    ASSERT_TRUE(store_->addSession(session("h3", "7", ""), "").ok());
    ASSERT_TRUE(store_->addSession(session("h4", "8", "sid1"), "").ok());
    const ProviderSession one{.connector = "sso", .issuer = "https://id.example", .subject = "7", .session = "sid1"};
    ProviderSession other = one;
    other.connector = "other";
    EXPECT_EQ(must(store_->dropProviderSessions(other)), 0);
    EXPECT_EQ(must(store_->dropProviderSessions(one)), 1);
    EXPECT_FALSE(must(store_->secret("h1")));
    ProviderSession all = one;
    all.session.clear();
    EXPECT_EQ(must(store_->dropProviderSessions(all)), 2);
    EXPECT_TRUE(must(store_->secret("h4"))) << "another person";
    EXPECT_EQ(must(store_->dropProviderSessions({.connector = "sso", .issuer = one.issuer})), 0) << "of nobody";
    EXPECT_EQ(must(store_->dropProviderSessions({.connector = "sso", .issuer = "https://other", .session = "sid1"})),
              0);
    // A service ticket names no person.
    EXPECT_EQ(must(store_->dropProviderSessions({.connector = "sso", .issuer = one.issuer, .session = "sid1"})), 1);
    EXPECT_FALSE(must(store_->secret("h4")));
}

}  // namespace
}  // namespace pakn::test

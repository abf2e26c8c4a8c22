/// @file
/// Signing in by a provider's word: what it opens is said by links and roles here, never by what the provider claims.

#include <gtest/gtest.h>

#include "core/security/crypto.hpp"
#include "tests/unit/security/memory_accounts.hpp"

namespace pakn::security {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::milliseconds{1'772'762'400'000}};

class ProviderSignInTest : public ::testing::Test {
protected:
    ProviderSignInTest() {
        EXPECT_TRUE(store.addAccount({.id = "a1", .login = "mau", .roles = {domain::Role::kAdmin}}).ok());
    }
    static Identity person(std::string subject, std::string login = "lan") {
        return {.issuer = "https://id.example",
                .subject = std::move(subject),
                .login = std::move(login),
                .name = "Nguyễn Thị Mẫu",
                .unit = "so-xay-dung",
                .roles = {"admin"},
                .session = "sid",
                .logout_secret = "id-token"};
    }
    std::string problem(const Identity& one, std::string_view connector = "sso") {
        const auto session = access.signInBy(connector, one, kNow);
        return session ? "" : session.error().problem;
    }
    void grant(std::string_view login) {
        const auto account = store.accountByLogin(login);
        ASSERT_TRUE(account.ok() && *account);
        ASSERT_TRUE(store.setDuties((*account)->id, {domain::Role::kOfficer}, "so-xay-dung").ok());
    }

    testing::MemoryAccounts store;
    Access access{store, {}};
};

TEST_F(ProviderSignInTest, WhoeverIsNewHasNoRoleUntilOneIsGranted) {
    EXPECT_EQ(problem(person("7")), "") << "in, with an account that opens nothing";
    EXPECT_EQ(problem(person("7")), "") << "the same account";
    ASSERT_EQ(store.accounts()->size(), 2U);
    const Account waiting = **store.accountByLogin("lan");
    EXPECT_TRUE(waiting.roles.empty()) << "the provider's roles are suggestions";
    EXPECT_TRUE(waiting.unit.empty());
    EXPECT_EQ(waiting.name, "Nguyễn Thị Mẫu");
    const AccountLink link = **store.link("https://id.example", "7");
    EXPECT_EQ(link.roles, std::vector<std::string>{"admin"});
    EXPECT_EQ(link.unit, "so-xay-dung");
    grant("lan");
    const auto session = access.signInBy("sso", person("7"), kNow);
    ASSERT_TRUE(session.ok());
    EXPECT_EQ(session->account.login, "lan");
    EXPECT_TRUE(access.bySession(session->token, kNow).ok());
}

TEST_F(ProviderSignInTest, ALoginThatIsTakenStaysItsOwners) {
    EXPECT_EQ(problem(person("7", "MAU")), "");
    EXPECT_EQ((*store.accountByLogin("mau"))->id, "a1");
    EXPECT_NE((*store.link("https://id.example", "7"))->account, "a1");
    EXPECT_EQ(problem(person("8", "mau")), "") << "another mark for another person";
    EXPECT_EQ(problem(person("9", "Nguyễn <b>")), "") << "no login at all";
    EXPECT_EQ(store.accounts()->size(), 4U);
    for (const Account& one : *store.accounts()) EXPECT_TRUE(isSoundLogin(one.login)) << one.login;
}

TEST_F(ProviderSignInTest, ALinkedAccountOpensAndALockedOneDoesNot) {
    ASSERT_TRUE(store.putLink({.issuer = "https://id.example", .subject = "7", .account = "a1"}).ok());
    EXPECT_EQ(problem(person("7")), "");
    ASSERT_TRUE(store.setLocked("a1", true).ok());
    EXPECT_EQ(problem(person("7")), "sign_in.locked");
}

TEST_F(ProviderSignInTest, AnotherConnectorCannotSpeakForThePerson) {
    EXPECT_EQ(problem(person("7")), "");
    grant("lan");
    EXPECT_EQ(problem(person("7"), "evil"), "sign_in.not_admitted");
    EXPECT_EQ(problem(person("7"), "sso"), "");
}

TEST_F(ProviderSignInTest, AnIdentityWithoutAPersonIsNone) {
    EXPECT_EQ(problem(person("")), "sign_in.rejected");
    Identity nobody = person("7");
    nobody.issuer.clear();
    EXPECT_EQ(problem(nobody), "sign_in.rejected");
    EXPECT_EQ(problem(person(std::string(600, '7'))), "sign_in.rejected");
    EXPECT_EQ(problem(person("\xff")), "sign_in.rejected");
    EXPECT_EQ(store.accounts()->size(), 1U);
}

TEST_F(ProviderSignInTest, WaitingAccountsAreBounded) {
    for (std::int64_t i = 0; i < kMostWaitingAccounts; ++i)
        ASSERT_EQ(problem(person(std::to_string(i), "p" + std::to_string(i))), "");
    EXPECT_EQ(problem(person("another")), "sign_in.too_many_waiting");
    EXPECT_EQ(problem(person("5")), "") << "who waits already goes on waiting";
    grant("p5");
    EXPECT_EQ(problem(person("5")), "");
}

TEST_F(ProviderSignInTest, SignOutSaysHowTheSessionWasOpened) {
    ASSERT_TRUE(store.putLink({.issuer = "https://id.example", .subject = "7", .account = "a1"}).ok());
    const auto session = access.signInBy("sso", person("7"), kNow);
    const auto ended = access.signOut(session->token);
    ASSERT_TRUE(ended.ok() && *ended);
    EXPECT_EQ((*ended)->connector, "sso");
    EXPECT_EQ((*ended)->logout_secret, "id-token");
    EXPECT_FALSE(access.bySession(session->token, kNow).ok());
    EXPECT_FALSE(*access.signOut(session->token)) << "once";
    const std::string link = *access.newOneTimeLink("mau", kNow);
    EXPECT_FALSE(*access.signOut(access.signInWithLink(link, kNow)->token)) << "no provider opened this one";
}

TEST_F(ProviderSignInTest, ASignInIsUsedUpOnce) {
    EXPECT_TRUE(access.useUp("n1", kNow + 10min, kNow).ok());
    EXPECT_EQ(access.useUp("n1", kNow + 10min, kNow).error().code, Errc::kConflict);
    EXPECT_TRUE(access.useUp("n2", kNow + 10min, kNow).ok());
}

TEST_F(ProviderSignInTest, ACitizensSessionIsNoOfficers) {
    Identity one = person("7");
    one.citizen_id = "001090000001";
    const auto session = access.signInCitizen("vneid", one, kNow);
    ASSERT_TRUE(session.ok());
    EXPECT_FALSE(access.bySession(session->token, kNow).ok());
    EXPECT_FALSE(access.byBearer(session->token, kNow).ok());
    const auto who = access.citizen(session->token, kNow);
    ASSERT_TRUE(who.ok());
    EXPECT_EQ(who->citizen_id, "001090000001");
    EXPECT_FALSE(access.citizen(session->token, session->expires_at).ok());
    EXPECT_EQ(store.accounts()->size(), 1U) << "and makes no account";
    const std::string link = *access.newOneTimeLink("mau", kNow);
    EXPECT_FALSE(access.citizen(access.signInWithLink(link, kNow)->token, kNow).ok());
    EXPECT_TRUE(*access.signOut(session->token));
    EXPECT_FALSE(access.citizen(session->token, kNow).ok());
}

}  // namespace
}  // namespace pakn::security

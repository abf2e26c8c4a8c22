/// @file
/// Signing in by link and password, sessions, bearer tokens, source keys; and everything that must not work.

#include <gtest/gtest.h>

#include <array>
#include <thread>
#include <vector>

#include "core/security/crypto.hpp"
#include "tests/unit/security/memory_accounts.hpp"

namespace pakn::security {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::milliseconds{1'772'762'400'000}};  // 2026-03-06
constexpr const char* kHome = "203.0.113.1";
constexpr const char* kPassword = "cây cầu số 7";

class AccessTest : public ::testing::Test {
protected:
    AccessTest() {
        EXPECT_TRUE(store.addAccount({.id = "a1", .login = "officer", .roles = {domain::Role::kOfficer}}).ok());
        EXPECT_TRUE(store.addAccount({.id = "a2", .login = "leader", .roles = {domain::Role::kLeader}}).ok());
    }
    void lock(std::string_view id, bool locked = true) { ASSERT_TRUE(store.setLocked(id, locked).ok()); }
    std::string link(std::string_view login = "officer") { return *access.newOneTimeLink(login, kNow); }

    testing::MemoryAccounts store;
    Access access{store, {.session = 12h, .one_time_link = 24h, .attempts_per_minute = 10}};
};

template <class T>
Errc codeOf(const Result<T>& result) {
    EXPECT_FALSE(result.ok());
    return result.ok() ? Errc::kInternal : result.error().code;
}

// --- one-time links

TEST_F(AccessTest, ALinkSignsInOnce) {
    const std::string token = link();
    const auto session = access.signInWithLink(token, kNow);
    ASSERT_TRUE(session.ok());
    EXPECT_EQ(session->account.id, "a1");
    EXPECT_EQ(session->expires_at, kNow + 12h);
    EXPECT_EQ(codeOf(access.signInWithLink(token, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.bySession(session->token, kNow).ok()) << "the second try must not harm the session";
}

TEST_F(AccessTest, ALinkHasOneWinnerAmongThreads) {
    for (int round = 0; round < 20; ++round) {
        const std::string token = link();
        std::atomic<int> ready = 0;
        std::atomic<int> winners = 0;
        std::atomic<int> refused = 0;
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < 8; ++i)
                threads.emplace_back([&] {
                    ++ready;
                    while (ready < 8) std::this_thread::yield();
                    const auto session = access.signInWithLink(token, kNow);
                    if (session.ok()) ++winners;
                    if (!session.ok() && session.error().code == Errc::kUnauthenticated) ++refused;
                });
        }
        ASSERT_EQ(winners, 1);
        ASSERT_EQ(refused, 7);
    }
    EXPECT_EQ(store.secrets().size(), 20U) << "only the winners' sessions stay";
}

TEST_F(AccessTest, ALinkTakenInBetweenOpensNothingElse) {
    const std::string token = link();
    store.before_take = [&] { EXPECT_TRUE(access.signInWithLink(token, kNow).ok()); };
    EXPECT_EQ(codeOf(access.signInWithLink(token, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(store.secrets().size(), 1U) << "the winner's session and no other";
}

TEST_F(AccessTest, ALinkEndsAfterItsTime) {
    const std::string token = link();
    EXPECT_EQ(codeOf(access.signInWithLink(token, kNow + 24h)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.signInWithLink(token, kNow + 24h - 1ms).ok());
}

TEST_F(AccessTest, ALinkIsMadeForAnAccountOnlyWhateverTheCapitals) {
    EXPECT_EQ(codeOf(access.newOneTimeLink("nobody", kNow)), Errc::kNotFound);
    EXPECT_TRUE(access.newOneTimeLink("Officer", kNow).ok());
}

TEST_F(AccessTest, ALinkOfALockedAccountDoesNotOpenAndIsNotLost) {
    const std::string token = link();
    lock("a1");
    EXPECT_EQ(codeOf(access.signInWithLink(token, kNow)), Errc::kUnauthenticated);
    lock("a1", false);
    EXPECT_TRUE(access.signInWithLink(token, kNow).ok());
}

TEST_F(AccessTest, AFullDiskDoesNotBurnALink) {
    const std::string token = link();
    store.disk_full = true;
    EXPECT_EQ(codeOf(access.signInWithLink(token, kNow)), Errc::kUnavailable);
    store.disk_full = false;
    EXPECT_TRUE(access.signInWithLink(token, kNow).ok());
}

// --- secrets

TEST_F(AccessTest, OnlyHashesAreStored) {
    const std::string one_time = link();
    const auto session = access.signInWithLink(link(), kNow);
    const std::string bearer = *access.newAccountToken("leader", kNow);
    const std::string source = *access.newSourceKey("portal", kNow);
    std::string stored;
    for (const auto& [hash, secret] : store.secrets()) {
        EXPECT_EQ(hash.size(), 64U);
        stored += hash + ' ' + secret.hash + ' ' + secret.csrf_hash + '\n';
    }
    for (const std::string& token : {one_time, session->token, session->csrf, bearer, source}) {
        EXPECT_EQ(token.size(), 43U) << "256 bits";
        EXPECT_EQ(stored.find(token), std::string::npos);
        EXPECT_NE(stored.find(toHex(sha256(token))), std::string::npos);
    }
}

TEST_F(AccessTest, EachSecretOpensOnlyWhatItIsFor) {
    const auto session = access.signInWithLink(link(), kNow);
    const std::string one_time = link();
    const std::string bearer = *access.newAccountToken("officer", kNow);
    const std::string source = *access.newSourceKey("portal", kNow);
    for (const std::string& token : {one_time, bearer, source, std::string{}, std::string(100'000, 'x')})
        EXPECT_EQ(codeOf(access.bySession(token, kNow)), Errc::kUnauthenticated);
    for (const std::string& token : {one_time, session->token, std::string{}})
        EXPECT_EQ(codeOf(access.byBearer(token, kNow)), Errc::kUnauthenticated);
    for (const std::string& token : {session->token, bearer, source, std::string{}})
        EXPECT_EQ(codeOf(access.signInWithLink(token, kNow)), Errc::kUnauthenticated);
    // A wrong use has used nothing up.
    EXPECT_TRUE(access.bySession(session->token, kNow).ok());
    EXPECT_TRUE(access.byBearer(bearer, kNow).ok());
    EXPECT_TRUE(access.signInWithLink(one_time, kNow).ok());
}

// --- sessions

TEST_F(AccessTest, ASessionIsItsAccountUntilItExpires) {
    const auto session = access.signInWithLink(link("leader"), kNow);
    const auto caller = access.bySession(session->token, kNow + 12h - 1ms);
    ASSERT_TRUE(caller.ok());
    ASSERT_TRUE(caller->account.has_value());
    EXPECT_EQ(caller->account->id, "a2");
    EXPECT_TRUE(caller->by_session);
    EXPECT_TRUE(caller->source.empty());
    EXPECT_EQ(codeOf(access.bySession(session->token, kNow + 12h)), Errc::kUnauthenticated);
}

TEST_F(AccessTest, ASessionEndsWithTheSignOut) {
    const auto session = access.signInWithLink(link(), kNow);
    EXPECT_TRUE(access.signOut(session->token).ok());
    EXPECT_EQ(codeOf(access.bySession(session->token, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.signOut(session->token).ok()) << "again is no error";
}

TEST_F(AccessTest, SignOutTakesNoOtherSecret) {
    const std::string bearer = *access.newAccountToken("officer", kNow);
    EXPECT_TRUE(access.signOut(bearer).ok());
    EXPECT_TRUE(access.byBearer(bearer, kNow).ok());
}

TEST_F(AccessTest, ASessionOfALockedAccountIsDeadAtOnce) {
    const auto session = access.signInWithLink(link(), kNow);
    lock("a1");
    EXPECT_EQ(codeOf(access.bySession(session->token, kNow)), Errc::kUnauthenticated);
}

TEST_F(AccessTest, ExpiredSecretsAreSweptWithTheNextSignIn) {
    (void)access.signInWithLink(link(), kNow);
    (void)link();
    ASSERT_EQ(store.secrets().size(), 2U);
    const std::string late = *access.newOneTimeLink("officer", kNow + 48h);
    ASSERT_TRUE(access.signInWithLink(late, kNow + 48h).ok());
    EXPECT_EQ(store.secrets().size(), 1U);
}

TEST_F(AccessTest, TheCsrfTokenBelongsToItsSession) {
    const auto mine = access.signInWithLink(link(), kNow);
    const auto other = access.signInWithLink(link(), kNow);
    const Caller caller = *access.bySession(mine->token, kNow);
    EXPECT_TRUE(Access::csrfMatches(caller, mine->csrf));
    EXPECT_FALSE(Access::csrfMatches(caller, other->csrf));
    EXPECT_FALSE(Access::csrfMatches(caller, mine->token));
    EXPECT_FALSE(Access::csrfMatches(caller, caller.csrf_hash));
    EXPECT_FALSE(Access::csrfMatches(caller, ""));
    EXPECT_FALSE(Access::csrfMatches(Caller{}, ""));
}

// --- bearer tokens and source keys

TEST_F(AccessTest, AnAccountTokenActsAsTheAccountAndDoesNotExpire) {
    const std::string bearer = *access.newAccountToken("officer", kNow);
    const auto caller = access.byBearer(bearer, kNow + std::chrono::years{1});
    ASSERT_TRUE(caller.ok());
    EXPECT_EQ(caller->account->id, "a1");
    EXPECT_FALSE(caller->by_session);
    lock("a1");
    EXPECT_EQ(codeOf(access.byBearer(bearer, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(access.newAccountToken("nobody", kNow)), Errc::kNotFound);
}

TEST_F(AccessTest, ASourceKeyIsItsSourceAndNobody) {
    const auto caller = access.byBearer(*access.newSourceKey("cong-dvc_2", kNow), kNow);
    ASSERT_TRUE(caller.ok());
    EXPECT_EQ(caller->source, "cong-dvc_2");
    EXPECT_FALSE(caller->account.has_value());
}

TEST_F(AccessTest, ASourceHasAPlainName) {
    for (const std::string& bad :
         {std::string{}, std::string{"Portal"}, std::string{"a b"}, std::string{"cổng"}, std::string{"a:b"},
          std::string{"a/b"}, std::string{"a\0", 2}, std::string{"a\n"}, std::string(33, 'a')}) {
        const auto key = access.newSourceKey(bad, kNow);
        EXPECT_EQ(codeOf(key), Errc::kInvalid) << bad;
        EXPECT_EQ(key.error().field, "/source");
    }
    EXPECT_TRUE(access.newSourceKey(std::string(32, 'a'), kNow).ok());
    EXPECT_TRUE(access.newSourceKey("0", kNow).ok());
}

// --- passwords

TEST_F(AccessTest, APasswordSignsIn) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    const auto session = access.signIn("Officer", kPassword, kHome, kNow);
    ASSERT_TRUE(session.ok());
    EXPECT_EQ(session->account.id, "a1");
    EXPECT_TRUE(access.bySession(session->token, kNow).ok());
}

TEST_F(AccessTest, APasswordTypedOnAnotherKeyboardIsTheSame) {
    ASSERT_TRUE(access.setPassword("officer", "c\u1ea7u \u0111\u01b0\u1eddng 7").ok());                         // NFC
    EXPECT_TRUE(access.signIn("officer", "ca\u0302\u0300u \u0111u\u031bo\u031b\u0300ng 7", kHome, kNow).ok());  // NFD
}

TEST_F(AccessTest, EveryFailedSignInLooksTheSame) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    const auto wrong = access.signIn("officer", "cây cầu số 8", kHome, kNow);
    const auto unknown = access.signIn("nobody", kPassword, kHome, kNow);
    const auto without_password = access.signIn("leader", "", kHome, kNow);
    const auto no_text = access.signIn("officer", "\xff\xfe", kHome, kNow);
    const auto too_long = access.signIn("officer", std::string(1'000'000, 'x'), kHome, kNow);
    lock("a1");
    const auto locked = access.signIn("officer", kPassword, kHome, kNow);
    for (const auto* result : {&wrong, &unknown, &without_password, &no_text, &too_long, &locked}) {
        ASSERT_EQ(codeOf(*result), Errc::kUnauthenticated);
        EXPECT_EQ(result->error().message, wrong.error().message);
        EXPECT_EQ(result->error().problem, wrong.error().problem);
    }
}

struct PolicyCase {
    std::string password;
    std::string problem;  ///< Empty: good.
};

TEST_F(AccessTest, PasswordsFollowThePolicy) {
    ASSERT_TRUE(store.addAccount({.id = "a3", .login = "phongquanly"}).ok());
    std::string longest;
    for (int i = 0; i < 200; ++i) longest += "ệ";
    const PolicyCase cases[] = {
        {"", "password.too_short"},
        {"123456789", "password.too_short"},
        {"ệệệệệệệệệ", "password.too_short"},  // 27 bytes, 9 characters
        {"ệệệệệệệệệệ", ""},
        {"1234567890", ""},
        {longest, ""},
        {longest + "x", "password.too_long"},
        {"PhongQuanLy", "password.is_login"},
        {"1234567890\xff", "password.bad_text"},
        {std::string(100'000, 'x'), "password.bad_text"},
    };
    for (const PolicyCase& one : cases) {
        const auto set = access.setPassword("phongquanly", one.password);
        EXPECT_EQ(set.ok(), one.problem.empty()) << one.password;
        if (set.ok()) continue;
        EXPECT_EQ(set.error().code, Errc::kInvalid);
        EXPECT_EQ(set.error().problem, one.problem);
        EXPECT_EQ(set.error().field, "/password");
    }
    EXPECT_EQ(codeOf(access.setPassword("nobody", kPassword)), Errc::kNotFound);
}

TEST_F(AccessTest, ANewPasswordReplacesTheOld) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    ASSERT_TRUE(access.setPassword("officer", "một mật khẩu khác").ok());
    EXPECT_EQ(codeOf(access.signIn("officer", kPassword, kHome, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.signIn("officer", "một mật khẩu khác", kHome, kNow).ok());
}

TEST_F(AccessTest, ANewPasswordEndsSessionsAndLinks) {
    const std::string unused = link();
    const auto session = access.signInWithLink(link(), kNow);
    const auto others = access.signInWithLink(link("leader"), kNow);
    const auto script = access.newAccountToken("officer", kNow);
    ASSERT_TRUE(session.ok() && others.ok() && script.ok());
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    EXPECT_EQ(codeOf(access.bySession(session->token, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(access.signInWithLink(unused, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.bySession(others->token, kNow).ok());
    EXPECT_TRUE(access.byBearer(*script, kNow).ok());
}

TEST_F(AccessTest, ARefusedPasswordEndsNothing) {
    const auto session = access.signInWithLink(link(), kNow);
    ASSERT_TRUE(session.ok());
    EXPECT_EQ(codeOf(access.setPassword("officer", "short")), Errc::kInvalid);
    EXPECT_TRUE(access.bySession(session->token, kNow).ok());
}

// --- two at the same time

TEST_F(AccessTest, ALockDuringAPasswordChangeHolds) {
    store.before_password = [this] { lock("a1"); };
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    EXPECT_TRUE((*store.accountById("a1"))->locked);
    lock("a1", false);
    store.before_password = [this] { lock("a1"); };
    ASSERT_TRUE(access.changePassword("officer", kPassword, "một mật khẩu khác", kHome, kNow).ok());
    EXPECT_TRUE((*store.accountById("a1"))->locked);
}

TEST_F(AccessTest, ALockDuringASignInLetsNobodyIn) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    const std::string token = link();
    store.before_session = [this] { ASSERT_TRUE(access.setLocked("officer", true).ok()); };
    EXPECT_EQ(codeOf(access.signIn("officer", kPassword, kHome, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(store.secrets().empty());
    ASSERT_TRUE(access.setLocked("officer", false).ok());
    const std::string another = link();
    store.before_session = [this] { lock("a1"); };
    EXPECT_EQ(codeOf(access.signInWithLink(another, kNow)), Errc::kUnauthenticated);
}

TEST_F(AccessTest, APasswordThatIsReplacedDuringTheSignInOpensNothing) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    store.before_session = [this] { ASSERT_TRUE(access.setPassword("officer", "một mật khẩu khác").ok()); };
    EXPECT_EQ(codeOf(access.signIn("officer", kPassword, kHome, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(store.secrets().empty());
}

TEST_F(AccessTest, WhoChangesTheirPasswordDoesNotUndoWhatTheAdministratorSet) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    store.before_password = [this] { ASSERT_TRUE(access.setPassword("officer", "của quản trị viên").ok()); };
    EXPECT_EQ(codeOf(access.changePassword("officer", kPassword, "một mật khẩu khác", kHome, kNow)), Errc::kConflict);
    EXPECT_TRUE(access.signIn("officer", "của quản trị viên", kHome, kNow).ok());
}

TEST_F(AccessTest, OwnersChangeTheirPasswordKnowingTheCurrentOne) {
    ASSERT_TRUE(access.changePassword("officer", "", kPassword, kHome, kNow).ok()) << "the first one";
    EXPECT_EQ(codeOf(access.changePassword("officer", "sai mật khẩu", "một mật khẩu khác", kHome, kNow)),
              Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(access.changePassword("officer", kPassword, "ngắn", kHome, kNow)), Errc::kInvalid);
    ASSERT_TRUE(access.changePassword("officer", kPassword, "một mật khẩu khác", kHome, kNow).ok());
    EXPECT_TRUE(access.signIn("officer", "một mật khẩu khác", kHome, kNow).ok());
}

// --- reset and lock

TEST_F(AccessTest, AResetGivesTheOnlyLinkThatWorks) {
    const std::string unused = link();
    const auto session = access.signInWithLink(link(), kNow);
    ASSERT_TRUE(session.ok());
    const auto fresh = access.resetSignIn("Officer", kNow);
    ASSERT_TRUE(fresh.ok());
    EXPECT_EQ(codeOf(access.bySession(session->token, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(access.signInWithLink(unused, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.signInWithLink(*fresh, kNow).ok());
    EXPECT_EQ(codeOf(access.resetSignIn("nobody", kNow)), Errc::kNotFound);
}

TEST_F(AccessTest, ALockShutsOutUntilItIsTakenAway) {
    ASSERT_TRUE(access.setPassword("officer", kPassword).ok());
    const std::string unused = link();
    const auto session = access.signIn("officer", kPassword, kHome, kNow);
    const auto script = access.newAccountToken("officer", kNow);
    ASSERT_TRUE(session.ok() && script.ok());
    ASSERT_TRUE(access.setLocked("officer", true).ok());
    EXPECT_EQ(codeOf(access.signIn("officer", kPassword, kHome, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(access.byBearer(*script, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(access.resetSignIn("officer", kNow)), Errc::kConflict);

    ASSERT_TRUE(access.setLocked("officer", false).ok());
    EXPECT_EQ(codeOf(access.bySession(session->token, kNow)), Errc::kUnauthenticated) << "what was ended stays so";
    EXPECT_EQ(codeOf(access.signInWithLink(unused, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(access.signIn("officer", kPassword, kHome, kNow).ok());
    EXPECT_TRUE(access.byBearer(*script, kNow).ok());
    EXPECT_EQ(codeOf(access.setLocked("nobody", true)), Errc::kNotFound);
}

// --- limits

class AccessLimits : public AccessTest {
protected:
    AccessLimits() { EXPECT_TRUE(few.setPassword("officer", kPassword).ok()); }
    Access few{store, {.attempts_per_minute = 3, .attempts_on_login = 7}};
};

TEST_F(AccessLimits, StrangersDoNotKeepTheOwnerOut) {
    for (int i = 0; i < 6; ++i) (void)few.signIn("officer", "sai mật khẩu", "203.0.113.66", kNow);
    EXPECT_EQ(codeOf(few.signIn("officer", kPassword, "203.0.113.66", kNow)), Errc::kUnavailable);
    EXPECT_TRUE(few.signIn("officer", kPassword, kHome, kNow).ok());
}

TEST_F(AccessLimits, HoldForAllClientsTogetherMoreWidely) {
    for (int i = 0; i < 7; ++i)
        ASSERT_EQ(codeOf(few.signIn("officer", "sai mật khẩu", "203.0.113." + std::to_string(i), kNow)),
                  Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(few.signIn("officer", kPassword, kHome, kNow)), Errc::kUnavailable);
    EXPECT_TRUE(few.signIn("officer", kPassword, kHome, kNow + 1min).ok());
}

TEST_F(AccessLimits, StopGuessingForAMinute) {
    for (int i = 0; i < 3; ++i)
        ASSERT_EQ(codeOf(few.signIn("officer", "sai mật khẩu", kHome, kNow + i * 1s)), Errc::kUnauthenticated);
    const auto limited = few.signIn("OFFICER", kPassword, kHome, kNow + 10s);
    ASSERT_EQ(codeOf(limited), Errc::kUnavailable);
    EXPECT_EQ(limited.error().retry_after, 50s);
    EXPECT_EQ(codeOf(few.signIn("officer", kPassword, kHome, kNow + 1min - 1ms)), Errc::kUnavailable);
    EXPECT_TRUE(few.signIn("officer", kPassword, kHome, kNow + 1min).ok());
}

TEST_F(AccessLimits, LeaveOtherLoginsAndLinksAlone) {
    for (int i = 0; i < 4; ++i) (void)few.signIn("officer", "sai mật khẩu", kHome, kNow);
    EXPECT_EQ(codeOf(few.signIn("leader", "sai mật khẩu", kHome, kNow)), Errc::kUnauthenticated);
    EXPECT_TRUE(few.signInWithLink(*few.newOneTimeLink("officer", kNow), kNow).ok());
}

TEST_F(AccessLimits, HoldForUnknownLoginsToo) {
    for (int i = 0; i < 3; ++i) ASSERT_EQ(codeOf(few.signIn("nobody", kPassword, kHome, kNow)), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf(few.signIn("nobody", kPassword, kHome, kNow)), Errc::kUnavailable);
}

TEST_F(AccessLimits, DoNotCountAgainstWhoeverGetsItRight) {
    for (int i = 0; i < 5; ++i) EXPECT_TRUE(few.signIn("officer", kPassword, kHome, kNow).ok()) << i;
}

TEST_F(AccessLimits, SurviveAClockThatGoesBack) {
    for (int i = 0; i < 3; ++i) (void)few.signIn("officer", "sai mật khẩu", kHome, kNow + std::chrono::years{1});
    EXPECT_TRUE(few.signIn("officer", kPassword, kHome, kNow).ok());
}

}  // namespace
}  // namespace pakn::security

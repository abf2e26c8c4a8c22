/// @file
/// Refresh tokens work once: nobody refreshes twice, and no pair is used before it is on disk.

#include "token_keeper.hpp"

#include <gmock/gmock.h>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class TokenKeeperTest : public ::testing::Test {
protected:
    static TokenRules rules(const std::string& refresh = "RT0") {
        TokenRules rules = rulesOf(settingsWith()).token;
        rules.refresh_token = refresh;
        return rules;
    }
    std::string tokenOf(TokenKeeper& keeper) {
        const Result<std::string> token = keeper.token();
        return token ? *token : std::string{errcName(token.error().code)};
    }
    void expectSilent() const {
        for (const auto& line : services_.logged())
            for (const char* secret : {"RT0", "RT1", "AT1", "APP_SECRET_DEMO"})
                EXPECT_THAT(line.text, Not(HasSubstr(secret)));
    }

    testing::FakeHostServices services_;
    FakeZalo zalo_{services_.peer};
};

TEST_F(TokenKeeperTest, TheFirstPairComesFromTheSettingsAndIsKept) {
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    EXPECT_EQ(tokenOf(keeper), "AT1");
    EXPECT_EQ(zalo_.refreshes, 1);
    TokenKeeper restarted{services_, rules()};
    EXPECT_EQ(tokenOf(restarted), "AT1") << "RT0 is used up; whoever would try it again gets -14020";
    EXPECT_EQ(zalo_.refreshes, 1);
    const HttpRequest request = services_.peer.requests().front();
    EXPECT_EQ(request.headers.at("secret_key"), "APP_SECRET_DEMO");
    EXPECT_THAT(request.body, Not(HasSubstr("APP_SECRET")));
    EXPECT_THAT(request.body, HasSubstr("grant_type=refresh_token"));
    expectSilent();
}

TEST_F(TokenKeeperTest, ItIsRefreshedEarly) {
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(20h - 1s);
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(1s);
    EXPECT_EQ(tokenOf(keeper), "AT2");
}

TEST_F(TokenKeeperTest, AShortLifeIsRefreshedInTime) {
    zalo_.expires_in = "\"100\"";
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(79s);
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(1s);
    EXPECT_EQ(tokenOf(keeper), "AT2");
    zalo_.expires_in = "90000";  // A number would be understood, too.
    services_.clock.advance(80s);
    EXPECT_EQ(tokenOf(keeper), "AT3");
    services_.clock.advance(19h);
    EXPECT_EQ(tokenOf(keeper), "AT3");
}

TEST_F(TokenKeeperTest, AnOldTokenIsUsedWhereItCannotBeRefreshedNow) {
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(21h);
    zalo_.next("/v4/oa/access_token", Error{.code = Errc::kUnavailable, .message = "no"});
    EXPECT_EQ(tokenOf(keeper), "AT1");
    zalo_.next("/v4/oa/access_token", HttpResponse{.status = 502});
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(5h);
    zalo_.next("/v4/oa/access_token", HttpResponse{.status = 502});
    EXPECT_EQ(tokenOf(keeper), "unavailable") << "it is over";
    EXPECT_EQ(tokenOf(keeper), "AT2");
}

TEST_F(TokenKeeperTest, ARefusedTokenIsReplacedOnce) {
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    EXPECT_EQ(*keeper.insteadOf("AT1"), "AT2");
    EXPECT_EQ(*keeper.insteadOf("AT1"), "AT2") << "another thread was refused the same one: it has been replaced";
    EXPECT_EQ(zalo_.refreshes, 2);
}

TEST_F(TokenKeeperTest, AUsedRefreshTokenTakesAPerson) {
    zalo_.refresh = "RT9";
    TokenKeeper keeper{services_, rules()};
    const Result<std::string> token = keeper.token();
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, Errc::kUnauthenticated);
    EXPECT_EQ(token.error().problem, "zalo.token");
    ASSERT_EQ(services_.logged().size(), 1U);
    EXPECT_EQ(services_.logged()[0].level, LogLevel::kError);
    EXPECT_EQ(tokenOf(keeper), "unauthenticated");
    EXPECT_EQ(zalo_.asked("/v4/oa/access_token"), 1) << "it does not become valid by asking";
    services_.clock.advance(5min);
    EXPECT_EQ(tokenOf(keeper), "unauthenticated");
    EXPECT_EQ(zalo_.asked("/v4/oa/access_token"), 2);
    expectSilent();
}

TEST_F(TokenKeeperTest, ANewConsentReplacesWhatIsKept) {
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    zalo_.refresh = "CONSENT2";
    TokenKeeper after{services_, rules("CONSENT2")};
    EXPECT_EQ(tokenOf(after), "AT2");
    TokenKeeper again{services_, rules("CONSENT2")};
    EXPECT_EQ(tokenOf(again), "AT2") << "the same settings are no new consent";
}

TEST_F(TokenKeeperTest, WhatAnotherNodeRefreshesIsTaken) {
    TokenKeeper keeper{services_, rules()};
    EXPECT_EQ(tokenOf(keeper), "AT1");
    services_.clock.advance(21h);
    services_.takeAway("token");
    EXPECT_EQ(tokenOf(keeper), "AT1") << "still good, and somebody is at it";
    EXPECT_EQ(keeper.insteadOf("AT1").error().code, Errc::kUnavailable);
    EXPECT_EQ(zalo_.refreshes, 1);
    services_.clock.advance(5h);
    const Result<std::string> token = keeper.token();
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, Errc::kUnavailable);
    EXPECT_TRUE(token.error().retry_after);
}

/// A state that takes nothing when told so.
class StubbornServices final : public HostServices {
public:
    class StubbornState final : public State {
    public:
        explicit StubbornState(State& inner) : inner_{inner} {}
        Result<std::optional<std::string>> get(std::string_view key) override { return inner_.get(key); }
        Status put(std::string_view key, std::string_view value) override {
            if (refuses) return Error{.code = Errc::kUnavailable, .message = "full"};
            return inner_.put(key, value);
        }
        bool refuses = false;

    private:
        State& inner_;
    };
    explicit StubbornServices(testing::FakeHostServices& inner) : stubborn{inner.kept}, inner_{inner} {}
    void log(LogLevel level, std::string_view text) override { inner_.log(level, text); }
    [[nodiscard]] Instant now() const override { return inner_.now(); }
    HttpClient& http() override { return inner_.http(); }
    State& state() override { return stubborn; }
    void count(std::string_view counter, std::int64_t by) override { inner_.count(counter, by); }
    [[nodiscard]] std::string address() const override { return inner_.address(); }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        return inner_.lease(name, hold);
    }
    Status release(std::string_view name) override { return inner_.release(name); }
    PublicRecords& records() override { return inner_.records(); }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        return inner_.decode(kind, content);
    }
    Result<std::int64_t> endSessions(const ProviderLogout& over) override { return inner_.endSessions(over); }
    Citizens& citizens() override { return inner_.citizens(); }

    StubbornState stubborn;

private:
    testing::FakeHostServices& inner_;
};

TEST_F(TokenKeeperTest, NoPairIsUsedBeforeItIsOnDisk) {
    StubbornServices stubborn{services_};
    TokenKeeper keeper{stubborn, rules()};
    stubborn.stubborn.refuses = true;
    EXPECT_EQ(tokenOf(keeper), "unavailable");
    EXPECT_EQ(tokenOf(keeper), "unavailable");
    EXPECT_EQ(zalo_.refreshes, 1) << "the pair in hand is the only valid one: it is not thrown away";
    stubborn.stubborn.refuses = false;
    EXPECT_EQ(tokenOf(keeper), "AT1");
    EXPECT_EQ(zalo_.refreshes, 1);
    TokenKeeper restarted{services_, rules()};
    EXPECT_EQ(tokenOf(restarted), "AT1");
}

TEST_F(TokenKeeperTest, AnAnswerWithoutAPairIsNoPair) {
    for (const char* body : {R"({"access_token":"A"})", R"({"access_token":"","refresh_token":"R"})", "{}"}) {
        testing::FakeHostServices services;
        services.peer.answer({.body = body});
        TokenKeeper keeper{services, rules()};
        EXPECT_EQ(tokenOf(keeper), "unauthenticated") << body;
    }
    for (const HttpResponse& answer : {HttpResponse{.status = 200, .body = "<html>"}, HttpResponse{.status = 500},
                                       HttpResponse{.status = 429}, HttpResponse{.body = R"({"error":-32})"}}) {
        testing::FakeHostServices services;
        services.peer.answer(answer);
        TokenKeeper keeper{services, rules()};
        EXPECT_EQ(tokenOf(keeper), "unavailable") << answer.status;
    }
}

}  // namespace
}  // namespace pakn::in_zalo

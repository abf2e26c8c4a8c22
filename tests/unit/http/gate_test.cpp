/// @file
/// Who is refused for what was done before, and who is not: false credentials count for whoever shows them.

#include "core/http/gate.hpp"

#include <gtest/gtest.h>

#include "core/http/sign_in_path.hpp"

namespace pakn::http {
namespace {

using namespace std::chrono_literals;

class GateTest : public testing::Test {
protected:
    GateTest() {
        configuration_.http.rate_per_client = {.count = 600, .per = 1min};
        configuration_.http.burst_per_client = 1000;
        gate_ = std::make_unique<Gate>(configuration_, traffic_);
    }
    static RequestHead with(std::string authorization, std::string target = "/api/v1/petitions") {
        return {.method = "POST", .target = std::move(target), .authorization = std::move(authorization)};
    }
    /// Comes with credentials that open nothing; true when it got its 401, false when it was told to wait.
    bool fails(const std::string& key) {
        const RequestHead head = with(key);
        return gate_->admit(head, client_, now_).ok() &&
               gate_->opensNothing({.authorization = head.authorization}, client_, now_).ok();
    }
    int failuresUntilRefused(int tries, const std::function<std::string(int)>& key) {
        int failed = 0;
        while (failed < tries && fails(key(failed))) ++failed;
        return failed;
    }
    bool mayCome(const RequestHead& head) { return gate_->admit(head, client_, now_).ok(); }

    config::Configuration configuration_;
    Traffic traffic_;
    std::unique_ptr<Gate> gate_;
    const Client client_{.address = *parseAddress("203.0.113.9")};
    RateLimiter::Time now_ = RateLimiter::Time{} + 1000h;
};

TEST_F(GateTest, OneFalseKeyShutsOutItselfAlone) {
    EXPECT_LT(failuresUntilRefused(200, [](int) { return "Bearer false"; }), 100);
    EXPECT_FALSE(mayCome(with("Bearer false")));
    EXPECT_TRUE(mayCome(with("Bearer right"))) << "whether it is right is found out, whoever shares its address";
    EXPECT_TRUE(mayCome({.method = "GET", .target = "/api/v1/me", .cookie = "pakn_session=right"}));
    EXPECT_TRUE(mayCome(with(""))) << "without a key it is anybody";
    EXPECT_TRUE(mayCome({.method = "POST", .target = "/api/v1/session"})) << "a false key is no failed sign-in";
    now_ += 2min;
    EXPECT_TRUE(fails("Bearer false")) << "forgotten";
}

TEST_F(GateTest, GuessingIsBounded) {
    EXPECT_LT(failuresUntilRefused(200, [](int i) { return "Bearer guess" + std::to_string(i); }), 100);
    EXPECT_TRUE(mayCome(with("Bearer another"))) << "it may be right";
    EXPECT_FALSE(fails("Bearer another")) << "and learns no more when it is not";
    EXPECT_FALSE(mayCome(with("Bearer another")));
    now_ += 2s;
    EXPECT_TRUE(fails("Bearer a third"));
}

TEST_F(GateTest, FailedSignInsCountWhateverTheQuery) {
    const std::string plain = "/api/v1/session";
    int failed = 0;
    while (failed < 200 && mayCome(with("", plain + "?x"))) {
        gate_->signInFailed(client_, now_);
        ++failed;
    }
    EXPECT_LT(failed, 100);
    EXPECT_FALSE(mayCome(with("", plain)));
    EXPECT_FALSE(mayCome(with("Bearer x", plain + "?y")));
    EXPECT_TRUE(mayCome(with("", "/api/v1/petitions")));
    EXPECT_TRUE(mayCome({.method = "GET", .target = "/api/v1/me", .cookie = "pakn_session=right"}));
}

TEST_F(GateTest, AProxyThatSpeaksForItselfIsNotLimited) {
    const Client proxy{.address = *parseAddress("203.0.113.10"), .limited = false};
    for (int i = 0; i < 200; ++i) {
        gate_->signInFailed(proxy, now_);
        ASSERT_TRUE(gate_->opensNothing({.authorization = "x"}, proxy, now_).ok());
        ASSERT_TRUE(gate_->admit(with("x"), proxy, now_).ok());
    }
}

TEST_F(GateTest, SigningInByAProviderIsHeldBackWhateverElseItShows) {
    const RequestHead back{.method = "GET", .target = "/sign-in/sso/callback?a=1", .cookie = "pakn_session=right"};
    EXPECT_TRUE(mayCome(back));
    for (int i = 0; i < 200; ++i) gate_->signInFailed(client_, now_);
    EXPECT_FALSE(mayCome(back));
    EXPECT_FALSE(mayCome({.method = "GET", .target = "/sign-in/sso"}));
    EXPECT_TRUE(mayCome({.method = "GET", .target = "/sign-in/page.js"}));
    EXPECT_TRUE(mayCome({.method = "GET", .target = "/sign-in"}));
}

TEST(SignInPath, NamesItsConnector) {
    EXPECT_EQ(signInConnector("/sign-in/sso"), "sso");
    EXPECT_EQ(signInConnector("/sign-in/sso/callback"), "sso");
    for (const char* path : {"/sign-in", "/sign-in/", "/sign-in/page.js", "/sign-in/page.css", "/sign-in/a/b",
                             "/sign-in/a/b/callback", "/sign-in//callback", "/api/v1/sign-in", "/sign-ins/sso"})
        EXPECT_EQ(signInConnector(path), "") << path;
}

}  // namespace
}  // namespace pakn::http

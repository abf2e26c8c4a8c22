/// @file
/// Errors as the app gets them.

#include "problems.hpp"

#include <gtest/gtest.h>

#include <set>

#include "app.hpp"

namespace pakn::in_mobile {
namespace {

using namespace std::chrono_literals;

TEST(MobileProblems, EachOwnOneHasItsWordsAndStatus) {
    testing::FakeRecords records;
    std::set<std::string_view> codes;
    for (const OwnProblem& own : ownProblems()) {
        EXPECT_TRUE(codes.insert(own.code).second) << own.code;
        EXPECT_TRUE(own.code.starts_with("mobile."));
        EXPECT_TRUE(own.status >= 400 && own.status < 500);
        const HttpResponse response =
            problemResponse({.code = Errc::kInternal, .problem = std::string{own.code}}, records);
        EXPECT_EQ(response.status, own.status);
        EXPECT_NE(response.body.find(own.vi), std::string::npos);
        EXPECT_NE(response.body.find(own.en), std::string::npos);
    }
}

TEST(MobileProblems, TheHubsOnesHaveTheHubsWords) {
    testing::FakeRecords records;
    const HttpResponse response = problemResponse({.code = Errc::kInvalid,
                                                   .message = "canary",
                                                   .problem = "petition.phone_invalid",
                                                   .field = "/petitioner/phone"},
                                                  records);
    EXPECT_EQ(response.status, 422);
    EXPECT_NE(response.body.find("Problem petition.phone_invalid"), std::string::npos);
    EXPECT_NE(response.body.find(R"("field":"/petitioner/phone")"), std::string::npos);
    EXPECT_EQ(response.body.find("canary"), std::string::npos) << "what is for operators is not for the app";
}

TEST(MobileProblems, WhoComesTooOftenIsToldWhen) {
    testing::FakeRecords records;
    const HttpResponse often =
        problemResponse({.code = Errc::kUnavailable, .problem = "code.too_often", .retry_after = 90500ms}, records);
    EXPECT_EQ(often.status, 429);
    EXPECT_EQ(often.headers.at("retry-after"), "91");
    const HttpResponse busy = problemResponse({.code = Errc::kUnavailable, .problem = "connector.busy"}, records);
    EXPECT_EQ(busy.status, 503);
    EXPECT_EQ(busy.headers.at("retry-after"), "5");
    EXPECT_EQ(problemResponse({.code = Errc::kUnavailable, .retry_after = 0ms}, records).headers.at("retry-after"),
              "1");
}

TEST(MobileProblems, EveryRemedyHasAStatus) {
    const std::vector<std::pair<Errc, int>> statuses{
        {Errc::kUnavailable, 503},     {Errc::kDeferred, 503},  {Errc::kFallback, 500},
        {Errc::kUnauthenticated, 401}, {Errc::kRejected, 500},  {Errc::kUnknownOutcome, 500},
        {Errc::kMisconfigured, 503},   {Errc::kInternal, 500},  {Errc::kInvalid, 422},
        {Errc::kNotFound, 404},        {Errc::kForbidden, 403}, {Errc::kConflict, 409},
        {Errc::kStale, 412},           {Errc::kTooLarge, 413}};
    EXPECT_EQ(statuses.size(), static_cast<std::size_t>(Errc::kTooLarge) + 1);
    testing::FakeRecords records;
    for (const auto& [code, status] : statuses) {
        const HttpResponse response = problemResponse({.code = code}, records);
        EXPECT_EQ(response.status, status) << errcName(code);
        EXPECT_EQ(response.headers.contains("www-authenticate"), status == 401);
    }
}

TEST(MobileProblems, AFaultOfOursIsLoggedWithoutTheAddress) {
    App app;
    app.signIn("0912345678");
    app.inbox.failKeep(Error{.code = Errc::kInternal, .message = "broken"});
    EXPECT_EQ(app.begin("x").status(), 500);
    ASSERT_FALSE(app.services.logged().empty());
    EXPECT_EQ(app.services.logged().back().level, LogLevel::kError);
    app.inbox.failKeep(Error{.code = Errc::kUnavailable, .message = "away", .retry_after = 7s});
    const Heard later = app.begin("y");
    EXPECT_EQ(later.status(), 503);
    EXPECT_EQ(later.response.headers.at("retry-after"), "7");
    EXPECT_EQ(app.services.logged().back().level, LogLevel::kWarning);
}

}  // namespace
}  // namespace pakn::in_mobile

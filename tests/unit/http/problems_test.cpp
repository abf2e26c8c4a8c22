#include "core/http/problems.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace pakn::http {
namespace {

bool hasHeader(const Response& response, const std::string& name) {
    return std::any_of(response.headers.begin(), response.headers.end(),
                       [&](const auto& header) { return header.first == name; });
}

TEST(Problems, CodesAreUniqueAndTextsComplete) {
    std::set<std::string_view> codes;
    for (const Problem& problem : problemCatalogue()) {
        EXPECT_TRUE(codes.insert(problem.code).second) << problem.code;
        EXPECT_GE(problem.status, 400) << problem.code;
        EXPECT_FALSE(problem.title.empty() || problem.detail.empty() || problem.detail_en.empty()) << problem.code;
    }
}

TEST(Problems, AnUnknownIdFallsBackToItsErrc) {
    const auto status = [](Errc code) { return problemResponse(Error{.code = code, .problem = "no.such"}).status; };
    EXPECT_EQ(status(Errc::kInvalid), 422);
    EXPECT_EQ(status(Errc::kUnauthenticated), 401);
    EXPECT_EQ(status(Errc::kForbidden), 403);
    EXPECT_EQ(status(Errc::kNotFound), 404);
    EXPECT_EQ(status(Errc::kConflict), 409);
    EXPECT_EQ(status(Errc::kStale), 412);
    EXPECT_EQ(status(Errc::kTooLarge), 413);
    EXPECT_EQ(status(Errc::kUnavailable), 503);
    EXPECT_EQ(status(Errc::kInternal), 500);
    EXPECT_EQ(status(Errc::kMisconfigured), 500);
}

TEST(Problems, TheOperatorsMessageStaysInside) {
    const Response response = problemResponse(Error{.code = Errc::kInternal, .message = "table people is gone"});
    EXPECT_EQ(response.content_type, "application/problem+json");
    EXPECT_EQ(response.body.find("people"), std::string::npos);
}

TEST(Problems, SayWhenToTryAgain) {
    const Error busy{.code = Errc::kUnavailable, .retry_after = std::chrono::milliseconds{1500}};
    const Response response = problemResponse(busy);
    EXPECT_NE(std::find(response.headers.begin(), response.headers.end(),
                        std::pair<std::string, std::string>{"Retry-After", "2"}),
              response.headers.end());
    EXPECT_TRUE(hasHeader(problemResponse("session.locked_out"), "Retry-After"));
    EXPECT_TRUE(hasHeader(problemResponse("session.required"), "WWW-Authenticate"));
    EXPECT_FALSE(hasHeader(problemResponse("petition.not_found"), "Retry-After"));
}

}  // namespace
}  // namespace pakn::http

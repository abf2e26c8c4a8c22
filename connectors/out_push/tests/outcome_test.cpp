/// @file
/// What several devices make of one delivery, and what may be shown of a token.

#include "outcome.hpp"

#include <gtest/gtest.h>

namespace pakn::out_push {
namespace {

using namespace std::chrono_literals;

Pushed failedWith(Errc code, std::optional<std::chrono::milliseconds> wait = {}) {
    return {.error = Error{.code = code, .message = "x", .problem = "push.x", .retry_after = wait}};
}

TEST(PushOutcome, OneThatTookItIsEnough) {
    const auto settled = settle({failedWith(Errc::kMisconfigured), {.reference = "a"}, {.reference = "b"}});
    ASSERT_TRUE(settled);
    EXPECT_EQ(settled->reference, "a, b");
    EXPECT_FALSE(settled->already);
    EXPECT_EQ(settled->attributes.at(std::string{kUnconfirmed}), "true") << "nobody tells whether it was seen";
}

TEST(PushOutcome, AReferenceIsNotLongerThanCanBeKept) {
    const std::vector<Pushed> many(20, Pushed{.reference = std::string(200, 'x')});
    EXPECT_LE(settle(many)->reference.size(), 1000U);
}

TEST(PushOutcome, WhatMayStillComeRightComesFirst) {
    const auto codeOf = [](std::vector<Pushed> devices) { return settle(devices).error().code; };
    EXPECT_EQ(codeOf({}), Errc::kFallback);
    EXPECT_EQ(codeOf({failedWith(Errc::kFallback), failedWith(Errc::kRejected)}), Errc::kRejected);
    EXPECT_EQ(codeOf({failedWith(Errc::kRejected), failedWith(Errc::kInternal)}), Errc::kInternal);
    EXPECT_EQ(codeOf({failedWith(Errc::kInternal), failedWith(Errc::kMisconfigured)}), Errc::kMisconfigured);
    EXPECT_EQ(codeOf({failedWith(Errc::kMisconfigured), failedWith(Errc::kUnauthenticated)}), Errc::kUnauthenticated);
    EXPECT_EQ(codeOf({failedWith(Errc::kUnauthenticated), failedWith(Errc::kUnknownOutcome)}), Errc::kUnknownOutcome);
    EXPECT_EQ(codeOf({failedWith(Errc::kUnknownOutcome), failedWith(Errc::kUnavailable)}), Errc::kUnavailable);
}

TEST(PushOutcome, TheLongestWaitHolds) {
    const auto settled = settle(
        {failedWith(Errc::kUnavailable, 7s), failedWith(Errc::kUnavailable, 90s), failedWith(Errc::kUnavailable)});
    EXPECT_EQ(settled.error().retry_after, 90s);
}

TEST(PushOutcome, OfATokenOnlyTheEndIsShown) {
    EXPECT_EQ(ending("0123456789abcdef0123456789ABCDEF"), "…ABCDEF");
    EXPECT_EQ(ending("0123456789"), "…");
    EXPECT_EQ(ending(""), "…");
}

}  // namespace
}  // namespace pakn::out_push

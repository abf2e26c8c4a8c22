#include <gtest/gtest.h>

#include "tests/unit/domain/sample_rules.hpp"

namespace pakn::domain {
namespace {

using sample::Case;

/// A released petition with its one delivery queued.
Case released() {
    Case one;
    one.toCentre();
    static_cast<void>(one.act("release", sample::dispatcher()));
    return one;
}

Settle failure(const Case& one, Errc code, Idempotency idempotency = Idempotency::kHonoured) {
    return {.delivery = one.petition.deliveries.at(0).id,
            .outcome = Error{.code = code, .message = "peer"},
            .idempotency = idempotency};
}

DeliveryState stateAfter(Errc code, Idempotency idempotency = Idempotency::kHonoured) {
    Case one = released();
    EXPECT_TRUE(one.run(failure(one, code, idempotency), Actor::system()));
    return one.petition.deliveries.at(0).state;
}

TEST(Outbox, AResultIsQueuedByTheReleaseAndByNothingBefore) {
    Case one;
    one.toCentre();
    EXPECT_TRUE(one.petition.deliveries.empty());
    ASSERT_TRUE(one.act("release", sample::dispatcher()));
    ASSERT_EQ(one.petition.deliveries.size(), 1U);
    EXPECT_EQ(one.petition.deliveries[0].kind, DeliveryKind::kResult);
    EXPECT_EQ(one.petition.deliveries[0].connector, "webhook");
}

TEST(Outbox, ARuleOfAnotherKindCannotSmuggleAResultOut) {
    Case one;
    one.rules.deliveries.push_back({.on = EventKind::kApproved, .to = "webhook", .kind = DeliveryKind::kResult});
    one.toCentre();
    EXPECT_TRUE(one.petition.deliveries.empty());
}

TEST(Outbox, RulesOfAChannelLookAtTheChannel) {
    Case one;
    static_cast<void>(one.submit({.title = "t", .text = "đèn đường", .category = "ha-tang"}, "portal"));
    ASSERT_EQ(one.petition.deliveries.size(), 1U);
    EXPECT_EQ(one.petition.deliveries[0].kind, DeliveryKind::kStatusUpdate);
}

TEST(Outbox, EachErrorCodeHasItsRemedy) {
    EXPECT_EQ(stateAfter(Errc::kUnavailable), DeliveryState::kQueued);
    EXPECT_EQ(stateAfter(Errc::kUnauthenticated), DeliveryState::kQueued);
    EXPECT_EQ(stateAfter(Errc::kDeferred), DeliveryState::kQueued);
    EXPECT_EQ(stateAfter(Errc::kInternal), DeliveryState::kQueued);
    EXPECT_EQ(stateAfter(Errc::kMisconfigured), DeliveryState::kQueued) << "it is not the delivery that is wrong";
    EXPECT_EQ(stateAfter(Errc::kRejected), DeliveryState::kDead);
    EXPECT_EQ(stateAfter(Errc::kUnknownOutcome), DeliveryState::kQueued) << "the peer honours the key";
    EXPECT_EQ(stateAfter(Errc::kUnknownOutcome, Idempotency::kNone), DeliveryState::kUnknown)
        << "never blindly repeated";
}

TEST(Outbox, WaitsDoubleUpToTheMostAndRespectThePeer) {
    Case one = released();
    std::vector<std::int64_t> waits;
    for (int i = 0; i < 12; ++i) {
        ASSERT_TRUE(one.run(failure(one, Errc::kUnavailable), Actor::system()));
        waits.push_back((one.petition.deliveries[0].next_at - one.now).count() / 1000);
        one.now = one.petition.deliveries[0].next_at;
    }
    EXPECT_EQ(waits, (std::vector<std::int64_t>{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900}));
    Settle asked = failure(one, Errc::kUnavailable);
    std::get<Error>(asked.outcome).retry_after = std::chrono::hours{2};
    ASSERT_TRUE(one.run(asked, Actor::system()));
    EXPECT_EQ(one.petition.deliveries[0].next_at - one.now, std::chrono::hours{2});
}

TEST(Outbox, ADeferralIsFollowedWithinReasonAndEnds) {
    Case one = released();
    const auto deferred = [&](std::optional<std::chrono::hours> until) {
        Settle asked = failure(one, Errc::kDeferred);
        if (until) std::get<Error>(asked.outcome).not_before = one.now + *until;
        EXPECT_TRUE(one.run(asked, Actor::system()));
        return one.petition.deliveries[0].next_at - one.now;
    };
    EXPECT_EQ(deferred(std::chrono::hours{5}), std::chrono::hours{5});
    EXPECT_EQ(deferred(std::chrono::hours{-1}), std::chrono::seconds{1}) << "past already: not at once";
    EXPECT_EQ(deferred(std::chrono::hours{24 * 365}), std::chrono::hours{24 * 30});
    EXPECT_EQ(one.petition.deliveries[0].attempts, 0);
    one.now += std::chrono::hours{24 * 7 + 1};
    deferred(std::chrono::hours{1});
    EXPECT_EQ(one.petition.deliveries[0].state, DeliveryState::kDead) << "a peer that puts off for ever";
}

TEST(Outbox, APeersRetryAfterHasItsBound) {
    Case one = released();
    Settle asked = failure(one, Errc::kUnavailable);
    std::get<Error>(asked.outcome).retry_after = std::chrono::milliseconds::max();
    ASSERT_TRUE(one.run(asked, Actor::system()));
    EXPECT_EQ(one.petition.deliveries[0].next_at - one.now, std::chrono::hours{24 * 30});
}

TEST(Outbox, AfterTheLastTryItIsDeadAndAPersonMayReplayIt) {
    Case one = released();
    one.now += std::chrono::hours{24 * 7 + 1};
    ASSERT_TRUE(one.run(failure(one, Errc::kUnavailable), Actor::system()));
    const std::string id = one.petition.deliveries[0].id;
    EXPECT_EQ(one.petition.deliveries[0].state, DeliveryState::kDead);
    EXPECT_EQ(one.run(Requeue{id}, sample::officer()).error().code, Errc::kForbidden);
    ASSERT_TRUE(one.run(Requeue{id}, sample::integrator()));
    EXPECT_EQ(one.petition.deliveries[0].state, DeliveryState::kQueued);
    EXPECT_EQ(one.petition.deliveries[0].id, id) << "the key stays the same";
    EXPECT_EQ(one.run(Requeue{id}, sample::integrator()).error().code, Errc::kConflict);
    ASSERT_TRUE(one.run(Settle{.delivery = id, .outcome = Receipt{.reference = "r1"}}, Actor::system()));
    EXPECT_EQ(one.petition.deliveries[0].state, DeliveryState::kSent);
    EXPECT_EQ(one.run(Settle{.delivery = id, .outcome = Receipt{}}, Actor::system()).error().code, Errc::kConflict);
    EXPECT_EQ(one.run(Discard{id, "x"}, sample::integrator()).error().code, Errc::kConflict);
}

TEST(Outbox, WhatMayBeOnTheWireIsNotDiscarded) {
    Case one = released();
    const std::string id = one.petition.deliveries[0].id;
    EXPECT_EQ(one.run(Discard{id, "x"}, sample::integrator()).error().code, Errc::kConflict);
    ASSERT_TRUE(one.run(failure(one, Errc::kRejected), Actor::system()));
    EXPECT_TRUE(one.run(Discard{id, "x"}, sample::integrator()));
    EXPECT_EQ(one.petition.deliveries[0].state, DeliveryState::kDiscarded);
}

TEST(Outbox, AConnectorBugIsTriedAFewTimesOnly) {
    Case one = released();
    int tries = 0;
    while (one.petition.deliveries[0].state == DeliveryState::kQueued && tries < 100) {
        ASSERT_TRUE(one.run(failure(one, Errc::kInternal), Actor::system()));
        ++tries;
    }
    EXPECT_EQ(tries, 5);
    EXPECT_EQ(one.petition.deliveries[0].state, DeliveryState::kDead);
}

}  // namespace
}  // namespace pakn::domain

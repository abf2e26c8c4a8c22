/// @file
/// The store's contract: timers, and deliveries with their leases.

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

using domain::DeliveryState;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::chrono::minutes kLease{5};

std::vector<std::string> idsOf(const std::vector<store::ClaimedDelivery>& claimed) {
    std::vector<std::string> ids;
    for (const auto& one : claimed) ids.push_back(one.delivery_id);
    return ids;
}

TEST_P(StoreContract, TheBacklogIsWhatIsLateAndWhatWaits) {
    EXPECT_EQ(must(store_->backlog(kMorning)).overdue, 0);
    mustCommit(Story{"p1"}.begins({received("1"), routed(kMorning + 2h), queued("d1"), queued("d2")}));
    mustCommit(Story{"p2"}.begins({received("2"), routed(kMorning + 4h)}));
    EXPECT_EQ(must(store_->backlog(kMorning + 2h - 1ms)).overdue, 0);
    EXPECT_EQ(must(store_->backlog(kMorning + 2h)).overdue, 1) << "it has passed from its very end on";
    EXPECT_EQ(must(store_->backlog(kMorning + 3h)).overdue, 1);
    const store::Backlog backlog = must(store_->backlog(kMorning + 5h));
    EXPECT_EQ(backlog.overdue, 2);
    EXPECT_EQ(backlog.queued, (std::map<std::string, std::int64_t>{{"webhook", 2}}));
}

TEST_P(StoreContract, MergedPetitionsAreFoundOnceTheOtherIsOver) {
    const auto merged = [](std::string into) {
        domain::Merged data;
        data.step = "merged";
        data.status = domain::Status::kMerged;
        data.into = std::move(into);
        return data;
    };
    Story master{"m1"};
    mustCommit(master.begins({received("1"), routed(kMorning + 2h)}));
    Story one{"p1"};
    mustCommit(one.begins({received("2"), routed(kMorning + 2h)}));
    Story two{"p2"};
    mustCommit(two.begins({received("3"), routed(kMorning + 2h), merged("m1")}));
    mustCommit(one.happens({merged("m1")}));
    EXPECT_THAT(must(store_->sharable(10)), IsEmpty()) << "it is still open";
    EXPECT_EQ(must(store_->mergedInto("m1", 10)), (std::vector<std::string>{"p1", "p2"}));
    EXPECT_EQ(must(store_->openPetitions("", 10)), (std::vector<std::string>{"m1", "p1", "p2"}));
    EXPECT_EQ(must(store_->openPetitions("m1", 1)), (std::vector<std::string>{"p1"}));
    mustCommit(master.happens({refusedByCentre()}));
    ASSERT_EQ(must(store_->sharable(10)).size(), 2U);
    EXPECT_EQ(must(store_->sharable(1)).at(0).petition, "p1");
    EXPECT_EQ(must(store_->sharable(1)).at(0).into, "m1");
    mustCommit(one.happens({refusedByCentre()}));
    mustCommit(two.happens({domain::Unmerged{}}));
    EXPECT_THAT(must(store_->sharable(10)), IsEmpty());
    EXPECT_THAT(must(store_->mergedInto("m1", 10)), IsEmpty());
    EXPECT_TRUE(must(store_->rebuild(nullptr)).equal);
}

TEST_P(StoreContract, TimersComeWhenTheyAreDue) {
    Story story{"p1"};
    mustCommit(story.begins({received("1"), routed(kMorning + 2h, kMorning + 240h)}));
    Story other{"p2"};
    mustCommit(other.begins({received("2"), routed(kMorning + 1h)}));
    EXPECT_THAT(must(store_->dueTimers(kMorning + 1h - 1ms, 10)), IsEmpty());

    const auto due = must(store_->dueTimers(kMorning + 2h, 10));
    ASSERT_EQ(due.size(), 2U);
    EXPECT_EQ(due[0].petition_id, "p2");
    EXPECT_EQ(due[1].petition_id, "p1");
    EXPECT_EQ(due[1].timer, (domain::TimerRow{"deadline", domain::Clock::kTriage, kMorning + 2h}));
    EXPECT_EQ(must(store_->dueTimers(kMorning + 2h, 1)).size(), 1U);
}

TEST_P(StoreContract, TimerThatFiredIsGone) {
    Story story{"p1"};
    mustCommit(story.begins({received("1"), routed(kMorning + 2h, kMorning + 240h)}));
    domain::DeadlineMissed missed;
    missed.clock = domain::Clock::kTriage;
    missed.due = kMorning + 2h;
    mustCommit(story.happens({missed}, kMorning + 2h));
    EXPECT_THAT(must(store_->dueTimers(kMorning + 100h, 10)), IsEmpty());
    EXPECT_EQ(must(store_->dueTimers(kMorning + 240h, 10)).size(), 1U);
    mustCommit(story.happens({refusedByCentre()}, kMorning + 3h));
    EXPECT_THAT(must(store_->dueTimers(kMorning + 240h, 10)), IsEmpty());
}

class Outbox : public StoreContract {
protected:
    Outbox() {
        for (int i = 1; i <= 3; ++i) {
            Story& story = stories_.emplace_back("p" + std::to_string(i));
            const std::string number = std::to_string(i);
            const Status done =
                commit(story.begins({received(number), queued("d" + number)}, {}, kMorning + std::chrono::minutes{i}));
            if (!done) throw std::runtime_error{done.error().message};
        }
    }
    std::vector<store::ClaimedDelivery> claim(Instant now, int limit = 10) {
        return must(store_->claimDeliveries("webhook", "hub-1", now, now + kLease, limit));
    }
    std::vector<Story> stories_;
};

TEST_P(Outbox, DueOnesAreClaimedOnce) {
    EXPECT_THAT(claim(kMorning), IsEmpty()) << "none is due yet";
    EXPECT_THAT(idsOf(claim(kMorning + 1h, 2)), ElementsAre("d1", "d2")) << "oldest first";
    EXPECT_THAT(idsOf(claim(kMorning + 1h)), ElementsAre("d3"));
    EXPECT_THAT(claim(kMorning + 1h), IsEmpty());
    EXPECT_THAT(must(store_->claimDeliveries("other", "hub-1", kMorning + 1h, kMorning + 2h, 10)), IsEmpty());
}

TEST_P(Outbox, FirstClaimIsNotInterrupted) {
    for (const auto& one : claim(kMorning + 1h)) {
        EXPECT_FALSE(one.interrupted);
        EXPECT_EQ(one.petition_id, "p" + one.delivery_id.substr(1));
    }
}

TEST_P(Outbox, LeaseThatRanOutIsClaimedAgainAsInterrupted) {
    ASSERT_EQ(claim(kMorning + 1h).size(), 3U);
    EXPECT_THAT(claim(kMorning + 1h + kLease - 1ms), IsEmpty());
    const auto again = claim(kMorning + 1h + kLease);
    ASSERT_EQ(again.size(), 3U);
    for (const auto& one : again) EXPECT_TRUE(one.interrupted);
}

TEST_P(Outbox, ALeaseIsRenewedByItsOwnerAlone) {
    const auto claimed = claim(kMorning + 1h, 2);
    ASSERT_THAT(idsOf(claimed), ElementsAre("d1", "d2"));
    const Instant later = kMorning + 1h + kLease;
    ASSERT_TRUE(store_->renewDeliveries("hub-1", {claimed.data(), 1}, later + 1h).ok());
    ASSERT_TRUE(store_->renewDeliveries("somebody else", claimed, later + 2h).ok());
    ASSERT_TRUE(store_->renewDeliveries("hub-1", {}, later).ok());
    EXPECT_THAT(idsOf(claim(later)), testing::Not(testing::Contains("d1")));
    EXPECT_THAT(idsOf(claim(later + 1h)), testing::Contains("d1"));
}

TEST_P(Outbox, WhatIsGivenBackIsDueAgainAndAsUntouchedAsItWas) {
    ASSERT_EQ(idsOf(claim(kMorning + 1h, 1)), std::vector<std::string>{"d1"});
    const Instant later = kMorning + 1h + kLease;
    const auto claimed = claim(later);
    ASSERT_THAT(idsOf(claimed), ElementsAre("d1", "d2", "d3"));
    ASSERT_TRUE(claimed[0].interrupted);
    ASSERT_TRUE(store_->returnDeliveries("somebody else", claimed).ok());
    EXPECT_THAT(claim(later), IsEmpty());
    ASSERT_TRUE(store_->returnDeliveries("hub-1", {claimed.data(), 2}).ok());
    ASSERT_TRUE(store_->returnDeliveries("hub-1", {}).ok());
    const auto again = claim(later);
    ASSERT_THAT(idsOf(again), ElementsAre("d1", "d2"));
    EXPECT_TRUE(again[0].interrupted);
    EXPECT_FALSE(again[1].interrupted);
}

TEST_P(Outbox, EndedLeasesStayInterrupted) {
    ASSERT_EQ(claim(kMorning + 1h, 1).size(), 1U);
    ASSERT_TRUE(must(store_->holdLease("poll:mail", "hub-1", kMorning, kMorning + kLease)));
    reopen();
    ASSERT_TRUE(store_->endLeases().ok());
    const bool another_may_live = store_->shared();
    EXPECT_NE(must(store_->holdLease("poll:mail", "hub-2", kMorning, kMorning + kLease)), another_may_live);
    const auto again = claim(another_may_live ? kMorning + 1h + kLease : kMorning + 1h);
    ASSERT_EQ(again.size(), 3U);
    EXPECT_TRUE(again[0].interrupted);
    EXPECT_FALSE(again[1].interrupted);
}

TEST_P(Outbox, SettlingEndsTheLease) {
    ASSERT_EQ(claim(kMorning + 1h).size(), 3U);
    domain::DeliverySent sent;
    sent.delivery = "d1";
    sent.reference = "receipt-1";
    mustCommit(stories_[0].happens({sent}, kMorning + 1h));
    domain::DeliveryFailed failed;
    failed.delivery = "d2";
    failed.attempt = 1;
    failed.error = "HTTP 503";
    failed.next_at = kMorning + 2h;
    mustCommit(stories_[1].happens({failed}, kMorning + 1h));
    domain::DeliveryUnknown unknown;
    unknown.delivery = "d3";
    mustCommit(stories_[2].happens({unknown}, kMorning + 1h));

    EXPECT_THAT(claim(kMorning + 2h - 1ms), IsEmpty());
    auto again = claim(kMorning + 2h);
    ASSERT_THAT(idsOf(again), ElementsAre("d2"));
    EXPECT_FALSE(again[0].interrupted) << "its outcome was stored";

    mustCommit(stories_[2].happens({queued("d3")}, kMorning + 2h));
    again = claim(kMorning + 2h);
    ASSERT_THAT(idsOf(again), ElementsAre("d3"));
    EXPECT_FALSE(again[0].interrupted);
}

TEST_P(Outbox, AnotherEventOfThePetitionLeavesTheLease) {
    ASSERT_EQ(claim(kMorning + 1h).size(), 3U);
    mustCommit(stories_[0].happens({domain::IdentityRevealed{}}, kMorning + 1h));
    // A peer's word about one that may be on its way to it right now.
    domain::Noted read;
    read.heard = "read";
    read.delivery = "d2";
    mustCommit(stories_[1].happens({read}, kMorning + 1h));
    domain::Noted failed;
    failed.heard = "bounce";
    failed.delivery = "d3";
    failed.failed = true;
    mustCommit(stories_[2].happens({failed}, kMorning + 1h));
    EXPECT_THAT(claim(kMorning + 1h), IsEmpty());
    for (const auto& one : claim(kMorning + 1h + kLease)) EXPECT_TRUE(one.interrupted) << one.delivery_id;
}

TEST_P(Outbox, RebuildKeepsRowsAndWhoSendsThem) {
    const std::string before = must(store_->dumpProjections());
    ASSERT_EQ(claim(kMorning + 1h).size(), 3U);
    EXPECT_EQ(must(store_->dumpProjections()), before) << "leases are not the journal's";
    EXPECT_TRUE(must(store_->rebuild(nullptr)).equal);
    EXPECT_EQ(must(store_->dumpProjections()), before);
    EXPECT_EQ(claim(kMorning + 1h).size(), 0U) << "somebody is sending them";
    const auto later = claim(kMorning + 1h + kLease);
    ASSERT_EQ(later.size(), 3U);
    EXPECT_TRUE(later[0].interrupted) << "whoever had it did not say what became of it";
}

TEST_P(Outbox, ListIsNewestFirstWithFiltersAndPages) {
    domain::DeliveryDead dead;
    dead.delivery = "d2";
    dead.attempt = 4;
    dead.error = "HTTP 410";
    mustCommit(stories_[1].happens({dead, queued("e2", "sms")}, kMorning + 1h));

    const auto ids = [&](const store::DeliveryFilter& filter, int limit) {
        std::vector<std::string> all;
        store::Page page{.limit = limit};
        do {
            const auto listing = must(store_->deliveries(filter, page));
            for (const auto& item : listing.items) all.push_back(item.record.id);
            page.after = listing.next;
        } while (!page.after.empty() && all.size() < 100);
        return all;
    };
    for (const int limit : {1, 2, 3, 4, 50}) EXPECT_THAT(ids({}, limit), ElementsAre("e2", "d3", "d2", "d1")) << limit;
    EXPECT_THAT(ids({.connector = "sms"}, 50), ElementsAre("e2"));
    EXPECT_THAT(ids({.connector = "webhook", .state = DeliveryState::kQueued}, 1), ElementsAre("d3", "d1"));
    const auto listing = must(store_->deliveries({.state = DeliveryState::kDead}, {}));
    ASSERT_EQ(listing.items.size(), 1U);
    EXPECT_EQ(listing.items[0].petition_id, "p2");
    EXPECT_EQ(listing.items[0].code, "2");
    domain::DeliveryRecord listed = *stories_[1].petition().delivery("d2");
    listed.caused_at = {};  // The moment of the cause is read from the journal by whoever sends, not listed.
    listed.status = {};
    listed.unit.clear();
    EXPECT_EQ(listing.items[0].record, listed);

    const store::Counts counts = must(store_->counts());
    EXPECT_EQ(counts.deliveries.at(DeliveryState::kQueued), 3);
    EXPECT_EQ(counts.deliveries.at(DeliveryState::kDead), 1);
}

TEST_P(StoreContract, ALeaseIsHeldByOneOwnerUntilItsEnd) {
    const auto hold = [&](const char* owner, Instant now) {
        return must(store_->holdLease("poll:mail", owner, now, now + kLease));
    };
    EXPECT_TRUE(hold("hub-1", kMorning));
    EXPECT_FALSE(hold("hub-2", kMorning + kLease - 1ms));
    EXPECT_TRUE(hold("hub-1", kMorning + kLease - 1ms)) << "the holder prolongs it";
    EXPECT_FALSE(hold("hub-2", kMorning + kLease)) << "prolonged";
    EXPECT_TRUE(must(store_->holdLease("poll:other", "hub-2", kMorning, kMorning + kLease))) << "another name";
    EXPECT_TRUE(hold("hub-2", kMorning + 2 * kLease)) << "the holder died";
    EXPECT_FALSE(hold("hub-1", kMorning + 2 * kLease)) << "and lives again, too late";
}

TEST_P(StoreContract, ALeaseThatIsGivenBackIsFree) {
    ASSERT_TRUE(must(store_->holdLease("poll:mail", "hub-1", kMorning, kMorning + kLease)));
    ASSERT_TRUE(store_->releaseLease("poll:mail", "hub-2").ok()) << "not its own: no error";
    EXPECT_FALSE(must(store_->holdLease("poll:mail", "hub-2", kMorning, kMorning + kLease)));
    ASSERT_TRUE(store_->releaseLease("poll:mail", "hub-1").ok());
    EXPECT_TRUE(must(store_->holdLease("poll:mail", "hub-2", kMorning, kMorning + kLease)));
}

TEST_P(StoreContract, OneOfManyGetsALease) {
    for (int round = 0; round < 10; ++round) {
        std::latch start{4};
        std::atomic<int> holders{0};
        {
            std::vector<std::jthread> hubs;
            for (int hub = 0; hub < 4; ++hub)
                hubs.emplace_back([&, hub] {
                    start.arrive_and_wait();
                    const auto held = store_->holdLease("poll:" + std::to_string(round), "hub-" + std::to_string(hub),
                                                        kMorning, kMorning + kLease);
                    holders += held.ok() && *held ? 1 : 0;
                });
        }
        EXPECT_EQ(holders, 1);
    }
}

TEST_P(StoreContract, TheClockIsTheMachinesHere) {
    const auto machine = [] { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); };
    const Instant before = machine();
    const Instant told = must(store_->clock());
    EXPECT_GE(told, before - 1ms);
    EXPECT_LE(told, machine() + 1ms);
}

INSTANTIATE_TEST_SUITE_P(Store, Outbox, testing::ValuesIn(adapters()), adapterName);

}  // namespace
}  // namespace pakn::test

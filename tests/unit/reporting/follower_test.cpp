#include "core/reporting/follower.hpp"

#include "tests/unit/reporting/support.hpp"
#include "tests/unit/store/raw_database.hpp"

namespace pakn::test {
namespace {

using reporting::kFollower;
using store::Grouping;
using store::Measure;
using Counts = std::map<std::string, std::int64_t>;

class Follower : public Reporting {};
INSTANTIATE_TEST_SUITE_P(Stores, Follower, testing::ValuesIn(adapters()), adapterName);

TEST_P(Follower, CountsWhatThePetitionIsNow) {
    Story story{"petition-1"};
    mustCommit(story.begins({received("060326001"), routed(kMorning + 8h, kMorning + 99h)}));
    followAll();
    EXPECT_EQ(tally(Measure::kStatus), (Counts{{"/received", 1}}));
    mustCommit(story.happens({distributed("so-xay-dung", kMorning + 24h)}));
    followAll();
    EXPECT_EQ(tally(Measure::kStatus, Grouping::kUnit), (Counts{{"so-xay-dung/distributed", 1}}));
    mustCommit(story.happens({refusedByCentre()}, kMorning + 100h));
    followAll();
    EXPECT_EQ(tally(Measure::kProgress), (Counts{{"/late", 1}}));
}

TEST_P(Follower, IsAtTheSamePlaceAfterARestart) {
    Story story{"petition-1"};
    mustCommit(story.begins({received("060326001"), routed(kMorning + 8h)}));
    EXPECT_EQ(followAll(), 1);
    reopen();
    EXPECT_EQ(followAll(), 0);
    EXPECT_EQ(tally(Measure::kStatus), (Counts{{"/received", 1}}));
}

/// Two read the same, as a hub that was thought dead and its successor do: the second writes nothing.
TEST_P(Follower, TheSecondOfTwoWritesNothing) {
    Story story{"petition-1"};
    mustCommit(story.begins({received("060326001"), routed(kMorning + 8h)}));
    const auto slice = must(store_->journalAfter(0, 100));
    const std::string name{kFollower};
    const store::ReportRow stale{.doc = 1, .petition_id = "petition-1", .status = "refused", .received_at = kMorning};
    followAll();
    const Status kept = store_->keepReports(name, 0, slice.position, {&stale, 1}, {});
    EXPECT_EQ(codeOf(kept), Errc::kConflict);
    EXPECT_EQ(tally(Measure::kStatus), (Counts{{"/received", 1}}));
}

TEST_P(Follower, BeginsAnewAfterAReset) {
    std::vector<Story> stories;
    for (int i = 0; i < 30; ++i) {
        stories.emplace_back("petition-" + std::to_string(i));
        mustCommit(stories.back().begins({received("0603260" + std::to_string(10 + i)), routed(kMorning + 8h)}));
    }
    followAll(7);
    const Counts before = tally(Measure::kStatus, Grouping::kChannel);
    ASSERT_TRUE(store_->resetReports(std::string{kFollower}).ok());
    EXPECT_EQ(tally(Measure::kStatus), Counts{});
    EXPECT_EQ(must(store_->senders({}, {}, kMorning)).items.size(), 0U);
    EXPECT_GE(followAll(7), 30);  // One that is cut in two by the end of a bite is written twice.
    EXPECT_EQ(tally(Measure::kStatus, Grouping::kChannel), before);
    const auto senders = must(store_->senders({}, {}, kMorning)).items;
    ASSERT_EQ(senders.size(), 1U);
    EXPECT_EQ(senders[0].petitions, 30);
}

TEST_P(Follower, SaysHowFarBehindItIs) {
    Story story{"petition-1"};
    mustCommit(story.begins({received("060326001"), routed(kMorning + 8h)}));
    const auto behind = must(store_->followerState(std::string{kFollower}));
    EXPECT_EQ(behind.behind, 2);
    EXPECT_EQ(behind.oldest_at, kMorning);
    followAll();
    const auto done = must(store_->followerState(std::string{kFollower}));
    EXPECT_EQ(done.behind, 0);
    EXPECT_EQ(done.oldest_at, std::nullopt);
}

/// One that cannot be read stands in nobody's way.
TEST_P(Follower, GoesOnBehindADamagedPetition) {
    if (store_->shared()) GTEST_SKIP() << "damaged in the file of the embedded store";
    mustCommit(Story{"petition-1"}.begins({received("060326001"), routed(kMorning + 8h)}));
    mustCommit(Story{"petition-2"}.begins({received("060326002"), routed(kMorning + 8h)}));
    ASSERT_EQ(RawDatabase{folder_.path() / "hub.db"}.execute("UPDATE payloads SET sealed = x'00' WHERE seq = 1"),
              SQLITE_OK);
    const auto followed = must(reporting::follow(*store_, 100));
    EXPECT_EQ(followed.damaged, std::vector<std::string>{"petition-1"});
    EXPECT_EQ(tally(Measure::kStatus), (Counts{{"/received", 1}}));
    EXPECT_EQ(must(store_->followerState(std::string{kFollower})).behind, 0);
}

/// A transaction that got its numbers first commits last: nothing behind it is given before.
TEST_P(Follower, NeverSkipsWhatIsCommittedLater) {
    if (!store_->shared()) GTEST_SKIP() << "one writes at a time";
    auto slow = must(store_->begin());
    slow->append(Story{"petition-slow"}.begins({received("060326001"), routed(kMorning + 8h)}));
    ASSERT_TRUE(slow->flush().ok());
    mustCommit(Story{"petition-fast"}.begins({received("060326002"), routed(kMorning + 8h)}));
    for (int i = 0; i < 3; ++i) EXPECT_EQ(followAll(), 0);
    ASSERT_TRUE(slow->commit().ok());
    slow.reset();
    // The first look finds the slow one gone; numbers given since then take another.
    EXPECT_EQ(followAll() + followAll(), 2);
    EXPECT_EQ(tally(Measure::kStatus), (Counts{{"/received", 2}}));
}

/// One that fails gives its numbers never back: nobody waits for them.
TEST_P(Follower, DoesNotWaitForNumbersThatAreLost) {
    if (!store_->shared()) GTEST_SKIP() << "one writes at a time";
    {
        auto lost = must(store_->begin());
        lost->append(Story{"petition-lost"}.begins({received("060326001"), routed(kMorning + 8h)}));
        ASSERT_TRUE(lost->flush().ok());
    }
    mustCommit(Story{"petition-kept"}.begins({received("060326002"), routed(kMorning + 8h)}));
    EXPECT_EQ(followAll() + followAll(), 1);
}

}  // namespace
}  // namespace pakn::test

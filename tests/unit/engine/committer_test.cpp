#include "core/engine/committer.hpp"

#include <gtest/gtest.h>

#include <future>
#include <set>
#include <thread>
#include <utility>

#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;

/// Runs `work(i)` for i in 0…count-1, all at once.
template <class Work>
void together(int count, Work work) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < count; ++i) threads.emplace_back([&work, i] { work(i); });
}

TEST(Committer, ManyAtOnceGetDistinctCodesWithoutGaps) {
    Bench bench;
    Committer committer{bench.committerParts()};
    std::mutex mutex;
    std::set<std::string> codes;
    together(16, [&](int thread) {
        for (int i = 0; i < 70; ++i) {
            const auto done = committer.run(bench.arrival(std::to_string(thread) + "-" + std::to_string(i)));
            ASSERT_TRUE(done);
            const std::lock_guard lock{mutex};
            codes.insert(done->petition->code);
        }
    });
    ASSERT_EQ(codes.size(), 16U * 70U);
    EXPECT_TRUE(codes.contains("060326001"));
    EXPECT_TRUE(codes.contains("060326999"));
    EXPECT_TRUE(codes.contains("0603261120")) << "no gap up to the last";
    EXPECT_LT(committer.batches(), committer.commands()) << "batches form under load";
}

TEST(Committer, TheSerialStartsAnewAtLocalMidnight) {
    Bench bench;
    Committer committer{bench.committerParts()};
    bench.now = domain::sample::at(2026, 3, 6, 23, 59, 59);
    EXPECT_EQ(committer.run(bench.arrival("a"))->petition->code, "060326001");
    bench.now = domain::sample::at(2026, 3, 7, 0, 0, 0);
    EXPECT_EQ(committer.run(bench.arrival("b"))->petition->code, "070326001");
}

TEST(Committer, OneKeyIsOnePetitionAlsoWithinABatch) {
    Bench bench;
    Committer committer{bench.committerParts()};
    std::mutex mutex;
    std::set<std::string> ids;
    int fresh = 0;
    together(24, [&](int) {
        const auto done = committer.run(bench.arrival("same"));
        ASSERT_TRUE(done);
        const std::lock_guard lock{mutex};
        ids.insert(done->petition->id + done->petition->tracking_token);
        fresh += done->duplicate ? 0 : 1;
    });
    EXPECT_EQ(ids.size(), 1U);
    EXPECT_EQ(fresh, 1);
    const auto other = committer.run(bench.arrival("same", "ein anderer Inhalt"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().code, Errc::kConflict);
    EXPECT_EQ(other.error().problem, "idempotency.key_reused");
    EXPECT_EQ(bench.real->counts()->petitions, 1);
}

TEST(Committer, ACommandUnderOneKeyIsDoneOnce) {
    Bench bench;
    std::string petition;
    const auto look = [&](std::string key, std::string hash, std::string reason) {
        return Order{petition, domain::Reveal{std::move(reason)}, domain::sample::dispatcher(),
                     RequestKey{std::move(key), std::move(hash)}};
    };
    int version = 0;
    {
        Committer committer{bench.committerParts()};
        Arrival arrival = bench.arrival("a");
        arrival.submit.petition.consent.use_identity_in_handling = true;
        petition = committer.run(std::move(arrival))->petition->id;
        const auto first = committer.run(look("key:account:1:k", "h", "một"));
        ASSERT_TRUE(first) << first.error().message;
        EXPECT_FALSE(first->duplicate);
        version = first->petition->version;
        std::atomic<int> duplicates{0};
        together(8, [&](int) {
            const auto again = committer.run(look("key:account:1:k", "h", "một"));
            duplicates += again && again->duplicate && again->petition->version == version ? 1 : 0;
        });
        EXPECT_EQ(duplicates, 8);
    }
    Committer later{bench.committerParts()};  // As after a restart.
    EXPECT_TRUE(later.run(look("key:account:1:k", "h", "một"))->duplicate);
    const auto other = later.run(look("key:account:1:k", "other", "hai"));
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().problem, "idempotency.key_reused");
    EXPECT_EQ(later.run(look("key:account:2:k", "h", "ba"))->petition->version, version + 1) << "another's key";
    EXPECT_EQ(later.run(look("", "", "bốn"))->petition->version, version + 2);
    // What was refused was not done, so its key is free.
    EXPECT_FALSE(
        later.run(Order{petition, domain::Act{.action = "approve"}, domain::sample::dispatcher(), {"key:x", "h"}}));
    EXPECT_TRUE(later.run(look("key:x", "g", "năm")));
}

TEST(Committer, OneBadCommandFailsAlone) {
    Bench bench;
    Committer committer{bench.committerParts()};
    std::atomic<int> good{0};
    std::atomic<int> missing{0};
    together(20, [&](int i) {
        if (i % 2 == 0) {
            good += committer.run(bench.arrival(std::to_string(i))).ok() ? 1 : 0;
        } else {
            const auto done =
                committer.run(Order{"nobody", domain::Act{.action = "accept"}, domain::sample::dispatcher()});
            missing += !done && done.error().code == Errc::kNotFound ? 1 : 0;
        }
    });
    EXPECT_EQ(good, 10);
    EXPECT_EQ(missing, 10);
}

TEST(Committer, AConflictInTheStoreIsPlayedAgainOneByOne) {
    Bench bench;
    Committer committer{bench.committerParts()};
    bench.faulty->failNext(1, {.code = Errc::kConflict, .message = "another node was faster"});
    EXPECT_TRUE(committer.run(bench.arrival("a")));
    bench.faulty->failNext(100, {.code = Errc::kConflict, .message = "always"});
    const auto hopeless = committer.run(bench.arrival("b"));
    ASSERT_FALSE(hopeless);
    EXPECT_EQ(hopeless.error().code, Errc::kUnavailable);
    bench.faulty->failNext(0, {});
    EXPECT_TRUE(committer.run(bench.arrival("b")));
    EXPECT_EQ(bench.real->counts()->petitions, 2);
}

TEST(Committer, ATroubleOfOneRowIsNotEverybodysTrouble) {
    Bench bench;
    std::atomic<int> alarms{0};
    Committer::Parts parts = bench.committerParts();
    parts.store_state = [&](const Error* error) { alarms += error ? 1 : 0; };
    Committer committer{std::move(parts)};
    bench.faulty->failNext(2, {.code = Errc::kInternal, .message = "a damaged row"});
    std::atomic<int> stored{0};
    together(12, [&](int i) { stored += committer.run(bench.arrival(std::to_string(i))).ok() ? 1 : 0; });
    EXPECT_GE(stored, 10);
    EXPECT_EQ(alarms, 0) << "the hub stays ready";
}

TEST(Committer, NothingIsAcknowledgedWhileTheStoreFailsAndItRecoversByItself) {
    Bench bench;
    std::vector<bool> states;
    Committer::Parts parts = bench.committerParts();
    parts.store_state = [&](const Error* error) { states.push_back(error == nullptr); };
    Committer committer{std::move(parts)};
    bench.faulty->failNext(1, {.code = Errc::kUnavailable, .message = "disk full"});
    const auto refused = committer.run(bench.arrival("a"));
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kUnavailable);
    EXPECT_EQ(refused.error().problem, "store.unavailable");
    EXPECT_TRUE(refused.error().retry_after);
    EXPECT_EQ(bench.real->counts()->petitions, 0);
    const auto stored = committer.run(bench.arrival("a"));
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->petition->code, "060326001") << "the failed try used up no serial";
    EXPECT_EQ(states, (std::vector{false, true}));
}

TEST(Committer, UnderOverloadTheReservedPlacesAreLeftAndWhatWasTakenIsStored) {
    Bench bench;
    std::promise<void> began;
    std::promise<void> release;
    const std::shared_future<void> released = release.get_future().share();
    Committer::Parts parts = bench.committerParts();
    parts.most_waiting = 4;
    parts.reserved = 2;
    parts.rules = [&, first = true]() mutable {
        if (std::exchange(first, false)) began.set_value();
        released.wait();
        return bench.configuration->rules;
    };
    std::atomic<int> stored = 0;
    std::atomic<int> refused = 0;
    const auto tell = [&](const Result<Committed>& outcome) {
        if (outcome) return ++stored, void();
        EXPECT_EQ(outcome.error().code, Errc::kUnavailable);
        EXPECT_EQ(outcome.error().problem, "server.busy");
        EXPECT_TRUE(outcome.error().retry_after);
        ++refused;
    };
    {
        Committer committer{std::move(parts)};
        committer.start(bench.arrival("first"), tell);
        began.get_future().wait();
        for (int i = 0; i < 3; ++i) committer.start(bench.arrival("open" + std::to_string(i)), tell);
        EXPECT_EQ(refused, 1) << "told at once";
        for (int i = 0; i < 3; ++i) {
            Arrival urgent = bench.arrival("hotline" + std::to_string(i));
            urgent.privileged = true;
            committer.start(std::move(urgent), tell);
        }
        EXPECT_EQ(refused, 2) << "the reserved places are bounded, too";
        EXPECT_EQ(stored, 0);
        release.set_value();
    }
    EXPECT_EQ(stored, 5);
    EXPECT_EQ(bench.real->counts()->petitions, 5) << "exactly those that were acknowledged";
}

TEST(Committer, ActionsOfOneBatchSeeEachOther) {
    Bench bench;
    Committer committer{bench.committerParts()};
    const std::string id = committer.run(bench.arrival("a"))->petition->id;
    std::atomic<int> accepted{0};
    std::atomic<int> late{0};
    together(12, [&](int) {
        const auto done = committer.run(Order{id, domain::Act{.action = "accept"}, domain::sample::dispatcher()});
        (done ? accepted : late) += 1;
    });
    EXPECT_EQ(accepted, 1);
    EXPECT_EQ(late, 11);
    EXPECT_EQ(bench.real->history(id)->size(), 3U);
}

}  // namespace
}  // namespace pakn::engine

/// @file
/// The pool with a child that crashes, hangs and lies: the hub sees an error, and goes on.

#include "core/decoding/pool.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <future>
#include <mutex>
#include <set>
#include <string>

#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::decoding {
namespace {

class PoolTest : public ::testing::Test {
protected:
    Pool& pool(Limits limits = {}) {
        limits.output = 1U << 20U;
        pool_ = std::make_unique<Pool>(Pool::Parts{
            .limits = limits, .program = program_, .log = [this](LogLevel, std::string_view id, std::string_view) {
                const std::lock_guard lock{mutex_};
                logged_.emplace(id);
            }});
        return *pool_;
    }
    int logged(const std::string& id) {
        const std::lock_guard lock{mutex_};
        return static_cast<int>(logged_.count(id));
    }
    static pid_t pidOf(const Result<Decoded>& decoded) {
        return decoded ? std::stoi(decoded->attributes.at("pid")) : -1;
    }

    std::filesystem::path program_ = PAKN_BINARY_DIR "/tests/hostile_decoder";
    testing::TemporaryFolder folder_;

private:
    std::mutex mutex_;
    std::multiset<std::string> logged_;
    std::unique_ptr<Pool> pool_;
};

TEST_F(PoolTest, NothingIsStartedBeforeThereIsSomethingToRead) {
    Pool& decoders = pool();
    EXPECT_EQ(decoders.totals().started, 0);
    const Result<Decoded> read = decoders.decode("echo", "bytes");
    ASSERT_TRUE(read) << read.error().message;
    EXPECT_EQ(read->text, "bytes");
    EXPECT_EQ(decoders.totals().started, 1);
    EXPECT_EQ(decoders.totals().decoded, 1);
}

TEST_F(PoolTest, EachCallerGetsTheAnswerToTheirs) {
    Pool& decoders = pool({.processes = 3});
    std::vector<std::future<void>> callers;
    std::atomic<int> right{0};
    for (int caller = 0; caller < 8; ++caller)
        callers.push_back(std::async(std::launch::async, [&, caller] {
            for (int i = 0; i < 50; ++i) {
                const std::string text = std::to_string(caller) + ':' + std::to_string(i);
                const Result<Decoded> read = decoders.decode("echo", text);
                if (read && read->text == text) ++right;
            }
        }));
    for (auto& caller : callers) caller.get();
    EXPECT_EQ(right, 400);
    EXPECT_LE(decoders.totals().started, 3);
}

TEST_F(PoolTest, WhatKillsTwoChildrenIsRejectedAndTheNextOneIsRead) {
    Pool& decoders = pool({.processes = 1});
    const Result<Decoded> read = decoders.decode("crash", "x");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::kRejected);
    EXPECT_EQ(read.error().problem, "decode.killed");
    EXPECT_EQ(decoders.totals().crashed, 2);
    EXPECT_EQ(decoders.totals().rejected, 1);
    EXPECT_EQ(logged("DECODER_DIED"), 2);
    EXPECT_TRUE(decoders.decode("echo", "x"));
}

TEST_F(PoolTest, AChildThatDiedOnceIsForgiven) {
    const Result<Decoded> read = pool().decode("once " + (folder_ / "was").string(), "x");
    EXPECT_TRUE(read);
}

TEST_F(PoolTest, WhatTakesTooLongIsCutOff) {
    Pool& decoders = pool({.processes = 1, .time = std::chrono::milliseconds{200}});
    const Result<Decoded> read = decoders.decode("hang", "x");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::kRejected);
    EXPECT_EQ(read.error().problem, "decode.killed");
    EXPECT_EQ(decoders.totals().late, 2);
    EXPECT_TRUE(decoders.decode("echo", "x"));
}

TEST_F(PoolTest, LiesAreNotBelieved) {
    Pool& decoders = pool({.processes = 1});
    for (const char* kind : {"garbage", "ask", "large"}) {
        const Result<Decoded> read = decoders.decode(kind, "x");
        ASSERT_FALSE(read) << kind;
        EXPECT_EQ(read.error().code, Errc::kRejected) << kind;
        EXPECT_EQ(read.error().problem, "decode.killed") << kind;
    }
    const Result<Decoded> read = decoders.decode("swears", "x");
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().code, Errc::kRejected) << "a child cannot have itself asked again and again";
    EXPECT_EQ(read.error().problem, "decode.damaged");
    EXPECT_EQ(read.error().message.find('<'), std::string::npos);
}

TEST_F(PoolTest, AChildIsReplacedAfterItsUses) {
    Pool& decoders = pool({.processes = 1, .uses = 2});
    const pid_t first = pidOf(decoders.decode("echo", "x"));
    EXPECT_EQ(pidOf(decoders.decode("echo", "x")), first);
    EXPECT_NE(pidOf(decoders.decode("echo", "x")), first);
    EXPECT_EQ(decoders.totals().crashed, 0);
}

TEST_F(PoolTest, AChildWithNothingToDoIsEnded) {
    Pool& decoders = pool({.processes = 1, .idle = std::chrono::milliseconds{50}});
    const pid_t child = pidOf(decoders.decode("echo", "x"));
    ASSERT_GT(child, 0);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (::kill(child, 0) == 0 && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
    EXPECT_NE(::kill(child, 0), 0);
    EXPECT_TRUE(decoders.decode("echo", "x"));
}

TEST_F(PoolTest, TooManyThatWaitAreTurnedAway) {
    Pool& decoders = pool({.processes = 1, .time = std::chrono::milliseconds{400}, .waiting = 1});
    std::vector<std::future<Result<Decoded>>> callers;
    for (int i = 0; i < 4; ++i)
        callers.push_back(std::async(std::launch::async, [&] { return decoders.decode("hang", "x"); }));
    int away = 0;
    for (auto& caller : callers)
        if (const Result<Decoded> read = caller.get(); read.error().code == Errc::kUnavailable) {
            ++away;
            EXPECT_TRUE(read.error().retry_after);
        }
    EXPECT_GE(away, 2);
    EXPECT_EQ(decoders.totals().unavailable, away);
}

TEST_F(PoolTest, WithoutAProgramNothingCanBeReadAndThatIsSaidOnce) {
    program_ = "/nowhere/paknhub-decoder";
    Pool& decoders = pool({.processes = 1});
    for (int i = 0; i < 3; ++i) {
        const Result<Decoded> read = decoders.decode("echo", "x");
        ASSERT_FALSE(read);
        EXPECT_EQ(read.error().code, Errc::kUnavailable);
        EXPECT_EQ(read.error().problem, "decode.unavailable");
    }
    EXPECT_EQ(logged("DECODER_UNAVAILABLE"), 1);
}

TEST_F(PoolTest, AStopWaitsForNoChild) {
    Pool& decoders = pool({.processes = 1, .time = std::chrono::minutes{1}});
    const pid_t child = pidOf(decoders.decode("echo", "x"));
    auto under_way = std::async(std::launch::async, [&] { return decoders.decode("hang", "x"); });
    auto waiting = std::async(std::launch::async, [&] { return decoders.decode("hang", "x"); });
    const auto begin = std::chrono::steady_clock::now();
    decoders.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds{30});
    EXPECT_EQ(under_way.get().error().code, Errc::kUnavailable);
    EXPECT_EQ(waiting.get().error().code, Errc::kUnavailable);
    EXPECT_NE(::kill(child, 0), 0);
    EXPECT_EQ(decoders.decode("echo", "x").error().code, Errc::kUnavailable);
}

/// A connector that sends what takes long must not make officers wait for photos.
TEST_F(PoolTest, GuestsLeaveTheHubItsTurn) {
    Pool& decoders = pool({.processes = 2, .time = std::chrono::minutes{5}});
    std::vector<std::future<Result<Decoded>>> guests;
    for (const char* guest : {"zalo", "zalo", "zalo", "email"})
        guests.push_back(
            std::async(std::launch::async, [&decoders, guest] { return decoders.decode("hang", "x", guest); }));
    for (int i = 0; i < 50; ++i) {
        const Result<Decoded> own = decoders.decode("echo", "bytes");
        ASSERT_TRUE(own) << own.error().message;
    }
    decoders.stop();
}

TEST_F(PoolTest, OneGuestTakesNotAllPlacesToWait) {
    Pool& decoders = pool({.processes = 2, .time = std::chrono::milliseconds{400}, .guests_waiting = 1});
    std::vector<std::future<Result<Decoded>>> guests;
    for (int i = 0; i < 6; ++i)
        guests.push_back(std::async(std::launch::async, [&] { return decoders.decode("hang", "x", "zalo"); }));
    int away = 0;
    for (auto& guest : guests) away += guest.get().error().code == Errc::kUnavailable ? 1 : 0;
    EXPECT_GE(away, 3);
}

}  // namespace
}  // namespace pakn::decoding

/// @file
/// A call over a lane ends, whatever the other side does.

#include "core/isolation/lane.hpp"

#include <gtest/gtest.h>

#include "core/isolation/lane_numbers.hpp"

namespace pakn::isolation {
namespace {

constexpr std::size_t kMost = 1024;
constexpr std::chrono::milliseconds kShort{20};

std::uint8_t number(Type type) { return static_cast<std::uint8_t>(type); }

/// Of another side that asks without end and never waits for what it is told: whatever is served, the next is there.
class LaneTest : public ::testing::TestWithParam<Type> {
protected:
    /// How a call to it ends; kInternal: not at all.
    Errc called(const Lane::Patience& patience) {
        constexpr int kForEver = 300'000;
        auto ends = std::move(socketPair()).value();
        Lane lane{std::move(ends.first), kMost};
        const int other = ends.second.number();
        const auto ask = [&] { return send(other, Frame{.type = number(GetParam())}, Steady::now()); };
        const auto answer = [&](Frame&& request) -> Result<Frame> {
            const bool note = request.type == number(Type::kLog);
            while (static_cast<bool>(receive(other, kMost, Steady::now()))) continue;
            if (++served_ > kForEver || !ask()) return Error{.code = Errc::kInternal};
            return note ? Frame{} : Frame{.type = number(Type::kAnswer)};
        };
        EXPECT_TRUE(ask());
        const Result<Frame> over = lane.call(Frame{.type = number(Type::kHandle)}, answer, patience);
        EXPECT_FALSE(over);
        return over ? Errc::kInternal : over.error().code;
    }
    int served_ = 0;
};

TEST_P(LaneTest, ACallIsOverWhoeverAsksWithoutEnd) {
    EXPECT_EQ(called({.most = kShort}), Errc::kStale);
    EXPECT_GT(served_, 0);
}

TEST_P(LaneTest, ItIsAskedToStopFirst) {
    int asked = 0;
    EXPECT_EQ(called({.most = kShort, .late = [&] { ++asked; }, .grace = kShort}), Errc::kStale);
    EXPECT_EQ(asked, 1);
}

TEST_P(LaneTest, WhoAsksFasterThanAnybodyWorksGetsNoMoreTime) {
    EXPECT_EQ(called({.most = kShort, .renewed = true, .pace = {.per_second = 1, .burst = 10}}), Errc::kStale);
}

TEST_P(LaneTest, WhoIsToStopGetsNoMoreTime) {
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(called({.most = kShort, .renewed = true, .stop = stop.get_token()}), Errc::kStale);
}

INSTANTIATE_TEST_SUITE_P(Floods, LaneTest, ::testing::Values(Type::kNow, Type::kLog),
                         [](const auto& one) { return one.param == Type::kNow ? "now" : "log"; });

TEST(OneLaneTest, AnAnswerThatIsThereIsTakenHoweverLate) {
    auto ends = std::move(socketPair()).value();
    Lane lane{std::move(ends.first), kMost};
    const int other = ends.second.number();
    ASSERT_TRUE(send(other, Frame{.type = number(Type::kNow)}, Steady::now()));
    const auto slow = [&](Frame&&) -> Result<Frame> {
        EXPECT_TRUE(send(other, Frame{.type = number(Type::kAnswer), .correlation = 1}, Steady::now()));
        return Frame{.type = number(Type::kAnswer)};
    };
    EXPECT_TRUE(lane.call(Frame{.type = number(Type::kHandle)}, slow, {.most = std::chrono::milliseconds{1}}));
}

constexpr Steady::time_point kStart{std::chrono::hours{1}};

TEST(PaceTest, ABurstIsHonestAFloodIsNot) {
    Pace pace{{.per_second = 10, .burst = 20}};
    for (int i = 0; i < 20; ++i) EXPECT_TRUE(pace.note(kStart)) << i;
    EXPECT_FALSE(pace.note(kStart));
    EXPECT_TRUE(pace.note(kStart + std::chrono::seconds{1}));
}

TEST(PaceTest, WhoGoesOnIsOverUntilHeCalmsDown) {
    Pace pace{{.per_second = 10, .burst = 20}};
    Steady::time_point now = kStart;
    for (int i = 0; i < 100; ++i) static_cast<void>(pace.note(now += std::chrono::milliseconds{10}));
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(pace.note(now += std::chrono::milliseconds{10})) << i;
    EXPECT_TRUE(pace.note(now + std::chrono::seconds{5})) << "what is held against him has an end";
    Pace steady{{.per_second = 10, .burst = 20}};
    for (int i = 0; i < 1000; ++i) EXPECT_TRUE(steady.note(now += std::chrono::milliseconds{100})) << i;
}

TEST(LaneNumbersTest, NoneIsGivenTwice) {
    LaneNumbers numbers{2};
    const std::uint32_t failed = numbers.take();
    const std::uint32_t second = numbers.take();
    EXPECT_FALSE(numbers.left());
    numbers.giveBack();
    EXPECT_TRUE(numbers.left());
    const std::uint32_t third = numbers.take();
    EXPECT_NE(third, failed);
    EXPECT_NE(third, second);
    EXPECT_FALSE(numbers.left());
}

}  // namespace
}  // namespace pakn::isolation

/// @file
/// What is remembered beyond conversations: enough, and never more than the hub's State holds.

#include "ledger.hpp"

#include <gmock/gmock.h>

#include <functional>
#include <utility>

#include "core/testing/fake_host.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int64_t kMostBytes = 16LL << 20U;

/// Counts as the hub does: values, and bytes with their keys.
class MeasuredState final : public State {
public:
    Result<std::optional<std::string>> get(std::string_view key) override {
        ++reads;
        const auto found = values_.find(key);
        return found == values_.end() ? std::nullopt : std::optional<std::string>{found->second};
    }
    Status put(std::string_view key, std::string_view value) override {
        values_.insert_or_assign(std::string{key}, std::string{value});
        return Done{};
    }
    [[nodiscard]] std::size_t values() const { return values_.size(); }
    [[nodiscard]] std::int64_t bytes() const {
        std::int64_t all = 0;
        for (const auto& [key, value] : values_) all += static_cast<std::int64_t>(key.size() + value.size());
        return all;
    }
    int reads = 0;

private:
    std::map<std::string, std::string, std::less<>> values_;
};

/// A hub with that state. `before_lease` is what other nodes do just then.
class MeasuredHost final : public testing::FakeHostServices {
public:
    State& state() override { return measured; }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        ++leases;
        if (const auto once = std::exchange(before_lease, nullptr)) once();
        return FakeHostServices::lease(name, hold);
    }
    MeasuredState measured;
    std::function<void()> before_lease;
    int leases = 0;
};

const Instant kNow = testing::FakeClock{}.now();

TEST(SlotsTest, KeepOneTextEach) {
    MeasuredState state;
    Slots slots{state, "message", 100};
    EXPECT_FALSE(slots.find("a")->has_value());
    ASSERT_TRUE(slots.put("a", "one\ntwo"));
    EXPECT_EQ(*slots.find("a"), "one\ntwo");
    ASSERT_TRUE(slots.put("a", ""));
    EXPECT_EQ(*slots.find("a"), "");
    for (int i = 0; i < 5000; ++i) ASSERT_TRUE(slots.put(std::to_string(i), "x"));
    EXPECT_EQ(state.values(), 100U);
    EXPECT_EQ(*slots.find("4999"), "x") << "the newest is there";
    EXPECT_FALSE(slots.find("a")->has_value()) << "another key in its slot is another key";
}

class NotesTest : public ::testing::Test {
protected:
    void put(Notes& notes, const std::string& key, Notes::Work work, std::chrono::minutes at = 0min) {
        ASSERT_TRUE(notes.put(key, "of " + key, work, kNow + at));
    }
    /// Which of these keys have their notes.
    static std::vector<std::string> among(Notes& notes, const std::vector<std::string>& keys) {
        std::vector<std::string> found;
        for (const std::string& key : keys)
            if (*notes.find(key) == "of " + key) found.push_back(key);
        return found;
    }

    const std::vector<std::string> eight_{"a", "b", "c", "d", "e", "f", "g", "h"};
    MeasuredHost host_;
    MeasuredState& state_ = host_.measured;
};

TEST_F(NotesTest, KeepOneTextEach) {
    Notes notes{host_, "sent", 100};
    EXPECT_FALSE(notes.find("a")->has_value());
    EXPECT_EQ(state_.reads, 1) << "behind a slot that was never written there is nothing";
    ASSERT_TRUE(notes.put("a", "one\ntwo", Notes::Work::kGoesOn, kNow));
    EXPECT_EQ(*notes.find("a"), "one\ntwo");
    ASSERT_TRUE(notes.put("a", "", Notes::Work::kOver, kNow));
    EXPECT_EQ(*notes.find("a"), "");
    EXPECT_EQ(state_.values(), 1U);
    for (int i = 0; i < 5000; ++i) put(notes, std::to_string(i), Notes::Work::kOver, std::chrono::minutes{i});
    EXPECT_EQ(state_.values(), 100U);
    EXPECT_EQ(*notes.find("4999"), "of 4999") << "the newest is there";
    EXPECT_FALSE(notes.find("a")->has_value());
}

TEST_F(NotesTest, WhatGoesOnStaysWhereKeysCollide) {
    Notes notes{host_, "sent", 8};  // Every key may be in every slot.
    for (const std::string& key : eight_) put(notes, key, Notes::Work::kGoesOn);
    EXPECT_EQ(among(notes, eight_), eight_);
    EXPECT_EQ(state_.values(), 8U);
    put(notes, "c", Notes::Work::kOver);
    put(notes, "x", Notes::Work::kGoesOn);
    EXPECT_EQ(among(notes, eight_), (std::vector<std::string>{"a", "b", "d", "e", "f", "g", "h"}));
    EXPECT_EQ(*notes.find("x"), "of x") << "in the place of what was over";
    for (int i = 0; i < 100; ++i) {
        put(notes, "d", Notes::Work::kOver, std::chrono::minutes{i});
        put(notes, "y" + std::to_string(i), Notes::Work::kOver, std::chrono::minutes{i});
        put(notes, "d", Notes::Work::kGoesOn, std::chrono::minutes{i});
    }
    EXPECT_EQ(among(notes, {"a", "b", "e", "f", "g", "h", "x"}).size(), 7U) << "however many come by";
}

TEST_F(NotesTest, WhatIsOverMakesRoomTheOldestFirst) {
    Notes notes{host_, "sent", 8};
    const std::vector<int> ages{5, 3, 8, 1, 7, 2, 6, 4};
    for (std::size_t i = 0; i < eight_.size(); ++i)
        put(notes, eight_[i], Notes::Work::kOver, std::chrono::minutes{ages[i]});
    EXPECT_EQ(among(notes, eight_), eight_) << "it is found until then";
    for (int gone = 1; gone <= 8; ++gone) {
        put(notes, "new" + std::to_string(gone), Notes::Work::kOver, std::chrono::minutes{100 + gone});
        for (std::size_t i = 0; i < eight_.size(); ++i)
            EXPECT_EQ(notes.find(eight_[i])->has_value(), ages[i] > gone) << eight_[i] << ' ' << gone;
    }
}

TEST_F(NotesTest, WhereEverythingGoesOnTheOldestMakesRoom) {
    for (const std::size_t count : {1U, 2U, 8U}) {
        MeasuredHost host;
        Notes notes{host, "sent", count};
        for (std::size_t i = 0; i <= count; ++i)
            put(notes, std::to_string(i), Notes::Work::kGoesOn, std::chrono::minutes{i});
        EXPECT_EQ(host.measured.values(), count);
        EXPECT_FALSE(notes.find("0")->has_value()) << count;
        for (std::size_t i = 1; i <= count; ++i)
            EXPECT_EQ(*notes.find(std::to_string(i)), "of " + std::to_string(i)) << count;
    }
}

TEST_F(NotesTest, WhatSlotsHaveWrittenIsFound) {
    Slots before{state_, "sent", 8};
    ASSERT_TRUE(before.put("a", "of a"));
    Notes notes{host_, "sent", 8};
    EXPECT_EQ(*notes.find("a"), "of a");
    for (std::size_t i = 1; i < eight_.size(); ++i) put(notes, eight_[i], Notes::Work::kOver);
    EXPECT_EQ(among(notes, eight_), eight_);
    put(notes, "x", Notes::Work::kOver);
    EXPECT_FALSE(notes.find("a")->has_value()) << "it is the oldest";
}

TEST_F(NotesTest, TwoNodesNeverTakeTheSamePlace) {
    Notes here{host_, "sent", 8}, there{host_, "sent", 8};
    host_.before_lease = [&] { put(there, "b", Notes::Work::kGoesOn); };
    put(here, "a", Notes::Work::kGoesOn);
    for (std::size_t i = 2; i < eight_.size(); ++i) {
        host_.before_lease = [&] { put(there, eight_[i], Notes::Work::kGoesOn); };
        put(here, "a", Notes::Work::kGoesOn);  // In its own place: nobody is asked.
        if (host_.before_lease) std::exchange(host_.before_lease, nullptr)();
    }
    EXPECT_EQ(among(here, eight_), eight_);
    EXPECT_EQ(host_.leases, 8) << "once for each";

    host_.takeAway("sent");
    const Status refused = here.put("x", "of x", Notes::Work::kGoesOn, kNow);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, Errc::kDeferred);
    EXPECT_TRUE(refused.error().not_before.has_value());
    EXPECT_EQ(among(here, eight_), eight_) << "nothing was written";
    put(here, "a", Notes::Work::kOver);
    EXPECT_FALSE(here.put("a", "of a", Notes::Work::kGoesOn, kNow)) << "what is over may be another's by now";
}

TEST(SeenKeysTest, RememberForTwoDaysAtLeast) {
    MeasuredState state;
    SeenKeys seen{state};
    EXPECT_FALSE(*seen.has("u", "k", kNow));
    ASSERT_TRUE(seen.add("u", {"k", "l"}, kNow));
    EXPECT_TRUE(*seen.has("u", "k", kNow));
    EXPECT_TRUE(*seen.has("u", "l", kNow + 48h));
    EXPECT_FALSE(*seen.has("u", "m", kNow));
    EXPECT_FALSE(*seen.has("u", "k", kNow + SeenKeys::kRemembered + 1min));
    ASSERT_TRUE(seen.add("u", {"m"}, kNow + 100h));
    EXPECT_TRUE(*seen.has("u", "m", kNow + 100h));
}

TEST(SeenKeysTest, OneUsersFloodEndsSomewhere) {
    MeasuredState state;
    SeenKeys seen{state};
    std::vector<std::string> keys;
    for (int i = 0; i < 5000; ++i) keys.push_back(std::to_string(i));
    ASSERT_TRUE(seen.add("u", keys, kNow));
    EXPECT_LT(state.bytes(), 30000);
    EXPECT_TRUE(*seen.has("u", "4999", kNow));
    EXPECT_LT(256 * state.bytes(), kMostBytes / 2);
}

TEST(KnownUsersTest, KeepTheLastPetitions) {
    MeasuredState state;
    KnownUsers users{state};
    EXPECT_THAT(*users.of("u"), IsEmpty());
    for (int i = 1; i <= 7; ++i)
        ASSERT_TRUE(
            users.add("u", {.code = "T" + std::to_string(i), .token = "s", .at = kNow, .last_word = kNow + 5ms}));
    ASSERT_TRUE(users.add("u", {.code = "T7", .token = "other"})) << "again";
    const std::vector<KnownPetition> known = *users.of("u");
    ASSERT_THAT(known, SizeIs(KnownUsers::kPetitions));
    EXPECT_EQ(known.front().code, "T7");
    EXPECT_EQ(known.front().token, "s");
    EXPECT_EQ(known.front().last_word, kNow + 5ms);
    EXPECT_EQ(known.back().code, "T3");
    EXPECT_THAT(*users.of("v"), IsEmpty());
}

TEST(KnownUsersTest, WhatTheHubToldIsCompletedByTheConversation) {
    MeasuredState state;
    KnownUsers users{state};
    ASSERT_TRUE(
        users.addAll("u", {{.code = "T2", .token = "s2", .at = kNow}, {.code = "T1", .token = "s1", .at = kNow}}));
    ASSERT_TRUE(users.add("u", {.code = "T2", .token = "other", .at = kNow, .last_word = kNow + 5ms}));
    const std::vector<KnownPetition> known = *users.of("u");
    ASSERT_THAT(known, SizeIs(2));
    EXPECT_EQ(known[0].code, "T2");
    EXPECT_EQ(known[0].token, "s2");
    EXPECT_EQ(known[0].last_word, kNow + 5ms);
    EXPECT_EQ(known[1].code, "T1");
    EXPECT_EQ(known[1].last_word, Instant{});
}

TEST(KnownUsersTest, AProvinceFitsIn) {
    MeasuredState state;
    KnownUsers users{state};
    const std::string token(43, 't');
    for (int user = 0; user < 12000; ++user)
        ASSERT_TRUE(
            users.add(std::to_string(user), {.code = "060326" + std::to_string(user), .token = token, .at = kNow}));
    EXPECT_LE(state.values(), 512U);
    EXPECT_LT(state.bytes(), kMostBytes / 2);
    EXPECT_THAT(*users.of("11999"), SizeIs(1));
    EXPECT_THAT(*users.of("0"), IsEmpty()) << "who has not written for longest makes room";
}

}  // namespace
}  // namespace pakn::in_zalo

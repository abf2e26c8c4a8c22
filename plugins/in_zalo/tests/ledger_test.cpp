/// @file
/// What is remembered beyond conversations: enough, and never more than the hub's State holds.

#include "ledger.hpp"

#include <gmock/gmock.h>

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

private:
    std::map<std::string, std::string, std::less<>> values_;
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

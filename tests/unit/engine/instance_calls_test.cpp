/// @file
/// What a connector tells of calls goes into the register once it is sound, and recordings are sound.

#include <gmock/gmock.h>

#include "core/engine/instance_inbox.hpp"
#include "tests/unit/engine/bench.hpp"

namespace pakn::engine {
namespace {

using test::Bench;
using ::testing::ElementsAre;
using namespace std::chrono_literals;

const std::string kWav{
    "RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x40\x1f\x00\x00\x80\x3e\x00\x00\x02\x00\x10\x00"
    "data\x00\x00\x00\x00",
    44};

class InstanceCallsTest : public ::testing::Test {
protected:
    store::PhoneCall known(const std::string& call_id) {
        const auto all = bench_.real->calls().calls({}, {});
        for (const store::PhoneCall& one : all->items)
            if (one.call_id == call_id) return one;
        throw std::runtime_error{"no such call"};
    }
    std::string problemOf(Call call) {
        const Result<CallState> told = inbox_.call(std::move(call));
        return told ? "" : told.error().problem;
    }
    Errc recorded(std::string bytes) {
        const Result<CallState> told =
            inbox_.call({.id = "r", .recording = Attachment{.name = "x", .content = std::move(bytes)}});
        return told ? Errc{} : told.error().code;
    }

    Bench bench_;
    Hub hub_{bench_.hubParts()};
    config::Connector settings_{.id = "tongdai", .plugin = "scripted"};
    Condition condition_{"tongdai", "scripted"};
    InstanceInbox inbox_{hub_, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {}};
};

TEST_F(InstanceCallsTest, ANumberIsNormalisedAndAHiddenOneIsNone) {
    for (const auto& [id, caller, phone] :
         {std::tuple{"typed", "0912 345 678", "+84912345678"}, std::tuple{"lost zero", "912345678", "+84912345678"},
          std::tuple{"abroad", "+4915112345678", "+4915112345678"}, std::tuple{"service", "1022", ""},
          std::tuple{"no number", "Hà", ""}}) {
        ASSERT_TRUE(inbox_.call({.id = id, .caller = caller}));
        EXPECT_EQ(known(id).phone, phone);
        EXPECT_EQ(known(id).caller, caller);
    }
    for (const char* caller : {"anonymous", "Anonymous", "<unknown>", "unknown", "PRIVATE", "restricted", " "}) {
        ASSERT_TRUE(inbox_.call({.id = "hidden", .caller = caller}));
        EXPECT_EQ(known("hidden").caller, "") << caller;
    }
}

TEST_F(InstanceCallsTest, WhatIsNoneIsRefusedAndNothingIsStored) {
    EXPECT_EQ(problemOf({}), "call.id");
    EXPECT_EQ(problemOf({.id = std::string(201, 'c')}), "call.id");
    EXPECT_EQ(problemOf({.id = "\xff"}), "call.id");
    EXPECT_EQ(problemOf({.id = "c", .result = "lost"}), "call.result");
    EXPECT_EQ(problemOf({.id = "c", .caller = std::string(101, '0')}), "call.field_invalid");
    EXPECT_EQ(problemOf({.id = "c", .called = "\xff"}), "call.field_invalid");
    EXPECT_EQ(problemOf({.id = "c", .agent = std::string(101, 'a')}), "call.field_invalid");
    EXPECT_EQ(problemOf({.id = "c", .attributes = {{"", "x"}}}), "call.field_invalid");
    EXPECT_EQ(problemOf({.id = "c", .attributes = {{"x", std::string(2001, 'x')}}}), "call.field_invalid");
    Attributes many;
    for (int i = 0; i < 21; ++i) many.emplace("a" + std::to_string(i), "x");
    EXPECT_EQ(problemOf({.id = "c", .attributes = many}), "call.field_invalid");
    EXPECT_TRUE(bench_.real->calls().calls({}, {})->items.empty());
    for (const std::string_view result : store::kCallResults)
        EXPECT_EQ(problemOf({.id = "c-" + std::string{result}, .result = std::string{result}}), "");
}

TEST_F(InstanceCallsTest, ARecordingIsSoundByItsContent) {
    const std::vector<std::string> sounds{
        kWav,
        "\xff\xfb\x90\x64" + std::string(400, '\0'),
        std::string{"#!AMR\n\x3c\x00", 8},
        std::string{"\x00\x00\x00\x1c"
                    "ftypM4A \x00\x00\x00\x00M4A mp42isom",
                    28},
        std::string{"\xff\xf1\x50\x80\x02\x1f\xfc", 7},
        std::string{"OggS\x00\x02", 6} + std::string(20, '\0') + "\x01\x13OpusHead\x01\x01"};
    for (const std::string& sound : sounds) EXPECT_EQ(recorded(sound), Errc{}) << sound.substr(0, 8);
    EXPECT_EQ(hub_.blobs().get(known("r").recording->sha256).value(), sounds.back()) << "the last one told";
    for (const char* other :
         {"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "<html>login</html>", "Biên bản", "\x89PNG\r\n\x1a\n"})
        EXPECT_EQ(recorded(other), Errc::kInvalid) << other;
    EXPECT_EQ(recorded(""), Errc::kInvalid);
    EXPECT_EQ(recorded(kWav + std::string(64U << 20U, '\0')), Errc::kTooLarge);
}

TEST_F(InstanceCallsTest, APetitionTiesItselfToItsCall) {
    const Instant now = hub_.now();
    EXPECT_FALSE(inbox_.call({.id = "c1", .ended_at = now})->has_petition);
    ASSERT_TRUE(hub_.submit({.petition = Bench::petition(), .channel = "hotline1022", .caller = "o", .call_id = "c1"}));
    EXPECT_TRUE(inbox_.call({.id = "c1", .agent = "201"})->has_petition);
    EXPECT_FALSE(inbox_.call({.id = "c2", .ended_at = now})->has_petition);
    const auto of = [&](bool petition) {
        std::vector<std::string> ids;
        const auto found = inbox_.unrecorded(now - 1h, petition, 10);
        for (const Call& one : found.value()) ids.push_back(one.id);
        return ids;
    };
    EXPECT_THAT(of(true), ElementsAre("c1"));
    EXPECT_THAT(of(false), ElementsAre("c1", "c2"));
    EXPECT_EQ(inbox_.unrecorded(now - 1h, false, 1)->size(), 1U);
    EXPECT_EQ(inbox_.unrecorded(now - 1h, false, 1)->at(0).ended_at, now);
    EXPECT_FALSE(inbox_.call({.id = "c2"})->has_recording);
    EXPECT_TRUE(inbox_.call({.id = "c2", .no_recording = true})->has_recording);
    EXPECT_TRUE(inbox_.call({.id = "c1", .recording = Attachment{.name = "x", .content = kWav}})->has_recording);
    EXPECT_TRUE(of(false).empty());
}

TEST_F(InstanceCallsTest, WhoseTurnItIsNotTellsNothing) {
    InstanceInbox other{hub_, settings_, condition_, [](LogLevel, std::string_view, std::string_view) {},
                        [] { return Status{Error{.code = Errc::kUnavailable, .message = "no"}}; }};
    EXPECT_EQ(other.call({.id = "c"}).error().code, Errc::kUnavailable);
    EXPECT_TRUE(bench_.real->calls().calls({}, {})->items.empty());
}

}  // namespace
}  // namespace pakn::engine

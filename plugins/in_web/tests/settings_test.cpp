/// @file
/// Settings, and the mistakes in them.

#include "settings.hpp"

#include <gtest/gtest.h>

#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "options.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

Settings with(Settings::Values values, Settings::Lists lists = {}) {
    return testing::settingsFor(kOptions, std::move(values), std::move(lists));
}

TEST(WebSettings, TheDefaultsAreSound) {
    EXPECT_TRUE(mistakesOf(with({})).empty());
    const Rules rules = rulesOf(with({}));
    EXPECT_EQ(rules.identity, IdentityRule::kRequired);
    EXPECT_TRUE(rules.required.title && rules.required.place);
    EXPECT_FALSE(rules.required.category || rules.required.occurred_at);
    EXPECT_EQ(rules.keep_drafts, 24h * 7);
    EXPECT_EQ(rules.hotline, "1022");
}

TEST(WebSettings, WhatIsRequiredCanBeSaid) {
    const Rules rules = rulesOf(with({{"identity", "optional"}}, {{"required_fields", {"category", "occurred_at"}}}));
    EXPECT_EQ(rules.identity, IdentityRule::kOptional);
    EXPECT_TRUE(rules.required.category && rules.required.occurred_at);
    EXPECT_FALSE(rules.required.title || rules.required.place);
    // As the hub hands over an empty list.
    EXPECT_FALSE(rulesOf([] {
                     Settings::Values values;
                     for (const Option& option : kOptions)
                         if (!option.default_value.empty() && option.type != OptionType::kTextList)
                             values.emplace(option.name,
                                            testing::detail::canonical(option, std::string{option.default_value}));
                     return Settings{values, {{"required_fields", {}}}};
                 }())
                     .required.title);
}

TEST(WebSettings, EveryMistakeIsNamedAtItsOption) {
    const std::vector<std::pair<std::string, Settings>> cases{
        {"identity", with({{"identity", "everybody"}})},
        {"required_fields", with({}, {{"required_fields", {"phone"}}})},
        {"proof_bits", with({{"proof_bits", "0"}})},
        {"proof_bits_most", with({{"proof_bits_most", "31"}})},
        {"proof_bits_most", with({{"proof_bits", "20"}, {"proof_bits_most", "19"}})},
        {"proven_per_hour", with({{"proven_per_hour", "0"}})},
        {"waited_per_hour", with({{"waited_per_hour", "-1"}})},
        {"saved_per_hour", with({{"saved_per_hour", "0"}})},
        {"files_per_hour", with({{"files_per_hour", "1KB"}})},
        {"tries_per_hour", with({{"tries_per_hour", "0"}})},
        {"said_per_hour", with({{"said_per_hour", "0"}})},
        {"waiting", with({{"waiting", "11m"}})},
        {"keep_drafts", with({{"keep_drafts", "1m"}, {"form_life", "10m"}})},
        {"keep_keys", with({{"keep_keys", "1m"}})},
        {"form_life", with({{"form_life", "8d"}})},
        {"stylesheet", with({{"stylesheet", "/nonexistent/a.css"}})},
    };
    for (const auto& [option, settings] : cases) {
        const std::vector<SettingsMistake> mistakes = mistakesOf(settings);
        ASSERT_FALSE(mistakes.empty()) << option;
        EXPECT_EQ(mistakes.front().option, option);
        EXPECT_FALSE(mistakes.front().hint.empty());
        EXPECT_THROW(rulesOf(settings), std::runtime_error) << option;
    }
}

TEST(WebSettings, AStyleSheetIsReadAndBounded) {
    const testing::TemporaryFolder folder;
    const std::string path = folder.write("province.css", "h1 { color: red }").string();
    EXPECT_EQ(rulesOf(with({{"stylesheet", path}})).stylesheet, "h1 { color: red }");
    const std::string large = folder.write("large.css", std::string((64 << 10) + 1, 'x')).string();
    EXPECT_EQ(mistakesOf(with({{"stylesheet", large}})).at(0).option, "stylesheet");
    const std::string binary = folder.write("binary.css", "\xff\xfe").string();
    EXPECT_EQ(mistakesOf(with({{"stylesheet", binary}})).at(0).option, "stylesheet");
}

}  // namespace
}  // namespace pakn::in_web

/// @file
/// Settings that cannot work are named, all at once; the others are what the form shows.

#include <gtest/gtest.h>

#include <set>

#include "app.hpp"
#include "core/testing/subject.hpp"
#include "test_paths.hpp"

namespace pakn::in_mobile {
namespace {

using Names = std::set<std::string>;

Names wrongOptions(const Settings::Values& values, const Settings::Lists& lists = {}) {
    Names options;
    for (const SettingsMistake& mistake : review(testing::settingsFor(kOptions, values, lists)).mistakes) {
        EXPECT_FALSE(mistake.message.empty() || mistake.hint.empty());
        options.insert(mistake.option);
    }
    return options;
}

TEST(MobileSettings, TheDefaultsWork) { EXPECT_EQ(wrongOptions({}), Names{}); }

TEST(MobileSettings, AllMistakesAreNamedAtOnce) {
    const Settings::Values values{{"sign_in", "maybe"},
                                  {"max_file", "61MB"},
                                  {"max_files", "0MB"},
                                  {"open_uploads", "0"},
                                  {"keep_uploads", "8d"},
                                  {"consent_version", std::string(101, 'x')},
                                  {"declaration", std::string(1001, 'x')}};
    const Settings::Lists lists{{"required", {"title", "colour"}}, {"emergency_contacts", {"113", "=113", "Công an="}}};
    EXPECT_EQ(wrongOptions(values, lists), (Names{"sign_in", "max_file", "max_files", "open_uploads", "keep_uploads",
                                                  "consent_version", "declaration", "required", "emergency_contacts"}));
}

TEST(MobileSettings, AnEmptyListAsksForNothing) {
    const Rules rules = rulesOf({}, {{"required", {}}, {"emergency_contacts", {}}});
    EXPECT_TRUE(rules.required.empty());
    EXPECT_TRUE(rules.emergency_contacts.empty());
    EXPECT_EQ(review(testing::settingsFor(kOptions, {})).rules.required.size(), 4U);
    EXPECT_EQ(review(testing::settingsFor(kOptions, {})).rules.emergency_contacts.size(), 4U);
}

TEST(MobileSettings, AConnectorThatCannotWorkIsNotMade) {
    testing::FakeHostServices services;
    EXPECT_FALSE(testing::InProcessSubject::make(PAKN_BINARY_DIR "/lib/paknhub/in_mobile.so",
                                                 testing::settingsFor(kOptions, {{"sign_in", "maybe"}}), services));
}

}  // namespace
}  // namespace pakn::in_mobile

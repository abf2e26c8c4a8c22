/// @file
/// Every folder of bad/ is a configuration with mistakes, and expected.txt says where each is: "file:line:column
/// severity [nearest right name]". Wording is free, places and numbers are not.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "support.hpp"

namespace pakn::config {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> brokenDirectories() {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator{testData() / "bad"})
        names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

class Corpus : public testing::TestWithParam<std::string> {};

TEST_P(Corpus, EveryMistakeIsFoundAtItsPlaceAndNothingElse) {
    const fs::path directory = testData() / "bad" / GetParam();
    std::vector<std::string> places;
    std::vector<std::string> hints;
    bool has_error = false;
    std::istringstream expected{readAll(directory / "expected.txt")};
    for (std::string line; std::getline(expected, line);) {
        std::istringstream words{line};
        std::string place;
        std::string severity;
        std::string hint;
        words >> place >> severity >> hint;
        has_error = has_error || severity == "error";
        places.push_back(place + " " + severity);
        hints.push_back(hint);
    }
    ASSERT_FALSE(places.empty());

    const LoadResult result = loadFrom(directory);
    ASSERT_EQ(placesOf(result), places) << wordsOf(result);
    for (std::size_t i = 0; i < hints.size(); ++i)
        EXPECT_THAT(result.diagnostics[i].hint, testing::HasSubstr(hints[i])) << format(result.diagnostics[i]);
    EXPECT_EQ(result.configuration.has_value(), !has_error);
}

INSTANTIATE_TEST_SUITE_P(Bad, Corpus, testing::ValuesIn(brokenDirectories()),
                         [](const testing::TestParamInfo<std::string>& one) { return one.param; });

TEST(Corpus, NoMessageShowsALiteralSecret) {
    const LoadResult result = loadFrom(testData() / "bad/literal_secret");
    for (const std::string_view secret : {"whsec_", "MfKQ9", "user:pass", "hub:pw", "geheim", "vault"})
        EXPECT_THAT(wordsOf(result), testing::Not(testing::HasSubstr(std::string{secret})));
}

TEST(Corpus, MistakesOfOneRunNameBothPlaces) {
    const LoadResult result = loadFrom(testData() / "bad/key_in_two_files");
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_THAT(result.diagnostics[0].message, testing::HasSubstr("a.yaml:2:9"));
}

TEST(Format, IsOneLineThatEditorsCanFollow) {
    Diagnostic one{.file = "routes.yaml", .line = 14, .column = 7, .message = "unknown unit \"so-xd\"", .hint = "hint"};
    EXPECT_EQ(format(one), "routes.yaml:14:7: error: unknown unit \"so-xd\" (hint)");
    one = {.severity = Diagnostic::Severity::kWarning, .file = "old.yml", .message = "not read"};
    EXPECT_EQ(format(one), "old.yml: warning: not read");
}

}  // namespace
}  // namespace pakn::config

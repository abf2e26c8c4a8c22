/// @file
/// The official calendar file that every province includes, line by line: the days it lists and what it says of each.
/// How it is read as configuration is tested with the configuration.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "test_paths.hpp"
#include "tests/unit/domain/official_days.hpp"

namespace pakn::domain {
namespace {

using namespace testing;

struct Line {
    std::string list;
    bool on;  ///< Not commented out.
    Date date;
    std::string what;
    std::string certainty;
    std::string source;
};

std::vector<Line> linesOfTheFile() {
    std::ifstream file{PAKN_SOURCE_DIR "/config/base/calendar-vn.yaml"};
    const std::regex list{R"(  (holidays|makeup_days):)"};
    const std::regex day{R"(    (# )?- (\d{4}-\d\d-\d\d)  # ([^;]+); ([a-z-]+); (.+))"};
    std::vector<Line> lines;
    std::string current;
    std::smatch match;
    for (std::string line; std::getline(file, line);) {
        if (std::regex_match(line, match, list))
            current = match[1];
        else if (std::regex_match(line, match, day))
            lines.push_back({current, !match[1].matched, testing::day(match[2].str()), match[3], match[4], match[5]});
        else
            // A date that the pattern missed says too little.
            EXPECT_FALSE(std::regex_search(line, std::regex{R"(- \d{4}-\d\d-\d\d)"})) << line;
    }
    return lines;
}

WorkingCalendar::Definition listsOf(const std::vector<Line>& lines, bool with_switched_off) {
    auto definition = weekdays({hours(7, 30, 11, 30), hours(13, 30, 17, 0)});
    for (const Line& line : lines) {
        if (!line.on && !with_switched_off) continue;
        (line.list == "holidays" ? definition.holidays : definition.makeup_days).insert(line.date);
    }
    return definition;
}

TEST(CalendarFile, listsExactlyTheOfficialDays) {
    const auto lists = listsOf(linesOfTheFile(), false);
    const auto official = officialDefinition();
    EXPECT_THAT(lists.holidays, ::testing::ContainerEq(official.holidays));
    EXPECT_THAT(lists.makeup_days, ::testing::ContainerEq(official.makeup_days));
}

TEST(CalendarFile, itsSwitchIsTheOpenSwapOfNovember2026) {
    const std::vector<Line> lines = linesOfTheFile();
    const auto lists = listsOf(lines, true);
    const auto swapped = withNovemberSwap(officialDefinition());
    EXPECT_THAT(lists.holidays, ::testing::ContainerEq(swapped.holidays));
    EXPECT_THAT(lists.makeup_days, ::testing::ContainerEq(swapped.makeup_days));
    for (const Line& line : lines)
        if (!line.on) {
            EXPECT_EQ(line.what.rfind("2026-nov-swap: ", 0), 0U) << line.what;
        }
}

TEST(CalendarFile, saysOfEachDayHowCertainItIs) {
    for (const Line& line : linesOfTheFile()) {
        const bool decided =
            line.certainty == "confirmed" || line.certainty == "second-hand" || line.certainty == "assumed";
        EXPECT_EQ(line.on, decided) << formatDate(line.date) << ' ' << line.certainty;
        EXPECT_EQ(!line.on, line.certainty == "open") << formatDate(line.date);
    }
}

TEST(CalendarFile, isKnownToTheEndOf2026) {
    EXPECT_EQ(built(listsOf(linesOfTheFile(), false)).knownUntil(day("2024-01-01")), day("2026-12-31"));
}

}  // namespace
}  // namespace pakn::domain

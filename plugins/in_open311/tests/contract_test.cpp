/// @file
/// Every row of docs/contracts/open311.md has a test here that names it, and no test names one that is not there.

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

#include "status.hpp"
#include "test_paths.hpp"

namespace pakn::in_open311 {
namespace {

std::string contract() {
    std::ifstream file{PAKN_SOURCE_DIR "/docs/contracts/open311.md"};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// Numbers that stand behind "O-" in a text, or behind "O" in the name of a test.
std::set<int> numbersIn(const std::string& text, const std::regex& form) {
    std::set<int> numbers;
    for (auto at = std::sregex_iterator{text.begin(), text.end(), form}; at != std::sregex_iterator{}; ++at)
        numbers.insert(std::stoi((*at)[1]));
    return numbers;
}

/// Every test of this program whose name holds O and a number, as in "O41O42_CodesAreUnique".
std::set<int> tested() {
    std::set<int> numbers;
    const auto& program = *::testing::UnitTest::GetInstance();
    for (int i = 0; i < program.total_test_suite_count(); ++i) {
        const auto& suite = *program.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j)
            numbers.merge(numbersIn(suite.GetTestInfo(j)->name(), std::regex{R"(O(\d{2,3})(?=O|_))"}));
    }
    return numbers;
}

TEST(Contract, EveryRowHasATestAndEveryTestARow) {
    const std::set<int> rows = numbersIn(contract(), std::regex{R"(O-(\d{2,3}))"});
    EXPECT_EQ(rows.size(), 62U);
    EXPECT_EQ(tested(), rows);
}

TEST(Contract, StatusesAreThoseOfItsTable) {
    const std::string text = contract();
    const std::size_t begin = text.find("<!-- table: statuses -->");
    ASSERT_NE(begin, std::string::npos);
    const std::string table = text.substr(begin, text.find("\n## ", begin) - begin);
    const std::regex row{R"(\n\| ([a-z_]+) \| ([a-z_]+)[^|]* \| ([A-Z_]+) \|)"};
    std::map<std::string, std::pair<std::string, std::string>> rows;
    for (auto at = std::sregex_iterator{table.begin(), table.end(), row}; at != std::sregex_iterator{}; ++at)
        rows[(*at)[1]] = {(*at)[2], (*at)[3]};
    EXPECT_EQ(rows.size(), 16U);
    for (const auto& [status, names] : rows) {
        EXPECT_EQ(extendedStatus(status, "fixed"), names.first) << status;
        EXPECT_EQ(detailedStatus(status), names.second) << status;
        EXPECT_TRUE(isExtendedStatus(names.first));
    }
    EXPECT_EQ(extendedStatus("answered", "no_further_action"), "no_further_action");
    EXPECT_EQ(extendedStatus("something new", "fixed"), "open");
}

}  // namespace
}  // namespace pakn::in_open311

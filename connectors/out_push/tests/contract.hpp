#pragma once
/// @file
/// The tables of docs/contracts/push.md, so that a test can say that it has a case for each row.

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "test_paths.hpp"

namespace pakn::out_push {

/// The first two cells of each row of the table that stands behind `<!-- table: name -->`, in its order: the answer and
/// its class.
inline std::vector<std::pair<std::string, std::string>> contractClasses(const std::string& name) {
    std::ifstream lines{PAKN_SOURCE_DIR "/docs/contracts/push.md"};
    std::string line;
    while (std::getline(lines, line) && line != "<!-- table: " + name + " -->") continue;
    std::vector<std::pair<std::string, std::string>> rows;
    while (std::getline(lines, line)) {
        if (line.empty() && rows.empty()) continue;
        if (!line.starts_with("| ") && !line.starts_with("|-")) break;
        const std::size_t first = line.find(" |", 2);
        const std::size_t second = line.find(" |", std::min(first, line.size()) + 2);
        if (first == std::string::npos) continue;  // The rule under the head.
        rows.emplace_back(line.substr(2, first - 2), line.substr(first + 3, second - first - 3));
    }
    if (rows.size() < 2) throw std::runtime_error{"docs/contracts/push.md has no table " + name};
    rows.erase(rows.begin());  // The head.
    return rows;
}

inline std::vector<std::string> contractRows(const std::string& name) {
    std::vector<std::string> answers;
    for (auto& [answer, row_class] : contractClasses(name)) answers.push_back(answer);
    return answers;
}

/// How the contract writes a row: "404 UNREGISTERED", "502 -", "any UNSPECIFIED_ERROR".
inline std::string rowName(int status, std::string_view word) {
    return (status == 0 ? "any" : std::to_string(status)) + ' ' + (word.empty() ? "-" : std::string{word});
}

inline std::set<std::string> asSet(const std::vector<std::string>& rows) { return {rows.begin(), rows.end()}; }

/// A row as the name of a test.
inline std::string testName(std::string row) {
    for (char& c : row)
        if (c == ' ' || c == '-') c = '_';
    return row;
}

}  // namespace pakn::out_push

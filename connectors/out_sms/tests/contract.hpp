#pragma once
/// @file
/// The tables of docs/contracts/sms.md, so that a test can say that it has a case for each row.

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "test_paths.hpp"

namespace pakn::out_sms {

inline std::string fileText(const std::string& name) {
    std::ifstream file{PAKN_SOURCE_DIR "/" + name};
    if (!file) throw std::runtime_error{"no " + name};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

/// The first cells of the table that stands behind `<!-- table: name -->`, in its order.
inline std::vector<std::string> contractRows(const std::string& name) {
    std::istringstream lines{fileText("docs/contracts/sms.md")};
    std::string line;
    while (std::getline(lines, line) && line != "<!-- table: " + name + " -->") continue;
    std::vector<std::string> rows;
    while (std::getline(lines, line)) {
        if (line.empty() && rows.empty()) continue;
        if (!line.starts_with("| ") && !line.starts_with("|-")) break;
        const std::size_t end = line.find(" |", 2);
        rows.push_back(line.substr(2, end == std::string::npos ? end : end - 2));
    }
    if (rows.size() < 3) throw std::runtime_error{"docs/contracts/sms.md has no table " + name};
    rows.erase(rows.begin(), rows.begin() + 2);  // Head and rule.
    return rows;
}

/// Both as sets: nothing is missing, nothing is invented.
template <class Cases>
std::set<std::string> codesOf(const Cases& cases) {
    std::set<std::string> codes;
    for (const auto& one : cases) codes.insert(one.code);
    return codes;
}
inline std::set<std::string> asSet(const std::vector<std::string>& rows) { return {rows.begin(), rows.end()}; }

}  // namespace pakn::out_sms

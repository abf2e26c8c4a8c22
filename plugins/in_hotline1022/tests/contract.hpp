#pragma once
/// @file
/// The tables of docs/contracts/hotline-1022.md, so that a test can say that it has a case for each row.

#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "test_paths.hpp"

namespace pakn::hotline {

/// The rows of the table under this head ("| what arrives | answer | code |"), without it.
inline std::vector<std::string> contractRows(const std::string& head) {
    std::ifstream file{PAKN_SOURCE_DIR "/docs/contracts/hotline-1022.md"};
    std::vector<std::string> rows;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (line == head) {
            inside = true;
        } else if (inside && (line.empty() || line.front() != '|')) {
            break;
        } else if (inside && line.compare(0, 4, "|---") != 0) {
            rows.push_back(line);
        }
    }
    if (rows.empty()) throw std::runtime_error{"the contract has no table " + head};
    return rows;
}

}  // namespace pakn::hotline

#pragma once
/// @file
/// Rows of the tables of docs/contracts/email.md, for the tests that go through them.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "test_paths.hpp"

namespace pakn::decoder_process {

using Row = std::vector<std::string>;

/// The cells of the table whose head begins with this cell; without the signs around code.
inline std::vector<Row> contractTable(const std::string& head) {
    std::ifstream file{PAKN_SOURCE_DIR "/docs/contracts/email.md"};
    std::vector<Row> rows;
    bool inside = false;
    for (std::string line; std::getline(file, line);) {
        if (!line.starts_with('|')) inside = false;
        if (!line.starts_with("| ")) continue;
        Row row;
        std::size_t at = 2;
        for (std::size_t end = line.find(" |", at); end != std::string::npos; end = line.find(" |", at)) {
            std::string cell = line.substr(at, end - at);
            if (cell.size() > 1 && cell.front() == '`' && cell.back() == '`') cell = cell.substr(1, cell.size() - 2);
            row.push_back(cell);
            at = std::min(end + 3, line.size());
        }
        if (!inside && row.front() == head)
            inside = true;
        else if (inside)
            rows.push_back(row);
    }
    return rows;
}

inline const char* const kSentence = "Đèn đường ở ngã tư Nguyễn Huệ hỏng từ tối qua, đề nghị sửa gấp.";

}  // namespace pakn::decoder_process

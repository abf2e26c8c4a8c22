/// @file
/// Comma-separated values: what was read is written with every cell in quotes, and read again.

#include <array>

#include "core/spreadsheet/csv.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using Rows = std::vector<std::vector<std::string>>;

Status read(std::string_view text, char delimiter, Rows& rows) {
    int line = 0;
    return spreadsheet::readCsv(text, delimiter, [&](int number, const std::vector<std::string>& cells) -> Status {
        FUZZ_CHECK(number > line);
        line = number;
        FUZZ_CHECK(!cells.empty() && cells.size() <= spreadsheet::kMostColumns);
        for (const std::string& cell : cells) FUZZ_CHECK(cell.size() <= spreadsheet::kMostCell);
        rows.push_back(cells);
        return Done{};
    });
}

std::string written(const Rows& rows, char delimiter) {
    std::string text;
    for (const std::vector<std::string>& cells : rows) {
        for (std::size_t i = 0; i < cells.size(); ++i) {
            if (i > 0) text += delimiter;
            text += '"';
            for (const char c : cells[i]) text.append(c == '"' ? 2 : 1, c);
            text += '"';
        }
        text += "\r\n";
    }
    return text;
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const char delimiter = std::array{'\0', ',', ';', '\t', '|'}[input.choice(5)];
    const Exact text{input.rest()};
    Rows rows;
    const Status outcome = read(text.view(), delimiter, rows);
    std::size_t size = 0;
    for (const std::vector<std::string>& cells : rows)
        for (const std::string& cell : cells) size += cell.size();
    FUZZ_CHECK(size <= text.view().size());
    if (!outcome) {
        FUZZ_CHECK(outcome.error().code == Errc::kInvalid || outcome.error().code == Errc::kTooLarge);
        return;
    }
    for (const char other : {',', ';', '\t'}) {
        Rows again;
        FUZZ_CHECK(read(written(rows, other), other, again).ok());
        FUZZ_CHECK(again == rows);
    }
}

}  // namespace pakn::fuzz

#include "core/spreadsheet/csv.hpp"

#include <algorithm>

namespace pakn::spreadsheet {
namespace {

Error wrong(int line, const std::string& what, Errc code = Errc::kInvalid) {
    return {.code = code, .message = "line " + std::to_string(line) + ": " + what};
}

char guessDelimiter(std::string_view text) {
    std::size_t counts[3] = {};
    constexpr std::string_view kCandidates = ",;\t";
    bool quoted = false;
    for (const char c : text) {
        if (c == '"') quoted = !quoted;
        if (!quoted && (c == '\n' || c == '\r')) break;
        if (const auto at = kCandidates.find(c); !quoted && at != std::string_view::npos) ++counts[at];
    }
    return kCandidates[static_cast<std::size_t>(std::max_element(counts, counts + 3) - counts)];
}

class Reader {
public:
    Reader(std::string_view text, char delimiter, const TakeCells& take)
        : rest_{text}, delimiter_{delimiter}, take_{take} {}

    Status read() {
        while (!rest_.empty()) {
            row_line_ = line_;
            cells_.clear();
            if (Status row = readRow(); !row) return row;
            const bool blank = cells_.size() == 1 && cells_.front().empty();
            if (blank) continue;
            if (Status taken = take_(row_line_, cells_); !taken) return taken;
        }
        return Done{};
    }

private:
    Status readRow() {
        for (;;) {
            Result<std::string> cell = !rest_.empty() && rest_.front() == '"' ? quotedCell() : plainCell();
            if (!cell) return std::move(cell).error();
            if (cells_.size() >= kMostColumns) return wrong(row_line_, "too many columns", Errc::kTooLarge);
            if (cell->size() > kMostCell) return wrong(row_line_, "a value is longer than 128 KB", Errc::kTooLarge);
            cells_.push_back(*std::move(cell));
            if (rest_.empty() || rest_.front() != delimiter_) break;
            rest_.remove_prefix(1);
        }
        endOfLine();
        return Done{};
    }

    void endOfLine() {
        if (rest_.empty()) return;
        const bool both = rest_.size() > 1 && rest_[0] == '\r' && rest_[1] == '\n';
        rest_.remove_prefix(both ? 2 : 1);
        ++line_;
    }

    [[nodiscard]] bool ends(char c) const { return c == delimiter_ || c == '\n' || c == '\r'; }

    Result<std::string> plainCell() {
        std::size_t length = 0;
        while (length < rest_.size() && !ends(rest_[length])) ++length;
        std::string cell{rest_.substr(0, length)};
        rest_.remove_prefix(length);
        return cell;
    }

    Result<std::string> quotedCell() {
        const int opened = line_;
        std::string cell;
        for (std::size_t at = 1; at < rest_.size(); ++at) {
            const char c = rest_[at];
            if (c == '\n') ++line_;
            if (c != '"') {
                cell += c;
                continue;
            }
            if (at + 1 < rest_.size() && rest_[at + 1] == '"') {
                cell += rest_[++at];
                continue;
            }
            rest_.remove_prefix(at + 1);
            if (!rest_.empty() && !ends(rest_.front())) return wrong(line_, "text stands behind a closing quote");
            return cell;
        }
        return wrong(opened, "the quote that opens here is never closed");
    }

    std::string_view rest_;
    const char delimiter_;
    const TakeCells& take_;
    std::vector<std::string> cells_;
    int line_ = 1;
    int row_line_ = 1;
};

}  // namespace

Status readCsv(std::string_view text, char delimiter, const TakeCells& take) {
    constexpr std::string_view kSeparator = "sep=";
    const bool says = text.size() > kSeparator.size() && text.substr(0, kSeparator.size()) == kSeparator;
    if (!says) return Reader{text, delimiter != '\0' ? delimiter : guessDelimiter(text), take}.read();
    const char said = text[kSeparator.size()];
    const std::string_view behind = text.substr(std::min(text.find('\n'), text.size() - 1) + 1);
    return Reader{behind, said, [&take](int number, const auto& cells) { return take(number + 1, cells); }}.read();
}

}  // namespace pakn::spreadsheet

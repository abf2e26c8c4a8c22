#include "core/reporting/workbook.hpp"

#include <unistd.h>
#include <xlsxwriter.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

#include "core/domain/civil_time.hpp"
#include "core/domain/text.hpp"

namespace pakn::reporting {

namespace {

namespace fs = std::filesystem;

/// A cell holds 32,767 UTF-16 units, which so many code points never exceed.
constexpr std::size_t kLongestText = 16'000;
constexpr double kUnixEpoch = 25569;  // 1970-01-01 as Excel counts days.
constexpr double kDayMs = 24.0 * 60 * 60 * 1000;

/// A folder that goes with all that is in it.
class ScratchFolder {
public:
    explicit ScratchFolder(const fs::path& parent) : path_{(parent / "pakn-workbook-XXXXXX").string()} {
        made_ = ::mkdtemp(path_.data()) != nullptr;
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    ~ScratchFolder() {
        std::error_code ignored;
        if (made_) fs::remove_all(path_, ignored);
    }
    [[nodiscard]] bool made() const { return made_; }
    [[nodiscard]] fs::path path() const { return path_; }

private:
    std::string path_;
    bool made_ = false;
};

Error noRoom() {
    return {.code = Errc::kUnavailable, .message = "no room for a workbook: " + std::generic_category().message(errno)};
}

/// What XML cannot hold is left out; what is too long for a cell is cut.
std::string cellText(std::string_view text) {
    std::string kept{domain::firstCodePoints(text, kLongestText)};
    kept.erase(std::remove_if(kept.begin(), kept.end(),
                              [](char c) {
                                  const auto byte = static_cast<unsigned char>(c);
                                  return byte < 0x20 && c != '\n' && c != '\t';
                              }),
               kept.end());
    return kept;
}

/// One sheet, written from the top.
class Sheet {
public:
    Sheet(lxw_workbook* book, const char* name) : sheet_{workbook_add_worksheet(book, name)} {}

    void head(const std::vector<Column>& columns, lxw_format* bold) {
        for (const Column& column : columns) {
            worksheet_write_string(sheet_, row_, column_, cellText(column.label.vi).c_str(), bold);
            ++column_;
        }
        next();
        worksheet_freeze_panes(sheet_, 1, 0);
    }
    void add(const Cells& cells, lxw_format* date) {
        for (const Cell& cell : cells) {
            if (const auto* text = std::get_if<std::string>(&cell))
                worksheet_write_string(sheet_, row_, column_, cellText(*text).c_str(), nullptr);
            else if (const auto* number = std::get_if<std::int64_t>(&cell))
                worksheet_write_number(sheet_, row_, column_, static_cast<double>(*number), nullptr);
            else if (const auto* at = std::get_if<Instant>(&cell))
                worksheet_write_number(
                    sheet_, row_, column_,
                    kUnixEpoch + static_cast<double>(domain::toLocal(*at).time_since_epoch().count()) / kDayMs, date);
            ++column_;
        }
        next();
    }
    void widths(std::size_t columns) {
        worksheet_set_column(sheet_, 0, static_cast<lxw_col_t>(columns - 1), 18, nullptr);
    }

private:
    void next() {
        ++row_;
        column_ = 0;
    }
    lxw_worksheet* sheet_;
    lxw_row_t row_ = 0;
    lxw_col_t column_ = 0;
};

Status addRows(Sheet& sheet, const MoreRows& more, std::int64_t most, lxw_format* date) {
    std::int64_t written = 0;
    for (;;) {
        const Result<std::vector<Cells>> rows = more();
        if (!rows) return rows.error();
        if (rows->empty()) return Done{};
        written += static_cast<std::int64_t>(rows->size());
        if (written > most)
            return Error{.code = Errc::kTooLarge,
                         .message = "more rows than a sheet holds",
                         .problem = "statistics.too_many_rows"};
        for (const Cells& row : *rows) sheet.add(row, date);
    }
}

}  // namespace

Result<Content> makeWorkbook(const WorkbookHead& head, const MoreRows& more, const fs::path& folder,
                             std::int64_t most) {
    const ScratchFolder scratch{folder};
    if (!scratch.made()) return noRoom();
    const std::string file = (scratch.path() / "statistics.xlsx").string();
    std::string parts = scratch.path().string();  // Rows wait there until the end.
    lxw_workbook_options options{.constant_memory = LXW_TRUE, .tmpdir = parts.data(), .use_zip64 = LXW_TRUE};
    lxw_workbook* const book = workbook_new_opt(file.c_str(), &options);
    if (book == nullptr) return noRoom();
    lxw_format* const bold = workbook_add_format(book);
    format_set_bold(bold);
    lxw_format* const date = workbook_add_format(book);
    format_set_num_format(date, "dd/mm/yyyy hh:mm");

    Sheet numbers{book, "Thống kê"};
    numbers.widths(std::max<std::size_t>(head.columns.size(), 1));
    numbers.head(head.columns, bold);
    const Status written = addRows(numbers, more, most, date);
    Sheet notes{book, "Điều kiện"};
    notes.widths(2);
    notes.add({head.title}, date);
    for (const auto& [name, value] : head.notes) notes.add({name, value}, date);
    const lxw_error closed = workbook_close(book);  // Frees it in any case.
    if (!written) return written.error();
    if (closed != LXW_NO_ERROR) return noRoom();
    return Content::open(file);
}

}  // namespace pakn::reporting

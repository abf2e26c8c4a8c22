#include "csv.hpp"

#include "text.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {

CsvTable::CsvTable(const std::vector<std::string_view>& header) : columns_{header.size()} {
    for (const std::string_view name : header) cell(name);
}

void CsvTable::text(std::string_view value) {
    std::string clean = printable(value);
    constexpr std::string_view kBeginsFormula = "=+-@\t\r";
    if (!clean.empty() && kBeginsFormula.find(clean.front()) != std::string_view::npos) clean.insert(0, 1, '\'');
    cell(clean);
}

void CsvTable::degrees(const double* value) { cell(value == nullptr ? "" : Tree::degrees("", value).toJson()); }

void CsvTable::cell(std::string_view value) {
    if (value.find_first_of(",\"\r\n") == std::string_view::npos) {
        out_ += value;
    } else {
        out_ += '"';
        for (const char c : value) {
            if (c == '"') out_ += '"';
            out_ += c;
        }
        out_ += '"';
    }
    at_ = (at_ + 1) % columns_;
    out_ += at_ == 0 ? "\r\n" : ",";
}

}  // namespace pakn::in_open311

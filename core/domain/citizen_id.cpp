#include "core/domain/citizen_id.hpp"

#include <algorithm>
#include <array>

#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

constexpr std::size_t kIdDigits = 12;
constexpr std::size_t kCmndDigits = 9;
constexpr std::size_t kTaxDigits = 10;

/// Of the 63 provinces that registered births before July 2025; theirs are the codes on everybody's card.
constexpr std::array<std::string_view, 63> kProvinces{
    "001", "002", "004", "006", "008", "010", "011", "012", "014", "015", "017", "019", "020", "022", "024", "025",
    "026", "027", "030", "031", "033", "034", "035", "036", "037", "038", "040", "042", "044", "045", "046", "048",
    "049", "051", "052", "054", "056", "058", "060", "062", "064", "066", "067", "068", "070", "072", "074", "075",
    "077", "079", "080", "082", "083", "084", "086", "087", "089", "091", "092", "093", "094", "095", "096"};

/// What people, forms and spreadsheets put between digits, in UTF-8: the no-break and other spaces, what has no width.
constexpr std::array<std::string_view, 12> kSpaces{"\u00a0", "\u2002", "\u2003", "\u2007", "\u2009", "\u200b",
                                                   "\u200c", "\u200d", "\u202f", "\u2060", "\u3000", "\ufeff"};

bool isPlainSpace(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string withoutSpaces(std::string_view typed) {
    std::string text;
    text.reserve(typed.size());
    while (!typed.empty()) {
        const auto space =
            std::find_if(kSpaces.begin(), kSpaces.end(), [&](std::string_view one) { return typed.starts_with(one); });
        const std::size_t skip = space != kSpaces.end() ? space->size() : isPlainSpace(typed.front()) ? 1 : 0;
        if (skip == 0) text += typed.front();
        typed.remove_prefix(std::max<std::size_t>(skip, 1));
    }
    return text;
}

bool allDigits(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isTaxCode(std::string_view text) {
    if (text.size() == kTaxDigits) return allDigits(text);
    return text.size() == kTaxDigits + 4 && text[kTaxDigits] == '-' && allDigits(text.substr(0, kTaxDigits)) &&
           allDigits(text.substr(kTaxDigits + 1));
}

int digit(std::string_view number, std::size_t at) { return number[at] - '0'; }

/// What of a citizen id disagrees with the rest of the form.
std::vector<std::string> doubts(std::string_view number, const StatedPerson& stated) {
    std::vector<std::string> found;
    if (!std::binary_search(kProvinces.begin(), kProvinces.end(), number.substr(0, 3))) found.emplace_back("province");
    const int century_and_sex = digit(number, 3);
    const int year = 1900 + century_and_sex / 2 * 100 + digit(number, 4) * 10 + digit(number, 5);
    if (stated.birth && static_cast<int>(std::chrono::year_month_day{*stated.birth}.year()) != year)
        found.emplace_back("year");
    const std::string_view sex = sexNamed(stated.sex);
    if (!sex.empty() && (sex == "female") != (century_and_sex % 2 == 1)) found.emplace_back("sex");
    return found;
}

}  // namespace

std::string_view sexNamed(std::string_view text) {
    const std::string folded = fold(text);
    for (const std::string_view word : {" male ", " m ", " nam "})
        if (folded == word) return "male";
    for (const std::string_view word : {" female ", " f ", " nu "})
        if (folded == word) return "female";
    return {};
}

CitizenId readCitizenId(std::string_view typed, const StatedPerson& stated) {
    CitizenId id{.number = withoutSpaces(typed)};
    id.respaced = id.number.size() != typed.size();
    const bool digits = allDigits(id.number);
    if (digits && id.number.size() == kIdDigits && id.number.front() == '0') {
        id.kind = CitizenId::Kind::kCitizenId;
        // An organisation gives the number of whoever speaks for it.
        id.warnings = doubts(id.number, stated.organisation ? StatedPerson{} : stated);
    } else if (digits && id.number.size() == kCmndDigits) {
        id.kind = CitizenId::Kind::kCmnd;
    } else if (stated.organisation && isTaxCode(id.number)) {
        id.kind = CitizenId::Kind::kTaxCode;
    } else if (digits && id.number.size() == kIdDigits - 1) {
        // A spreadsheet takes a number for a number.
        id.offered = '0' + id.number;
        id.warnings.emplace_back("lost_zero");
    } else {
        id.warnings.emplace_back("form");
    }
    return id;
}

}  // namespace pakn::domain

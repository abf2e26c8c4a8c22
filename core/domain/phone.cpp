/// @file
/// Phone numbers by the rules of docs/contracts/phone-numbers.md; the numbers in the comments are its rules. And what
/// is left of a person's data for those who may not see it.

#include "core/domain/phone.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::domain {
namespace {

/// The longest input worth a look; a number with every separator and full-width digits stays well below.
constexpr std::size_t kLongestTyped = 128;
/// E.164 allows no more digits.
constexpr std::size_t kLongestForeign = 15;

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kHidden = "********";

struct PrefixChange {
    std::string_view old_prefix;
    std::string_view new_prefix;
};
/// The change of 2018: mobile numbers of eleven digits became ten. Without the leading zero.
constexpr auto kChangesOf2018 = std::to_array<PrefixChange>(
    {{"162", "32"}, {"163", "33"}, {"164", "34"}, {"165", "35"}, {"166", "36"}, {"167", "37"}, {"168", "38"},
     {"169", "39"}, {"120", "70"}, {"121", "79"}, {"122", "77"}, {"126", "76"}, {"128", "78"}, {"123", "83"},
     {"124", "84"}, {"125", "85"}, {"127", "81"}, {"129", "82"}, {"186", "56"}, {"188", "58"}, {"199", "59"}});

bool onlyDigits(std::string_view text) {
    return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

bool isSeparator(UChar32 c) {
    switch (c) {
        case '.':
        case '-':
        case '/':
        case '(':
        case ')':
            return true;
        default:
            return u_isUWhiteSpace(c) != 0 || u_charType(c) == U_FORMAT_CHAR;  // the latter have no width
    }
}

/// NFKC: full-width digits become plain ones.
icu::UnicodeString compatible(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    auto wide = icu::UnicodeString::fromUTF8(icu::StringPiece{text.data(), static_cast<std::int32_t>(text.size())});
    const icu::Normalizer2* const nfkc = icu::Normalizer2::getNFKCInstance(status);
    if (U_FAILURE(status)) return wide;
    icu::UnicodeString normal = nfkc->normalize(wide, status);
    return U_FAILURE(status) ? wide : normal;
}

/// Rule 1. What cannot belong to a number comes out as '?', and rule 2 refuses it.
std::string withoutSeparators(std::string_view typed) {
    const icu::UnicodeString text = compatible(typed);
    std::string kept;
    for (std::int32_t i = 0; i < text.length(); i = text.moveIndex32(i, 1)) {
        const UChar32 c = text.char32At(i);
        if (!isSeparator(c)) kept += c < 0x80 ? static_cast<char>(c) : '?';
    }
    if (kept.starts_with('\'')) kept.erase(0, 1);
    if (kept.starts_with("00")) kept.replace(0, 2, "+");
    return kept;
}

/// Rule 3: 1022, 111-115, 1800 and 1900 with four to six more digits.
bool isService(std::string_view digits) {
    if (digits == "1022") return true;
    if (digits.size() == 3) return digits >= "111" && digits <= "115";
    return (digits.starts_with("1800") || digits.starts_with("1900")) && digits.size() >= 8 && digits.size() <= 10;
}

/// Rule 7; empty when the first three digits are no old prefix.
std::string withNewPrefix(std::string_view national) {
    if (national.size() != 10) return {};
    for (const PrefixChange& change : kChangesOf2018) {
        if (national.starts_with(change.old_prefix))
            return std::string{change.new_prefix}.append(national.substr(change.old_prefix.size()));
    }
    return {};
}

/// Rule 8, for a number without its leading zero.
Phone::Kind kindOf(std::string_view national) {
    constexpr std::string_view kMobileStarts = "35789";
    if (national.size() == 9 && kMobileStarts.find(national.front()) != std::string_view::npos)
        return Phone::Kind::kMobile;
    if (national.size() == 10 && national.front() == '2') return Phone::Kind::kLandline;
    return Phone::Kind::kInvalid;
}

struct National {
    std::string digits;
    std::vector<std::string> flags;
};

/// Rules 5 to 7: the number without country code and leading zero, and what was repaired.
National nationalOf(std::string_view digits) {
    National national;
    if (digits.starts_with("84") && digits.size() >= 11) {
        digits.remove_prefix(2);
        if (digits.starts_with("84") && (digits.size() == 11 || digits.size() == 12)) {
            digits.remove_prefix(2);
            national.flags.emplace_back("double_84");
        }
        if (digits.starts_with('0')) {
            digits.remove_prefix(1);
            national.flags.emplace_back("zero_after_84");
        }
    } else if (digits.starts_with('0')) {
        digits.remove_prefix(1);
    } else {
        national.flags.emplace_back("missing_zero");
    }
    national.digits = withNewPrefix(digits);
    if (national.digits.empty())
        national.digits = digits;
    else
        national.flags.emplace_back("old_prefix");
    return national;
}

/// `head` and `tail` characters around as many stars as are hidden; all hidden when too little would be.
std::string hideMiddle(std::string_view text, std::size_t head, std::size_t tail) {
    constexpr std::size_t kFewestHidden = 4;
    if (text.empty()) return {};
    const bool plain = text.find_first_not_of("+0123456789") == std::string_view::npos;
    if (!plain || text.size() < head + tail + kFewestHidden) return std::string{kHidden};
    std::string masked{text};
    std::fill(masked.begin() + static_cast<std::ptrdiff_t>(head), masked.end() - static_cast<std::ptrdiff_t>(tail),
              '*');
    return masked;
}

std::vector<std::string_view> wordsOf(std::string_view text) {
    std::vector<std::string_view> words;
    for (text = trimmed(text); !text.empty(); text = trimmed(text)) {
        words.push_back(text.substr(0, text.find_first_of(" \t\r\n")));
        text.remove_prefix(words.back().size());
    }
    return words;
}

}  // namespace

Phone normalisePhone(std::string_view typed) {
    if (typed.size() > kLongestTyped) return {};
    const std::string text = withoutSeparators(typed);
    const bool international = text.starts_with('+');
    const std::string_view digits = std::string_view{text}.substr(international ? 1 : 0);
    if (!onlyDigits(digits)) return {};

    if (!international && isService(digits)) return {.kind = Phone::Kind::kService};
    if (international && !digits.starts_with("84")) {
        if (digits.size() > kLongestForeign) return {};
        return {.kind = Phone::Kind::kForeign, .e164 = text};
    }
    // After a plus 84 is the country code for certain: too short then, and nobody's number with the zero left out.
    if (international && digits.size() < 11) return {};

    National national = nationalOf(digits);
    const Phone::Kind kind = kindOf(national.digits);
    if (kind == Phone::Kind::kInvalid) return {};
    return {.kind = kind, .e164 = "+84" + national.digits, .flags = std::move(national.flags)};
}

std::string maskPhone(std::string_view e164) {
    if (e164.starts_with("+84")) return hideMiddle("0" + std::string{e164.substr(3)}, 2, 2);
    return hideMiddle(e164, 2, 2);
}

std::string maskName(std::string_view name) {
    // In NFC an initial is one code point, mark and all.
    const std::optional<std::string> normal = toNfc(name);
    if (!normal) return std::string{kHidden};
    const std::vector<std::string_view> words = wordsOf(*normal);
    if (words.empty()) return {};
    // A single word is the whole name, and one with digits or @ is no name at all.
    if (words.size() == 1 || words.front().find_first_of("0123456789@") != std::string_view::npos)
        return std::string{firstCodePoints(words.front(), 1)} + "***";
    std::string masked{words.front()};
    for (std::size_t i = 1; i < words.size(); ++i) {
        masked.append(" ").append(firstCodePoints(words[i], 1));
        if (i + 1 < words.size()) masked += '.';
    }
    return masked;
}

std::string maskCitizenId(std::string_view id) { return hideMiddle(id, 1, 3); }

std::string maskEmail(std::string_view email) {
    if (email.empty()) return {};
    const std::size_t at = email.rfind('@');
    if (at == std::string_view::npos) return std::string{kHidden};
    const std::string_view local = email.substr(0, at);
    // The only character of a name would be all of it.
    const std::string_view shown = codePoints(local) > 1 ? firstCodePoints(local, 1) : std::string_view{};
    return std::string{shown} + "***" + std::string{email.substr(at)};
}

std::string maskAddress(std::string_view address) {
    if (address.empty()) return {};
    const std::size_t comma = address.find(',');
    return std::string{"***"}.append(comma == std::string_view::npos ? std::string_view{} : address.substr(comma));
}

}  // namespace pakn::domain

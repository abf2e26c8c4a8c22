#include "phone.hpp"

#include <algorithm>

namespace pakn::out_sms {
namespace {

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kCountry = "84";
/// E.164 allows no more, and no country has numbers shorter than that.
constexpr std::size_t kMostDigits = 15;
constexpr std::size_t kFewestDigits = 7;

bool onlyDigits(std::string_view text) {
    return !text.empty() && text.find_first_not_of(kDigits) == std::string_view::npos;
}

bool isService(std::string_view digits) {
    if (digits == "1022") return true;
    if (digits.size() == 3) return digits >= "111" && digits <= "115";
    return (digits.starts_with("1800") || digits.starts_with("1900")) && digits.size() >= 8 && digits.size() <= 10;
}

/// Of a Vietnamese number without country code and zero.
NumberKind kindOf(std::string_view national) {
    constexpr std::string_view kMobileStarts = "35789";
    if (national.size() == 9 && kMobileStarts.find(national.front()) != std::string_view::npos)
        return NumberKind::kMobile;
    if (national.size() == 10 && national.front() == '2') return NumberKind::kLandline;
    return NumberKind::kInvalid;
}

Number vietnamese(std::string_view national) {
    const NumberKind kind = kindOf(national);
    if (kind == NumberKind::kInvalid) return {.kind = kind};
    return {.kind = kind, .digits = std::string{kCountry}.append(national)};
}

}  // namespace

Number numberOf(std::string_view phone) {
    if (phone.empty()) return {};
    const bool international = phone.starts_with('+');
    const std::string_view digits = phone.substr(international ? 1 : 0);
    if (!onlyDigits(digits) || digits.size() > kMostDigits) return {.kind = NumberKind::kInvalid};
    if (!international && isService(digits)) return {.kind = NumberKind::kService};
    if (digits.starts_with(kCountry)) return vietnamese(digits.substr(kCountry.size()));
    if (!international) return digits.front() == '0' ? vietnamese(digits.substr(1)) : Number{NumberKind::kInvalid, {}};
    // No country code begins with a zero.
    if (digits.size() < kFewestDigits || digits.front() == '0') return {.kind = NumberKind::kInvalid};
    return {.kind = NumberKind::kForeign, .digits = std::string{digits}};
}

std::string internationalForm(const Number& number) { return number.digits; }

std::string nationalForm(const Number& number) {
    if (number.kind == NumberKind::kForeign) return number.digits;
    return "0" + number.digits.substr(std::min(kCountry.size(), number.digits.size()));
}

bool hasPrefix(const Number& number, const std::vector<std::string>& prefixes) {
    if (number.kind != NumberKind::kMobile) return false;
    const std::string_view national = std::string_view{number.digits}.substr(kCountry.size());
    return std::any_of(prefixes.begin(), prefixes.end(),
                       [&](const std::string& one) { return !one.empty() && national.starts_with(one); });
}

}  // namespace pakn::out_sms

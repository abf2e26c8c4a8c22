#include "core/security/logins.hpp"

#include <algorithm>

#include "core/domain/phone.hpp"

namespace pakn::security {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

bool looksLikePhone(std::string_view text) {
    constexpr std::ptrdiff_t kFewestDigits = 9;
    constexpr std::string_view kBetween = " .-()";
    if (text.empty() || (text.front() != '+' && text.front() != '0')) return false;
    const std::string_view rest = text.substr(text.front() == '+' ? 1 : 0);
    return std::count_if(rest.begin(), rest.end(), isDigit) >= kFewestDigits &&
           std::all_of(rest.begin(), rest.end(),
                       [&](char c) { return isDigit(c) || kBetween.find(c) != std::string_view::npos; });
}

}  // namespace

std::string lowered(std::string_view text) {
    std::string lower{text};
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

Result<std::string> loginForm(std::string_view typed) {
    if (!looksLikePhone(typed)) return lowered(typed);
    domain::Phone phone = domain::normalisePhone(typed);
    if (phone.e164.empty())
        return Error{.code = Errc::kInvalid, .message = "a login like a telephone number that is none", .problem = {}};
    return std::move(phone.e164);
}

}  // namespace pakn::security

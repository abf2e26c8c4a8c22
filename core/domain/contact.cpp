#include "core/domain/contact.hpp"

#include <algorithm>

#include "core/domain/phone.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

constexpr std::size_t kMostPhone = 40;
constexpr std::size_t kMostEmail = 254;

Error invalid(const char* message) { return {.code = Errc::kInvalid, .message = message, .problem = {}}; }

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Nothing that a mail program could take for more than one address, or for a header.
bool isPlain(char c) {
    constexpr std::string_view kUnwanted = "<>,;:\"()[]\\";
    return static_cast<unsigned char>(c) > ' ' && c != '\x7f' && kUnwanted.find(c) == std::string_view::npos;
}

}  // namespace

Result<std::string> contactPhone(std::string_view typed) {
    if (typed.size() > kMostPhone) return invalid("no telephone number is so long");
    Phone phone = normalisePhone(typed);
    if (!phone.e164.empty()) return std::move(phone.e164);
    if (phone.kind != Phone::Kind::kService) return invalid("this is no telephone number");
    std::string digits;
    std::copy_if(typed.begin(), typed.end(), std::back_inserter(digits), isDigit);
    return digits;
}

Result<std::string> contactEmail(std::string_view typed) {
    std::string address{trimmed(typed)};
    const std::size_t at = address.find('@');
    const bool sound = address.size() <= kMostEmail && at != 0 && at != std::string::npos &&
                       address.find('@', at + 1) == std::string::npos && toNfc(address) &&
                       std::all_of(address.begin(), address.end(), isPlain);
    const std::string_view host = sound ? std::string_view{address}.substr(at + 1) : std::string_view{};
    const bool named = host.find('.') != std::string_view::npos && !host.starts_with('.') && !host.ends_with('.');
    if (!named) return invalid("this is no e-mail address");
    return address;
}

}  // namespace pakn::domain

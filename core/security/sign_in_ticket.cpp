#include "core/security/sign_in_ticket.hpp"

#include <sodium.h>

#include <algorithm>
#include <charconv>
#include <optional>

namespace pakn::security {
namespace {

constexpr int kVariant = sodium_base64_VARIANT_URLSAFE_NO_PADDING;
constexpr std::size_t kMostSealed = 4000;

std::string context(std::string_view connector) { return "sign-in:" + std::string{connector}; }

std::string toUrlText(std::string_view raw) {
    std::string text(sodium_base64_ENCODED_LEN(raw.size(), kVariant) - 1, '\0');
    sodium_bin2base64(text.data(), text.size() + 1, reinterpret_cast<const unsigned char*>(raw.data()), raw.size(),
                      kVariant);
    return text;
}

std::optional<std::string> fromUrlText(std::string_view text) {
    std::string raw(text.size(), '\0');
    std::size_t size = 0;
    const char* end = nullptr;
    const int wrong = sodium_base642bin(reinterpret_cast<unsigned char*>(raw.data()), raw.size(), text.data(),
                                        text.size(), nullptr, &size, &end, kVariant);
    if (wrong != 0 || end != text.data() + text.size()) return std::nullopt;
    raw.resize(size);
    return raw;
}

/// One line of the sealed text; the secret, which may hold anything, comes last and is the rest.
std::optional<std::string> takeLine(std::string_view& rest) {
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    std::string line{rest.substr(0, end)};
    rest.remove_prefix(end + 1);
    return line;
}

Error notBegun() {
    return {.code = Errc::kRejected,
            .message = "no sign-in of this browser and connector that still lasts",
            .problem = "sign_in.not_begun"};
}

}  // namespace

std::string sealTicket(const HubKey& key, std::string_view connector, const SignInTicket& ticket) {
    std::string plain = std::to_string(ticket.expires_at.time_since_epoch().count());
    plain.append(1, '\n').append(ticket.number).append(1, '\n').append(ticket.citizen ? "citizen" : "officer");
    plain.append(1, '\n').append(ticket.return_to).append(1, '\n').append(ticket.secret);
    return toUrlText(key.sealOwn(context(connector), plain));
}

Result<SignInTicket> openTicket(const HubKey& key, std::string_view connector, std::string_view sealed, Instant now) {
    if (sealed.empty() || sealed.size() > kMostSealed) return notBegun();
    const std::optional<std::string> raw = fromUrlText(sealed);
    if (!raw) return notBegun();
    const Result<std::string> plain = key.openOwn(context(connector), *raw);
    if (!plain) return notBegun();
    std::string_view rest = *plain;
    const auto until = takeLine(rest);
    const auto number = takeLine(rest);
    const auto who = takeLine(rest);
    const auto return_to = takeLine(rest);
    if (!until || !number || !who || !return_to) return notBegun();
    std::int64_t millis = 0;
    if (std::from_chars(until->data(), until->data() + until->size(), millis).ec != std::errc{}) return notBegun();
    SignInTicket ticket{.number = *number,
                        .citizen = *who == "citizen",
                        .return_to = *return_to,
                        .secret = std::string{rest},
                        .expires_at = Instant{std::chrono::milliseconds{millis}}};
    if (ticket.expires_at <= now) return notBegun();
    return ticket;
}

bool isLocalPath(std::string_view path) {
    if (path.empty() || path.size() > kMostReturn || path.front() != '/') return false;
    if (path.size() > 1 && path[1] == '/') return false;
    return std::all_of(path.begin(), path.end(), [](char c) { return c > 0x20 && c < 0x7f && c != '\\'; });
}

}  // namespace pakn::security

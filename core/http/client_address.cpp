#include "core/http/client_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace pakn::http {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr int kMappedBits = 96;

bool isMapped(const Address& address) { return std::equal(kMapped.begin(), kMapped.end(), address.bytes.begin()); }

bool sameFirstBits(const Address& a, const Address& b, int bits) {
    const auto whole = static_cast<std::size_t>(bits / 8);
    if (!std::equal(a.bytes.begin(), a.bytes.begin() + static_cast<std::ptrdiff_t>(whole), b.bytes.begin()))
        return false;
    const int rest = bits % 8;
    return rest == 0 || ((a.bytes[whole] ^ b.bytes[whole]) >> (8 - rest)) == 0;
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// As proxies write it: perhaps with a port, IPv6 perhaps in brackets.
std::optional<Address> parseForwarded(std::string_view text) {
    if (text.starts_with('[')) return parseAddress(text.substr(1, std::min(text.find(']'), text.size()) - 1));
    if (std::count(text.begin(), text.end(), ':') == 1) text = text.substr(0, text.find(':'));
    return parseAddress(text);
}

}  // namespace

std::optional<Address> parseAddress(std::string_view text) {
    const std::string whole{text};
    Address address;
    if (inet_pton(AF_INET6, whole.c_str(), address.bytes.data()) == 1) return address;
    std::copy(kMapped.begin(), kMapped.end(), address.bytes.begin());
    if (inet_pton(AF_INET, whole.c_str(), address.bytes.data() + kMapped.size()) == 1) return address;
    return std::nullopt;
}

std::string toText(const Address& address) {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const bool short_form = isMapped(address);
    const std::uint8_t* const bytes = address.bytes.data() + (short_form ? kMapped.size() : 0);
    return inet_ntop(short_form ? AF_INET : AF_INET6, bytes, text.data(), text.size()) ? text.data() : std::string{};
}

Address countedAs(Address address) {
    if (!isMapped(address)) std::fill(address.bytes.begin() + 8, address.bytes.end(), std::uint8_t{0});
    return address;
}

TrustedProxies::TrustedProxies(const std::vector<std::string>& networks) {
    for (const std::string& text : networks) {
        const std::size_t slash = std::min(text.find('/'), text.size());
        const std::optional<Address> address = parseAddress(std::string_view{text}.substr(0, slash));
        if (!address) continue;
        int prefix = isMapped(*address) ? 32 : 128;
        if (slash < text.size()) std::from_chars(text.data() + slash + 1, text.data() + text.size(), prefix);
        networks_.push_back({*address, isMapped(*address) ? prefix + kMappedBits : prefix});
    }
}

bool TrustedProxies::contains(const Address& address) const {
    return std::any_of(networks_.begin(), networks_.end(),
                       [&](const Network& network) { return sameFirstBits(network.address, address, network.prefix); });
}

std::optional<Address> TrustedProxies::clientBehind(std::string_view forwarded_for) const {
    std::optional<Address> nearest;
    while (!forwarded_for.empty()) {
        const std::size_t comma = forwarded_for.rfind(',');
        const std::size_t begin = comma == std::string_view::npos ? 0 : comma + 1;
        const std::optional<Address> one = parseForwarded(trimmed(forwarded_for.substr(begin)));
        if (!one) return nearest;  // What no proxy of ours has written.
        nearest = one;
        if (!contains(*one)) return nearest;
        forwarded_for = forwarded_for.substr(0, comma == std::string_view::npos ? 0 : comma);
    }
    return nearest;
}

}  // namespace pakn::http

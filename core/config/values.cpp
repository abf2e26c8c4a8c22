#include "core/config/values.hpp"

#include "core/config/configuration.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <utility>

namespace pakn::config {

namespace {

bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// A whole number and the unit behind it.
template <std::size_t N>
std::optional<std::int64_t> parseWithUnit(std::string_view text,
                                          const std::array<std::pair<std::string_view, std::int64_t>, N>& units,
                                          std::int64_t most) {
    const auto unit_at = static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), isDigit) - text.begin());
    const std::optional<std::int64_t> amount = parseInteger(text.substr(0, unit_at));
    if (!amount) return std::nullopt;
    for (const auto& [name, factor] : units)
        if (text.substr(unit_at) == name && *amount <= most / factor) return *amount * factor;
    return std::nullopt;
}

}  // namespace

std::optional<std::int64_t> parseInteger(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

std::optional<std::chrono::milliseconds> parseMilliseconds(std::string_view text) {
    constexpr std::int64_t kDay = 24LL * 3600 * 1000;
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 5> kUnits{
        {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", kDay}}};
    const auto value = parseWithUnit(text, kUnits, 3660 * kDay);
    if (!value) return std::nullopt;
    return std::chrono::milliseconds{*value};
}

std::optional<std::int64_t> parseSize(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, std::int64_t>, 4> kUnits{
        {{"B", 1}, {"KB", 1LL << 10}, {"MB", 1LL << 20}, {"GB", 1LL << 30}}};
    return parseWithUnit(text, kUnits, 1LL << 50);
}

std::optional<std::chrono::minutes> parseTimeOfDay(std::string_view text) {
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    for (const std::size_t i : {0U, 1U, 3U, 4U})
        if (!isDigit(text[i])) return std::nullopt;
    const int hours = (text[0] - '0') * 10 + (text[1] - '0');
    const int minutes = (text[3] - '0') * 10 + (text[4] - '0');
    if (minutes > 59 || hours * 60 + minutes > 24 * 60) return std::nullopt;
    return std::chrono::minutes{hours * 60 + minutes};
}

bool isName(std::string_view text) {
    const auto plain = [](char c) { return isDigit(c) || (c >= 'a' && c <= 'z'); };
    return !text.empty() && text.size() <= 64 && plain(text.front()) &&
           std::all_of(text.begin(), text.end(), [&](char c) { return plain(c) || c == '-' || c == '_' || c == '.'; });
}

bool isIpAddress(const std::string& text) {
    std::array<unsigned char, sizeof(in6_addr)> address{};
    return inet_pton(AF_INET, text.c_str(), address.data()) == 1 ||
           inet_pton(AF_INET6, text.c_str(), address.data()) == 1;
}

std::optional<Network> Network::parse(std::string_view text) {
    const std::size_t slash = std::min(text.find('/'), text.size());
    const std::string host{text.substr(0, slash)};
    Network network;
    in_addr v4{};
    const bool is_v4 = inet_pton(AF_INET, host.c_str(), &v4) == 1;
    if (is_v4) {
        network.address[10] = network.address[11] = 0xFF;
        std::memcpy(network.address.data() + 12, &v4, sizeof(v4));
    } else if (inet_pton(AF_INET6, host.c_str(), network.address.data()) != 1) {
        return std::nullopt;
    }
    if (slash == text.size()) return network;
    const std::optional<std::int64_t> bits = parseInteger(text.substr(slash + 1));
    if (!bits || *bits < 0 || *bits > (is_v4 ? 32 : 128)) return std::nullopt;
    network.bits = static_cast<int>(*bits) + (is_v4 ? 96 : 0);
    for (int bit = network.bits; bit < 128; ++bit)
        if ((network.address[static_cast<std::size_t>(bit / 8)] & (0x80U >> static_cast<unsigned>(bit % 8))) != 0)
            return std::nullopt;
    return network;
}

bool Network::contains(std::string_view address_text) const {
    const std::optional<Network> other = parse(address_text);
    if (!other || other->bits != 128) return false;
    for (int bit = 0; bit < bits; ++bit) {
        const auto at = static_cast<std::size_t>(bit / 8);
        const unsigned mask = 0x80U >> static_cast<unsigned>(bit % 8);
        if ((address[at] & mask) != (other->address[at] & mask)) return false;
    }
    return true;
}

const EffectiveValue* Configuration::value(std::string_view path) const {
    const auto found = std::find_if(values.begin(), values.end(), [&](const auto& one) { return one.path == path; });
    return found == values.end() ? nullptr : &*found;
}

bool Configuration::mayReadMetrics(std::string_view address) const {
    return std::any_of(metrics_readers.begin(), metrics_readers.end(),
                       [&](const Network& one) { return one.contains(address); });
}

std::optional<UrlDefect> urlDefect(std::string_view text) {
    std::string_view rest;
    for (const std::string_view scheme : {"http://", "https://"})
        if (text.starts_with(scheme)) rest = text.substr(scheme.size());
    const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
    if (authority.find('@') != std::string_view::npos)
        return UrlDefect{"an address must not carry a user name or password", true};
    if (authority.empty() || authority.front() == ':')
        return UrlDefect{"an absolute http:// or https:// address is wanted here"};
    if (std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; }))
        return UrlDefect{"an address has no spaces"};
    return std::nullopt;
}

}  // namespace pakn::config

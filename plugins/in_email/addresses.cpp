#include "addresses.hpp"

#include <algorithm>

namespace pakn::in_email {

namespace {

constexpr std::size_t kMost = 254;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const std::size_t first = text.find_first_not_of(kBlank);
    if (first == std::string_view::npos) return {};
    return text.substr(first, text.find_last_not_of(kBlank) - first + 1);
}

bool mayStand(char c) {
    constexpr std::string_view kForbidden = "<>()[],;:\\\"";
    return c > ' ' && c < 0x7f && kForbidden.find(c) == std::string_view::npos;
}

}  // namespace

std::string_view domainOf(std::string_view address) {
    const std::size_t at = address.rfind('@');
    return at == std::string_view::npos ? std::string_view{} : address.substr(at + 1);
}

std::string_view localOf(std::string_view address) {
    return address.substr(0, std::min(address.rfind('@'), address.size()));
}

std::optional<std::string> plainAddress(std::string_view text) {
    text = trimmed(text);
    const std::string_view domain = domainOf(text);
    const std::string_view local = localOf(text);
    const bool sound = !domain.empty() && !local.empty() && text.size() <= kMost &&
                       std::all_of(text.begin(), text.end(), mayStand) && local.find('@') == std::string_view::npos &&
                       domain.front() != '.' && domain.front() != '-' && domain.back() != '.';
    if (!sound) return std::nullopt;
    std::string address{local};
    address += '@';
    std::transform(domain.begin(), domain.end(), std::back_inserter(address), lower);
    return address;
}

std::string folded(std::string_view address) {
    std::string text{trimmed(address)};
    std::transform(text.begin(), text.end(), text.begin(), lower);
    return text;
}

std::optional<NamedAddress> namedAddress(std::string_view text) {
    text = trimmed(text);
    NamedAddress named;
    std::string_view address = text;
    if (const std::size_t open = text.rfind('<'); open != std::string_view::npos && text.ends_with('>')) {
        named.name = trimmed(text.substr(0, open));
        if (named.name.size() >= 2 && named.name.front() == '"' && named.name.back() == '"')
            named.name = named.name.substr(1, named.name.size() - 2);
        address = text.substr(open + 1, text.size() - open - 2);
    }
    std::optional<std::string> plain = plainAddress(address);
    if (!plain) return std::nullopt;
    named.address = std::move(*plain);
    return named;
}

}  // namespace pakn::in_email

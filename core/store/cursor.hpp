#pragma once
/// @file
/// Private to the store. Where a page ended: the sort keys of its last line, as text that nobody has to understand.

#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/security/crypto.hpp"

namespace pakn::store {

/// A page cursor that this store did not write. Never leaves the room: becomes kInvalid.
class BadCursor : public std::runtime_error {
public:
    BadCursor() : std::runtime_error{"the page cursor is not one that this hub gave"} {}
};

namespace detail {

inline constexpr char kBetweenKeys = '\x1f';
inline constexpr std::size_t kLongestCursor = 1024;

inline unsigned hexDigit(char digit) {
    if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
    if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a' + 10);
    throw BadCursor{};
}

}  // namespace detail

/// Numbers and texts in their order.
template <class... Keys>
std::string makeCursor(const Keys&... keys) {
    std::string plain;
    const auto add = [&](const auto& key) {
        if constexpr (std::is_integral_v<std::decay_t<decltype(key)>>)
            plain += std::to_string(key);
        else
            plain += key;
        plain += detail::kBetweenKeys;
    };
    (add(keys), ...);
    return security::toHex(plain);
}

class Cursor {
public:
    /// Throws BadCursor unless it has this many keys.
    Cursor(std::string_view text, std::size_t keys) {
        if (text.size() % 2 != 0 || text.size() > detail::kLongestCursor) throw BadCursor{};
        std::string key;
        for (std::size_t i = 0; i < text.size(); i += 2) {
            const auto byte = static_cast<char>(detail::hexDigit(text[i]) << 4U | detail::hexDigit(text[i + 1]));
            if (byte != detail::kBetweenKeys) {
                key += byte;
                continue;
            }
            keys_.push_back(std::move(key));
            key.clear();
        }
        if (!key.empty() || keys_.size() != keys) throw BadCursor{};
    }
    [[nodiscard]] const std::string& text(std::size_t index) const { return keys_[index]; }
    [[nodiscard]] std::int64_t number(std::size_t index) const {
        const std::string& key = keys_[index];
        std::int64_t value = 0;
        const auto [end, problem] = std::from_chars(key.data(), key.data() + key.size(), value);
        if (problem != std::errc{} || end != key.data() + key.size()) throw BadCursor{};
        return value;
    }

private:
    std::vector<std::string> keys_;
};

}  // namespace pakn::store

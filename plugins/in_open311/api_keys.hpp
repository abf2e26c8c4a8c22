#pragma once
/// @file
/// The keys by which portals show who they are.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_open311 {

struct ApiKey {
    std::string name = {};  ///< Of the portal.
    std::string key = {};
};

/// Constant data; safe from any thread.
class ApiKeys {
public:
    static constexpr std::size_t kShortest = 16;  ///< Characters of a key.

    ApiKeys() = default;
    /// One `NAME:KEY` in each line, or between blanks; lines that begin with # are remarks. One name may have several
    /// keys: then all of them count, as while a portal changes over. Throws std::invalid_argument, which names the line
    /// and no key.
    explicit ApiKeys(std::string_view text);

    [[nodiscard]] bool empty() const { return keys_.empty(); }
    /// Whose key that is. The time it takes does not tell how much of a key is right.
    [[nodiscard]] std::optional<std::string> nameOf(std::string_view key) const;

private:
    std::vector<ApiKey> keys_;
};

}  // namespace pakn::in_open311

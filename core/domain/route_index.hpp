#pragma once
/// @file
/// Which routes are worth a look for a petition: of thousands, the few whose phrases, patterns or values it has. All
/// phrases and patterns are looked for together, in one pass over the text.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace re2 {
class RE2;
}

namespace pakn::domain {

struct Route;
struct RoutingFacts;

/// Constant; safe from any thread. Speaks of routes by their place in the list it was built of.
class RouteIndex {
public:
    /// kTooLarge: the phrases and patterns together need more memory than they may.
    static Result<std::shared_ptr<const RouteIndex>> build(std::span<const Route> routes);
    ~RouteIndex();
    RouteIndex(const RouteIndex&) = delete;
    RouteIndex& operator=(const RouteIndex&) = delete;

    /// The first route for which `holds` is true, asked of those only for which it can be: a route that is not asked
    /// for has a condition that this petition does not meet.
    [[nodiscard]] std::optional<std::size_t> first(const RoutingFacts& facts,
                                                   const std::function<bool(std::size_t)>& holds) const;

private:
    using Places = std::vector<std::uint32_t>;  // Ascending.
    using ByValue = std::unordered_map<std::string, Places>;
    struct Texts;
    struct Builder;

    RouteIndex();

    std::size_t routes_ = 0;
    std::unique_ptr<Texts> texts_;  // Null: no route looks at the text.
    ByValue category_;
    ByValue area_;
    ByValue channel_;
    ByValue petition_class_;
    Places always_;  // Worth a look for every petition.
};

}  // namespace pakn::domain

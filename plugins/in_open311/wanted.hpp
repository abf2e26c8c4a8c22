#pragma once
/// @file
/// Which reports a client asks for.

#include <optional>
#include <string>
#include <vector>

#include "catalogue.hpp"
#include "form.hpp"
#include "settings.hpp"
#include "times.hpp"

namespace pakn::in_open311 {

inline constexpr std::chrono::days kMostSpan{90};
inline constexpr std::size_t kMostRows = 1000;
/// Rows up to the last of a page: whoever wants more asks for a shorter span.
inline constexpr std::size_t kDeepest = 10000;

/// Both ends count; one that is not set is open.
struct Span {
    std::optional<Seconds> from = {};
    std::optional<Seconds> to = {};
    [[nodiscard]] bool holds(Instant at) const {
        return (!from || inSeconds(at) >= *from) && (!to || inSeconds(at) <= *to);
    }
};

struct Circle {
    double latitude = 0;
    double longitude = 0;
    double metres = 0;
    [[nodiscard]] bool holds(double latitude, double longitude) const;
};

/// Everything that is set must hold.
struct Wanted {
    std::vector<std::string> ids = {};       ///< Then nothing else narrows.
    std::vector<std::string> services = {};  ///< Codes.
    std::optional<bool> closed = {};
    Span received = {};
    Span changed = {};
    std::optional<Bounds> box = {};
    std::optional<Circle> circle = {};
    std::string agency = {};
    bool extensions = false;
    bool any_step = false;  ///< Whoever asks looks at the times of the steps: `changed` is that of the latest one only.
    std::size_t page = 1;
    std::size_t page_size = kMostRows;
};

/// 400; 404 for a service that there is not. `now` is the end of a span without one.
Outcome<Wanted> readWanted(const Form& query, const std::vector<Service>& services, Instant now);

/// `from` and `to` of a span of at most 90 days; of one alone, the other is 90 days away. `names`: of the parameters.
/// What is wrong is added to `problems`.
Span readSpan(const Form& query, std::string_view from, std::string_view to, Problems& problems);

}  // namespace pakn::in_open311

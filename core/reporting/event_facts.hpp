#pragma once
/// @file
/// Which events are counted by themselves, and by which of their fields: the one place that knows their names. All
/// other events are counted by what they make of the petition; unknown ones are left alone.
///
/// | event       | counted as                       | fields                                                      |
/// |-------------|----------------------------------|-------------------------------------------------------------|
/// | distributed | -                                | `unit`: who has it from here on                             |
/// | unit_transferred | -                           | the same                                                    |
/// | returned    | `returned`, or `returned_late`   | `unit`: who returned it (else who had it), `late` true/false|
/// |             | nothing                          | without `action`: taken from a unit that is no more         |
/// | sent_back   | `sent_back`                      |                                                             |
/// | unclaimed   | `unclaimed`                      |                                                             |
/// | reopened    | `reopened`                       | nobody has it from here on                                  |
/// | merged      | `merged`, until it is `unmerged` |                                                             |
/// |             | or `reopened`                    |                                                             |
/// | rated       | the petition's rating, the last  | `rating`: satisfied, neutral, dissatisfied; `unit`: whose   |
///
/// Any of them may have `branch`: it happened in the part of that coordinating unit, and is that unit's. A unit that
/// declines its part returns nothing to the Centre: it is not counted.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/reports.hpp"

namespace pakn::reporting {

inline constexpr std::array<std::string_view, 9> kCountedKinds{
    "distributed", "unit_transferred", "returned", "sent_back", "unclaimed", "reopened", "merged", "unmerged", "rated"};
/// What moves are called, in the order of columns.
inline constexpr std::array<std::string_view, 6> kMoveValues{"returned",  "returned_late", "sent_back",
                                                             "unclaimed", "reopened",      "merged"};
inline constexpr std::array<std::string_view, 3> kRatings{"satisfied", "neutral", "dissatisfied"};

struct EventFacts {
    std::vector<store::ReportMove> moves = {};
    std::string rating = {};       ///< One of kRatings; empty: none.
    std::string rating_unit = {};  ///< Whose answer it was.
};

/// `events` in the order of their versions; a payload that is no JSON object counts as an empty one.
EventFacts factsOf(const std::vector<store::NamedEvent>& events);

}  // namespace pakn::reporting

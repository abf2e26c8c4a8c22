#pragma once
/// @file
/// The statistics that are numbers. Their formulas are in docs/statistics.md; each is computed in one place, whoever
/// asks.

#include <array>
#include <optional>
#include <string_view>

#include "core/domain/rules.hpp"
#include "core/reporting/table.hpp"
#include "core/store/store.hpp"

namespace pakn::reporting {

enum class Statistic : std::uint8_t { kStatus, kChannels, kList, kIdentity, kRatings, kProgress, kSenders, kReturns };
inline constexpr std::array<std::string_view, 8> kStatisticNames{"status",  "channels", "list",    "identity",
                                                                 "ratings", "progress", "senders", "returns"};
constexpr std::string_view nameOf(Statistic one) { return kStatisticNames[static_cast<std::size_t>(one)]; }
std::optional<Statistic> findStatistic(std::string_view name);
std::optional<store::Grouping> findGrouping(std::string_view name);

/// kList and kSenders name petitions or people; the others are numbers.
constexpr bool isNumbers(Statistic one) { return one != Statistic::kList && one != Statistic::kSenders; }

/// By what it is counted apart unless somebody says otherwise; kStatus and kChannels cannot be told otherwise.
store::Grouping usualGrouping(Statistic one);

/// A statistic of numbers. Rows by their id; what has none (no unit: the Centre) comes last. kUnavailable, kInternal.
Result<Table> numbers(store::Store& store, const domain::Rules& rules, Statistic what, store::Grouping by,
                      const store::ReportFilter& filter, Instant now);

/// The columns of a statistic of numbers, without asking a store.
std::vector<Column> columnsOf(Statistic what, store::Grouping by);

}  // namespace pakn::reporting

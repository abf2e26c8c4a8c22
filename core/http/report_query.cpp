#include "core/http/report_query.hpp"

#include <algorithm>

#include "core/reporting/event_facts.hpp"
#include "core/reporting/report_row.hpp"

namespace pakn::http {

namespace {

/// One of a closed list; empty when absent.
template <class Names>
Result<std::string> oneOfNames(const Query& query, std::string_view name, const Names& names) {
    std::string value = query.text(name);
    if (value.empty() || std::find(names.begin(), names.end(), value) != names.end()) return value;
    return Query::invalid(name);
}

}  // namespace

std::vector<std::string> unitsOf(const domain::Rules& rules, const std::string& unit, bool below) {
    std::vector<std::string> units;
    if (unit.empty()) return units;
    units.push_back(unit);
    // The checked configuration has no circles.
    for (std::size_t i = 0; below && i < units.size(); ++i)
        for (const auto& [id, one] : rules.units)
            if (one.parent == units[i]) units.push_back(id);
    return units;
}

std::vector<std::string> areasOf(const domain::Rules& rules, const std::string& area) {
    std::vector<std::string> areas;
    if (area.empty()) return areas;
    areas.push_back(area);
    for (const auto& [id, one] : rules.areas)
        if (one.parent == area) areas.push_back(id);
    return areas;
}

Result<store::ReportFilter> reportFilter(const Query& query, const security::Account& account,
                                         const domain::Rules& rules) {
    store::ReportFilter filter{.category = query.text("category"),
                               .channel = query.text("channel"),
                               .areas = areasOf(rules, query.text("area")),
                               .tag = query.text("tag"),
                               .hide_complained_units = rules.hiddenFrom(account.unit)};
    const auto status = query.oneOf<domain::Status>("status", &domain::findStatus);
    if (!status) return status.error();
    const auto progress = query.oneOf<domain::Progress>("progress", &domain::findProgress);
    if (!progress) return progress.error();
    const auto from = query.instant("from");
    if (!from) return from.error();
    const auto to = query.instant("to");
    if (!to) return to.error();
    Result<std::string> identity = oneOfNames(query, "identity", reporting::kIdentities);
    if (!identity) return identity.error();
    Result<std::string> rating = oneOfNames(query, "rating", reporting::kRatings);
    if (!rating) return rating.error();
    auto text = query.search("text");
    if (!text) return text.error();
    filter.status = *status;
    filter.progress = *progress;
    filter.from = *from;
    filter.to = *to;
    filter.identity = std::move(*identity);
    filter.rating = std::move(*rating);
    filter.text = std::move(*text);
    return filter;
}

}  // namespace pakn::http

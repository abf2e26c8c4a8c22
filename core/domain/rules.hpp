#pragma once
/// @file
/// The rules a province sets: units, categories, routes, limits, workflows, deliveries. Compiled from the
/// configuration, immutable, shared by value of pointer; this is what decide() knows besides the petition itself.

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/calendar.hpp"
#include "core/domain/deadline.hpp"
#include "core/domain/workflow.hpp"

namespace pakn::domain {

struct Unit {
    std::string id = {};
    std::string name = {};
    std::string code = {};
    std::string parent = {};
    bool office = false;        ///< The provincial office, last level of escalation.
    std::string workflow = {};  ///< Overrides the default.
};

struct Category {
    std::string id = {};
    std::string name = {};
    std::string unit = {};  ///< Default unit; may be empty.
    std::string sla = {};
};

/// Limits of one policy; absent: no limit.
struct SlaPolicy {
    std::string id = {};
    std::string calendar = {};  ///< Empty: the default calendar.
    std::optional<Duration> triage = {};
    std::optional<Duration> handle = {};
    std::optional<Duration> release = {};
    std::optional<Duration> total = {};
    std::optional<Duration> give_back = {};      ///< `return`: how long a unit may return it without a mark.
    std::optional<Duration> remind_before = {};  ///< Before the unit's limit ends.
};

/// What a route looks at. Every condition that is set must hold; within one, any value will do.
struct Conditions {
    std::vector<std::string> category = {};
    std::vector<std::string> text_any = {};         ///< Phrases as written.
    std::vector<std::string> text_any_folded = {};  ///< The same, by fold().
    std::vector<std::string> area = {};
    std::vector<std::string> channel = {};
    std::vector<std::string> petition_class = {};
    std::optional<bool> emergency = {};
};

enum class RouteMode : std::uint8_t { kSuggest, kAutomatic };

struct Route {
    std::string name = {};
    Conditions when = {};
    std::string unit = {};
    RouteMode mode = RouteMode::kSuggest;
    std::string workflow = {};
    std::string sla = {};
    std::vector<std::string> tags = {};
};

/// What leaves when something happens.
struct DeliveryRule {
    EventKind on = EventKind::kReleased;
    std::string to = {};  ///< Connector id.
    DeliveryKind kind = DeliveryKind::kResult;
    std::vector<std::string> channel = {};  ///< Only petitions of these channels; empty: all.
};

/// How codes look: "{ddMMyy}{serial:3}".
struct CodePattern {
    std::string text = "{ddMMyy}{serial:3}";
};

struct Rules {
    std::string hash = {};  ///< Of the configuration these came from, hex SHA-256.
    CodePattern codes = {};
    DeadlineEnd deadline_end = DeadlineEnd::kEndOfDay;
    std::string default_calendar = {};
    std::string default_workflow = {};
    std::string default_sla = {};
    std::map<std::string, WorkingCalendar, std::less<>> calendars = {};
    std::map<std::string, Unit, std::less<>> units = {};
    std::map<std::string, Category, std::less<>> categories = {};
    std::map<std::string, SlaPolicy, std::less<>> sla = {};
    std::map<std::string, Workflow, std::less<>> workflows = {};
    std::vector<Route> routes = {};
    std::vector<DeliveryRule> deliveries = {};

    [[nodiscard]] const Unit* unit(std::string_view id) const;
    [[nodiscard]] const Category* category(std::string_view id) const;
    [[nodiscard]] const SlaPolicy* policy(std::string_view id) const;
    [[nodiscard]] const Workflow* workflow(std::string_view id) const;
    /// The policy's own calendar, else the default one.
    [[nodiscard]] const WorkingCalendar& calendarOf(const SlaPolicy& policy) const;
};

/// Nothing when a pattern is sound: literal letters, digits and dashes, exactly one {serial:N} (N 1-9) and a date part
/// {ddMMyy}, {yyMMdd} or {ddMMyyyy}, so that a serial that starts anew each day never repeats a code. Else what is
/// wrong.
std::string codePatternDefect(std::string_view pattern);
/// Code of the `serial`-th petition (from 1) of a local day; a serial past the pattern's width grows.
std::string makeCode(const CodePattern& pattern, Date day, int serial);

}  // namespace pakn::domain

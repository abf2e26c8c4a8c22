#include "core/domain/rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>

#include "core/domain/civil_time.hpp"

namespace pakn::domain {

namespace {

template <class Map>
auto findIn(const Map& map, std::string_view id) {
    const auto found = map.find(id);
    return found == map.end() ? nullptr : &found->second;
}

std::string digits(unsigned value, std::size_t width) {
    std::string text = std::to_string(value);
    if (text.size() < width) text.insert(0, width - text.size(), '0');
    return text;
}

std::string datePart(std::string_view pattern, Date day) {
    const std::chrono::year_month_day date{day};
    const auto year = static_cast<unsigned>(static_cast<int>(date.year()));
    const std::string dd = digits(static_cast<unsigned>(date.day()), 2);
    const std::string mm = digits(static_cast<unsigned>(date.month()), 2);
    if (pattern == "ddMMyyyy") return dd + mm + digits(year, 4);
    const std::string yy = digits(year % 100, 2);
    return pattern == "yyMMdd" ? yy + mm + dd : dd + mm + yy;
}

constexpr std::array<std::string_view, 3> kDateParts{"ddMMyy", "yyMMdd", "ddMMyyyy"};

bool isDatePart(std::string_view part) {
    return std::find(kDateParts.begin(), kDateParts.end(), part) != kDateParts.end();
}

bool isSerialPart(std::string_view part) {
    return part.size() == 8 && part.starts_with("serial:") && part[7] >= '1' && part[7] <= '9';
}

}  // namespace

IdentityRule Rules::identityOf(std::string_view channel) const {
    const IdentityRule* rule = findIn(identity, channel);
    return rule ? *rule : IdentityRule::kOptional;
}
std::vector<ReplyWay> Rules::waysBackTo(std::string_view channel) const {
    const auto named = [&](const std::vector<std::string>& channels) {
        return std::find(channels.begin(), channels.end(), channel) != channels.end();
    };
    for (const ReplyRule& rule : replies)
        if (rule.channel.empty() || named(rule.channel)) return rule.by;
    if (named(answering)) return {ReplyWay{.connector = std::string{channel}}};
    return {};
}

const Unit* Rules::unit(std::string_view id) const { return findIn(units, id); }
const Category* Rules::category(std::string_view id) const { return findIn(categories, id); }

const SlaPolicy* Rules::policy(std::string_view id) const {
    const SlaPolicy* found = findIn(sla, id);
    return found ? found : findIn(sla, id.substr(0, id.find('@')));
}

std::string Rules::policyOn(std::string_view id, Date day) const {
    // Versions of one policy stand behind it, in the order of their days.
    const auto after = sla.upper_bound(std::string{id} + '@' + formatDate(day));
    if (after == sla.begin()) return std::string{id};
    const std::string& last = std::prev(after)->first;
    return last.starts_with(std::string{id} + '@') ? last : std::string{id};
}

const Workflow* Rules::workflow(std::string_view id) const { return findIn(workflows, id); }

const Workflow* Rules::workflow(std::string_view id, std::string_view config_hash) const {
    if (former && config_hash != hash)
        if (const auto then = former->find(config_hash); then != former->end())
            if (const Workflow* found = findIn(*then->second, id)) return found;
    return workflow(id);
}

const WorkingCalendar& Rules::calendarOf(const SlaPolicy& policy) const {
    const auto own = calendars.find(policy.calendar);
    return own != calendars.end() ? own->second : calendars.find(default_calendar)->second;
}

const WorkingCalendar& Rules::calendarOf(const SlaPolicy& policy, std::string_view unit_id) const {
    const WorkingCalendar& usual = calendarOf(policy);
    const auto own = unit_calendars.find(unit_id);
    if (own == unit_calendars.end()) return usual;
    const auto found = own->second.find(usual.id());
    return found == own->second.end() ? usual : found->second;
}

std::string Rules::calendarText() const {
    std::string text = deadline_end == DeadlineEnd::kEndOfDay ? "end_of_day" : "close_of_work";
    for (const auto& [id, calendar] : calendars) text += "\n[" + id + "]\n" + calendar.text();
    for (const auto& [unit, own] : unit_calendars)
        for (const auto& [id, calendar] : own) text += "\n[" + unit + '/' + id + "]\n" + calendar.text();
    return text;
}

bool Rules::answersFor(const Unit& unit, std::string_view area) const {
    if (area.empty()) return false;
    const auto found = areas.find(area);
    const std::string_view above = found == areas.end() ? std::string_view{} : std::string_view{found->second.parent};
    return std::any_of(unit.areas.begin(), unit.areas.end(), [&](const std::string& one) {
        return one == "*" || one == area || (!above.empty() && one == above);
    });
}

const Unit* Rules::standingFor(std::string_view unit_id, std::string_view area, Date day) const {
    const Unit* found = unit(unit_id);
    // The configuration has no rings of successors; a bound keeps a mistake from hanging the hub.
    for (std::size_t depth = 0; found && depth <= units.size(); ++depth) {
        if (found->existsOn(day)) return found;
        // A unit that is still to come has no successor yet: nobody stands for it.
        if (!found->valid_to || day <= *found->valid_to) return nullptr;
        const Unit* next = nullptr;
        const std::vector<std::string>& heirs = found->successors;
        for (const std::string& id : heirs) {
            const Unit* heir = unit(id);
            if (!heir || (heirs.size() > 1 && !answersFor(*heir, area))) continue;
            if (next) return nullptr;
            next = heir;
        }
        found = next;
    }
    return nullptr;
}

bool Rules::ofTheHouse(std::string_view unit_id, std::string_view complained) const {
    if (complained.empty()) return false;
    std::vector<std::string_view> houses{complained};
    for (std::size_t i = 0; i < houses.size() && i <= units.size(); ++i)
        if (const Unit* one = unit(houses[i]))
            for (const std::string& heir : one->successors)
                if (std::find(houses.begin(), houses.end(), heir) == houses.end()) houses.emplace_back(heir);
    // The configuration has no rings; a bound keeps a mistake from hanging the hub.
    for (std::size_t depth = 0; !unit_id.empty() && depth <= units.size(); ++depth) {
        if (std::find(houses.begin(), houses.end(), unit_id) != houses.end()) return true;
        const Unit* found = unit(unit_id);
        unit_id = found ? std::string_view{found->parent} : std::string_view{};
    }
    return false;
}

std::vector<std::string> Rules::hiddenFrom(std::string_view unit_id) const {
    std::vector<std::string> hidden;
    if (unit_id.empty()) return hidden;
    hidden.emplace_back(unit_id);
    for (const auto& [id, one] : units)
        if (id != unit_id && ofTheHouse(unit_id, id)) hidden.push_back(id);
    return hidden;
}

const Unit* Rules::office() const {
    for (const auto& [id, unit] : units)
        if (unit.office) return &unit;
    return nullptr;
}

std::string codePatternDefect(std::string_view pattern) {
    int dates = 0;
    int serials = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
        const char c = pattern[at];
        if (c != '{') {
            if (std::isalnum(static_cast<unsigned char>(c)) == 0 && c != '-')
                return "only letters, digits and '-' may stand between the parts";
            continue;
        }
        const std::size_t end = pattern.find('}', at);
        if (end == std::string_view::npos) return "'{' without '}'";
        const std::string_view part = pattern.substr(at + 1, end - at - 1);
        dates += isDatePart(part) ? 1 : 0;
        serials += isSerialPart(part) ? 1 : 0;
        if (!isDatePart(part) && !isSerialPart(part)) return "unknown part {" + std::string{part} + "}";
        at = end;
    }
    if (dates != 1) return "exactly one of {ddMMyy}, {yyMMdd}, {ddMMyyyy} must stand in it";
    if (serials != 1) return "exactly one {serial:N} must stand in it";
    return {};
}

std::string makeCode(const CodePattern& pattern, Date day, int serial) {
    std::string code;
    const std::string_view text = pattern.text;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t end = text[at] == '{' ? text.find('}', at) : std::string_view::npos;
        if (end == std::string_view::npos) {
            code += text[at];
            continue;
        }
        const std::string_view part = text.substr(at + 1, end - at - 1);
        code += isSerialPart(part) ? digits(static_cast<unsigned>(serial), static_cast<std::size_t>(part[7] - '0'))
                                   : datePart(part, day);
        at = end;
    }
    return code;
}

}  // namespace pakn::domain

#include "core/config/compile_units.hpp"

#include <set>
#include <string_view>
#include <utility>

namespace pakn::config {

namespace {

class UnitCompiler {
public:
    UnitCompiler(Reader& reader, std::vector<Marked<UnitSection>>& units, domain::Rules& rules)
        : reader_{reader}, units_{units}, rules_{rules} {}

    void compile() {
        const Marked<UnitSection>* office = nullptr;
        for (Marked<UnitSection>& section : units_) {
            domain::Unit& unit = section.value.unit;
            if (unit.id.empty()) continue;
            if (unit.office && office)
                reader_.error(section.mark,
                              "only one unit can be the office, and " + inQuotes(office->value.unit.id) + " at " +
                                  reader_.diagnostics().place(office->mark) + " is it",
                              "remove office: true from one of them");
            if (unit.office && !office) office = &section;
            unit.valid_from = section.value.valid.from;
            unit.valid_to = section.value.valid.to;
            compileHours(section);
            rules_.units.emplace(unit.id, unit);
        }
        if (!office && !reader_.hasGaps())
            for (const Mark& at : reader_.wantsOffice())
                reader_.error(at, "escalates to the office, and no unit is it",
                              "write office: true with the unit that is");
        for (const Marked<UnitSection>& section : units_)
            if (const domain::Unit& unit = section.value.unit; !unit.id.empty() && leadsBack(unit))
                reader_.error(section.mark, "the unit " + inQuotes(unit.id) + " is above itself",
                              "follow `parent` upwards and break the ring");
        checkSuccessors();
    }

private:
    /// Who takes over is to be found, and not in a ring; of several each needs its areas.
    void checkSuccessors() {
        for (const Marked<UnitSection>& section : units_) {
            const domain::Unit& unit = section.value.unit;
            if (!unit.successors.empty() && !section.value.valid.to)
                reader_.diagnostics().warning(section.mark,
                                              "the unit " + inQuotes(unit.id) + " has successors but no last day",
                                              "add valid: { to: … }");
            for (const std::string& id : unit.successors) {
                const domain::Unit* heir = rules_.unit(id);
                if (heir && unit.successors.size() > 1 && heir->areas.empty())
                    reader_.error(section.mark,
                                  "the unit " + inQuotes(unit.id) + " has several successors, and " + inQuotes(id) +
                                      " names no areas",
                                  "give each of them `areas`");
                if (heir && leadsBackByHeirs(unit.id, *heir))
                    reader_.error(section.mark, "the unit " + inQuotes(unit.id) + " is among its own successors",
                                  "follow `successors` and break the ring");
            }
            if (!unit.forward.empty() && !unit.external)
                reader_.diagnostics().warning(
                    section.mark, "the unit " + inQuotes(unit.id) + " is on the system: `forward` does nothing",
                    "add external: true, or remove it");
        }
        checkCodes();
    }

    [[nodiscard]] bool leadsBackByHeirs(const std::string& id, const domain::Unit& from) const {
        std::set<std::string_view> seen;
        std::vector<const domain::Unit*> open{&from};
        while (!open.empty()) {
            const domain::Unit* one = open.back();
            open.pop_back();
            if (one->id == id) return true;
            if (!seen.insert(one->id).second) continue;
            for (const std::string& next : one->successors)
                if (const domain::Unit* heir = rules_.unit(next)) open.push_back(heir);
        }
        return false;
    }

    /// Codes of agencies collide when provinces merge: two units of one code may not exist on the same day.
    void checkCodes() {
        const auto overlap = [](const domain::Unit& a, const domain::Unit& b) {
            const bool a_first = a.valid_to && b.valid_from && *a.valid_to < *b.valid_from;
            const bool b_first = b.valid_to && a.valid_from && *b.valid_to < *a.valid_from;
            return !a_first && !b_first;
        };
        for (std::size_t i = 0; i < units_.size(); ++i) {
            for (std::size_t j = 0; j < i; ++j) {
                const domain::Unit& a = units_[i].value.unit;
                const domain::Unit& b = units_[j].value.unit;
                if (a.code.empty() || a.code != b.code || !overlap(a, b)) continue;
                reader_.error(units_[i].mark,
                              "the units " + inQuotes(a.id) + " and " + inQuotes(b.id) + " have the code " +
                                  inQuotes(a.code) + " at the same time, the other at " +
                                  reader_.diagnostics().place(units_[j].mark),
                              "give the one that ended its last day in `valid`, or mend the code");
            }
        }
    }

    /// A unit's own hours stand in every calendar that is not always open.
    void compileHours(const Marked<UnitSection>& section) {
        const domain::Unit& unit = section.value.unit;
        if (unit.hours.empty() || reader_.diagnostics().errors() > 0) return;
        for (const auto& [id, calendar] : rules_.calendars) {
            if (calendar.always()) continue;
            Result<domain::WorkingCalendar> own = calendar.withHours(unit.hours);
            if (own)
                rules_.unit_calendars[unit.id].emplace(id, std::move(*own));
            else
                return reader_.error(section.mark,
                                     "hours of the unit " + inQuotes(unit.id) + ": " + own.error().message,
                                     "let each day be in one of them");
        }
    }

    [[nodiscard]] bool leadsBack(const domain::Unit& unit) const {
        std::set<std::string_view> seen;
        for (const domain::Unit* above = rules_.unit(unit.parent); above; above = rules_.unit(above->parent)) {
            if (above->id == unit.id) return true;
            if (!seen.insert(above->id).second) return false;
        }
        return false;
    }

    Reader& reader_;
    std::vector<Marked<UnitSection>>& units_;
    domain::Rules& rules_;
};

}  // namespace

void compileUnits(Reader& reader, std::vector<Marked<UnitSection>>& units, domain::Rules& rules) {
    UnitCompiler{reader, units, rules}.compile();
}

void compileAreas(Reader& reader, const std::vector<Marked<domain::Area>>& areas, domain::Rules& rules) {
    for (const Marked<domain::Area>& area : areas) rules.areas.emplace(area.value.id, area.value);
    for (const Marked<domain::Area>& area : areas) {
        const auto parent = rules.areas.find(area.value.parent);
        if (parent != rules.areas.end() && !parent->second.parent.empty())
            reader.error(area.mark, "the area " + inQuotes(area.value.id) + " stands on a third level",
                         "let `parent` name an area without one: there are two levels");
    }
}

}  // namespace pakn::config

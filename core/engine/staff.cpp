#include "core/engine/staff.hpp"

#include <algorithm>
#include <map>

namespace pakn::engine {

namespace {

constexpr int kMostShifts = 200;
constexpr int kMostSubstitutions = 5000;
constexpr std::size_t kMostCalled = 50;

/// Collects whom to call.
class CallList {
public:
    CallList(const domain::Rules& rules, std::string_view complained, const std::vector<security::Account>& accounts,
             const std::vector<security::Substitution>& away)
        : rules_{rules}, complained_{complained} {
        for (const security::Account& one : accounts) accounts_.emplace(one.id, &one);
        for (const security::Substitution& one : away) substitutes_.emplace(one.account, one.substitute);
    }

    void add(const std::string& account) {
        const auto away = substitutes_.find(account);
        const std::string& id = away == substitutes_.end() ? account : away->second;
        const auto found = accounts_.find(id);
        if (found == accounts_.end() || found->second->locked || ids_.size() >= kMostCalled) return;
        if (rules_.ofTheHouse(found->second->unit, complained_)) return;
        if (std::find(ids_.begin(), ids_.end(), id) == ids_.end()) ids_.push_back(id);
    }

    std::vector<std::string> take() { return std::move(ids_); }

private:
    const domain::Rules& rules_;
    std::string_view complained_;
    std::map<std::string_view, const security::Account*> accounts_;
    std::map<std::string, std::string, std::less<>> substitutes_;
    std::vector<std::string> ids_;
};

}  // namespace

Result<std::vector<std::string>> onDuty(store::Store& store, const domain::Rules& rules, std::string_view unit,
                                        std::string_view complained, Instant now) {
    const Instant soon = now + std::chrono::milliseconds{1};
    const auto accounts = store.accounts();
    if (!accounts) return accounts.error();
    const auto shifts = store.duties().shifts(std::nullopt, now, soon, kMostShifts);
    if (!shifts) return shifts.error();
    const auto away = store.duties().substitutions(now, soon, kMostSubstitutions);
    if (!away) return away.error();
    CallList list{rules, complained, *accounts, *away};
    const auto addShifts = [&](std::string_view roster) {
        for (const security::Shift& shift : *shifts)
            if (shift.unit == roster)
                for (const std::string& one : shift.people) list.add(one);
    };
    if (!unit.empty()) addShifts(unit);
    addShifts({});
    for (const security::Account& one : *accounts)
        if (!unit.empty() && one.unit == unit && one.actor().has(domain::Role::kLeader)) list.add(one.id);
    for (const security::Account& one : *accounts)
        if (one.actor().has(domain::Role::kDispatcher)) list.add(one.id);
    return list.take();
}

Result<bool> isStaffed(store::Store& store, const domain::Rules& rules, const domain::Unit& unit) {
    const domain::Workflow* workflow = rules.workflow(unit.workflow.empty() ? rules.default_workflow : unit.workflow);
    if (unit.external || !workflow) return true;
    const auto roles = store.duties().rolesIn(unit.id);
    if (!roles) return roles.error();
    return !domain::lacksPeople(*workflow, *roles);
}

}  // namespace pakn::engine

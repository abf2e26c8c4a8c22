#include "core/domain/projection.hpp"

namespace pakn::domain {

Projection project(const Petition& petition) {
    Projection rows;
    if (petition.holder)
        rows.tasks.push_back(
            {.step = petition.step,
             .role = *petition.holder,
             .unit = petition.at_centre ? std::string{} : petition.unit,
             // A claim binds the officer's own steps; the leader's are open to every leader of the unit.
             .officer = *petition.holder == Role::kOfficer ? petition.officer : std::string{},
             .due = petition.currentDue()});
    if (petition.finished_at) return rows;
    for (const auto& [clock, due] : petition.due)
        if (!petition.missed.contains(clock)) rows.timers.push_back({"deadline", clock, due});
    if (petition.remind_at) rows.timers.push_back({"reminder", Clock::kHandle, *petition.remind_at});
    return rows;
}

}  // namespace pakn::domain

/// @file
/// What a petition's state says by itself.

#include "core/domain/petition.hpp"

#include <algorithm>

#include "core/domain/deadline.hpp"

namespace pakn::domain {

const Branch* Petition::branch(std::string_view of_unit) const {
    const auto found =
        std::find_if(branches.rbegin(), branches.rend(), [&](const Branch& one) { return one.unit == of_unit; });
    return found == branches.rend() ? nullptr : &*found;
}

int Petition::openBranches() const {
    return static_cast<int>(std::count_if(branches.begin(), branches.end(),
                                          [](const Branch& one) { return one.state == BranchState::kOpen; }));
}

const DeliveryRecord* Petition::delivery(std::string_view delivery_id) const {
    for (const DeliveryRecord& record : deliveries)
        if (record.id == delivery_id) return &record;
    return nullptr;
}

std::optional<Instant> Petition::currentDue() const {
    if (finished_at || before_merge) return std::nullopt;
    std::optional<Instant> earliest;
    for (const Clock clock :
         {Clock::kTriage, Clock::kHandle, Clock::kRelease, Clock::kAssign, Clock::kStep, Clock::kTask})
        if (const auto found = due.find(clock); found != due.end())
            earliest = earliest ? std::min(*earliest, found->second) : found->second;
    if (earliest) return earliest;
    const auto total = due.find(Clock::kTotal);
    return total == due.end() ? std::nullopt : std::optional{total->second};
}

Progress progressOf(const Petition& petition, Instant now) {
    if (petition.finished_at) {
        const auto total = petition.due.find(Clock::kTotal);
        return total == petition.due.end() || *petition.finished_at <= total->second ? Progress::kOnTime
                                                                                     : Progress::kLate;
    }
    const std::optional<Instant> due = petition.currentDue();
    if (!due) return Progress::kNotDue;
    if (hasPassed(*due, now)) return Progress::kOverdue;
    return *due - now <= std::chrono::hours{24} ? Progress::kDueSoon : Progress::kNotDue;
}

}  // namespace pakn::domain

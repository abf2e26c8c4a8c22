#include "status.hpp"

#include <algorithm>
#include <array>

#include "text.hpp"

namespace pakn::in_open311 {
namespace {

struct Row {
    std::string_view status;
    std::string_view extended;
    std::string_view detailed;
};

constexpr std::array<Row, 16> kRows{{
    {"received", "for_triage", "PENDING"},
    {"accepted", "for_triage", "RECEIVED"},
    {"distributed", "in_progress", "IN_PROCESS"},
    {"assigned", "in_progress", "IN_PROCESS"},
    {"in_progress", "in_progress", "IN_PROCESS"},
    {"appointed", "action_scheduled", "IN_PROCESS"},
    {"awaiting_approval", "in_progress", "IN_PROCESS"},
    {"approved", "in_progress", "IN_PROCESS"},
    {"signing", "in_progress", "IN_PROCESS"},
    {"at_centre", "in_progress", "IN_PROCESS"},
    {"following", "in_progress", "IN_PROCESS"},
    {"returned", "internal_referral", "IN_PROCESS"},
    {"merged", "duplicate", "PROCESSED"},
    {"answered", "", "PROCESSED"},  // As the settings say.
    {"closed", "no_further_action", "PROCESSED"},
    {"refused", "not_councils_responsibility", "REJECTED"},
}};

constexpr std::array<std::string_view, 15> kExtended{"unchanged",
                                                     "open",
                                                     "closed",
                                                     "fixed",
                                                     "in_progress",
                                                     "planned",
                                                     "action_scheduled",
                                                     "investigating",
                                                     "duplicate",
                                                     "not_councils_responsibility",
                                                     "no_further_action",
                                                     "internal_referral",
                                                     "cancelled",
                                                     "reopen",
                                                     "for_triage"};

const Row* rowOf(std::string_view status) {
    const auto* const found =
        std::find_if(kRows.begin(), kRows.end(), [&](const Row& row) { return row.status == status; });
    return found == kRows.end() ? nullptr : found;
}

}  // namespace

std::string_view extendedStatus(std::string_view status, std::string_view answered) {
    const Row* row = rowOf(status);
    if (row == nullptr) return "open";
    return row->extended.empty() ? answered : row->extended;
}

std::string_view detailedStatus(std::string_view status) {
    const Row* row = rowOf(status);
    return row == nullptr ? "IN_PROCESS" : row->detailed;
}

bool isExtendedStatus(std::string_view status) {
    return std::find(kExtended.begin(), kExtended.end(), lowered(status)) != kExtended.end();
}

}  // namespace pakn::in_open311

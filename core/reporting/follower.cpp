#include "core/reporting/follower.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include "core/reporting/event_facts.hpp"
#include "core/reporting/report_row.hpp"

namespace pakn::reporting {

Result<Followed> follow(store::Store& store, int events) {
    const std::string name{kFollower};
    const Result<std::int64_t> position = store.followerPosition(name);
    if (!position) return position.error();
    const Result<store::JournalSlice> slice = store.journalAfter(*position, events);
    if (!slice) return slice.error();
    if (slice->position == *position) return Followed{};
    const auto followed = store.followed(slice->petitions, kCountedKinds);
    if (!followed) return followed.error();
    std::vector<store::ReportRow> rows;
    std::set<std::string, std::less<>> gone{slice->petitions.begin(), slice->petitions.end()};
    for (const store::FollowedPetition& one : *followed) {
        rows.push_back(reportRow(one));
        gone.erase(one.petition.id);
    }
    const std::vector<std::string> erased{gone.begin(), gone.end()};
    if (Status kept = store.keepReports(name, *position, slice->position, rows, erased); !kept) return kept.error();
    return Followed{.petitions = static_cast<std::int64_t>(rows.size()), .more = slice->full};
}

}  // namespace pakn::reporting

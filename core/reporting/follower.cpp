#include "core/reporting/follower.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <string>
#include <vector>

#include "core/reporting/event_facts.hpp"
#include "core/reporting/report_row.hpp"

namespace pakn::reporting {

namespace {

/// All of them; where one cannot be read, each alone, so that it stands in nobody's way.
Result<std::vector<store::FollowedPetition>> readAll(store::Store& store, const std::vector<std::string>& ids,
                                                     std::vector<std::string>& damaged) {
    auto all = store.followed(ids, kCountedKinds);
    if (all || all.error().code != Errc::kInternal) return all;
    std::vector<store::FollowedPetition> readable;
    for (const std::string& id : ids) {
        auto one = store.followed({&id, 1}, kCountedKinds);
        if (!one && one.error().code != Errc::kInternal) return one;
        if (one)
            std::move(one->begin(), one->end(), std::back_inserter(readable));
        else
            damaged.push_back(id);
    }
    return readable;
}

}  // namespace

Result<Followed> follow(store::Store& store, int events) {
    const std::string name{kFollower};
    const Result<std::int64_t> position = store.followerPosition(name);
    if (!position) return position.error();
    const Result<store::JournalSlice> slice = store.journalAfter(*position, events);
    if (!slice) return slice.error();
    if (slice->position == *position) return Followed{};
    Followed done{.more = slice->full};
    const auto petitions = readAll(store, slice->petitions, done.damaged);
    if (!petitions) return petitions.error();
    std::vector<store::ReportRow> rows;
    std::set<std::string, std::less<>> gone{slice->petitions.begin(), slice->petitions.end()};
    for (const store::FollowedPetition& one : *petitions) {
        if (one.petition.id.empty()) continue;  // Its texts were destroyed.
        rows.push_back(reportRow(one));
        gone.erase(one.petition.id);
    }
    for (const std::string& id : done.damaged) gone.erase(id);
    const std::vector<std::string> erased{gone.begin(), gone.end()};
    if (Status kept = store.keepReports(name, *position, slice->position, rows, erased); !kept) return kept.error();
    done.petitions = static_cast<std::int64_t>(rows.size());
    return done;
}

}  // namespace pakn::reporting

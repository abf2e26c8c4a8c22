#pragma once
/// @file
/// A store with a follower behind it.

#include "core/reporting/follower.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {

class Reporting : public StoreContract {
protected:
    /// Follows to the end, `events` at a time; how many petitions were written.
    std::int64_t followAll(int events = 100) {
        std::int64_t written = 0;
        for (;;) {
            const auto followed = must(reporting::follow(*store_, events));
            written += followed.petitions;
            if (!followed.more) return written;
        }
    }
    std::map<std::string, std::int64_t> tally(store::Measure measure, store::Grouping by = store::Grouping::kNone,
                                              const store::ReportFilter& filter = {}, Instant now = kMorning) {
        std::map<std::string, std::int64_t> counts;
        for (const store::Tally& one : must(store_->tally(measure, by, filter, now)))
            counts[one.group + '/' + one.value] = one.count;
        return counts;
    }
};

}  // namespace pakn::test

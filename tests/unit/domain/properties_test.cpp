// What holds whatever happens: seeded random walks, and the calendar both ways.

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/domain/lawful.hpp"
#include "tests/unit/domain/walk_rules.hpp"

namespace pakn::domain {
namespace {

using sample::at;

unsigned runs(unsigned usual) {
    const char* factor = std::getenv("PAKN_PROPERTY_RUNS");
    return factor ? usual * static_cast<unsigned>(std::atoi(factor)) : usual;
}

/// Two provinces of which the second counts in hours, has a unit with hours of its own and a duty roster, and whose
/// files are careless: a way round the approval, and results sent on other occasions.
const walk::World& byDays() {
    static const walk::World kWorld{walk::sample()};
    return kWorld;
}
const walk::World& byHours() {
    static const walk::World kWorld{walk::sampleByHours()};
    return kWorld;
}

TEST(Properties, EveryHistoryIsLawful) {
    walk::Occurred occurred;
    for (const walk::World* world : {&byDays(), &byHours()}) {
        for (unsigned seed = 0; seed < runs(100); ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed) + (world == &byDays() ? " by days" : " by hours"));
            walk::Walk walk{*world, seed, at(2026, 2, 18, 8) + std::chrono::hours{seed % 400}};
            walk.begin();
            for (int i = 0; i < 80; ++i) walk.step();
            walk::expectLawful(walk, *world, occurred);
            if (HasFailure()) return;
        }
    }
    occurred.expect({"level 1",
                     "level 2",
                     "level 3",
                     "result",
                     "result after reopening",
                     "result sent again",
                     "next way",
                     "shared",
                     "paused",
                     "resumed",
                     "lapse",
                     "merged",
                     "unmerged",
                     "rated",
                     "coordinating_requested",
                     "coordinating_done",
                     "reopened",
                     "returned",
                     "sent_back",
                     "appointed",
                     "unit_transferred",
                     "follow_seen",
                     "not over any more",
                     "calendar_recomputed",
                     "roster_acknowledged",
                     "relocated",
                     "triage in hours",
                     "handle in hours",
                     "release in hours",
                     "assign in hours",
                     "step in hours",
                     "coordinate in hours",
                     "total in hours"});
}

TEST(Properties, EveryReachableStateCanEnd) {
    walk::Occurred occurred;
    for (const walk::World* world : {&byDays(), &byHours()}) {
        std::set<std::string> known;
        for (unsigned seed = 0; seed < runs(40); ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed) + (world == &byDays() ? " by days" : " by hours"));
            walk::Walk walk{*world, seed, at(2026, 3, 6, 8)};
            walk.begin();
            for (int i = 0; i < 60; ++i) {
                ASSERT_TRUE(walk.canEnd(known)) << "from " << walk.petition.step << " after " << i << " steps";
                occurred.count(walk.petition.step);
                walk.step();
            }
        }
    }
    occurred.expect({"triage", "intake", "unit", "working", "waiting", "appointed", "approval", "centre", "returned",
                     "answered", "refused", "reopened", "merged"});
}

TEST(Properties, AddAndBetweenAreInverse) {
    std::mt19937 random{7};
    const WorkingCalendar calendar = sample::rules().calendars.at("normal");
    std::uniform_int_distribution<std::int64_t> start{0, 60LL * 24 * 3650};
    std::uniform_int_distribution<std::int64_t> amount{1, 60LL * 8 * 100};
    for (unsigned i = 0; i < runs(20000); ++i) {
        const Instant from = at(2020, 1, 1, 0) + std::chrono::minutes{start(random)};
        const std::chrono::milliseconds working = std::chrono::minutes{amount(random)};
        const Instant to = calendar.add(from, working);
        ASSERT_EQ(calendar.between(from, to), working) << formatInstant(from);
        ASSERT_TRUE(calendar.isWorkingTime(to)) << formatInstant(to);
    }
}

}  // namespace
}  // namespace pakn::domain

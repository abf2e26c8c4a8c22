// What holds whatever happens: seeded random walks, and the calendar both ways.

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/unit/domain/shipped.hpp"
#include "tests/unit/domain/walk.hpp"

namespace pakn::domain {
namespace {

using sample::at;

unsigned runs(unsigned usual) {
    const char* factor = std::getenv("PAKN_PROPERTY_RUNS");
    return factor ? usual * static_cast<unsigned>(std::atoi(factor)) : usual;
}

Rules provinceByHours() {
    Rules rules = sample::wholeRules();
    SlaPolicy& policy = rules.sla.at("thuong");
    policy.handle = Duration{8, Duration::Unit::kWorkingHours};
    policy.assign = Duration{4, Duration::Unit::kWorkingHours};
    rules.appointment.least_regulated.reset();
    rules.follow_until = Duration{5, Duration::Unit::kDays};
    for (Step& step : rules.workflows.at("officer-first").steps)
        if (step.id == "waiting") {
            step.budget = Duration{2, Duration::Unit::kWorkingDays};
            step.when_over = "go_on";
        }
    return rules;
}

TEST(Properties, EveryHistoryIsLawful) {
    for (const Rules& rules : {sample::wholeRules(), provinceByHours()}) {
        for (unsigned seed = 0; seed < runs(400) && !testing::Test::HasFailure(); ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed));
            walk::Walk walk{rules, seed, at(2026, 2, 11, 8) + std::chrono::hours{seed % 400}};
            walk.begin();
            for (int i = 0; i < 60; ++i) walk.step();
            walk::expectLawful(walk, rules);
        }
    }
}

TEST(Properties, EveryReachableStateCanEnd) {
    const Rules rules = provinceByHours();
    for (unsigned seed = 0; seed < runs(30); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        walk::Walk walk{rules, seed, at(2026, 3, 6, 8)};
        walk.begin();
        for (int i = 0; i < 25; ++i) walk.step();
        ASSERT_TRUE(walk.canEnd(12)) << walk.petition.step;
    }
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

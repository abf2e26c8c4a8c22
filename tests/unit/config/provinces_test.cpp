// Every configuration that is shipped: sound, and lawful however people act under it.

#include <gtest/gtest.h>

#include "core/config/codecs.hpp"
#include "support.hpp"
#include "test_paths.hpp"
#include "tests/unit/domain/lawful.hpp"
#include "tests/unit/store/replayed.hpp"

namespace pakn::config {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> provinces() {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator{fs::path{PAKN_SOURCE_DIR} / "config/provinces"})
        if (entry.is_directory()) names.push_back(entry.path().filename().string());
    std::sort(names.begin(), names.end());
    return names;
}

class Provinces : public testing::TestWithParam<std::string> {
protected:
    static std::shared_ptr<const domain::Rules> rules() {
        const LoadResult loaded = loadFrom(fs::path{PAKN_SOURCE_DIR} / "config/provinces" / GetParam());
        EXPECT_TRUE(loaded.configuration) << wordsOf(loaded);
        return loaded.configuration ? loaded.configuration->rules : nullptr;
    }
};

TEST_P(Provinces, EveryHistoryIsLawful) {
    const auto rules = Provinces::rules();
    ASSERT_TRUE(rules);
    const domain::walk::World world{*rules};
    domain::walk::Occurred occurred;
    for (unsigned seed = 0; seed < 35 && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        domain::walk::Walk walk{world, seed,
                                *domain::parseInstant("2026-02-11T08:00:00+07:00") + std::chrono::hours{seed * 7}};
        walk.begin();
        for (int i = 0; i < 80; ++i) walk.step();
        domain::walk::expectLawful(walk, world, occurred);
        test::expectReplayed(walk);
    }
    // Emergencies are rare in these walks.
    const auto climbs = [](const auto& policy) {
        return !policy.second.escalate.empty() && policy.second.calendar != "24x7";
    };
    if (std::any_of(rules->sla.begin(), rules->sla.end(), climbs)) occurred.expect({"level 1"});
    occurred.expect({"released", "result", "shared", "paused", "resumed", "merged", "unmerged", "rated",
                     "coordinating_requested", "reopened", "returned", "sent_back", "unit_transferred",
                     "calendar_recomputed"});
}

TEST_P(Provinces, EveryReachableStateCanEnd) {
    const auto rules = Provinces::rules();
    ASSERT_TRUE(rules);
    const domain::walk::World world{*rules};
    std::set<std::string> known;
    for (unsigned seed = 0; seed < 8; ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        domain::walk::Walk walk{world, seed, *domain::parseInstant("2026-03-06T08:00:00+07:00")};
        walk.begin();
        for (int i = 0; i < 40; ++i) {
            ASSERT_TRUE(walk.canEnd(known)) << walk.petition.workflow << ' ' << walk.petition.step << " after " << i;
            walk.step();
        }
    }
}

INSTANTIATE_TEST_SUITE_P(Shipped, Provinces, testing::ValuesIn(provinces()), [](const auto& one) {
    std::string name = one.param;
    std::replace(name.begin(), name.end(), '-', '_');
    return name;
});

TEST(Organisation, MistakesOfUnitsAndAreasNameTheirPlace) {
    TemporaryFolder folder;
    folder.copyGood();
    const auto problems = [&](const std::string& text) {
        folder.write("top/hub.yaml", "include: [../good]\n" + text);
        return wordsOf(loadFrom(folder.path() / "top"));
    };
    const auto expect = [&](const std::string& text, std::string_view place) {
        const std::string words = problems(text);
        EXPECT_NE(words.find(place), std::string::npos) << words;
    };
    expect(
        "units:\n  - { id: a, name: A, valid: { to: 2025-06-30 }, successors: [b, c] }\n"
        "  - { id: b, name: B, areas: [\"1\"] }\n  - { id: c, name: C }\n",
        "hub.yaml:3:");
    expect(
        "units:\n  - { id: a, name: A, valid: { to: 2025-06-30 }, successors: [b] }\n"
        "  - { id: b, name: B, valid: { to: 2025-07-30 }, successors: [a] }\n",
        "own successors");
    expect("units:\n  - { id: a, name: A, code: H01 }\n  - { id: b, name: B, code: H01 }\n", "hub.yaml:4:");
    EXPECT_EQ(problems("units:\n  - { id: a, name: A, code: H01, valid: { to: 2025-06-30 }, successors: [b] }\n"
                       "  - { id: b, name: B, code: H01, valid: { from: 2025-07-01 } }\n")
                  .find("H01"),
              std::string::npos)
        << "one after the other";
    expect(
        "areas:\n  - { id: \"1\", name: A }\n  - { id: \"2\", name: B, parent: \"1\" }\n"
        "  - { id: \"3\", name: C, parent: \"2\" }\n",
        "hub.yaml:5:");
}

}  // namespace
}  // namespace pakn::config

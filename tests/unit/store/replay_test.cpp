// A history that went through the journal's payload format is the same history.

#include "tests/unit/domain/walk_rules.hpp"
#include "tests/unit/store/replayed.hpp"

namespace pakn::test {
namespace {

TEST(Replay, TheJournalAsItIsKeptGivesTheState) {
    std::set<domain::EventKind> kinds;
    for (const domain::walk::World& world :
         {domain::walk::World{domain::walk::sample()}, domain::walk::World{domain::walk::sampleByHours()}}) {
        for (unsigned seed = 0; seed < 60; ++seed) {
            SCOPED_TRACE("seed " + std::to_string(seed));
            domain::walk::Walk walk{world, seed, domain::sample::at(2026, 2, 11, 8) + std::chrono::hours{seed}};
            walk.begin();
            for (int i = 0; i < 80; ++i) walk.step();
            expectReplayed(walk);
            if (HasFailure()) return;
            for (const domain::Event& event : walk.journal) kinds.insert(event.kind());
        }
    }
    // What is in no walk says nothing here; its fields are compared in event_codec_test.cpp.
    for (std::size_t i = 0; i < domain::kEventKindNames.size(); ++i) {
        const auto kind = static_cast<domain::EventKind>(i);
        const bool seldom = kind == domain::EventKind::kClosed || kind == domain::EventKind::kIdentityRevealed ||
                            kind == domain::EventKind::kNotified;
        EXPECT_TRUE(seldom || kinds.contains(kind)) << nameOf(kind) << " is in no walk";
    }
}

}  // namespace
}  // namespace pakn::test

#include "core/reporting/event_facts.hpp"

#include <gtest/gtest.h>

#include "core/reporting/percent.hpp"

namespace pakn::reporting {
namespace {

TEST(EventFacts, AReturnIsOfTheUnitThatReturned) {
    const EventFacts facts = factsOf({{2, "distributed", R"({"unit":"a"})"},
                                      {3, "returned", R"({"action":"return","unit":"a","late":false})"},
                                      {4, "distributed", R"({"unit":"b"})"},
                                      {5, "returned", R"({"action":"return","late":true})"}});
    EXPECT_EQ(facts.moves, (std::vector<store::ReportMove>{{3, "returned", "a"}, {5, "returned_late", "b"}}));
}

TEST(EventFacts, WhatGoesBackInsideAUnitIsThatUnits) {
    const EventFacts facts = factsOf({{2, "distributed", R"({"unit":"a"})"},
                                      {3, "unclaimed", "{}"},
                                      {4, "sent_back", "{}"},
                                      {5, "merged", R"({"into":"x"})"}});
    EXPECT_EQ(facts.moves,
              (std::vector<store::ReportMove>{{3, "unclaimed", "a"}, {4, "sent_back", "a"}, {5, "merged", "a"}}));
}

TEST(EventFacts, WhatHappensInAPartIsOfTheCoordinatingUnit) {
    const EventFacts facts = factsOf({{2, "distributed", R"({"unit":"a"})"},
                                      {3, "sent_back", R"({"branch":"b"})"},
                                      {4, "returned", R"({"action":"co_return","branch":"b"})"},
                                      {5, "sent_back", "{}"}});
    EXPECT_EQ(facts.moves, (std::vector<store::ReportMove>{{3, "sent_back", "b"}, {5, "sent_back", "a"}}))
        << "a declined part did not come back to the Centre";
}

TEST(EventFacts, WhatIsTakenFromAUnitThatIsNoMoreIsNoReturn) {
    EXPECT_EQ(factsOf({{2, "distributed", R"({"unit":"a"})"}, {3, "returned", R"({"unit":"a"})"}}).moves,
              std::vector<store::ReportMove>{});
    const EventFacts facts = factsOf({{2, "distributed", R"({"unit":"a"})"},
                                      {3, "unit_transferred", R"({"from":"a","unit":"b"})"},
                                      {4, "unit_transferred", R"({"from":"c","unit":"d","branch":"c"})"},
                                      {5, "unclaimed", "{}"}});
    EXPECT_EQ(facts.moves, (std::vector<store::ReportMove>{{5, "unclaimed", "b"}}));
}

TEST(EventFacts, ARatingIsOfTheUnitWhoseAnswerItWas) {
    const EventFacts facts = factsOf({{2, "distributed", R"({"unit":"a"})"},
                                      {3, "rated", R"({"rating":"dissatisfied","unit":"a"})"},
                                      {4, "reopened", "{}"},
                                      {5, "distributed", R"({"unit":"b"})"}});
    EXPECT_EQ(facts.rating_unit, "a");
}

TEST(EventFacts, WhatWasTakenApartAgainIsNotMerged) {
    EXPECT_EQ(factsOf({{2, "merged", "{}"}, {3, "unmerged", "{}"}}).moves, std::vector<store::ReportMove>{});
}

TEST(EventFacts, WhatWasOpenedAgainIsMergedNoMoreAndInNobodysHands) {
    const EventFacts facts = factsOf(
        {{2, "distributed", R"({"unit":"a"})"}, {3, "merged", "{}"}, {4, "reopened", "{}"}, {5, "merged", "{}"}});
    EXPECT_EQ(facts.moves, (std::vector<store::ReportMove>{{4, "reopened", "a"}, {5, "merged", ""}}));
}

TEST(EventFacts, TheLastRatingCounts) {
    EXPECT_EQ(factsOf({{4, "rated", R"({"rating":"neutral"})"}, {5, "rated", R"({"rating":"satisfied"})"}}).rating,
              "satisfied");
    EXPECT_EQ(factsOf({{4, "rated", R"({"rating":"neutral"})"}, {5, "rated", R"({"rating":"wonderful"})"}}).rating,
              "neutral");
}

TEST(EventFacts, APayloadThatCannotBeReadSaysNothing) {
    const EventFacts facts = factsOf({{2, "distributed", "[]"}, {3, "rated", "no json"}, {4, "unclaimed", ""}});
    EXPECT_EQ(facts.rating, "");
    EXPECT_EQ(facts.moves, (std::vector<store::ReportMove>{{4, "unclaimed", ""}}));
}

TEST(Percent, RoundsHalfUpAndKnowsNothingOfNothing) {
    // AX-17, AX-18.
    EXPECT_EQ(percent(1, 3), 33);
    EXPECT_EQ(percent(2, 3), 67);
    EXPECT_EQ(percent(0, 3), 0);
    EXPECT_EQ(percent(0, 0), 0);
    EXPECT_EQ(percent(1, 1), 100);
    EXPECT_EQ(percent(1, 8), 13);
    EXPECT_EQ(percent(1, 200), 1);
}

}  // namespace
}  // namespace pakn::reporting

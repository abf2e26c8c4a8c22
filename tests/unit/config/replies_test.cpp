/// @file
/// `replies`: the ways back to senders, and mistakes in them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/config/support.hpp"

namespace pakn::config {
namespace {

using domain::Duration;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class RepliesTest : public testing::Test {
protected:
    void SetUp() override { folder_.copyGood(); }
    LoadResult with(const std::string& replies) {
        folder_.write("top/hub.yaml",
                      "include: [../good]\nconnectors: { zalo: { plugin: in_and_out } }\nreplies:\n" + replies);
        return loadFrom(folder_.path() / "top");
    }
    /// The places of the mistakes.
    std::vector<std::string> mistakes(const std::string& replies) { return placesOf(with(replies)); }

    TemporaryFolder folder_;
};

TEST_F(RepliesTest, TheFirstThatNamesTheChannelHolds) {
    const LoadResult result = with(R"(  - channel: zalo
    by: [{ to: zalo, way: consultation, within: 7d }, { to: webhook, try_for: 12h }]
  - by: [{ to: webhook }]
)");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const domain::Rules& rules = *result.configuration->rules;
    EXPECT_THAT(
        rules.waysBackTo("zalo"),
        ElementsAre(
            domain::ReplyWay{.connector = "zalo", .way = "consultation", .within = Duration{7, Duration::Unit::kDays}},
            domain::ReplyWay{.connector = "webhook", .try_for = Duration{12, Duration::Unit::kHours}}));
    EXPECT_THAT(rules.waysBackTo("web"), ElementsAre(domain::ReplyWay{.connector = "webhook"}));
}

TEST_F(RepliesTest, WithoutAnyAChannelAnswersByItself) {
    const LoadResult result = with("  - { channel: web, by: [{ to: webhook }] }\n");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const domain::Rules& rules = *result.configuration->rules;
    EXPECT_THAT(rules.waysBackTo("zalo"), ElementsAre(domain::ReplyWay{.connector = "zalo"}));
    EXPECT_TRUE(rules.waysBackTo("spool").empty()) << "it brings petitions in and sends nothing";
}

TEST_F(RepliesTest, MistakesAreNamedWhereTheyStand) {
    EXPECT_THAT(mistakes("  - { by: [{ to: zalo, way: consultatio }] }\n"), ElementsAre("hub.yaml:4:29 error"));
    EXPECT_THAT(mistakes("  - { by: [{ to: webhook, way: x }] }\n"), ElementsAre("hub.yaml:4:32 error"));
    EXPECT_THAT(mistakes("  - { by: [{ to: spool }] }\n"), ElementsAre("hub.yaml:4:18 error"));
    EXPECT_THAT(mistakes("  - { by: [{ to: reply }] }\n"), ElementsAre("hub.yaml:4:18 error"));
    EXPECT_THAT(mistakes("  - { by: [{ to: nowhere }] }\n"), ElementsAre("hub.yaml:4:18 error"));
    EXPECT_THAT(mistakes("  - { channel: [nowhere], by: [{ to: zalo }] }\n"), ElementsAre("hub.yaml:4:17 error"));
    EXPECT_THAT(mistakes("  - { by: [{ to: zalo, within: 7wd }] }\n"), ElementsAre("hub.yaml:4:32 error"));
    EXPECT_THAT(mistakes("  - { channel: web }\n"), ElementsAre("hub.yaml:4:5 error"));
}

TEST_F(RepliesTest, OfficersHaveNoWayBack) {
    folder_.write("top/hub.yaml", R"(include: [../good]
templates: { notices: texts/notices.yaml }
notices:
  - { on: distributed, for: next, notice: task, to: reply }
)");
    folder_.write("top/texts/notices.yaml",
                  "notices:\n  - { id: task, label: { vi: a }, subject: { vi: b }, message: { vi: c } }\n");
    EXPECT_THAT(placesOf(loadFrom(folder_.path() / "top")), ElementsAre("hub.yaml:4:53 error"));
}

}  // namespace
}  // namespace pakn::config

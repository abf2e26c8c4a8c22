/// @file
/// The configuration as values: shown and compared.

#include "core/config/effective.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/config/journalled.hpp"
#include "core/config/show.hpp"
#include "support.hpp"

namespace pakn::config {
namespace {

using testing::ElementsAre;

class EffectiveTest : public testing::Test {
protected:
    void SetUp() override { folder_.copyGood(); }

    Configuration loadWith(const std::string& text) {
        folder_.write("top/hub.yaml", "include: [../good]\n" + text);
        LoadResult result = loadFrom(folder_.path() / "top");
        EXPECT_TRUE(result.configuration) << wordsOf(result);
        return result.configuration.value_or(Configuration{});
    }
    static const EffectiveValue* find(const Configuration& all, std::string_view path) {
        for (const EffectiveValue& one : all.values)
            if (one.path == path) return &one;
        return nullptr;
    }
    static std::vector<std::string> pathsOf(const std::vector<ValueChange>& changes) {
        std::vector<std::string> paths;
        for (const ValueChange& one : changes) paths.push_back(one.path);
        return paths;
    }

    TemporaryFolder folder_;
};

TEST_F(EffectiveTest, EveryValueKnowsWhereItStands) {
    const Configuration all = loadWith("units:\n  - { id: ubnd, code: H99 }\n");
    const EffectiveValue* code = find(all, "units[ubnd].code");
    ASSERT_NE(code, nullptr);
    EXPECT_EQ(code->text, "H99");
    EXPECT_EQ(code->file + ":" + std::to_string(code->line) + ":" + std::to_string(code->column), "hub.yaml:3:23");
    const EffectiveValue* name = find(all, "units[ubnd].name");
    ASSERT_NE(name, nullptr);
    EXPECT_EQ(name->file, "../good/organisation.yaml");
    EXPECT_EQ(find(all, "calendar.holidays")->text, "[2026-01-01]");
    EXPECT_EQ(find(all, "deliveries[0].to")->text, "webhook");
    EXPECT_EQ(find(all, "routes[Đèn đường].then.mode")->text, "automatic");
    EXPECT_NE(find(all, "workflows[tiny].start"), nullptr);
    EXPECT_EQ(find(all, "include"), nullptr);
}

TEST_F(EffectiveTest, ChangesNameWhatIsOtherNewOrGone) {
    const Configuration before = loadWith("hub: { name: A }\ncodes: { pattern: \"{ddMMyy}{serial:4}\" }\n");
    const Configuration after = loadWith("hub: { name: B, public_url: \"https://x.example\" }\n");
    const std::vector<ValueChange> changes = changesBetween(before.values, after.values);
    EXPECT_THAT(pathsOf(changes), ElementsAre("hub.name", "hub.public_url", "codes.pattern"));
    EXPECT_EQ(changes[0].before, "A");
    EXPECT_EQ(changes[0].after, "B");
    EXPECT_EQ(changes[0].file, "hub.yaml");
    EXPECT_EQ(changes[1].before, std::nullopt);
    EXPECT_EQ(changes[2].after, std::nullopt);
    EXPECT_TRUE(changesBetween(after.values, after.values).empty());
}

/// Which route comes first decides, so another order is a change.
TEST_F(EffectiveTest, AnotherOrderIsAChange) {
    const std::string one = "  - { name: Một, when: { category: [ha-tang] }, then: { unit: ubnd } }\n";
    const std::string two = "  - { name: Hai, when: { category: [ha-tang] }, then: { unit: ubnd } }\n";
    const Configuration before = loadWith("routes:\n" + one + two);
    const Configuration after = loadWith("routes:\n" + two + one);
    EXPECT_NE(before.hash, after.hash);
    EXPECT_THAT(pathsOf(changesBetween(before.values, after.values)), ElementsAre("routes"));
}

TEST_F(EffectiveTest, WhatIsShownReadsBackAsTheSame) {
    const Configuration all = loadWith(
        "hub: { name: \"A: \\\"b\\\" # c\" }\nunits:\n  - { id: ubnd, code: \"12\" }\n"
        "routes:\n  - { name: \"- x\", when: { text_any: [\"a, b\", c] }, then: { unit: ubnd, tags: [] } }\n");
    folder_.write("shown/all.yaml", showYaml(folder_.path() / "top"));
    std::filesystem::copy(folder_.path() / "good/workflows", folder_.path() / "shown/workflows");
    const LoadResult again = loadFrom(folder_.path() / "shown");
    ASSERT_TRUE(again.configuration) << wordsOf(again) << readAll(folder_.path() / "shown/all.yaml");
    const auto changes = changesBetween(all.values, again.configuration->values);
    EXPECT_TRUE(changes.empty()) << testing::PrintToString(pathsOf(changes));
}

TEST_F(EffectiveTest, WorkflowsAreReadBackFromTheJournalledText) {
    std::string tiny = readAll(folder_.path() / "good/workflows/tiny.yaml");
    const Configuration before = loadWith("");
    const domain::Workflows same = workflowsOf(before.text);
    ASSERT_TRUE(same.contains("tiny"));
    EXPECT_EQ(same.at("tiny").actions.size(), before.rules->workflow("tiny")->actions.size());
    // The including directory's own workflow of that id holds, as it does in effect.
    folder_.write("top/workflows/mine.yaml", tiny.replace(tiny.find("vi: "), 4, "vi: Mới "));
    const Configuration after = loadWith("");
    EXPECT_EQ(workflowsOf(after.text).at("tiny").label.vi, after.rules->workflow("tiny")->label.vi);
    EXPECT_NE(workflowsOf(after.text).at("tiny").label.vi, before.rules->workflow("tiny")->label.vi);
    EXPECT_NE(workflowPart(before.text), workflowPart(after.text));
    EXPECT_EQ(workflowPart(before.text),
              workflowPart(loadWith("hub: { name: B }\n").text).substr(0, workflowPart(before.text).size()));
    // Compiled once from the part alone.
    EXPECT_EQ(workflowsOf(workflowPart(after.text)).size(), workflowsOf(after.text).size());
}

TEST(Journalled, WhateverIsNoJournalledTextHoldsNoWorkflow) {
    for (const std::string_view text : {"", "=== ", "=== workflows/a.yaml (999 bytes)\nid: a\n", "=== a (x bytes)\n",
                                        "=== workflows/a.yaml (6 bytes)\nid: [\n", "hub: {}\n"})
        EXPECT_TRUE(workflowsOf(text).empty()) << text;
}

TEST(Network, ContainsWhatHasItsPrefix) {
    const auto v4 = Network::parse("192.168.16.0/20");
    ASSERT_TRUE(v4);
    EXPECT_TRUE(v4->contains("192.168.31.255"));
    EXPECT_FALSE(v4->contains("192.168.32.0"));
    const auto v6 = Network::parse("fd00:1::/32");
    ASSERT_TRUE(v6);
    EXPECT_TRUE(v6->contains("fd00:1:ffff::1"));
    EXPECT_FALSE(v6->contains("fd00:2::1"));
    EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains("8.8.8.8"));
    EXPECT_FALSE(Network::parse("0.0.0.0/0")->contains("::1"));
    for (const std::string_view wrong :
         {"", "/8", "10.0.0.0/", "10.0.0.0/-1", "10.0.0.0/33", "::/129", "10.0.0.1/8", "a/8"})
        EXPECT_FALSE(Network::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace pakn::config

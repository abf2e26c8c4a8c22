/// @file
/// Files of texts and the rules that use them: what is read, and where each mistake stands.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <map>
#include <sstream>

#include "support.hpp"

namespace pakn::config {
namespace {

namespace fs = std::filesystem;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr std::string_view kNotices = R"(notices:
  - id: task
    label: { vi: Việc mới }
    subject: { vi: "Việc {{code}}", en: "To do {{code}}" }
    message:
      vi: |
        Phản ánh {{code}} tại {{unit}}.
        Hạn {{due}}.
  - id: answer
    label: { vi: Trả lời }
    format: html
    subject: { vi: "{{code}}" }
    message: { vi: "<p>{{petitioner}}: {{answer}}</p>" }
)";
constexpr std::string_view kRules = R"(templates: { notices: texts/notices.yaml }
notices:
  - { on: [distributed, assigned], for: next, notice: task, to: webhook, send: always, language: en }
  - { on: released, for: petitioner, notice: answer, to: [webhook] }
)";

class TemplatesTest : public testing::Test {
protected:
    void SetUp() override { folder_.copyGood(); }

    LoadResult loadWith(std::string_view rules, std::string_view notices = kNotices) {
        folder_.write("top/hub.yaml", "include: [../good]\n" + std::string{rules});
        folder_.write("top/texts/notices.yaml", notices);
        return loadFrom(folder_.path() / "top");
    }
    /// The only mistake's place and words.
    std::string mistake(std::string_view rules, std::string_view notices = kNotices) {
        const LoadResult result = loadWith(rules, notices);
        EXPECT_FALSE(result.configuration);
        EXPECT_EQ(result.diagnostics.size(), 1U) << wordsOf(result);
        return result.diagnostics.empty() ? std::string{} : format(result.diagnostics.front());
    }
    static std::string with(std::string_view text, std::string_view from, std::string_view to) {
        std::string changed{text};
        changed.replace(changed.find(from), from.size(), to);
        return changed;
    }

    TemporaryFolder folder_;
};

TEST_F(TemplatesTest, RulesAndTextsArrive) {
    const LoadResult result = loadWith(kRules);
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    const domain::Rules& rules = *result.configuration->rules;
    ASSERT_EQ(rules.notices.size(), 3U) << "one for each occasion";
    EXPECT_EQ(rules.notices[1].on, domain::EventKind::kAssigned);
    EXPECT_EQ(rules.notices[1].sending, domain::NoticeSending::kAlways);
    EXPECT_EQ(rules.notices[1].language, domain::Language::kEnglish);
    EXPECT_THAT(rules.notices[1].to, ElementsAre("webhook"));
    EXPECT_EQ(rules.notices[2].audience, domain::Audience::kPetitioner);
    EXPECT_EQ(rules.notice_templates.at("answer").markup, domain::Markup::kHtml);
    EXPECT_EQ(rules.notice_templates.at("task").subject.in(domain::Language::kEnglish).text(), "To do {{code}}");
    EXPECT_EQ(rules.notice_templates.at("answer").subject.in(domain::Language::kEnglish).text(), "{{code}}")
        << "what is not in English is in Vietnamese";
    EXPECT_FALSE(rules.hub_name.empty());
}

TEST_F(TemplatesTest, ATextIsPartOfTheConfiguration) {
    const LoadResult before = loadWith(kRules);
    const LoadResult after = loadWith(kRules, with(kNotices, "Hạn {{due}}.", "Hạn xử lý {{due}}."));
    ASSERT_TRUE(before.configuration && after.configuration);
    EXPECT_NE(before.configuration->hash, after.configuration->hash);
    EXPECT_THAT(after.configuration->text, HasSubstr("Hạn xử lý"));
}

TEST_F(TemplatesTest, ALaterFilesTextHolds) {
    folder_.write("top/texts/own.yaml", with(kNotices, "Việc {{code}}", "Việc của tỉnh {{code}}"));
    const LoadResult result = loadWith(with(kRules, "texts/notices.yaml", "[texts/notices.yaml, texts/own.yaml]"));
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_EQ(result.configuration->rules->notice_templates.at("task").subject.vi.text(), "Việc của tỉnh {{code}}");
}

TEST_F(TemplatesTest, AnUnknownFieldIsFoundWhereItStands) {
    const std::string said = mistake(kRules, with(kNotices, "{{unit}}", "{{unit_name}}"));
    EXPECT_THAT(said, testing::StartsWith("texts/notices.yaml:7:31: error:"));
    EXPECT_THAT(said, HasSubstr("unit"));
}

TEST_F(TemplatesTest, OfTwoSuchPlacesEachIsFound) {
    const LoadResult result =
        loadWith(kRules, with(with(kNotices, "{{unit}}", "{{nothing}}"), "Hạn {{due}}", "Hạn {{nothing}}"));
    EXPECT_THAT(placesOf(result), ElementsAre("texts/notices.yaml:7:31 error", "texts/notices.yaml:8:13 error"));
}

TEST_F(TemplatesTest, UnclosedAndUnescapedAreMistakes) {
    EXPECT_THAT(mistake(kRules, with(kNotices, "{{code}} tại", "{{code tại")), HasSubstr("texts/notices.yaml:7:"));
    EXPECT_THAT(mistake(kRules, with(kNotices, "{{answer}}", "{{{answer}}}")), HasSubstr("texts/notices.yaml:13:"));
}

TEST_F(TemplatesTest, NobodyIsToldMoreThanTheyMayKnow) {
    EXPECT_THAT(mistake(with(kRules, "notice: task", "notice: answer")), HasSubstr("hub.yaml:4:"))
        << "the sender's name is not for officers";
    EXPECT_THAT(mistake(with(kRules, "on: released", "on: approved")), HasSubstr("hub.yaml:5:"))
        << "an answer is out once it is released";
    EXPECT_THAT(mistake(with(kRules, "notice: answer", "notice: task")), HasSubstr("hub.yaml:5:"))
        << "the limit of whoever has it is the officers'";
}

TEST_F(TemplatesTest, TheSenderNeedsAWay) {
    EXPECT_THAT(mistake(with(kRules, ", to: [webhook] }", " }")), HasSubstr("hub.yaml:5:"));
    EXPECT_TRUE(loadWith(with(kRules, "to: [webhook]", "to: [reply]")).configuration)
        << "back by the ways of `replies`";
}

TEST_F(TemplatesTest, AnUnknownTextNamesTheNearest) {
    EXPECT_THAT(mistake(with(kRules, "notice: task", "notice: tasks")), HasSubstr("\"task\""));
}

TEST_F(TemplatesTest, AFileThatIsNotThereIsAMistakeWhereItIsNamed) {
    const LoadResult result = loadWith(with(kRules, "texts/notices.yaml", "texts/none.yaml"));
    EXPECT_THAT(placesOf(result), Contains("hub.yaml:2:23 error"));
}

TEST_F(TemplatesTest, ADeliveryIsNoNotice) {
    EXPECT_THAT(mistake("deliveries: [{ on: accepted, to: webhook, kind: notice }]\n"), HasSubstr("hub.yaml:2:"));
}

TEST_F(TemplatesTest, TheLetterIsPango) {
    folder_.write("top/texts/letter.mustache", "<b>{{unit}}</b>\n{{answer}} {{token}}\n");
    const std::string said = mistake("templates: { letter: texts/letter.mustache }\n");
    EXPECT_THAT(said, testing::StartsWith("texts/letter.mustache:2:12: error:")) << "the secret is the sender's alone";
    folder_.write("top/texts/letter.mustache", "<b>{{unit}}</b>\n{{answer}}\n");
    const LoadResult sound = loadWith("templates: { letter: texts/letter.mustache }\n");
    ASSERT_TRUE(sound.configuration) << wordsOf(sound);
    EXPECT_EQ(sound.configuration->rules->letter->markup(), domain::Markup::kPango);
}

TEST_F(TemplatesTest, OfficersTextsSayForWhatTheyAre) {
    folder_.write("top/texts/texts.yaml",
                  "texts:\n  - { id: no, label: { vi: Từ chối }, for: [refuse, close], text: { vi: \"{{code}}\" } }\n");
    const LoadResult result = loadWith("templates: { texts: texts/texts.yaml }\n");
    ASSERT_TRUE(result.configuration) << wordsOf(result);
    EXPECT_THAT(result.configuration->rules->prepared_texts.at("no").effects,
                ElementsAre(domain::Effect::kRefuse, domain::Effect::kClose));
    folder_.write("top/texts/texts.yaml",
                  "texts:\n  - { id: no, label: { vi: Từ chối }, for: refuse, text: { vi: \"{{petitioner}}\" } }\n");
    EXPECT_THAT(mistake("templates: { texts: texts/texts.yaml }\n"), HasSubstr("texts/texts.yaml:2:"));
}

/// "| `hub` `hub_url` | yes | yes | yes | yes | …": the fields of each row and whom they are for.
TEST_F(TemplatesTest, TheDocumentationNamesEveryFieldAndWhomItIsFor) {
    std::map<std::string, std::array<bool, 4>> documented;
    std::istringstream text{readAll(fs::path{PAKN_SOURCE_DIR} / "docs/notices.md")};
    bool in_table = false;
    for (std::string line; std::getline(text, line);) {
        if (line.starts_with("| field |")) in_table = true;
        if (!in_table || !line.starts_with("| `")) continue;
        std::vector<std::string> cells;
        std::istringstream row{line.substr(1)};
        for (std::string cell; std::getline(row, cell, '|');) cells.push_back(cell);
        std::array<bool, 4> purposes{};
        for (std::size_t i = 0; i < 4; ++i) purposes[i] = cells.at(i + 1).find("yes") != std::string::npos;
        std::istringstream names{cells[0]};
        for (std::string name; names >> name;) documented[name.substr(1, name.size() - 2)] = purposes;
    }
    std::map<std::string, std::array<bool, 4>> actual;
    for (const domain::TemplateField& field : domain::templateFields())
        actual[std::string{field.name}] = field.purposes;
    EXPECT_EQ(documented, actual);
}

}  // namespace
}  // namespace pakn::config

/// @file
/// Every mistake of a mapping file, in one run, at its place.

#include <gmock/gmock.h>

#include "mapped.hpp"
#include "pull.hpp"
#include "write_back.hpp"

namespace pakn::in_portal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

/// "line:column" of each mistake, in order.
std::vector<std::string> placesOf(std::string_view yaml, std::vector<Mistake>* all = nullptr) {
    Mistakes mistakes{"portal.yaml"};
    if (const std::optional<Node> tree = parseYaml(yaml, mistakes)) {
        Section top{&*tree, mistakes};
        static_cast<void>(readMapping(top));
    }
    std::vector<std::string> places;
    for (const std::string& line : mistakes.lines()) {
        const auto first = line.find(':');
        places.push_back(line.substr(first + 1, line.find(": error") - first - 1));
    }
    if (all != nullptr) *all = mistakes.kept();
    return places;
}

TEST(MappingMistakes, AreNamedAllAtOnce) {
    std::vector<Mistake> all;
    EXPECT_THAT(placesOf("fields:\n"
                         "  external_id: /id\n"
                         "  content: { from: /a, template: b }\n"
                         "  titel: /t\n"
                         "  occurred_at: { from: /d, dates: [\"%Q\"] }\n"
                         "  public: { from: /p, requird: true }\n"
                         "  petitioner: { nam: /n }\n"
                         "  class: { from: /~2 }\n"
                         "itms: /x\n",
                         &all),
                ElementsAre("3:12", "4:3", "5:35", "6:23", "7:17", "8:18", "9:1"));
    std::vector<std::string> hints;
    for (const Mistake& one : all) hints.push_back(one.hint);
    EXPECT_THAT(hints, ::testing::Contains("did you mean \"title\"?"));
    EXPECT_THAT(hints, ::testing::Contains("did you mean \"name\"?"));
    EXPECT_THAT(hints, ::testing::Contains("did you mean \"items\"?"));
    EXPECT_THAT(hints, ::testing::Contains("did you mean \"required\"?"));
}

TEST(MappingMistakes, ASecretStandsInNoMapping) {
    const auto refused = [](const std::string& yaml) {
        Mistakes mistakes{"portal.yaml"};
        const std::optional<Node> tree = parseYaml(yaml, mistakes);
        for (const Entry& one : tree->entries) {
            if (one.key == "pull") static_cast<void>(readPullShape(&one.value, {}, mistakes));
            if (one.key == "write_back") static_cast<void>(readWriteBack(&one.value, {}, mistakes));
        }
        return !mistakes.none();
    };
    EXPECT_FALSE(refused("pull: { query: { status: open } }"));
    for (const char* name : {"api_key", "access_token", "X-Signature", "PASSWORD"})
        EXPECT_TRUE(refused("pull: { query: { " + std::string{name} + ": abc } }")) << name;
    const auto rule = [](const char* header) {
        return "write_back: [ { on: status_update, url: \"https://portal.example/p/{{external_id}}\", body: x, "
               "headers: { " +
               std::string{header} + ": abc } } ]";
    };
    EXPECT_FALSE(refused(rule("accept-language")));
    EXPECT_FALSE(refused(rule("Idempotency-Key")));
    EXPECT_TRUE(refused(rule("Authorization")));
    EXPECT_TRUE(refused(rule("x-api-key")));
}

TEST(MappingMistakes, TheTwoFieldsWithoutWhichNothingGoes) {
    EXPECT_THAT(placesOf("fields:\n  title: /t\n"), ElementsAre("2:3", "2:3"));
    EXPECT_THAT(placesOf("items: /x\n"), ElementsAre("1:1"));
    EXPECT_THAT(placesOf("fields: { external_id: /id, content: /c }"), IsEmpty());
}

TEST(MappingMistakes, OfTheSyntax) {
    EXPECT_THAT(placesOf("fields:\n  content: \"open\n  external_id: /id\n"), ElementsAre("2:12"));
    EXPECT_THAT(placesOf("fields: &a { external_id: /id, content: /c }"), ElementsAre("1:9"));
    EXPECT_THAT(placesOf("fields: { external_id: *a }"), ElementsAre("1:24"));
    EXPECT_THAT(placesOf("fields: { external_id: /id, content: /c, content: /d }"), ElementsAre("1:42"));
    EXPECT_THAT(placesOf("a: 1\n---\nb: 2\n"), ElementsAre("2:1"));
    std::string deep;
    for (int i = 0; i < 100; ++i) deep += "[";
    EXPECT_EQ(placesOf("a: " + deep).size(), 1U);
    EXPECT_EQ(placesOf(std::string(2U << 20U, '#')).size(), 1U);
    EXPECT_EQ(placesOf("").size(), 1U);
    EXPECT_EQ(placesOf("just a text").size(), 2U);
    EXPECT_EQ(placesOf("a: \xff\xfe").size(), 1U);
}

TEST(MappingMistakes, OfTemplatesAttributesAndFiles) {
    EXPECT_THAT(placesOf("fields:\n"
                         "  external_id: /id\n"
                         "  content: { template: \"{{#open}}\" }\n"
                         "  attributes: { Bad-Name: /x }\n"
                         "  category: { from: /c, codes: { A: a, a: b }, unknown: ignore }\n"
                         "attachments:\n"
                         "  - { name: /n }\n"
                         "  - { url: /u, data: /d }\n"),
                ElementsAre("3:24", "4:17", "5:40", "5:57", "7:5", "8:5"));
}

}  // namespace
}  // namespace pakn::in_portal

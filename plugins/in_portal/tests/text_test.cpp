/// @file
/// Encodings, bounded JSON.

#include "text.hpp"

#include <gtest/gtest.h>

#include "json.hpp"
#include "template.hpp"

namespace pakn::in_portal {
namespace {

using namespace std::string_literals;

TEST(Text, Encodings) {
    EXPECT_EQ(*toUtf8("\xEF\xBB\xBFHố ga", "auto"), "Hố ga");
    EXPECT_EQ(*toUtf8("\xFF\xFEH\0\xD1\x1E"s, "auto"), "Hố");
    EXPECT_EQ(*toUtf8("\xFE\xFF\0H\x1E\xD1"s, "auto"), "Hố");
    EXPECT_EQ(*toUtf8("\xFF\xFEH\0"s, "utf-16"), "H");
    EXPECT_EQ(comparable(*toUtf8("H\xF4\xEC", "windows-1258")), comparable("hố"s)) << "o circumflex and acute apart";
    EXPECT_EQ(toUtf8("H\xF4", "auto").error().problem, "portal.encoding");
    EXPECT_EQ(toUtf8("\xFF\xFEH"s, "auto").error().problem, "portal.encoding") << "half a character";
    EXPECT_FALSE(isKnownEncoding("tcvn3"));
}

TEST(Text, JsonInBounds) {
    EXPECT_TRUE(parseJson(R"({"a": [1, 2.5, "x", null, true]})"));
    for (const auto& [text, written] : {std::pair{R"(["a\ud83d","b"])", "[\"a\uFFFD\",\"b\"]"},
                                        {R"(["\ude00 \ud83d\ude00 \\udc00"])", "[\"\uFFFD \U0001F600 \\\\udc00\"]"},
                                        {R"(["\ud83d\ud83d\ude00\ud83dx"])", "[\"\uFFFD\U0001F600\uFFFDx\"]"}})
        EXPECT_EQ(writeJson(*parseJson(text)), written) << "cut in the middle of a character";
    EXPECT_EQ(parseJson("{").error().problem, "portal.json");
    EXPECT_EQ(parseJson("").error().problem, "portal.json");
    EXPECT_EQ(parseJson("{} trailing").error().problem, "portal.json");
    EXPECT_EQ(parseJson("\"\xff\"").error().problem, "portal.json");
    EXPECT_EQ(parseJson("{\"a\": NaN}").error().problem, "portal.json");
    EXPECT_EQ(parseJson("[1e999999]").error().problem, "portal.json");
    EXPECT_EQ(parseJson(std::string(1U << 20U, '[')).error().problem, "portal.json");
    EXPECT_EQ(parseJson("["s + std::string(33, '[') + std::string(33, ']') + "]").error().problem, "portal.json");
    EXPECT_TRUE(parseJson("\"" + std::string(1000, '[') + "\"")) << "brackets in a text are no depth";
    EXPECT_TRUE(parseJson("\"\\\"" + std::string(1000, '[') + "\""));
    EXPECT_EQ(parseJson("[" + std::string(2 * kMostJsonValues, ',') + "]").error().code, Errc::kTooLarge);
    EXPECT_TRUE(parseJson("\"" + std::string(2 * kMostJsonValues, ',') + "\"")) << "commas in a text are no values";
    const auto nul = parseJson("{\"a\": \"x\\u0000y\"}");
    ASSERT_TRUE(nul);
    EXPECT_EQ(textOf(*Place::parse("/a")->find(*nul)), "x\0y"s) << "the hub judges it";
}

TEST(Text, JsonPointers) {
    const auto document = parseJson(R"({"a": {"b/c": [10, {"~": "x"}]}, "": "empty"})");
    const auto at = [&](std::string_view place) -> std::string {
        EXPECT_FALSE(Place::parse("\0a"s)) << "rapidjson would find the member without a name";
        const std::optional<Place> parsed = Place::parse(place);
        if (!parsed) return "no pointer";
        const Json* found = parsed->find(*document);
        return found == nullptr ? "nothing" : writeJson(*found);
    };
    EXPECT_EQ(at("/a/b~1c/0"), "\"10\"");
    EXPECT_EQ(at("/a/b~1c/1/~0"), "\"x\"");
    EXPECT_EQ(at("/"), "\"empty\"");
    EXPECT_EQ(at("/a/b~1c/-"), "nothing");
    EXPECT_EQ(at("/a/b~1c/01"), "nothing");
    EXPECT_EQ(at("/a/b~1c/99999999999999999999"), "nothing");
    EXPECT_EQ(at("/a/x/y"), "nothing");
    EXPECT_EQ(at("/~2"), "no pointer");
}

TEST(Text, TemplatesEscapeByWhereTheyStand) {
    const std::map<std::string, std::string> values{{"a", "x\"y/z é"}, {"none", ""}};
    EXPECT_EQ(Template("{{a}}", Escape::kNone).render(values), "x\"y/z é");
    EXPECT_EQ(Template("{{a}}", Escape::kJson).render(values), "x\\\"y/z é");
    EXPECT_EQ(Template("{{a}}", Escape::kUrl).render(values), "x%22y%2Fz%20%C3%A9");
    EXPECT_EQ(Template("{{{a}}}", Escape::kUrl).render(values), "x\"y/z é");
    EXPECT_EQ(Template("[{{none}}{{absent}}]{{^none}}!{{/none}}", Escape::kNone).render(values), "[]!");
    EXPECT_TRUE(Template("{{#a}}", Escape::kNone).problem());
}

}  // namespace
}  // namespace pakn::in_portal

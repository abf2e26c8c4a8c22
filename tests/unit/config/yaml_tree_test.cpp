#include "core/config/yaml_tree.hpp"

#include <gtest/gtest.h>

#include "support.hpp"

namespace pakn::config {
namespace {

struct Parsed {
    ParsedYaml yaml;
    std::vector<std::string> places;
};

Parsed parse(std::string_view text) {
    Diagnostics diagnostics;
    const int file = diagnostics.addFile("f");
    ParsedYaml yaml = parseYaml(text, file, diagnostics);
    std::vector<std::string> places;
    for (const Diagnostic& one : diagnostics.sorted()) places.push_back(placeOf(one));
    return {std::move(yaml), std::move(places)};
}

TEST(YamlTree, MarksCountLinesFromOneAndColumnsInCodePoints) {
    const Parsed parsed = parse("tên: Đường sá\nhub: {địa chỉ: [một, hai]}\n");
    ASSERT_TRUE(parsed.yaml.complete);
    const Node& root = parsed.yaml.root;
    EXPECT_EQ(root.entries[0].value.mark.column, 6);
    const Node& list = root.entries[1].value.entries[0].value;
    EXPECT_EQ(root.entries[1].value.entries[0].key_mark.column, 7);
    EXPECT_EQ(list.mark.line, 2);
    EXPECT_EQ(list.items[1].mark.column, 22);
}

TEST(YamlTree, QuotedScalarsAreTextsAndNeverNull) {
    const Node root = parse("a: null\nb: 'null'\nc:\nd: \"\"\ne: ~\nf: |\n  text\n").yaml.root;
    EXPECT_TRUE(root.find("a")->value.isNull());
    EXPECT_FALSE(root.find("b")->value.isNull());
    EXPECT_TRUE(root.find("c")->value.isNull());
    EXPECT_FALSE(root.find("d")->value.isNull());
    EXPECT_TRUE(root.find("e")->value.isNull());
    EXPECT_TRUE(root.find("f")->value.quoted);
    EXPECT_EQ(root.find("nothing"), nullptr);
}

TEST(YamlTree, ByteOrderMarkAndWindowsLineEndsChangeNothing) {
    const Parsed parsed = parse("\xEF\xBB\xBFhub:\r\n  name: x\r\n");
    ASSERT_TRUE(parsed.yaml.complete);
    EXPECT_EQ(parsed.yaml.root.entries[0].key, "hub");
    EXPECT_EQ(parsed.yaml.root.entries[0].key_mark.column, 1);
    const Node& name = parsed.yaml.root.entries[0].value.entries[0].value;
    EXPECT_EQ(name.text, "x");
    EXPECT_EQ(name.mark.line, 2);
}

TEST(YamlTree, BytesThatMayNotStandInATextAreNamedByPlace) {
    const struct {
        std::string_view text;
        std::string place;
    } kCases[] = {
        {"a: b\nđ: \xFF\n", "f:2:4 error"},      // no UTF-8 at all
        {"a: \xC0\xAF", "f:1:4 error"},          // overlong '/'
        {"a: \xE1\xBA", "f:1:4 error"},          // cut short
        {"a: \xED\xA0\x80", "f:1:4 error"},      // half of a surrogate pair
        {"a: \xF4\x90\x80\x80", "f:1:4 error"},  // beyond U+10FFFF
        {{"a: b\0c", 6}, "f:1:5 error"},         // NUL
        {"a: \x1B[31m", "f:1:4 error"},          // escape sequence
        {"a: b\r\nc: \x7F", "f:2:4 error"},      // DEL
        {"\xFF\xFE"
         "a\0:\0",
         "f:1:1 error"},  // UTF-16
    };
    for (const auto& one : kCases) {
        const Parsed parsed = parse(one.text);
        EXPECT_EQ(parsed.places, std::vector{one.place});
        EXPECT_FALSE(parsed.yaml.complete);
    }
}

TEST(YamlTree, ATruncatedFileKeepsWhatStoodBeforeTheMistake) {
    const Parsed parsed = parse("units:\n  - { id: a }\n  - id: b\n    name: \"x\n");
    EXPECT_EQ(parsed.places, std::vector<std::string>{"f:4:11 error"});
    EXPECT_FALSE(parsed.yaml.complete);
    EXPECT_FALSE(parsed.yaml.root.complete);
    const Node& units = parsed.yaml.root.find("units")->value;
    ASSERT_EQ(units.items.size(), 2U);
    EXPECT_TRUE(units.items[0].complete);
    EXPECT_FALSE(units.items[1].complete);
    EXPECT_EQ(units.items[1].entries.size(), 1U);
}

TEST(YamlTree, TheFirstOfTwoEqualKeysStays) {
    const Parsed parsed = parse("a: 1\nb: 2\na: { c: 3 }\n");
    EXPECT_EQ(parsed.places, std::vector<std::string>{"f:3:1 error"});
    ASSERT_EQ(parsed.yaml.root.entries.size(), 2U);
    EXPECT_EQ(parsed.yaml.root.find("a")->value.text, "1");
}

TEST(YamlTree, KeysMustBeNames) {
    EXPECT_EQ(parse("? [a, b]\n: c\nd: e\n").places, std::vector<std::string>{"f:1:3 error"});
    EXPECT_EQ(parse("{ {a: b}: c }\n").places, std::vector<std::string>{"f:1:3 error"});
}

TEST(YamlTree, DepthAndNumberOfValuesAreBounded) {
    const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    EXPECT_TRUE(parse(nested(kMaxDepth)).yaml.complete);
    EXPECT_EQ(parse(nested(kMaxDepth + 1)).places, std::vector<std::string>{"f:1:65 error"});
    EXPECT_EQ(parse(std::string(kMaxFileBytes, '[')).places.size(), 1U);
    std::string indented;
    for (int i = 0; i < 100000; ++i) indented += "- ";
    EXPECT_EQ(parse(indented).places, std::vector<std::string>{"f:1:129 error"});
    std::string many = "[";
    for (std::size_t i = 0; i <= kMaxNodes; ++i) many += "1,";
    EXPECT_EQ(parse(many + "]").places.size(), 1U);
}

TEST(YamlTree, AliasesAreNeverFollowed) {
    std::string bomb = "a0: &a0 [x, x]\n";
    for (int i = 1; i < 30; ++i) {
        const std::string last = "*a" + std::to_string(i - 1);
        bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + last + ", " + last + "]\n";
    }
    const Parsed parsed = parse(bomb);
    EXPECT_EQ(parsed.places.size(), 30U + 29U * 2U);  // Each anchor and each alias, once.
    EXPECT_TRUE(parsed.yaml.root.find("a29")->value.items[0].items.empty());
}

TEST(YamlTree, EmptyTextsAreNull) {
    for (const std::string_view text : {"", "\n\n", "# comment only\n", "---\n", "\xEF\xBB\xBF"}) {
        const Parsed parsed = parse(text);
        EXPECT_TRUE(parsed.yaml.complete && parsed.yaml.root.isNull()) << text;
    }
}

TEST(Diagnostics, ANearNameIsOfferedElseWhatIsKnown) {
    const std::vector<std::string> units{"ubnd", "so-xay-dung", "cong-an"};
    EXPECT_NE(nameHint("so-xd", units).find("did you mean \"so-xay-dung\""), std::string::npos);
    EXPECT_NE(nameHint("cogn-an", units).find("did you mean \"cong-an\""), std::string::npos);
    EXPECT_EQ(nameHint("benh-vien", units).find("did you mean"), std::string::npos);
    for (const std::string& unit : units) EXPECT_NE(nameHint("benh-vien", units).find(unit), std::string::npos);
    EXPECT_EQ(nameHint("x", {}), "");
    EXPECT_LT(nameHint(std::string(1000000, 'x'), units).size(), 100U);
}

TEST(Diagnostics, AFloodIsCounted) {
    Diagnostics diagnostics;
    for (std::size_t i = 0; i < Diagnostics::kMost + 5; ++i) diagnostics.error(Mark{}, "x");
    EXPECT_EQ(diagnostics.errors(), Diagnostics::kMost + 5);
    EXPECT_EQ(diagnostics.sorted().size(), Diagnostics::kMost + 1);
}

TEST(Diagnostics, AnErrorIsSaidWhateverManyWarningsThereAre) {
    Diagnostics diagnostics;
    for (std::size_t i = 0; i < Diagnostics::kMost + 5; ++i) diagnostics.warning(Mark{}, "not in effect yet");
    const auto isError = [](const Diagnostic& one) { return one.severity == Diagnostic::Severity::kError; };
    std::vector<Diagnostic> all = diagnostics.sorted();
    EXPECT_EQ(std::count_if(all.begin(), all.end(), isError), 0) << "warnings alone are no error, however many";
    diagnostics.error(Mark{}, "wrong");
    all = diagnostics.sorted();
    EXPECT_EQ(all.size(), Diagnostics::kMost + 1);
    EXPECT_EQ(std::count_if(all.begin(), all.end(), isError), 1);
    EXPECT_FALSE(isError(all.back()));
}

TEST(Diagnostics, QuotedTextsCannotBreakALine) {
    EXPECT_EQ(inQuotes("a\nb\x1B[31m"), "\"a b [31m\"");
    EXPECT_EQ(inQuotes(std::string(100, 'x')), "\"" + std::string(60, 'x') + "…\"");
}

}  // namespace
}  // namespace pakn::config

/// @file
/// Texts and templates: no key is missing or left over, no value goes into a page unescaped, nothing is too large.

#include "catalogue.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>
#include <map>
#include <regex>
#include <set>
#include <vector>

#include "built_in.hpp"
#include "core/testing/temporary_folder.hpp"
#include "form.hpp"
#include "test_paths.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

namespace fs = std::filesystem;

const fs::path kFolder = fs::path{PAKN_SOURCE_DIR} / "plugins/in_web";

std::set<std::string> allMatches(const std::string& text, const std::regex& pattern) {
    std::set<std::string> found;
    for (std::sregex_iterator one{text.begin(), text.end(), pattern}, end; one != end; ++one)
        found.insert((*one)[1].str());
    return found;
}

std::set<std::string> keysOfCatalogue() {
    std::set<std::string> keys;
    for (const CatalogueEntry& entry : catalogue()) keys.emplace(entry.key);
    return keys;
}

/// Keys that templates and code ask for.
std::set<std::string> keysInUse() {
    std::set<std::string> groups;
    for (const std::string& key : keysOfCatalogue()) groups.insert(key.substr(0, key.find('.')));
    std::set<std::string> used;
    for (const built_in::File& one : built_in::templates())
        used.merge(allMatches(std::string{one.text}, std::regex{R"(\{\{t\.([a-z_.]+)\}\})"}));
    for (const fs::directory_entry& entry : fs::directory_iterator{kFolder}) {
        if (entry.path().extension() != ".cpp" || entry.path().filename() == "catalogue.cpp") continue;
        const std::string code = std::regex_replace(testing::readFile(entry.path()), std::regex{"#include[^\n]*"}, "");
        for (const std::string& literal : allMatches(code, std::regex{"\"([a-z]+\\.[a-z_]+)\""}))
            if (groups.contains(literal.substr(0, literal.find('.')))) used.insert(literal);
    }
    return used;
}

TEST(WebCatalogue, NoKeyIsMissingAndNoneIsLeftOver) {
    const std::set<std::string> there = keysOfCatalogue();
    const std::set<std::string> used = keysInUse();
    EXPECT_GT(used.size(), 150U);
    for (const std::string& key : used) EXPECT_TRUE(there.contains(key)) << key << " is missing";
    for (const std::string& key : there) EXPECT_TRUE(used.contains(key)) << key << " is used nowhere";
}

TEST(WebCatalogue, KeysAreSortedAndBothLanguagesComplete) {
    const auto all = catalogue();
    EXPECT_TRUE(std::is_sorted(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.key < b.key; }));
    EXPECT_EQ(keysOfCatalogue().size(), all.size()) << "a key stands twice";
    for (const CatalogueEntry& entry : all) {
        for (const std::string_view text : {entry.vi, entry.en}) {
            EXPECT_FALSE(text.empty()) << entry.key;
            EXPECT_TRUE(isText(text)) << entry.key;
            EXPECT_EQ(trimmed(text), text) << entry.key;
        }
        const auto places = [](std::string_view text) { return std::count(text.begin(), text.end(), '{'); };
        EXPECT_EQ(places(entry.vi), places(entry.en)) << entry.key << " is filled in differently";
        EXPECT_EQ(words(entry.key, Language::kVietnamese), entry.vi);
        EXPECT_EQ(words(entry.key, Language::kEnglish), entry.en);
    }
}

TEST(WebCatalogue, AnUnknownKeyIsShownAsItIs) {
    EXPECT_EQ(words("no.such_key", Language::kEnglish), "no.such_key");
    EXPECT_EQ(words("frame.help", Language::kEnglish, "1022"), "For help call 1022.");
}

TEST(WebCatalogue, ConsentsHaveAVersionByTheirWords) {
    EXPECT_NE(consentsVersion(Language::kVietnamese), consentsVersion(Language::kEnglish));
    EXPECT_LE(consentsVersion(Language::kVietnamese).size(), 100U);
    // Whoever changes what people agree to sees here that old consents are consents to something else.
    EXPECT_EQ(consentsVersion(Language::kVietnamese), "in_web/vi/cb16ecfc13932d95");
    EXPECT_EQ(consentsVersion(Language::kEnglish), "in_web/en/e5935e1ef9d662b7");
}

TEST(WebTemplates, EveryFileIsBuiltInAndEveryValueIsEscaped) {
    std::set<std::string> names;
    for (const built_in::File& one : built_in::templates()) {
        names.emplace(one.name);
        EXPECT_EQ(one.text.find("{{{"), std::string_view::npos) << one.name;
        EXPECT_EQ(one.text.find("{{&"), std::string_view::npos) << one.name;
        EXPECT_EQ(one.text.find("{{="), std::string_view::npos) << one.name;
        for (const std::string& partial : allMatches(std::string{one.text}, std::regex{R"(\{\{>([a-z_]+)\}\})"}))
            EXPECT_TRUE(fs::exists(kFolder / "templates" / (partial + ".mustache"))) << partial;
        // No inline code, no inline style, nothing from elsewhere.
        EXPECT_FALSE(std::regex_search(std::string{one.text},
                                       std::regex{R"(\son[a-z]+=|\sstyle=|<script>|<style|https?://|//[a-z])"}))
            << one.name;
        // A value in an attribute stands in quotes.
        EXPECT_FALSE(std::regex_search(std::string{one.text}, std::regex{R"(\s[a-z-]+=\{\{)"})) << one.name;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator{kFolder / "templates"})
        EXPECT_TRUE(names.contains(entry.path().stem().string())) << entry.path();
}

TEST(WebTemplates, AssetsAreWithinTheirBudgets) {
    std::size_t script = 0;
    std::size_t style = 0;
    for (const built_in::File& one : built_in::assets()) {
        EXPECT_EQ(testing::readFile(kFolder / "static" / std::string{one.name}), one.text);
        if (one.name.ends_with(".js")) script += one.text.size();
        if (one.name.ends_with(".css")) style += one.text.size();
    }
    EXPECT_GT(script, 0U);
    EXPECT_LE(script, 30U << 10U);
    EXPECT_GT(style, 0U);
    EXPECT_LE(style, 12U << 10U);
    EXPECT_EQ(built_in::assetsVersion().size(), 12U);
}

using Colours = std::map<std::string, std::string>;

/// The variables of each `:root`: the light look and the dark one.
std::vector<Colours> looksOf(const std::string& style) {
    std::vector<Colours> looks;
    for (const std::string& root : allMatches(style, std::regex{R"(:root \{([^}]*)\})"})) {
        const std::regex variable{"--([a-z-]+): (#[0-9a-f]+);"};
        Colours& look = looks.emplace_back();
        for (std::sregex_iterator one{root.begin(), root.end(), variable}, end; one != end; ++one)
            look[(*one)[1]] = (*one)[2];
    }
    return looks;
}

/// As WCAG 2.1 reckons it.
double luminance(const std::string& colour) {
    double sum = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const bool brief = colour.size() == 4;
        const std::string digits = brief ? std::string(2, colour.at(1 + i)) : colour.substr(1 + 2 * i, 2);
        const double part = std::stoi(digits, nullptr, 16) / 255.0;
        const double linear = part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4);
        sum += linear * std::array{0.2126, 0.7152, 0.0722}.at(i);
    }
    return sum;
}

double contrast(const std::string& one, const std::string& other) {
    const auto [darker, lighter] = std::minmax({luminance(one), luminance(other)});
    return (lighter + 0.05) / (darker + 0.05);
}

TEST(WebTemplates, ColoursCanBeToldApart) {
    struct Pair {
        const char* colour;
        std::vector<const char*> grounds;
        double least;  ///< 4.5 for texts, 3 for frames of fields and of what has the focus.
    };
    const std::vector<Pair> pairs{{"ink", {"paper", "ground", "good-ground", "warn-ground", "bad-ground"}, 4.5},
                                  {"soft", {"paper", "ground"}, 4.5},
                                  {"accent", {"paper", "ground", "on-accent"}, 4.5},
                                  {"bad", {"paper", "ground", "bad-ground"}, 4.5},
                                  {"focus", {"paper", "ground", "bad-ground"}, 3}};
    const std::vector<Colours> looks = looksOf(testing::readFile(kFolder / "static/style.css"));
    ASSERT_EQ(looks.size(), 2U);
    for (const Colours& look : looks)
        for (const Pair& pair : pairs)
            for (const char* ground : pair.grounds)
                EXPECT_GE(contrast(look.at(pair.colour), look.at(ground)), pair.least)
                    << pair.colour << " on " << ground << ": " << look.at(pair.colour) << " on " << look.at(ground);
}

}  // namespace
}  // namespace pakn::in_web

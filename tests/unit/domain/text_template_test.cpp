#include "core/domain/text_template.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/domain/notice.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::string rendered(const std::string& text, Markup markup, const TemplateValues& values) {
    return TextTemplate{text, markup}.render(values);
}

std::vector<std::size_t> placesOfDefects(const std::string& text, Markup markup = Markup::kText) {
    std::vector<std::size_t> places;
    for (const TemplateDefect& one :
         TextTemplate{text, markup}.defects([](std::string_view name) { return name == "a" || name == "b"; }))
        places.push_back(one.at);
    return places;
}

TEST(TextTemplate, PlainTextIsLeftAsItIs) {
    EXPECT_EQ(rendered("{{a}} & <i> \"'", Markup::kText, {{"a", "<b>&\"'/"}}), "<b>&\"'/ & <i> \"'");
}

TEST(TextTemplate, ValuesAreNeverReadAsMarkup) {
    for (const Markup markup : {Markup::kHtml, Markup::kPango})
        EXPECT_EQ(rendered("<b>{{a}}</b>", markup, {{"a", "<script>&\"'"}}), "<b>&lt;script&gt;&amp;&quot;&#39;</b>");
}

TEST(TextTemplate, ValuesAreNeverReadAsTemplates) {
    const TemplateValues values{{"a", "{{b}}{{#b}}x{{/b}}{{{b}}}"}, {"b", "secret"}};
    EXPECT_EQ(rendered("[{{a}}]", Markup::kText, values), "[{{b}}{{#b}}x{{/b}}{{{b}}}]");
}

TEST(TextTemplate, SectionsShowWhatIsThere) {
    const std::string text = "{{#a}}có {{a}}{{/a}}{{^a}}không{{/a}}";
    EXPECT_EQ(rendered(text, Markup::kText, {{"a", "x"}}), "có x");
    EXPECT_EQ(rendered(text, Markup::kText, {{"a", ""}}), "không");
    EXPECT_EQ(rendered(text, Markup::kText, {}), "không");
}

TEST(TextTemplate, WhatComesOutIsNfc) {
    const std::string decomposed = "Tie\u0302\u0301ng Vie\u0323\u0302t {{a}}";
    const std::string text = rendered(decomposed, Markup::kText, {{"a", "phu\u031b\u01a1\u0300ng"}});
    EXPECT_EQ(text, toNfc(text));
    EXPECT_TRUE(text.starts_with("Tiếng Việt"));
}

TEST(TextTemplate, EveryMistakeHasItsPlace) {
    EXPECT_THAT(placesOfDefects("{{a}} {{#b}}{{a}}{{/b}}{{! whatever }}"), IsEmpty());
    EXPECT_THAT(placesOfDefects("{{a}} {{unit_name}} {{ }}"), ElementsAre(6U, 20U)) << "no such fields";
    EXPECT_THAT(placesOfDefects("x{{#a}}y"), ElementsAre(1U)) << "never closed";
    EXPECT_THAT(placesOfDefects("{{#a}}{{#b}}{{/a}}{{/b}}"), ElementsAre(12U, 0U)) << "closed in the wrong order";
    EXPECT_THAT(placesOfDefects("{{/a}}"), ElementsAre(0U));
    EXPECT_THAT(placesOfDefects("a {{a"), ElementsAre(2U));
    EXPECT_THAT(placesOfDefects("{{>a}}{{=<% %>=}}"), ElementsAre(0U, 6U)) << "not taken";
}

TEST(TextTemplate, UnescapedValuesAreAMistakeInMarkupAlone) {
    EXPECT_THAT(placesOfDefects("{{{a}}}{{&b}}"), IsEmpty());
    EXPECT_THAT(placesOfDefects("{{{a}}}{{&b}}", Markup::kHtml), ElementsAre(0U, 7U));
    EXPECT_THAT(placesOfDefects("{{{a}}}{{&b}}", Markup::kPango), ElementsAre(0U, 7U));
}

TEST(TextTemplate, ANameStaysOnItsLine) {
    EXPECT_EQ(onOneLine("Nguyễn\r\nBcc: x\u2028y\x7f\u0085z"), "Nguyễn  Bcc: x y  z");
    EXPECT_EQ(onLines("một\r\nhai\rba\tbốn\x01 năm\n"), "một\nhai\nba bốn năm");
}

TEST(TextTemplate, TheSendersNameIsPutInAsTextOfItsMarkup) {
    const std::string text = std::string{"Kính gửi "} + std::string{kSenderHere} + ", " + std::string{kSenderHere};
    EXPECT_EQ(withSender(text, Markup::kText, "Ông <b>{{a}}</b>\nX"),
              "Kính gửi Ông <b>{{a}}</b> X, Ông <b>{{a}}</b> X");
    EXPECT_EQ(withSender(text, Markup::kHtml, "<b>"), "Kính gửi &lt;b&gt;, &lt;b&gt;");
    EXPECT_EQ(withSender(text, Markup::kText, " \n "), "Kính gửi Quý Ông/Bà, Quý Ông/Bà");
}

}  // namespace
}  // namespace pakn::domain

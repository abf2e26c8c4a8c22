/// @file
/// Texts, times, numbers, trees: the parts everything else is made of.

#include <gmock/gmock.h>

#include "numbers.hpp"
#include "text.hpp"
#include "times.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {
namespace {

using namespace std::chrono;
using ::testing::ElementsAre;

Instant noon() { return sys_days{2026y / 3 / 6} + hours{12}; }

TEST(Times, AreReadAsTheyAreWritten) {
    const Seconds wanted = inSeconds(noon());
    for (const char* text :
         {"2026-03-06T12:00:00Z", "2026-03-06T12:00Z", "2026-03-06T12:00:00.999Z", "2026-03-06T19:00:00+07:00",
          "2026-03-06T19:00:00+0700", "2026-03-06T19:00:00 07:00", "2026-03-06T06:30:00-05:30", "2026-03-06 12:00:00Z",
          "2026-03-06T19:00:00", "2026-03-07T02:00:00+14:00"})
        EXPECT_EQ(parseTime(text), wanted) << text;
    EXPECT_EQ(parseTime("2026-03-06"), inSeconds(sys_days{2026y / 3 / 5} + hours{17})) << "a day of Viet Nam";
    EXPECT_EQ(parseTime("2024-02-29T00:00:00Z"), inSeconds(sys_days{2024y / 2 / 29}));
    for (const char* text :
         {"", "2026", "2026-03", "2026-3-6", "2026-02-29T00:00:00Z", "2026-03-06T", "2026-03-06T24:00:00Z",
          "2026-03-06T12:60:00Z", "2026-03-06T12:00:61Z", "2026-03-06T12:00:00+15:00", "2026-03-06T12:00:00+07:60",
          "2026-03-06T12:00:00Zx", "2026-03-06T12:00:00.Z", "1969-12-31T23:59:59Z", "-026-03-06T12:00:00Z",
          "20260306T120000Z", "2026-03-06T12:00:00+", "now", "1772758800"})
        EXPECT_FALSE(parseTime(text)) << text;
}

TEST(Times, AreWrittenWithTheirZone) {
    EXPECT_EQ(formatTime(noon() + milliseconds{999}, minutes{0}), "2026-03-06T12:00:00Z");
    EXPECT_EQ(formatTime(noon() + hours{7}, hours{7}), "2026-03-07T02:00:00+07:00");
    EXPECT_EQ(formatTime(noon(), -minutes{150}), "2026-03-06T09:30:00-02:30");
    EXPECT_EQ(formatTime(Instant{milliseconds{-1}}, minutes{0}), "1969-12-31T23:59:59Z");
}

TEST(Texts, AreCutBetweenCharacters) {
    EXPECT_EQ(shortened("đường", 5), "đường");
    EXPECT_EQ(shortened("đường", 4), "đườ…");
    EXPECT_EQ(shortened("đường", 1), "…");
    EXPECT_EQ(codePoints("😀ổ"), 2U);
}

TEST(Texts, WhatIsSound) {
    for (const char* text : {"", "a", "đường", "😀", "\uFFFF", "\x7f"}) EXPECT_TRUE(isSound(text)) << text;
    for (const char* text : {"\x80", "\xc1\x81", "\xe0\x80\x80", "\xed\xa0\x80", "\xf0\x80\x80\x80", "\xf4\x90\x80\x80",
                             "\xf8\x88\x80\x80", "\xc3", "\xe1\xbb", "a\xff"})
        EXPECT_FALSE(isSound(text));
    EXPECT_FALSE(isSound({"\0", 1}));
}

TEST(Texts, InAddresses) {
    EXPECT_EQ(percentDecoded("a%20b+c%c4%91", true), "a b cđ");
    EXPECT_EQ(percentDecoded("a+b", false), "a+b");
    for (const char* text : {"%", "%4", "%4g", "a%"}) EXPECT_FALSE(percentDecoded(text, true)) << text;
    EXPECT_TRUE(isUrlSafe("a-B.c_d~1"));
    for (const char* text : {"", "a/b", "a b", "đ", "a%20"}) EXPECT_FALSE(isUrlSafe(text)) << text;
}

TEST(Texts, ListsAndNames) {
    EXPECT_THAT(listed(" a, b ,,c,"), ElementsAre("a", "b", "c"));
    EXPECT_EQ(snaked("WHISPAWN-654132"), "whispawn_654132");
    EXPECT_EQ(snaked("--Loại  đèn!"), "lo_i_n");
    EXPECT_EQ(snaked("đđ"), "");
}

TEST(Numbers, AreDecimal) {
    EXPECT_EQ(parseNumber("16.5"), 16.5);
    EXPECT_EQ(parseNumber("+16.5"), 16.5);
    for (const char* text : {"", "x", "1x", "0x1", "nan", "inf", "-inf", "1e999", "+", "+-1", "--1", " 1", "1,5"})
        EXPECT_FALSE(parseNumber(text)) << text;
    EXPECT_EQ(parseWhole("0"), 0);
    for (const char* text : {"", "-1", "1.0", "99999999999999999999", "+1"}) EXPECT_FALSE(parseWhole(text)) << text;
}

TEST(Trees, AreWrittenTwoWays) {
    const double far = -107.59090001;
    const double tiny = 1e-9;
    const Tree tree =
        Tree::object("root", {Tree::text("a", "x<&>\r\"\\"), Tree::text("b", ""), Tree::flag("c", false),
                              Tree::integer("d", -3), Tree::degrees("e", &far), Tree::degrees("f", nullptr),
                              Tree::degrees("g", &tiny), Tree::list("h", {Tree::text("i", "1")}), Tree::list("j", {})});
    EXPECT_EQ(tree.toJson(),
              R"({"a":"x<&>\u000d\"\\","b":null,"c":false,"d":-3,"e":-107.5909,"f":null,"g":0,"h":["1"],"j":[]})");
    EXPECT_EQ(
        tree.toXml(),
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<root><a>x&lt;&amp;&gt;&#13;\"\\</a><b/><c>false</c><d>-3</d>"
        "<e>-107.5909</e><f/><g>0</g><h><i>1</i></h><j/></root>\n");
}

}  // namespace
}  // namespace pakn::in_open311

/// @file
/// Texts, encodings and times.

#include "text.hpp"

#include <gtest/gtest.h>

#include <set>

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

TEST(WebText, OnlyWholeUtf8IsText) {
    for (const char* text : {"", "a", "Đèn đường", "\xf0\x9f\x98\x80", "a\r\nb\t"}) EXPECT_TRUE(isText(text)) << text;
    for (const char* bytes :
         {"\xff", "\xc3", "\xc0\x80", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80", "a\xe1\xba"})
        EXPECT_FALSE(isText(bytes)) << bytes;
    EXPECT_FALSE(isText(std::string_view{"a\0b", 3}));
}

TEST(WebText, LengthsAreCodePointsAndCutsLieBetweenThem) {
    EXPECT_EQ(codePoints("Đèn"), 3U);
    EXPECT_EQ(firstBytes("Đèn", 3), "Đ");
    EXPECT_EQ(firstBytes("Đèn", 100), "Đèn");
    EXPECT_EQ(firstBytes("Đ", 1), "");
}

TEST(WebText, LinesArePlain) {
    EXPECT_EQ(withPlainLines("a\r\nb\rc\x01\x7f"
                             "d"),
              "a\nb\ncd");
    EXPECT_EQ(onOneLine("  a\r\nb\x1b[0m "), "a b [0m");
}

TEST(WebText, PercentGoesBothWaysAndBrokenOnesAreNothing) {
    EXPECT_EQ(decodePercent("%C4%90+a%2B"), "Đ a+");
    for (const char* broken : {"%", "%4", "%zz", "a%c"}) EXPECT_FALSE(decodePercent(broken)) << broken;
    EXPECT_EQ(encodePercent("a Đ\"\r\n/;"), "a%20%C4%90%22%0D%0A%2F%3B");
    EXPECT_EQ(decodePercent(encodePercent("Đ&=%+\n")), "Đ&=%+\n");
}

TEST(WebText, ParametersOfHeaders) {
    EXPECT_EQ(headerParameter("multipart/form-data; boundary=\"a b\"; x=1", "boundary"), "a b");
    EXPECT_EQ(headerParameter("form-data; name=\"x\"; filename=\"a;b.jpg\"", "filename"), "a;b.jpg");
    EXPECT_EQ(headerParameter("form-data; name=x; filename=y", "FILENAME"), "y");
    EXPECT_FALSE(headerParameter("form-data; name=\"x", "name"));
    EXPECT_FALSE(headerParameter("form-data", "name"));
    EXPECT_FALSE(headerParameter("form-data; ;=; =a", "name"));
}

TEST(WebText, TokensAreRandomAndOfOneAlphabet) {
    std::set<std::string> seen;
    for (int i = 0; i < 100; ++i) {
        const std::string token = randomToken(16);
        EXPECT_TRUE(isToken(token, 22, 22)) << token;
        EXPECT_TRUE(seen.insert(token).second);
    }
    EXPECT_EQ(randomToken(3).size(), 4U);
    EXPECT_FALSE(isToken("a b", 1, 10));
    EXPECT_FALSE(isToken("", 1, 10));
}

TEST(WebText, CodesAreWhatTheHubMakes) {
    for (const char* code : {"060326001", "PA-060326-0001", "a"}) EXPECT_TRUE(isCode(code)) << code;
    for (const char* code : {"", "a/b", "a;b", "a b", "a.b", "ă", "0123456789012345678901234567890123456789x"})
        EXPECT_FALSE(isCode(code)) << code;
}

TEST(WebText, TimesAreVietNams) {
    const Instant at{std::chrono::seconds{1772758800}};  // 2026-03-06T01:00:00Z
    EXPECT_EQ(shownTime(at), "06/03/2026 08:00");
    EXPECT_EQ(machineTime(at), "2026-03-06T08:00+07:00");
    EXPECT_EQ(inputTime(at), "2026-03-06T08:00");
    // DF-2: in the afternoon, by the 24-hour clock; and over the midnight of UTC.
    EXPECT_EQ(shownTime(at + 7h + 27min), "06/03/2026 15:27");
    EXPECT_EQ(shownTime(at - 90min), "06/03/2026 06:30");
}

TEST(WebText, TypedTimesAreRead) {
    const Instant at{std::chrono::seconds{1772758800}};
    for (const char* text :
         {"2026-03-06T08:00", "2026-03-06T08:00:00", " 2026-03-06 08:00 ", "06/03/2026 08:00", "06/03/2026 08h00"})
        EXPECT_EQ(readTime(text), at) << text;
    EXPECT_EQ(readTime("06/03/2026"), at - 8h);
    for (const char* text :
         {"", "x", "2026-02-30T08:00", "31/02/2026", "2026-03-06T24:00", "2026-03-06T08:60", "6/3/2026",
          "2026-03-06T08", "2026-03-06T08:00x", "0000-03-06T08:00", "2026-13-06", "2026-03-06T-1:00"})
        EXPECT_FALSE(readTime(text)) << text;
}

TEST(WebText, DegreesAreRead) {
    EXPECT_DOUBLE_EQ(*readDegrees("16,4637"), 16.4637);
    EXPECT_DOUBLE_EQ(*readDegrees(" -107.5 "), -107.5);
    for (const char* text : {"", "x", "1e9", "0x10", "1.2.3", "--1", "nan", "1 2"})
        EXPECT_FALSE(readDegrees(text)) << text;
}

TEST(WebText, SizesAreRounded) {
    EXPECT_EQ(shownSize(12, true), "12 byte");
    EXPECT_EQ(shownSize(340 * 1024, true), "340 KB");
    EXPECT_EQ(shownSize(1258291, true), "1,2 MB");
    EXPECT_EQ(shownSize(1258291, false), "1.2 MB");
}

}  // namespace
}  // namespace pakn::in_web

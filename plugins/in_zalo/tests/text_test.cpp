/// @file
/// Words compared as people mean them, and texts cut as Zalo takes them.

#include "text.hpp"

#include <gmock/gmock.h>

namespace pakn::in_zalo {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Folded, AccentsCaseFormAndPunctuationDoNotMatter) {
    for (const char* same : {"gửi", "Gửi", "GỬI", "gui", "  GUI. ", "gu\xCC\x9B\xCC\x89i", "g\xE1\xBB\xADi!", "“gửi”"})
        EXPECT_EQ(folded(same).find("gui") != std::string::npos, true) << same;
    EXPECT_EQ(folded("Gửi."), "gui");
    EXPECT_EQ(folded("HỦY"), folded("huỷ"));
    EXPECT_EQ(folded("Đồng ý"), "dong y");
    EXPECT_EQ(folded("tra \t  cứu\n"), "tra cuu");
    EXPECT_NE(folded("gửi đi"), folded("gửi"));
    EXPECT_EQ(folded("\xff"), "");
    EXPECT_EQ(folded(" .,! "), "");
}

TEST(Cleaned, IsComposedAndHasNoControlCharacters) {
    EXPECT_EQ(cleaned("\xC4\x90"
                      "e\xCC\x80n"),
              "Đèn");
    EXPECT_EQ(cleaned(std::string_view{"a\0b\x01\x7F\tc\r\nd\re", 12}), "ab\tc\nd\ne");
    EXPECT_EQ(cleaned("\xC3\x28"), "");
}

TEST(InPieces, EndAtSentences) {
    const std::string text = "Một câu ngắn. Câu thứ hai dài hơn một chút! Câu cuối?";
    EXPECT_THAT(inPieces(text, 45), ElementsAre("Một câu ngắn. Câu thứ hai dài hơn một chút!", "Câu cuối?"));
    EXPECT_THAT(inPieces("ngắn", 2000), ElementsAre("ngắn"));
    EXPECT_THAT(inPieces("  \n ", 2000), IsEmpty());
}

TEST(InPieces, CountCodePoints) {
    std::string long_text;
    for (int i = 0; i < 1000; ++i) long_text += "ườ";  // No place to cut.
    EXPECT_EQ(codePoints(long_text), 2000U);
    EXPECT_EQ(inPieces(long_text, 2000).size(), 1U);
    const std::vector<std::string> two = inPieces(long_text + "ở", 2000);
    ASSERT_EQ(two.size(), 2U);
    EXPECT_EQ(two[1], "ở");
    std::string words;
    for (int i = 0; i < 1500; ++i) words += "từ ngữ. ";
    std::string again;
    for (const std::string& piece : inPieces(words, 2000)) {
        EXPECT_LE(codePoints(piece), 2000U);
        EXPECT_GE(codePoints(piece), 999U) << "not wasteful, but for the last";
        again += piece + ' ';
    }
    EXPECT_EQ(again, words) << "nothing is lost";
}

TEST(PlainText, IsWhatAReaderSees) {
    EXPECT_EQ(plainText("<p>Kính gửi <b>Bà A</b></p><pre>Đã lắp &lt;nắp&gt; &amp; dọn&#46;</pre>"),
              "Kính gửi Bà A\nĐã lắp <nắp> & dọn.");
    EXPECT_EQ(plainText("a<br/>b<BR>c &unknown; & d"), "a\nb\nc &unknown; & d");
    EXPECT_EQ(plainText("a<b"), "a");
}

TEST(Filled, KnowsItsNames) {
    const Values values{{"code", "060326001"}, {"link", ""}};
    EXPECT_EQ(filled("Phản ánh {code}: {link}{other}{", values), "Phản ánh 060326001: {other}{");
    EXPECT_EQ(filled("{code}", {{"code", "{link}"}, {"link", "x"}}), "{link}") << "a value is no pattern";
}

}  // namespace
}  // namespace pakn::in_zalo

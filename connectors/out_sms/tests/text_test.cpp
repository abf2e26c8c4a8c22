/// @file
/// What fits into short messages, and how many it takes.

#include "text.hpp"

#include <gtest/gtest.h>

#include <random>

namespace pakn::out_sms {
namespace {

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST(SmsText, EveryVietnameseLetterLosesItsAccents) {
    EXPECT_EQ(withoutAccents("àáảãạăằắẳẵặâầấẩẫậ"), std::string(17, 'a'));
    EXPECT_EQ(withoutAccents("ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬ"), std::string(17, 'A'));
    EXPECT_EQ(withoutAccents("èéẻẽẹêềếểễệ"), std::string(11, 'e'));
    EXPECT_EQ(withoutAccents("ÈÉẺẼẸÊỀẾỂỄỆ"), std::string(11, 'E'));
    EXPECT_EQ(withoutAccents("ìíỉĩị"), std::string(5, 'i'));
    EXPECT_EQ(withoutAccents("ÌÍỈĨỊ"), std::string(5, 'I'));
    EXPECT_EQ(withoutAccents("òóỏõọôồốổỗộơờớởỡợ"), std::string(17, 'o'));
    EXPECT_EQ(withoutAccents("ÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢ"), std::string(17, 'O'));
    EXPECT_EQ(withoutAccents("ùúủũụưừứửữự"), std::string(11, 'u'));
    EXPECT_EQ(withoutAccents("ÙÚỦŨỤƯỪỨỬỮỰ"), std::string(11, 'U'));
    EXPECT_EQ(withoutAccents("ỳýỷỹỵ"), std::string(5, 'y'));
    EXPECT_EQ(withoutAccents("ỲÝỶỸỴ"), std::string(5, 'Y'));
    EXPECT_EQ(withoutAccents("đĐ"), "dD");
}

TEST(SmsText, DecomposedLettersAreTheSame) {
    EXPECT_EQ(withoutAccents("Kết quả"), "Ket qua");
    EXPECT_EQ(withoutAccents("Ke\u0302\u0301t qua\u0309"), "Ket qua");
    EXPECT_EQ(cleaned("Ke\u0302\u0301t qua\u0309"), "Kết quả");
}

TEST(SmsText, WhatTheAlphabetHasNotBecomesItsRelativeOrAQuestionMark) {
    EXPECT_EQ(withoutAccents("“Hố ga” – số 12…"), "\"Ho ga\" - so 12...");
    EXPECT_EQ(withoutAccents("`x`"), "'x'");
    EXPECT_EQ(withoutAccents("漢😀я"), "???");
    EXPECT_EQ(withoutAccents("5 € {a} [b] ~ \\ | ^"), "5 € {a} [b] ~ \\ | ^");
    EXPECT_EQ(withoutAccents("Ø ß Δ £"), "Ø ß Δ £") << "the basic table has them";
}

TEST(SmsText, AgainChangesNothing) {
    std::mt19937 random{11};
    for (int i = 0; i < 2000; ++i) {
        std::string text;
        for (int n = 0; n < 20; ++n) {
            constexpr const char* kSome[] = {"a", "ắ",      "đ", "Ợ", "–", "😀",      "€",
                                             " ", "\u0301", "Ω", "ß", "{", "\u200b", "½"};
            text += kSome[random() % std::size(kSome)];
        }
        const std::string clean = cleaned(text).value();
        EXPECT_EQ(cleaned(clean), clean);
        const std::string plain = withoutAccents(clean);
        EXPECT_EQ(withoutAccents(plain), plain) << text;
        EXPECT_EQ(alphabetOf(plain), Alphabet::kGsm) << text;
        EXPECT_EQ(plainest(plainest(clean)), plainest(clean)) << text;
    }
}

TEST(SmsText, BlanksAndWhatNobodySees) {
    EXPECT_EQ(cleaned(" a\r\n\n b\u00a0\tc\u200b\ufeff\u0007d "), "a b cd");
    EXPECT_EQ(cleaned(""), "");
    EXPECT_EQ(cleaned("\xff\xfe"), std::nullopt);
    EXPECT_EQ(cleaned("\xed\xa0\x80"), std::nullopt) << "half a pair";
}

TEST(SmsText, ThePlainestText) { EXPECT_EQ(plainest("Phố <A> & {b}: 5€, số 1/2?"), "Pho  A     b : 5 , so 1/2?"); }

TEST(SmsText, WordsOfHtml) {
    EXPECT_EQ(cleaned(wordsOfHtml("<p>Kính gửi <b>A</b></p><pre>x &lt; y &amp;&#32;z</pre>")), "Kính gửi A x < y & z");
    EXPECT_EQ(wordsOfHtml("a<br/>b"), "a b");
    EXPECT_EQ(wordsOfHtml("&#x1EA1;&#7841;&quot;"), "ạạ\"");
    EXPECT_EQ(wordsOfHtml("A & B < C; 1 &unknown; &#0; &#xD800; &#x110000;"),
              "A & B < C; 1 &unknown; &#0; &#xD800; &#x110000;");
    EXPECT_EQ(wordsOfHtml("a<b"), "a<b");
    EXPECT_EQ(wordsOfHtml(""), "");
}

TEST(SmsText, GsmParts) {
    const struct {
        std::string text;
        int parts;
    } cases[] = {{"", 0},
                 {"a", 1},
                 {repeated("a", 160), 1},
                 {repeated("a", 161), 2},
                 {repeated("a", 306), 2},
                 {repeated("a", 307), 3},
                 {repeated("a", 459), 3},
                 {repeated("a", 460), 4},
                 {repeated("{", 80), 1},
                 {repeated("{", 81), 2},
                 // 153 septets hold 76 of these and one septet is lost: they are not cut in half.
                 {repeated("{", 152), 2},
                 {repeated("{", 153), 3},
                 {repeated("a", 159) + "€", 2},
                 {repeated("a", 158) + "€", 1}};
    for (const auto& one : cases) EXPECT_EQ(partsOf(one.text, Alphabet::kGsm), one.parts) << one.text.size();
}

TEST(SmsText, UnicodeParts) {
    const struct {
        std::string text;
        int parts;
    } cases[] = {{"", 0},
                 {repeated("ắ", 70), 1},
                 {repeated("ắ", 71), 2},
                 {repeated("ắ", 134), 2},
                 {repeated("ắ", 135), 3},
                 {repeated("😀", 35), 1},
                 {repeated("😀", 36), 2},
                 // 67 units hold 33 pairs and one unit is lost.
                 {repeated("😀", 66), 2},
                 {repeated("😀", 67), 3}};
    for (const auto& one : cases) EXPECT_EQ(partsOf(one.text, Alphabet::kUnicode), one.parts) << one.text.size();
}

TEST(SmsText, AccentsNeedUnicode) {
    EXPECT_EQ(alphabetOf("Ket qua"), Alphabet::kGsm);
    EXPECT_EQ(alphabetOf("Kết quả"), Alphabet::kUnicode);
    EXPECT_EQ(alphabetOf("là"), Alphabet::kUnicode) << "the alphabet has it, but a gateway means: no accents";
}

}  // namespace
}  // namespace pakn::out_sms

/// @file
/// Normal form, lengths and the search key, with hostile bytes.

#include "core/domain/text.hpp"

#include <gtest/gtest.h>
#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/unistr.h>

#include <random>
#include <thread>
#include <vector>

namespace pakn::domain {
namespace {

// "Đèn đường ở ngã tư Nguyễn Huệ hỏng từ tối qua, đề nghị sửa gấp.": 63 code points, 92 bytes in NFC.
constexpr std::string_view kSentence = "Đèn đường ở ngã tư Nguyễn Huệ hỏng từ tối qua, đề nghị sửa gấp.";

std::string normalised(const icu::Normalizer2* (*instance)(UErrorCode&), std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    std::string normal;
    icu::StringByteSink<std::string> sink{&normal};
    instance(status)->normalizeUTF8(0, {text.data(), static_cast<std::int32_t>(text.size())}, sink, nullptr, status);
    EXPECT_TRUE(U_SUCCESS(status));
    return normal;
}
std::string nfcOf(std::string_view text) { return normalised(&icu::Normalizer2::getNFCInstance, text); }
std::string nfdOf(std::string_view text) { return normalised(&icu::Normalizer2::getNFDInstance, text); }

std::string utf8(UChar32 c) {
    std::string text;
    icu::UnicodeString{c}.toUTF8String(text);
    return text;
}

TEST(Nfc, composesWhatPhonesDecompose) {
    EXPECT_EQ(toNfc("e\u0302\u0301"), "\u1EBF");
    EXPECT_EQ(toNfc("u\u031B\u0300"), "\u1EEB");
    EXPECT_EQ(toNfc("e\u0323\u0302"), "\u1EC7");
    EXPECT_EQ(toNfc("e\u0302\u0323"), "\u1EC7");  // marks in the other order
    EXPECT_EQ(toNfc(nfdOf(kSentence)), kSentence);
    EXPECT_EQ(toNfc("\u212B"), "\u00C5");  // the quick check alone would not do
}

TEST(Nfc, keepsWhatIsNormal) {
    EXPECT_EQ(toNfc(kSentence), kSentence);
    EXPECT_EQ(toNfc(""), "");
    EXPECT_EQ(toNfc("plain ASCII, longer than one machine word\r\n"), "plain ASCII, longer than one machine word\r\n");
    EXPECT_EQ(toNfc("Nước ngập 🌊🌊"), "Nước ngập 🌊🌊");
    EXPECT_EQ(toNfc("\x01\x7F\xF4\x8F\xBF\xBF"), "\x01\x7F\xF4\x8F\xBF\xBF");  // up to U+10FFFF
}

TEST(Nfc, refusesInvalidUtf8) {
    const std::string_view sequences[] = {
        "\x80",  // continuation alone
        "\xBF",
        "\xC3",  // cut
        "\xE1\xBA",
        "\xF0\x9F\x8C",
        "\xC3(",  // lead without continuation
        "\xE1\xBA(",
        "\xF0\x9F\x8C(",
        "\xC0\xAF",  // overlong
        "\xC1\xBF",
        "\xE0\x80\xAF",
        "\xE0\x9F\xBF",
        "\xF0\x80\x80\xAF",
        "\xF0\x8F\xBF\xBF",
        "\xED\xA0\x80",  // surrogates
        "\xED\xBF\xBF",
        "\xED\xA0\xBD\xED\xB8\x80",
        "\xF4\x90\x80\x80",  // above U+10FFFF
        "\xF5\x80\x80\x80",
        "\xF8\x88\x80\x80\x80",
        "\xFE",
        "\xFF",
    };
    for (const std::string_view sequence : sequences) {
        // At every place of a machine word, and before and after good text.
        for (std::size_t before = 0; before < 17; ++before) {
            for (const std::string_view after : {"", "x", "đường phố"}) {
                const std::string text = std::string(before, 'a').append(sequence).append(after);
                EXPECT_EQ(toNfc(text), std::nullopt) << ::testing::PrintToString(text);
            }
        }
        EXPECT_EQ(toNfc(std::string{kSentence}.append(sequence)), std::nullopt);
    }
}

TEST(Nfc, refusesNul) {
    for (std::size_t at = 0; at < 20; ++at) {
        std::string ascii(20, 'a');
        ascii[at] = '\0';
        EXPECT_EQ(toNfc(ascii), std::nullopt) << at;
        EXPECT_EQ(toNfc("đ" + ascii), std::nullopt) << at;
    }
}

TEST(Nfc, decidesTwoByteSequencesLikeTheStandard) {
    for (int lead = 0x80; lead <= 0xFF; ++lead) {
        for (int trail = 0; trail <= 0xFF; ++trail) {
            const std::string text{static_cast<char>(lead), static_cast<char>(trail)};
            const bool valid = lead >= 0xC2 && lead <= 0xDF && trail >= 0x80 && trail <= 0xBF;
            ASSERT_EQ(toNfc(text).has_value(), valid) << lead << ' ' << trail;
        }
    }
}

TEST(Length, countsCodePoints) {
    EXPECT_EQ(codePoints(""), 0U);
    EXPECT_EQ(codePoints("đường"), 5U);
    EXPECT_EQ(codePoints("🌊"), 1U);
    EXPECT_EQ(codePoints(kSentence), 63U);
    EXPECT_EQ(kSentence.size(), 92U);
}

TEST(Length, cutsBetweenCodePoints) {
    EXPECT_EQ(firstCodePoints("đường", 0), "");
    EXPECT_EQ(firstCodePoints("đường", 1), "đ");
    EXPECT_EQ(firstCodePoints("đường", 3), "đườ");
    EXPECT_EQ(firstCodePoints("đường", 5), "đường");
    EXPECT_EQ(firstCodePoints("đường", 6), "đường");
    EXPECT_EQ(firstCodePoints("a🌊b", 2), "a🌊");
    EXPECT_EQ(firstCodePoints("", 3), "");
}

TEST(Trim, dropsBlanksAndZeroWidth) {
    EXPECT_EQ(trimmed("  a b \t\r\n"), "a b");
    EXPECT_EQ(trimmed("\u00A0\u200B\uFEFF\u3000đường\u2060\u200D\u2003"), "đường");
    EXPECT_EQ(trimmed(" \u200B\u00A0 "), "");
    EXPECT_EQ(trimmed(""), "");
    EXPECT_EQ(trimmed("a\u200Bb"), "a\u200Bb");
    EXPECT_EQ(trimmed("🌊"), "🌊");
    EXPECT_EQ(trimmed(" \x80\xFF "), "\x80\xFF");
    EXPECT_EQ(trimmed("\x8B "), "\x8B");
}

TEST(Fold, isLowerCaseWithoutMarks) {
    EXPECT_EQ(fold("Đèn đường"), " den duong ");
    EXPECT_EQ(fold(kSentence), " den duong o nga tu nguyen hue hong tu toi qua de nghi sua gap ");
    EXPECT_EQ(fold("ĐẮK LẮK, số 12/3-A"), " dak lak so 12 3 a ");
    EXPECT_EQ(fold("hoà"), fold("hòa"));
    EXPECT_EQ(fold("Thanh Hoá"), fold("Thanh Hóa"));
    EXPECT_EQ(fold("Thuỷ"), fold("Thủy"));
}

TEST(Fold, everyVietnameseLetter) {
    const std::pair<std::string_view, char> letters[] = {
        {"aàáảãạăằắẳẵặâầấẩẫậAÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬ", 'a'},
        {"eèéẻẽẹêềếểễệEÈÉẺẼẸÊỀẾỂỄỆ", 'e'},
        {"iìíỉĩịIÌÍỈĨỊ", 'i'},
        {"oòóỏõọôồốổỗộơờớởỡợOÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢ", 'o'},
        {"uùúủũụưừứửữựUÙÚỦŨỤƯỪỨỬỮỰ", 'u'},
        {"yỳýỷỹỵYỲÝỶỸỴ", 'y'},
        {"dđDĐÐ", 'd'},  // the last is the look-alike that old converters write
    };
    for (const auto& [text, letter] : letters) {
        const std::string expected = " " + std::string(codePoints(text), letter) + " ";
        EXPECT_EQ(fold(text), expected);
        EXPECT_EQ(fold(nfdOf(text)), expected);
    }
}

TEST(Fold, findsWholePhrases) {
    const auto finds = [](std::string_view text, std::string_view phrase) {
        return fold(text).find(fold(phrase)) != std::string::npos;
    };
    EXPECT_TRUE(finds("DEN DUONG hỏng", "đèn đường"));
    EXPECT_TRUE(finds(nfdOf("Hỏng ĐÈN   ĐƯỜNG!"), "đèn đường"));
    EXPECT_TRUE(finds("cột (đèn-đường)", "đèn đường"));
    EXPECT_TRUE(finds("đèn\nđường", "đèn đường"));
    EXPECT_FALSE(finds("đèn đườngx", "đèn đường"));
    EXPECT_FALSE(finds("quèn đường", "èn đường"));
    EXPECT_FALSE(finds("đường đèn", "đèn đường"));
}

TEST(Fold, textWithoutLettersIsOneSpace) {
    for (const std::string_view text : {"", " ", "...", "🌊", "\u0301", "\xFF\xFE", "☀\uFE0F"})
        EXPECT_EQ(fold(text), " ");
}

TEST(Fold, ignoresWhatHasNoWidthInsideWords) {
    EXPECT_EQ(fold("đư\u00ADờng"), " duong ");
    EXPECT_EQ(fold("đư\u200Dờng"), " duong ");
    EXPECT_EQ(fold("đèn\u200Bđường"), " den duong ");
}

TEST(Fold, keepsLettersOfOtherScripts) {
    EXPECT_EQ(fold("ЖÄ"), " жa ");
    EXPECT_EQ(fold("ភូមិ"), " ភូមិ ");  // Khmer vowel signs are part of the word
    EXPECT_EQ(fold("東京 한국"), " 東京 " + nfdOf("한국") + " ");
}

TEST(Fold, takesInvalidBytesAsSeparators) {
    EXPECT_EQ(fold("a\xFF"
                   "b\xC3"),
              " a b ");
    EXPECT_EQ(fold(std::string_view("a\0b", 3)), " a b ");
    std::mt19937 random{7};
    for (int run = 0; run < 20000; ++run) {
        std::string bytes(random() % 40, '\0');
        for (char& byte : bytes) byte = static_cast<char>(random());
        const std::string key = fold(bytes);
        ASSERT_TRUE(toNfc(key).has_value());
        ASSERT_EQ(key.front(), ' ');
        ASSERT_EQ(key.back(), ' ');
        ASSERT_EQ(key.find("  "), std::string::npos);
    }
}

TEST(Fold, isTheSameForEveryFormOfEveryCodePoint) {
    for (UChar32 c = 1; c <= 0x10FFFF; ++c) {
        if (c >= 0xD800 && c <= 0xDFFF) continue;
        const std::string text = "a" + utf8(c) + "b";
        const std::string key = fold(text);
        ASSERT_EQ(fold(nfdOf(text)), key) << std::hex << c;
        ASSERT_EQ(fold(nfcOf(text)), key) << std::hex << c;
        ASSERT_EQ(fold(key), key) << std::hex << c;
    }
}

TEST(Fold, mayBeginInManyThreads) {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i) threads.emplace_back([] { EXPECT_EQ(fold("Đèn đường"), " den duong "); });
}

TEST(Nfc, refusesAFloodOfMarksInLinearTime) {
    std::string flood = "a";
    for (int i = 0; i < 1'000'000; ++i) flood += i % 2 == 0 ? "\u0301" : "\u0323";
    EXPECT_FALSE(toNfc(flood)) << "sorting these marks would take hours";
    std::string many = "a";
    for (int i = 0; i < 30; ++i) many += "\u0301";
    EXPECT_TRUE(toNfc(many));
    EXPECT_FALSE(toNfc(many + "\u0301"));
}

}  // namespace
}  // namespace pakn::domain

/// @file
/// Encodings: the vectors of the contract, rightly declared and not.

#include <gtest/gtest.h>

#include <string>

#include "core/decoder_process/mail_charset.hpp"
#include "core/decoder_process/mail_text.hpp"
#include "mail_contract.hpp"

namespace pakn::decoder_process {
namespace {

constexpr std::size_t kMost = 1U << 20U;

struct Read {
    std::string text;
    bool guessed;
    friend bool operator==(const Read&, const Read&) = default;
    friend void PrintTo(const Read& one, std::ostream* out) { *out << one.text << (one.guessed ? " (guessed)" : ""); }
};
Read read(std::string_view bytes, std::string_view declared) {
    const DecodedText decoded = decodeCharset(bytes, declared);
    return {cleanText(decoded.utf8, kMost).text, decoded.guessed};
}

std::string fromHex(const std::string& hex) {
    std::string bytes;
    for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
        bytes += static_cast<char>(std::stoi(hex.substr(i, 2), nullptr, 16));
    return bytes;
}

TEST(MailCharset, EachVectorIsTheSentence) {
    const std::vector<Row> vectors = contractTable("form");
    ASSERT_EQ(vectors.size(), 4U);
    for (const Row& row : vectors) EXPECT_EQ(read(fromHex(row[1]), row[0]), (Read{kSentence, false})) << row[0];
}

TEST(MailCharset, EachVectorIsTheSentenceUnderAnyWrongName) {
    const std::vector<Row> vectors = contractTable("form");
    ASSERT_EQ(vectors.size(), 4U);
    for (const Row& row : vectors)
        for (const char* declared : {"", "us-ascii", "iso-8859-1", "windows-1252", "utf-8", "unknown", "x-nowhere",
                                     "windows-1258", "tcvn5712-1", "viscii", "vni"}) {
            if (row[0] == declared || (row[0] == "x-viet-vni" && std::string{declared} == "vni")) continue;
            EXPECT_EQ(read(fromHex(row[1]), declared), (Read{kSentence, true})) << row[0] << " as " << declared;
        }
}

TEST(MailCharset, Utf8IsUtf8WhateverIsDeclared) {
    EXPECT_EQ(read(kSentence, "UTF-8"), (Read{kSentence, false}));
    EXPECT_EQ(read(kSentence, "utf8mb4"), (Read{kSentence, false}));
    for (const char* declared :
         {"", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1258", "viscii", "gb2312", "koi8-r"})
        EXPECT_EQ(read(kSentence, declared), (Read{kSentence, true})) << declared;
}

TEST(MailCharset, ShortTextsAreGuessedToo) {
    EXPECT_EQ(read("\xa7\xcc\x6e h\xe1ng", ""), (Read{"Đèn hỏng", true})) << "TCVN";
    EXPECT_EQ(read("Xin ch\xb5o", "iso-8859-1"), (Read{"Xin chào", true})) << "TCVN";
    EXPECT_EQ(read("\xd1\x65\xf8n ho\xfbng", "windows-1252"), (Read{"Đèn hỏng", true})) << "VNI";
}

TEST(MailCharset, OtherLanguagesStayWhatTheyAre) {
    for (const auto& [bytes, text] :
         {std::pair{"L'\xe9l\xe8ve a \xe9t\xe9 g\xean\xe9 \xe0 l'\xe9"
                    "cole.",
                    "L'élève a été gêné à l'école."},
          std::pair{"El se\xf1or dice que ma\xf1"
                    "ana habr\xe1 m\xe1s.",
                    "El señor dice que mañana habrá más."},
          std::pair{"Lampen p\xe5 gaden", "Lampen på gaden"},
          std::pair{"Fu\xdfg\xe4nger, M\xfcller, K\xf6ln", "Fußgänger, Müller, Köln"},
          std::pair{"N\xe3o est\xe1 funcionando, aten\xe7\xe3o", "Não está funcionando, atenção"}}) {
        EXPECT_EQ(read(bytes, "iso-8859-1"), (Read{text, false}));
        EXPECT_EQ(read(bytes, "us-ascii"), (Read{text, true}));
    }
    EXPECT_EQ(read("\x93quoted\x94", "iso-8859-1"), (Read{"“quoted”", false})) << "meant is windows-1252";
}

TEST(MailCharset, TheEncodingsOfTheWorld) {
    EXPECT_EQ(read("\xc2\xb7\xb5\xc6", "gb2312").text, "路灯");
    EXPECT_EQ(read("\x1b$B39Et\x1b(B", "iso-2022-jp"), (Read{"街灯", false}));
    EXPECT_EQ(read("\xe6\xcf\xce\xc1\xd2\xd8", "KOI8-R"), (Read{"Фонарь", false}));
    EXPECT_EQ(read(std::string_view{"\xff\xfe"
                                    "a\0b\0",
                                    6},
                   "utf-16")
                  .text,
              "ab");
    EXPECT_EQ(read(std::string_view{"a\0b\0", 4}, "utf-16").text, "ab");
    EXPECT_EQ(read(std::string_view{"\0a\0b", 4}, "utf-16").text, "ab");
    EXPECT_EQ(read("+HsU-", "unicode-1-1-utf-7").text, "ễ");
    EXPECT_EQ(read("Nguye^~n, d\\d?", "VIQR").text, "Nguyễn, dd?");
}

TEST(MailCharset, WhatIsBrokenIsReplaced) {
    EXPECT_EQ(read("abc\xe1\xba", "utf-8").text.substr(0, 3), "abc");
    const std::string cut = std::string{kSentence} + kSentence + "\xe1\xba";
    EXPECT_EQ(read(cut, "utf-8"), (Read{std::string{kSentence} + kSentence + "\ufffd", false}));
    EXPECT_EQ(read("\xc0\xaf", "utf-8").text.find('/'), std::string::npos) << "no overlong forms";
    EXPECT_TRUE(read("", "viscii").text.empty());
    EXPECT_EQ(read("abc", "../../etc/passwd"), (Read{"abc", false}));
}

TEST(MailText, IsCleaned) {
    EXPECT_EQ(cleanText("a\r\nb\rc\x0b"
                        "d\x01\x7f\t",
                        kMost)
                  .text,
              "a\nb\nc\nd\t");
    EXPECT_EQ(cleanText("e\u0301 \ufeff\u2028x", kMost).text, "é \nx");
    EXPECT_EQ(cleanText("\xff"
                        "a",
                        kMost)
                  .text,
              "\ufffda");
    const Cleaned cut = cleanText("đđđ", 5);
    EXPECT_EQ(cut.text, "đđ");
    EXPECT_TRUE(cut.cut);
    EXPECT_FALSE(cleanText("đđđ", 6).cut);
}

TEST(MailText, MarksWithoutEndAreBounded) {
    std::string marks = "a";
    for (int i = 0; i < 200'000; ++i) marks += i < 100'000 ? "\u0315" : "\u0316";
    EXPECT_LT(cleanText(marks, kMost).text.size(), 100U);
    EXPECT_LT(cleanLine(marks, 1000).size(), 100U);
}

TEST(MailText, FileNamesAreNames) {
    EXPECT_EQ(cleanFileName("../../a.txt"), "a.txt");
    EXPECT_EQ(cleanFileName("C:\\x\\b.pdf"), "b.pdf");
    EXPECT_EQ(cleanFileName(".."), "");
    EXPECT_EQ(cleanFileName("a/"), "");
    EXPECT_EQ(cleanFileName("x\u202efdp.exe. "), "xfdp.exe");
    const std::string name = cleanFileName(std::string(500, 'x') + ".docx");
    EXPECT_EQ(name.size(), 150U);
    EXPECT_TRUE(name.ends_with("x.docx"));
}

}  // namespace
}  // namespace pakn::decoder_process

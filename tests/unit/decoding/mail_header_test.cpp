/// @file
/// Header fields: encoded words, parameters, addresses, ids, dates.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "core/decoder_process/mail_header.hpp"
#include "core/decoder_process/mail_words.hpp"

namespace pakn::decoder_process {
namespace {

TEST(MailWords, AreDecoded) {
    EXPECT_EQ(decodeWords(" plain text"), " plain text");
    EXPECT_EQ(decodeWords("=?utf-8?B?xJDDqG4=?="), "Đèn");
    EXPECT_EQ(decodeWords("=?UTF-8?q?=C4=90=C3=A8n_?="), "Đèn ");
    EXPECT_EQ(decodeWords("=?utf-8*vi-VN?Q?=C4=90=C3=A8n?="), "Đèn");
    EXPECT_EQ(decodeWords("a =?utf-8?Q?b?= c"), "a b c");
    EXPECT_EQ(decodeWords("=?utf-8?Q?a?=\r\n =?utf-8?Q?b?="), "ab");
    EXPECT_EQ(decodeWords("=?utf-8?Q?a?= =?iso-8859-1?Q?=E9?="), "aé");
    EXPECT_EQ(decodeWords("Đèn"), "Đèn");
}

TEST(MailWords, SplitInsideACharacterAreJoinedFirst) {
    EXPECT_EQ(decodeWords("=?utf-8?Q?=C4?= =?utf-8?Q?=90?="), "Đ");
    EXPECT_EQ(decodeWords("=?utf-8?B?xA==?=\r\n\t=?UTF-8?Q?=90?="), "Đ");
    EXPECT_EQ(decodeWords("=?utf8?B?4bs=?= =?utf-8?B?hw==?="), "ệ");
}

TEST(MailWords, WhatIsNoWordStays) {
    for (const char* text :
         {"=?", "=?utf-8", "=?utf-8?Q?", "=?utf-8?X?a?=", "=??Q?a?=", "=?utf-8?Q?a", "a=b?c=", "==?=?"})
        EXPECT_EQ(decodeWords(text), text);
    EXPECT_EQ(decodeWords("=?utf-8?B?!!!!?="), "");
    EXPECT_EQ(decodeWords("=?utf-8?Q?=C4=9?="), "Ä=9") << "not UTF-8, so it is guessed";
}

TEST(MailParameters, OfAllKinds) {
    const Parameterized value = parseParameterized(
        "Text/PLAIN (a comment); charset=\"UTF-8\"; Format=flowed ; name*=utf-8''%C4%90%C3%A8n.txt; empty=; x");
    EXPECT_EQ(value.value, "text/plain");
    EXPECT_EQ(value["charset"], "UTF-8");
    EXPECT_EQ(value["format"], "flowed");
    EXPECT_EQ(value["name"], "Đèn.txt");
    EXPECT_EQ(value["empty"], "");
    EXPECT_EQ(value["nothing"], "");
}

TEST(MailParameters, InPieces) {
    EXPECT_EQ(parseParameterized("a; f*0=b; f*1=c")["f"], "bc");
    EXPECT_EQ(parseParameterized("a; f*1=c; f*0=b")["f"], "bc");
    EXPECT_EQ(parseParameterized("a; f*0*=utf-8''%C4; f*1*=%90; f*2=\"%41\"")["f"], "Đ%41");
    EXPECT_EQ(parseParameterized("a; f*10=k; f*9=j")["f"], "jk");
    EXPECT_EQ(parseParameterized("a; f=plain; f*0=b")["f"], "b");
    EXPECT_EQ(parseParameterized("a; f=first; f=second")["f"], "first");
    EXPECT_EQ(parseParameterized("a; f*99999999999999999999=x").parameters.size(), 1U);
}

TEST(MailParameters, AsProgramsWriteThem) {
    EXPECT_EQ(parseParameterized("attachment; filename=bao cao.pdf; size=1")["filename"], "bao cao.pdf");
    EXPECT_EQ(parseParameterized("attachment; filename=\"a\\\"b;c\\\\d\\e\"")["filename"], "a\"b;c\\d\\e");
    EXPECT_EQ(parseParameterized("attachment; filename=\"unclosed")["filename"], "unclosed");
    EXPECT_EQ(parseParameterized("attachment; filename=\"=?utf-8?B?xJA=?=\"")["filename"], "Đ");
    EXPECT_EQ(parseParameterized("").value, "");
    EXPECT_EQ(parseParameterized(";;;=;a").value, "");
}

std::vector<std::string> addressesOf(std::string_view raw) {
    std::vector<std::string> all;
    for (const Mailbox& one : parseAddresses(raw, 100)) all.push_back(one.name + '|' + one.address);
    return all;
}
using Strings = std::vector<std::string>;

TEST(MailAddresses, OfAllKinds) {
    EXPECT_EQ(addressesOf("an@DAN.Example"), (Strings{"|an@dan.example"}));
    EXPECT_EQ(addressesOf("An <an@dan.example>, \"B, C\" <b@x.example>"),
              (Strings{"An|an@dan.example", "B, C|b@x.example"}));
    EXPECT_EQ(addressesOf("an@dan.example (An (Tổ 5))"), (Strings{"An (Tổ 5)|an@dan.example"}));
    EXPECT_EQ(addressesOf("Nhóm: a@x.example, B <b@x.example>;, c@x.example"),
              (Strings{"|a@x.example", "B|b@x.example", "|c@x.example"}));
    EXPECT_EQ(addressesOf("\"hai từ\"@x.example"), (Strings{"|\"hai từ\"@x.example"}));
    EXPECT_EQ(addressesOf("=?utf-8?Q?B,_A?= <a@x.example>"), (Strings{"B, A|a@x.example"}));
    EXPECT_EQ(addressesOf("<@r.example,@s.example:a@x.example>"), (Strings{"|a@x.example"}));
    EXPECT_EQ(addressesOf("hộp.thư@tên-miền.example"), (Strings{"|hộp.thư@tên-miền.example"}));
}

TEST(MailAddresses, BrokenOnesCostThemselvesOnly) {
    for (const char* raw : {"", ",", "<>", "An", "undisclosed-recipients:;", "@", "a@", "@b", "<<<", "\"", "(",
                            "a b@c d", "a@b@", ":::::", "=?utf-8?Q?a@b.example?="})
        EXPECT_EQ(addressesOf(raw), Strings{}) << raw;
    EXPECT_EQ(addressesOf("An <, Bình <b@x.example>"), (Strings{"Bình|b@x.example"}));
    EXPECT_EQ(addressesOf("An <a@x.example"), (Strings{"An|a@x.example"}));
    EXPECT_EQ(parseAddress("x, <a@x.example>, b@x.example"), "a@x.example");
    EXPECT_EQ(parseAddresses("a@x.example, b@x.example, c@x.example", 2).size(), 2U);
    EXPECT_TRUE(addressesOf("a@" + std::string(300, 'x') + ".example").empty());
}

TEST(MailIds, AreTakenOutOfTheirBrackets) {
    EXPECT_EQ(parseMessageIds(" <a@x>\r\n\t<b@y> (comment) <c\n d@z>"), (Strings{"a@x", "b@y", "cd@z"}));
    EXPECT_EQ(parseMessageIds("a@x b@y"), (Strings{"a@x", "b@y"}));
    EXPECT_EQ(parseMessageIds("<unclosed@x"), (Strings{"unclosed@x"}));
    EXPECT_EQ(parseMessageIds("<> <  >"), Strings{});
    EXPECT_EQ(parseMessageIds("<" + std::string(1000, 'a') + "> <b@y>"), (Strings{"b@y"}));
}

TEST(MailDate, IsAnInstant) {
    constexpr std::int64_t kEight = 1'772'758'800'000;  // 2026-03-06 08:00 in Viet Nam.
    for (const char* date :
         {"Fri, 6 Mar 2026 08:00:00 +0700", "6 Mar 2026 01:00 GMT", "Fri, 06 Mar 2026 01:00:00 -0000",
          "Thu, 5 Mar 2026 17:00:00 -0800 (PST)", " Fri,\r\n 6 Mar 2026\r\n 08:00:00 +0700"})
        EXPECT_EQ(parseDate(date), kEight) << date;
    for (const char* none : {"", "hôm nay", "99 Foo 2026 99:99:99 +9999", "Fri, 6 Mar 1926 08:00:00 +0700"})
        EXPECT_FALSE(parseDate(none)) << none;
}

TEST(MailHeader, IsReadUpToTheEmptyLine) {
    const std::string mail = "A: 1\r\n 2\r\nnonsense\r\n\tof it\r\nb-C : 3\r\nA: 4\r\n\r\nbody";
    const Header header = parseHeader(mail);
    ASSERT_EQ(header.fields.size(), 3U);
    EXPECT_EQ(header["a"], " 1\n 2");
    EXPECT_EQ(header["b-c"], " 3");
    EXPECT_EQ(header.count("a"), 2U);
    EXPECT_EQ(mail.substr(header.body), "body");
    EXPECT_TRUE(parseHeader("").fields.empty());
    EXPECT_EQ(parseHeader("A: 1").fields.size(), 1U);
}

TEST(MailHeader, HasBounds) {
    std::string lines;
    for (std::size_t i = 0; i < kMostHeaderLines - 1; ++i) lines += "a: b\n";
    EXPECT_FALSE(parseHeader(lines + "\nbody").too_large);
    EXPECT_TRUE(parseHeader(lines + "a: b\na: b\n\nbody").too_large);
    EXPECT_FALSE(parseHeader("A: " + std::string(kMostHeaderBytes - 10, 'x') + "\n\n").too_large);
    EXPECT_TRUE(parseHeader("A: " + std::string(kMostHeaderBytes, 'x') + "\n\n").too_large);
}

}  // namespace
}  // namespace pakn::decoder_process

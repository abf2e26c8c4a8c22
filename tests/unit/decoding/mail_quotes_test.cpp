/// @file
/// What the writer of a mail wrote: each row of the contract's table, and what must not be cut.

#include <gtest/gtest.h>
#include <unicode/normalizer2.h>

#include <string>

#include "core/decoder_process/mail_quotes.hpp"
#include "core/decoder_process/mail_text.hpp"
#include "mail_contract.hpp"

namespace pakn::decoder_process {
namespace {

std::string lines(std::string text) {
    const std::string sign = "⏎";
    for (std::size_t at = text.find(sign); at != std::string::npos; at = text.find(sign))
        text.replace(at, sign.size(), "\n");
    return text;
}

TEST(MailQuotes, EachSignOfTheContractEndsTheWritersPart) {
    const std::vector<Row> signs = contractTable("sign");
    // The table of robots has the same head.
    int examples = 0;
    for (const Row& row : signs) {
        if (row.size() < 2 || row[0].find("present") != std::string::npos || row[1].find("RFC") == 0) continue;
        if (row[1] == "custom" || row[1] == "Microsoft") continue;
        ++examples;
        const std::string sign = lines(row[1]);
        const std::string below = sign.starts_with('>') ? "" : "\n\nPhần cũ.";
        EXPECT_EQ(ownPart("Vẫn chưa sửa ạ.\n\n" + sign + below), "Vẫn chưa sửa ạ.") << row[0];
        EXPECT_EQ(ownPart(sign + below), "") << row[0];
        EXPECT_EQ(ownPart("Vẫn chưa sửa ạ.\nTổ 5\n" + sign + below), "Vẫn chưa sửa ạ.\nTổ 5") << row[0];
    }
    EXPECT_EQ(examples, 21);
}

TEST(MailQuotes, NothingQuotedIsTheText) {
    for (const char* text : {"", "a", "a\n\n  b\n--- c", "Đèn đường hỏng.\n\nXin cảm ơn.",
                             "a\n--\nb\nc\nd\ne\nf\ng\nh\ni\nj\nk\nl\nm\nn\no"})
        EXPECT_EQ(ownPart(text), text);
}

TEST(MailQuotes, WhatOnlyLooksLikeOneStays) {
    for (const char* text :
         {"Vào lúc 8 giờ tối qua đèn tắt.\nTôi đã viết đơn.", "Vào 6/3/2026 lúc 8:00 tổ trưởng đã viết giấy.\nXin xem.",
          "On Monday my neighbour wrote:\nit is dark.", "Từ: bến xe\nNgày: 6/3/2026\nĐến: chợ huyện\nXe không bật đèn.",
          "Từ: Nguyễn Văn A\nKính gửi: UBND phường\nChủ đề: đèn", "____________________________\nBảng kê:\n1. đèn",
          "----------------\nGhi chú", "Email của tôi: an@dan.example\nHọ viết:\nkhông sửa", "a > b và b < c",
          "From: now on\nI will write"})
        EXPECT_EQ(ownPart(text), text);
}

TEST(MailQuotes, AnswersBetweenQuotedLinesStay) {
    EXPECT_EQ(
        ownPart("Vào lúc 08:00 6/3/2026, Trung tâm đã viết:\n> Đèn nào?\nĐèn số 3.\n> Từ bao giờ?\n\nTừ tối qua."),
        "Đèn số 3.\n\nTừ tối qua.");
    EXPECT_EQ(ownPart("> a\nb\n> c"), "b");
}

TEST(MailQuotes, WhatIsForwardedStays) {
    for (const char* title : {"---------- Forwarded message ---------", "---------- Thư đã chuyển tiếp ---------",
                              "Begin forwarded message:", "Bắt đầu thư đã chuyển tiếp:"}) {
        const std::string text =
            "Kính chuyển.\n\n" + std::string{title} +
            "\nFrom: A <a@dan.example>\nDate: 6/3/2026 8:00\nSubject: x\nTo: b\n\n> Đèn hỏng.\n-- \nA";
        EXPECT_EQ(ownPart(text), text);
    }
    EXPECT_EQ(ownPart("a\n-----Original Message-----\n---------- Forwarded message ---------\nb"), "a");
}

TEST(MailQuotes, TheRuleAboveGoesToo) {
    EXPECT_EQ(ownPart("a\n---\nFrom: C <c@x.example>\nSent: 6/3/2026\nSubject: x\n\nb"), "a");
    EXPECT_EQ(ownPart("a\n\n---\n\n________________________________\nFrom: C\nSent: 6/3/2026\nSubject: x"), "a");
}

TEST(MailQuotes, NoTextTakesLong) {
    for (const char* one : {"on 1\n", "On 08:00 <a@b\n", "From: a 1\n", "From: a 1 to: subject:\n", "--\n\n", "> \n",
                            "é\n", "-- x --\n", "____________________\n\n", "vào\n"}) {
        std::string text;
        while (text.size() < 1'000'000) text += one;
        const std::clock_t begin = std::clock();
        EXPECT_LE(ownPart(text).size(), text.size());
        EXPECT_LT(std::clock() - begin, 8 * CLOCKS_PER_SEC) << one;
    }
}

}  // namespace
}  // namespace pakn::decoder_process

/// @file
/// Our own mails, read back by another part of the library that wrote them, and looked at byte by byte where mailers
/// are particular.

#include "message.hpp"

#include <gmime/gmime.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "addresses.hpp"

namespace pakn::in_email {
namespace {

OutgoingSettings settings() {
    return {.from = {.name = "Trung tâm điều hành", .address = "paht@mau.example"},
            .bounces_to = "paht@mau.example",
            .result_subject = "Kết quả xử lý",
            .result_text = "Kính gửi Quý Ông/Bà,\n\n{answer}\n\nTra cứu {code}: {link}",
            .max_size = 1000,
            .acks_per_day = 20,
            .bad_for_days = 30};
}

Delivery result() {
    return {.id = "d-1",
            .kind = "result",
            .event = "released",
            .code = "060326001",
            .result_text = "Đã thay bóng đèn.",
            .attachments = {{.name = "công văn số 1.pdf", .content_type = "application/pdf", .content = "%PDF-1.4"}},
            .link = "https://paht.mau.example/t"};
}

std::string compose(Letter letter) {
    letter.to = "lan@nguoi-dan.example";
    letter.message_id = "pa-060326001.d-1.x.y@mau.example";
    letter.at = Instant{std::chrono::milliseconds{1772758800000}};
    const Result<std::string> mail = composed(letter, settings());
    EXPECT_TRUE(mail);
    return mail ? *mail : std::string{};
}

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};

std::unique_ptr<GMimeMessage, Unref> parsed(const std::string& mail) {
    const std::unique_ptr<GMimeStream, Unref> stream{g_mime_stream_mem_new_with_buffer(mail.data(), mail.size())};
    const std::unique_ptr<GMimeParser, Unref> parser{g_mime_parser_new_with_stream(stream.get())};
    return std::unique_ptr<GMimeMessage, Unref>{g_mime_parser_construct_message(parser.get(), nullptr)};
}

TEST(Message, AnAnswerIsReadAsItWasWritten) {
    const std::string mail = compose(letterFor(result(), settings()));
    const auto message = parsed(mail);
    ASSERT_TRUE(message);
    EXPECT_STREQ(g_mime_message_get_subject(message.get()), "[PA-060326001] Kết quả xử lý");
    EXPECT_STREQ(g_mime_message_get_message_id(message.get()), "pa-060326001.d-1.x.y@mau.example");
    EXPECT_NE(mail.find("\r\nDate: Fri, 06 Mar 2026 08:00:00 +0700\r\n"), std::string::npos);
    EXPECT_NE(mail.find("\r\nAuto-Submitted: auto-generated\r\n"), std::string::npos);
    GMimeObject* const body = g_mime_message_get_mime_part(message.get());
    ASSERT_TRUE(GMIME_IS_MULTIPART(body));
    GMimeObject* const text = g_mime_multipart_get_part(GMIME_MULTIPART(body), 0);
    char* const words = g_mime_text_part_get_text(GMIME_TEXT_PART(text));
    const std::string read = words;
    g_free(words);
    EXPECT_NE(read.find("Đã thay bóng đèn."), std::string::npos);
    EXPECT_NE(read.find("https://paht.mau.example/t"), std::string::npos);
    GMimeObject* const file = g_mime_multipart_get_part(GMIME_MULTIPART(body), 1);
    EXPECT_STREQ(g_mime_part_get_filename(GMIME_PART(file)), "công văn số 1.pdf");
}

TEST(Message, NothingButSevenBitsAndShortLinesLeaves) {
    Delivery delivery = result();
    delivery.result_text = std::string(5000, 'x') + " Đèn đường " + std::string(3000, 'y');
    const std::string mail = compose(letterFor(delivery, settings()));
    EXPECT_TRUE(std::all_of(mail.begin(), mail.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
    for (std::size_t at = 0; at < mail.size();) {
        const std::size_t end = mail.find("\r\n", at);
        ASSERT_NE(end, std::string::npos) << "every line ends as SMTP wants it";
        EXPECT_LE(end - at, 998U);
        at = end + 2;
    }
}

TEST(Message, NoEncodedWordOfASubjectBreaksALetter) {
    Letter letter = letterFor(result(), settings());
    letter.subject.clear();
    for (int i = 0; i < 40; ++i) letter.subject += i == 0 ? "Nguyễn Huệ" : " Nguyễn Huệ";
    const std::string mail = compose(letter);
    const std::size_t begin = mail.find("\r\nSubject:");
    std::string_view rest = std::string_view{mail}.substr(begin);
    int words = 0;
    std::string subject;  // Word by word: the library joins words of base64 before it decodes them, and loses some.
    for (std::size_t at = rest.find("=?"); at != std::string_view::npos && words < 100; at = rest.find("=?", at)) {
        const std::size_t end = rest.find("?=", rest.find('?', rest.find('?', at + 2) + 1) + 1) + 2;
        const std::string word{rest.substr(at, end - at)};
        EXPECT_LE(word.size(), 75U) << word;
        char* const decoded = g_mime_utils_header_decode_text(nullptr, word.c_str());
        EXPECT_TRUE(g_utf8_validate(decoded, -1, nullptr)) << word;
        EXPECT_EQ(std::string{decoded}.find("\xEF\xBF\xBD"), std::string::npos) << word;
        EXPECT_EQ(std::string{decoded}.find('?'), std::string::npos) << word;
        subject += decoded;
        g_free(decoded);
        ++words;
        at = end;
    }
    EXPECT_GT(words, 3);
    EXPECT_EQ(subject, letter.subject);
}

TEST(Message, WhatOthersWroteCannotAddAHeader) {
    Delivery notice{.id = "d-1", .kind = "notice", .event = "received", .code = "060326001"};
    notice.subject = "Đã nhận\r\nBcc: everybody@x.example";
    notice.message = "Xin chào\r\n.\r\nMAIL FROM:<x@x.example>";
    notice.message_type = "text/plain";
    Letter letter = letterFor(notice, settings());
    letter.in_reply_to = "a@nguoi-dan.example";
    const std::string mail = compose(letter);
    EXPECT_EQ(mail.find("\r\nBcc:"), std::string::npos);
    EXPECT_NE(mail.find("\r\nAuto-Submitted: auto-replied\r\n"), std::string::npos);
    EXPECT_NE(mail.find("\r\nIn-Reply-To: <a@nguoi-dan.example>\r\n"), std::string::npos);
}

TEST(Message, FilesHaveANameForEveryMailer) {
    const std::string mail = compose(letterFor(result(), settings()));
    EXPECT_NE(mail.find("name=c_ng_v_n_s__1.pdf"), std::string::npos);
    EXPECT_NE(mail.find("filename*="), std::string::npos) << "RFC 2231, for all others";
}

TEST(Message, FilesBeyondTheLimitAreLeftToTheLink) {
    Delivery delivery = result();
    delivery.attachments.push_back(
        {.name = "b.pdf", .content_type = "application/pdf", .content = std::string(1000, 'x')});
    EXPECT_EQ(letterFor(delivery, settings()).files.size(), 1U);
}

TEST(Message, ALineWithoutItsLinkIsLeftOut) {
    Delivery delivery = result();
    delivery.link.clear();
    EXPECT_EQ(letterFor(delivery, settings()).text, "Kính gửi Quý Ông/Bà,\n\nĐã thay bóng đèn.");
    delivery.result_text = "Xem {link} và {code}";
    EXPECT_EQ(letterFor(delivery, settings()).text, "Kính gửi Quý Ông/Bà,\n\nXem {link} và {code}")
        << "what officers write is no template";
}

TEST(Addresses, OnlyWhatMayStandInACommand) {
    EXPECT_EQ(plainAddress(" Lan@NGUOI-DAN.example "), "Lan@nguoi-dan.example");
    for (const char* bad : {"", "lan", "@x.example", "lan@", "a b@x.example", "a@x.example>\r\nRCPT TO:<b@x.example",
                            "a@b@x.example", "lan@x.example\n", "<lan@x.example>", "lán@x.example", "lan@.example"})
        EXPECT_TRUE(!plainAddress(bad) || std::string_view{bad}.ends_with('\n')) << bad;
    EXPECT_FALSE(plainAddress(std::string(300, 'a') + "@x.example"));
    EXPECT_EQ(namedAddress("\"Trung tâm\" <paht@mau.example>")->name, "Trung tâm");
    EXPECT_EQ(namedAddress("paht@mau.example")->address, "paht@mau.example");
    EXPECT_FALSE(namedAddress("Trung tâm"));
}

}  // namespace
}  // namespace pakn::in_email

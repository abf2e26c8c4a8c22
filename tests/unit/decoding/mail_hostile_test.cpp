/// @file
/// Mails made to cost much, and such as are just large: nothing takes long, what is too much is noted, the rest is
/// read.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <ctime>
#include <string>

#include "core/decoder_process/mail.hpp"
#include "core/decoding/pool.hpp"
#include "core/isolation/codec.hpp"
#include "mail_contract.hpp"
#include "test_paths.hpp"

#if defined(__SANITIZE_ADDRESS__)
/// GMime loses some bytes when a type is registered anew.
extern "C" const char* __lsan_default_suppressions() { return "leak:g_malloc\n"; }
#endif

namespace pakn::decoder_process {
namespace {

const std::string kHead = "From: an@dan.example\nSubject: x\nMessage-ID: <a@dan.example>\n";
const std::string kMixed = kHead + "Content-Type: multipart/mixed; boundary=b\n\n";

std::string times(std::size_t count, const std::string& one) {
    std::string all;
    all.reserve(count * one.size());
    for (std::size_t i = 0; i < count; ++i) all += one;
    return all;
}
std::string upTo(std::size_t size, const std::string& one) { return times(size / one.size() + 1, one); }

/// So many levels, the text in the innermost.
std::string nested(int levels) {
    std::string mail = kHead + "Content-Type: multipart/mixed; boundary=b0\n\n";
    for (int i = 1; i < levels; ++i)
        mail += "--b" + std::to_string(i - 1) + "\n" + (i == 1 ? "\nngoài\n--b0\n" : "") +
                "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n";
    return mail + "--b" + std::to_string(levels - 1) + "\n\ntrong\n";
}

std::string file(std::size_t size, std::size_t number) {
    return "--b\nContent-Type: image/jpeg\nContent-Disposition: attachment; filename=a" + std::to_string(number) +
           ".jpg\n\n" + upTo(size, "0123456789abcdef\n") + "\n";
}

class MailHostileTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() { ASSERT_TRUE(prepareMail()); }

    static Result<Decoded> read(const std::string& mail) { return readMail(mail, {}); }
    static std::string notes(const Result<Decoded>& mail) {
        if (!mail) return mail.error().problem;
        const auto found = mail->attributes.find("notes");
        return found == mail->attributes.end() ? "" : found->second;
    }
};

TEST_F(MailHostileTest, TooDeepIsCutAndNoted) {
    const Result<Decoded> deep = read(nested(30));
    ASSERT_TRUE(deep);
    EXPECT_EQ(notes(deep), "cut_depth");
    EXPECT_EQ(deep->text, "ngoài");
    EXPECT_EQ(deep->attributes.at("message_id"), "a@dan.example");
    const Result<Decoded> just = read(nested(20));
    EXPECT_EQ(notes(just), "");
    EXPECT_EQ(just->text, "ngoài\ntrong");
    EXPECT_EQ(notes(read(nested(3000))), "cut_depth");
}

TEST_F(MailHostileTest, TooManyPartsAreCutAndNoted) {
    const std::string text = "--b\n\nđầu tiên\n";
    const Result<Decoded> many = read(kMixed + text + times(2100, "--b\nContent-Type: text/calendar\n\nx\n"));
    ASSERT_TRUE(many);
    EXPECT_EQ(notes(many), "cut_parts");
    EXPECT_EQ(many->text, "đầu tiên");
    EXPECT_EQ(many->parts.size(), 201U);
    EXPECT_EQ(notes(read(kMixed + text + times(200, "--b\nContent-Type: text/calendar\n\nx\n"))), "");
    EXPECT_EQ(notes(read(kMixed + text + times(30'000, "--b\n\n"))), "cut_parts");
    EXPECT_EQ(notes(read(kMixed + text + "--b\n" + times(3000, "a: b\n") + "\nx")), "cut_parts");
}

TEST_F(MailHostileTest, AnAnswerHoldsSoManyFiles) {
    constexpr std::size_t kLarge = isolation::kMostDescriptors - 3;
    std::string mail = kMixed + "--b\n\n" + upTo(100'000, "Đèn đường hỏng.\n");
    for (std::size_t i = 0; i < kLarge; ++i) mail += file(50'000, i);
    Result<Decoded> whole = read(mail);
    ASSERT_TRUE(whole);
    EXPECT_EQ(notes(whole), "");
    EXPECT_EQ(whole->parts.size(), kLarge + 1);
    Result<Decoded> more = read(mail + file(50'000, 99) + file(100, 100));
    ASSERT_TRUE(more);
    EXPECT_EQ(notes(more), "cut_parts");
    ASSERT_EQ(more->parts.size(), kLarge + 2);
    EXPECT_EQ(more->parts.back().name, "a100.jpg");
    EXPECT_EQ(notes(read(kMixed + times(200, file(4000, 1)))), "cut_parts") << "together too much for one answer";
}

TEST_F(MailHostileTest, AFileOverTheLimitIsLeftOut) {
    const Result<Decoded> mail = readMail(kMixed + "--b\n\nchữ\n" + file(3000, 1) + file(10, 2), {.output = 2000});
    ASSERT_TRUE(mail);
    EXPECT_EQ(notes(mail), "cut_parts");
    EXPECT_EQ(mail->text, "chữ");
    ASSERT_EQ(mail->parts.size(), 2U);
    EXPECT_EQ(mail->parts[1].name, "a2.jpg");
}

TEST_F(MailHostileTest, TextIsCutAtAMegabyte) {
    const std::string head = kHead + "Content-Type: text/plain; charset=utf-8\n\n";
    const Result<Decoded> mail = read(head + upTo(1'500'000, "đèn "));
    ASSERT_TRUE(mail);
    EXPECT_EQ(mail->attributes.at("text_cut"), "true");
    EXPECT_LE(mail->text.size(), 1U << 20U);
    EXPECT_GT(mail->text.size(), (1U << 20U) - 10);
    EXPECT_EQ(read(head + upTo(1'000'000, "đèn "))->attributes.count("text_cut"), 0U);
    const Result<Decoded> page =
        read(kHead + "Content-Type: text/html; charset=utf-8\n\n" + upTo(3'000'000, "<p>đèn đường</p>"));
    ASSERT_TRUE(page);
    EXPECT_EQ(page->attributes.at("text_cut"), "true");
}

/// The contract's table of errors: one after the other.
TEST_F(MailHostileTest, EachErrorOfTheContract) {
    std::vector<std::pair<std::string, std::string>> seen;
    const auto see = [&](const Result<Decoded>& mail) {
        ASSERT_FALSE(mail);
        seen.emplace_back(mail.error().code == Errc::kRejected   ? "kRejected"
                          : mail.error().code == Errc::kTooLarge ? "kTooLarge"
                                                                 : "",
                          mail.error().problem);
    };
    see(read("Đây không phải thư.\n"));
    see(read(kHead + "X: " + std::string(300'000, 'x') + "\n\nbody"));
    see(read(kHead + times(2500, "X: y\n") + "\nbody"));
    const int large = ::memfd_create("mail", MFD_CLOEXEC);
    ASSERT_EQ(::ftruncate(large, (64L << 20U) + 1), 0);
    see(readMail(*Content::adopt(large), {}));

    const std::vector<Row> rows = contractTable("code");
    ASSERT_EQ(rows.size(), 3U);
    ASSERT_EQ(seen.size(), 4U) << "the header has two bounds";
    EXPECT_EQ(seen[1], seen[2]);
    seen.erase(seen.begin() + 1);
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i][0], seen[i].first);
        EXPECT_EQ(rows[i][1], seen[i].second);
    }
}

TEST_F(MailHostileTest, NoMailTakesLong) {
    constexpr std::size_t kSize = 1'000'000;
    const std::string plain = kHead + "Content-Type: text/plain; charset=utf-8\n\n";
    const auto type = [](const std::string& rest) { return kHead + "Content-Type: text/plain; " + rest + "\n\n"; };
    const auto header = [](const std::string& name, const std::string& one) {
        return name + ": " + upTo(240'000, one) + "\n\nbody";
    };
    std::string words = kMixed;
    for (int i = 0; i < 60; ++i) words += "--b\nContent-Type: a/b; name=\"" + upTo(15'000, "=?u?q?") + "\"\n\nx\n";
    for (const std::string& mail : {nested(900) + upTo(kSize, "--x\n"),
                                    kMixed + upTo(kSize, "--b\n\n"),
                                    kMixed + upTo(kSize, "--b\nContent-Type: multipart/mixed; boundary=b\n\n"),
                                    kHead + upTo(kSize, "Content-Type: message/rfc822\n\n"),
                                    kMixed + "--b\n\n" + std::string(kSize, 'a') + "\n--b--\n",
                                    header("To", "g: a@b, "),
                                    header("To", ":"),
                                    header("To", "<"),
                                    header("To", "("),
                                    header("From", "\""),
                                    header("Subject", "=?u?q?"),
                                    header("Subject", "=?utf-8?q?a?= "),
                                    header("References", "<"),
                                    header("Content-Type", "a/b; a*1*=b;"),
                                    header("Date", "1 "),
                                    words,
                                    plain + "a" + upTo(kSize / 2, "\u0315") + upTo(kSize / 2, "\u0316"),
                                    plain + std::string(kSize, '\0'),
                                    plain + std::string(kSize, '\r'),
                                    plain + upTo(kSize, "begin 644 x\n"),
                                    kHead + "\n" + upTo(kSize, "\xe9\xf2\xec "),
                                    type("format=flowed") + upTo(kSize, ">>>> \n"),
                                    type("charset=utf-7") + std::string(kSize, '+'),
                                    type("charset=iso-2022-cn") + upTo(kSize, "\x1b$)A\x0e"),
                                    type("charset=gb18030") + upTo(kSize, "\x81\x30"),
                                    kHead + "Content-Transfer-Encoding: base64\n\n" + std::string(kSize, '?')}) {
        const std::clock_t begin = std::clock();
        const Result<Decoded> decoded = read(mail);
        EXPECT_TRUE(decoded || decoded.error().problem.starts_with("decode.")) << mail.substr(0, 200);
        EXPECT_LT(std::clock() - begin, 8 * CLOCKS_PER_SEC) << mail.substr(0, 200);
    }
}

/// The same through a confined child: memory and descriptors are bounded there.
TEST(MailDecoder, LargeMailsCrossWhole) {
    decoding::Pool pool{{.limits = {.processes = 1}, .program = PAKN_BINARY_DIR "/bin/paknhub-decoder"}};
    std::string mail =
        kMixed + "--b\nContent-Type: text/plain; charset=utf-8\n\n" + upTo(1'000'000, "Đèn đường hỏng.\n");
    for (std::size_t i = 0; i < 40; ++i) mail += file(800'000, i);
    const Result<Decoded> decoded = pool.decode("mail", mail);
    ASSERT_TRUE(decoded) << decoded.error().problem;
    EXPECT_EQ(decoded->attributes.at("notes"), "cut_parts");
    EXPECT_EQ(decoded->parts.size(), isolation::kMostDescriptors - 2);
    EXPECT_GT(decoded->text.size(), 900'000U);
    EXPECT_GE(decoded->parts[1].content.size(), 800'000U);
    const Result<Decoded> huge = pool.decode("mail", kMixed + "--b\n\nx\n" + file(30U << 20U, 1));
    ASSERT_TRUE(huge) << huge.error().problem;
    EXPECT_EQ(huge->parts.size(), 2U);
    const Result<Decoded> empty = pool.decode("mail", "");
    ASSERT_FALSE(empty);
    EXPECT_EQ(empty.error().problem, "decode.not_a_mail");
    EXPECT_EQ(pool.totals().crashed, 0);
    EXPECT_EQ(pool.totals().started, 1);
}

}  // namespace
}  // namespace pakn::decoder_process

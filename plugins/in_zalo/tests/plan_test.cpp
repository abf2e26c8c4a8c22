/// @file
/// What a delivery says over Zalo.

#include "plan.hpp"

#include <gmock/gmock.h>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

ReplyRules replies(Settings::Values values = {}, Settings::Lists lists = {}) {
    return rulesOf(settingsWith(std::move(values), std::move(lists))).replies;
}

Delivery result() {
    return {.id = "d-1",
            .idempotency_key = "d-1",
            .kind = "result",
            .code = "060326001",
            .unit_name = "Sở Xây dựng",
            .result_text = "Đã thay nắp hố ga."};
}

TEST(Plan, AnAnswerIsTheTemplateOfTheSettings) {
    const std::vector<Part> parts = partsOf(result(), replies(), "https://paht.example/1");
    ASSERT_THAT(parts, SizeIs(1));
    EXPECT_EQ(parts[0].text, "Kết quả xử lý phản ánh 060326001\n\nĐã thay nắp hố ga.\n\nhttps://paht.example/1");
    EXPECT_THAT(partsOf(result(), replies(), "")[0].text, Not(HasSubstr("\n\n\n"))) << "no hole where there is no link";
    EXPECT_EQ(partsOf(result(), replies({{"result_text", "{unit}: {answer}"}}), "")[0].text,
              "Sở Xây dựng: Đã thay nắp hố ga.");
}

TEST(Plan, ANoticeIsSentAsItReads) {
    Delivery notice{.kind = "notice", .code = "060326001", .message = "Phản ánh <1> đã được tiếp nhận."};
    notice.message_type = "text/plain";
    EXPECT_EQ(partsOf(notice, replies(), "")[0].text, "Phản ánh <1> đã được tiếp nhận.");
    notice.message = "<p>Kính gửi Bà A</p><p>Đã lắp &lt;nắp&gt;.</p>";
    notice.message_type = "text/html";
    EXPECT_EQ(partsOf(notice, replies(), "")[0].text, "Kính gửi Bà A\nĐã lắp <nắp>.");
}

TEST(Plan, AllElseIsTheStatusText) {
    const Delivery update{.kind = "status_update", .code = "060326001", .status = "accepted"};
    EXPECT_THAT(partsOf(update, replies(), "")[0].text, HasSubstr("060326001"));
}

TEST(Plan, TextsAreComposedAndNotTooLong) {
    Delivery delivery = result();
    delivery.result_text.clear();
    for (int i = 0; i < 700; ++i)
        delivery.result_text +=
            "\xC4\x90"
            "e\xCC\x80n sáng. ";
    const std::vector<Part> parts = partsOf(delivery, replies(), "");
    ASSERT_THAT(parts, SizeIs(4));
    for (const Part& part : parts) {
        EXPECT_LE(codePoints(part.text), kMostMessage);
        EXPECT_THAT(part.text, Not(HasSubstr("e\xCC\x80")));
    }
    EXPECT_EQ(parts[0].text.back(), '.');
    const std::vector<Part> link = partsOf(delivery, replies({{"long_text", "link"}}), "https://paht.example/1");
    ASSERT_THAT(link, SizeIs(1));
    EXPECT_THAT(link[0].text, HasSubstr("https://paht.example/1"));
    EXPECT_THAT(partsOf(delivery, replies({{"long_text", "link"}}), ""), SizeIs(4)) << "no link to send instead";
}

TEST(Plan, FilesGoByTheirKindAndSize) {
    Delivery delivery = result();
    delivery.attachments = {
        {.name = "sau.jpg", .content_type = "image/jpeg", .content = std::string(kMostImage, 'x')},
        {.name = "to.png", .content_type = "image/png", .content = std::string(kMostImage + 1, 'x')},
        {.name = "công văn.pdf", .content_type = "application/pdf", .content = std::string(kMostDocument, 'x')},
        {.name = "lớn.pdf", .content_type = "application/pdf", .content = std::string(kMostDocument + 1, 'x')},
        {.name = "Bảng.CSV", .content_type = "text/plain", .content = "a,b"},
        {.name = "đơn.docx", .content_type = "application/zip", .content = "PK"},
        {.name = "phim.mp4", .content_type = "video/mp4", .content = "x"},
        {.name = "rỗng.pdf", .content_type = "application/pdf", .content = ""}};
    const std::vector<Part> parts = partsOf(delivery, replies(), "https://paht.example/1");
    ASSERT_THAT(parts, SizeIs(5));
    const std::pair<Part::Kind, std::size_t> expected[] = {
        {Part::Kind::kImage, 0}, {Part::Kind::kDocument, 2}, {Part::Kind::kDocument, 4}, {Part::Kind::kDocument, 5}};
    for (std::size_t i = 0; i < 4; ++i) {
        EXPECT_EQ(parts[i + 1].kind, expected[i].first) << i;
        EXPECT_EQ(parts[i + 1].attachment, expected[i].second) << i;
    }
    for (const char* name : {"to.png", "lớn.pdf", "phim.mp4", "rỗng.pdf"})
        EXPECT_THAT(parts[0].text, HasSubstr(name)) << "what cannot be sent is named";
}

TEST(Plan, ADigestTellsContentsApart) {
    const Delivery one = result();
    Delivery two = result();
    two.result_text += " ";
    EXPECT_EQ(digestOf(partsOf(one, replies(), ""), one), digestOf(partsOf(one, replies(), ""), one));
    two.result_text = "Khác";
    EXPECT_NE(digestOf(partsOf(one, replies(), ""), one), digestOf(partsOf(two, replies(), ""), two));
}

TEST(Templates, AreFilledFromTheSettings) {
    const ReplyRules rules = replies({{"result_template_user", "T9"}},
                                     {{"result_template_data", {"ma={code}", "ket_qua={answer}", "co_dinh=a=b"}}});
    const auto message = templateOf(result(), rules.result_by_user, rules.notice_by_user, "");
    ASSERT_TRUE(message);
    EXPECT_EQ(message->id, "T9");
    EXPECT_EQ(message->data.at("ma"), "060326001");
    EXPECT_EQ(message->data.at("ket_qua"), "Đã thay nắp hố ga.");
    EXPECT_EQ(message->data.at("co_dinh"), "a=b");
    EXPECT_EQ(message->tracking_id, trackingIdOf("d-1"));
    Delivery notice = result();
    notice.kind = "notice";
    EXPECT_FALSE(templateOf(notice, rules.result_by_user, rules.notice_by_user, "")) << "none for notices";
}

TEST(Templates, TrackingIdsAreOfTheKeyAndTellNothing) {
    EXPECT_NE(trackingIdOf("d-1"), trackingIdOf("d-2"));
    EXPECT_EQ(trackingIdOf("d-1").find("d-1"), std::string::npos);
    EXPECT_LE(trackingIdOf("d-1").size(), 48U);
}

TEST(Phones, AreOfVietNam) {
    EXPECT_EQ(zaloPhone("+84912345678"), "84912345678");
    for (const char* none : {"", "0912345678", "+14155550100", "+84", "+84912a45678"})
        EXPECT_EQ(zaloPhone(none), "") << none;
}

}  // namespace
}  // namespace pakn::in_zalo

/// @file
/// Files of a conversation: fetched at once, kept over a restart, and seen to be missing where they are.

#include "desk_fixture.hpp"
#include "petition.hpp"
#include "shelf.hpp"

namespace pakn::in_zalo {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char* kPhoto = "https://f1.example-zdn.vn/a.jpg";

std::string bytesOf(const Attachment& file) { return *file.content.bytes(64U << 20U); }

TEST_F(DeskTest, APhotoIsFetchedAtOnceAndKept) {
    zalo_.files[kPhoto] = {.body = kJpeg};
    arrive(user_.image(kPhoto, "Ổ gà trước số 12"));
    poll();
    zalo_.files[kPhoto] = {.status = 403};  // The link has expired since,
    restart();                              // and the hub was started anew.
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    const IncomingPetition petition = petitions()[0];
    EXPECT_EQ(petition.text, "Ổ gà trước số 12");
    ASSERT_THAT(petition.attachments, SizeIs(2));
    EXPECT_EQ(bytesOf(petition.attachments[0]), kJpeg);
    EXPECT_EQ(petition.attachments[0].content_type, "image/jpeg");
    EXPECT_EQ(petition.attachments[0].name, "anh-1.jpg");
    EXPECT_THAT(conversations(), IsEmpty()) << "its pieces go, too";
    EXPECT_EQ(zalo_.asked("/a.jpg"), 0);
}

TEST_F(DeskTest, BigFilesAreKeptInPieces) {
    std::string big = kPdf;
    for (std::size_t i = 0; big.size() < 5U << 20U; ++i) big += static_cast<char>(i * 31 >> 3);
    zalo_.files["https://f9.example-zdn.vn/don.pdf"] = {.body = big};
    arrive(user_.message(
        "user_send_file",
        R"("attachments":[{"type":"file","payload":{"url":"https://f9.example-zdn.vn/don.pdf","size":"1","name":"đơn.pdf","type":"pdf"}}])"));
    poll();
    restart();
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    ASSERT_THAT(petitions()[0].attachments, SizeIs(2));
    EXPECT_EQ(petitions()[0].attachments[0].name, "đơn.pdf");
    EXPECT_TRUE(bytesOf(petitions()[0].attachments[0]) == big) << "every byte";
    EXPECT_FALSE(petitions()[0].text.empty()) << "without words a petition has some of ours";
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, WhatIsLostIsSeenInThePetition) {
    zalo_.files["https://f1.example-zdn.vn/gone.jpg"] = {.status = 403};
    zalo_.files["https://f1.example-zdn.vn/x.aac"] = {.body = std::string{"\0\1\2", 3}};
    arrive(user_.text("Ồn ào"));
    arrive(user_.image("https://f1.example-zdn.vn/gone.jpg"));
    arrive(user_.image("https://evil.example/a.jpg"));
    arrive(user_.message("user_send_audio",
                         R"("attachments":[{"type":"audio","payload":{"url":"https://f1.example-zdn.vn/x.aac"}}])"));
    poll();
    EXPECT_THAT(zalo_.messages(), SizeIs(4)) << "told of each, and how to send the rest";
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(petitions()[0].attachments, SizeIs(1)) << "the original alone";
    const std::string text = petitions()[0].text;
    std::size_t lines = 0;
    for (std::size_t at = text.find('['); at != std::string::npos; at = text.find('[', at + 1)) ++lines;
    EXPECT_EQ(lines, 3U) << text;
    EXPECT_THAT(text, Not(HasSubstr("evil"))) << "nobody is led there";
    EXPECT_EQ(services_.counted("files_lost"), 3);
}

TEST_F(DeskTest, AHostThatHiccupsIsAskedAgain) {
    zalo_.files[kPhoto] = {.status = 503};
    arrive(user_.image(kPhoto, "Ổ gà"));
    poll();
    zalo_.files[kPhoto] = {.body = kJpeg};
    poll();
    EXPECT_EQ(services_.counted("files_fetched"), 0) << "not at once";
    advance(11s);
    poll();
    EXPECT_EQ(services_.counted("files_fetched"), 1);
}

TEST_F(DeskTest, AWordWaitsAMomentForAFile) {
    zalo_.files[kPhoto] = {.status = 503};
    arrive(user_.image(kPhoto, "Ổ gà"));
    arrive(user_.text("gửi"));
    poll();
    EXPECT_THAT(petitions(), IsEmpty());
    advance(31s);
    poll();
    ASSERT_THAT(petitions(), SizeIs(1)) << "not for ever";
    EXPECT_EQ(services_.counted("files_lost"), 1);
    EXPECT_THAT(petitions()[0].text, HasSubstr("["));
}

TEST_F(DeskTest, TenFilesAreTheMost) {
    for (int i = 0; i < 12; ++i) {
        const std::string url = "https://f1.example-zdn.vn/" + std::to_string(i) + ".jpg";
        zalo_.files[url] = {.body = kJpeg};
        arrive(user_.image(url, "ảnh " + std::to_string(i)));
    }
    say("gửi");
    ASSERT_THAT(petitions(), SizeIs(1));
    EXPECT_THAT(petitions()[0].attachments, SizeIs(11)) << "ten, and the original";
    EXPECT_THAT(conversations(), IsEmpty());
}

TEST_F(DeskTest, AFileThatTheHubDoesNotWantIsLeftOut) {
    zalo_.files[kPhoto] = {.body = kJpeg};
    zalo_.files["https://f1.example-zdn.vn/b.pdf"] = {.body = kPdf};
    testing::FakeInbox picky{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        for (std::size_t i = 0; i < petition.attachments.size(); ++i)
            if (petition.attachments[i].content_type == "application/pdf")
                return Result<Accepted>{Accepted{.outcome = Accepted::Outcome::kRefused,
                                                 .problem = Error{.code = Errc::kInvalid,
                                                                  .problem = "attachment.type_not_accepted",
                                                                  .field = "/attachments/" + std::to_string(i)}}};
        return std::nullopt;
    }};
    for (const std::string& body :
         {user_.image(kPhoto, "Ổ gà"),
          user_.message(
              "user_send_file",
              R"("attachments":[{"type":"file","payload":{"url":"https://f1.example-zdn.vn/b.pdf","name":"b.pdf"}}])"),
          user_.text("gửi")})
        ASSERT_TRUE(connector_->webhook.handle(signedRequest(body), picky));
    EXPECT_TRUE(connector_->desk.poll(picky, {}));
    ASSERT_THAT(picky.stored(), SizeIs(1));
    EXPECT_THAT(picky.stored()[0].attachments, SizeIs(2));
    EXPECT_THAT(picky.stored()[0].text, HasSubstr("["));
    EXPECT_THAT(*picky.quiet(services_.now() + 1h, 10), IsEmpty());
}

TEST_F(DeskTest, PiecesThatNobodyKnowsAreSweptAway) {
    ASSERT_TRUE(shelve(fileConversation(kUser, "0123456789abcdef-0"), kJpeg, inbox_));
    zalo_.files[kPhoto] = {.body = kJpeg};
    arrive(user_.image(kPhoto, "Ổ gà"));
    poll();
    EXPECT_THAT(conversations(), SizeIs(3));
    start({{"window", "5h"}});
    advance(2h);
    poll();
    EXPECT_THAT(conversations(), SizeIs(2)) << "those of an open draft stay";
}

TEST(Shelf, ReplacesWhatWasCutShort) {
    testing::FakeInbox inbox;
    const std::string name = fileConversation("u", "a-0");
    EXPECT_EQ(userOfFile(name), "u");
    EXPECT_EQ(nameOfFile(name), "a-0");
    EXPECT_EQ(userOfFile("u"), "");
    ASSERT_TRUE(inbox.keep({.conversation = name, .id = "piece/00", .data = "old"}));
    ASSERT_TRUE(shelve(name, kJpeg, inbox));
    EXPECT_TRUE(*unshelve(name, kJpeg.size(), inbox) == kJpeg);
    EXPECT_EQ(unshelve(name, kJpeg.size() + 1, inbox).error().code, Errc::kNotFound);
    EXPECT_EQ(shelve(name, std::string(kMostFileBytes + 1, 'x'), inbox).error().code, Errc::kTooLarge);
    ASSERT_TRUE(clearShelf(name, inbox));
    EXPECT_THAT(*inbox.kept(name), IsEmpty());
}

TEST(Sniffed, TellsTypesByContent) {
    using namespace std::string_literals;
    EXPECT_EQ(sniffed(kJpeg), "image/jpeg");
    EXPECT_EQ(sniffed("\x89PNG\r\n\x1A\n..."s), "image/png");
    EXPECT_EQ(sniffed("RIFF\0\0\0\0WEBPVP8 "s), "image/webp");
    EXPECT_EQ(sniffed(kPdf), "application/pdf");
    EXPECT_EQ(sniffed("\0\0\0\x18"
                      "ftypmp42...."s),
              "video/mp4");
    EXPECT_EQ(sniffed("\0\0\0\x18"
                      "ftypM4A ...."s),
              "audio/mp4");
    EXPECT_EQ(sniffed("ID3\x03..."s), "audio/mpeg");
    EXPECT_EQ(sniffed("\xFF\xFB\x90\x00"s), "audio/mpeg");
    EXPECT_EQ(sniffed(kAac), "audio/aac");
    EXPECT_EQ(sniffed("#!AMR\n\x3C"s), "audio/amr");
    EXPECT_EQ(sniffed("Đơn phản ánh"s), "text/plain");
    EXPECT_EQ(sniffed("GIF89a..."s), "image/gif");
    EXPECT_EQ(sniffed("\0\0\0\x18"
                      "ftypheic...."s),
              "image/heic");
    EXPECT_EQ(sniffed("\0\0\0\x18"
                      "ftypqt  ...."s),
              "video/quicktime");
    EXPECT_EQ(sniffed("\0\0\0\x18"
                      "ftyp3gp4...."s),
              "video/3gpp");
    EXPECT_EQ(sniffed("OggS\0\2"s), "audio/ogg");
    EXPECT_EQ(sniffed("RIFF\0\0\0\0WAVEfmt "s), "audio/x-wav");
    EXPECT_EQ(sniffed("PK\x03\x04\0\0"s), "");
    EXPECT_EQ(sniffed(""), "");
}

}  // namespace
}  // namespace pakn::in_zalo

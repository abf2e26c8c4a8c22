/// @file
/// Drafts in the hub's storage.

#include "drafts.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/testing/fake_inbox.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;
using testing::FakeInbox;

const std::string kId = "abcdefghijklmnopqrstuv";

Draft draftWith(std::string title) {
    Draft draft;
    draft.form.title = std::move(title);
    return draft;
}

std::string bytesOf(std::size_t size) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>(i * 31 % 251);
    return bytes;
}

std::vector<std::string> conversations(FakeInbox& inbox) { return inbox.quiet(Instant::max(), 1000).value(); }
std::vector<KeptEvent> eventsOf(FakeInbox& inbox, const std::string& conversation) {
    return inbox.kept(conversation).value();
}
Draft loaded(FakeInbox& inbox) { return DraftBox::load(inbox, kId).value().value(); }

TEST(WebDrafts, TheLastSaveCounts) {
    FakeInbox inbox;
    EXPECT_FALSE(DraftBox::load(inbox, kId)->has_value());
    ASSERT_TRUE(DraftBox::save(inbox, kId, draftWith("một")));
    ASSERT_TRUE(DraftBox::save(inbox, kId, draftWith("hai")));
    EXPECT_EQ(loaded(inbox).form.title, "hai");
    EXPECT_EQ(conversations(inbox).size(), 1U);
    EXPECT_EQ(eventsOf(inbox, conversations(inbox).at(0)).size(), 1U) << "what is older is over";
    EXPECT_FALSE(DraftBox::load(inbox, "zzzzzzzzzzzzzzzzzzzzzz")->has_value());
}

TEST(WebDrafts, NamesInTheInboxDoNotGiveTheIdAway) {
    FakeInbox inbox;
    ASSERT_TRUE(DraftBox::save(inbox, kId, draftWith("x")));
    ASSERT_TRUE(DraftBox::keep(inbox, kId, {.name = "a.jpg", .data = "x"}, inbox.clock.now()));
    for (const std::string& name : conversations(inbox)) {
        EXPECT_EQ(name.find(kId), std::string::npos);
        EXPECT_LE(name.size(), 200U);
    }
    EXPECT_EQ(DraftBox::handleOf(kId).find(kId), std::string::npos);
}

TEST(WebDrafts, FilesAreCutIntoPiecesAndComeBackWhole) {
    for (const std::size_t size :
         {std::size_t{1}, std::size_t{1} << 20U, (std::size_t{1} << 20U) + 1, std::size_t{5} << 20U}) {
        FakeInbox inbox;
        const std::string bytes = bytesOf(size);
        const Result<DraftFile> file = DraftBox::keep(
            inbox, kId, {.name = "phim.mp4", .content_type = "video/mp4", .data = bytes}, inbox.clock.now());
        ASSERT_TRUE(file);
        EXPECT_EQ(file->name, "phim.mp4");
        EXPECT_EQ(file->content_type, "video/mp4");
        const Result<Content> content = DraftBox::open(inbox, kId, *file);
        ASSERT_TRUE(content);
        EXPECT_EQ(content->bytes(64U << 20U).value(), bytes);
        for (const std::string& one : conversations(inbox))
            for (const KeptEvent& event : eventsOf(inbox, one)) EXPECT_LE(event.data.size(), std::size_t{1} << 20U);
    }
}

TEST(WebDrafts, AFileIsItsDraftsAlone) {
    FakeInbox inbox;
    const DraftFile file = DraftBox::keep(inbox, kId, {.name = "a", .data = "x"}, inbox.clock.now()).value();
    EXPECT_EQ(DraftBox::open(inbox, "zzzzzzzzzzzzzzzzzzzzzz", file).error().code, Errc::kNotFound);
}

TEST(WebDrafts, AFileWithAPieceMissingIsNone) {
    FakeInbox inbox;
    DraftFile file = DraftBox::keep(inbox, kId, {.name = "a", .data = bytesOf(3U << 20U)}, inbox.clock.now()).value();
    const std::string piece = conversations(inbox).at(1);
    ASSERT_TRUE(inbox.drop(piece, 1000));
    EXPECT_EQ(DraftBox::open(inbox, kId, file).error().code, Errc::kNotFound);
    file.size = 1;
    EXPECT_EQ(DraftBox::open(inbox, kId, file).error().code, Errc::kNotFound);
}

TEST(WebDrafts, DroppedIsAllOfIt) {
    FakeInbox inbox;
    Draft draft = draftWith("x");
    draft.files.push_back(
        DraftBox::keep(inbox, kId, {.name = "a", .data = bytesOf(3U << 20U)}, inbox.clock.now()).value());
    ASSERT_TRUE(DraftBox::save(inbox, kId, draft));
    EXPECT_EQ(loaded(inbox).files.at(0).size, 3U << 20U);
    EXPECT_EQ(loaded(inbox).bytes(), 3U << 20U);
    ASSERT_TRUE(DraftBox::drop(inbox, kId, loaded(inbox)));
    EXPECT_EQ(conversations(inbox).size(), 0U);
}

TEST(WebDrafts, WhatWasSentIsKnownAndNothingElseOfItIsKept) {
    FakeInbox inbox;
    Draft draft = draftWith("Nguyễn Văn A");
    draft.files.push_back(DraftBox::keep(inbox, kId, {.name = "a", .data = "x"}, inbox.clock.now()).value());
    ASSERT_TRUE(DraftBox::save(inbox, kId, draft));
    ASSERT_TRUE(DraftBox::settle(inbox, kId, draft, {"060326001", "secret"}));
    const Draft after = loaded(inbox);
    ASSERT_TRUE(after.sent);
    EXPECT_EQ(after.sent->code, "060326001");
    EXPECT_EQ(after.sent->secret, "secret");
    EXPECT_TRUE(after.form.empty() && after.files.empty());
    EXPECT_EQ(conversations(inbox).size(), 1U);
}

TEST(WebDrafts, WhatNobodyTouchesIsSweptAndTheRestStays) {
    FakeInbox inbox;
    const auto keep = 24h * 7;
    Draft old = draftWith("cũ");
    old.files.push_back(
        DraftBox::keep(inbox, kId, {.name = "a", .data = bytesOf(2U << 20U)}, inbox.clock.now()).value());
    ASSERT_TRUE(DraftBox::save(inbox, kId, old));
    const std::string young = "ABCDEFGHIJKLMNOPQRSTUV";
    Draft fresh = draftWith("mới");
    fresh.files.push_back(DraftBox::keep(inbox, young, {.name = "b", .data = "b"}, inbox.clock.now()).value());
    inbox.clock.advance(keep - 1h);
    ASSERT_TRUE(DraftBox::save(inbox, young, fresh));
    EXPECT_EQ(DraftBox::sweep(inbox, inbox.clock.now() - keep, {}).value(), 0);
    inbox.clock.advance(2h);
    EXPECT_EQ(DraftBox::sweep(inbox, inbox.clock.now() - keep, {}).value(), 3) << "the form and two pieces";
    EXPECT_FALSE(DraftBox::load(inbox, kId)->has_value());
    ASSERT_TRUE(DraftBox::load(inbox, young)->has_value());
    EXPECT_TRUE(DraftBox::open(inbox, young, fresh.files[0])) << "its form is touched still";
    inbox.clock.advance(keep);
    EXPECT_EQ(DraftBox::sweep(inbox, inbox.clock.now() - keep, {}).value(), 2);
    EXPECT_EQ(conversations(inbox).size(), 0U);
}

TEST(WebDrafts, FilesAreTouchedSoThatTheyLastAsLongAsTheirForm) {
    FakeInbox inbox;
    Draft draft = draftWith("x");
    draft.files.push_back(DraftBox::keep(inbox, kId, {.name = "a", .data = "bytes"}, inbox.clock.now()).value());
    inbox.clock.advance(96h);
    ASSERT_TRUE(DraftBox::touch(inbox, kId, draft, inbox.clock.now() - 84h, inbox.clock.now()));
    EXPECT_EQ(draft.files[0].touched, inbox.clock.now());
    ASSERT_TRUE(DraftBox::save(inbox, kId, draft));
    EXPECT_EQ(loaded(inbox).files[0].touched, inbox.clock.now());
    inbox.clock.advance(100h);
    EXPECT_EQ(DraftBox::sweep(inbox, inbox.clock.now() - 168h, {}).value(), 0);
    EXPECT_EQ(DraftBox::open(inbox, kId, draft.files[0])->bytes(10).value(), "bytes");
    const int keeps = inbox.keeps();
    ASSERT_TRUE(DraftBox::touch(inbox, kId, draft, inbox.clock.now() - 101h, inbox.clock.now()));
    EXPECT_EQ(inbox.keeps(), keeps) << "not again so soon";
}

TEST(WebDrafts, SweepingStopsWhenAsked) {
    FakeInbox inbox;
    ASSERT_TRUE(DraftBox::save(inbox, kId, draftWith("x")));
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(DraftBox::sweep(inbox, Instant::max(), stop.get_token()).value(), 0);
}

TEST(WebDrafts, WhatCannotBeKeptIsToldSo) {
    FakeInbox inbox;
    inbox.failKeep(Error{.code = Errc::kUnavailable, .message = "busy"});
    EXPECT_EQ(DraftBox::save(inbox, kId, draftWith("x")).error().code, Errc::kUnavailable);
    EXPECT_EQ(DraftBox::keep(inbox, kId, {.name = "a", .data = "x"}, inbox.clock.now()).error().code,
              Errc::kUnavailable);
}

TEST(WebDrafts, StrangeNamesAndTypesOfFilesSurvive) {
    FakeInbox inbox;
    Draft draft = draftWith("x");
    draft.files.push_back(DraftBox::keep(inbox, kId,
                                         {.name = "a&file=b=%\".jpg", .content_type = "\xff\xfe", .data = "x"},
                                         inbox.clock.now())
                              .value());
    ASSERT_TRUE(DraftBox::save(inbox, kId, draft));
    const Draft again = loaded(inbox);
    ASSERT_EQ(again.files.size(), 1U);
    EXPECT_EQ(again.files[0].name, "a&file=b=%\".jpg");
    EXPECT_EQ(again.files[0].content_type, "");
    EXPECT_EQ(again.form.title, "x");
}

}  // namespace
}  // namespace pakn::in_web

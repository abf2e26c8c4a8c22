/// @file
/// A petition for its sender: found, shown, added to, rated, opened again.

#include <gtest/gtest.h>

#include "browser.hpp"
#include "pakn/sdk/reply_address.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr const char* kCode = "060326001";
const std::string kPage = "/phan-anh/060326001";
const std::string kHash(64, 'a');

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

PublicPetition petition(std::string status = "in_progress") {
    const Instant at{std::chrono::seconds{1772758800}};
    PublicPetition one{.code = kCode,
                       .title = "Hố ga mất nắp",
                       .content = "Trước số 12",
                       .status = std::move(status),
                       .status_label = {"Đang xử lý", "In progress"},
                       .category_name = "Hạ tầng đô thị",
                       .unit_name = "Sở Xây dựng",
                       .address = "12 đường Mẫu",
                       .received_at = at,
                       .due_at = at + 24h * 7};
    one.steps = {
        {.at = at, .status = "received", .label = {"Đã tiếp nhận", "Received"}},
        {.at = at + 1h, .status = "distributed", .label = {"Đã chuyển", "Distributed"}, .unit_name = "Sở Xây dựng"}};
    one.attachments = {{.sha256 = kHash, .name = "ảnh \"1\".jpg", .content_type = "image/jpeg", .size = 2048}};
    return one;
}

PublicPetition answered() {
    PublicPetition one = petition("answered");
    one.status_label = {"Đã trả lời", "Answered"};
    one.finished_at = one.received_at + 48h;
    one.answer = PublicAnswer{.text = "Đã thay nắp.\nCảm ơn.",
                              .files = {{std::string(64, 'b'), "ket-qua.pdf", "application/pdf", 1 << 20}},
                              .at = one.received_at + 48h};
    return one;
}

class WebTracking : public ::testing::Test {
protected:
    void show(PublicPetition one) {
        world.services.shown.tracked[{kCode, kSecret}] = std::move(one);
        world.services.people.secrets[kCode] = kSecret;
    }
    /// The tracking page of somebody who came by the link.
    std::string opened() { return browser.get(kPage + "?token=" + kSecret).body; }
    HttpResponse say(const std::string& what, const Values& values) {
        const std::string page = opened();
        return browser.post(kPage + '/' + what, values + Values{{"token", hidden(page, kPage + '/' + what)}});
    }

    World world;
    Browser browser{world};
};

TEST_F(WebTracking, TheSecretLeavesTheAddressAtOnce) {
    show(petition());
    const HttpResponse first = browser.look(kPage + "?token=" + kSecret);
    EXPECT_EQ(first.status, 303);
    EXPECT_EQ(first.headers.at("location"), kPage);
    EXPECT_EQ(first.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(first.headers.at("cache-control"), "no-store");
    EXPECT_EQ(first.body, "");
    ASSERT_EQ(first.set_cookies.size(), 1U);
    const std::string cookie = first.set_cookies[0];
    EXPECT_TRUE(cookie.starts_with(std::string{"web_key="} + kSecret + "; Path=/phan-anh/060326001; Max-Age="));
    for (const char* part : {"; HttpOnly", "; SameSite=Lax", "; Secure"}) EXPECT_TRUE(contains(cookie, part)) << part;
    const HttpResponse page = browser.get(kPage);
    EXPECT_EQ(page.status, 200);
    EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
    EXPECT_EQ(page.headers.at("cache-control"), "no-store");
    EXPECT_FALSE(contains(page.body, kSecret)) << "nor does it stand in the page";
    for (const auto& line : world.services.logged()) EXPECT_FALSE(contains(line.text, kSecret));
}

TEST_F(WebTracking, OverPlainHttpCookiesAreNotSecure) {
    show(petition());
    browser.https = false;
    EXPECT_FALSE(contains(browser.look(kPage + "?token=" + kSecret).set_cookies.at(0), "Secure"));
}

TEST_F(WebTracking, ThePageShowsWhatTheSenderMayKnow) {
    show(petition());
    const std::string page = opened();
    for (const char* text :
         {kCode, "Hố ga mất nắp", "Trước số 12", "Đang xử lý", "Sở Xây dựng", "12 đường Mẫu", "06/03/2026 08:00",
          "13/03/2026 08:00", "06/03/2026 09:00", "ảnh &quot;1&quot;.jpg", "2 KB"})
        EXPECT_TRUE(contains(page, text)) << text;
    EXPECT_TRUE(contains(page, "aria-current=\"step\"><strong>Đã chuyển"));
    EXPECT_TRUE(contains(browser.get(kPage + "?lang=en").body, "In progress"));
}

TEST_F(WebTracking, TheAnswerIsShownWithItsFiles) {
    show(answered());
    world.services.shown.files[std::string(64, 'b')] = "%PDF-1.4";
    const std::string page = opened();
    EXPECT_TRUE(contains(page, "Đã thay nắp.\nCảm ơn."));
    EXPECT_TRUE(contains(page, "1,0 MB"));
    EXPECT_FALSE(contains(page, "13/03/2026 08:00")) << "what is over has no deadline";
    const HttpResponse file = browser.get(kPage + "/tep/" + std::string(64, 'b'));
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(file.headers.at("content-type"), "application/pdf");
    EXPECT_EQ(file.headers.at("content-disposition"), "attachment; filename*=UTF-8''ket-qua.pdf");
    ASSERT_TRUE(file.file);
    EXPECT_EQ(file.file->bytes(100).value(), "%PDF-1.4");
}

TEST_F(WebTracking, FilesAreTheSendersAlone) {
    show(petition());
    world.services.shown.files[kHash] = "photo";
    EXPECT_EQ(browser.look(kPage + "/tep/" + kHash).status, 303) << "without the secret";
    opened();
    const HttpResponse file = browser.get(kPage + "/tep/" + kHash);
    EXPECT_EQ(file.headers.at("content-disposition"), "attachment; filename*=UTF-8''%E1%BA%A3nh%20%221%22.jpg");
    EXPECT_EQ(browser.get(kPage + "/tep/" + std::string(64, 'c')).status, 404);
    EXPECT_EQ(browser.get(kPage + "/tep/" + std::string(64, 'A')).status, 404);
    EXPECT_EQ(browser.get(kPage + "/tep/..").status, 404);
}

TEST_F(WebTracking, AWrongSecretAndAnUnknownCodeAreAnsweredAlike) {
    show(petition());
    const HttpResponse wrong = browser.get(kPage + "?token=wrong");
    const HttpResponse unknown = browser.get("/phan-anh/060326999?token=wrong");
    EXPECT_EQ(wrong.status, 404);
    EXPECT_EQ(unknown.status, 404);
    EXPECT_EQ(wrongFields(wrong.body), wrongFields(unknown.body));
    EXPECT_FALSE(contains(wrong.body, "Hố ga"));
    EXPECT_EQ(browser.look(kPage).headers.at("location"), "/tra-cuu?ma=060326001") << "the code alone shows nothing";
    browser.setCookie("web_key", kPage, "wrong");
    EXPECT_EQ(browser.look(kPage).headers.at("location"), "/tra-cuu?ma=060326001");
    EXPECT_EQ(browser.cookie("web_key"), "") << "a key that does not fit is thrown away";
}

TEST_F(WebTracking, ByCodeAndSecret) {
    show(petition());
    const HttpResponse form = browser.get("/tra-cuu?ma=060326001");
    EXPECT_TRUE(contains(form.body, "value=\"060326001\""));
    const Values values{
        {"token", hidden(form.body, "/tra-cuu")}, {"code", " 060326001 "}, {"secret", kSecret}, {"action", "open"}};
    EXPECT_EQ(browser.post("/tra-cuu", values).status, 200);
    EXPECT_EQ(browser.at(), kPage);
    const HttpResponse wrong = browser.post("/tra-cuu", values + Values{{"secret", "sai"}});
    EXPECT_EQ(wrong.status, 404);
    EXPECT_EQ(wrongFields(wrong.body), std::vector<std::string>{"secret"});
    EXPECT_FALSE(contains(wrong.body, "value=\"sai\"")) << "secrets are not shown again";
    EXPECT_EQ(wrongFields(browser.post("/tra-cuu", values + Values{{"secret", ""}}).body),
              std::vector<std::string>{"secret"});
    EXPECT_EQ(wrongFields(browser.post("/tra-cuu", values + Values{{"code", ""}}).body),
              std::vector<std::string>{"code"});
    EXPECT_EQ(wrongFields(browser.post("/tra-cuu", values + Values{{"code", "a/b"}}).body),
              std::vector<std::string>{"code"});
}

TEST_F(WebTracking, GuessingIsEnded) {
    World small{{{"tries_per_hour", "3"}}};
    small.services.shown.tracked[{kCode, kSecret}] = petition();
    Browser guesser{small};
    for (int i = 0; i < 3; ++i) EXPECT_EQ(guesser.get(kPage + "?token=wrong").status, 404);
    const HttpResponse ended = guesser.get(kPage + "?token=wrong");
    EXPECT_EQ(ended.status, 429);
    EXPECT_TRUE(ended.headers.contains("retry-after"));
    EXPECT_EQ(guesser.get(kPage + "?token=" + kSecret).status, 429) << "the right one, too";
    Browser other{small};
    other.client = "203.0.113.200";
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(other.get(kPage + "?token=" + kSecret).status, 200) << "who knows it may come as often as they like";
}

TEST_F(WebTracking, ByAOneTimeCode) {
    show(petition());
    const HttpResponse form = browser.get("/tra-cuu");
    const HttpResponse asked =
        browser.post("/tra-cuu", {{"token", hidden(form.body, "/tra-cuu")}, {"code", kCode}, {"action", "code"}});
    EXPECT_EQ(asked.status, 200);
    ASSERT_EQ(world.services.people.codes().size(), 1U);
    EXPECT_EQ(world.services.people.codes()[0].petition, kCode);
    EXPECT_EQ(world.services.people.codes()[0].contact, "");
    EXPECT_EQ(world.services.people.codes()[0].client, browser.client);
    const Values back{{"token", hidden(asked.body, "/tra-cuu/ma")},
                      {"challenge", hidden(asked.body, "/tra-cuu/ma", "challenge")},
                      {"code", kCode}};
    const HttpResponse wrong = browser.post("/tra-cuu/ma", back + Values{{"one_time", "000000"}});
    EXPECT_EQ(wrong.status, 422);
    EXPECT_EQ(wrongFields(wrong.body), std::vector<std::string>{"one_time"});
    EXPECT_EQ(hidden(wrong.body, "/tra-cuu/ma", "challenge"), back.at("challenge"));
    EXPECT_EQ(browser.post("/tra-cuu/ma", back + Values{{"one_time", "123 456"}}).status, 200);
    EXPECT_EQ(browser.at(), kPage);
}

TEST_F(WebTracking, CodesThatCannotBeSentSayWhy) {
    show(petition());
    const Values ask{{"token", hidden(browser.get("/tra-cuu").body, "/tra-cuu")}, {"code", kCode}, {"action", "code"}};
    const std::vector<std::pair<Error, int>> cases{
        {{.code = Errc::kUnavailable, .problem = "code.too_often", .retry_after = 60s}, 429},
        {{.code = Errc::kUnavailable, .problem = "code.not_sent"}, 503},
        {{.code = Errc::kMisconfigured, .problem = "code.no_way"}, 422},
        {{.code = Errc::kUnavailable}, 503},
        {{.code = Errc::kInternal}, 500},
    };
    for (const auto& [error, status] : cases) {
        world.services.people.code_error = error;
        const HttpResponse page = browser.post("/tra-cuu", ask);
        EXPECT_EQ(page.status, status) << error.problem;
        EXPECT_EQ(contains(page.body, "Lỗi code."), !error.problem.empty());
        const bool waits = page.headers.contains("retry-after");
        EXPECT_EQ(waits, error.retry_after || (error.problem.empty() && status == 503));
    }
}

TEST_F(WebTracking, WhereThereAreNoCodesNoneAreOffered) {
    World without{{{"one_time_codes", "false"}}};
    Browser one{without};
    EXPECT_FALSE(contains(one.get("/tra-cuu").body, "value=\"code\""));
    one.post("/tra-cuu",
             {{"token", hidden(one.get("/tra-cuu").body, "/tra-cuu")}, {"code", kCode}, {"action", "code"}});
    EXPECT_TRUE(without.services.people.codes().empty());
}

// --- What the sender says ---

TEST_F(WebTracking, WhatIsOfferedFitsTheState) {
    struct Case {
        const char* status;
        bool has_answer;
        bool rated;
        bool supplement;
        bool rating;
        bool reopening;
    };
    const std::vector<Case> cases{
        {"received", false, false, true, false, false},    {"accepted", false, false, true, false, false},
        {"distributed", false, false, true, false, false}, {"assigned", false, false, true, false, false},
        {"in_progress", false, false, true, false, false}, {"in_progress", true, true, true, false, false},
        {"appointed", false, false, true, false, false},   {"awaiting_approval", false, false, true, false, false},
        {"approved", false, false, true, false, false},    {"signing", false, false, true, false, false},
        {"at_centre", false, false, true, false, false},   {"returned", false, false, true, false, false},
        {"following", false, false, true, false, false},   {"answered", true, false, false, true, true},
        {"answered", true, true, false, false, true},      {"closed", true, false, false, false, false},
        {"merged", false, false, false, false, false},     {"refused", false, false, false, false, false},
    };
    for (const Case& one : cases) {
        PublicPetition shown = one.has_answer ? answered() : petition();
        shown.status = one.status;
        if (one.rated) shown.attributes["rating"] = "neutral";
        show(shown);
        const std::string page = opened();
        EXPECT_EQ(contains(page, "/bo-sung\""), one.supplement) << one.status;
        EXPECT_EQ(contains(page, "/danh-gia\""), one.rating) << one.status;
        EXPECT_EQ(contains(page, "/xem-lai\""), one.reopening) << one.status;
        EXPECT_EQ(contains(page, "Bạn đã đánh giá:"), one.rated) << one.status;
    }
}

TEST_F(WebTracking, ASupplementHasTheSendersWordsAndFiles) {
    show(petition());
    const std::string page = opened();
    const std::string address = kPage + "/bo-sung";
    const HttpResponse done = browser.upload(address, {{"token", hidden(page, address)}, {"text", "Thêm một\r\nảnh"}},
                                             {{"anh2.jpg", "image/jpeg", "bytes"}});
    EXPECT_EQ(done.status, 200);
    EXPECT_EQ(browser.at(), kPage + "?xong=bo-sung");
    EXPECT_TRUE(contains(done.body, "role=\"status\">Đã gửi phần bổ sung."));
    ASSERT_EQ(world.inbox.updates().size(), 1U);
    const Update update = world.inbox.updates()[0];
    EXPECT_EQ(update.kind, Update::Kind::kSupplement);
    EXPECT_EQ(update.code, kCode);
    EXPECT_EQ(update.text, "Thêm một\nảnh");
    EXPECT_EQ(update.attributes.at(std::string{kSenderSecret}), kSecret);
    ASSERT_EQ(update.attachments.size(), 1U);
    EXPECT_EQ(update.attachments[0].name, "anh2.jpg");
    EXPECT_EQ(update.attachments[0].content.bytes(10).value(), "bytes");
    EXPECT_FALSE(contains(update.id, hidden(page, address).substr(0, 22))) << "the id does not give the form away";
}

TEST_F(WebTracking, ASupplementAnswersTheUnitsQuestion) {
    PublicPetition one = petition();
    one.attributes["question"] = "Nhà số <mấy>?";
    show(one);
    EXPECT_TRUE(contains(opened(), "Nhà số &lt;mấy&gt;?"));
}

TEST_F(WebTracking, RatingAndReopening) {
    show(answered());
    EXPECT_EQ(say("danh-gia", {{"rating", "dissatisfied"}, {"comment", "Chưa xong"}}).status, 200);
    EXPECT_EQ(say("xem-lai", {{"reason", "Nắp lại mất"}}).status, 200);
    ASSERT_EQ(world.inbox.updates().size(), 2U);
    EXPECT_EQ(world.inbox.updates()[0].kind, Update::Kind::kRated);
    EXPECT_EQ(world.inbox.updates()[0].attributes.at("rating"), "dissatisfied");
    EXPECT_EQ(world.inbox.updates()[0].text, "Chưa xong");
    EXPECT_EQ(world.inbox.updates()[1].kind, Update::Kind::kReopen);
    EXPECT_EQ(world.inbox.updates()[1].text, "Nắp lại mất");
}

TEST_F(WebTracking, ADoubleClickIsTheSameNews) {
    show(answered());
    const std::string address = kPage + "/danh-gia";
    const Values form{{"token", hidden(opened(), address)}, {"rating", "satisfied"}};
    browser.postOnce(address, form);
    browser.postOnce(address, form);
    EXPECT_EQ(world.inbox.updates().size(), 1U);
}

TEST_F(WebTracking, MistakesKeepWhatWasTyped) {
    show(answered());
    const HttpResponse unrated = say("danh-gia", {{"comment", "Ý kiến"}});
    EXPECT_EQ(unrated.status, 422);
    EXPECT_EQ(wrongFields(unrated.body), std::vector<std::string>{"rating"});
    EXPECT_EQ(unnamedMistakes(unrated.body), std::vector<std::string>{});
    EXPECT_TRUE(contains(unrated.body, "Ý kiến</textarea>"));
    EXPECT_EQ(wrongFields(say("danh-gia", {{"rating", "great"}}).body), std::vector<std::string>{"rating"});
    EXPECT_EQ(wrongFields(say("xem-lai", {{"reason", " "}}).body), std::vector<std::string>{"reason"});
    const HttpResponse long_one = say("danh-gia", {{"rating", "neutral"}, {"comment", std::string(5001, 'x')}});
    EXPECT_EQ(wrongFields(long_one.body), std::vector<std::string>{"comment"});
    EXPECT_TRUE(contains(long_one.body, "value=\"neutral\" checked"));
    show(petition());
    EXPECT_EQ(wrongFields(say("bo-sung", {}).body), std::vector<std::string>{"text"});
    EXPECT_TRUE(world.inbox.updates().empty());
}

TEST_F(WebTracking, WhatTheHubRefusesIsSaidAtItsField) {
    struct Case {
        const char* what;
        Error problem;
        const char* field;
        int status;
    };
    const std::vector<Case> cases{
        {"danh-gia", {.code = Errc::kConflict, .problem = "rating.given"}, "", 409},
        {"danh-gia", {.code = Errc::kInvalid, .problem = "sender.not_now"}, "", 409},
        {"danh-gia", {.code = Errc::kInvalid, .problem = "rating.missing"}, "rating", 422},
        {"xem-lai", {.code = Errc::kConflict, .problem = "reopen.too_late"}, "", 409},
        {"xem-lai", {.code = Errc::kInvalid, .problem = "update.text_invalid"}, "reason", 422},
        {"bo-sung", {.code = Errc::kInvalid, .problem = "attachment.infected"}, "files", 422},
        {"bo-sung", {.code = Errc::kInvalid, .problem = "update.too_many_attachments"}, "files", 422},
    };
    for (const Case& one : cases) {
        show(std::string_view{one.what} == "bo-sung" ? petition() : answered());
        world.inbox.answerUpdates(
            Result<Accepted>{Accepted{.outcome = Accepted::Outcome::kRefused, .problem = one.problem}});
        const HttpResponse page = say(one.what, {{"rating", "neutral"}, {"reason", "Lý do"}, {"text", "Thêm"}});
        EXPECT_EQ(page.status, one.status) << one.problem.problem;
        EXPECT_TRUE(contains(page.body, "Lỗi " + one.problem.problem)) << one.problem.problem;
        const std::string field = one.field;
        EXPECT_EQ(wrongFields(page.body), field.empty() ? std::vector<std::string>{} : std::vector<std::string>{field})
            << one.problem.problem;
    }
    world.inbox.answerUpdates(Result<Accepted>{Error{.code = Errc::kUnavailable}});
    EXPECT_EQ(say("bo-sung", {{"text", "x"}}).status, 503);
}

TEST_F(WebTracking, NobodySaysAnythingWithoutTheSecret) {
    show(answered());
    const std::string address = kPage + "/danh-gia";
    const std::string token = hidden(opened(), address);
    browser.setCookie("web_key", kPage, "wrong");
    EXPECT_EQ(browser.postOnce(address, {{"token", token}, {"rating", "satisfied"}}).status, 303);
    // A form for one petition is none for another.
    world.services.shown.tracked[{"060326002", "other"}] = answered();
    browser.setCookie("web_key", "/phan-anh/060326002", "other");
    EXPECT_EQ(browser.postOnce("/phan-anh/060326002/danh-gia", {{"token", token}, {"rating", "satisfied"}}).status,
              403);
    EXPECT_EQ(browser.postOnce(kPage + "/xem-lai", {{"token", token}, {"reason", "x"}}).status, 403);
    EXPECT_TRUE(world.inbox.updates().empty());
}

TEST_F(WebTracking, SayingOnAndOnIsEnded) {
    World small{{{"said_per_hour", "2"}}};
    small.services.shown.tracked[{kCode, kSecret}] = petition();
    Browser one{small};
    const std::string address = kPage + "/bo-sung";
    int status = 0;
    for (int i = 0; i < 3; ++i) {
        const std::string page = one.get(kPage + "?token=" + kSecret).body;
        status = one.postOnce(address, {{"token", hidden(page, address)}, {"text", std::to_string(i)}}).status;
    }
    EXPECT_EQ(status, 429);
    EXPECT_EQ(small.inbox.updates().size(), 2U);
}

TEST_F(WebTracking, FilesOfSupplementsCountAsAllFilesDo) {
    World small{{{"files_per_hour", "1MB"}}};
    small.services.shown.tracked[{kCode, kSecret}] = petition();
    Browser one{small};
    const std::string address = kPage + "/bo-sung";
    const auto add = [&](const std::string& text, const std::vector<ChosenFile>& files) {
        const std::string page = one.get(kPage + "?token=" + kSecret).body;
        return one.upload(address, {{"token", hidden(page, address)}, {"text", text}}, files);
    };
    const std::string bytes(400'000, 'x');
    EXPECT_EQ(add("Một", {{"a.jpg", "image/jpeg", bytes}}).status, 200);
    const HttpResponse refused = add("Hai", {{"b.jpg", "image/jpeg", bytes}, {"c.jpg", "image/jpeg", bytes}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(wrongFields(refused.body), std::vector<std::string>{"files"});
    EXPECT_TRUE(contains(refused.body, "b.jpg") && contains(refused.body, "c.jpg")) << "neither was taken";
    EXPECT_TRUE(contains(refused.body, "Hai</textarea>"));
    EXPECT_EQ(small.inbox.updates().size(), 1U);
    EXPECT_EQ(add("Ba", {}).status, 200) << "words are no files";
    EXPECT_EQ(add("Bốn", {{"b.jpg", "image/jpeg", bytes}}).status, 200) << "what is refused counts for nothing";
    EXPECT_TRUE(contains(checkForm(small, one, goodAnswers(), {{"d.jpg", "image/jpeg", bytes}}).body, "d.jpg”"))
        << "one count for drafts and supplements";
    small.wait(1h);
    EXPECT_EQ(add("Năm", {{"e.jpg", "image/jpeg", bytes}}).status, 200);
    EXPECT_EQ(small.inbox.updates().size(), 4U);
}

TEST_F(WebTracking, OnASharedDeviceTheSecretIsForgotten) {
    show(petition());
    const std::string page = opened();
    const std::string address = kPage + "/quen";
    EXPECT_EQ(browser.postOnce(address, {{"token", hidden(page, address)}}).headers.at("location"), "/");
    EXPECT_EQ(browser.look(kPage).status, 303);
}

TEST_F(WebTracking, EmergenciesThatMayNotBeDeclaredHereAreSentToTheLine) {
    PublicPetition one = petition();
    one.attributes["emergency_line"] = "1022";
    show(one);
    EXPECT_TRUE(contains(opened(), "role=\"alert\">Nếu việc này khẩn cấp, hãy gọi ngay 1022."));
}

}  // namespace
}  // namespace pakn::in_web

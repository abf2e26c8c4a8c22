/// @file
/// From a blank form to a report that is sent.

#include <gtest/gtest.h>

#include "browser.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

const ChosenFile kPhoto{"anh.jpg", "image/jpeg", std::string{"\xff\xd8\xff\xe0 photo \0 bytes", 19}};

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

TEST(WebReports, TheWholeWayWithoutAScript) {
    World world;
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001"};
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser, goodAnswers(), {kPhoto});
    EXPECT_EQ(checked.status, 200);
    EXPECT_TRUE(contains(browser.at(), "/kiem-tra"));
    for (const char* answer :
         {"Hố ga mất nắp", "12 đường Mẫu", "Hạ tầng đô thị", "anh.jpg", "Nguyễn Văn A", "0912345678"})
        EXPECT_TRUE(contains(checked.body, answer)) << answer;
    EXPECT_EQ(world.petitions.stored().size(), 0U);

    const std::string address = sendAddress(checked.body);
    const HttpResponse sent = browser.post(address, {{"token", hidden(checked.body, address)}});
    EXPECT_EQ(sent.status, 200);
    EXPECT_EQ(browser.at(), "/da-gui");
    ASSERT_EQ(world.petitions.stored().size(), 1U);
    const IncomingPetition petition = world.petitions.stored()[0];
    EXPECT_EQ(petition.title, "Hố ga mất nắp");
    EXPECT_EQ(petition.attributes.at("consent_text"), consentsVersion(Language::kVietnamese));
    ASSERT_EQ(petition.attachments.size(), 1U);
    EXPECT_EQ(petition.attachments[0].name, "anh.jpg");
    EXPECT_EQ(petition.attachments[0].content.bytes(100).value(), kPhoto.bytes);
    // Draft and file are gone; what stays says that it was sent.
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 1U);
    EXPECT_EQ(browser.cookie("web_drafts"), "");
    EXPECT_EQ(world.services.counted("petitions"), 1);
    EXPECT_EQ(world.services.counted("forms_waited"), 1);
}

TEST(WebReports, WhatWasSentIsShownWithItsCodeAndItsSecret) {
    World world;
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001",
                                                            .due_at = world.services.clock.now() + 24h * 7};
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser);
    const std::string address = sendAddress(checked.body);
    const HttpResponse sent = browser.post(address, {{"token", hidden(checked.body, address)}});
    EXPECT_TRUE(contains(sent.body, "060326001"));
    EXPECT_TRUE(contains(sent.body, "https://paht.mau.example/phan-anh/060326001?token=" + std::string{kSecret}));
    EXPECT_TRUE(contains(sent.body, "13/03/2026 08:00"));
    EXPECT_EQ(browser.get("/phan-anh/060326001").status, 200) << "the browser has the key";
    Browser another{world};
    EXPECT_EQ(another.look("/da-gui").status, 303) << "nobody else sees it";
}

TEST(WebReports, ADoubleClickMakesOnePetitionAndShowsItsCodeTwice) {
    World world;
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001"};
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser);
    const std::string address = sendAddress(checked.body);
    const Values form{{"token", hidden(checked.body, address)}};
    // The browser forgets the first answer, with its cookies, when the button is pressed again.
    Browser first = browser;
    EXPECT_EQ(first.postOnce(address, form).status, 303);
    const HttpResponse second = browser.post(address, form);
    EXPECT_TRUE(contains(second.body, "060326001"));
    EXPECT_EQ(world.petitions.stored().size(), 1U);
    EXPECT_EQ(world.inbox.calls(), 1);
}

TEST(WebReports, ATimeoutAfterItWasStoredMakesNoSecondPetition) {
    World world;
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001"};
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser);
    const std::string address = sendAddress(checked.body);
    const Values form{{"token", hidden(checked.body, address)}};
    // Stored, but the answer did not come through; and the draft could not be settled.
    (void)world.petitions.accept(
        {.external_id = "web-" + nameOf("petition", hidden(checked.body, address).substr(0, 22), 40)});
    const HttpResponse again = browser.post(address, form);
    EXPECT_TRUE(contains(again.body, "060326001"));
    EXPECT_EQ(world.petitions.stored().size(), 1U);
    EXPECT_EQ(world.services.counted("petitions"), 0) << "a duplicate is no new petition";
}

TEST(WebReports, WhileTheHubIsAwayNothingIsLost) {
    World world;
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser);
    const std::string address = sendAddress(checked.body);
    const Values form{{"token", hidden(checked.body, address)}};
    world.answer = testing::FakeInbox::failed(Errc::kUnavailable);
    const HttpResponse away = browser.post(address, form);
    EXPECT_EQ(away.status, 503);
    EXPECT_TRUE(away.headers.contains("retry-after"));
    world.answer.reset();
    EXPECT_EQ(browser.postOnce(address, form).status, 303);
    EXPECT_EQ(world.petitions.stored().size(), 1U);
}

TEST(WebReports, RefusalsStandAtTheirFieldsWithWhatWasTyped) {
    World world;
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser, goodAnswers(), {kPhoto});
    const std::string address = sendAddress(checked.body);
    world.answer = Result<Accepted>{Accepted{
        .outcome = Accepted::Outcome::kRefused,
        .problem = Error{.code = Errc::kInvalid, .problem = "attachment.infected", .field = "/attachments/0"}}};
    const HttpResponse refused = browser.post(address, {{"token", hidden(checked.body, address)}});
    EXPECT_EQ(refused.status, 422);
    EXPECT_EQ(wrongFields(refused.body), std::vector<std::string>{"files"});
    EXPECT_TRUE(contains(refused.body, "anh.jpg: Lỗi attachment.infected"));
    EXPECT_TRUE(contains(refused.body, "href=\"#files\""));
    EXPECT_TRUE(contains(refused.body, "value=\"Hố ga mất nắp\""));
    // The file is taken out, and it goes.
    std::smatch file;
    ASSERT_TRUE(std::regex_search(refused.body, file, std::regex{"name=\"remove\" value=\"([^\"]+)\""}));
    world.answer.reset();
    const HttpResponse again = browser.upload(
        "/gui",
        goodAnswers() + Values{{"token", hidden(refused.body, "/gui")}, {"action", "check"}, {"remove", file[1]}}, {});
    ASSERT_EQ(again.status, 200);
    EXPECT_FALSE(contains(again.body, "anh.jpg"));
    const HttpResponse sent =
        browser.post(sendAddress(again.body), {{"token", hidden(again.body, sendAddress(again.body))}});
    EXPECT_EQ(sent.status, 200);
    EXPECT_EQ(world.petitions.stored().at(0).attachments.size(), 0U);
}

TEST(WebReports, MistakesAreShownWithEverythingThatWasTyped) {
    World world;
    Browser browser{world};
    const Values typed =
        goodAnswers() + Values{{"content", ""}, {"phone", "12"}, {"public", "yes"}, {"consent_use", "yes"}};
    const HttpResponse page = checkForm(world, browser, typed, {kPhoto});
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(wrongFields(page.body), (std::vector<std::string>{"content", "phone"}));
    EXPECT_TRUE(contains(page.body, "role=\"alert\""));
    EXPECT_TRUE(contains(page.body, "href=\"#phone\""));
    EXPECT_TRUE(contains(page.body, "aria-invalid=\"true\" aria-describedby=\"phone-hint phone-error\""));
    EXPECT_TRUE(contains(page.body, "value=\"12\""));
    EXPECT_TRUE(contains(page.body, "value=\"ha-tang\" lang=\"vi\" selected"));
    EXPECT_TRUE(contains(page.body, "name=\"consent_use\" value=\"yes\" checked"));
    EXPECT_TRUE(contains(page.body, "value=\"yes\" checked> <span>Công khai"));
    EXPECT_TRUE(contains(page.body, "anh.jpg")) << "the file is kept";
}

TEST(WebReports, EveryMistakeIsNamedByItsField) {
    World world;
    Browser browser{world};
    const Values typed = {{"title", std::string(301, 'x')},
                          {"occurred_at", "hôm qua"},
                          {"place", std::string(501, 'x')},
                          {"latitude", "?"},
                          {"kind", "other"},
                          {"phone", "12"},
                          {"email", "a@"},
                          {"citizen_id", "12"}};
    const std::string page = checkForm(world, browser, typed).body;
    EXPECT_EQ(wrongFields(page),
              (std::vector<std::string>{"title", "content", "occurred_at", "place", "point", "kind", "name", "phone",
                                        "email", "citizen_id", "contact_address", "declared_true", "consent_process"}));
    EXPECT_EQ(unnamedMistakes(page), std::vector<std::string>{});
}

TEST(WebReports, WhatPeopleWroteIsVietnameseOnEnglishPagesToo) {
    World world;
    Browser browser{world};
    browser.get("/?lang=en");
    const std::string page = checkForm(world, browser).body;
    EXPECT_TRUE(contains(page, "<dt>Title</dt><dd lang=\"vi\">Hố ga mất nắp</dd>"));
    EXPECT_TRUE(contains(page, "<dt>Category</dt><dd lang=\"vi\">Hạ tầng đô thị</dd>"));
    EXPECT_TRUE(contains(page, "<dt>Who sends it</dt><dd>A person</dd>"));
    EXPECT_TRUE(contains(page, "<dt>E-mail</dt><dd>(left empty)</dd>"));
}

TEST(WebReports, NothingIsTickedOnABlankForm) {
    World world;
    Browser browser{world};
    const std::string page = browser.get("/gui").body;
    EXPECT_FALSE(std::regex_search(page, std::regex{"type=\"checkbox\"[^>]*checked"}));
    EXPECT_TRUE(contains(page, "name=\"public\" value=\"no\" checked")) << "not public unless somebody says so";
    EXPECT_TRUE(contains(page, "114"));
}

// --- Drafts ---

TEST(WebReports, ADraftIsSavedListedContinuedAndDeleted) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    const HttpResponse list =
        browser.upload("/gui", {{"token", token}, {"action", "save"}, {"title", "Dở dang"}}, {kPhoto});
    EXPECT_EQ(browser.at(), "/nhap?xong=luu");
    EXPECT_TRUE(contains(list.body, "Dở dang"));
    std::smatch handle;
    ASSERT_TRUE(std::regex_search(list.body, handle, std::regex{"href=\"(/nhap/[0-9a-f]{16})\""}));
    const std::string address = handle[1];
    const HttpResponse form = browser.get(address);
    EXPECT_TRUE(contains(form.body, "value=\"Dở dang\""));
    EXPECT_TRUE(contains(form.body, "anh.jpg"));
    EXPECT_FALSE(contains(form.body, "data-challenge")) << "its work is done";
    Browser another{world};
    EXPECT_EQ(another.get(address).status, 404) << "it is this browser's alone";

    // Saved again, at once: it is the same draft, and no new form.
    const HttpResponse again = browser.upload(
        "/gui", {{"token", hidden(form.body, "/gui")}, {"action", "save"}, {"title", "Dở dang hơn"}}, {});
    EXPECT_TRUE(contains(again.body, "Dở dang hơn"));
    EXPECT_EQ(world.services.counted("forms_waited"), 1);

    const std::string remove = address + "/xoa";
    const HttpResponse gone = browser.post(remove, {{"token", hidden(again.body, remove)}});
    EXPECT_FALSE(contains(gone.body, "Dở dang"));
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 0U) << "with its file";
    EXPECT_EQ(browser.get(address).status, 404);
}

TEST(WebReports, ABrowserKeepsFiveDraftsAndTheOldestGoes) {
    World world{{{"waited_per_hour", "100"}}};
    Browser browser{world};
    for (int i = 0; i < 7; ++i) {
        const std::string token = openForm(world, browser);
        browser.upload("/gui", {{"token", token}, {"action", "save"}, {"title", "Nháp " + std::to_string(i)}}, {});
    }
    const std::string list = browser.get("/nhap").body;
    EXPECT_FALSE(contains(list, "Nháp 1<"));
    EXPECT_TRUE(contains(list, "Nháp 2<"));
    EXPECT_TRUE(contains(list, "Nháp 6<"));
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 5U);
}

TEST(WebReports, OldDraftsAreSwept) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    browser.upload("/gui", {{"token", token}, {"action", "save"}, {"title", "x"}}, {kPhoto});
    ASSERT_TRUE(world.portal->sweep(world.inbox, {}));
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 2U);
    world.wait(24h * 7 + 1min);
    ASSERT_TRUE(world.portal->sweep(world.inbox, {}));
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 0U);
    EXPECT_EQ(world.services.counted("drafts_swept"), 2);
    EXPECT_EQ(browser.get("/nhap").status, 200);
}

TEST(WebReports, ADraftWhoseFileIsGoneSaysWhichOne) {
    World world;
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser, goodAnswers(), {kPhoto});
    const std::vector<std::string> kept = world.inbox.quiet(Instant::max(), 10).value();
    for (const std::string& name : kept)
        if (name.starts_with("file:")) {
            ASSERT_TRUE(world.inbox.drop(name, 1000));
        }
    const std::string address = sendAddress(checked.body);
    const HttpResponse page = browser.post(address, {{"token", hidden(checked.body, address)}});
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(wrongFields(page.body), std::vector<std::string>{"files"});
    EXPECT_TRUE(contains(page.body, "anh.jpg"));
    EXPECT_EQ(world.petitions.stored().size(), 0U);
}

TEST(WebReports, ADraftThatIsNotCompleteIsNotSent) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    const HttpResponse list =
        browser.upload("/gui", {{"token", token}, {"action", "save"}, {"title", "Dở dang"}}, {kPhoto});
    std::smatch handle;
    ASSERT_TRUE(std::regex_search(list.body, handle, std::regex{"href=\"(/nhap/[0-9a-f]{16})\""}));
    const HttpResponse checked = browser.get(handle[1].str() + "/kiem-tra");
    const std::string address = sendAddress(checked.body);
    const HttpResponse page = browser.post(address, {{"token", hidden(checked.body, address)}});
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(wrongFields(page.body).at(0), "content");
    EXPECT_EQ(world.inbox.calls(), 0);
}

TEST(WebReports, ATokenOfOneDraftSendsNoOther) {
    World world;
    Browser browser{world};
    const HttpResponse first = checkForm(world, browser);
    const HttpResponse second = checkForm(world, browser);
    const std::string address = sendAddress(first.body);
    ASSERT_NE(address, sendAddress(second.body));
    EXPECT_EQ(browser.post(address, {{"token", hidden(second.body, sendAddress(second.body))}}).status, 404);
    const std::string list = browser.get("/nhap").body;
    std::string remove = address;
    remove.replace(remove.rfind('/'), std::string::npos, "/xoa");
    std::string other = sendAddress(second.body);
    other.replace(other.rfind('/'), std::string::npos, "/xoa");
    EXPECT_EQ(browser.post(remove, {{"token", hidden(list, other)}}).status, 404);
    EXPECT_EQ(world.inbox.calls(), 0);
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 2U);
}

// --- Files ---

TEST(WebReports, FilesThatCannotBeKeptAreNamed) {
    World world{{{"files_per_hour", "1MB"}}};
    Browser browser{world};
    const std::vector<ChosenFile> files{
        {"rong.jpg", "image/jpeg", ""}, kPhoto, {"to.mp4", "video/mp4", std::string(2U << 20U, 'x')}};
    const HttpResponse page = checkForm(world, browser, goodAnswers(), files);
    EXPECT_EQ(page.status, 422);
    EXPECT_EQ(wrongFields(page.body), std::vector<std::string>{"files"});
    EXPECT_TRUE(contains(page.body, "rong.jpg: Lỗi attachment.empty"));
    EXPECT_TRUE(contains(page.body, "“to.mp4”"));
    EXPECT_TRUE(contains(page.body, "anh.jpg")) << "the good one is kept";
}

TEST(WebReports, NoMoreThanTenFiles) {
    World world;
    Browser browser{world};
    std::vector<ChosenFile> files;
    for (int i = 0; i < 11; ++i) files.push_back({"anh" + std::to_string(i) + ".jpg", "image/jpeg", "x"});
    const HttpResponse page = checkForm(world, browser, goodAnswers(), files);
    EXPECT_EQ(page.status, 422);
    EXPECT_TRUE(contains(page.body, "anh10.jpg: Lỗi petition.too_many_attachments"));
    EXPECT_FALSE(contains(page.body, "anh10.jpg ("));
    EXPECT_TRUE(contains(page.body, "anh9.jpg ("));
}

TEST(WebReports, ABusyHubShowsTheFormAgain) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    world.inbox.failKeep(Error{.code = Errc::kUnavailable, .message = "busy", .retry_after = 7s});
    const HttpResponse page = browser.upload("/gui", goodAnswers() + Values{{"token", token}, {"action", "check"}}, {});
    EXPECT_EQ(page.status, 503);
    EXPECT_EQ(page.headers.at("retry-after"), "7");
    EXPECT_TRUE(contains(page.body, "value=\"Hố ga mất nắp\""));
}

// --- Who may send ---

TEST(WebReports, WithAProofNobodyWaits) {
    World world{{{"proof_bits", "8"}}};
    Browser browser{world};
    const HttpResponse blank = browser.get("/gui");
    const std::string token = hidden(blank.body, "/gui");
    EXPECT_TRUE(contains(blank.body, "data-challenge=\"" + token + "\" data-bits=\"8\""));
    const HttpResponse checked = browser.upload(
        "/gui", goodAnswers() + Values{{"token", token}, {"proof", proofFor(token, 8)}, {"action", "check"}}, {});
    EXPECT_EQ(checked.status, 200);
    EXPECT_EQ(world.services.counted("forms_proven"), 1);
}

TEST(WebReports, WithoutAProofAFormHasToBeOldEnough) {
    World world;
    Browser browser{world};
    const std::string token = hidden(browser.get("/gui").body, "/gui");
    world.wait(12s);
    const HttpResponse early =
        browser.upload("/gui", goodAnswers() + Values{{"token", token}, {"action", "check"}}, {kPhoto});
    EXPECT_EQ(early.status, 429);
    EXPECT_EQ(early.headers.at("retry-after"), "8");
    EXPECT_TRUE(contains(early.body, "value=\"Hố ga mất nắp\"")) << "what was typed is there";
    EXPECT_EQ(world.inbox.keeps(), 0) << "nothing is kept of whoever has proven nothing";
    // The form goes on ageing, although its token is another one.
    world.wait(8s);
    const std::string again = hidden(early.body, "/gui");
    EXPECT_EQ(browser.upload("/gui", goodAnswers() + Values{{"token", again}, {"action", "check"}}, {}).status, 200);
}

TEST(WebReports, ForgedProofsProveNothing) {
    World world{{{"proof_bits", "12"}}};
    Browser browser{world};
    const std::string token = hidden(browser.get("/gui").body, "/gui");
    std::string wrong;  // Some work, but not enough of it.
    for (int number = 0; provenBits(token, wrong) != 8; ++number) wrong = std::to_string(number);
    const std::string other = hidden(browser.get("/gui").body, "/gui");
    for (const std::string& proof :
         {wrong, proofFor(other, 12), std::string{"x"}, std::string(100, '9'), std::string{"-1"}}) {
        if (provenBits(token, proof) >= 12) continue;
        EXPECT_EQ(
            browser.upload("/gui", goodAnswers() + Values{{"token", token}, {"proof", proof}, {"action", "check"}}, {})
                .status,
            429)
            << proof;
    }
    EXPECT_EQ(world.inbox.keeps(), 0);
}

TEST(WebReports, AProofThatIsUsedTwiceMakesTheSamePetitionTwice) {
    World world{{{"proof_bits", "8"}}};
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001"};
    Browser browser{world};
    const std::string token = hidden(browser.get("/gui").body, "/gui");
    const Values proven{{"token", token}, {"proof", proofFor(token, 8)}, {"action", "check"}};
    for (int i = 0; i < 5; ++i) {
        const HttpResponse page =
            browser.upload("/gui", goodAnswers() + proven + Values{{"title", "Lần " + std::to_string(i)}}, {});
        if (i > 0) {
            EXPECT_EQ(browser.at(), "/da-gui") << "it was sent before";
            EXPECT_EQ(browser.cookie("web_drafts"), "") << "and is no draft again";
            EXPECT_TRUE(contains(page.body, "060326001"));
            continue;
        }
        const std::string address = sendAddress(page.body);
        browser.post(address, {{"token", hidden(page.body, address)}});
    }
    EXPECT_EQ(world.petitions.stored().size(), 1U);
    EXPECT_EQ(world.inbox.quiet(Instant::max(), 10)->size(), 1U);
}

TEST(WebReports, WhoeverSendsMuchHasToWorkMore) {
    World world{{{"proof_bits", "4"}, {"proof_bits_most", "7"}}};
    Browser browser{world};
    std::vector<int> bits;
    for (int i = 0; i < 30; ++i) {
        const HttpResponse blank = browser.get("/gui");
        std::smatch asked;
        ASSERT_TRUE(std::regex_search(blank.body, asked, std::regex{"data-bits=\"(\\d+)\""}));
        bits.push_back(std::stoi(asked[1]));
        const std::string token = hidden(blank.body, "/gui");
        const Values form{
            {"token", token}, {"proof", proofFor(token, bits.back())}, {"action", "save"}, {"title", "x"}};
        ASSERT_EQ(browser.upload("/gui", form, {}).status, 200) << i;
    }
    EXPECT_EQ(bits.front(), 4);
    EXPECT_EQ(bits.at(3), 5);
    EXPECT_EQ(bits.at(9), 6);
    EXPECT_EQ(bits.back(), 7) << "and no more than that";
    EXPECT_TRUE(std::is_sorted(bits.begin(), bits.end()));
    Browser neighbour{world};
    neighbour.client = "203.0.113.8";
    EXPECT_TRUE(contains(neighbour.get("/gui").body, "data-bits=\"4\""));
    world.wait(2h);
    EXPECT_TRUE(contains(browser.get("/gui").body, "data-bits=\"4\""));
}

TEST(WebReports, ChallengesThatWereHoardedAreTooEasyLater) {
    World world{{{"proof_bits", "2"}, {"proof_bits_most", "12"}}};
    Browser hoarder{world};
    std::vector<std::string> hoard;
    for (int i = 0; i < 80; ++i) hoard.push_back(hidden(hoarder.get("/gui").body, "/gui"));
    int taken = 0;
    for (const std::string& token : hoard) {
        std::string proof = "0";  // Exactly as much work as was asked for then, and no luck.
        for (int number = 0;; ++number)
            if (provenBits(token, proof = std::to_string(number)) == 2) break;
        taken += hoarder.upload("/gui", {{"token", token}, {"proof", proof}, {"action", "save"}, {"title", "x"}}, {})
                             .status == 200
                     ? 1
                     : 0;
    }
    EXPECT_LT(taken, 40);
    EXPECT_GT(taken, 3);
}

TEST(WebReports, TheSlowLaneIsNarrowAndTheOtherGoesOn) {
    World world{{{"proof_bits", "4"}, {"waited_per_hour", "3"}}};
    Browser browser{world};
    const auto hand_in = [&](const Values& more) {
        const std::string token = hidden(browser.get("/gui").body, "/gui");
        world.wait(21s);
        Values form = Values{{"token", token}, {"action", "save"}, {"title", "x"}} + more;
        if (more.contains("proof")) form["proof"] = proofFor(token, 6);
        return browser.upload("/gui", form, {}).status;
    };
    for (int i = 0; i < 3; ++i) EXPECT_EQ(hand_in({}), 200) << i;
    EXPECT_EQ(hand_in({}), 429);
    EXPECT_EQ(hand_in({{"proof", ""}}), 200);
    browser.client = "2001:db8:1:2::1";
    EXPECT_EQ(hand_in({}), 200);
    // Another address of the same network is the same client.
    for (const char* client : {"2001:db8:1:2::2", "2001:db8:1:2:ffff::3"}) {
        browser.client = client;
        EXPECT_EQ(hand_in({}), 200);
    }
    EXPECT_EQ(hand_in({}), 429);
}

TEST(WebReports, AFormThatIsTooOldIsShownAnewWithWhatWasTyped) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    world.wait(24h);
    const HttpResponse old = browser.upload("/gui", goodAnswers() + Values{{"token", token}, {"action", "check"}}, {});
    EXPECT_EQ(old.status, 403);
    EXPECT_TRUE(contains(old.body, "value=\"Hố ga mất nắp\""));
    world.wait(21s);
    const std::string fresh = hidden(old.body, "/gui");
    EXPECT_EQ(browser.upload("/gui", goodAnswers() + Values{{"token", fresh}, {"action", "check"}}, {}).status, 200);
}

TEST(WebReports, SavingOnAndOnIsEnded) {
    World world{{{"saved_per_hour", "3"}}};
    Browser browser{world};
    std::string token = openForm(world, browser);
    int status = 200;
    for (int i = 0; i < 4; ++i)
        status =
            browser.upload("/gui", {{"token", token}, {"action", "save"}, {"title", std::to_string(i)}}, {}).status;
    EXPECT_EQ(status, 429);
}

TEST(WebReports, WhoIsAskedForWhatIsSaidByTheSettings) {
    World all;
    World some{{{"identity", "anonymous_to_public"}}};
    World none{{{"identity", "anonymous"}}};
    Browser first{all};
    Browser second{some};
    Browser third{none};
    EXPECT_TRUE(contains(first.get("/gui").body, "name=\"citizen_id\""));
    EXPECT_FALSE(contains(first.get("/gui").body, "name=\"anonymous\""));
    EXPECT_TRUE(contains(second.get("/gui").body, "name=\"anonymous\""));
    EXPECT_FALSE(contains(third.get("/gui").body, "name=\"citizen_id\""));
    EXPECT_FALSE(contains(third.get("/gui").body, "name=\"consent_process\""));
}

}  // namespace
}  // namespace pakn::in_web

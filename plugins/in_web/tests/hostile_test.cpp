/// @file
/// What people send who mean no good.

#include <gtest/gtest.h>

#include <thread>

#include "browser.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

constexpr std::string_view kScript =
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{t.nav.report}}{{{page.banner}}}";

/// No tag of the attacker's is in the page, and what he wrote stands there as text.
void expectHarmless(const std::string& page, const std::string& where) {
    EXPECT_FALSE(contains(page, "<script>alert")) << where;
    EXPECT_FALSE(contains(page, "<img")) << where;
    EXPECT_FALSE(contains(page, "\"'>")) << where;
    EXPECT_FALSE(contains(page, "{{t.")) << where << ": values are not templates, and none is left open";
}

std::string withoutBraces(std::string_view text) {
    return std::regex_replace(std::string{text}, std::regex{"[{}]"}, "");
}

TEST(WebHostile, NoFieldOfTheFormBecomesMarkup) {
    const Values all =
        goodAnswers() + Values{{"area", ""}, {"latitude", ""}, {"longitude", ""}, {"email", ""}, {"occurred_at", ""}};
    for (const auto& [name, ignored] : all) {
        World world{{{"identity", "optional"}, {"waited_per_hour", "1000"}, {"saved_per_hour", "1000"}}};
        Browser browser{world};
        const std::string script = withoutBraces(kScript);
        const HttpResponse shown = checkForm(world, browser, all + Values{{name, script}});
        expectHarmless(shown.body, name);
        expectHarmless(browser.get("/nhap").body, name);
        if (shown.status == 200) {
            const std::string address = sendAddress(shown.body);
            browser.post(address, {{"token", hidden(shown.body, address)}});
        }
    }
}

TEST(WebHostile, WhatIsTypedIsNoTemplate) {
    World world;
    Browser browser{world};
    const HttpResponse page =
        checkForm(world, browser, goodAnswers() + Values{{"title", "{{t.nav.report}} {{>home}} {{#f}}x{{/f}}"}});
    EXPECT_TRUE(contains(page.body, "{{t.nav.report}} {{&gt;home}} {{#f}}x{{/f}}"));
}

TEST(WebHostile, NamesOfFilesAreText) {
    World world;
    Browser browser{world};
    const HttpResponse page = checkForm(world, browser, goodAnswers(),
                                        {{"<script>alert(1)</script>%0D%0Ax: y.jpg", "image/jpeg\r\nx: y", "x"}});
    if (page.status == 200) {
        EXPECT_FALSE(contains(page.body, "<script>alert"));
    } else {
        EXPECT_EQ(page.status, 400);
    }
    const HttpResponse second = checkForm(world, browser, goodAnswers(), {{"a<b>&'%22.jpg", "image/jpeg", "x"}});
    EXPECT_TRUE(contains(second.body, "a&lt;b&gt;&amp;&apos;&quot;.jpg") ||
                contains(second.body, "a&lt;b&gt;&amp;&#39;&quot;.jpg"))
        << second.body;
}

TEST(WebHostile, WhatTheHubKnowsIsTextToo) {
    World world;
    const std::string script = withoutBraces(kScript);
    PublicPetition one{.code = "060326001",
                       .title = script,
                       .content = script,
                       .status = "answered",
                       .status_label = {script, script},
                       .category = "x",
                       .category_name = script,
                       .area = script,
                       .unit_name = script,
                       .address = script,
                       .received_at = world.services.clock.now(),
                       .finished_at = world.services.clock.now()};
    one.steps = {{.at = one.received_at, .label = {script, script}, .unit_name = script, .reason = script}};
    one.answer =
        PublicAnswer{.text = script, .files = {{std::string(64, 'a'), script, script, 1}}, .at = one.received_at};
    one.attachments = one.answer->files;
    one.attributes = {{"question", script}, {"emergency_line", script}, {"rating", script}};
    world.services.shown.published = {one};
    world.services.shown.tracked[{"060326001", kSecret}] = one;
    world.services.shown.category_names = {{script, script}};
    world.services.shown.area_names = {{script, script}};
    world.services.shown.files[std::string(64, 'a')] = "x";
    Browser browser{world};
    for (const char* url :
         {"/", "/gui", "/cong-khai", "/cong-khai/060326001", "/phan-anh/060326001?token=bi-mat_0123456789ABCDEF"})
        expectHarmless(browser.get(url).body, url);
    one.status = "in_progress";
    world.services.shown.tracked[{"060326001", kSecret}] = one;
    expectHarmless(browser.get("/phan-anh/060326001").body, "supplement");
    // Nor does a name or a type from outside begin a header.
    world.services.shown.published[0].answer->files[0].name = "a\r\nSet-Cookie: x=1";
    world.services.shown.published[0].answer->files[0].content_type = "text/html\r\nX: y";
    const HttpResponse file = browser.get("/cong-khai/060326001/tep/" + std::string(64, 'a'));
    EXPECT_EQ(file.status, 200);
    EXPECT_EQ(file.headers.at("content-type"), "application/octet-stream");
    for (const auto& [name, value] : file.headers) EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
}

TEST(WebHostile, AddressesAreText) {
    World world;
    Browser browser{world};
    for (const std::string& url :
         {std::string{"/tra-cuu?ma=%22%3E%3Cscript%3Ealert(1)%3C/script%3E"},
          std::string{"/nhap?xong=%3Cscript%3Ealert(1)"},
          std::string{"/cong-khai?sau=%22%3E%3Cscript%3Ealert(1)&linh-vuc=%22%3E%3Cscript%3Ealert"},
          std::string{"/gui?\"><script>alert(1)</script>"}, std::string{"/<script>alert(1)</script>"},
          "/?" + std::string(4000, '&'), std::string{"/gui?lang=en&%ff"}, std::string{"/\xff\xfe"},
          std::string{"/gui?a=%00"}}) {
        const HttpResponse page = browser.get(url);
        EXPECT_FALSE(contains(page.body, "<script>alert")) << url;
        EXPECT_FALSE(contains(page.body, "\"><script")) << url;
        for (const auto& [name, value] : page.headers)
            EXPECT_EQ(value.find_first_of("\r\n"), std::string::npos) << name;
    }
}

TEST(WebHostile, NoLinkLeadsToAnotherSite) {
    World world;
    Browser browser{world};
    for (const char* url :
         {"//evil.example", "//evil.example/x", "/\\evil.example", "///evil.example", "/x//evil.example"}) {
        const std::string page = browser.get(url).body;
        const std::regex link{"(?:href|src|action)=\"([^\"]*)\""};
        for (std::sregex_iterator one{page.begin(), page.end(), link}, end; one != end; ++one) {
            const std::string to = (*one)[1];
            EXPECT_TRUE(to.starts_with('#') ||
                        (to.starts_with('/') && to.substr(1, 1) != "/" && to.substr(1, 1) != "\\"))
                << url << ' ' << to;
        }
    }
}

TEST(WebHostile, FormsOfOtherSitesAreNotTaken) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    const Values form = goodAnswers() + Values{{"token", token}, {"action", "save"}};
    const std::vector<std::pair<HttpHeaders, int>> cases{
        {{{"origin", "https://evil.example"}}, 403},
        {{{"origin", "https://paht.mau.example.evil.example"}}, 403},
        {{{"origin", "https://evil.example"}, {"sec-fetch-site", "same-origin"}},
         303},  // The browser says it, nobody else can.
        {{{"sec-fetch-site", "cross-site"}}, 403},
        {{{"sec-fetch-site", "same-site"}}, 403},
        {{{"sec-fetch-site", "same-origin"}, {"origin", "null"}}, 303},
        {{{"sec-fetch-site", "none"}}, 303},
        {{{"origin", "https://paht.mau.example"}}, 303},
        {{{"origin", "null"}}, 303},  // What a page without referrers says of itself: the token decides.
        {{}, 303},
    };
    for (const auto& [headers, status] : cases) {
        browser.extra = headers;
        EXPECT_EQ(browser.postOnce("/gui", form).status, status) << (headers.empty() ? "" : headers.begin()->second);
    }
    EXPECT_EQ(world.services.counted("strangers"), 5 - 1);
}

TEST(WebHostile, WithoutTheBrowsersCookieNoTokenCounts) {
    World world;
    Browser victim{world};
    Browser attacker{world};
    const std::string stolen = openForm(world, attacker);
    openForm(world, victim);
    const Values form = goodAnswers() + Values{{"token", stolen}, {"action", "save"}};
    EXPECT_EQ(victim.postOnce("/gui", form).status, 403) << "a token is its browser's";
    Browser blank{world};
    EXPECT_EQ(blank.postOnce("/gui", form).status, 403);
    EXPECT_EQ(victim.postOnce("/gui", goodAnswers()).status, 403);
    EXPECT_EQ(world.inbox.keeps(), 0);
}

TEST(WebHostile, EveryPostWantsAToken) {
    World world;
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001", .status = "in_progress"};
    Browser browser{world};
    browser.get("/gui");
    browser.setCookie("web_key", "/phan-anh/060326001", kSecret);
    for (const char* url : {"/gui", "/tra-cuu", "/tra-cuu/ma", "/nhap/0123456789abcdef/gui",
                            "/nhap/0123456789abcdef/xoa", "/phan-anh/060326001/bo-sung", "/phan-anh/060326001/danh-gia",
                            "/phan-anh/060326001/xem-lai", "/phan-anh/060326001/quen"}) {
        for (const char* token : {"", "x", "aaaaaaaaaaaaaaaaaaaaaa.1772758800000.0.00"})
            EXPECT_EQ(browser.postOnce(url, {{"token", token}, {"code", "060326001"}, {"text", "x"}}).status, 403)
                << url;
        EXPECT_EQ(browser.send("POST", url, "application/json", "{}").status, 400) << url;
        EXPECT_EQ(browser.send("POST", url, "multipart/form-data; boundary=x", "--x\r\nbroken").status, 400) << url;
        EXPECT_EQ(browser.send("POST", url, "application/x-www-form-urlencoded", "a=%zz").status, 400) << url;
        EXPECT_EQ(browser.send("POST", url, "", std::string(1000, 'x')).status, 400) << url;
    }
    EXPECT_TRUE(world.inbox.updates().empty());
    EXPECT_EQ(world.inbox.keeps(), 0);
}

TEST(WebHostile, AFormThatIsTooOldIsNotTaken) {
    World world;
    Browser browser{world};
    const std::string token = hidden(browser.get("/tra-cuu").body, "/tra-cuu");
    const Values form{{"token", token}, {"code", "060326001"}, {"secret", "x"}, {"action", "open"}};
    EXPECT_EQ(browser.postOnce("/tra-cuu", form).status, 404);
    world.wait(24h + 1s);
    EXPECT_EQ(browser.postOnce("/tra-cuu", form).status, 403);
}

TEST(WebHostile, HugeFormsAreRefusedOrBounded) {
    World world;
    Browser browser{world};
    const std::string token = openForm(world, browser);
    EXPECT_EQ(browser.postOnce("/gui", goodAnswers() + Values{{"token", token}, {"content", std::string(200'000, 'x')}})
                  .status,
              400);
    std::string many;
    for (int i = 0; i < 5000; ++i) many += "a=1&";
    EXPECT_EQ(browser.send("POST", "/gui", "application/x-www-form-urlencoded", many).status, 400);
    const HttpResponse long_title = browser.post(
        "/gui", goodAnswers() + Values{{"token", token}, {"action", "check"}, {"title", std::string(90'000, 'x')}});
    EXPECT_EQ(long_title.status, 422);
    EXPECT_EQ(wrongFields(long_title.body), std::vector<std::string>{"title"});
}

TEST(WebHostile, ForeignDraftCookiesOpenNothing) {
    World world;
    Browser owner{world};
    checkForm(world, owner, goodAnswers() + Values{{"title", "Bí mật của người khác"}});
    const std::string id = owner.cookie("web_drafts");
    ASSERT_EQ(id.size(), 22U);
    Browser thief{world};
    for (const std::string& cookie :
         {std::string(22, 'a'), std::string{"../../etc"}, std::string(5000, 'a'), std::string{"."},
          DraftBox::handleOf(id), id.substr(1) + "a", std::string{"%00"}, nameOf("draft", id, 22)}) {
        thief.setCookie("web_drafts", "/", cookie);
        EXPECT_FALSE(contains(thief.get("/nhap").body, "Bí mật")) << cookie;
        EXPECT_EQ(thief.get("/nhap/" + DraftBox::handleOf(id)).status, 404) << cookie;
        EXPECT_EQ(thief.get("/nhap/" + DraftBox::handleOf(id) + "/kiem-tra").status, 404) << cookie;
    }
    // Many drafts in a cookie cost no more than five look-ups.
    std::string hundred = id;
    for (int i = 0; i < 100; ++i) hundred += '.' + std::string(22, static_cast<char>('a' + i % 26));
    thief.setCookie("web_drafts", "/", hundred);
    EXPECT_EQ(thief.get("/nhap").status, 200);
}

TEST(WebHostile, SentCookiesOfOneselfOpenNothing) {
    World world;
    world.services.shown.tracked[{"060326001", kSecret}] = {.code = "060326001"};
    Browser browser{world};
    for (const char* cookie :
         {"", ".", "060326001", "060326001.wrong", "060326001.", ".x", "a/b.c", "060326001.\"><script>"}) {
        browser.setCookie("web_sent", "/da-gui", cookie);
        EXPECT_EQ(browser.look("/da-gui").status, 303) << cookie;
    }
}

TEST(WebHostile, WordsOfCitizensAreInNoLog) {
    World world;
    Browser browser{world};
    const HttpResponse checked = checkForm(world, browser, goodAnswers() + Values{{"title", "canary-title"}});
    const std::string address = sendAddress(checked.body);
    world.answer = testing::FakeInbox::failed(Errc::kInternal);
    EXPECT_EQ(browser.post(address, {{"token", hidden(checked.body, address)}}).status, 500);
    for (const auto& line : world.services.logged())
        for (const char* word : {"canary", "Nguyễn", "0912345678", "001090000001"})
            EXPECT_FALSE(contains(line.text, word)) << line.text;
}

TEST(WebHostile, ManyAtATime) {
    World world{
        {{"proof_bits", "4"}, {"proof_bits_most", "4"}, {"proven_per_hour", "10000"}, {"saved_per_hour", "10000"}}};
    std::vector<std::thread> threads;
    std::atomic<int> sent = 0;
    for (int i = 0; i < 8; ++i)
        threads.emplace_back([&] {
            Browser browser{world};
            for (int round = 0; round < 10; ++round) {
                const std::string token = hidden(browser.get("/gui").body, "/gui");
                const HttpResponse checked = browser.upload(
                    "/gui",
                    goodAnswers() + Values{{"token", token}, {"proof", proofFor(token, 4)}, {"action", "check"}}, {});
                const std::string address = sendAddress(checked.body);
                if (browser.postOnce(address, {{"token", hidden(checked.body, address)}}).status == 303) ++sent;
                browser.get("/cong-khai");
            }
        });
    for (std::thread& thread : threads) thread.join();
    EXPECT_EQ(sent, 80);
    EXPECT_EQ(world.petitions.stored().size(), 80U);
}

}  // namespace
}  // namespace pakn::in_web

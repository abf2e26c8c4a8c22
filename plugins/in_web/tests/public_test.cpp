/// @file
/// What everybody may see: first page, public list, and how pages are sent.

#include <gtest/gtest.h>

#include "browser.hpp"
#include "core/testing/temporary_folder.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

bool contains(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

PublicPetition publicOne(std::string code, bool answered) {
    const Instant at{std::chrono::seconds{1772758800}};
    PublicPetition one{
        .code = std::move(code),
        .status = answered ? "answered" : "in_progress",
        .status_label = answered ? PublicLabel{"Đã trả lời", "Answered"} : PublicLabel{"Đang xử lý", "In progress"},
        .category = answered ? "ha-tang" : "moi-truong",
        .category_name = answered ? "Hạ tầng đô thị" : "Môi trường",
        .area = "19753",
        .unit_name = "Sở Xây dựng",
        .received_at = at,
        .due_at = at + 24h};
    if (answered) {
        one.title = "Hố ga " + one.code;
        one.content = "Nội dung của " + one.code;
        one.finished_at = at + 2h;
        one.answer = PublicAnswer{.text = "Đã thay nắp",
                                  .files = {{std::string(64, 'd'), "cong-van.pdf", "application/pdf", 10}},
                                  .at = at + 2h};
    }
    one.steps = {{.at = at, .status = "received", .label = {"Đã tiếp nhận", "Received"}}};
    return one;
}

TEST(WebPublic, TheFirstPageLeadsOnAndWarns) {
    World world{{{"hotline", "0900 1022"}, {"banner", "Hệ thống chạy thử"}, {"footer", "Trung tâm Mẫu"}}};
    world.services.shown.published = {publicOne("060326001", true), publicOne("060326002", false)};
    world.services.shown.numbers = {
        .received = 12, .open = 3, .answered = 9, .on_time = 8, .late = 1, .as_of = world.services.clock.now()};
    Browser browser{world};
    const HttpResponse page = browser.get("/");
    EXPECT_EQ(page.status, 200);
    for (const char* text :
         {"href=\"/gui\"", "href=\"/tra-cuu\"", "href=\"/cong-khai\"", "href=\"/nhap\"", "0900 1022", "114",
          "Hố ga 060326001", "Hệ thống chạy thử", "Trung tâm Mẫu", "<dd>12</dd>", "<dd>8</dd>"})
        EXPECT_TRUE(contains(page.body, text)) << text;
    EXPECT_FALSE(contains(page.body, "060326002"));
    EXPECT_TRUE(page.set_cookies.empty()) << "whoever only reads gets no cookie";
}

TEST(WebPublic, TheFirstPageShowsWhatWasAnsweredLast) {
    World world;
    // As the hub gives them: what came last first. The oldest was answered last.
    for (int i = 60; i >= 1; --i) {
        PublicPetition one = publicOne("0603260" + std::to_string(100 + i), true);
        one.received_at += i * 1min;
        one.answer->at += (i * 7 % 61) * 1h;
        world.services.shown.published.push_back(one);
    }
    std::vector<PublicPetition> expected = world.services.shown.published;
    std::sort(expected.begin(), expected.end(),
              [](const PublicPetition& a, const PublicPetition& b) { return a.answer->at > b.answer->at; });
    Browser browser{world};
    const auto shown = [&browser] {
        const std::string page = browser.get("/").body;
        std::vector<std::string> codes;
        const std::regex link{"href=\"/cong-khai/([0-9]+)\""};
        for (std::sregex_iterator one{page.begin(), page.end(), link}, end; one != end; ++one)
            codes.push_back((*one)[1]);
        return codes;
    };
    std::vector<std::string> last;
    for (std::size_t i = 0; i < 5; ++i) last.push_back(expected[i].code);
    EXPECT_EQ(shown(), last);
    PublicPetition newest = publicOne("060326999", true);
    newest.answer->at += 1000h;
    world.services.shown.published.push_back(newest);
    EXPECT_EQ(shown(), last) << "not asked for with every look";
    world.wait(10s);
    EXPECT_EQ(shown().front(), "060326999");
}

TEST(WebPublic, TheListFiltersAndPages) {
    World world;
    world.services.shown.published = {publicOne("060326001", true), publicOne("060326002", false)};
    Browser browser{world};
    const std::string all = browser.get("/cong-khai").body;
    EXPECT_TRUE(contains(all, "Hố ga 060326001"));
    EXPECT_TRUE(contains(all, "Phản ánh 060326002")) << "without its words while nobody has read them";
    EXPECT_TRUE(contains(all, "Phường Một"));
    const std::string answered = browser.get("/cong-khai?trang-thai=da-tra-loi").body;
    EXPECT_TRUE(contains(answered, "060326001"));
    EXPECT_FALSE(contains(answered, "060326002"));
    const std::string open = browser.get("/cong-khai?trang-thai=dang-xu-ly").body;
    EXPECT_FALSE(contains(open, "060326001"));
    EXPECT_TRUE(contains(open, "060326002"));
    const std::string category = browser.get("/cong-khai?linh-vuc=moi-truong").body;
    EXPECT_FALSE(contains(category, "060326001"));
    EXPECT_TRUE(contains(category, "value=\"moi-truong\" lang=\"vi\" selected"));
    EXPECT_TRUE(contains(browser.get("/cong-khai?linh-vuc=khac&trang-thai=x&dia-ban=1").body, "060326001"))
        << "no such choice is no filter";
}

/// Records that page.
class PagingRecords final : public PublicRecords {
public:
    Result<PublicPage> search(const PublicSearch& wanted) override {
        asked.push_back(wanted);
        if (wanted.after == "broken") return Error{.code = Errc::kInvalid};
        return PublicPage{.items = {publicOne("060326001", true)}, .next = wanted.after.empty() ? "con trỏ&1" : ""};
    }
    Result<std::vector<PublicName>> categories() override { return std::vector<PublicName>{{"ha-tang", "Hạ tầng"}}; }
    Result<std::vector<PublicName>> areas() override { return Error{.code = Errc::kUnavailable}; }
    Result<PublicPetition> track(std::string_view, std::string_view) override { return away(); }
    Result<Content> file(std::string_view, std::string_view, std::string_view) override { return away(); }
    Result<PublicPage> list(const PublicFilter&) override { return away(); }
    Result<PublicPetition> show(std::string_view) override { return away(); }
    Result<Content> answerFile(std::string_view, std::string_view) override { return away(); }
    Result<PublicStatistics> statistics() override { return away(); }
    Result<PublicCitizen> citizen(std::string_view) override { return away(); }
    Result<PublicLabel> problem(std::string_view) override { return away(); }
    std::vector<PublicSearch> asked;

private:
    static Error away() { return {.code = Errc::kUnavailable, .message = "away", .retry_after = 9s}; }
};

class PagingServices final : public HostServices {
public:
    void log(LogLevel, std::string_view) override {}
    [[nodiscard]] Instant now() const override { return fake.now(); }
    HttpClient& http() override { return fake.http(); }
    State& state() override { return fake.state(); }
    void count(std::string_view counter, std::int64_t by) override { fake.count(counter, by); }
    [[nodiscard]] std::string address() const override { return fake.address(); }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        return fake.lease(name, hold);
    }
    Status release(std::string_view name) override { return fake.release(name); }
    PublicRecords& records() override { return paging; }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        return fake.decode(kind, content);
    }
    Result<std::int64_t> endSessions(const ProviderLogout& over) override { return fake.endSessions(over); }
    Citizens& citizens() override { return fake.citizens(); }
    testing::FakeHostServices fake;
    PagingRecords paging;
};

TEST(WebPublic, TheNextPageKeepsTheFilterAndABrokenCursorBeginsAnew) {
    PagingServices services;
    Portal portal{testing::settingsFor(kOptions, {}), services};
    testing::FakeInbox inbox;
    const HttpResponse first = portal.handle({.url = "/cong-khai?linh-vuc=ha-tang&trang-thai=da-tra-loi"}, inbox);
    const std::string next = "/cong-khai?linh-vuc=ha-tang&dia-ban=&trang-thai=da-tra-loi&sau=con%20tr%E1%BB%8F%261";
    std::string escaped = std::regex_replace(next, std::regex{"&"}, "&amp;");
    EXPECT_TRUE(contains(first.body, "href=\"" + escaped + "\"")) << first.body;
    const HttpResponse second = portal.handle({.url = next}, inbox);
    EXPECT_EQ(services.paging.asked.back().after, "con trỏ&1");
    EXPECT_TRUE(services.paging.asked.back().answered_only);
    EXPECT_EQ(services.paging.asked.back().categories, std::vector<std::string>{"ha-tang"});
    EXPECT_FALSE(contains(second.body, "rel=\"next\""));
    const HttpResponse broken = portal.handle({.url = "/cong-khai?sau=broken"}, inbox);
    EXPECT_EQ(broken.status, 303);
    EXPECT_FALSE(contains(broken.headers.at("location"), "sau="));
}

TEST(WebPublic, WhileTheHubIsAwayPagesSayWhen) {
    PagingServices services;
    Portal portal{testing::settingsFor(kOptions, {}), services};
    testing::FakeInbox inbox;
    const HttpResponse page = portal.handle({.url = "/cong-khai/060326001"}, inbox);
    EXPECT_EQ(page.status, 503);
    EXPECT_EQ(page.headers.at("retry-after"), "9");
    EXPECT_TRUE(contains(page.body, "<h1>"));
    EXPECT_EQ(portal.handle({.url = "/"}, inbox).status, 200) << "whole without the numbers";
    EXPECT_EQ(portal.handle({.url = "/gui"}, inbox).status, 200) << "and the form without the areas";
}

TEST(WebPublic, OneIsShownWithItsAnswerOrUnderWay) {
    World world;
    world.services.shown.published = {publicOne("060326001", true), publicOne("060326002", false)};
    world.services.shown.files[std::string(64, 'd')] = "%PDF";
    Browser browser{world};
    const HttpResponse answered = browser.get("/cong-khai/060326001");
    for (const char* text : {"Nội dung của 060326001", "Đã thay nắp", "cong-van.pdf", "Đã tiếp nhận", "Sở Xây dựng"})
        EXPECT_TRUE(contains(answered.body, text)) << text;
    EXPECT_EQ(browser.get("/cong-khai/060326001/tep/" + std::string(64, 'd')).status, 200);
    EXPECT_EQ(browser.get("/cong-khai/060326001/tep/" + std::string(64, 'e')).status, 404);
    EXPECT_EQ(browser.get("/cong-khai/060326002").status, 200);
    EXPECT_EQ(browser.get("/cong-khai/060326999").status, 404);
    EXPECT_EQ(browser.get("/cong-khai/a.b").status, 404);
}

// --- How pages are sent ---

TEST(WebPages, EveryPageIsBoundToThisSite) {
    World world;
    Browser browser{world};
    for (const char* url :
         {"/", "/gui", "/tra-cuu", "/nhap", "/cong-khai", "/nowhere", "/phan-anh/060326001?token=x"}) {
        const HttpResponse page = browser.get(url);
        const std::string policy = page.headers.at("content-security-policy");
        EXPECT_TRUE(policy.starts_with("default-src 'none'; script-src 'self';")) << url;
        for (const char* part : {"frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'"})
            EXPECT_TRUE(contains(policy, part)) << part;
        EXPECT_FALSE(contains(policy, "unsafe"));
        EXPECT_EQ(page.headers.at("referrer-policy"), "no-referrer");
        EXPECT_EQ(page.headers.at("cache-control"), "no-store");
        EXPECT_EQ(page.headers.at("x-content-type-options"), "nosniff");
        EXPECT_TRUE(contains(page.body, "<html lang=\"vi\">"));
        EXPECT_TRUE(contains(page.body, "name=\"viewport\""));
        EXPECT_TRUE(contains(page.body, "<main id=\"main\""));
    }
}

TEST(WebPages, OnlyPublicPagesAreForSearchEngines) {
    World world;
    Browser browser{world};
    EXPECT_TRUE(contains(browser.get("/").body, "content=\"all\""));
    EXPECT_TRUE(contains(browser.get("/cong-khai").body, "content=\"all\""));
    EXPECT_TRUE(contains(browser.get("/gui").body, "content=\"noindex\""));
    EXPECT_TRUE(contains(browser.get("/cong-khai/060326999").body, "content=\"noindex\""));
    const HttpResponse robots = browser.get("/robots.txt");
    EXPECT_EQ(robots.headers.at("content-type"), "text/plain; charset=utf-8");
    EXPECT_TRUE(contains(robots.body, "Disallow: /phan-anh/"));
    EXPECT_TRUE(contains(robots.body, "Disallow: /track/"));
    EXPECT_FALSE(contains(robots.body, "/cong-khai"));
}

TEST(WebPages, TheLanguageIsChosenAndKept) {
    World world;
    Browser browser{world};
    EXPECT_TRUE(contains(browser.get("/cong-khai?trang-thai=da-tra-loi").body,
                         "href=\"/cong-khai?lang=en&amp;trang-thai=da-tra-loi\" lang=\"en\" hreflang=\"en\""));
    const HttpResponse english = browser.get("/gui?lang=en");
    EXPECT_TRUE(contains(english.body, "<html lang=\"en\">"));
    EXPECT_EQ(english.headers.at("content-language"), "en");
    EXPECT_TRUE(contains(browser.get("/").body, "Send a report"));
    EXPECT_TRUE(contains(browser.get("/?lang=vi").body, "<html lang=\"vi\">"));
    EXPECT_TRUE(contains(browser.get("/?lang=fr").body, "<html lang=\"vi\">"));
    browser.setCookie("web_language", "/", "fr");
    EXPECT_TRUE(contains(browser.get("/").body, "<html lang=\"vi\">"));
}

TEST(WebPages, AssetsAreServedAndNothingElse) {
    const testing::TemporaryFolder folder;
    World world{{{"stylesheet", folder.write("a.css", "h1 { color: red }").string()}}};
    Browser browser{world};
    const std::string page = browser.get("/").body;
    const std::regex link{"(?:href|src)=\"(/static/[^\"]+)\""};
    int assets = 0;
    for (std::sregex_iterator one{page.begin(), page.end(), link}, end; one != end; ++one, ++assets) {
        const HttpResponse asset = browser.get((*one)[1]);
        EXPECT_EQ(asset.status, 200) << (*one)[1];
        EXPECT_TRUE(contains(asset.headers.at("cache-control"), "max-age="));
        EXPECT_FALSE(asset.body.empty());
    }
    EXPECT_EQ(assets, 4) << "icon, style, the province's style, script";
    EXPECT_EQ(browser.get("/static/theme.css").body, "h1 { color: red }");
    EXPECT_EQ(browser.get("/static/solver.js").headers.at("content-type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(browser.get("/favicon.ico").headers.at("content-type"), "image/svg+xml");
    for (const char* url : {"/static/", "/static/x.css", "/static/../in_web.so", "/static/style.css/x"})
        EXPECT_EQ(browser.get(url).status, 404) << url;
    World plain;
    EXPECT_EQ(Browser{plain}.get("/static/theme.css").status, 404);
}

TEST(WebPages, MethodsThatDoNotFitAreRefused) {
    World world;
    Browser browser{world};
    for (const char* method : {"PUT", "DELETE", "OPTIONS", "PATCH", "FROB"}) {
        const HttpResponse page = browser.send(method, "/gui", "", "");
        EXPECT_EQ(page.status, 405) << method;
        EXPECT_EQ(page.headers.at("allow"), "GET, HEAD, POST");
    }
    for (const char* url :
         {"/", "/cong-khai", "/nhap", "/da-gui", "/phan-anh/060326001", "/robots.txt", "/static/style.css"}) {
        const HttpResponse page = browser.postOnce(url, {});
        EXPECT_EQ(page.status, 405) << url;
        EXPECT_EQ(page.headers.at("allow"), "GET, HEAD");
    }
    EXPECT_EQ(browser.postOnce("/nowhere", {}).status, 404);
    // What a reloaded answer to a form asks for is a page that exists.
    for (const char* url : {"/phan-anh/060326001/bo-sung", "/phan-anh/060326001/quen", "/tra-cuu/ma",
                            "/nhap/0123456789abcdef/gui", "/nhap/0123456789abcdef/xoa"})
        EXPECT_EQ(browser.look(url).status, 303) << url;
}

TEST(WebPages, ASlashAtTheEndIsTheSamePage) {
    World world;
    Browser browser{world};
    EXPECT_EQ(browser.get("/gui/").status, 200);
    EXPECT_EQ(browser.get("/gui//?x=1").status, 200);
    EXPECT_EQ(browser.get("//").status, 200);
    EXPECT_EQ(browser.get("//x").status, 404);
}

}  // namespace
}  // namespace pakn::in_web

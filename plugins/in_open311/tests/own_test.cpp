/// @file
/// What a portal sees of its own, what nobody sees of others' (O-96), and how long lists are gone through.

#include "fixture.hpp"
#include "paged_hub.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr std::array<const char*, 16> kStatuses{
    "received",          "accepted",  "distributed", "assigned",  "in_progress", "appointed",
    "awaiting_approval", "approved",  "signing",     "at_centre", "answered",    "closed",
    "returned",          "following", "merged",      "refused"};

std::string withKey(const std::string& url, const char* key) {
    return url + (url.find('?') == std::string::npos ? "?" : "&") + "api_key=" + key;
}

/// What citizens wrote or are, in every text that there is.
PublicPetition personal(const std::string& code, const std::string& status) {
    PublicPetition one = answered(petition(code, at(5, 0)), at(5, 1), "canary-answer");
    one.status = status;
    if (status != "answered" && status != "closed" && status != "refused") one.finished_at = {};
    one.title = "canary-title";
    one.content = "canary-content";
    one.address = "canary-address";
    one.steps[0].reason = "canary-reason";
    one.attachments = {{.sha256 = "canary-sha", .name = "canary-file.jpg"}};
    one.attributes = {{"question", "canary-question"}};
    return one;
}

TEST_F(Open311, O96_NothingOfWhatIsNotPublic) {
    for (const char* status : kStatuses) sent("portal-a", personal(std::string{"hidden-"} + status, status));
    std::vector<std::string> addresses{"/v2/requests",
                                       "/v2/requests?status=open",
                                       "/v2/requests?status=closed",
                                       "/v2/requests?extensions=true",
                                       "/v2/requests?updated_after=2026-03-01",
                                       "/v2/servicerequestupdates?start_date=2026-03-01&end_date=2026-03-06T01:00:00Z",
                                       "/v2/services",
                                       "/discovery"};
    for (const char* status : kStatuses) {
        addresses.push_back(std::string{"/v2/requests/hidden-"} + status);
        addresses.push_back(std::string{"/v2/requests?service_request_id=hidden-"} + status);
    }
    for (const std::string& address : addresses)
        for (const char* format : {".xml", ".json", ".csv"})
            for (const char* key : {"", kKeyB}) {
                std::string url = address;
                url.insert(std::min(url.find('?'), url.size()), format);
                const HttpResponse response = get(*key == '\0' ? url : withKey(url, key));
                EXPECT_THAT(response.body, Not(HasSubstr("canary"))) << url;
                EXPECT_THAT(response.body, Not(HasSubstr("hidden"))) << url;
            }
    for (const auto& line : hub.logged()) EXPECT_THAT(line.text, Not(HasSubstr("canary")));
}

TEST_F(Open311, O96_NoFileNoQuestionNoReasonEvenOfOnesOwnList) {
    sent("portal-a", personal("060326009", "answered"));
    const std::string body = get(withKey("/v2/requests/060326009.json?extensions=true", kKeyA)).body;
    for (const char* hidden : {"canary-sha", "canary-file", "canary-question", "secret-"})
        EXPECT_THAT(body, Not(HasSubstr(hidden)));
}

TEST_F(Open311, O96_WithItsKeyAPortalSeesItsOwn) {
    hub.shown.published = {petition("060326001", at(5, 5)), petition("060326003", at(3, 5))};
    sent("portal-a", petition("060326002", at(4, 5)));
    sent("portal-a", hub.shown.published[0]);  // Public, and its own: once.
    sent("portal-b", petition("060326004", at(2, 5)));
    EXPECT_THAT(ids("/v2/requests.xml"), ElementsAre("060326001", "060326003"));
    EXPECT_THAT(ids(withKey("/v2/requests.xml", kKeyA)), ElementsAre("060326001", "060326002", "060326003"));
    EXPECT_THAT(ids(withKey("/v2/requests.xml?page=2&page_size=1", kKeyA)), ElementsAre("060326002"));
    EXPECT_THAT(ids(withKey("/v2/requests.xml?start_date=2026-03-04T06:00:00Z", kKeyA)), ElementsAre("060326001"));
    EXPECT_THAT(ids(withKey("/v2/requests.xml?service_code=chieu-sang", kKeyA)), IsEmpty());
    EXPECT_THAT(ids(withKey("/v2/requests.xml?status=closed", kKeyA)), IsEmpty());
    EXPECT_THAT(ids(withKey("/v2/requests.xml?service_request_id=060326002,060326003,060326004", kKeyA)),
                ElementsAre("060326002", "060326003"));
    EXPECT_THAT(ids(withKey("/v2/requests.xml", kKeyB)), ElementsAre("060326001", "060326003", "060326004"));
    EXPECT_EQ(get(withKey("/v2/requests/060326002.xml", kKeyA)).status, 200);
    EXPECT_EQ(get(withKey("/v2/requests/060326002.xml", kKeyB)).status, 404);
    EXPECT_EQ(get(withKey("/v2/requests/060326003.xml", kKeyA)).status, 200) << "public ones, too";
}

TEST_F(Open311, WhatWasJustSentIsFoundWithoutALook) {
    testing::FakeInbox taking{[](const IncomingPetition&) {
        return Result<Accepted>{Accepted{.code = "060326007", .tracking_token = "secret-060326007"}};
    }};
    server->handle({.method = "POST", .url = "/v2/requests.xml?" + formOf(report())}, taking, {});
    hub.shown.tracked[{"060326007", "secret-060326007"}] = petition("060326007", at(6, 0));
    EXPECT_EQ(get(withKey("/v2/requests/060326007.xml", kKeyA)).status, 200);
    EXPECT_EQ(get(withKey("/v2/requests/060326007.xml", kKeyB)).status, 404);
    EXPECT_EQ(get("/v2/requests/060326007.xml").status, 404);
}

/// A server over a hub that gives its lists page by page.
class Paged : public Open311 {
protected:
    Paged() : paged{hub} { server = std::make_unique<Server>(paged, rules); }
    PagedHub paged;
};

TEST_F(Paged, AllPagesAreGoneThrough) {
    for (int i = 0; i < 450; ++i) {
        const Instant when = at(6, 0) - std::chrono::minutes{2 * i};
        hub.shown.published.push_back(petition("p" + std::to_string(1000 + i), when));
        sent("portal-a", petition("s" + std::to_string(1000 + i), when - std::chrono::minutes{1}));
    }
    const std::vector<std::string> all = ids(withKey("/v2/requests.xml", kKeyA));
    ASSERT_EQ(all.size(), 900U);
    EXPECT_EQ(all[0], "p1000");
    EXPECT_EQ(all[1], "s1000");
    EXPECT_EQ(all[899], "s1449");
    EXPECT_THAT(ids(withKey("/v2/requests.xml?page=300&page_size=3", kKeyA)), ElementsAre("s1448", "p1449", "s1449"));
    int before = paged.asked();
    EXPECT_EQ(get(withKey("/v2/requests/s1449.xml", kKeyA)).status, 200);
    EXPECT_EQ(paged.asked(), before + 1) << "the oldest is found as quickly as the newest";
    EXPECT_EQ(get(withKey("/v2/requests/s1449.xml", kKeyA)).status, 200);
    EXPECT_EQ(paged.asked(), ++before) << "and known from then on";
    ids("/v2/requests.xml?page_size=10");
    EXPECT_EQ(paged.asked(), before + 1) << "no further than needed";
    std::string many;
    for (int i = 0; i < 500; ++i) many += "x" + std::to_string(i) + ",";
    EXPECT_THAT(ids(withKey("/v2/requests.xml?service_request_id=" + many + "s1449,p1449", kKeyA)),
                ElementsAre("p1449", "s1449"));
    EXPECT_EQ(paged.asked(), before + 1 + 1 + 1) << "own ones are asked for once for all ids";
}

TEST_F(Paged, AHubThatIsNotWellIsSaid) {
    for (const Errc trouble : {Errc::kUnavailable, Errc::kInternal}) {
        paged.fail(trouble);
        for (const char* url : {"/v2/requests.xml", "/v2/requests.csv", "/v2/requests/x.xml", "/v2/services.xml",
                                "/discovery.xml", "/v2/services/ha-tang.xml", "/v2/servicerequestupdates.xml"}) {
            const int status = trouble == Errc::kUnavailable ? 503 : 500;
            EXPECT_EQ(codes(get(url)), std::vector{status}) << url;
            EXPECT_EQ(codes(get(withKey(url, kKeyA))), std::vector{status}) << url;
        }
        EXPECT_EQ(post("/v2/requests.xml", report()).status, trouble == Errc::kUnavailable ? 503 : 500);
    }
}

TEST_F(Paged, WhoIsToStopStops) {
    std::stop_source stop;
    stop.request_stop();
    for (const char* url : {"/v2/requests.xml", "/v2/requests/x.xml", "/v2/servicerequestupdates.xml"}) {
        const HttpRequest request{.url = withKey(url, kKeyA)};
        EXPECT_EQ(server->handle(request, inbox, stop.get_token()).status, 503) << url;
    }
    EXPECT_EQ(paged.asked(), 0);
}

}  // namespace
}  // namespace pakn::in_open311

/// @file
/// c.10 and c.11: updates both ways, and the table for bulk.

#include "fixture.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Updates : public Open311 {
protected:
    Updates() {
        PublicPetition one = answered(petition("060326001", at(5, 1)), at(5, 4), "Đã lắp nắp mới.");
        one.steps.insert(one.steps.begin() + 1, {.at = at(5, 3),
                                                 .status = "distributed",
                                                 .label = {"Đã chuyển đơn vị xử lý", "Distributed"},
                                                 .unit_name = "Sở Xây dựng"});
        hub.shown.published = {one};
    }
    std::vector<std::string> statuses(const std::string& query) {
        std::vector<std::string> all;
        for (const XmlNode& one : xml("/v2/servicerequestupdates.xml?" + query).children)
            all.push_back(one.at("status").text);
        return all;
    }
    static std::string window(const std::string& from, const std::string& to) {
        return "start_date=" + from + "&end_date=" + to;
    }
    static Fields addition(Fields more = {}) {
        Fields fields{
            {"api_key", kKeyA}, {"service_request_id", "060326002"}, {"update_id", "c-17"},
            {"status", "OPEN"}, {"description", "Vẫn còn hỏng"},     {"updated_datetime", "2026-03-06T00:30:00Z"}};
        for (auto& [name, value] : more) {
            std::erase_if(fields, [&name = name](const auto& one) { return one.first == name; });
            fields.emplace_back(name, value);
        }
        return fields;
    }
    HttpResponse add(const Fields& fields) { return post("/v2/servicerequestupdates.xml", fields); }
};

TEST_F(Updates, O110_TheList) {
    const XmlNode root = xml("/v2/servicerequestupdates.xml?" + window("2026-03-05T00:00:00Z", "2026-03-06T00:00:00Z"));
    EXPECT_EQ(root.name, "service_request_updates");
    ASSERT_EQ(root.children.size(), 3U);
    for (const XmlNode& one : root.children) {
        EXPECT_EQ(one.name, "request_update");
        EXPECT_THAT(one.names(), ElementsAre("update_id", "service_request_id", "status", "description",
                                             "updated_datetime", "media_url", "external_status_code"));
        EXPECT_EQ(one.at("service_request_id").text, "060326001");
        EXPECT_FALSE(one.at("description").text.empty());
    }
    EXPECT_EQ(root.children[1].at("description").text, "Đã chuyển đơn vị xử lý: Sở Xây dựng");
    EXPECT_EQ(root.children[2].at("description").text, "Đã lắp nắp mới.");
    EXPECT_EQ(root.children[2].at("updated_datetime").text, "2026-03-05T04:00:00Z");
    EXPECT_EQ(root.children[2].at("update_id").text,
              "060326001-" + std::to_string(at(5, 4).time_since_epoch().count()) + "-answered");
    std::set<std::string> ids;
    for (const XmlNode& one : root.children) ids.insert(one.at("update_id").text);
    EXPECT_EQ(ids.size(), 3U);
    EXPECT_EQ(codes(get("/v2/servicerequestupdates.xml?start_date=2026-03-05T00:00:00Z")), std::vector{400});
    EXPECT_EQ(codes(get("/v2/servicerequestupdates.xml?end_date=2026-03-05T00:00:00Z")), std::vector{400});
    EXPECT_EQ(codes(get("/v2/servicerequestupdates.xml?" + window("2026-03-05", "x"))), std::vector{400});
    EXPECT_THAT(statuses(""), ElementsAre("for_triage", "in_progress", "fixed")) << "the last 24 hours";
    hub.clock.advance(std::chrono::hours{2} + std::chrono::seconds{1});
    EXPECT_THAT(statuses(""), ElementsAre("fixed"));
}

TEST_F(Updates, O111_ExtendedStatuses) {
    PublicPetition& one = hub.shown.published[0];
    one.steps.clear();
    for (const char* status : {"received", "accepted", "distributed", "in_progress", "appointed", "returned", "merged",
                               "answered", "closed", "refused"})
        one.steps.push_back(
            {.at = at(5, 1, static_cast<int>(one.steps.size())), .status = status, .label = {"x", "x"}});
    EXPECT_THAT(statuses(""), ElementsAre("for_triage", "for_triage", "in_progress", "in_progress", "action_scheduled",
                                          "internal_referral", "duplicate", "fixed", "no_further_action",
                                          "not_councils_responsibility"));
    remake({{"answered_status", "no_further_action"}});
    EXPECT_EQ(statuses("")[7], "no_further_action");
}

TEST_F(Updates, O112_WhatIsAddedReachesTheHub) {
    sent("portal-a", petition("060326002", at(5, 0)));
    const HttpResponse first =
        add(addition({{"status", "FIXED"}, {"email", "a@mau.example"}, {"media_url", "https://a.example/1"}}));
    ASSERT_EQ(first.status, 200) << first.body;
    const XmlNode root = parseXml(first.body);
    EXPECT_EQ(root.name, "service_request_updates");
    EXPECT_EQ(root.children[0].name, "request_update");
    EXPECT_EQ(root.children[0].at("update_id").text, "c-17");
    ASSERT_EQ(inbox.updates().size(), 1U);
    const Update update = inbox.updates()[0];
    EXPECT_EQ(update.kind, Update::Kind::kSupplement);
    EXPECT_EQ(update.id, "portal-a:c-17");
    EXPECT_EQ(update.code, "060326002");
    EXPECT_THAT(update.text, HasSubstr("Vẫn còn hỏng"));
    EXPECT_THAT(update.text, HasSubstr("fixed"));
    EXPECT_THAT(update.text, HasSubstr("https://a.example/1"));
    EXPECT_THAT(update.text, Not(HasSubstr("a@mau.example"))) << "officers read it";
    EXPECT_EQ(add(addition({{"status", "FIXED"}})).body, first.body) << "again: the same answer";
    EXPECT_EQ(inbox.updates().size(), 1U);
    for (const char* name : {"service_request_id", "update_id", "status", "updated_datetime", "description"})
        EXPECT_EQ(codes(add(without(addition(), name))), std::vector{400}) << name;
    EXPECT_EQ(codes(add(without(addition(), "api_key"))), std::vector{403});
    for (const auto& [name, value] : Fields{{"status", "DONE"},
                                            {"updated_datetime", "gestern"},
                                            {"update_id", std::string(151, 'x')},
                                            {"description", std::string(4001, 'x')}})
        EXPECT_EQ(codes(add(addition({{name, value}}))), std::vector{400}) << name;
    EXPECT_EQ(add(addition({{"update_id", "c-18"}, {"status", "open"}})).status, 200) << "in lower case, too";
    EXPECT_EQ(inbox.updates()[1].text, "Vẫn còn hỏng");
}

TEST_F(Updates, O112_OfOnesOwnReportsOnly) {
    sent("portal-b", petition("060326002", at(5, 0)));
    const HttpResponse others = add(addition());
    const HttpResponse unknown = add(addition({{"service_request_id", "nothing"}}));
    const HttpResponse open = add(addition({{"service_request_id", "060326001"}}));
    EXPECT_EQ(codes(others), std::vector{404});
    EXPECT_EQ(others.body, unknown.body);
    EXPECT_EQ(others.body, open.body) << "public, but another's";
    EXPECT_THAT(inbox.updates(), IsEmpty());
}

TEST_F(Updates, O112_WhatTheHubSaysOfIt) {
    sent("portal-a", petition("060326002", at(5, 0)));
    inbox.answerUpdates(testing::FakeInbox::refused("idempotency.key_reused"));
    EXPECT_EQ(add(addition()).status, 200) << "it came before, in other words";
    inbox.answerUpdates(testing::FakeInbox::refused("update.too_many_attachments"));
    EXPECT_EQ(codes(add(addition())), std::vector{400});
    inbox.answerUpdates(testing::FakeInbox::failed(Errc::kUnavailable));
    EXPECT_EQ(codes(add(addition())), std::vector{503});
}

TEST_F(Updates, O112_AtTheTestEndpoint) {
    const auto tried = [&](const char* id) {
        return post("/test/v2/servicerequestupdates.xml", addition({{"service_request_id", id}})).status;
    };
    EXPECT_EQ(tried("TEST-0123456789abcdef"), 200);
    EXPECT_EQ(tried("060326002"), 404);
    EXPECT_THAT(inbox.updates(), IsEmpty());
}

TEST_F(Updates, O113_BothEndsOfTheWindowCount) {
    EXPECT_THAT(statuses(window("2026-03-05T03:00:00Z", "2026-03-05T04:00:00Z")), ElementsAre("in_progress", "fixed"));
    EXPECT_THAT(statuses(window("2026-03-05T03:00:01Z", "2026-03-05T03:59:59Z")), IsEmpty());
    // What is shown as 04:00:00 is at 04:00:00, whatever its fraction: else it would be in no window at all.
    hub.shown.published[0].steps[2].at += std::chrono::milliseconds{900};
    EXPECT_THAT(statuses(window("2026-03-05T03:30:00Z", "2026-03-05T04:00:00Z")), ElementsAre("fixed"));
    EXPECT_THAT(statuses(window("2026-03-05T04:00:01Z", "2026-03-05T05:00:00Z")), IsEmpty());
}

TEST_F(Updates, O113_OnesOwnWithItsKey) {
    PublicPetition own = petition("060326002", at(5, 2));
    sent("portal-a", own);
    EXPECT_EQ(statuses(std::string{"api_key="} + kKeyA).size(), 4U);
    EXPECT_EQ(statuses(std::string{"api_key="} + kKeyB).size(), 3U);
}

TEST_F(Updates, AThousandAtMostTheOldestFirst) {
    hub.shown.published.clear();
    for (int i = 0; i < 1200; ++i)
        hub.shown.published.push_back(petition("n" + std::to_string(i), at(6, 0) - std::chrono::seconds{i}));
    const std::vector<XmlNode> all = xml("/v2/servicerequestupdates.xml").children;
    ASSERT_EQ(all.size(), 1000U);
    EXPECT_EQ(all.front().at("service_request_id").text, "n1199");
}

TEST_F(Updates, O120_TheTable) {
    PublicPetition own = petition("060326002", at(4, 2));
    own.content = "=HYPERLINK(\"http://x\",\"y\")";
    own.address = "Số 1, \"ngõ\"\nđường";
    own.unit_name = "-1+1";
    own.latitude = -16.5;
    sent("portal-a", own);
    const HttpResponse response = get(std::string{"/v2/requests.csv?api_key="} + kKeyA);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.headers.at("content-type"), "text/csv; charset=utf-8");
    EXPECT_EQ(
        response.body,
        "service_request_id,requested_datetime,updated_datetime,closed_date,status_description,status_notes,source,"
        "service_name,service_subtype,description,agency_responsible,address,lat,long\r\n"
        "060326001,2026-03-05T01:00:00Z,2026-03-05T04:00:00Z,2026-03-05T04:00:00Z,Đã trả lời,Đã lắp nắp mới.,,"
        "Hạ tầng đô thị,,Hố ga mất nắp trước số 12,Sở Xây dựng,,16.464,107.591\r\n"
        "060326002,2026-03-04T02:00:00Z,2026-03-04T02:00:00Z,,Đã tiếp nhận,Đã tiếp nhận,open311,"
        "Hạ tầng đô thị,,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",'-1+1,\"Số 1, "
        "\"\"ngõ\"\"\nđường\",-16.5,107.591\r\n");
    EXPECT_THAT(get("/v2/requests.csv").body, Not(HasSubstr("060326002")));
    EXPECT_THAT(get("/v2/requests.csv?status=open").body, Not(HasSubstr("060326001")));
    EXPECT_EQ(codes(get("/v2/requests.csv?status=x")), std::vector{400});
    for (const char* begin : {"@SUM(1)", "+1", "\t=1", "\r=1"}) {
        hub.shown.published[0].content = begin;
        EXPECT_THAT(get("/v2/requests.csv").body, HasSubstr(std::string{"'"} + begin));
    }
}

}  // namespace
}  // namespace pakn::in_open311

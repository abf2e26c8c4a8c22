/// @file
/// c.1 and c.2: formats, dates, texts, methods, errors.

#include "fixture.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const std::vector<std::string>& readable() {
    static const std::vector<std::string> kAll{
        "/discovery",        "/v2/services",           "/v2/services/chieu-sang",
        "/v2/requests",      "/v2/requests/060326001", "/v2/servicerequestupdates",
        "/test/v2/services", "/test/v2/requests"};
    return kAll;
}

TEST_F(Open311, O01_TypesAndUtf8) {
    hub.shown.published = {
        answered(petition("060326001", at(6, 0)), at(6, 0, 30), "Đã lắp nắp mới — cảm ơn “bà con”.")};
    for (const std::string& address : readable()) {
        const HttpResponse xml = get(address + ".xml");
        const HttpResponse json = get(address + ".json");
        EXPECT_EQ(xml.status, 200) << address;
        EXPECT_EQ(json.status, 200) << address;
        EXPECT_EQ(xml.headers.at("content-type"), "text/xml; charset=utf-8");
        EXPECT_EQ(json.headers.at("content-type"), "application/json; charset=utf-8");
        EXPECT_TRUE(xml.body.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>"));
        EXPECT_EQ(xml.body.find("xmlns"), std::string::npos);
    }
    EXPECT_EQ(xml("/v2/requests.xml").children[0].at("status_notes").text, "Đã lắp nắp mới — cảm ơn “bà con”.");
    EXPECT_EQ((*json("/v2/requests.json"))[0]["status_notes"], "Đã lắp nắp mới — cảm ơn “bà con”.");
}

TEST_F(Open311, O02_TheFormatIsTheEndOfThePath) {
    for (const char* address : {"/v2/requests", "/v2/requests.foo", "/v2/requests.", "/v2/services/ha-tang",
                                "/v2/services.csv", "/discovery", "/discovery.csv", "/v2/requests/060326001.csv"}) {
        const HttpResponse response = get(address);
        EXPECT_EQ(response.status, 400) << address;
        EXPECT_EQ(codes(response), std::vector{400});
        EXPECT_EQ(response.headers.at("content-type"), "text/xml; charset=utf-8");
    }
    EXPECT_EQ((*json("/v2/nothing.json", 404))[0]["code"].GetInt(), 404);
    for (const char* address : {"/", "/v2", "/v2/nothing.xml", "/v1/services.xml", "/v2/services/a/b.xml", "//v2/x.xml",
                                "/v2/requests/.xml", "/v2/tokens.xml", "/discovery.xml/", "/%ff.xml", "/%zz.xml"})
        EXPECT_EQ(codes(get(address)), std::vector{404}) << address;
}

TEST_F(Open311, O03_DatesHaveSecondsAndAZone) {
    hub.shown.published = {petition("060326001", at(6, 1, 2, 3) + std::chrono::milliseconds{999})};
    EXPECT_EQ(xml("/v2/requests.xml").children[0].at("requested_datetime").text, "2026-03-06T01:02:03Z");
    remake({{"times", "+07:00"}});
    EXPECT_EQ(xml("/v2/requests.xml").children[0].at("requested_datetime").text, "2026-03-06T08:02:03+07:00");
    EXPECT_THAT(xml("/discovery.xml").at("changeset").text, ::testing::EndsWith("+07:00"));
}

TEST_F(Open311, O04_EmptyIsAbsent) {
    hub.shown.published = {petition("060326001", at(6, 0))};
    const std::string whole = get("/v2/requests.xml").body;
    const std::string empty = get("/v2/requests.xml?status=&service_code=&start_date=&end_date=&page=&bbox=&api_key="
                                  "&service_request_id=&jurisdiction_id=&lat=&long=&radius=&updated_after=")
                                  .body;
    EXPECT_THAT(whole, HasSubstr("060326001"));
    EXPECT_EQ(whole, empty);
}

TEST_F(Open311, O05_OneJurisdiction) {
    EXPECT_EQ(get("/v2/services.xml?jurisdiction_id=anything").status, 200) << "none is set: ignored";
    remake({{"jurisdiction_id", "mau.example"}});
    EXPECT_EQ(get("/v2/services.xml").status, 200) << "there is only one";
    EXPECT_EQ(get("/v2/services.xml?jurisdiction_id=mau.example").status, 200);
    for (const std::string& address : readable())
        EXPECT_EQ(codes(get(address + ".xml?jurisdiction_id=other.example")), std::vector{404}) << address;
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{"jurisdiction_id", "other.example"}}))), std::vector{404});
    EXPECT_EQ(post("/v2/requests.xml", report({{"jurisdiction_id", "mau.example"}})).status, 200);
}

TEST_F(Open311, O06_JsonIsTheMappingOfTheXml) {
    hub.shown.published = {answered(petition("060326001", at(6, 0)), at(6, 0, 30), "Xong <b>rồi</b> & tốt"),
                           petition("060326002", at(5, 0))};
    std::vector<std::string> addresses = readable();
    addresses.insert(addresses.end(), {"/v2/requests/nothing", "/v2/tokens/nothing", "/v2/services/nothing"});
    for (const std::string& address : addresses)
        for (const char* query :
             {"", "?extensions=true", "?page=0", "?page_size=1", "?status=closed", "?status=wrong"}) {
            const XmlNode node = parseXml(get(address + ".xml" + query).body);
            EXPECT_EQ(difference(node, *parseJson(get(address + ".json" + query).body)), "") << address << query;
        }
    const HttpResponse xml = post("/v2/requests.xml", report({{"attribute[external_id]", "1"}}));
    const HttpResponse json = post("/v2/requests.json", report({{"attribute[external_id]", "1"}}));
    EXPECT_EQ(difference(parseXml(xml.body), *parseJson(json.body)), "");
    EXPECT_TRUE((*parseJson(json.body))[0]["account_id"].IsNull()) << "an empty element is null";
}

TEST_F(Open311, O07_Booleans) {
    EXPECT_EQ(xml("/v2/services.xml").children[1].at("metadata").text, "true");
    const auto services = json("/v2/services.json");
    EXPECT_EQ((*services)[0]["metadata"].GetBool(), false);
    EXPECT_EQ((*services)[1]["metadata"].GetBool(), true);
    const auto definition = json("/v2/services/chieu-sang.json");
    EXPECT_EQ((*definition)["attributes"][0]["required"].GetBool(), true);
    EXPECT_EQ((*definition)["attributes"][5]["variable"].GetBool(), false);
}

TEST_F(Open311, O08_IdsAreTexts) {
    hub.shown.published = {petition("060326001", at(6, 0))};
    const auto list = json("/v2/requests.json");
    EXPECT_EQ((*list)[0]["service_request_id"], "060326001");
    EXPECT_TRUE((*list)[0]["service_code"].IsString());
    EXPECT_TRUE((*list)[0]["lat"].IsNumber());
}

TEST_F(Open311, O09_AnyTextComesThrough) {
    const std::string zalgo = "Z\u0351a\u0358l\u0352g\u0353o";
    const std::string hostile = std::string{"<script>alert('x')</script> ]]> &amp; \"q\" \x01\x0b\x7f\r\n\t😀 "} +
                                zalgo + " \xff\xc3 \uFFFF \xed\xa0\x80";
    PublicPetition one = answered(petition("060326001", at(6, 0)), at(6, 0, 30), hostile);
    one.content = one.address = one.unit_name = one.category_name = hostile;
    hub.shown.published = {one};
    const std::string expected = std::string{"<script>alert('x')</script> ]]> &amp; \"q\" \x7f\r\n\t😀 "} + zalgo +
                                 " \uFFFD\uFFFD  \uFFFD\uFFFD\uFFFD";
    for (const char* field : {"description", "address", "agency_responsible", "service_name", "status_notes"}) {
        EXPECT_EQ(xml("/v2/requests.xml").children[0].at(field).text, expected) << field;
        EXPECT_EQ((*json("/v2/requests.json"))[0][field], expected.c_str()) << field;
    }
}

TEST_F(Open311, O10_HeadOptionsAndOtherSites) {
    const HttpResponse get_answer = get("/v2/services.json");
    const HttpResponse head = send({.method = "HEAD", .url = "/v2/services.json"});
    EXPECT_EQ(head.status, 200);
    EXPECT_EQ(head.headers, get_answer.headers);
    EXPECT_EQ(get_answer.headers.at("access-control-allow-origin"), "*");
    EXPECT_EQ(get("/v2/requests/none.json").headers.at("access-control-allow-origin"), "*") << "errors, too";
    const HttpResponse preflight = send({.method = "OPTIONS", .url = "/v2/requests.json"});
    EXPECT_EQ(preflight.status, 204);
    EXPECT_EQ(preflight.headers.at("access-control-allow-origin"), "*");
    EXPECT_THAT(preflight.headers.at("access-control-allow-methods"), Not(HasSubstr("POST")))
        << "keys are no browser's";
    EXPECT_THAT(preflight.headers.at("allow"), HasSubstr("POST"));
    const HttpResponse posted = post("/v2/requests.xml", report());
    EXPECT_EQ(posted.headers.count("access-control-allow-origin"), 0U);
}

TEST_F(Open311, O11_OtherMethods) {
    for (const char* method : {"PUT", "DELETE", "PATCH", "FROB"})
        for (const std::string& address : readable()) {
            const HttpResponse response = send({.method = method, .url = address + ".xml"});
            EXPECT_EQ(codes(response), std::vector{405}) << method << address;
            EXPECT_THAT(response.headers.at("allow"), HasSubstr("GET"));
        }
    EXPECT_EQ(codes(post("/v2/services.xml", {})), std::vector{405});
    EXPECT_EQ(codes(post("/v2/requests/060326001.xml", report())), std::vector{405});
    EXPECT_EQ(codes(post("/v2/requests.csv", report())), std::vector{400});
}

TEST_F(Open311, O20_AWrongKeyIsToldFromAMissingOne) {
    const HttpResponse missing = post("/v2/requests.xml", without(report(), "api_key"));
    const HttpResponse wrong = post("/v2/requests.xml", report({{"api_key", "key-of-nobody-000000"}}));
    EXPECT_EQ(codes(missing), std::vector{403});
    EXPECT_EQ(codes(wrong), std::vector{403});
    EXPECT_NE(missing.body, wrong.body);
    EXPECT_EQ(codes(get("/v2/requests.xml?api_key=key-of-nobody-000000")), std::vector{403});
    EXPECT_EQ(hub.counted("strangers"), 2);
}

TEST_F(Open311, O21_WhatThereIsNotIs404) {
    for (const char* address : {"/v2/services/nothing.xml", "/v2/services/an.xml", "/v2/requests/nothing.xml",
                                "/v2/tokens/nothing.xml", "/v2/requests.xml?service_code=ha-tang,nothing"})
        EXPECT_EQ(codes(get(address)), std::vector{404}) << address;
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{"service_code", "nothing"}}))), std::vector{404});
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{"service_code", "an"}}))), std::vector{404}) << "not offered";
}

TEST_F(Open311, O22_BadParametersAre400) {
    for (const char* query :
         {"status=maybe", "start_date=yesterday", "end_date=2026-13-01T00:00:00Z", "page=-1", "page=x", "page_size=0",
          "bbox=1,2,3", "bbox=3,2,1,4", "lat=16", "lat=16&long=107", "lat=91&long=1&radius=5", "radius=7", "%zz=1",
          "a=%ff", "a=%00", "page=20&page_size=1000", "updated_after=x", "start_date=2026-03-06&end_date=2026-03-05"})
        EXPECT_EQ(codes(get(std::string{"/v2/requests.xml?"} + query)), std::vector{400}) << query;
    EXPECT_EQ(codes(post("/v2/requests.xml", without(report(), "service_code"))), std::vector{400});
}

TEST_F(Open311, O23_AllProblemsAtOnce) {
    const HttpResponse response =
        post("/v2/requests.xml", report({{"service_code", "nothing"}, {"lat", "1000"}, {"media_url", "ftp://x"}}));
    EXPECT_EQ(response.status, 404);
    EXPECT_EQ(codes(response), (std::vector{404, 400, 400}));
    EXPECT_EQ(codes(get("/v2/requests.xml?status=x&page=y&start_date=z")), (std::vector{400, 400, 400}));
}

TEST_F(Open311, O24_DescriptionsAreForPeople) {
    EXPECT_EQ(xml("/v2/services/nothing.xml", 404).children[0].at("description").text,
              "Không có lĩnh vực (service_code) như đã nêu.");
    testing::FakeInbox refusing{
        [](const IncomingPetition&) { return testing::FakeInbox::refused("petition.content_too_long"); }};
    const HttpResponse refused = server->handle({.method = "POST",
                                                 .url = "/v2/requests.xml",
                                                 .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                                                 .body = formOf(report())},
                                                refusing, {});
    EXPECT_EQ(codes(refused), std::vector{400});
    EXPECT_THAT(refused.body, HasSubstr("Lỗi petition.content_too_long")) << "the hub's own words, in Vietnamese";
    for (const Errc trouble : {Errc::kUnavailable, Errc::kInternal}) {
        testing::FakeInbox failing{[&](const IncomingPetition&) { return testing::FakeInbox::failed(trouble); }};
        const HttpResponse failed = server->handle({.method = "POST",
                                                    .url = "/v2/requests.xml",
                                                    .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                                                    .body = formOf(report())},
                                                   failing, {});
        EXPECT_EQ(failed.status, trouble == Errc::kUnavailable ? 503 : 500);
        EXPECT_EQ(failed.headers.count("retry-after"), trouble == Errc::kUnavailable ? 1U : 0U);
        EXPECT_THAT(failed.body, Not(HasSubstr("the test says so")));
    }
}

TEST_F(Open311, O25_AnUnknownJurisdictionIs404NotOtherwise) {
    remake({{"jurisdiction_id", "mau.example"}});
    EXPECT_EQ(codes(get("/v2/requests.xml?jurisdiction_id=x")), std::vector{404});
}

}  // namespace
}  // namespace pakn::in_open311

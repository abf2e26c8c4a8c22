/// @file
/// c.3, c.4, c.5: discovery, services, definitions.

#include <set>

#include "fixture.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;

TEST_F(Open311, O30_DiscoveryHasAllFields) {
    const XmlNode root = xml("/discovery.xml");
    EXPECT_EQ(root.name, "discovery");
    EXPECT_THAT(root.names(), ElementsAre("changeset", "contact", "key_service", "endpoints"));
    for (const char* name : {"changeset", "contact", "key_service"}) EXPECT_FALSE(root.at(name).text.empty()) << name;
    for (const XmlNode& endpoint : root.at("endpoints").children) {
        EXPECT_EQ(endpoint.name, "endpoint");
        EXPECT_THAT(endpoint.names(), ElementsAre("specification", "url", "changeset", "type", "formats"));
        EXPECT_EQ(endpoint.at("specification").text, "http://wiki.open311.org/GeoReport_v2");
        EXPECT_EQ(endpoint.at("formats").children[0].text, "text/xml");
        EXPECT_EQ(endpoint.at("formats").children[1].text, "application/json");
    }
}

TEST_F(Open311, O31_DiscoveryInJson) {
    const auto root = json("/discovery.json");
    ASSERT_TRUE(root->IsObject());
    ASSERT_TRUE((*root)["endpoints"].IsArray());
    EXPECT_TRUE((*root)["endpoints"][0].IsObject());
    EXPECT_EQ((*root)["endpoints"][0]["formats"][0], "text/xml");
}

TEST_F(Open311, O32_TheChangesetIsATime) {
    EXPECT_TRUE(parseTime(xml("/discovery.xml").at("changeset").text));
    EXPECT_EQ(xml("/discovery.xml").at("changeset").text, "2026-03-06T01:00:00Z");
}

TEST_F(Open311, O33_TwoEndpointsAndTwoFormats) {
    const auto discovery = json("/discovery.json");
    const auto& endpoints = (*discovery)["endpoints"];
    ASSERT_EQ(endpoints.Size(), 2U);
    EXPECT_EQ(endpoints[0]["type"], "production");
    EXPECT_EQ(endpoints[1]["type"], "test");
    EXPECT_EQ(endpoints[0]["formats"].Size(), 2U);
    // And the second is one: it takes and checks, and stores nothing.
    const HttpResponse first = post("/test/v2/requests.json", report());
    EXPECT_EQ(first.status, 200);
    const std::string id = (*parseJson(first.body))[0]["service_request_id"].GetString();
    EXPECT_TRUE(id.starts_with("TEST-")) << id;
    EXPECT_EQ(post("/test/v2/requests.json", report()).body, first.body);
    EXPECT_NE(post("/test/v2/requests.json", report({{"description", "khác"}})).body, first.body);
    EXPECT_EQ(post("/test/v2/requests.xml", report({{"lat", "x"}})).status, 400);
    EXPECT_EQ(post("/test/v2/requests.xml", without(report(), "api_key")).status, 403);
    EXPECT_EQ(inbox.calls(), 0);
    EXPECT_EQ(hub.counted("test_reports"), 3);
}

TEST_F(Open311, O34_AddressesWithoutSlashAtTheEnd) {
    const auto urls = [this](HttpHeaders headers, bool https = false) {
        std::vector<std::string> all;
        const HttpResponse response = send({.url = "/discovery.xml", .headers = std::move(headers), .https = https});
        for (const XmlNode& one : parseXml(response.body).at("endpoints").children) all.push_back(one.at("url").text);
        return all;
    };
    EXPECT_THAT(urls({}),
                ElementsAre("https://paht.mau.example/open311/v2", "https://paht.mau.example/open311/test/v2"));
    hub.public_address.clear();
    EXPECT_EQ(urls({{"host", "hub.lan:8080"}})[0], "http://hub.lan:8080/open311/v2");
    EXPECT_EQ(urls({{"host", "hub.lan"}}, true)[0], "https://hub.lan/open311/v2");
    EXPECT_EQ(urls({{"host", "evil\"><x>/"}})[0], "/open311/v2");
    EXPECT_EQ(urls({})[1], "/open311/test/v2");
}

TEST_F(Open311, O35_TheChangesetMovesWithTheServices) {
    const auto changeset = [this] { return xml("/discovery.xml").at("changeset").text; };
    const std::string first = changeset();
    hub.clock.advance(std::chrono::hours{1});
    EXPECT_EQ(changeset(), first) << "nothing changed";
    remake();
    EXPECT_EQ(changeset(), first) << "a restart changes nothing";
    hub.shown.category_names.push_back({"moi-truong", "Môi trường"});
    const std::string second = changeset();
    EXPECT_GT(second, first);
    hub.clock.advance(std::chrono::hours{1});
    EXPECT_EQ(changeset(), second);
    std::string services = kServicesFile;
    services.replace(services.find("Nhấp nháy"), std::string{"Nhấp nháy"}.size(), "Chập chờn");
    write(services);
    remake();
    EXPECT_GT(changeset(), second) << "a definition changed";
}

TEST_F(Open311, O35_NodesThatKnowDifferentListsWriteOnceEach) {
    const std::string first = xml("/discovery.xml").at("changeset").text;
    hub.clock.advance(std::chrono::hours{1});
    Server other{hub, rules};
    std::swap(hub.shown.category_names[0].name, hub.shown.category_names[1].name);
    const auto seenByOther = [&] {
        return parseXml(other.handle({.url = "/discovery.xml"}, inbox, {}).body).at("changeset").text;
    };
    const std::string second = seenByOther();
    EXPECT_GT(second, first);
    std::swap(hub.shown.category_names[0].name, hub.shown.category_names[1].name);
    EXPECT_EQ(xml("/discovery.xml").at("changeset").text, first) << "this node has not seen its own list change";
}

TEST_F(Open311, O40_ServicesHaveAllFields) {
    const XmlNode root = xml("/v2/services.xml");
    EXPECT_EQ(root.name, "services");
    ASSERT_EQ(root.children.size(), 3U);
    for (const XmlNode& service : root.children) {
        EXPECT_EQ(service.name, "service");
        EXPECT_THAT(service.names(), ElementsAre("service_code", "service_name", "description", "metadata", "type",
                                                 "keywords", "group"));
    }
    const XmlNode& first = root.children[0];
    EXPECT_EQ(first.at("description").text, "Đường, vỉa hè, cống");
    EXPECT_EQ(first.at("keywords").text, "đường,vỉa hè");
    EXPECT_EQ(first.at("group").text, "Hạ tầng");
    EXPECT_EQ(first.at("type").text, "realtime");
    EXPECT_EQ(root.children[1].at("type").text, "batch");
    EXPECT_EQ(root.children[2].at("type").text, "blackbox");
    EXPECT_TRUE(json("/v2/services.json")->IsArray());
    EXPECT_EQ(get("/v2/services.xml?api_key=").status, 200) << "without a key";
}

TEST_F(Open311, O41_CodesAreUniqueAndStandInAddresses) {
    hub.shown.category_names.push_back({"có dấu", "Không dùng được"});
    hub.shown.category_names.push_back({"a.b_c~1", "Dùng được"});
    std::set<std::string> codes;
    for (const XmlNode& one : xml("/v2/services.xml").children) {
        const std::string code = one.at("service_code").text;
        EXPECT_TRUE(isUrlSafe(code) && codes.insert(code).second) << code;
        const XmlNode definition = xml("/v2/services/" + code + ".xml");
        EXPECT_EQ(one.at("metadata").text == "true", !definition.at("attributes").children.empty()) << code;
    }
    EXPECT_EQ(codes.size(), 4U);
}

TEST_F(Open311, O42_DescriptionAndKeywordsAreNeverEmpty) {
    for (const XmlNode& one : xml("/v2/services.xml").children) {
        EXPECT_FALSE(one.at("description").text.empty());
        EXPECT_FALSE(one.at("keywords").text.empty());
    }
    hub.shown.category_names = {{"a", "Điện, nước"}};
    EXPECT_EQ(xml("/v2/services.xml").children[0].at("keywords").text, "Điện  nước") << "one keyword";
}

TEST_F(Open311, O43_ExtensionsOfOthers) {
    EXPECT_EQ(get("/v2/services.xml?lat=16.4&long=107.5").body, get("/v2/services.xml").body) << "offered everywhere";
    EXPECT_EQ(xml("/v2/services.xml").children[2].at("keywords").text, "private");
}

TEST_F(Open311, O50_Definitions) {
    const XmlNode root = xml("/v2/services/chieu-sang.xml");
    EXPECT_EQ(root.name, "service_definition");
    EXPECT_THAT(root.names(), ElementsAre("service_code", "attributes"));
    EXPECT_EQ(root.at("service_code").text, "chieu-sang");
    EXPECT_EQ(root.at("attributes").children[0].name, "attribute");
    const auto object = json("/v2/services/chieu-sang.json");
    ASSERT_TRUE(object->IsObject());
    EXPECT_EQ((*object)["service_code"], "chieu-sang");
    EXPECT_EQ((*object)["attributes"].Size(), 7U);
    EXPECT_TRUE((*json("/v2/services/ha-tang.json"))["attributes"].Empty());
}

TEST_F(Open311, O51_Attributes) {
    const std::vector<XmlNode> all = xml("/v2/services/chieu-sang.xml").at("attributes").children;
    std::vector<std::string> types;
    for (std::size_t i = 0; i < all.size(); ++i) {
        EXPECT_EQ(all[i].at("order").text, std::to_string(i + 1));
        types.push_back(all[i].at("datatype").text);
    }
    EXPECT_THAT(types,
                ElementsAre("string", "number", "datetime", "singlevaluelist", "multivaluelist", "text", "string"));
    EXPECT_THAT(all[0].names(), ElementsAre("variable", "code", "datatype", "required", "datatype_description", "order",
                                            "description", "values"));
    const XmlNode& value = all[3].at("values").children[0];
    EXPECT_EQ(value.name, "value");
    EXPECT_EQ(value.at("key").text, "tat");
    EXPECT_EQ(value.at("name").text, "Tắt hẳn");
    EXPECT_EQ(all[4].at("values").children[1].at("name").text, "Vàng");
    const auto object = json("/v2/services/chieu-sang.json");
    EXPECT_EQ((*object)["attributes"][0]["order"].GetInt(), 1);
    EXPECT_TRUE((*object)["attributes"][0]["values"].IsArray());
    EXPECT_EQ((*object)["attributes"][3]["values"][0]["key"], "tat");
}

TEST_F(Open311, O52_UnknownServicesAndEmptyDescriptions) {
    EXPECT_EQ(codes(get("/v2/services/nothing.xml")), std::vector{404});
    for (const XmlNode& one : xml("/v2/services/chieu-sang.xml").at("attributes").children)
        EXPECT_FALSE(one.at("datatype_description").text.empty()) << one.at("code").text;
}

TEST_F(Open311, O53_Automated) {
    const XmlNode last = xml("/v2/services/chieu-sang.xml").at("attributes").children[6];
    EXPECT_EQ(last.at("automated").text, "server_set");
    EXPECT_EQ(post("/v2/requests.xml", report({{"service_code", "chieu-sang"}, {"attribute[SO-COT]", "12"}})).status,
              200)
        << "what the server sets nobody has to send";
}

}  // namespace
}  // namespace pakn::in_open311

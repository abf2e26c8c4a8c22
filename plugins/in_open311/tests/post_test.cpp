/// @file
/// c.6 and c.7: reports that are sent, and tokens.

#include "fixture.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kBoundary = "----pakn7MA4YWxk";

/// One part of a multipart body; with `file`, a file.
std::string part(const std::string& name, const std::string& value, const std::string& file = {},
                 const std::string& type = {}) {
    std::string text = std::string{"--"} + kBoundary + "\r\nContent-Disposition: form-data; name=\"" + name + '"';
    if (!file.empty()) text += "; filename=\"" + file + '"';
    text += "\r\n";
    if (!type.empty()) text += "Content-Type: " + type + "\r\n";
    return text + "\r\n" + value + "\r\n";
}

class Sent : public Open311 {
protected:
    HttpResponse multipart(const std::string& parts, const std::string& url = "/v2/requests.xml") {
        return send({.method = "POST",
                     .url = url,
                     .headers = {{"content-type", std::string{"multipart/form-data; boundary="} + kBoundary}},
                     .body = parts + "--" + kBoundary + "--\r\n"});
    }
    static std::string partsOf(const Fields& fields) {
        std::string parts;
        for (const auto& [name, value] : fields) parts += part(name, value);
        return parts;
    }
    /// The petition that the hub got last.
    IncomingPetition last() { return inbox.stored().back(); }
    std::string attribute(const std::string& name) {
        const Attributes all = last().attributes;
        const auto found = all.find(name);
        return found == all.end() ? "(none)" : found->second;
    }
    static Fields lamp(Fields more = {}) {
        Fields fields = report({{"service_code", "chieu-sang"}, {"attribute[SO-COT]", "BT-17"}});
        for (auto& one : more) fields.push_back(one);
        return fields;
    }
    std::vector<int> refused(const Fields& fields) { return codes(post("/v2/requests.xml", fields)); }
    bool taken(const Fields& fields) { return post("/v2/requests.xml", fields).status == 200; }
};

TEST_F(Sent, O60_FormsAndMultipart) {
    EXPECT_EQ(post("/v2/requests.xml", report({{"description", "Ổ gà + nước & rác"}})).status, 200);
    EXPECT_EQ(last().text, "Ổ gà + nước & rác");
    for (const char* field : {"photo1", "file_2", "media"}) {
        const std::string bytes{"\xff\xd8\xff\0\r\n--x", 9};
        const HttpResponse response = multipart(
            partsOf(report()) + part(field, bytes, "anh \\\"1\\\".jpg", "image/jpeg") + part("photo9", "", ""));
        ASSERT_EQ(response.status, 200) << response.body;
        ASSERT_EQ(last().attachments.size(), 2U) << "the file, and the fields as they came";
        EXPECT_EQ(last().attachments[0].name, "anh \"1\".jpg");
        EXPECT_EQ(last().attachments[0].content_type, "image/jpeg");
        EXPECT_EQ(*last().attachments[0].content.inMemory(), bytes);
        EXPECT_EQ(attribute(std::string{kLeaveOutFiles}), "true");
    }
    const HttpRequest untyped{.method = "POST", .url = "/v2/requests.xml", .body = formOf(report())};
    EXPECT_EQ(send(untyped).status, 200) << "curl without a type";
    for (const char* type :
         {"application/json", "text/plain", "application/x-www-form-urlencoded; charset=windows-1258"}) {
        HttpRequest other = untyped;
        other.headers = {{"content-type", type}};
        EXPECT_EQ(codes(send(other)), std::vector{415}) << type;
    }
}

TEST_F(Sent, O61_WhatIsRequired) {
    EXPECT_EQ(refused(without(report(), "service_code")), std::vector{400});
    EXPECT_EQ(refused(without(without(report(), "lat"), "long")), std::vector{400});
    EXPECT_EQ(refused(without(report(), "api_key")), std::vector{403});
    EXPECT_EQ(refused(report({{"service_code", "chieu-sang"}})), std::vector{400}) << "a required attribute";
    const Fields no_point = without(without(report(), "lat"), "long");
    Fields address = no_point;
    address.emplace_back("address_string", "12 Lê Lợi, Huế");
    EXPECT_TRUE(taken(address));
    EXPECT_EQ(last().location.address, "12 Lê Lợi, Huế");
    EXPECT_FALSE(last().location.latitude);
    Fields id = no_point;
    id.emplace_back("address_id", "A-77");
    EXPECT_TRUE(taken(id));
    EXPECT_THAT(last().location.address, HasSubstr("A-77"));
    EXPECT_TRUE(taken(without(report(), "description")));
    EXPECT_EQ(last().text, "Hạ tầng đô thị") << "the hub wants a text; Open311 does not";
    EXPECT_EQ(last().category, "ha-tang");
    EXPECT_TRUE(taken(report({{"description", "một\r\nhai\rba\nbốn"}})));
    EXPECT_EQ(last().text, "một\nhai\nba\nbốn");
}

TEST_F(Sent, O62_HalfAPoint) {
    EXPECT_EQ(refused(without(report(), "long")), std::vector{400});
    EXPECT_EQ(refused(without(report(), "lat")), std::vector{400});
    Fields both = without(report(), "long");
    both.emplace_back("address_string", "12 Lê Lợi");
    EXPECT_TRUE(taken(both));
    EXPECT_FALSE(last().location.latitude);
}

TEST_F(Sent, O63_Coordinates) {
    for (const char* wrong : {"91", "-90.1", "abc", "16,46", "0x10", "nan", "inf", "1e400", "16.4 N", "--5", "+-5"})
        EXPECT_EQ(refused(report({{"lat", wrong}})), std::vector{400}) << wrong;
    EXPECT_EQ(refused(report({{"long", "180.5"}})), std::vector{400});
    EXPECT_TRUE(taken(report({{"lat", " 16.4637 "}, {"long", "+107.5909"}})));
    EXPECT_DOUBLE_EQ(*last().location.latitude, 16.4637);
    EXPECT_DOUBLE_EQ(*last().location.longitude, 107.5909);
    EXPECT_TRUE(taken(report({{"lat", "51.5"}, {"long", "-0.1"}}))) << "outside: the hub marks it";
    remake({{"bounds", "15.9, 107.0, 16.8, 108.2"}});
    EXPECT_EQ(refused(report({{"lat", "51.5"}, {"long", "-0.1"}})), std::vector{400});
    EXPECT_TRUE(taken(report()));
}

TEST_F(Sent, O64_Optional) {
    EXPECT_TRUE(taken(report({{"email", "a@mau.example"},
                              {"phone", "0912345678"},
                              {"first_name", "Nguyễn"},
                              {"last_name", "Văn A"},
                              {"device_id", "device-1"},
                              {"deviceid", "device-2"},
                              {"account_id", "account-9"},
                              {"description", "Dòng một\nDòng hai <b>"},
                              {"media_url", "https://anh.mau.example/1.jpg"}})));
    const IncomingPetition one = last();
    EXPECT_EQ(one.petitioner.name, "Nguyễn Văn A");
    EXPECT_EQ(one.petitioner.phone, "0912345678");
    EXPECT_EQ(one.petitioner.email, "a@mau.example");
    EXPECT_EQ(one.text, "Dòng một\nDòng hai <b>");
    EXPECT_EQ(attribute("open311_media_url"), "https://anh.mau.example/1.jpg");
    EXPECT_EQ(attribute("reply_address"), "key:portal-a");
    EXPECT_FALSE(one.is_public);
    EXPECT_FALSE(one.consent.use_identity_in_handling);
    for (const auto& [name, value] : one.attributes) EXPECT_THAT(value, Not(HasSubstr("account-9"))) << name;
    const Attachment& original = one.attachments.back();
    EXPECT_EQ(original.content_type, kOriginalType);
    for (const char* kept : {"account-9", "device-1", "device-2"})
        EXPECT_THAT(*original.content.inMemory(), HasSubstr(kept));
    EXPECT_THAT(*original.content.inMemory(), Not(HasSubstr(kKeyA)));
    EXPECT_TRUE(hub.peer.requests().empty()) << "nothing is fetched from addresses that others name";

    std::string text;
    for (int i = 0; i < 4000; ++i) text += "ổ";
    EXPECT_TRUE(taken(report({{"description", text}})));
    EXPECT_EQ(refused(report({{"description", text + "!"}})), std::vector{400});
    for (const char* url : {"javascript:alert(1)", "file:///etc/passwd", "http://a b", "x"})
        EXPECT_EQ(refused(report({{"media_url", url}})), std::vector{400}) << url;
    Fields several = report({{"media_url", "http://a.example/1"}});
    several.emplace_back("media_url", "http://a.example/2");
    EXPECT_TRUE(taken(several));
    EXPECT_EQ(attribute("open311_media_url"), "http://a.example/1\nhttp://a.example/2");

    remake({{"name_order", "last-first"}, {"consent", "true"}, {"public_reports", "true"}});
    EXPECT_TRUE(taken(report({{"first_name", "A"}, {"last_name", "Nguyễn Văn"}})));
    EXPECT_EQ(last().petitioner.name, "Nguyễn Văn A");
    EXPECT_TRUE(taken(report({{"first_name", "An"}, {"last_name", "-"}})));
    EXPECT_EQ(last().petitioner.name, "An") << "FixMyStreet's word for no name";
    EXPECT_TRUE(last().consent.use_identity_in_handling && last().consent.process_personal_data);
    EXPECT_FALSE(last().consent.publish_identity);
    EXPECT_TRUE(last().is_public);
    EXPECT_TRUE(taken(report({{"attribute[public]", "false"}})));
    EXPECT_FALSE(last().is_public);
}

TEST_F(Sent, O65_Attributes) {
    EXPECT_TRUE(taken(lamp({{"attribute[LOI]", "tat"},
                            {"attribute[CAO]", "7.5"},
                            {"attribute[TU-KHI]", "2026-03-05"},
                            {"attribute[MAU][]", "do"},
                            {"attribute[MAU][]", "vang"}})));
    EXPECT_EQ(attribute("open311_so_cot"), "BT-17");
    EXPECT_EQ(attribute("open311_loi"), "tat");
    EXPECT_EQ(attribute("open311_mau"), "do, vang");
    EXPECT_TRUE(taken(lamp({{"attribute[MAU]", "vang"}, {"attribute[MAU]", "do"}}))) << "repeated";
    EXPECT_EQ(attribute("open311_mau"), "vang, do");
    EXPECT_TRUE(taken(lamp({{"attribute[MAU][0]", "vang"}, {"attribute[MAU][1]", "do"}}))) << "numbered";
    for (const auto& [name, value] : Fields{{"LOI", "chay"}, {"MAU", "tim"}, {"CAO", "cao"}, {"TU-KHI", "hôm qua"}})
        EXPECT_EQ(refused(lamp({{"attribute[" + name + "]", value}})), std::vector{400}) << name;
    EXPECT_EQ(refused(lamp({{"attribute[LOI]", "tat"}, {"attribute[LOI]", "nhap-nhay"}})), std::vector{400})
        << "one only";
    EXPECT_EQ(hub.counted("unknown_attributes"), 0);
    EXPECT_TRUE(taken(lamp({{"attribute[la]", "khác"}})));
    EXPECT_EQ(attribute("open311_la"), "khác");
    EXPECT_EQ(hub.counted("unknown_attributes"), 1);
    EXPECT_THAT(hub.logged().back().text, Not(HasSubstr("khác")));
    // Nothing that a portal names can pass for what means something to the hub.
    EXPECT_TRUE(taken(lamp({{"attribute[reply_address]", "key:portal-b"}, {"attribute[source_revision]", "x"}})));
    EXPECT_EQ(attribute("reply_address"), "key:portal-a");
    EXPECT_EQ(attribute(std::string{kSourceRevision}), "(none)");
}

TEST_F(Sent, O66_AnEmptyChoice) {
    EXPECT_TRUE(taken(lamp({{"attribute[LOI]", ""}})));
    EXPECT_EQ(attribute("open311_loi"), "(none)");
    EXPECT_EQ(refused(report({{"service_code", "chieu-sang"}, {"attribute[SO-COT]", " "}})), std::vector{400})
        << "empty is absent, and it is required";
}

TEST_F(Sent, O67_TheAnswerOfARealtimeService) {
    const XmlNode root = parseXml(post("/v2/requests.xml", report({{"account_id", "account-9"}})).body);
    EXPECT_EQ(root.name, "service_requests");
    ASSERT_EQ(root.children.size(), 1U);
    EXPECT_THAT(root.children[0].names(), ElementsAre("service_request_id", "service_notice", "account_id"));
    EXPECT_EQ(root.children[0].at("service_request_id").text, "T1") << "the hub's code";
    EXPECT_EQ(root.children[0].at("account_id").text, "account-9");
    EXPECT_FALSE(root.children[0].at("service_notice").text.empty());
    const auto json = parseJson(post("/v2/requests.json", report()).body);
    ASSERT_TRUE(json->IsArray());
    EXPECT_EQ((*json)[0]["service_request_id"], "T2");
}

TEST_F(Sent, O68_TokenOrNothing) {
    const XmlNode batch = parseXml(post("/v2/requests.xml", lamp()).body).children[0];
    EXPECT_THAT(batch.names(), ElementsAre("token", "service_notice", "account_id"));
    const XmlNode blackbox = parseXml(post("/v2/requests.xml", report({{"service_code", "chim"}})).body).children[0];
    EXPECT_THAT(blackbox.names(), ElementsAre("service_notice", "account_id"));
}

TEST_F(Sent, O69_Keys) {
    EXPECT_EQ(refused(report({{"api_key", ""}})), std::vector{403});
    EXPECT_EQ(refused(report({{"api_key", std::string{kKeyA} + "x"}})), std::vector{403});
    EXPECT_TRUE(taken(report({{"api_key", kKeyB}})));
    EXPECT_EQ(attribute("reply_address"), "key:portal-b");
    remake({{"api_keys", std::string{"portal-b:"} + kKeyB}});
    EXPECT_EQ(refused(report()), std::vector{403}) << "revoked, or another jurisdiction's";
    remake({{"api_keys", "(none)"}});
    EXPECT_EQ(refused(report({{"api_key", kKeyB}})), std::vector{403}) << "without keys nobody sends";
    EXPECT_EQ(inbox.stored().size(), 1U);
}

TEST_F(Sent, O70_TheSameTwiceIsOne) {
    const HttpHeaders header{{"idempotency-key", "try-1"}};
    const std::string first = post("/v2/requests.xml", report(), header).body;
    EXPECT_EQ(post("/v2/requests.xml", report({{"description", "khác"}}), header).body, first);
    EXPECT_NE(post("/v2/requests.xml", report({{"api_key", kKeyB}}), header).body, first) << "another portal's";
    const Fields named = report({{"attribute[external_id]", "fms-77"}});
    const std::string second = post("/v2/requests.xml", named).body;
    EXPECT_NE(second, first);
    EXPECT_EQ(post("/v2/requests.xml", named, header).body, second) << "the report's own id counts before the try's";
    EXPECT_NE(post("/v2/requests.xml", report({{"api_key", kKeyB}, {"attribute[external_id]", "fms-77"}})).body, second)
        << "another portal's";
    EXPECT_EQ(inbox.stored().size(), 4U);
    EXPECT_EQ(hub.counted("duplicates"), 2);
    EXPECT_EQ(last().attributes.at(std::string{kSourceRevision}), last().external_id);
    EXPECT_NE(post("/v2/requests.xml", report()).body, post("/v2/requests.xml", report()).body) << "unnamed: two";
    EXPECT_EQ(codes(post("/v2/requests.xml", report(), {{"idempotency-key", std::string(151, 'x')}})),
              std::vector{400});
    EXPECT_EQ(refused(report({{"attribute[external_id]", std::string(151, 'x')}})), std::vector{400});
    EXPECT_TRUE(taken(report({{"attribute[external_id]", std::string(150, 'x')}})));
    EXPECT_LE(last().external_id.size(), 200U);
}

TEST_F(Sent, O71_AllInTheAddress) {
    const HttpResponse response = send({.method = "POST", .url = "/v2/requests.xml?" + formOf(report())});
    EXPECT_EQ(response.status, 200) << response.body;
    const HttpResponse mixed = send({.method = "POST",
                                     .url = "/v2/requests.xml?api_key=" + std::string{kKeyA} + "&service_code=chim",
                                     .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                                     .body = formOf(without(report(), "api_key"))});
    EXPECT_EQ(mixed.status, 200);
    EXPECT_EQ(last().category, "ha-tang") << "the body counts first";
    get(std::string{"/v2/requests.xml?api_key="} + kKeyA + "&status=wrong");
    send({.method = "POST", .url = "/v2/requests.xml?lat=x&api_key=" + std::string{kKeyA}});
    for (const auto& line : hub.logged()) EXPECT_THAT(line.text, Not(HasSubstr(kKeyA)));
}

TEST_F(Sent, O80_ATokenBecomesAnId) {
    const std::string token = parseXml(post("/v2/requests.xml", lamp()).body).children[0].at("token").text;
    const XmlNode root = xml("/v2/tokens/" + token + ".xml");
    EXPECT_EQ(root.name, "service_requests");
    EXPECT_THAT(root.children[0].names(), ElementsAre("service_request_id", "token"));
    EXPECT_EQ(root.children[0].at("service_request_id").text, "T1");
    EXPECT_EQ(root.children[0].at("token").text, token);
    const auto list = json("/v2/tokens/" + token + ".json");
    ASSERT_TRUE(list->IsArray());
    EXPECT_EQ(list->Size(), 1U);
    remake();
    EXPECT_EQ(get("/v2/tokens/" + token + ".xml").status, 200) << "after a restart, too";
}

TEST_F(Sent, O81_WhatIsNoTokenIs404) {
    const std::string token = parseXml(post("/v2/requests.xml", lamp()).body).children[0].at("token").text;
    std::string forged = token;
    forged[0] = forged[0] == 'T' ? 'U' : 'T';
    std::string broken = token;
    broken.back() = broken.back() == '0' ? '1' : '0';
    for (const std::string& other : {forged, broken, std::string{"T1"}, std::string{"T1-"}, token + "0",
                                     std::string(32, 'a'), "-" + std::string(32, 'a')})
        EXPECT_EQ(codes(get("/v2/tokens/" + other + ".xml")), std::vector{404}) << other;
    ASSERT_TRUE(hub.kept.put("token_key", "another key"));
    remake();
    EXPECT_EQ(get("/v2/tokens/" + token + ".xml").status, 404) << "the proof is by a key of this hub's own";
    testing::FakeHostServices elsewhere;
    elsewhere.takeAway("token_key");
    Tokens tokens{elsewhere};
    EXPECT_EQ(tokens.tokenOf("T1").error().code, Errc::kUnavailable) << "another node is making the key";
}

TEST_F(Sent, O82_ATokenIsGoodAtOnce) {
    const std::string token = parseXml(post("/v2/requests.xml", lamp()).body).children[0].at("token").text;
    EXPECT_FALSE(xml("/v2/tokens/" + token + ".xml").children[0].at("service_request_id").text.empty())
        << "a client that asks every two seconds has it the first time";
}

}  // namespace
}  // namespace pakn::in_open311

/// @file
/// What a client that means no good may send: everything gets an answer that is whole, and nothing gets through.

#include <random>

#include "fixture.hpp"

namespace pakn::in_open311 {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Hostile : public Open311 {
protected:
    HttpResponse raw(const std::string& type, std::string body, const std::string& url = "/v2/requests.xml") {
        return send({.method = "POST", .url = url, .headers = {{"content-type", type}}, .body = std::move(body)});
    }
    static std::string multipartOf(const std::string& name, const std::string& value) {
        return "--b\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n--b--\r\n";
    }
    void expectWhole(const HttpResponse& response, const std::string& what) {
        EXPECT_TRUE(response.status == 200 || (response.status >= 400 && response.status < 500))
            << what << response.status;
        if (response.status == 204) return;
        EXPECT_NO_THROW(parseXml(response.body)) << what << '\n' << response.body.substr(0, 500);
    }
};

TEST_F(Hostile, HugeForms) {
    std::string many;
    for (int i = 0; i < 501; ++i) many += "a" + std::to_string(i) + "=1&";
    EXPECT_EQ(codes(raw("application/x-www-form-urlencoded", many)), std::vector{413});
    EXPECT_EQ(codes(get("/v2/requests.xml?" + many)), std::vector{413});
    EXPECT_EQ(codes(raw("application/x-www-form-urlencoded", std::string(301, 'a') + "=1")), std::vector{413});
    const std::string big = formOf(report()) + "&x=" + std::string(20U << 20U, 'x');
    EXPECT_EQ(raw("application/x-www-form-urlencoded", big).status, 200);
    EXPECT_LT(inbox.stored()[0].attachments[0].content.size(), 100000U) << "what is kept of it is bounded";
    EXPECT_EQ(raw("application/x-www-form-urlencoded", std::string(1U << 20U, '&')).status, 403) << "nothing is in it";
    std::string parts;
    for (int i = 0; i < 33; ++i)
        parts += "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\nx\r\n";
    EXPECT_EQ(codes(raw("multipart/form-data; boundary=b", parts + "--b--")), std::vector{413});
    Fields attributes = report();
    for (int i = 0; i < 41; ++i) attributes.emplace_back("attribute[a" + std::to_string(i) + "]", "1");
    EXPECT_EQ(codes(post("/v2/requests.xml", attributes)), std::vector{400});
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{"attribute[a]", std::string(1001, 'x')}}))), std::vector{400});
}

TEST_F(Hostile, BrokenMultipart) {
    const std::string whole = multipartOf("api_key", kKeyA);
    for (std::size_t cut = 0; cut + 4 < whole.size(); ++cut)
        EXPECT_EQ(codes(raw("multipart/form-data; boundary=b", whole.substr(0, cut))), std::vector{400}) << cut;
    for (const char* type :
         {"multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"b",
          "multipart/form-data; boundary=c", "multipart/form-data; boundary"})
        EXPECT_EQ(codes(raw(type, whole)), std::vector{400}) << type;
    EXPECT_EQ(codes(raw("multipart/form-data; boundary=" + std::string(71, 'b'), whole)), std::vector{400});
    for (const char* header : {"X: y", "Content-Disposition: form-data", "Content-Disposition: attachment; name=\"a\"",
                               "no colon", "Content-Disposition: form-data; name=\"a",
                               "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b",
                               "Content-Disposition: form-data; name=a\r\nContent-Transfer-Encoding: base64"})
        EXPECT_EQ(
            codes(raw("multipart/form-data; boundary=b", std::string{"--b\r\n"} + header + "\r\n\r\nx\r\n--b--\r\n")),
            std::vector{400})
            << header;
    EXPECT_EQ(codes(raw("multipart/form-data; boundary=\"b\"", whole)), (std::vector{400, 400}))
        << "read well: a key, but neither service nor place";
}

TEST_F(Hostile, WhatIsNoText) {
    for (const char* bytes : {"%ff%fe", "%c3", "%ed%a0%80", "%c0%80", "%f4%90%80%80", "a%00b", "%", "%4", "%zz"}) {
        EXPECT_EQ(codes(raw("application/x-www-form-urlencoded", formOf(report()) + "&x=" + bytes)), std::vector{400})
            << bytes;
        EXPECT_EQ(codes(raw("application/x-www-form-urlencoded", formOf(report()) + "&" + bytes + "=x")),
                  std::vector{400})
            << bytes;
    }
    EXPECT_EQ(codes(raw("multipart/form-data; boundary=b", multipartOf("a", "\xff"))), std::vector{400});
    EXPECT_EQ(codes(raw("multipart/form-data; boundary=b", multipartOf("a", std::string{"a\0b", 3}))),
              std::vector{400});
    EXPECT_THAT(inbox.stored(), IsEmpty());
}

TEST_F(Hostile, NamesOfAttributes) {
    for (const char* name :
         {"attribute[", "attribute[]", "attribute[a", "attribute[a][b]", "attribute[a][b][c]", "attribute[[a]]",
          "attribute[a]b", "attribute[a][", "attribute[---]", "attribute[ ]", "attribute[a][-1]", "attribute[a]]"})
        EXPECT_EQ(codes(post("/v2/requests.xml", report({{name, "1"}}))), std::vector{400}) << name;
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{"attribute[" + std::string(61, 'a') + "]", "1"}}))),
              std::vector{400});
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{"attribute[A-B]", "1"}, {"attribute[a_b]", "2"}}))),
              std::vector{400})
        << "one of the two would be lost";
    const std::string nested = "attribute" + std::string(100, '[') + std::string(100, ']');
    EXPECT_EQ(codes(post("/v2/requests.xml", report({{nested, "1"}}))), std::vector{400});
}

TEST_F(Hostile, AddressesThatAreNone) {
    for (const std::string& url :
         {std::string{""}, std::string{"?"}, std::string{"/?"}, std::string{"/../../etc/passwd"},
          std::string{"/v2/requests/../services.xml"}, std::string{"/v2/requests/a%00b.xml"}, std::string(5000, '/'),
          "/v2/requests/" + std::string(201, 'x') + ".xml", std::string{"/v2/requests/\xff.xml"},
          std::string{"/V2/services.xml"}, std::string{"/v2/services.XML"}, std::string{"/test/test/v2/services.xml"},
          std::string{"/v2/a/b/c/d/e.xml"}, std::string{"/v2/.xml"}})
        for (const char* method : {"GET", "POST", "PUT", "OPTIONS"}) {
            const HttpResponse response = send({.method = method, .url = url});
            EXPECT_TRUE(response.status == 404 || response.status == 400) << method << ' ' << url << response.status;
            EXPECT_NO_THROW(parseXml(response.body));
        }
}

TEST_F(Hostile, AnIdIsAnIdWhateverIsInIt) {
    for (const char* id : {"%2e%2e%2fservices", "..", "'%20or%201=1", "%3Cscript%3E", "%F0%9F%98%80"})
        EXPECT_EQ(codes(get(std::string{"/v2/requests/"} + id + ".xml")), std::vector{404}) << id;
}

TEST_F(Hostile, WhatClientsSayComesBackHarmless) {
    const std::string script = "</account_id><script>alert(1)</script>";
    const HttpResponse xml = post("/v2/requests.xml", report({{"account_id", script}}));
    EXPECT_EQ(parseXml(xml.body).children[0].at("account_id").text, script);
    const HttpResponse json = post("/v2/requests.json", report({{"account_id", "\"},{\"x\":\"\\\b\f"}}));
    EXPECT_EQ((*parseJson(json.body))[0].MemberCount(), 3U);
    EXPECT_EQ(xml.headers.count("set-cookie"), 0U);
}

/// Requests made of pieces that mean something, cut and joined anywhere. The seed is fixed: what fails fails again.
TEST_F(Hostile, AnyMixtureGetsAWholeAnswer) {
    std::mt19937 random{311};
    const std::vector<std::string> pieces{"&",
                                          "=",
                                          "%",
                                          "%00",
                                          "%ff",
                                          "+",
                                          "[",
                                          "]",
                                          "attribute[",
                                          "SO-COT",
                                          "lat",
                                          "long",
                                          "1e5",
                                          "-",
                                          "api_key=",
                                          kKeyA,
                                          "&service_code=chieu-sang",
                                          "&description=x",
                                          "\r\n",
                                          "--b",
                                          "--b--\r\n",
                                          "Content-Disposition: form-data; name=\"",
                                          "\"; filename=\"",
                                          "\r\n\r\n",
                                          "2026-03-06T00:00:00Z",
                                          "start_date=",
                                          ";",
                                          "\"",
                                          "\xff",
                                          std::string{"\0", 1},
                                          "&media_url=http://x",
                                          "&update_id=1",
                                          "ổ"};
    const auto mixture = [&] {
        std::string text;
        for (auto i = random() % 40; i > 0; --i) {
            const std::string& piece = pieces[random() % pieces.size()];
            text += piece.substr(0, random() % 4 == 0 ? random() % (piece.size() + 1) : piece.size());
        }
        return text;
    };
    const std::vector<std::string> places{"/v2/requests.xml", "/v2/servicerequestupdates.xml", "/test/v2/requests.xml",
                                          "/v2/services.xml", "/discovery.xml"};
    for (int i = 0; i < 20000; ++i) {
        const std::string& place = places[random() % places.size()];
        const char* type = random() % 2 == 0 ? "multipart/form-data; boundary=b" : "application/x-www-form-urlencoded";
        const std::string body = mixture();
        expectWhole(raw(type, body, place), body);
        const std::string query = mixture();
        expectWhole(get(place + '?' + query), query);
        expectWhole(get("/v2/" + query), query);
    }
}

}  // namespace
}  // namespace pakn::in_open311

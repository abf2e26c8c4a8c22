#pragma once
/// @file
/// A server over a hub that plays along, and a client of few words.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "options.hpp"
#include "server.hpp"
#include "text.hpp"
#include "xml_node.hpp"

namespace pakn::in_open311 {

inline constexpr const char* kKeyA = "key-of-portal-a-000001";
inline constexpr const char* kKeyB = "key-of-portal-b-000002";

/// Questions of the service "chieu-sang".
inline constexpr const char* kServicesFile = R"(services:
  ha-tang: { description: "Đường, vỉa hè, cống", keywords: [đường, vỉa hè], group: Hạ tầng }
  chieu-sang:
    type: batch
    attributes:
      - { code: SO-COT, datatype: string, required: true, description: Số cột đèn, datatype_description: Trên biển }
      - { code: CAO, datatype: number, description: Cao bao nhiêu mét }
      - { code: TU-KHI, datatype: datetime, description: Từ khi nào }
      - { code: LOI, datatype: singlevaluelist, description: Hỏng thế nào, values: { tat: Tắt hẳn, nhap-nhay: Nhấp nháy } }
      - { code: MAU, datatype: multivaluelist, description: Màu nào, values: [{ key: do, name: Đỏ }, { key: vang, name: Vàng }] }
      - { code: GHI-CHU, datatype: text, variable: false, description: Không trèo lên cột. }
      - { code: MA-TU-DONG, datatype: string, required: true, automated: server_set, description: Máy chủ tự đặt }
  chim: { type: blackbox, keywords: private }
  an: { offered: false }
)";

inline Instant at(int day, int hour, int minute = 0, int second = 0) {
    using namespace std::chrono;
    return Instant{sys_days{2026y / 3 / day} + hours{hour} + minutes{minute} + seconds{second}};
}

/// Of "ha-tang", public, not answered.
inline PublicPetition petition(std::string code, Instant received) {
    return {.code = std::move(code),
            .status = "received",
            .status_label = {"Đã tiếp nhận", "Received"},
            .category = "ha-tang",
            .category_name = "Hạ tầng đô thị",
            .latitude = 16.464,
            .longitude = 107.591,
            .received_at = received,
            .steps = {{.at = received, .status = "received", .label = {"Đã tiếp nhận", "Received"}}}};
}

inline PublicPetition answered(PublicPetition one, Instant when, std::string text) {
    one.status = "answered";
    one.status_label = {"Đã trả lời", "Answered"};
    one.content = "Hố ga mất nắp trước số 12";
    one.unit_name = "Sở Xây dựng";
    one.finished_at = when;
    one.answer = PublicAnswer{.text = std::move(text), .at = when};
    one.steps.push_back({.at = when, .status = "answered", .label = {"Đã trả lời", "Answered"}});
    return one;
}

inline std::string encoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        out += '%';
        out += kHex[byte >> 4U];
        out += kHex[byte & 15U];
    }
    return out;
}

using Fields = std::vector<std::pair<std::string, std::string>>;

inline std::string formOf(const Fields& fields) {
    std::string body;
    for (const auto& [name, value] : fields) body += (body.empty() ? "" : "&") + encoded(name) + '=' + encoded(value);
    return body;
}

class Open311 : public ::testing::Test {
protected:
    Open311() {
        hub.public_address = "https://paht.mau.example/open311";
        hub.shown.category_names = {{"ha-tang", "Hạ tầng đô thị"},
                                    {"chieu-sang", "Chiếu sáng"},
                                    {"chim", "Việc khác, không theo dõi"},
                                    {"an", "Nội bộ"}};
        inbox.clock.set(hub.now());
        write(kServicesFile);
        remake();
    }

    void write(const std::string& services) { folder.write("services.yaml", services); }

    /// A server of other settings, over the same hub: as after a restart.
    void remake(Settings::Values more = {}) {
        Settings::Values values{{"contact", "Trung tâm <hub@mau.example> & cộng sự"},
                                {"key_service", "Gửi công văn về Trung tâm"},
                                {"api_keys", std::string{"portal-a:"} + kKeyA + "\nportal-b:" + kKeyB},
                                {"services", (folder / "services.yaml").string()}};
        for (auto& [name, value] : more) values[name] = value;
        std::erase_if(values, [](const auto& one) { return one.second == "(none)"; });
        rules = rulesOf(testing::settingsFor(kOptions, values));
        server = std::make_unique<Server>(hub, rules);
    }

    HttpResponse send(HttpRequest request) {
        request.mount = "/open311";
        return server->handle(request, inbox, {});
    }
    HttpResponse get(const std::string& url) { return send({.url = url}); }
    XmlNode xml(const std::string& url, int status = 200) {
        const HttpResponse response = get(url);
        EXPECT_EQ(response.status, status) << url << '\n' << response.body;
        return parseXml(response.body);
    }
    std::shared_ptr<rapidjson::Document> json(const std::string& url, int status = 200) {
        const HttpResponse response = get(url);
        EXPECT_EQ(response.status, status) << url << '\n' << response.body;
        return parseJson(response.body);
    }
    HttpResponse post(const std::string& url, const Fields& fields, HttpHeaders headers = {}) {
        headers.emplace("content-type", "application/x-www-form-urlencoded; charset=utf-8");
        return send({.method = "POST", .url = url, .headers = std::move(headers), .body = formOf(fields)});
    }
    /// Ids of a list of reports, in its order.
    std::vector<std::string> ids(const std::string& url) {
        std::vector<std::string> all;
        for (const XmlNode& one : xml(url).children) all.push_back(one.at("service_request_id").text);
        return all;
    }
    /// The codes in an errors body.
    static std::vector<int> codes(const HttpResponse& response) {
        std::vector<int> all;
        const XmlNode root = parseXml(response.body);
        EXPECT_EQ(root.name, "errors");
        for (const XmlNode& one : root.children) {
            EXPECT_FALSE(one.at("description").text.empty());
            all.push_back(std::stoi(one.at("code").text));
        }
        return all;
    }
    /// A complete report of portal A.
    static Fields report(Fields more = {}) {
        Fields fields{{"api_key", kKeyA},
                      {"service_code", "ha-tang"},
                      {"lat", "16.4637"},
                      {"long", "107.5909"},
                      {"description", "Hố ga mất nắp"}};
        for (auto& [name, value] : more) {
            std::erase_if(fields, [&name = name](const auto& one) { return one.first == name; });
            fields.emplace_back(name, value);
        }
        return fields;
    }
    static Fields without(Fields fields, const std::string& name) {
        std::erase_if(fields, [&](const auto& one) { return one.first == name; });
        return fields;
    }
    /// A petition that this portal sent, as the hub shows it to its sender.
    void sent(const std::string& portal, PublicPetition one) {
        const std::string secret = "secret-" + one.code;
        hub.shown.tracked[{one.code, secret}] = one;
        hub.people.own["key:" + portal].push_back({.petition = std::move(one), .secret = secret});
    }

    testing::TemporaryFolder folder;
    testing::FakeHostServices hub;
    testing::FakeInbox inbox;
    Rules rules;
    std::unique_ptr<Server> server;
};

}  // namespace pakn::in_open311

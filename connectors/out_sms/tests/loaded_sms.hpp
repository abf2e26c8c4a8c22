#pragma once
/// @file
/// out_sms with settings for each gateway, and deliveries of the invented province to send over it.

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_host.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/subject.hpp"
#include "failure.hpp"
#include "test_paths.hpp"

namespace pakn::out_sms {

inline constexpr const char* kFile = PAKN_BINARY_DIR "/lib/paknhub/out_sms.so";
inline constexpr const char* kToken = "canary-token-0123456789abcdef";
inline constexpr const char* kDeliveryId = "018f2c7a-0000-7000-8000-000000000001";

inline Settings::Values settingsOf(const std::string& driver) {
    Settings::Values values{
        {"driver", driver}, {"user", "canary-user"}, {"password", "canary-password"}, {"brand", "PAHT MAU"}};
    if (driver != "esms") values["url"] = "https://" + driver + ".example/api";
    if (driver == "vnpt") {
        values.insert({{"vnpt_agent", "1"},
                       {"result_template", "2000"},
                       {"result_contract", "1000"},
                       {"notice_template", "2001"},
                       {"notice_contract", "1001"}});
    }
    if (driver == "viettel") values["viettel_cp_code"] = "MAU";
    if (driver == "esms") values["callback_token"] = kToken;
    return values;
}

inline Settings settingsWith(const std::string& driver, const Settings::Values& more = {}, Settings::Lists lists = {}) {
    const testing::LoadedPlugin plugin{kFile};
    Settings::Values values = settingsOf(driver);
    for (const auto& [name, value] : more) values[name] = value;
    return testing::settingsFor(plugin.descriptor().info.options, std::move(values), std::move(lists));
}

/// A connector of one gateway and all that it needs.
class Sms {
public:
    explicit Sms(const std::string& driver, const Settings::Values& more = {}, Settings::Lists lists = {})
        : settings_{settingsWith(driver, more, std::move(lists))} {
        restart();
    }

    /// Another object with the same state: what a hub has after a start.
    void restart() {
        subject_.reset();
        auto made = testing::InProcessSubject::make(kFile, settings_, services);
        if (!made) throw std::runtime_error{made.error().message};
        subject_ = std::move(made).value();
    }

    Result<Receipt> send(const Delivery& delivery) { return subject_->send(delivery, {}); }
    Result<Receipt> reconcile(const Delivery& delivery) { return subject_->reconcile(delivery, {}); }
    testing::Subject& subject() { return *subject_; }

    /// The gateway answers 200 with this body from now on.
    void answers(std::string body) { services.peer.answer({.body = std::move(body)}); }
    /// The next answers, one each; after them the last one stays.
    void answersInTurn(std::vector<Result<HttpResponse>> answers) {
        auto left = std::make_shared<std::vector<Result<HttpResponse>>>(std::move(answers));
        services.peer.setPeer([left](const HttpRequest&, const HttpClient::Limits&) {
            Result<HttpResponse> next = left->front();
            if (left->size() > 1) left->erase(left->begin());
            return next;
        });
    }
    [[nodiscard]] std::vector<HttpRequest> requests() const { return services.peer.requests(); }

    testing::FakeHostServices services;

private:
    const Settings settings_;
    std::unique_ptr<testing::Subject> subject_;
};

inline Delivery result() {
    return {.id = kDeliveryId,
            .idempotency_key = kDeliveryId,
            .kind = "result",
            .event = "released",
            .occurred_at = testing::FakeClock{}.now(),
            .petition_id = "p-1",
            .code = "060326001",
            .status = "answered",
            .channel = "web",
            .title = "canary-title",
            .result_text = "canary-result",
            .recipient = {.kind = "petitioner", .phone = "+84912345678"},
            .link = "https://paht.mau.example/t?x=abc"};
}

inline Delivery notice(std::string message = "Phản ánh 060326001 đã chuyển đơn vị xử lý.") {
    Delivery delivery = result();
    delivery.kind = "notice";
    delivery.event = "distributed";
    delivery.message = std::move(message);
    delivery.message_type = "text/plain";
    return delivery;
}

/// What a gateway says when it took the message.
inline std::string accepted(const std::string& driver) {
    if (driver == "vnpt") return R"({"RPLY":{"name":"send_sms_list","ERROR":"0","ERROR_DESC":"success"}})";
    if (driver == "esms") return R"({"CodeResult":"100","SMSID":"id-1","ErrorMessage":""})";
    return R"(<ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/"><return><message>Insert MT_QUEUE: OK</message>)"
           R"(<result>1</result></return></ns2:wsCpMtResponse>)";
}

inline const char* const kDrivers[] = {"vnpt", "viettel", "esms"};

}  // namespace pakn::out_sms

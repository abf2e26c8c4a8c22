#pragma once
/// @file
/// Settings and deliveries of the invented province, and devices of its people.

#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "core/testing/fake_host.hpp"
#include "core/testing/settings.hpp"
#include "http2.hpp"
#include "keys.hpp"
#include "options.hpp"
#include "sending.hpp"

namespace pakn::out_push {

inline constexpr const char* kOwner = "acct-canary";
inline constexpr const char* kTokenUri = "https://oauth2.googleapis.com/token";
/// Long enough for its end to be shown.
inline const std::string kAndroid = "canary-android-0123456789abcdef";
inline const std::string kApple = "canary0apple0123456789abcdef0123";

inline std::string accountJson(const std::string& key) {
    std::string escaped;
    for (const char c : key) escaped += c == '\n' ? std::string{"\\n"} : std::string{c};
    return R"({"type":"service_account","project_id":"mau-paht","private_key":")" + escaped +
           R"(","client_email":"hub@mau-paht.iam.gserviceaccount.example","token_uri":")" + kTokenUri + "\"}";
}

inline Settings::Values fcmSettings() { return {{"fcm_account", accountJson(pemOf(rsaKey()))}}; }
inline Settings::Values apnsSettings() {
    return {{"apns_key", pemOf(p256Key())},
            {"apns_key_id", "KEY1234567"},
            {"apns_team", "TEAM123456"},
            {"apns_topic", "vn.example.paht"}};
}
inline Settings::Values bothSettings() {
    Settings::Values values = fcmSettings();
    values.merge(apnsSettings());
    return values;
}

inline Options optionsOf(Settings::Values values, Settings::Lists lists = {}) {
    Review read = review(testing::settingsFor(kOptions, std::move(values), std::move(lists)));
    if (!read.mistakes.empty()) throw std::runtime_error{read.mistakes.front().message};
    return std::move(read.options);
}

inline Delivery result() {
    return {.id = "d-1",
            .idempotency_key = "d-1",
            .kind = "result",
            .event = "released",
            .occurred_at = testing::FakeClock{}.now(),
            .petition_id = "p-1",
            .code = "060326001",
            .status = "answered",
            .channel = "app",
            .unit = "so-xay-dung",
            .unit_name = "canary-unit",
            .title = "canary-title",
            .result_text = "canary-result",
            .recipient = {.kind = "petitioner", .phone = "+84912345678", .email = "canary@mail.example"},
            .subject = "canary-subject",
            .message = "canary-message",
            .reply_address = kOwner,
            .link = "https://paht.mau.example/t?x=canary-secret"};
}

inline Delivery forOfficer(std::string event) {
    Delivery delivery = result();
    delivery.kind = "notice";
    delivery.event = std::move(event);
    delivery.status = "assigned";
    delivery.recipient = {.kind = "account", .account = "can.bo.1", .role = "officer"};
    delivery.reply_address.clear();
    return delivery;
}

/// APNs as a test wants it: answers in turn, the last one stays.
class FakeHttp2 final : public Http2 {
public:
    Result<HttpResponse> post(const Http2Request& request, std::stop_token) override {
        const std::lock_guard lock{mutex_};
        requests_.push_back(request);
        if (answers_.size() > 1) {
            Result<HttpResponse> next = answers_.front();
            answers_.erase(answers_.begin());
            return next;
        }
        return answers_.empty() ? Result<HttpResponse>{HttpResponse{.headers = {{"apns-id", "id-1"}}}}
                                : answers_.front();
    }
    void answersInTurn(std::vector<Result<HttpResponse>> answers) { answers_ = std::move(answers); }
    [[nodiscard]] std::vector<Http2Request> requests() const {
        const std::lock_guard lock{mutex_};
        return requests_;
    }

private:
    mutable std::mutex mutex_;
    std::vector<Http2Request> requests_;
    std::vector<Result<HttpResponse>> answers_;
};

/// Google as a test wants it: gives tokens "access-1", "access-2"; messages are answered in turn, the last one stays.
class FakeGoogle {
public:
    explicit FakeGoogle(testing::FakeHostServices& services) {
        services.peer.setPeer([this](const HttpRequest& request, const HttpClient::Limits&) -> Result<HttpResponse> {
            if (request.url == kTokenUri) {
                token_requests.push_back(request);
                if (token_answer) return *token_answer;
                const std::string name = "access-" + std::to_string(token_requests.size());
                return HttpResponse{.body = R"({"access_token":")" + name + R"(","expires_in":3600,)" +
                                            R"("token_type":"Bearer"})"};
            }
            messages.push_back(request);
            if (answers.empty()) return HttpResponse{.body = R"({"name":"projects/mau-paht/messages/0:1%31b"})"};
            Result<HttpResponse> next = answers.front();
            if (answers.size() > 1) answers.erase(answers.begin());
            return next;
        });
    }
    std::vector<HttpRequest> token_requests;
    std::vector<HttpRequest> messages;
    std::vector<Result<HttpResponse>> answers;
    std::optional<Result<HttpResponse>> token_answer;
};

/// A connector with both services faked.
struct Pusher {
    explicit Pusher(Settings::Values values = bothSettings(), Settings::Lists lists = {})
        : sending{optionsOf(std::move(values), std::move(lists)), services, &apple} {}

    void has(const std::string& platform, const std::string& token, const std::string& owner = kOwner,
             const std::string& channel = "app") {
        EXPECT_TRUE(
            services.people.keepDevice({.owner = owner, .channel = channel, .platform = platform, .token = token}));
    }
    Result<Receipt> send(const Delivery& delivery) { return sending.send(delivery, {}); }

    testing::FakeHostServices services;
    FakeGoogle google{services};
    FakeHttp2 apple;
    Sending sending;
};

/// The error that a test expects, also when there is none: then the test fails and does not crash.
template <class T>
Error failure(const Result<T>& result) {
    if (!result) return result.error();
    return {.code = Errc::kStale, .message = "it did not fail", .problem = "none"};
}

inline HttpResponse fcmError(int status, const std::string& word, HttpHeaders headers = {}) {
    std::string details;
    if (word == "BadRequest")
        details = R"({"@type":"type.googleapis.com/google.rpc.BadRequest","fieldViolations":[]})";
    else if (!word.empty())
        details = R"({"@type":"type.googleapis.com/google.firebase.fcm.v1.FcmError","errorCode":")" + word + "\"}";
    return {.status = status,
            .headers = std::move(headers),
            .body = R"({"error":{"code":)" + std::to_string(status) +
                    R"(,"message":"canary-echo","status":"INVALID_ARGUMENT","details":[)" + details + "]}}"};
}

inline HttpResponse apnsError(int status, const std::string& reason, HttpHeaders headers = {}) {
    return {.status = status,
            .headers = std::move(headers),
            .body = reason.empty() ? "" : R"({"reason":")" + reason + "\"}"};
}

}  // namespace pakn::out_push

#pragma once
/// @file
/// An invented OA: settings, events as Zalo would send them, and a Zalo that answers in this process.

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/settings.hpp"
#include "hook.hpp"
#include "json.hpp"
#include "messenger.hpp"
#include "options.hpp"
#include "signature.hpp"

namespace pakn::in_zalo {

inline constexpr const char* kAppId = "1234567890123456789";
inline constexpr const char* kOaId = "1646000000000000001";
inline constexpr const char* kOaSecret = "OA_SECRET_DEMO";
inline constexpr const char* kUser = "5510000000000000001";
inline constexpr const char* kOther = "5510000000000000002";
/// The body of the contract's vectors.
inline constexpr std::string_view kVectorBody =
    R"({"event_name":"user_send_text","app_id":"1234567890123456789","sender":{"id":"5510000000000000001"},"recipient":{"id":"1646000000000000001"},"message":{"text":"Đèn đường hỏng","msg_id":"e2a641af6661713b2874"},"timestamp":"1764000000123","user_id_by_app":"3611000000000000001"})";

inline Settings settingsWith(Settings::Values values = {}, Settings::Lists lists = {}) {
    values.emplace("app_id", kAppId);
    values.emplace("oa_id", kOaId);
    values.emplace("oa_secret", kOaSecret);
    values.emplace("app_secret", "APP_SECRET_DEMO");
    values.emplace("refresh_token", "RT0");
    lists.emplace("attachment_hosts", std::vector<std::string>{"*.example-zdn.vn"});
    return testing::settingsFor(kOptions, std::move(values), std::move(lists));
}

/// Events of a user, one after the other.
class Writer {
public:
    explicit Writer(std::string user = kUser, Instant at = testing::FakeClock{}.now())
        : user_{std::move(user)}, at_{at} {}

    std::string text(const std::string& text) { return message("user_send_text", "\"text\":\"" + text + "\""); }
    std::string image(const std::string& url, const std::string& text = {}) {
        return message(
            "user_send_image",
            "\"text\":\"" + text + R"(","attachments":[{"type":"image","payload":{"url":")" + url + R"("}}])");
    }
    std::string place(const std::string& title) {
        return message(
            "user_send_location",
            "\"text\":\"" + title +
                R"(","attachments":[{"type":"location","payload":{"coordinates":{"latitude":"16.4001","longitude":"107.6902"}}}])");
    }
    std::string message(const std::string& name, const std::string& members) {
        return event(name, R"("message":{"msg_id":")" + nextId() + "\"," + members + "}");
    }
    /// `members` beside the envelope's.
    std::string event(const std::string& name, const std::string& members) {
        at_ += std::chrono::seconds{1};
        return R"({"event_name":")" + name + R"(","app_id":")" + kAppId + R"(","sender":{"id":")" + user_ +
               R"("},"recipient":{"id":")" + kOaId + "\"}," + members + R"(,"timestamp":")" +
               std::to_string(at_.time_since_epoch().count()) + "\"}";
    }
    /// The next event is written at this time, by Zalo's clock.
    void at(Instant at) { at_ = at - std::chrono::seconds{1}; }
    [[nodiscard]] Instant now() const { return at_; }

private:
    std::string nextId() { return "m-" + user_.substr(user_.size() - 1) + '-' + std::to_string(++count_); }

    std::string user_;
    Instant at_;
    int count_ = 0;
};

inline HttpRequest signedRequest(const std::string& body, const std::string& key = kOaSecret) {
    return {.method = "POST",
            .url = "/",
            .headers = {{"x-zevent-signature", "mac=" + macOf(kAppId, body, timestampOf(body), key)}},
            .body = body};
}

/// Zalo's side of the calls. Answers as a test says, by path, one after the other; then everything works.
class FakeZalo {
public:
    struct Message {
        std::string path = {};
        std::string to = {};
        std::string text = {};
        std::string body = {};
    };

    explicit FakeZalo(testing::FakeHttpClient& client) {
        client.setPeer([this](const HttpRequest& request, const auto&) { return answer(request); });
    }

    /// The next request of that path gets this.
    void next(const std::string& path, Result<HttpResponse> answer) { planned_[path].push_back(std::move(answer)); }
    /// The next message gets this code.
    void nextCode(int code, const std::string& path = "/v3.0/oa/message/cs") {
        next(path, HttpResponse{.body = "{\"error\":" + std::to_string(code) + ",\"message\":\"no\"}"});
    }
    /// What happens before anything is answered.
    std::function<void(const HttpRequest&)> before = {};
    std::map<std::string, HttpResponse> files = {};  ///< By address.
    std::string refresh = "RT0";                     ///< The one that is valid.
    std::string access = {};
    std::string expires_in = "\"90000\"";
    int refreshes = 0;

    [[nodiscard]] std::vector<Message> messages() const { return messages_; }
    [[nodiscard]] std::vector<std::string> texts() const {
        std::vector<std::string> all;
        for (const Message& one : messages_) all.push_back(one.text);
        return all;
    }
    /// How many messages hold these words.
    [[nodiscard]] int said(const std::string& words) const {
        int count = 0;
        for (const Message& one : messages_) count += one.text.find(words) != std::string::npos ? 1 : 0;
        return count;
    }
    [[nodiscard]] int asked(const std::string& path) const {
        const auto found = asked_.find(path);
        return found == asked_.end() ? 0 : found->second;
    }

private:
    static std::string pathOf(const std::string& url) {
        const std::size_t host = url.find("://");
        return url.substr(url.find('/', host + 3));
    }

    Result<HttpResponse> answer(const HttpRequest& request) {
        if (before) before(request);
        if (const auto file = files.find(request.url); file != files.end()) return file->second;
        const std::string path = pathOf(request.url);
        ++asked_[path];
        if (auto& planned = planned_[path]; !planned.empty()) {
            Result<HttpResponse> answer = planned.front();
            planned.erase(planned.begin());
            return answer;
        }
        if (path == "/v4/oa/access_token") return refreshed(request);
        const auto token = request.headers.find("access_token");
        if (token == request.headers.end() || token->second != access) return HttpResponse{.body = R"({"error":-216})"};
        if (path == "/v2.0/oa/upload/image") return HttpResponse{.body = data("attachment_id", "A")};
        if (path == "/v2.0/oa/upload/file") return HttpResponse{.body = data("token", "F")};
        if (path.find("/message/") == std::string::npos) return HttpResponse{.status = 404};
        record(path, request.body);
        return HttpResponse{.body = data(path == "/message/template" ? "msg_id" : "message_id", "out-")};
    }

    std::string data(const std::string& member, const std::string& prefix) {
        return R"({"error":0,"message":"Success","data":{")" + member + "\":\"" + prefix + std::to_string(++ids_) +
               R"(","quota":{"quota_type":"reply","remain":"0","total":"8"}}})";
    }

    HttpResponse refreshed(const HttpRequest& request) {
        const bool known = request.headers.find("secret_key") != request.headers.end() &&
                           request.headers.at("secret_key") == "APP_SECRET_DEMO" &&
                           request.body.find("refresh_token=" + refresh + '&') != std::string::npos;
        if (!known) return {.body = R"({"error":-14020,"error_name":"Invalid refresh token"})"};
        ++refreshes;
        access = "AT" + std::to_string(refreshes);
        refresh = "RT" + std::to_string(refreshes);
        return {.body = R"({"access_token":")" + access + R"(","refresh_token":")" + refresh + R"(","expires_in":)" +
                        expires_in + "}"};
    }

    void record(const std::string& path, const std::string& body) {
        const Result<JsonDocument> json = parseJson(body);
        if (!json) return;
        Message one{.path = path, .to = {}, .text = {}, .body = body};
        if (const Json* const to = memberOf(*json, "recipient")) one.to = textOf(*to, "user_id");
        if (one.to.empty()) one.to = textOf(*json, "user_id");
        if (one.to.empty()) one.to = textOf(*json, "phone");
        if (const Json* const message = memberOf(*json, "message")) one.text = textOf(*message, "text");
        messages_.push_back(std::move(one));
    }

    std::map<std::string, std::vector<Result<HttpResponse>>> planned_;
    std::map<std::string, int> asked_;
    std::vector<Message> messages_;
    int ids_ = 0;
};

/// A hub that cannot tell of citizens' petitions now.
class AwayServices final : public HostServices {
public:
    explicit AwayServices(testing::FakeHostServices& hub) : hub_{hub} {}
    void log(LogLevel level, std::string_view text) override { hub_.log(level, text); }
    [[nodiscard]] Instant now() const override { return hub_.now(); }
    HttpClient& http() override { return hub_.http(); }
    State& state() override { return hub_.state(); }
    void count(std::string_view counter, std::int64_t by) override { hub_.count(counter, by); }
    [[nodiscard]] std::string address() const override { return hub_.address(); }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        return hub_.lease(name, hold);
    }
    Status release(std::string_view name) override { return hub_.release(name); }
    PublicRecords& records() override { return hub_.records(); }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        return hub_.decode(kind, content);
    }
    Result<std::int64_t> endSessions(const ProviderLogout& over) override { return hub_.endSessions(over); }
    Citizens& citizens() override { return away_; }

private:
    class AwayCitizens final : public Citizens {
    public:
        Result<CodeSent> sendCode(const CodeRequest&) override { return away(); }
        Result<SignedInCitizen> signIn(std::string_view, std::string_view) override { return away(); }
        Result<PetitionKey> openPetition(std::string_view, std::string_view) override { return away(); }
        Result<PublicCitizen> citizen(std::string_view) override { return away(); }
        Status signOut(std::string_view) override { return away(); }
        Result<OwnPage> petitions(const OwnSearch&) override { return away(); }
        Status keepDevice(const Device&) override { return away(); }
        Result<std::vector<Device>> devices(std::string_view, std::string_view) override { return away(); }
        Status forgetDevice(const Device&) override { return away(); }

    private:
        static Error away() { return {.code = Errc::kUnavailable, .message = "away"}; }
    };

    testing::FakeHostServices& hub_;
    AwayCitizens away_;
};

/// All of the connector but its plugin, with a hub that stands in. A second one over the same hub is a restart.
struct Connector {
    Connector(HostServices& services, const Settings& settings)
        : rules{rulesOf(settings)},
          tokens{services, rules.token},
          api{services, rules.calls, tokens},
          desk{services, rules, tokens, api},
          webhook{services, rules.webhook, desk},
          messenger{services, rules, api} {}

    const Rules rules;
    TokenKeeper tokens;
    Api api;
    Desk desk;
    Webhook webhook;
    Messenger messenger;
};

}  // namespace pakn::in_zalo

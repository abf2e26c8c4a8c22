#pragma once
/// @file
/// The API with a hub that is faked, and a citizen's app that calls it.

#include <gtest/gtest.h>

#include <bounded_json.hpp>
#include <digest.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "accounts.hpp"
#include "api.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/settings.hpp"
#include "options.hpp"

namespace pakn::in_mobile {

/// As the hub hands them over: a list that is given has no default beside it.
inline Settings settingsOf(Settings::Values values = {}, Settings::Lists lists = {}) {
    const Settings whole = testing::settingsFor(kOptions, std::move(values), lists);
    Settings::Values kept;
    for (const Option& option : kOptions)
        if (whole.has(option.name) && lists.find(option.name) == lists.end())
            kept.emplace(option.name, whole.text(option.name));
    return Settings{std::move(kept), std::move(lists)};
}

inline Rules rulesOf(Settings::Values values = {}, Settings::Lists lists = {}) {
    Review read = review(settingsOf(std::move(values), std::move(lists)));
    for (const SettingsMistake& mistake : read.mistakes) ADD_FAILURE() << mistake.option << ": " << mistake.message;
    return std::move(read.rules);
}

inline std::string sha256Of(std::string_view bytes) { return webhooks::toHex(webhooks::sha256(bytes)); }

/// Bytes that are no two the same.
inline std::string bytesOf(std::size_t size, unsigned seed = 1) {
    std::string bytes(size, '\0');
    std::uint64_t state = seed;
    for (char& c : bytes) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        c = static_cast<char>(state >> 56U);
    }
    return bytes;
}

/// An answer and its JSON.
struct Heard {
    HttpResponse response;
    bounded_json::JsonDocument json;

    [[nodiscard]] int status() const { return response.status; }
    [[nodiscard]] std::string text(std::string_view name) const {
        return std::string{bounded_json::textOf(json, name)};
    }
    [[nodiscard]] std::string code() const { return text("code"); }
    [[nodiscard]] const bounded_json::Json& at(const char* name) const { return json[name]; }
};

class App {
public:
    explicit App(Settings::Values values = {}, Settings::Lists lists = {})
        : rules{rulesOf(std::move(values), std::move(lists))} {
        restart();
    }

    /// Another object over the same hub: what another node is, or this one after a crash.
    void restart() { api = std::make_unique<Api>(rules, services); }

    Heard call(const std::string& method, const std::string& path, const std::string& body = {},
               HttpHeaders headers = {}) {
        if (!token.empty()) headers.emplace("authorization", "Bearer " + token);
        Heard heard{.response = api->handle({.method = method,
                                             .url = path,
                                             .headers = std::move(headers),
                                             .body = body,
                                             .mount = "/mobile/v1",
                                             .client = client,
                                             .https = true},
                                            inbox),
                    .json = {}};
        heard.json.Parse(heard.response.body.c_str());
        if (heard.status() >= 400) {
            EXPECT_EQ(heard.response.headers.at("content-type"), "application/problem+json");
            EXPECT_FALSE(heard.code().empty() || heard.text("title").empty() || heard.text("title_en").empty());
            EXPECT_EQ(heard.json["status"].GetInt(), heard.status());
        }
        return heard;
    }
    Heard get(const std::string& path, HttpHeaders headers = {}) { return call("GET", path, {}, std::move(headers)); }
    Heard post(const std::string& path, const std::string& body, const std::string& key = {}) {
        HttpHeaders headers{{"content-type", "application/json"}};
        if (!key.empty()) headers["idempotency-key"] = key;
        return call("POST", path, body, std::move(headers));
    }

    /// Signs somebody in by a code; their token is sent from then on.
    void signIn(const std::string& contact) {
        token.clear();
        const Heard sent = post("/codes", R"({"contact":")" + contact + "\"}");
        const Heard session = post("/session", R"({"challenge":")" + sent.text("challenge") + R"(","code":"123456"})");
        ASSERT_EQ(session.status(), 201) << session.response.body;
        token = session.text("token");
    }
    /// The reply address of whoever is signed in.
    [[nodiscard]] std::string address() { return addressOf(*services.people.citizen(token)); }

    /// Begins an upload of these bytes; its id.
    Heard begin(const std::string& bytes, const std::string& name = "anh.jpg") {
        return post("/uploads", R"({"name":")" + name + R"(","content_type":"image/jpeg","size":)" +
                                    std::to_string(bytes.size()) + R"(,"sha256":")" + sha256Of(bytes) + "\"}");
    }
    Heard put(const std::string& id, int part, const std::string& bytes) {
        return call("PUT", "/uploads/" + id + "/parts/" + std::to_string(part), bytes,
                    {{"content-type", "application/octet-stream"}});
    }
    /// That part of the whole.
    static std::string partOf(const std::string& bytes, int part) {
        return bytes.substr(static_cast<std::size_t>(part) * kPartSize, kPartSize);
    }
    /// Uploads it all; its id.
    std::string upload(const std::string& bytes, const std::string& name = "anh.jpg") {
        const std::string id = begin(bytes, name).text("id");
        for (int part = 0; static_cast<std::size_t>(part) * kPartSize < bytes.size(); ++part)
            EXPECT_EQ(put(id, part, partOf(bytes, part)).status(), 200);
        return id;
    }

    /// Everything that is kept beside petitions.
    [[nodiscard]] std::vector<std::string> conversations() {
        return *inbox.quiet(services.now() + std::chrono::hours{24 * 365}, 10000);
    }

    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    const Rules rules;
    std::unique_ptr<Api> api;
    std::string token = {};
    std::string client = "203.0.113.9";
};

inline constexpr const char* kKey = "0f8fad5b-d9cb-469f-a165-70867728950e";
inline constexpr const char* kOtherKey = "7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// A petition with all that the guides ask for; `more` are further members, each with a comma before it.
inline std::string petitionJson(const std::string& more = {},
                                const std::string& content = "Hố ga mất nắp trước số 12") {
    return R"({"title":"Hố ga mất nắp","content":")" + content +
           R"(","category":"ha-tang","occurred_at":"2026-03-05T19:30:00+07:00",)"
           R"("location":{"address":"12 đường A","lat":9.6,"lon":105.97})" +
           more + "}";
}

}  // namespace pakn::in_mobile

#pragma once
/// @file
/// A portal in this process and a browser without JavaScript before it: it keeps cookies by their paths, follows
/// redirects, and sends forms as they stand in the page.

#include <algorithm>
#include <map>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/settings.hpp"
#include "options.hpp"
#include "text.hpp"
#include "web_portal.hpp"

namespace pakn::in_web {

using Values = std::map<std::string, std::string>;

struct ChosenFile {
    std::string name;
    std::string type;
    std::string bytes;
};

inline constexpr const char* kSecret = "bi-mat_0123456789ABCDEF";

/// A hub that stores, with a secret for each petition, and knows a form again.
inline std::optional<Result<Accepted>> storeWithSecret(testing::FakeInbox& seen, const IncomingPetition& petition) {
    const Result<Accepted> stored = seen.accept(petition);
    if (!stored) return stored;
    Accepted answer = *stored;
    answer.code = "06032600" + answer.code.substr(1);
    answer.tracking_token = kSecret;
    return Result<Accepted>{answer};
}

class World {
public:
    explicit World(Settings::Values settings = {}, Settings::Lists lists = {}) : settings_{std::move(settings)} {
        services.public_address = "https://paht.mau.example";
        services.shown.category_names = {{"ha-tang", "Hạ tầng đô thị"}, {"moi-truong", "Môi trường"}};
        services.shown.area_names = {{"19753", "Phường Một"}, {"19756", "Phường Hai"}};
        portal = std::make_unique<Portal>(testing::settingsFor(kOptions, settings_, std::move(lists)), services);
    }

    testing::FakeHostServices services;
    testing::FakeInbox petitions;  ///< What was stored.
    testing::FakeInbox inbox{[this](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (answer) return answer;
        return storeWithSecret(petitions, petition);
    }};
    std::optional<Result<Accepted>> answer = {};  ///< The hub's answer to what comes next, when a test says so.
    std::unique_ptr<Portal> portal;

    void wait(std::chrono::milliseconds time) {
        services.clock.advance(time);
        inbox.clock.advance(time);
    }

private:
    Settings::Values settings_;
};

class Browser {
public:
    explicit Browser(World& world) : world_{world} {}

    std::string client = "203.0.113.7";
    HttpHeaders extra = {};  ///< Headers that every request has.
    bool https = true;

    HttpResponse get(const std::string& url) { return follow(send("GET", url, "", "")); }
    /// Without following a redirect.
    HttpResponse look(const std::string& url) { return send("GET", url, "", ""); }

    HttpResponse post(const std::string& url, const Values& values) { return follow(postOnce(url, values)); }
    HttpResponse postOnce(const std::string& url, const Values& values) {
        std::string body;
        for (const auto& [name, value] : values)
            body += (body.empty() ? "" : "&") + encodePercent(name) + '=' + encodePercent(value);
        return send("POST", url, "application/x-www-form-urlencoded", body);
    }
    HttpResponse upload(const std::string& url, const Values& values, const std::vector<ChosenFile>& files) {
        std::string body;
        for (const auto& [name, value] : values)
            body += "--bound\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value + "\r\n";
        for (const ChosenFile& file : files)
            body += "--bound\r\nContent-Disposition: form-data; name=\"files\"; filename=\"" + file.name +
                    "\"\r\nContent-Type: " + file.type + "\r\n\r\n" + file.bytes + "\r\n";
        return follow(send("POST", url, "multipart/form-data; boundary=bound", body + "--bound--\r\n"));
    }
    HttpResponse send(const std::string& method, const std::string& url, const std::string& type, std::string body) {
        HttpRequest request{
            .method = method, .url = url, .headers = extra, .body = std::move(body), .client = client, .https = https};
        request.headers.emplace("host", "paht.mau.example");
        if (!type.empty()) request.headers["content-type"] = type;
        const std::string path = url.substr(0, url.find('?'));
        std::string cookies;
        for (const auto& [key, value] : jar_)
            if (key.second == "/" || path == key.second || path.starts_with(key.second + '/'))
                cookies += (cookies.empty() ? "" : "; ") + key.first + '=' + value;
        if (!cookies.empty()) request.headers["cookie"] = cookies;
        HttpResponse response = world_.portal->handle(request, world_.inbox);
        at_ = url;
        for (const std::string& cookie : response.set_cookies) keep(cookie);
        return response;
    }

    /// The value of a cookie, whatever its path.
    [[nodiscard]] std::string cookie(const std::string& name) const {
        for (const auto& [key, value] : jar_)
            if (key.first == name) return value;
        return {};
    }
    void setCookie(const std::string& name, const std::string& path, const std::string& value) {
        jar_[{name, path}] = value;
    }
    void forgetAll() { jar_.clear(); }
    /// Where it is now.
    [[nodiscard]] const std::string& at() const { return at_; }

private:
    HttpResponse follow(HttpResponse response) {
        for (int steps = 0; response.status == 303 && steps < 5; ++steps)
            response = look(response.headers.at("location"));
        return response;
    }
    void keep(const std::string& cookie) {
        const std::string name = cookie.substr(0, cookie.find('='));
        const std::string value = cookie.substr(name.size() + 1, cookie.find(';') - name.size() - 1);
        std::smatch path;
        std::regex_search(cookie, path, std::regex{"Path=([^;]*)"});
        const std::pair key{name, path[1].str()};
        if (cookie.find("Max-Age=0") != std::string::npos)
            jar_.erase(key);
        else
            jar_[key] = value;
    }

    World& world_;
    std::map<std::pair<std::string, std::string>, std::string> jar_;
    std::string at_ = "/";
};

/// The value of a hidden input within the form that goes to `action`; of the first such form.
inline std::string hidden(const std::string& page, const std::string& action, const std::string& name = "token") {
    const std::size_t form = page.find("action=\"" + action + "\"");
    if (form == std::string::npos) return {};
    const std::size_t end = page.find("</form>", form);
    const std::string part = page.substr(form, end - form);
    std::smatch found;
    const std::regex input{"name=\"" + name + "\" value=\"([^\"]*)\""};
    return std::regex_search(part, found, input) ? found[1].str() : std::string{};
}

/// All ids of fields that the page says are wrong.
inline std::vector<std::string> wrongFields(const std::string& page) {
    std::vector<std::string> found;
    const std::regex error{"class=\"error\" id=\"([a-z_]+)-error\""};
    for (std::sregex_iterator one{page.begin(), page.end(), error}, end; one != end; ++one)
        found.push_back((*one)[1].str());
    return found;
}

/// Those among them that name their mistake to nobody who only listens: no control that is wrong is described by it.
inline std::vector<std::string> unnamedMistakes(const std::string& page) {
    std::vector<std::string> fields = wrongFields(page);
    std::erase_if(fields, [&](const std::string& field) {
        const std::regex control{"aria-invalid=\"true\" aria-describedby=\"([^\"]* )?" + field + "-error\""};
        return std::regex_search(page, control);
    });
    return fields;
}

/// A form that the default settings take.
inline Values goodAnswers() {
    return {{"title", "Hố ga mất nắp"},
            {"content", "Hố ga trước số 12 đường Mẫu mất nắp từ hôm qua."},
            {"category", "ha-tang"},
            {"place", "12 đường Mẫu"},
            {"kind", "individual"},
            {"name", "Nguyễn Văn A"},
            {"phone", "0912345678"},
            {"citizen_id", "001090000001"},
            {"contact_address", "34 đường Thử"},
            {"public", "no"},
            {"declared_true", "yes"},
            {"consent_process", "yes"}};
}

inline Values operator+(Values values, const Values& more) {
    for (const auto& [name, value] : more) values[name] = value;
    return values;
}

/// The smallest number that proves so many bits.
inline std::string proofFor(const std::string& token, int bits) {
    for (int number = 0;; ++number)
        if (provenBits(token, std::to_string(number)) >= bits) return std::to_string(number);
}

/// Opens a blank form and waits until it may be sent without a proof; its token.
inline std::string openForm(World& world, Browser& browser) {
    const HttpResponse page = browser.get("/gui");
    world.wait(std::chrono::seconds{30});
    return hidden(page.body, "/gui");
}

/// From a blank form to the page on which answers are checked.
inline HttpResponse checkForm(World& world, Browser& browser, const Values& answers = goodAnswers(),
                              const std::vector<ChosenFile>& files = {}) {
    const std::string token = openForm(world, browser);
    return browser.upload("/gui", answers + Values{{"token", token}, {"action", "check"}}, files);
}

/// The address that the check page sends to.
inline std::string sendAddress(const std::string& page) {
    std::smatch found;
    return std::regex_search(page, found, std::regex{"action=\"(/nhap/[0-9a-f]{16}/gui)\""}) ? found[1].str() : "";
}

}  // namespace pakn::in_web

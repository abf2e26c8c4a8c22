#include "core/http/mounts.hpp"

#include <algorithm>
#include <array>

#include "core/http/problems.hpp"
#include "core/http/session_cookie.hpp"
#include "core/plugin_host/http_message.hpp"
#include "core/security/crypto.hpp"
#include "pakn/sdk/records.hpp"

namespace pakn::http {
namespace {

/// What belongs to the connection and not to the answer, or is the server's to say.
constexpr std::array<std::string_view, 9> kServers{"connection", "content-length",    "date",    "keep-alive", "server",
                                                   "te",         "transfer-encoding", "trailer", "upgrade"};

bool isOwn(std::string_view cookie_name) { return cookie_name.starts_with(kOwnCookies); }

/// The hub's own sessions are none of a plugin's business: whoever holds one is signed in.
std::string withoutOwn(std::string_view cookies) {
    std::string kept;
    while (!cookies.empty()) {
        std::string_view pair = cookies.substr(0, cookies.find(';'));
        cookies.remove_prefix(std::min(pair.size() + 1, cookies.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (isOwn(plugin_host::cookieName(pair)) || pair.empty()) continue;
        if (!kept.empty()) kept += "; ";
        kept += pair;
    }
    return kept;
}

HttpRequest requestFor(const Request& request) {
    HttpRequest made{.method = request.method == "HEAD" ? "GET" : request.method,
                     .url = request.query.empty() ? request.path : request.path + '?' + request.query,
                     .headers = request.headers,
                     .body = request.body,
                     .client = request.client,
                     .https = request.https};
    if (const auto cookie = made.headers.find("cookie"); cookie != made.headers.end()) {
        cookie->second = withoutOwn(cookie->second);
        if (cookie->second.empty()) made.headers.erase(cookie);
    }
    // Names the session to PublicRecords::citizen() and opens nothing: what is made of the cookie is not the cookie.
    made.headers.erase(std::string{kCitizenHeader});
    if (!request.citizen_cookie.empty())
        made.headers[std::string{kCitizenHeader}] = security::toHex(security::sha256(request.citizen_cookie));
    return made;
}

Response responseOf(HttpResponse answer) {
    Response response{.status = answer.status, .body = std::move(answer.body), .content_type = {}};
    response.file = std::move(answer.file);
    for (auto& [name, value] : answer.headers) {
        if (name == "content-type")
            response.content_type = std::move(value);
        else if (std::find(kServers.begin(), kServers.end(), name) == kServers.end() && name != "set-cookie")
            response.headers.emplace_back(name, std::move(value));
    }
    for (std::string& cookie : answer.set_cookies) {
        if (!isOwn(plugin_host::cookieName(cookie))) response.headers.emplace_back("set-cookie", std::move(cookie));
    }
    return response;
}

/// What the plugin says is for the log; the sender gets a problem of the hub's, by the code alone.
Response problemOf(const Error& error) {
    const bool later = error.code == Errc::kUnavailable || error.code == Errc::kDeferred;
    return problemResponse(Error{.code = later ? Errc::kUnavailable : error.code, .retry_after = error.retry_after});
}

}  // namespace

bool isHubs(std::string_view path) {
    constexpr std::array<std::string_view, 7> kPlaces{"/api",     "/healthz", "/readyz", "/metrics",
                                                      "/console", "/docs",    "/sign-in"};
    const std::string_view first = path.substr(0, path.find('/', 1));
    return std::find(kPlaces.begin(), kPlaces.end(), first) != kPlaces.end();
}

Response toConnector(const Services& services, const Request& request) {
    std::optional<Result<HttpResponse>> answer = services.hub.handle(request.path, requestFor(request));
    if (!answer) return problemResponse("request.not_found");
    if (!*answer) return problemOf(answer->error());
    return responseOf(std::move(**answer));
}

}  // namespace pakn::http

/// @file
/// See visit.hpp.

#include "visit.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kBrowserBytes = 16;
constexpr std::size_t kBrowserLength = 22;  ///< Of that many bytes as base64url.
constexpr auto kBrowserKeep = 24h * 30;
constexpr auto kLanguageKeep = 24h * 365;

/// Whoever has an IPv6 address has its network, too.
std::string networkOf(const std::string& address) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
    std::fill(bytes.begin() + 8, bytes.end(), static_cast<unsigned char>(0));
    std::array<char, INET6_ADDRSTRLEN> text{};
    const char* const shown = ::inet_ntop(AF_INET6, bytes.data(), text.data(), text.size());
    return shown == nullptr ? address : std::string{shown} + "/64";
}

/// "https://paht.mau.example:8443/a" -> "https://paht.mau.example:8443".
std::string_view originOf(std::string_view url) {
    const std::size_t host = url.find("://");
    if (host == std::string_view::npos) return {};
    return url.substr(0, url.find('/', host + 3));
}

}  // namespace

Visit::Visit(const HttpRequest& request, std::string_view own_origin)
    : request_{request}, own_origin_{originOf(own_origin)}, network_{networkOf(request.client)} {
    const std::size_t question = std::min(request.url.find('?'), request.url.size());
    path_ = request.url.substr(0, question);
    while (path_.size() > 1 && path_.back() == '/') path_.pop_back();
    if (path_.empty()) path_ = "/";
    query_text_ = request.url.substr(std::min(question + 1, request.url.size()));
    query_ = FormBody::ofUrlEncoded(query_text_).value_or(FormBody{});
    chooseLanguage();
    if (const std::string_view known = cookie(kBrowserCookie); isToken(known, kBrowserLength, kBrowserLength))
        browser_ = known;
}

void Visit::chooseLanguage() {
    std::string_view wanted = query_.value("lang");
    const bool asked = wanted == "vi" || wanted == "en";
    if (!asked) wanted = cookie(kLanguageCookie);
    language_ = wanted == "en" ? Language::kEnglish : Language::kVietnamese;
    if (asked) setCookie(kLanguageCookie, wanted, {.keep = kLanguageKeep});
}

std::optional<std::string_view> Visit::behind(std::string_view prefix) const {
    const std::string_view path = path_;
    if (!path.starts_with(prefix)) return std::nullopt;
    return path.substr(prefix.size());
}

std::string_view Visit::header(std::string_view name) const {
    const auto found = request_.headers.find(name);
    return found == request_.headers.end() ? std::string_view{} : found->second;
}

std::string_view Visit::cookie(std::string_view name) const {
    std::string_view cookies = header("cookie");
    while (!cookies.empty()) {
        const std::string_view pair = trimmed(cookies.substr(0, cookies.find(';')));
        cookies.remove_prefix(std::min(
            cookies.find(';') == std::string_view::npos ? cookies.size() : cookies.find(';') + 1, cookies.size()));
        if (pair.starts_with(name) && pair.substr(name.size(), 1) == "=") return pair.substr(name.size() + 1);
    }
    return {};
}

bool Visit::isOfThisSite() const {
    // Browsers since 2023 say it in plain words. "none": the person themselves, by the address bar.
    const std::string_view site = header("sec-fetch-site");
    if (!site.empty()) return site == "same-origin" || site == "none";
    const std::string_view origin = header("origin");
    // "null" is what a page that gives no referrer says, ours among them: then the form's token alone decides.
    if (origin.empty() || origin == "null") return true;
    if (!own_origin_.empty() && equalIgnoringCase(origin, own_origin_)) return true;
    const std::size_t host = origin.find("://");
    return host != std::string_view::npos && !header("host").empty() &&
           equalIgnoringCase(origin.substr(host + 3), header("host"));
}

const std::string& Visit::browser() {
    if (browser_.empty()) {
        browser_ = randomToken(kBrowserBytes);
        setCookie(kBrowserCookie, browser_, {.keep = kBrowserKeep});
    }
    return browser_;
}

void Visit::setCookie(std::string_view name, std::string_view value, const CookieForm& form) {
    std::string cookie{name};
    cookie.append("=").append(value).append("; Path=").append(form.path);
    if (form.keep.count() != 0) cookie += "; Max-Age=" + std::to_string(std::max(form.keep.count(), std::int64_t{0}));
    cookie += "; HttpOnly; SameSite=Lax";
    if (request_.https) cookie += "; Secure";
    set_cookies_.push_back(std::move(cookie));
}

void Visit::forgetCookie(std::string_view name, const std::string& path) {
    setCookie(name, "", {.path = path, .keep = std::chrono::seconds{-1}});
}

std::string Visit::inOtherLanguage() const {
    // Of what was posted there is no page to come back to but the one it was posted from.
    // "//host" and "/\\host" would be another site.
    const bool elsewhere = path_.size() > 1 && (path_[1] == '/' || path_[1] == '\\');
    std::string address = (elsewhere ? "/" : path_) + "?lang=" + (language_ == Language::kVietnamese ? "en" : "vi");
    std::string_view rest = query_text_;
    while (!rest.empty()) {
        const std::string_view pair = rest.substr(0, rest.find('&'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        const bool carried = !pair.empty() && !pair.starts_with("lang=") && !pair.starts_with("token=");
        if (carried) address.append("&").append(pair);
    }
    return address;
}

}  // namespace pakn::in_web

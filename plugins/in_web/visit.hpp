#pragma once
/// @file
/// One request as the portal sees it, and the cookies that an answer to it sets. One thread at a time.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue.hpp"
#include "form_body.hpp"
#include "pakn/sdk/http.hpp"

namespace pakn::in_web {

// Cookies. The hub keeps names that begin with "pakn_" to itself.
inline constexpr std::string_view kBrowserCookie = "web_browser";    ///< Tells browsers apart: forms are bound to it.
inline constexpr std::string_view kDraftsCookie = "web_drafts";      ///< Secret ids of this browser's drafts.
inline constexpr std::string_view kLanguageCookie = "web_language";  ///< "vi" or "en".
inline constexpr std::string_view kKeyCookie = "web_key";            ///< Secret of one petition, under its address.
inline constexpr std::string_view kSentCookie = "web_sent";          ///< Code and secret of what was sent last.

/// What a cookie is for.
struct CookieForm {
    std::string path = "/";
    std::chrono::seconds keep{};  ///< 0: until the browser forgets it by itself.
};

class Visit {
public:
    /// `request` outlives this. `own_origin`: the hub's public address, "https://paht.mau.example"; empty: not known.
    Visit(const HttpRequest& request, std::string_view own_origin);

    [[nodiscard]] const std::string& method() const { return request_.method; }
    [[nodiscard]] bool posts() const { return request_.method == "POST"; }
    /// Without query, and without a slash at its end unless it is "/".
    [[nodiscard]] const std::string& path() const { return path_; }
    /// The part of the path behind the first `prefix`, if it begins so: "/a/b" behind "/a/" is "b".
    [[nodiscard]] std::optional<std::string_view> behind(std::string_view prefix) const;
    [[nodiscard]] const FormBody& query() const { return query_; }
    [[nodiscard]] std::string_view header(std::string_view name) const;
    [[nodiscard]] std::string_view cookie(std::string_view name) const;
    [[nodiscard]] std::string_view body() const { return request_.body; }
    [[nodiscard]] Language language() const { return language_; }
    /// The address that limits count for: of IPv6 its network (/64).
    [[nodiscard]] const std::string& network() const { return network_; }
    [[nodiscard]] const std::string& client() const { return request_.client; }

    /// False when the browser says that another site made it send this.
    [[nodiscard]] bool isOfThisSite() const;

    /// What the browser has been told it is; empty when it has no such cookie.
    [[nodiscard]] const std::string& knownBrowser() const { return browser_; }
    /// The same; made, and set by the answer, where it has none.
    const std::string& browser();
    /// The answer sets, or forgets, a cookie: HttpOnly, SameSite=Lax, Secure over https. `value`: a token or dots.
    void setCookie(std::string_view name, std::string_view value, const CookieForm& form);
    void forgetCookie(std::string_view name, const std::string& path);
    [[nodiscard]] const std::vector<std::string>& setCookies() const { return set_cookies_; }

    /// This page's address with the other language asked for.
    [[nodiscard]] std::string inOtherLanguage() const;

private:
    void chooseLanguage();

    const HttpRequest& request_;
    const std::string own_origin_;
    std::string path_;
    std::string query_text_;
    FormBody query_;
    std::string network_;
    std::string browser_ = {};
    Language language_ = Language::kVietnamese;
    std::vector<std::string> set_cookies_;
};

}  // namespace pakn::in_web

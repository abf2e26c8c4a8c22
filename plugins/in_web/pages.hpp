#pragma once
/// @file
/// Pages out of templates (templates/*.mustache, built in): every value escaped, every text out of the catalogue as
/// {{t.key}}. Safe from any thread.

#include <kainjow/mustache.hpp>
#include <string>
#include <string_view>

#include "catalogue.hpp"
#include "pakn/sdk/records.hpp"
#include "settings.hpp"
#include "visit.hpp"

namespace pakn::in_web {

/// What a template shows. Values are escaped when they are rendered.
using Data = kainjow::mustache::data;

/// Names and values of an object, in short: {{"code", code}, {"title", title}}.
Data object(std::initializer_list<std::pair<const char*, Data>> members);
Data emptyList();
/// {{#name}}…{{/name}} appears or not.
Data flag(bool value);

class Pages {
public:
    explicit Pages(const Rules& rules) : rules_{rules} {}

    /// An HTML page with the portal's frame around it. `title`: key of its heading.
    [[nodiscard]] HttpResponse page(Visit& visit, std::string_view name, std::string_view title, Data data,
                                    int status = 200) const;
    /// A page that says what went wrong: heading and text are keys.
    [[nodiscard]] HttpResponse failure(Visit& visit, int status, std::string_view title, std::string_view text) const;
    /// For an error of the hub that is nobody's fault: 503 with Retry-After, or 500.
    [[nodiscard]] HttpResponse trouble(Visit& visit, const Error& error) const;
    /// 429 with Retry-After.
    [[nodiscard]] HttpResponse tooMany(Visit& visit, std::chrono::seconds wait) const;
    /// 303 to an address of this site, with the cookies of the visit.
    [[nodiscard]] static HttpResponse redirect(Visit& visit, std::string address);
    /// 405.
    [[nodiscard]] HttpResponse notAllowed(Visit& visit, std::string_view allowed) const;
    /// A download under the name that the file has; what citizens upload is hostile, so never a page of this origin.
    [[nodiscard]] static HttpResponse file(Content content, const PublicFile& file);
    /// style.css, portal.js, solver.js, icon.svg; 404 for others.
    [[nodiscard]] HttpResponse asset(Visit& visit, std::string_view name) const;

private:
    const Rules& rules_;
};

}  // namespace pakn::in_web

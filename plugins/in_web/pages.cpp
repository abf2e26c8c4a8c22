/// @file
/// See pages.hpp.

#include "pages.hpp"

#include <algorithm>
#include <array>
#include <unordered_map>

#include "built_in.hpp"
#include "pakn/sdk/text.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

namespace mustache = kainjow::mustache;
using TextTable = std::unordered_map<std::string, Data>;

/// Only this site's own files: no inline code, no foreign host, no frame around it. Forms go to this site alone.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'";

/// The catalogue as templates ask for it: "t.nav.report".
const TextTable& textsIn(Language language) {
    static const std::array<TextTable, kLanguages> kTables = [] {
        std::array<TextTable, kLanguages> tables;
        for (std::size_t i = 0; i < kLanguages; ++i)
            for (const CatalogueEntry& entry : catalogue())
                tables[i].emplace("t." + std::string{entry.key}, Data{std::string{entry.in(static_cast<Language>(i))}});
        return tables;
    }();
    return kTables.at(static_cast<std::size_t>(language));
}

const TextTable& partials() {
    static const TextTable kTable = [] {
        TextTable table;
        for (const built_in::File& one : built_in::templates())
            table.emplace(std::string{one.name}, Data{std::string{one.text}});
        return table;
    }();
    return kTable;
}

/// Looks texts up in the catalogue and partials among the templates, all else in the page's data.
class PageContext final : public mustache::context<std::string> {
public:
    PageContext(const Data& data, Language language)
        : mustache::context<std::string>{&data}, texts_{textsIn(language)} {}

    const Data* get(const std::string& name) const override {
        if (!name.starts_with("t.")) return mustache::context<std::string>::get(name);
        const auto found = texts_.find(name);
        return found == texts_.end() ? nullptr : &found->second;
    }
    const Data* get_partial(const std::string& name) const override {
        const auto found = partials().find(name);
        return found == partials().end() ? nullptr : &found->second;
    }

private:
    const TextTable& texts_;
};

std::string_view assetType(std::string_view name) {
    if (name.ends_with(".css")) return "text/css; charset=utf-8";
    if (name.ends_with(".js")) return "text/javascript; charset=utf-8";
    return "image/svg+xml";
}

/// Pages that only their reader should find, and pages for everybody.
bool isForSearchEngines(std::string_view path) {
    return path == "/" || path == "/cong-khai" || path.starts_with("/cong-khai/");
}

}  // namespace

Data object(std::initializer_list<std::pair<const char*, Data>> members) {
    Data made{Data::type::object};
    for (const auto& [name, value] : members) {
        // An empty text is nothing: {{#name}} then leaves its part away.
        const bool nothing = value.is_string() && value.string_value().empty();
        made.set(name, nothing ? flag(false) : value);
    }
    return made;
}

Data emptyList() { return Data{Data::type::list}; }

Data flag(bool value) { return Data{value ? Data::type::bool_true : Data::type::bool_false}; }

HttpResponse Pages::page(Visit& visit, std::string_view name, std::string_view title, Data data, int status) const {
    const Language language = visit.language();
    const bool english = language == Language::kEnglish;
    data.set("page", object({{"language", english ? "en" : "vi"},
                             {"other_language", english ? "vi" : "en"},
                             {"other_address", visit.inOtherLanguage()},
                             {"robots", isForSearchEngines(visit.path()) && status == 200 ? "all" : "noindex"},
                             {"title", std::string{words(title, language)}},
                             {"site_name", rules_.name(language)},
                             {"banner", rules_.banner},
                             {"footer", rules_.footer},
                             {"help", words("frame.help", language, rules_.hotline)},
                             {"theme", rules_.stylesheet.empty() ? std::string{} : shortHash(rules_.stylesheet)},
                             {"version", std::string{built_in::assetsVersion()}}}));
    const auto found = partials().find(std::string{name});
    mustache::mustache compiled{found == partials().end() ? std::string{} : found->second.string_value()};
    PageContext context{data, language};
    HttpResponse response{.status = status,
                          .headers = {{"content-type", "text/html; charset=utf-8"},
                                      {"content-language", english ? "en" : "vi"},
                                      {"content-security-policy", std::string{kPolicy}},
                                      {"referrer-policy", "no-referrer"},
                                      {"cache-control", "no-store"},
                                      {"x-content-type-options", "nosniff"},
                                      {"permissions-policy", "geolocation=(self), camera=(), microphone=()"}},
                          .body = compiled.render(context)};
    response.set_cookies = visit.setCookies();
    return response;
}

HttpResponse Pages::failure(Visit& visit, int status, std::string_view title, std::string_view text) const {
    return page(visit, "failure", title, object({{"text", words(text, visit.language(), rules_.hotline)}}), status);
}

HttpResponse Pages::trouble(Visit& visit, const Error& error) const {
    if (error.code != Errc::kUnavailable && error.code != Errc::kDeferred)
        return failure(visit, 500, "failure.broken_title", "failure.broken");
    HttpResponse response = failure(visit, 503, "failure.busy_title", "failure.busy");
    const auto wait = std::chrono::ceil<std::chrono::seconds>(error.retry_after.value_or(std::chrono::seconds{5}));
    response.headers["retry-after"] = std::to_string(std::clamp<std::int64_t>(wait.count(), 1, 3600));
    return response;
}

HttpResponse Pages::tooMany(Visit& visit, std::chrono::seconds wait) const {
    HttpResponse response = failure(visit, 429, "failure.too_many_title", "failure.too_many");
    response.headers["retry-after"] = std::to_string(wait.count());
    return response;
}

HttpResponse Pages::redirect(Visit& visit, std::string address) {
    return {.status = 303,
            .headers = {{"location", std::move(address)},
                        {"referrer-policy", "no-referrer"},
                        {"cache-control", "no-store"}},
            .set_cookies = visit.setCookies()};
}

HttpResponse Pages::notAllowed(Visit& visit, std::string_view allowed) const {
    HttpResponse response = failure(visit, 405, "failure.method_title", "failure.method");
    response.headers["allow"] = allowed;
    return response;
}

HttpResponse Pages::file(Content content, const PublicFile& file) {
    // Its type was told by its content; a name from outside stands in the header encoded and in no other way.
    const bool sound = file.content_type.find_first_of("\r\n;,\"") == std::string::npos && !file.content_type.empty();
    return {.status = 200,
            .headers = {{"content-type", sound ? file.content_type : "application/octet-stream"},
                        {"content-disposition", "attachment; filename*=UTF-8''" + encodePercent(file.name)},
                        {"x-content-type-options", "nosniff"},
                        {"referrer-policy", "no-referrer"},
                        {"cache-control", "no-store"}},
            .file = std::move(content)};
}

HttpResponse Pages::asset(Visit& visit, std::string_view name) const {
    std::string_view text;
    if (name == "theme.css") text = rules_.stylesheet;
    for (const built_in::File& one : built_in::assets())
        if (one.name == name) text = one.text;
    if (text.empty()) return failure(visit, 404, "failure.not_found_title", "failure.not_found");
    // Pages name them with their version, so that they may be kept.
    return {.status = 200,
            .headers = {{"content-type", std::string{assetType(name)}},
                        {"cache-control", "public, max-age=86400"},
                        {"x-content-type-options", "nosniff"},
                        // A worker is under the policy that it came with.
                        {"content-security-policy", "default-src 'none'"}},
            .body = std::string{text}};
}

}  // namespace pakn::in_web

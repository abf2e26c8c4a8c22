/// @file
/// `paknhub open311-check URL`: holds any GeoReport v2 server against the checklist of docs/contracts/open311.md. It
/// knows the contract alone, nothing of in_open311.

#include <algorithm>
#include <array>
#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/open311/rule.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/config/sources.hpp"
#include "core/domain/text.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::app {

namespace {

using open311::Grade;

constexpr std::size_t kMostSeen = 300;
constexpr std::size_t kMostKey = 1000;

struct CheckOptions {
    std::string url = {};
    std::string jurisdiction = {};
    std::string key_file = {};
    bool post = false;
};

struct Finding {
    const open311::Rule* rule = nullptr;
    open311::Verdict verdict = {};
};

constexpr std::string_view nameOf(Grade grade) {
    constexpr std::array<std::string_view, 3> kNames{"pass", "fail", "skip"};
    return kNames.at(static_cast<std::size_t>(grade));
}

/// What a server said, fit for a terminal.
std::string shown(std::string_view seen) {
    std::string text = domain::toNfc(seen).value_or("");
    if (text.empty())  // No UTF-8.
        for (const char c : seen) text += static_cast<unsigned char>(c) < 0x80U ? c : '?';
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
    return std::string{domain::firstCodePoints(text, kMostSeen)};
}

Result<std::string> readKey(const std::string& file) {
    Result<std::string> text = config::readTextFile(file, kMostKey);
    if (!text) return usage("--api-key-file " + file + " " + text.error().message);
    while (!text->empty() && (text->back() == '\n' || text->back() == '\r' || text->back() == ' ')) text->pop_back();
    if (text->empty()) return usage("--api-key-file " + file + " is empty");
    return text;
}

std::vector<Finding> lookAt(open311::Site& site) {
    std::vector<Finding> findings;
    for (const std::span<const open311::Rule> part :
         {open311::generalRules(), open311::catalogueRules(), open311::reportRules(), open311::requestRules(),
          open311::updateRules()})
        for (const open311::Rule& rule : part) findings.push_back({&rule, rule.look(site)});
    return findings;
}

void printJson(const open311::Site& site, const std::vector<Finding>& findings, bool ok) {
    JsonOutput out;
    out.member("ok", ok);
    out.member("url", site.endpoint());
    out.key("checks");
    out.writer().StartArray();
    for (const Finding& one : findings) {
        out.writer().StartObject();
        out.member("id", one.rule->id);
        out.member("result", nameOf(one.verdict.result));
        out.member("expected", one.rule->expected);
        out.member("seen", shown(one.verdict.seen));
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

void printText(const open311::Site& site, const std::vector<Finding>& findings) {
    std::array<int, 3> counts{};
    for (const Finding& one : findings) {
        ++counts.at(static_cast<std::size_t>(one.verdict.result));
        std::cout << nameOf(one.verdict.result) << ' ' << one.rule->id << ' ' << one.rule->expected << '\n';
        if (!one.verdict.seen.empty()) std::cout << "     seen: " << shown(one.verdict.seen) << '\n';
    }
    std::cout << site.endpoint() << ": " << counts[0] << " passed, " << counts[1] << " failed, " << counts[2]
              << " not looked at\n";
}

int checkOpen311(const Common& common, const CheckOptions& options) {
    if (!options.url.starts_with("http://") && !options.url.starts_with("https://"))
        return complain(usage("URL begins with http:// or https://: https://paht.mau.example/open311"));
    if (options.post && options.key_file.empty())
        return complain(usage("--post needs the key of a portal: --api-key-file FILE"));
    open311::Options asked{.url = options.url, .jurisdiction = options.jurisdiction, .post = options.post};
    if (!options.key_file.empty()) {
        Result<std::string> key = readKey(options.key_file);
        if (!key) return complain(key.error());
        asked.key = *std::move(key);
    }
    const auto client = plugin_host::makeHttpClient();
    open311::Site site{*client, std::move(asked), systemNow()};
    if (Status found = site.open(); !found) return complain(found.error());
    const std::vector<Finding> findings = lookAt(site);
    const bool ok = std::none_of(findings.begin(), findings.end(),
                                 [](const Finding& one) { return one.verdict.result == Grade::kFail; });
    if (common.json)
        printJson(site, findings, ok);
    else
        printText(site, findings);
    return ok ? kOk : kProblem;
}

}  // namespace

void addOpen311Check(const Registry& registry) {
    registry.verb<CheckOptions>(
        registry.app, "open311-check", "Hold an Open311 GeoReport v2 server against the checklist",
        [](CLI::App& verb, CheckOptions& options) {
            verb.add_option("URL", options.url, "Where discovery is, without /discovery.xml, or an endpoint")
                ->required();
            verb.add_option("--jurisdiction", options.jurisdiction, "jurisdiction_id, where the server wants one");
            verb.add_option("--api-key-file", options.key_file, "File with the api_key of a portal");
            verb.add_flag("--post", options.post,
                          "Also send reports: to the server's test endpoint, or the only one if it has none");
        },
        checkOpen311);
}

}  // namespace pakn::app

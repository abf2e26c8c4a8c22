#include "discovery.hpp"

#include <optional>

#include "digest.hpp"
#include "numbers.hpp"
#include "times.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::string_view kKept = "changeset";
constexpr std::string_view kSpecification = "http://wiki.open311.org/GeoReport_v2";

std::string hashOf(const std::vector<Service>& offered) {
    std::string all = listOfServices(offered).toJson();
    for (const Service& one : offered) all += definitionOf(one).toJson();
    return webhooks::toHex(webhooks::sha256(all));
}

Tree endpoint(std::string_view type, const std::string& url, const std::string& changed) {
    return Tree::object(
        "endpoint",
        {Tree::text("specification", kSpecification), Tree::text("url", url), Tree::text("changeset", changed),
         Tree::text("type", type),
         Tree::list("formats", {Tree::text("format", "text/xml"), Tree::text("format", "application/json")})});
}

}  // namespace

/// Several nodes may know different lists while a configuration spreads: each writes down its own once, when it sees
/// it change, and not again because another node wrote another.
Result<Instant> Changeset::of(const std::vector<Service>& offered) {
    const std::string hash = hashOf(offered);
    const std::lock_guard lock{mutex_};
    if (known_.hash == hash) return known_.since;
    const Result<Known> before = kept();
    if (!before) return before.error();
    Known seen = *before;
    if (seen.hash != hash) {
        seen = {hash, services_.now()};
        const std::string text = hash + ' ' + std::to_string(seen.since.time_since_epoch().count());
        if (Status put = services_.state().put(kKept, text); !put) return put.error();
    }
    known_ = seen;
    return known_.since;
}

Result<Changeset::Known> Changeset::kept() {
    const Result<std::optional<std::string>> text = services_.state().get(kKept);
    if (!text) return text.error();
    if (!*text) return Known{};
    const std::size_t blank = (*text)->find(' ');
    if (blank == std::string::npos) return Known{};
    const std::optional<std::int64_t> since = parseWhole(std::string_view{**text}.substr(blank + 1));
    if (!since) return Known{};
    return Known{(*text)->substr(0, blank), Instant{std::chrono::milliseconds{*since}}};
}

Tree discoveryOf(const Rules& rules, const std::string& base, Instant changed) {
    const std::string changeset = formatTime(changed, rules.offset);
    return Tree::object("discovery",
                        {Tree::text("changeset", changeset), Tree::text("contact", rules.contact),
                         Tree::text("key_service", rules.key_service),
                         // Two, of which the second stores nothing: readers of 2010 take a single one for none.
                         Tree::list("endpoints", {endpoint("production", base + "/v2", changeset),
                                                  endpoint("test", base + "/test/v2", changeset)})});
}

}  // namespace pakn::in_open311

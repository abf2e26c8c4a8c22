#include "core/app/selection.hpp"

#include <unistd.h>

#include "core/domain/civil_time.hpp"

namespace pakn::app {

Error usage(std::string message) { return {.code = Errc::kInvalid, .message = std::move(message)}; }

Result<Instant> instantOf(const std::string& option, const std::string& text) {
    if (const std::optional<Instant> at = domain::parseInstant(text)) return *at;
    return usage(option + ": \"" + text + "\" is no instant; write it as 2026-03-06T08:00:00+07:00");
}

domain::Actor commandLine(domain::Role role) {
    return {.id = "command-line:" + std::to_string(::getuid()), .roles = {role}, .unit = {}};
}

namespace {

/// What the hubs work by: not what the files say meanwhile. What a command does then causes no deliveries, since by
/// which rules is not known here.
std::shared_ptr<const domain::Rules> rulesInEffect(Workplace& place) {
    const Result<std::vector<store::Acceptance>> last = place.store->acceptances(1);
    if (!last || last->empty() || last->front().hash == place.configuration->hash) return place.configuration->rules;
    auto rules = std::make_shared<domain::Rules>(*place.configuration->rules);
    rules->hash = last->front().hash;
    rules->deliveries.clear();
    return rules;
}

}  // namespace

engine::Committer committerOf(Workplace& place) {
    return engine::Committer{{.store = *place.store,
                              .rules = [rules = rulesInEffect(place)] { return rules; },
                              .now = [store = place.store] { return storeNow(*store); },
                              .committed = {},
                              .store_state = {}}};
}

}  // namespace pakn::app

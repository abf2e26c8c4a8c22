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

/// What the hubs on this store call now.
Instant storeNow(store::Store& store) {
    const Result<Instant> told = store.shared() ? store.clock() : Result<Instant>{systemNow()};
    return told ? *told : systemNow();
}

}  // namespace

engine::Committer committerOf(Workplace& place) {
    return engine::Committer{{.store = *place.store,
                              .rules = [configuration = place.configuration] { return configuration->rules; },
                              .now = [store = place.store] { return storeNow(*store); },
                              .committed = {},
                              .store_state = {}}};
}

}  // namespace pakn::app

/// @file
/// `paknhub migrate status|up`: the schema of the store. On an embedded store the hub brings it up to date itself when
/// it starts; on a server only `up` does, because other hubs may be at work there.

#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/store/inspect.hpp"

namespace pakn::app {

namespace {

struct None {};

void print(const Common& common, const store::StoreFacts& facts) {
    if (common.json) {
        JsonOutput out;
        out.member("schema", std::int64_t{facts.schema});
        out.member("known", std::int64_t{facts.known_schema});
        out.member("up_to_date", facts.schema == facts.known_schema);
        out.memberOrNull("holder", facts.holder);
    } else {
        std::cout << "schema " << facts.schema << ", this program works with " << facts.known_schema << '\n';
        if (facts.schema < facts.known_schema) std::cout << "bring it up to date with: paknhub migrate up\n";
    }
}

int migrateStatus(const Common& common, const None&) {
    return withConfiguration(common, [&](const config::Configuration& configuration) {
        const Result<store::StoreFacts> facts =
            store::inspectStore(configuration.store_url, configuration.store_password, configuration.directory);
        if (!facts) return complain(facts.error());
        print(common, *facts);
        return static_cast<int>(facts->schema == facts->known_schema ? kOk : kProblem);
    });
}

/// Exclusively where that can be had, because a running hub must not see its schema change.
int migrateUp(const Common& common, const None&) {
    return withConfiguration(common, [&](const config::Configuration& configuration) {
        Result<security::HubKey> key = security::HubKey::load(configuration.hub_key);
        if (!key) return complain(key.error());
        const auto store = store::openStore({.url = configuration.store_url,
                                             .base = configuration.directory,
                                             .hub_key = std::move(*key),
                                             .exclusive = true,
                                             .password = configuration.store_password,
                                             .migrate = true});
        if (!store) return complain(store.error());
        const Result<store::StoreFacts> facts =
            store::inspectStore(configuration.store_url, configuration.store_password, configuration.directory);
        if (!facts) return complain(facts.error());
        print(common, *facts);
        return static_cast<int>(kOk);
    });
}

}  // namespace

void addMigrate(const Registry& registry) {
    CLI::App& parent = registry.group("migrate", "The schema of the store");
    registry.verb<None>(
        parent, "status", "Version found and version wanted; changes nothing", [](CLI::App&, None&) {}, migrateStatus);
    registry.verb<None>(
        parent, "up", "Bring it up to date; the hub must be stopped", [](CLI::App&, None&) {}, migrateUp);
}

}  // namespace pakn::app

/// @file
/// `paknhub doctor`: everything that can be wrong around a hub, each with its fix; beside a running hub or without one.

#include "core/app/doctor.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>

#include "core/app/json_output.hpp"
#include "core/app/progress.hpp"
#include "core/app/registry.hpp"

namespace pakn::app {

namespace {

struct DoctorOptions {
    bool no_network = false;
};

void checkConfiguration(const config::LoadResult& loaded, Findings& findings) {
    for (const config::Diagnostic& one : loaded.diagnostics) {
        const bool error = one.severity == config::Diagnostic::Severity::kError;
        findings.add(error ? Grade::kFail : Grade::kWarn, "configuration", config::format(one),
                     one.hint.empty() ? "mend the file, then: paknhub check" : one.hint);
    }
    if (loaded.configuration) findings.ok("configuration", "sound, " + loaded.configuration->hash.substr(0, 12));
}

void checkOpenStore(const config::Configuration& configuration, Findings& findings) {
    Result<security::HubKey> key = security::HubKey::load(configuration.hub_key);
    if (!key) return;  // Found already.
    const Result<std::unique_ptr<store::Store>> store = store::openStore({.url = configuration.store_url,
                                                                          .base = configuration.directory,
                                                                          .hub_key = std::move(*key),
                                                                          .exclusive = false,
                                                                          .password = configuration.store_password});
    if (!store) {
        findings.fail("store", store.error().message, "make the store reachable for this user");
        return;
    }
    const Instant now = systemNow();
    if ((*store)->shared()) checkCommonClock(**store, findings);
    checkStore(**store, findings);
    const bool running = checkNodes(**store, configuration, findings);
    checkStaff(configuration, **store, findings);
    checkRoster(configuration, **store, now, findings);
    checkBacklog(**store, now, running, findings);
}

void print(const Common& common, const Findings& findings) {
    if (common.json) {
        JsonOutput out;
        out.member("ok", !findings.anyFailed());
        out.key("findings");
        out.writer().StartArray();
        for (const Finding& one : findings.all()) {
            out.writer().StartObject();
            out.member("check", one.check);
            out.member("grade", kGradeNames[static_cast<std::size_t>(one.grade)]);
            out.member("text", one.text);
            out.memberOrNull("fix", one.fix);
            out.writer().EndObject();
        }
        out.writer().EndArray();
        return;
    }
    constexpr const char* kColours[] = {"32", "33", "31"};
    for (const Finding& one : findings.all()) {
        const auto grade = static_cast<std::size_t>(one.grade);
        std::string word{kGradeNames[grade]};
        word.resize(4, ' ');
        if (styled(STDOUT_FILENO)) word = std::string{"\033["} + kColours[grade] + 'm' + word + "\033[0m";
        std::cout << word << "  " << one.check << ": " << one.text << '\n';
        if (!one.fix.empty()) std::cout << "      → " << one.fix << '\n';
    }
}

int doctor(const Common& common, const DoctorOptions& options) {
    Findings findings;
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, true);
    checkConfiguration(loaded, findings);
    if (loaded.configuration) {
        const config::Configuration& configuration = *loaded.configuration;
        checkSecrets(configuration, findings);
        checkHubKey(configuration, findings);
        checkDisk(configuration, findings);
        checkCalendar(configuration, systemNow(), findings);
        checkPlugins(configuration, *plugins, findings);
        checkPeers(configuration, *plugins, !options.no_network, findings);
        if (checkStoreAsFound(configuration, findings)) checkOpenStore(configuration, findings);
    }
    print(common, findings);
    if (!loaded.configuration) return kUsage;
    return findings.anyFailed() ? kProblem : kOk;
}

}  // namespace

bool Findings::anyFailed() const {
    return std::any_of(all_.begin(), all_.end(), [](const Finding& one) { return one.grade == Grade::kFail; });
}

void addDoctor(const Registry& registry) {
    registry.verb<DoctorOptions>(
        registry.app, "doctor", "Look at everything around the hub: what is wrong, and the fix",
        [](CLI::App& verb, DoctorOptions& options) {
            verb.add_flag("--no-network", options.no_network, "Do not try to reach the connectors' peers");
        },
        doctor);
}

}  // namespace pakn::app

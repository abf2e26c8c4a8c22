/// @file
/// The short verbs: check, rebuild, version.

#include <algorithm>
#include <iostream>
#include <iterator>

#include "core/app/commands.hpp"
#include "core/app/environment.hpp"
#include "core/app/followers.hpp"
#include "core/app/json_output.hpp"
#include "core/app/progress.hpp"
#include "core/app/version.hpp"
#include "core/config/diagnostics.hpp"
#include "core/reporting/follower.hpp"

namespace pakn::app {

namespace {

void printDiagnostics(const std::vector<config::Diagnostic>& diagnostics, bool ok) {
    JsonOutput out;
    out.member("ok", ok);
    for (const auto severity : {config::Diagnostic::Severity::kError, config::Diagnostic::Severity::kWarning}) {
        out.key(severity == config::Diagnostic::Severity::kError ? "errors" : "warnings");
        out.writer().StartArray();
        for (const config::Diagnostic& one : diagnostics) {
            if (one.severity != severity) continue;
            out.writer().StartObject();
            out.member("file", one.file);
            out.member("line", std::int64_t{one.line});
            out.member("column", std::int64_t{one.column});
            out.member("message", one.message);
            out.member("hint", one.hint);
            out.writer().EndObject();
        }
        out.writer().EndArray();
    }
}

bool isError(const config::Diagnostic& one) { return one.severity == config::Diagnostic::Severity::kError; }

}  // namespace

int check(const Common& common, bool environment) {
    const auto plugins = loadPlugins(common);
    config::LoadResult loaded = loadConfiguration(common, *plugins, environment);
    if (loaded.configuration && environment) {
        std::vector<config::Diagnostic> around = checkSurroundings(*loaded.configuration, *plugins);
        std::move(around.begin(), around.end(), std::back_inserter(loaded.diagnostics));
        config::sortByPlace(loaded.diagnostics);
    }
    const bool ok = loaded.configuration && std::none_of(loaded.diagnostics.begin(), loaded.diagnostics.end(), isError);
    if (common.json) {
        printDiagnostics(loaded.diagnostics, ok);
    } else {
        for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cout << config::format(diagnostic) << '\n';
        if (environment)
            for (const plugin_host::Refusal& refusal : plugins->refusals())
                std::cout << refusal.file.filename().string() << ": warning: " << refusal.error.message << '\n';
        if (ok) std::cout << "ok: configuration " << loaded.configuration->hash.substr(0, 12) << '\n';
    }
    return ok ? kOk : kUsage;
}

namespace {

/// Counts and index from the beginning of the journal. A hub on the same server may follow as well: then it goes on.
Status rebuildReports(const Common& common, store::Store& store, std::int64_t petitions) {
    if (Status reset = store.resetReports(std::string{reporting::kFollower}); !reset) return reset;
    Progress progress{"petitions counted and indexed", common, petitions};
    const auto followed = followAll(store, [&](std::int64_t done) { progress.show(done, petitions); });
    progress.end();
    if (!followed && followed.error().code != Errc::kConflict) return followed.error();
    return Done{};
}

}  // namespace

int rebuild(const Common& common) {
    return withWorkplace(common, true, [&](Workplace& place) {
        Progress progress{"petitions", common, 0};
        const Result<store::Rebuilt> rebuilt =
            place.store->rebuild([&](std::int64_t done, std::int64_t total) { progress.show(done, total); });
        progress.end();
        if (!rebuilt) return complain(rebuilt.error());
        const auto [petitions, equal] = *rebuilt;
        if (Status followed = rebuildReports(common, *place.store, petitions); !followed)
            return complain(followed.error());
        if (common.json) {
            JsonOutput out;
            out.member("ok", true);
            out.member("equal", equal);
            out.member("petitions", petitions);
        } else {
            std::cout << petitions << " petitions rebuilt; the rows were "
                      << (equal ? "the same before" : "different before and are right now") << '\n';
        }
        return static_cast<int>(equal ? kOk : kProblem);
    });
}

int version(const Common& common) {
    const std::string sdk = std::to_string(kSdkMajor) + '.' + std::to_string(kSdkMinor);
    if (common.json) {
        JsonOutput out;
        out.member("version", kVersion);
        out.member("commit", kCommit);
        out.member("sdk", sdk);
    } else {
        std::cout << "paknhub " << kVersion << " (" << kCommit << "), SDK " << sdk << '\n';
    }
    return kOk;
}

}  // namespace pakn::app

#pragma once
/// @file
/// How a file of verbs adds its own to the program. Only main.cpp and those files include it: CLI11 is slow to parse.

#include <CLI/CLI.hpp>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "core/app/workplace.hpp"

namespace pakn::app {

/// The program while its verbs are being defined. What it refers to outlives every verb.
struct Registry {
    CLI::App& app;
    Common& common;
    std::function<int()>& chosen;

    /// A verb that others stand under: `paknhub route explain`.
    [[nodiscard]] CLI::App& group(const std::string& name, const std::string& help) const {
        return *app.add_subcommand(name, help)->require_subcommand(1)->fallthrough();
    }
    /// A verb whose options fill `options`, then `run(common, options)`.
    template <class Options, class Define, class Run>
    CLI::App& verb(CLI::App& parent, const std::string& name, const std::string& help, Define define, Run run) const {
        CLI::App* one = parent.add_subcommand(name, help)->fallthrough();
        const auto options = std::make_shared<Options>();
        define(*one, *options);
        one->callback([&common = common, &chosen = chosen, options, run = std::move(run)] {
            chosen = [&common, options, run] { return run(common, *options); };
        });
        return *one;
    }
};

/// `route explain`, `sla due`.
void addExplaining(const Registry& registry);
/// `explain ID`.
void addExplainId(const Registry& registry);
/// `deliveries list|show|replay|discard`.
void addDeliveries(const Registry& registry);
/// `petition show|timeline`, `refused list|show`.
void addPetitions(const Registry& registry);
/// `token new|list|revoke`.
void addTokens(const Registry& registry);
/// `connector list|test|pause|resume|drain`.
void addConnectors(const Registry& registry);
/// `connector try`, under the group `connector`.
void addPreview(const Registry& registry, CLI::App& connector);
/// `plugin list|info|verify|new`.
void addPlugins(const Registry& registry);
/// `status`.
void addStatus(const Registry& registry);
/// `doctor`.
void addDoctor(const Registry& registry);
/// `user import`, under the group `user`.
void addUserImport(const Registry& registry, CLI::App& user);
/// `replay`.
void addReplay(const Registry& registry);
/// `user list|waiting|grant|link|unlink`, under the group `user`.
void addUserDuties(const Registry& registry, CLI::App& user);
/// `areas import`.
void addAreas(const Registry& registry);
/// `open311-check`.
void addOpen311Check(const Registry& registry);
/// `template list|show`.
void addTemplates(const Registry& registry);
/// `migrate status|up`.
void addMigrate(const Registry& registry);
/// `sim run|serve`.
void addSim(const Registry& registry);
/// `completion`, `man`: made from all the others.
void addGenerated(const Registry& registry);

}  // namespace pakn::app

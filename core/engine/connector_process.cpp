#include "core/engine/connector_process.hpp"

namespace pakn::engine {

namespace {

/// Polls and sign-ins beside requests and deliveries.
constexpr int kOtherCalls = 8;

}  // namespace

bool runsApart(const config::Connector& settings, const plugin_host::PluginHost& plugins) {
    if (settings.isolation != config::Isolation::kDefault) return settings.isolation == config::Isolation::kProcess;
    return !plugins.trusts(settings.plugin);
}

isolation::ProcessOptions processOptions(const config::Connector& settings) {
    return {.connector = settings.id,
            .sockets = settings.sandbox.sockets,
            .memory = settings.sandbox.memory,
            .files = settings.sandbox.files,
            .restart = {.first = settings.restart.first,
                        .most = settings.restart.most,
                        .crashes = settings.restart.crashes,
                        .within = settings.restart.within},
            .call_limit = settings.call_limit,
            .calls = settings.workers + kMostHandling + kOtherCalls,
            .credits = settings.credits,
            .frame = settings.frame};
}

Result<std::vector<SettingsMistake>> checkSettings(const config::Connector& settings,
                                                   const plugin_host::PluginHost& plugins) {
    return runsApart(settings, plugins) ? plugins.checkSettingsIsolated(settings.plugin, settings.settings,
                                                                        settings.sha256, processOptions(settings))
                                        : plugins.checkSettings(settings.plugin, settings.settings, settings.sha256);
}

}  // namespace pakn::engine

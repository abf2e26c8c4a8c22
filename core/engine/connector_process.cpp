#include "core/engine/connector_process.hpp"

#include <filesystem>
#include <string>
#include <utility>

namespace pakn::engine {

namespace {

/// Polls and sign-ins beside requests and deliveries.
constexpr int kOtherCalls = 8;

Result<std::vector<SettingsMistake>> ask(const config::Connector& connector, const plugin_host::PluginHost& plugins) {
    return runsApart(connector, plugins)
               ? plugins.checkSettingsIsolated(connector.plugin, connector.settings, connector.sha256,
                                               processOptions(connector))
               : plugins.checkSettings(connector.plugin, connector.settings, connector.sha256);
}

std::string pathOf(const config::Connector& connector, const std::string& key) {
    return "connectors." + connector.id + '.' + key;
}

/// An error where the first of these values is written.
config::Diagnostic at(const config::Configuration& configuration, const std::vector<std::string>& paths,
                      std::string message, std::string hint) {
    config::Diagnostic error{.severity = config::Diagnostic::Severity::kError,
                             .file = ".",
                             .message = std::move(message),
                             .hint = std::move(hint)};
    for (const std::string& path : paths) {
        const config::EffectiveValue* value = configuration.value(path);
        if (value == nullptr) continue;
        error.file = value->file;
        error.line = value->line;
        error.column = value->column;
        break;
    }
    return error;
}

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

std::vector<config::Diagnostic> settingsMistakes(const config::Configuration& configuration,
                                                 const config::Connector& connector,
                                                 const plugin_host::PluginHost& plugins) {
    const Result<std::vector<SettingsMistake>> found = ask(connector, plugins);
    if (!found)
        return {
            at(configuration, {pathOf(connector, "plugin")}, found.error().message, "the connector would not start")};
    std::vector<config::Diagnostic> mistakes;
    for (const SettingsMistake& one : *found) {
        mistakes.push_back(at(configuration, {pathOf(connector, "settings." + one.option), pathOf(connector, "plugin")},
                              one.message, one.hint));
        if (one.file.empty()) continue;
        mistakes.back().file = std::filesystem::path{one.file}.lexically_proximate(configuration.directory).string();
        mistakes.back().line = one.line;
        mistakes.back().column = one.column;
    }
    return mistakes;
}

}  // namespace pakn::engine

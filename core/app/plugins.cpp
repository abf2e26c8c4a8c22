/// @file
/// `paknhub plugin …`: what plugins there are, why a file is refused, and the files of a new one. Needs neither
/// configuration nor store.

#include <fstream>
#include <iostream>
#include <string>
#include <system_error>
#include <vector>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/scaffold.hpp"
#include "core/plugin_host/plugin_host.hpp"

namespace pakn::app {

namespace {

namespace fs = std::filesystem;

struct PluginOptions {
    std::string name = {};
    fs::path file = {};
    fs::path directory = ".";
};

struct NamedAbility {
    Ability ability;
    std::string_view name;
};
constexpr NamedAbility kAbilities[] = {
    {Ability::kReceiver, "receive"}, {Ability::kSender, "send"},    {Ability::kAuthenticator, "authenticate"},
    {Ability::kPolls, "poll"},       {Ability::kHandles, "handle"}, {Ability::kReconciles, "reconcile"},
};

std::vector<std::string_view> abilitiesOf(const Descriptor& plugin) {
    std::vector<std::string_view> names;
    for (const auto& [ability, name] : kAbilities)
        if (plugin.has(ability)) names.push_back(name);
    return names;
}

std::vector<std::string> mountsOf(const Descriptor& plugin) {
    if (!plugin.has(Ability::kHandles)) return {};
    if (plugin.info.mounts.empty()) return {"/hooks/<connector>"};
    return {plugin.info.mounts.begin(), plugin.info.mounts.end()};
}

template <class Texts>
void writeTexts(JsonOutput& out, std::string_view name, const Texts& texts) {
    out.key(name);
    out.writer().StartArray();
    for (const auto& one : texts) out.text(one);
    out.writer().EndArray();
}

void writePlugin(JsonOutput& out, const Descriptor& plugin, const fs::path& file) {
    out.member("name", plugin.info.name);
    out.member("version", plugin.info.version);
    out.member("summary", plugin.info.summary);
    out.member("file", file.string());
    writeTexts(out, "abilities", abilitiesOf(plugin));
    writeTexts(out, "mounts", mountsOf(plugin));
    out.member("idempotency", plugin.info.idempotency == Idempotency::kHonoured ? "honoured" : "none");
    out.member("trusted", plugin.info.trusted);
}

void writeOptions(JsonOutput& out, const Descriptor& plugin) {
    out.key("options");
    out.writer().StartArray();
    for (const Option& option : plugin.info.options) {
        out.writer().StartObject();
        out.member("name", option.name);
        out.member("type", optionTypeName(option.type));
        out.member("help", option.help);
        out.member("required", option.required());
        out.member("default", option.default_value);
        out.member("unit", option.unit);
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

void writeRefusals(JsonOutput& out, const std::vector<plugin_host::Refusal>& refusals) {
    out.key("refused");
    out.writer().StartArray();
    for (const plugin_host::Refusal& one : refusals) {
        out.writer().StartObject();
        out.member("file", one.file.string());
        out.member("problem", one.error.problem);
        out.member("message", one.error.message);
        out.writer().EndObject();
    }
    out.writer().EndArray();
}

std::string joined(const auto& texts) {
    std::string all;
    for (const auto& one : texts) all.append(all.empty() ? "" : ", ").append(one);
    return all;
}

int listPlugins(const Common& common, const PluginOptions&) {
    const auto plugins = loadPlugins(common);
    if (common.json) {
        JsonOutput out;
        out.key("plugins");
        out.writer().StartArray();
        for (const Descriptor* plugin : plugins->all()) {
            out.writer().StartObject();
            writePlugin(out, *plugin, plugins->fileOf(plugin->info.name));
            out.writer().EndObject();
        }
        out.writer().EndArray();
        writeRefusals(out, plugins->refusals());
        return kOk;
    }
    for (const Descriptor* plugin : plugins->all())
        std::cout << plugin->info.name << ' ' << plugin->info.version << "  " << joined(abilitiesOf(*plugin)) << "  "
                  << plugin->info.summary << '\n';
    for (const plugin_host::Refusal& one : plugins->refusals())
        std::cout << "refused " << one.file.string() << ": " << one.error.message << " [" << one.error.problem << "]\n";
    return kOk;
}

int pluginInfo(const Common& common, const PluginOptions& options) {
    const auto plugins = loadPlugins(common);
    const Descriptor* plugin = plugins->find(options.name);
    if (plugin == nullptr) {
        for (const plugin_host::Refusal& one : plugins->refusals())
            if (one.file.stem() == options.name) return complain(one.error);
        return complain({.code = Errc::kNotFound, .message = "there is no plugin \"" + options.name + '"'});
    }
    if (common.json) {
        JsonOutput out;
        writePlugin(out, *plugin, plugins->fileOf(options.name));
        writeOptions(out, *plugin);
        return kOk;
    }
    std::cout << plugin->info.name << ' ' << plugin->info.version << ": " << plugin->info.summary
              << "\nfile: " << plugins->fileOf(options.name).string() << "\nabilities: " << joined(abilitiesOf(*plugin))
              << '\n';
    if (const auto mounts = mountsOf(*plugin); !mounts.empty()) std::cout << "mounts: " << joined(mounts) << '\n';
    for (const Option& option : plugin->info.options) {
        std::cout << "  " << option.name << " (" << optionTypeName(option.type);
        if (option.required()) std::cout << ", required";
        if (!option.default_value.empty()) std::cout << ", default " << option.default_value;
        std::cout << "): " << option.help << '\n';
    }
    return kOk;
}

int verifyPlugin(const Common& common, const PluginOptions& options) {
    const Result<const Descriptor*> plugin = plugin_host::verify(options.file);
    if (common.json) {
        JsonOutput out;
        out.member("ok", plugin.ok());
        if (plugin) {
            writePlugin(out, **plugin, options.file);
        } else {
            out.member("problem", plugin.error().problem);
            out.member("message", plugin.error().message);
        }
    } else if (plugin) {
        std::cout << "ok " << (*plugin)->info.name << ' ' << (*plugin)->info.version << '\n';
    } else {
        std::cerr << "refused " << options.file.string() << ": " << plugin.error().message << " ["
                  << plugin.error().problem << "]\n";
    }
    return plugin ? kOk : kRefused;
}

/// ^(in|out|auth)_[a-z0-9_]+$, at most 32.
bool isPluginName(std::string_view name) {
    const bool known = name.starts_with("in_") || name.starts_with("out_") || name.starts_with("auth_");
    return known && name.size() <= 32 && name.back() != '_' &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

std::span<const ScaffoldFile> scaffoldFor(std::string_view name) {
    if (name.starts_with("auth_")) return signInScaffold();
    return name.starts_with("in_") ? channelScaffold() : outputScaffold();
}

std::string filledIn(std::string_view text, std::string_view name) {
    constexpr std::string_view kPlace = "@NAME@";
    std::string filled;
    for (std::size_t at = text.find(kPlace); at != std::string_view::npos; at = text.find(kPlace)) {
        filled.append(text.substr(0, at)).append(name);
        text.remove_prefix(at + kPlace.size());
    }
    return filled.append(text);
}

int newPlugin(const Common& common, const PluginOptions& options) {
    if (!isPluginName(options.name))
        return complain({.code = Errc::kInvalid,
                         .message = "\"" + options.name +
                                    "\" is no name for a plugin: in_… for a channel, out_… for an output, auth_… "
                                    "for signing in; a-z, 0-9 and _, at most 32"});
    const fs::path folder = options.directory / options.name;
    std::error_code failed;
    if (fs::exists(fs::symlink_status(folder, failed)))
        return complain({.code = Errc::kConflict, .message = folder.string() + " is there already"});
    fs::create_directories(folder / "tests", failed);
    if (failed)
        return complain(
            {.code = Errc::kMisconfigured, .message = "cannot make " + folder.string() + ": " + failed.message()});
    std::vector<std::string> written;
    for (const ScaffoldFile& file : scaffoldFor(options.name)) {
        const fs::path path = folder / filledIn(file.path, options.name);
        std::ofstream out{path, std::ios::binary};
        out << filledIn(file.text, options.name);
        out.close();
        if (!out) return complain({.code = Errc::kMisconfigured, .message = "cannot write " + path.string()});
        written.push_back(path.string());
    }
    if (common.json) {
        JsonOutput out;
        out.member("created", folder.string());
        writeTexts(out, "files", written);
    } else {
        std::cout << "created " << folder.string() << " (" << joined(written) << ")\nbuild: cmake -S "
                  << folder.string() << " -B build -DCMAKE_PREFIX_PATH=" << programFolder().parent_path().string()
                  << " && cmake --build build && ctest --test-dir build\n";
    }
    return kOk;
}

}  // namespace

void addPlugins(const Registry& registry) {
    CLI::App& group = registry.group("plugin", "Plugins: what there is, what is refused and why, a new one");
    const auto nothing = [](CLI::App&, PluginOptions&) {};
    registry.verb<PluginOptions>(group, "list", "All plugins, and the files that were refused", nothing, listPlugins);
    registry.verb<PluginOptions>(
        group, "info", "One plugin with its option table",
        [](CLI::App& verb, PluginOptions& options) {
            verb.add_option("NAME", options.name, "Which plugin")->required();
        },
        pluginInfo);
    registry.verb<PluginOptions>(
        group, "verify", "Check a file as the hub would, and load it; exit code 4: refused",
        [](CLI::App& verb, PluginOptions& options) {
            verb.add_option("FILE", options.file, "The shared object")->required();
        },
        verifyPlugin);
    registry.verb<PluginOptions>(
        group, "new", "Write a plugin that builds and passes the conformance suite",
        [](CLI::App& verb, PluginOptions& options) {
            verb.add_option("NAME", options.name,
                            "in_NAME for a channel, out_NAME for an output, auth_NAME for signing in")
                ->required();
            verb.add_option("--directory", options.directory, "Where its folder is made")->capture_default_str();
        },
        newPlugin);
}

}  // namespace pakn::app

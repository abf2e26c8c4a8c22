/// @file
/// Loads a shared library with Boost.DLL and judges its self-description.

#include "core/plugin_host/plugin.hpp"

#define BOOST_DLL_USE_STD_FS
#include <algorithm>
#include <boost/dll/shared_library.hpp>
#include <exception>
#include <initializer_list>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/plugin_host/guard.hpp"
#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

/// A library stays loaded, and its descriptor open, until the process ends. dlclose of C++ code is an illusion: unique
/// symbols and thread-local destructors keep it mapped, while what it handed out (vtables, descriptors, exception
/// objects) may still be in use. The open descriptor keeps its number from being given to the next plugin, which glibc
/// would then take, by the name /proc/self/fd/N, for this one.
struct Kept {
    boost::dll::shared_library library;
    PluginFile file;
};

void keepForEver(boost::dll::shared_library library, PluginFile file) {
    static std::mutex mutex;
    // Never destroyed, on purpose: at exit other threads and static objects may still be inside a plugin.
    static std::vector<Kept>& kept = *std::make_unique<std::vector<Kept>>().release();
    const std::lock_guard lock{mutex};
    kept.push_back(Kept{std::move(library), std::move(file)});
}

/// The part of a Boost.DLL error that dlerror wrote: the words after it are about an errno that has nothing to do with
/// it. The name under which we load says nothing to a reader and goes too.
std::string dlerrorOf(std::string_view text, std::string_view load_path) {
    constexpr std::string_view kBegin = "(dlerror system message: ";
    if (const auto begin = text.find(kBegin); begin != std::string_view::npos) {
        text.remove_prefix(begin + kBegin.size());
        text = text.substr(0, text.rfind("): "));
    }
    if (text.substr(0, load_path.size()) == load_path) text.remove_prefix(load_path.size());
    while (!text.empty() && (text.front() == ':' || text.front() == ' ')) text.remove_prefix(1);
    return printable(text);
}

/// ^[a-z][a-z0-9_]{0,31}$
bool isName(std::string_view text) {
    if (text.empty() || text.size() > 32 || text.front() < 'a' || text.front() > 'z') return false;
    return text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string_view::npos;
}

Status checkOptions(std::span<const Option> options) {
    std::set<std::string_view> seen;
    for (const Option& option : options) {
        if (!isName(option.name)) return refuse("plugin.descriptor", quoted(option.name) + " is no name of an option");
        if (option.type > OptionType::kTextList)
            return refuse("plugin.descriptor", "its option " + std::string{option.name} + " is of no type of this SDK");
        if (!seen.insert(option.name).second)
            return refuse("plugin.descriptor", "its option " + std::string{option.name} + " stands twice");
    }
    return Done{};
}

constexpr std::uint32_t bits(std::initializer_list<Ability> abilities) {
    std::uint32_t set = 0;
    for (const Ability one : abilities) set |= static_cast<std::uint32_t>(one);
    return set;
}

/// Why a path can be nobody's mount; empty when it can.
std::string_view mountProblem(std::string_view mount) {
    if (mount.empty() || mount.front() != '/') return "does not begin with a slash";
    if (mount == "/") return {};
    if (mount.size() > 100 || mount.back() == '/' || mount.find("//") != std::string_view::npos ||
        mount.find("/.") != std::string_view::npos ||
        mount.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_./") != std::string_view::npos)
        return "is not a path of a-z, 0-9, - and _ without a slash at its end";
    constexpr std::string_view kHubs[] = {"/api",     "/healthz", "/readyz",  "/metrics",
                                          "/console", "/docs",    "/sign-in", "/hooks"};
    const std::string_view first = mount.substr(0, mount.find('/', 1));
    return std::find(std::begin(kHubs), std::end(kHubs), first) == std::end(kHubs) ? "" : "belongs to the hub";
}

Status checkMounts(const Descriptor& descriptor) {
    const std::span<const std::string_view> mounts = descriptor.info.mounts;
    if (!mounts.empty() && !descriptor.has(Ability::kHandles))
        return refuse("plugin.descriptor", "it declares mounts, but its class does not override handle");
    for (const std::string_view mount : mounts) {
        if (const std::string_view problem = mountProblem(mount); !problem.empty())
            return refuse("plugin.descriptor", "its mount " + quoted(mount) + ' ' + std::string{problem});
        if (std::count(mounts.begin(), mounts.end(), mount) > 1)
            return refuse("plugin.descriptor", "its mount " + quoted(mount) + " stands twice");
    }
    return Done{};
}

Status checkFactory(const Factory& factory) {
    if (factory.create == nullptr || factory.destroy == nullptr || factory.receiver == nullptr ||
        factory.sender == nullptr || factory.authenticator == nullptr) {
        return refuse("plugin.descriptor", "its factory is not complete");
    }
    return Done{};
}

}  // namespace

Status checkDescriptor(const Descriptor& descriptor) {
    constexpr std::uint32_t kVerbs = bits({Ability::kReceiver, Ability::kSender, Ability::kAuthenticator});
    constexpr std::uint32_t kKnown = kVerbs | bits({Ability::kPolls, Ability::kHandles, Ability::kReconciles});
    if (descriptor.size != sizeof(Descriptor)) {
        return refuse("plugin.descriptor", "its descriptor has " + std::to_string(descriptor.size) +
                                               " bytes, this hub's has " + std::to_string(sizeof(Descriptor)));
    }
    if (!isName(descriptor.info.name)) {
        return refuse("plugin.descriptor", quoted(descriptor.info.name) +
                                               " is no name of a plugin: a-z, 0-9 and _, at most 32, a letter first");
    }
    if ((descriptor.abilities & kVerbs) == 0 || (descriptor.abilities & ~kKnown) != 0) {
        return refuse("plugin.descriptor",
                      "its abilities are " + std::to_string(descriptor.abilities) +
                          ": the class is no Receiver, Sender or Authenticator, or something unknown");
    }
    if (descriptor.has(Ability::kReceiver) && !descriptor.has(Ability::kPolls) && !descriptor.has(Ability::kHandles))
        return refuse("plugin.descriptor", "its Receiver overrides neither poll nor handle");
    if (Status sound = checkMounts(descriptor); !sound) return sound;
    return checkOptions(descriptor.info.options);
}

Result<LoadedPlugin> LoadedPlugin::load(PluginFile opened, std::filesystem::path file) {
    const Result<AbiTag> tag = inspect(opened);
    if (!tag) return tag.error();
    const std::string load_path = opened.loadPath();
    Result<std::string> sha256 = opened.sha256();
    if (!sha256) return std::move(sha256).error();
    boost::dll::shared_library library;
    try {
        library.load(load_path, boost::dll::load_mode::rtld_now | boost::dll::load_mode::rtld_local);
    } catch (const std::exception& failure) {
        std::string reason = dlerrorOf(failure.what(), load_path);
        const bool undefined = reason.find("undefined symbol") != std::string::npos;
        return refuse(undefined ? "plugin.undefined_symbol" : "plugin.load_failed", std::move(reason));
    } catch (...) {
        return refuse("plugin.load_failed", "its static constructors threw something");
    }

    const Descriptor* descriptor = nullptr;
    const Factory* factory = nullptr;
    if (library.has("pakn_plugin_descriptor") && library.has("pakn_plugin_factory")) {
        descriptor = library.get<const Descriptor*>("pakn_plugin_descriptor");
        factory = library.get<const Factory*>("pakn_plugin_factory");
    }
    keepForEver(std::move(library), std::move(opened));  // Its code has run: whatever comes, it stays.

    if (descriptor == nullptr || factory == nullptr)
        return refuse("plugin.descriptor", "it does not export pakn_plugin_descriptor and pakn_plugin_factory");
    if (Status sound = checkDescriptor(*descriptor); !sound) return sound.error();
    if (Status sound = checkFactory(*factory); !sound) return sound.error();
    return LoadedPlugin{std::move(file), std::move(*sha256), *tag, *descriptor, *factory};
}

Result<std::vector<SettingsMistake>> LoadedPlugin::checkSettings(const Settings& settings) const {
    constexpr std::uint16_t kSince = 2;
    using Mistakes = Result<std::vector<SettingsMistake>>;
    if (sdk_minor_ < kSince || factory_->check_settings == nullptr) return Mistakes{std::vector<SettingsMistake>{}};
    return guard({.plugin = descriptor_->info.name, .call = "checkSettings", .code = Errc::kMisconfigured},
                 [&] { return Mistakes{factory_->check_settings(settings)}; });
}

}  // namespace pakn::plugin_host

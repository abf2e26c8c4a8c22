#include "core/app/environment.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>

#include "core/app/control.hpp"
#include "core/app/doctor.hpp"
#include "core/config/diagnostics.hpp"
#include "core/engine/connector_process.hpp"
#include "core/store/inspect.hpp"
#include "core/store/store.hpp"

namespace pakn::app {

namespace fs = std::filesystem;

namespace {

using config::Configuration;
using config::Diagnostic;

constexpr std::chrono::seconds kPatience{3};  ///< For all peers together.

using Addresses = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Addresses resolve(const std::string& host, const std::string& port, int flags) {
    addrinfo wanted{};
    wanted.ai_socktype = SOCK_STREAM;
    wanted.ai_flags = flags;
    addrinfo* found = nullptr;
    if (getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) found = nullptr;
    return {found, &freeaddrinfo};
}

/// "https://peer.example:8443/x" is host and port; "[::1]" loses its brackets.
std::pair<std::string, std::string> peerOf(const std::string& url) {
    const std::size_t begin = url.find("://") + 3;
    const std::string authority = url.substr(begin, url.find_first_of("/?#", begin) - begin);
    const std::size_t colon = authority.rfind(':');
    const bool has_port = colon != std::string::npos && authority.find(']', colon) == std::string::npos;
    std::string host = has_port ? authority.substr(0, colon) : authority;
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    return {host, has_port ? authority.substr(colon + 1) : url.starts_with("https:") ? "443" : "80"};
}

bool connects(const addrinfo& address) {
    const int descriptor = ::socket(address.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (descriptor < 0) return false;
    bool connected = ::connect(descriptor, address.ai_addr, address.ai_addrlen) == 0;
    if (!connected && errno == EINPROGRESS) {
        pollfd waiting{descriptor, POLLOUT, 0};
        int failed = 0;
        socklen_t size = sizeof(failed);
        connected = ::poll(&waiting, 1, static_cast<int>(std::chrono::milliseconds{kPatience}.count())) == 1 &&
                    ::getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &failed, &size) == 0 && failed == 0;
    }
    ::close(descriptor);
    return connected;
}

std::string tryPeer(const std::string& url) {
    const auto [host, port] = peerOf(url);
    const Addresses found = resolve(host, port, 0);
    if (!found) return "the host " + config::inQuotes(host) + " is not known";
    for (const addrinfo* one = found.get(); one != nullptr; one = one->ai_next)
        if (connects(*one)) return {};
    return "nobody answers at " + config::inQuotes(host + ":" + port);
}

/// Asks all peers at the same time. The threads share what they write, so that one that hangs in a name server's
/// silence may outlive the answer.
class Peers {
public:
    explicit Peers(const std::vector<std::string>& urls) : shared_{std::make_shared<Shared>()} {
        shared_->problems.assign(urls.size(), "no answer within " + std::to_string(kPatience.count()) + " s");
        shared_->open = urls.size();
        for (std::size_t i = 0; i < urls.size(); ++i)
            std::thread{[shared = shared_, url = urls[i], i] {
                std::string problem = tryPeer(url);
                const std::lock_guard lock{shared->mutex};
                shared->problems[i] = std::move(problem);
                if (--shared->open == 0) shared->done.notify_all();
            }}.detach();
    }

    std::vector<std::string> problems() {
        std::unique_lock lock{shared_->mutex};
        shared_->done.wait_for(lock, kPatience, [&] { return shared_->open == 0; });
        return shared_->problems;
    }

private:
    struct Shared {
        std::mutex mutex;
        std::condition_variable done;
        std::size_t open = 0;
        std::vector<std::string> problems;
    };
    std::shared_ptr<Shared> shared_;
};

class Surroundings {
public:
    Surroundings(const Configuration& configuration, const plugin_host::PluginHost& plugins)
        : configuration_{configuration}, plugins_{plugins} {}

    std::vector<Diagnostic> check() {
        checkStore();
        checkFolder("store.url", pathBehind(configuration_.store_url, "sqlite:").parent_path());
        checkFolder("store.blobs", pathBehind(configuration_.blobs_url, "directory:"));
        checkKey();
        checkPort();
        checkConnectors();
        checkPeers();
        return std::move(found_);
    }

private:
    void say(Diagnostic::Severity severity, const std::string& path, std::string message, std::string hint) {
        Diagnostic one{.severity = severity, .file = ".", .message = std::move(message), .hint = std::move(hint)};
        if (const config::EffectiveValue* place = configuration_.value(path)) {
            one.file = place->file;
            one.line = place->line;
            one.column = place->column;
        }
        found_.push_back(std::move(one));
    }
    void error(const std::string& path, std::string message, std::string hint) {
        say(Diagnostic::Severity::kError, path, std::move(message), std::move(hint));
    }
    void warning(const std::string& path, std::string message, std::string hint) {
        say(Diagnostic::Severity::kWarning, path, std::move(message), std::move(hint));
    }

    /// Empty for a store of another kind.
    [[nodiscard]] fs::path pathBehind(std::string_view url, std::string_view scheme) const {
        if (!url.starts_with(scheme)) return {};
        return configuration_.directory / fs::path{url.substr(scheme.size())};
    }

    /// It is there and can be written, or it can be made: then the nearest folder above it can be written.
    void checkFolder(const std::string& path, fs::path folder) {
        if (folder.empty()) return;
        std::error_code failed;
        while (folder.has_relative_path() && !fs::exists(folder, failed)) folder = folder.parent_path();
        if (!fs::is_directory(folder, failed))
            error(path, config::inQuotes(folder.string()) + " is no folder",
                  "name another place, or move the file away");
        else if (::access(folder.c_str(), W_OK | X_OK) != 0)
            error(path, "the folder " + config::inQuotes(folder.string()) + " cannot be written",
                  "give it to the user the hub runs as");
    }

    /// It answers, lets the hub in and is not from a newer program. One that is not there yet is made at the start. A
    /// hub waits for a server that is away, but whoever asks wants to know.
    void checkStore() {
        const Result<store::StoreFacts> found =
            store::inspectStore(configuration_.store_url, configuration_.store_password, configuration_.directory);
        if (!found)
            error("store.url", found.error().message, "start the server, or correct address, user and password");
        else if (found->schema > found->known_schema)
            error("store.url",
                  "the store has schema " + std::to_string(found->schema) + ", this program knows " +
                      std::to_string(found->known_schema),
                  "start the newer program");
        else if (found->exists && found->schema == found->known_schema)
            checkPeople();
    }

    /// Units that petitions go to have the people of their workflow.
    void checkPeople() {
        Result<security::HubKey> key = security::HubKey::load(configuration_.hub_key);
        if (!key) return;  // checkKey() says so.
        const Result<std::unique_ptr<store::Store>> store =
            store::openStore({.url = configuration_.store_url,
                              .base = configuration_.directory,
                              .hub_key = std::move(*key),
                              .exclusive = false,
                              .password = configuration_.store_password});
        if (!store) return error("store.url", store.error().message, "make the store reachable for this user");
        const auto accounts = (*store)->accounts();
        if (!accounts) return error("store.url", accounts.error().message, "make the store readable for this user");
        // Before the first of them has an account, units without people are nothing to report.
        if (std::none_of(accounts->begin(), accounts->end(), [](const auto& one) { return !one.unit.empty(); })) return;
        Findings staff;
        checkUnits(*configuration_.rules, *accounts, staff);
        for (const Finding& one : staff.all())
            if (one.grade != Grade::kOk) warning("units", one.text, one.fix);
    }

    void checkKey() {
        struct stat file {};
        const fs::path& key = configuration_.hub_key;
        if (::stat(key.c_str(), &file) != 0)
            warning("hub.key", "the hub's key is not there: " + config::inQuotes(key.string()),
                    "`paknhub init` makes it; a hub with data needs the one it had");
        else if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
            error("hub.key", "others than its owner may use the hub's key", "chmod 600 " + key.string());
        else if (::access(key.c_str(), R_OK) != 0)
            error("hub.key", "the hub's key cannot be read", "give it to the user the hub runs as");
    }

    /// Nobody else listens there. The hub of this configuration may: then it answers at its control socket.
    void checkPort() {
        const std::string port = std::to_string(configuration_.listen_port);
        const Addresses found = resolve(configuration_.listen_host, port, AI_PASSIVE);
        if (!found)
            return error("hub.listen", "the host " + config::inQuotes(configuration_.listen_host) + " is not known",
                         "write an address of this machine, as 127.0.0.1:8080");
        const int descriptor = ::socket(found->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0) return;
        const int yes = 1;
        ::setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
        const int failed = ::bind(descriptor, found->ai_addr, found->ai_addrlen) == 0 ? 0 : errno;
        ::close(descriptor);
        if (failed == 0 || (failed == EADDRINUSE && hubRuns(configuration_.hub_key, configuration_.directory))) return;
        const std::string address = configuration_.listen_host + ":" + port;
        error("hub.listen", "cannot listen on " + address + ": " + std::generic_category().message(failed),
              failed == EADDRINUSE ? "another program has the port; take another one" : "take another address or port");
    }

    void checkConnectors() {
        for (const config::Connector& connector : configuration_.connectors) {
            std::vector<Diagnostic> mistakes = engine::settingsMistakes(configuration_, connector, plugins_);
            std::move(mistakes.begin(), mistakes.end(), std::back_inserter(found_));
        }
    }

    void checkPeers() {
        std::vector<std::string> urls;
        std::vector<std::string> paths;
        for (const config::Connector& connector : configuration_.connectors) {
            const Descriptor* plugin = plugins_.find(connector.plugin);
            if (plugin == nullptr) continue;
            for (const Option& option : plugin->info.options) {
                if (option.type != OptionType::kUrl || !connector.settings.has(option.name)) continue;
                urls.push_back(connector.settings.text(option.name));
                paths.push_back("connectors." + connector.id + ".settings." + std::string{option.name});
            }
        }
        const std::vector<std::string> problems = Peers{urls}.problems();
        for (std::size_t i = 0; i < problems.size(); ++i)
            if (!problems[i].empty())
                warning(paths[i], problems[i], "deliveries wait until it can be reached; is the address right?");
    }

    const Configuration& configuration_;
    const plugin_host::PluginHost& plugins_;
    std::vector<Diagnostic> found_;
};

}  // namespace

std::vector<Diagnostic> checkSurroundings(const Configuration& configuration, const plugin_host::PluginHost& plugins) {
    return Surroundings{configuration, plugins}.check();
}

}  // namespace pakn::app

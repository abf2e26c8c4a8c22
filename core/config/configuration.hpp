#pragma once
/// @file
/// The configuration of one hub: all *.yaml files of a directory and what they include, checked as a whole and
/// compiled. Every mistake is reported with file, line, column and a hint; all in one run.

#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/config/intake_settings.hpp"
#include "core/domain/rules.hpp"
#include "pakn/sdk/descriptor.hpp"
#include "pakn/sdk/options.hpp"

namespace pakn::domain {
class Places;
}

namespace pakn::config {

struct Diagnostic {
    enum class Severity : std::uint8_t { kError, kWarning };
    Severity severity = Severity::kError;
    std::string file = {};  ///< Relative to the configuration directory.
    int line = 0;           ///< From 1; 0: the file as a whole.
    int column = 0;         ///< From 1, in code points.
    std::string message = {};
    std::string hint = {};  ///< How to mend it; may be empty.
};
/// "routes.yaml:14:7: error: unknown unit \"so-xd\" (did you mean \"so-xay-dung\"?)".
std::string format(const Diagnostic& diagnostic);

enum class Isolation : std::uint8_t { kDefault, kInProcess, kProcess };

/// At most `count` calls in each `per`.
struct Rate {
    int count = 0;
    std::chrono::milliseconds per{1000};
    friend bool operator==(const Rate&, const Rate&) = default;
};

/// What the child process of an isolated connector may use.
struct Sandbox {
    bool sockets = true;               ///< It may open connections of its own.
    std::size_t memory = 256U << 20U;  ///< Bytes of address space.
    int files = 64;                    ///< Open files at the same time.
    friend bool operator==(const Sandbox&, const Sandbox&) = default;
};

/// How a child process that died comes back: after a pause that doubles from `first` to `most`; after `crashes` of them
/// `within` a time it is tried only now and then.
struct Restart {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds most{30000};
    int crashes = 5;
    std::chrono::milliseconds within{std::chrono::minutes{5}};
    friend bool operator==(const Restart&, const Restart&) = default;
};

/// One connector instance.
/// The way out for connectors' requests over the hub's HTTP client.
struct Outgoing {
    std::string proxy = {};  ///< "http://host:port"; empty: none.
    std::string user = {};
    std::string password = {};
    std::vector<std::string> no_proxy = {};  ///< Hosts, and domains with everything below, that are reached directly.
};

/// Whom a connector that signs people in does it for.
enum class SignInFor : std::uint8_t { kOfficers, kCitizens, kEverybody };
inline constexpr std::array<std::string_view, 3> kSignInFor{"officers", "citizens", "everybody"};

struct SignIn {
    SignInFor who = SignInFor::kOfficers;
    std::string label = {};  ///< Of its button; empty: what the plugin says it is.
};

struct Connector {
    std::string id = {};
    std::string plugin = {};
    std::string sha256 = {};  ///< Hex, lower case: the only file of the plugin that may run; empty: any.
    Isolation isolation = Isolation::kDefault;
    Sandbox sandbox = {};
    Restart restart = {};
    Settings settings = {};                    ///< Complete by the plugin's option table.
    bool signs_in = false;                     ///< Its plugin has an Authenticator.
    SignIn sign_in = {};                       ///< Of one that has.
    std::vector<std::string> mounts = {};      ///< Where its plugin answers HTTP requests; of no other connector.
    std::chrono::milliseconds interval{1000};  ///< Between polls.
    int workers = 1;
    std::optional<Rate> rate = {};  ///< Of calls to its peer; absent: as fast as it can.
    int credits = 8;                ///< What an isolated connector has the hub write at once.
    std::size_t frame = 1U << 20U;  ///< Bytes of one message between an isolated connector and the hub.
    std::chrono::milliseconds call_limit{10000};
    std::chrono::milliseconds retry_for{std::chrono::hours{24 * 7}};
    std::chrono::milliseconds backoff_first{1000};
    std::chrono::milliseconds backoff_most{std::chrono::minutes{15}};

    std::string settings_digest = {};  ///< Of the settings with their secrets: other settings, another digest.

private:
    [[nodiscard]] auto parts() const {
        return std::tie(id, plugin, sha256, isolation, sandbox, restart, settings_digest, interval, workers, rate,
                        credits, frame, call_limit, retry_for, backoff_first, backoff_most);
    }

public:
    /// The same object would come of it: resolved secrets count too.
    friend bool operator==(const Connector& a, const Connector& b) { return a.parts() == b.parts(); }
};

/// One value as it stands after all files are merged, and where it was written.
struct EffectiveValue {
    std::string path = {};  ///< "hub.name", "units[so-xay-dung].name", "calendar.holidays".
    std::string text = {};  ///< A list of plain values as one: "[a, b]".
    std::string file = {};
    int line = 0;
    int column = 0;
};

/// A range of addresses: "10.0.0.0/8", "::1". An IPv4 address is the IPv6 one that maps it.
struct Network {
    std::array<std::uint8_t, 16> address = {};
    int bits = 128;  ///< Of the address that must agree.

    /// Nothing when `text` is neither an address nor a range whose address has no bit beyond its length.
    static std::optional<Network> parse(std::string_view text);
    /// False for what is no address.
    [[nodiscard]] bool contains(std::string_view address_text) const;
    friend bool operator==(const Network&, const Network&) = default;
};

/// The most that one client, or all together, may ask of the HTTP server.
struct HttpLimits {
    std::chrono::milliseconds head_deadline{10000};   ///< For the whole head of a request, however it drips.
    std::chrono::milliseconds body_deadline{120000};  ///< For a whole body.
    int connections = 4096;
    int connections_per_client = 256;
    Rate rate_per_client{.count = 50};
    int burst_per_client = 500;
    int reserved = 20;  ///< Percent of all that is bounded, which only the hotline and the Centre may use.
};

/// The child processes that read foreign bytes.
struct DecodeLimits {
    int processes = 2;                      ///< At the same time.
    std::chrono::milliseconds time{30000};  ///< For one file.
    std::size_t memory = 512U << 20U;       ///< Bytes of address space of one of them.
    int pixels = 64'000'000;                ///< Of one picture.
    friend bool operator==(const DecodeLimits&, const DecodeLimits&) = default;
};

struct Configuration {
    std::filesystem::path directory = {};
    std::string hash = {};  ///< Hex SHA-256 over all files; also rules->hash.
    std::string text = {};  ///< All files, as journalled under the hash. Holds no secrets: those are references.
    std::vector<EffectiveValue> values = {};  ///< What the files say together, in the order of the tree.

    std::string hub_name = {};
    std::string listen_host = "127.0.0.1";
    std::uint16_t listen_port = 8080;
    std::string public_url = {};
    std::string store_url = {};
    Outgoing outgoing = {};
    std::string store_password = {};  ///< Empty: none is configured.
    std::string blobs_url = {};
    std::filesystem::path hub_key = {};             ///< Absolute.
    std::vector<std::string> trusted_proxies = {};  ///< Addresses and ranges as written.
    std::vector<Network> metrics_readers = {};
    std::size_t max_body = 25U << 20U;  ///< Bytes.
    HttpLimits http = {};
    DecodeLimits decode = {};
    bool sandbox = false;  ///< Nothing leaves: deliveries end without their connector.
    std::vector<std::string> emergency_channels = {};
    std::vector<Connector> connectors = {};
    IntakeRules intake = {};
    OneTimeCodes one_time_codes = {};
    std::shared_ptr<const domain::Places> places = {};  ///< Of `areas` and their polygons; null: no areas are named.
    std::shared_ptr<const domain::Rules> rules = {};

    /// The value of this path, and where it is written; null when it is not.
    [[nodiscard]] const EffectiveValue* value(std::string_view path) const;
    /// Is the client at this address among those who may read the metrics?
    [[nodiscard]] bool mayReadMetrics(std::string_view address) const;
};

/// The descriptor of a plugin by name, or null when there is none. Keeps `config` away from loading code.
using FindPlugin = std::function<const Descriptor*(std::string_view plugin)>;

struct LoadOptions {
    std::filesystem::path directory;
    FindPlugin find_plugin;
    /// Names of all plugins there are, to offer the nearest one for a wrong name.
    std::vector<std::string> plugin_names = {};
    /// Plugins whose files are there but were refused: the connectors that want them are kept, and do not start.
    std::vector<std::string> refused_plugins = {};
    /// Also look at what lies outside the files: secrets, folders.
    bool check_environment = true;
};
struct LoadResult {
    std::optional<Configuration> configuration;  ///< Present when there is no error.
    std::vector<Diagnostic> diagnostics;         ///< Sorted by file, line, column.
};
LoadResult load(const LoadOptions& options);

}  // namespace pakn::config

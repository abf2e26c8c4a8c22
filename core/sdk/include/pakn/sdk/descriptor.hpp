#pragma once
/// @file
/// What a plugin says about itself. The AbiTag is read from the file's own ELF section before any of its code runs.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>

#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/preview.hpp"
#include "pakn/sdk/settings_check.hpp"

namespace pakn {
inline namespace sdk1 {

inline constexpr std::uint16_t kSdkMajor = 1;
inline constexpr std::uint16_t kSdkMinor = 5;
/// Name of the ELF section that holds the AbiTag and nothing else.
#define PAKN_ABI_SECTION "pakn_abi"

/// Plain bytes; the layout is fixed for all time. Numbers in the machine's byte order.
struct AbiTag {
    char magic[8];            ///< "PAKNABI" and a zero.
    std::uint32_t size;       ///< Of this struct.
    std::uint16_t sdk_major;  ///< Must equal the hub's.
    std::uint16_t sdk_minor;  ///< Must not be newer than the hub's.
    char toolchain[112];      ///< Compiler family and ABI, standard library and its ABI switches; zero-terminated.
};
static_assert(sizeof(AbiTag) == 128);

// The parts of a toolchain that decide whether std types look the same on both sides.
#define PAKN_STRINGIFY_(x) #x
#define PAKN_STRINGIFY(x) PAKN_STRINGIFY_(x)
#if defined(_LIBCPP_VERSION)
#define PAKN_STDLIB "libc++ " PAKN_STRINGIFY(_LIBCPP_ABI_VERSION)
#elif defined(_GLIBCXX_DEBUG)
#define PAKN_STDLIB "libstdc++ cxx11=" PAKN_STRINGIFY(_GLIBCXX_USE_CXX11_ABI) " debug"
#else
#define PAKN_STDLIB "libstdc++ cxx11=" PAKN_STRINGIFY(_GLIBCXX_USE_CXX11_ABI)
#endif

/// The tag of whoever compiles this line.
constexpr AbiTag currentAbiTag() {
    AbiTag tag{{'P', 'A', 'K', 'N', 'A', 'B', 'I', '\0'}, sizeof(AbiTag), kSdkMajor, kSdkMinor, {}};
    // The first two digits of __GXX_ABI_VERSION name the ABI family: g++ says 1017 and clang 1002 for the same one.
    constexpr std::string_view kParts[] = {"itanium-10; ", PAKN_STDLIB};
    static_assert(__GXX_ABI_VERSION / 100 == 10, "another C++ ABI: give it a name of its own");
    std::size_t at = 0;
    for (const std::string_view part : kParts)
        for (const char c : part)
            if (at + 1 < sizeof(tag.toolchain)) tag.toolchain[at++] = c;
    return tag;
}

/// How often a peer acts when the hub repeats a delivery with the same idempotency key.
enum class Idempotency : std::uint8_t {
    kHonoured,  ///< Once: repeat freely.
    kNone,      ///< Maybe twice: a delivery of unknown outcome waits for reconcile() or a person.
};

/// What the author declares; see PAKN_PLUGIN.
struct PluginInfo {
    std::string_view name;
    std::string_view version = {};
    std::string_view summary = {};
    std::span<const Option> options = {};
    Idempotency idempotency = Idempotency::kHonoured;
    bool trusted = false;  ///< First-party code: runs in process unless the configuration says otherwise.
    /// Where `handle` is called: "/open311", or "/" for what nobody else serves. None: "/hooks/<instance>".
    std::span<const std::string_view> mounts = {};
};

/// What a connector class can do: its verbs, and which of their optional calls it overrides.
enum class Ability : std::uint32_t {
    kReceiver = 1,
    kSender = 2,
    kAuthenticator = 4,
    kPolls = 8,        ///< Receiver::poll
    kHandles = 16,     ///< Receiver::handle
    kReconciles = 32,  ///< Sender::reconcile
};

/// The plugin's constant self-description. Lives in the plugin's read-only data.
struct Descriptor {
    std::uint32_t size = sizeof(Descriptor);
    PluginInfo info;
    std::uint32_t abilities = 0;  ///< Set of Ability bits.
    /// How it can reach a person, in the words of Delivery::way; read it by ways(): before SDK 1.4 there were none.
    std::span<const std::string_view> own_ways = {};

    [[nodiscard]] constexpr std::span<const std::string_view> ways() const {
        return size >= sizeof(Descriptor) ? own_ways : std::span<const std::string_view>{};
    }
    [[nodiscard]] constexpr bool has(Ability ability) const {
        return (abilities & static_cast<std::uint32_t>(ability)) != 0;
    }
};

/// Makes, views and destroys connector objects; the functions live in the plugin.
struct Factory {
    /// May throw: the host guards the call. The host destroys the object with `destroy`.
    void* (*create)(const Settings& settings, HostServices& services);
    void (*destroy)(void* connector);
    Receiver* (*receiver)(void* connector);            ///< Null when the class is none.
    Sender* (*sender)(void* connector);                ///< Null when the class is none.
    Authenticator* (*authenticator)(void* connector);  ///< Null when the class is none.
    PreviewFunction preview;                           ///< Null when the class cannot.
    SettingsCheckFunction check_settings;              ///< Null when the class cannot. Since SDK 1.2.
};

/// True unless `&Connector::call` is still the member of `Base`: then the class overrides it. (A member that cannot be
/// named from here, because it is private, is the class's own too.)
#define PAKN_OVERRIDES_(Connector, Base, call) \
    (!requires { requires std::is_same_v<decltype(&Connector::call), decltype(&Base::call)>; })

/// Fills Descriptor and Factory from a class; used by PAKN_PLUGIN.
template <class Connector>
struct Declare {
    static constexpr Descriptor descriptor(const PluginInfo& info) {
        std::uint32_t abilities = 0;
        const auto add = [&](Ability ability, bool has) {
            if (has) abilities |= static_cast<std::uint32_t>(ability);
        };
        if constexpr (std::is_base_of_v<Receiver, Connector>) {
            add(Ability::kReceiver, true);
            add(Ability::kPolls, PAKN_OVERRIDES_(Connector, Receiver, poll));
            add(Ability::kHandles, PAKN_OVERRIDES_(Connector, Receiver, handle));
        }
        if constexpr (std::is_base_of_v<Sender, Connector>) {
            add(Ability::kSender, true);
            add(Ability::kReconciles, PAKN_OVERRIDES_(Connector, Sender, reconcile));
        }
        add(Ability::kAuthenticator, std::is_base_of_v<Authenticator, Connector>);
        return Descriptor{.info = info, .abilities = abilities, .own_ways = ways()};
    }
    static void* create(const Settings& settings, HostServices& services) {
        return std::make_unique<Connector>(settings, services).release();
    }
    static void destroy(void* connector) { delete static_cast<Connector*>(connector); }
    static Receiver* receiver(void* connector) {
        if constexpr (std::is_base_of_v<Receiver, Connector>) return static_cast<Connector*>(connector);
        return nullptr;
    }
    static Sender* sender(void* connector) {
        if constexpr (std::is_base_of_v<Sender, Connector>) return static_cast<Connector*>(connector);
        return nullptr;
    }
    static Authenticator* authenticator(void* connector) {
        if constexpr (std::is_base_of_v<Authenticator, Connector>) return static_cast<Connector*>(connector);
        return nullptr;
    }
    /// A class that knows several ways names them: `static constexpr std::string_view kWays[]`.
    static constexpr std::span<const std::string_view> ways() {
        if constexpr (requires { std::span<const std::string_view>{Connector::kWays}; })
            return Connector::kWays;
        else
            return {};
    }
    static constexpr PreviewFunction preview() {
        if constexpr (requires { PreviewFunction{&Connector::preview}; })
            return &Connector::preview;
        else
            return nullptr;
    }
    static constexpr SettingsCheckFunction checkSettings() {
        if constexpr (requires { SettingsCheckFunction{&Connector::checkSettings}; })
            return &Connector::checkSettings;
        else
            return nullptr;
    }
    static constexpr Factory factory() {
        return Factory{&create, &destroy, &receiver, &sender, &authenticator, preview(), checkSettings()};
    }
};

}  // namespace sdk1
}  // namespace pakn

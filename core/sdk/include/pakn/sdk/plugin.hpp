#pragma once
/// @file
/// The one header a plugin needs: all of the SDK, and the macro that declares the plugin. The only SDK header that
/// uses Boost.DLL (header-only, without a Boost library).

#define BOOST_DLL_USE_STD_FS
#include <boost/dll/alias.hpp>

#include "pakn/sdk/connector.hpp"
#include "pakn/sdk/descriptor.hpp"
#include "pakn/sdk/text.hpp"

/// Declares the plugin of this shared library. At file scope, once:
///   PAKN_PLUGIN(MyConnector, .name = "in_mine", .version = "1.0.0", .summary = "…", .options = kOptions)
/// MyConnector derives from Receiver, Sender, Authenticator or several, and has a constructor (const Settings&,
/// HostServices&). Everything it leaves is constant data: no static constructors, no registries, no globals.
#define PAKN_PLUGIN(Connector, ...)                                                                           \
    namespace pakn_plugin_declaration {                                                                       \
    [[gnu::used, gnu::section(PAKN_ABI_SECTION)]] constexpr ::pakn::AbiTag kAbiTag = ::pakn::currentAbiTag(); \
    constexpr ::pakn::Descriptor kDescriptor =                                                                \
        ::pakn::Declare<Connector>::descriptor(::pakn::PluginInfo{__VA_ARGS__});                              \
    constexpr ::pakn::Factory kFactory = ::pakn::Declare<Connector>::factory();                               \
    }                                                                                                         \
    BOOST_DLL_ALIAS(pakn_plugin_declaration::kDescriptor, pakn_plugin_descriptor)                             \
    BOOST_DLL_ALIAS(pakn_plugin_declaration::kFactory, pakn_plugin_factory)

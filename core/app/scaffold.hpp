#pragma once
/// @file
/// The files of a new plugin, as `paknhub plugin new` writes them. "@NAME@" stands for the plugin's name.

#include <span>
#include <string_view>

namespace pakn::app {

struct ScaffoldFile {
    std::string_view path;
    std::string_view text;
};

/// A channel that answers requests.
std::span<const ScaffoldFile> channelScaffold();
/// An output over HTTP.
std::span<const ScaffoldFile> outputScaffold();
/// An authenticator that changes a ticket for a person.
std::span<const ScaffoldFile> signInScaffold();

}  // namespace pakn::app

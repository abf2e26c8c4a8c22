#pragma once
/// @file
/// What several verbs need to read their options and to change petitions.

#include <string>

#include "core/app/workplace.hpp"
#include "core/engine/committer.hpp"

namespace pakn::app {

/// A mistake in the arguments: exit code 2.
Error usage(std::string message);
/// RFC 3339 with seconds and offset; the error names the option and the form.
Result<Instant> instantOf(const std::string& option, const std::string& text);
/// The accepted names of a map, for a message.
template <class Map>
std::string namesOf(const Map& map) {
    std::string names;
    for (const auto& [name, value] : map) names += (names.empty() ? "" : ", ") + name;
    return names;
}

/// Whoever runs the command, as the journal names them: by the number of their user on this machine.
domain::Actor commandLine(domain::Role role);
/// A committer over the workplace's store, for verbs that run beside the hub.
engine::Committer committerOf(Workplace& place);

}  // namespace pakn::app

#pragma once
/// @file
/// Making accounts, for the verbs that do.

#include <string>

#include "core/app/commands.hpp"

namespace pakn::app {

/// The address somebody opens to sign in once with this token.
std::string signInLink(const config::Configuration& configuration, const std::string& token);

/// Adds the account and returns its one-time token. kInvalid, kConflict (the login is taken).
Result<std::string> createAccount(Workplace& place, const NewUser& user);

}  // namespace pakn::app

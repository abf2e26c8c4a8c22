#pragma once
/// @file
/// Making accounts, for the verbs that do.

#include <string>
#include <vector>

#include "core/app/commands.hpp"

namespace pakn::app {

/// The address somebody opens to sign in once with this token.
std::string signInLink(const config::Configuration& configuration, const std::string& token);

/// The roles by these names, each fit for an account of this unit. kInvalid, with what there is.
Result<std::vector<domain::Role>> rolesFrom(const std::vector<std::string>& names, const std::string& unit,
                                            const domain::Rules& rules);

struct MadeAccount {
    std::string login = {};  ///< As it is kept.
    std::string token = {};  ///< Signs in once.
};
/// Adds the account. kInvalid, kConflict (the login is taken).
Result<MadeAccount> createAccount(Workplace& place, const NewUser& user);

}  // namespace pakn::app

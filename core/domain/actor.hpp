#pragma once
/// @file
/// Whoever does something, and what of a petition is theirs to see.

#include <string>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

/// Who acts: an account with its roles and unit, a channel, or the hub itself.
struct Actor {
    std::string id = {};
    std::vector<Role> roles = {};
    std::string unit = {};
    std::vector<std::string> standing_for = {};  ///< Account ids of colleagues whose substitute this one is now.

    [[nodiscard]] bool has(Role role) const;
    static Actor system() { return {.id = "system", .roles = {Role::kSystem}}; }
    /// The sender of a petition, who has shown its secret.
    static Actor citizen() { return {.id = "citizen", .roles = {Role::kCitizen}}; }
};

/// May this actor see the petition in officers' views? The unit complained about never does.
bool maySee(const Petition& petition, const Actor& actor);
/// Has this actor's unit, or the actor, a part in it: has or had it, coordinates, follows, was escalated to?
bool hasPart(const Petition& petition, const Actor& actor);

}  // namespace pakn::domain

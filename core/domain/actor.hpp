#pragma once
/// @file
/// Whoever does something, and what of a petition is theirs to see.

#include <string>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

/// Whose place somebody takes for a while, with what they may do in it.
struct Colleague {
    std::string id = {};
    std::vector<Role> roles = {};
    std::string unit = {};
};

/// Who acts: an account with its roles and unit, a channel, or the hub itself.
struct Actor {
    std::string id = {};
    std::vector<Role> roles = {};
    std::string unit = {};
    std::vector<Colleague> standing_for = {};  ///< Whose substitute this one is now.

    /// In their own right.
    [[nodiscard]] bool has(Role role) const;
    /// The same, or in a colleague's place.
    [[nodiscard]] bool mayTake(Role role) const;
    /// In whose names they may act: their own first, then those of colleagues, each standing for nobody else.
    [[nodiscard]] std::vector<Actor> names() const;
    static Actor system() { return {.id = "system", .roles = {Role::kSystem}}; }
    /// The sender of a petition, who has shown its secret.
    static Actor citizen() { return {.id = "citizen", .roles = {Role::kCitizen}}; }
};

struct Rules;

/// May this actor see the petition in officers' views? The unit complained about never does, nor those below it, nor
/// those that have taken it over.
bool maySee(const Petition& petition, const Actor& actor, const Rules& rules);
/// Has this actor's unit, or the actor, a part in it: has or had it, coordinates, follows, was escalated to, was called
/// to it? Or a colleague in whose place they may act on it.
bool hasPart(const Petition& petition, const Actor& actor);

}  // namespace pakn::domain

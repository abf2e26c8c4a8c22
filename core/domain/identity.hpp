#pragma once
/// @file
/// What a channel asks of who writes. Pure.

#include "core/domain/rules.hpp"
#include "pakn/sdk/petition.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::domain {

/// Holds a normalised petition against the rule of its channel. kInvalid with the `field` that is missing and a
/// `problem` of its own for each: "identity.name_missing", "identity.phone_missing", "identity.citizen_id_missing" (of
/// an individual), "identity.address_missing", "identity.anonymous_not_taken".
///
/// kRequired asks for all four and takes nobody who is anonymous; kAnonymousToPublic for name and phone number; the
/// others for nothing.
pakn::Status checkIdentity(IdentityRule rule, const IncomingPetition& petition);

/// A channel that keeps nothing of its senders: takes away who they are, before anything else sees it.
void forgetSender(IncomingPetition& petition);

}  // namespace pakn::domain

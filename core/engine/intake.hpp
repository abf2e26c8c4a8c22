#pragma once
/// @file
/// From what an edge received to a command for the committer: normalise, validate, keep files, route.

#include <functional>
#include <map>
#include <string>

#include "core/config/configuration.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/hub.hpp"
#include "core/store/blobs.hpp"

namespace pakn::engine {

/// Texts NFC and trimmed, phone E.164, lengths checked in code points, numbers in range, unknown category put aside for
/// triage. kInvalid with `problem` and `field`.
Result<store::Person> normalise(IncomingPetition& petition, bool keep_bad_phone);

/// The type of a file by its content, if it is one of the accepted: photos, PDF, MP3, MP4, plain text.
/// kInvalid "attachment.type_not_accepted", "attachment.empty", kTooLarge "attachment.too_large".
Result<std::string> acceptedType(std::string_view bytes);

/// Stores one file durably. Errors of acceptedType and Blobs::put.
Result<domain::FileRef> keepFile(store::Blobs& blobs, const Attachment& attachment);

/// What routing looks at, of a normalised petition. What cannot be used as given (an unknown category, an emergency
/// from a channel that may not declare one) is moved into `put_aside`: the Centre sees it at triage.
domain::RoutingFacts factsOf(IncomingPetition& petition, const std::string& channel,
                             const config::Configuration& configuration, Attributes& put_aside);

/// What intake would do with a petition at an instant, and why. Nothing is stored, files are not looked at.
struct Placement {
    domain::RouteDecision route = {};
    domain::RouteExplanation why = {};
    std::map<domain::Clock, Instant> due = {};  ///< Of the limits that would run from the start.
    domain::Status status = {};                 ///< Where it would stand then.
};
/// Errors of normalise(), and kMisconfigured for a route to a workflow that is not there.
Result<Placement> explainPlacement(IncomingPetition petition, const std::string& channel,
                                   const config::Configuration& configuration, Instant at);

/// By which a petition is found again: `kind` "key" (an Idempotency-Key of a caller) or "ext" (a channel's own id).
std::string inboxKey(std::string_view kind, std::string_view who, std::string_view name);

/// Everything that comes before the transaction. Files are durable when it returns. Errors of normalise(), keepFile()
/// and domain::checkIdentity().
Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, store::Blobs& blobs,
                        Instant now);

}  // namespace pakn::engine

#pragma once
/// @file
/// From what an edge received to a command for the committer: normalise, validate, keep files, route.

#include <functional>
#include <map>
#include <string>

#include "core/config/configuration.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/file_gate.hpp"
#include "core/engine/file_types.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/provenance.hpp"
#include "core/store/blobs.hpp"

namespace pakn::engine {

/// Texts NFC and trimmed, phone E.164, citizen id without spaces, lengths checked in code points, numbers in range. A
/// phone number that is none is kept as typed when a connector brings it, a citizen id when anybody but its sender
/// does. kInvalid with `problem` and `field`.
Result<store::Person> normalise(IncomingPetition& petition, Notes& notes);

/// The area of a normalised petition that names none, by its point or address; empty when it names one, or none is
/// found. Notes what is doubtful about where it lies. kInvalid ("location.outside") where the configuration refuses
/// what lies outside.
Result<std::string> findArea(const IncomingPetition& petition, const config::Configuration& configuration,
                             Notes& notes);

/// What routing looks at, of a normalised petition. What cannot be used as given (an unknown category, an emergency
/// from a channel that may not declare one) is noted: the Centre sees it at triage.
domain::RoutingFacts factsOf(IncomingPetition& petition, const std::string& channel,
                             const config::Configuration& configuration, Instant at, Notes& notes);

/// What intake would do with a petition at an instant, and why. Nothing is stored, files are not looked at.
struct Placement {
    domain::RouteDecision route = {};
    domain::RouteExplanation why = {};
    std::map<domain::Clock, Instant> due = {};  ///< Of the limits that would run from the start.
    domain::Status status = {};                 ///< Where it would stand then.
};
/// Errors of normalise() and findArea(), and kMisconfigured for a route to a workflow that is not there.
Result<Placement> explainPlacement(IncomingPetition petition, const std::string& channel,
                                   const config::Configuration& configuration, Instant at);

/// By which a petition is found again: `kind` "key" (an Idempotency-Key of a caller) or "ext" (a channel's own id).
std::string inboxKey(std::string_view kind, std::string_view who, std::string_view name);

/// Everything that comes before the transaction. Files are durable when it returns. Errors of normalise(), findArea(),
/// FileGate::keep() and domain::checkIdentity(). What cannot be read of what a connector brings, or is infected, is
/// left out and named.
Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, FileGate& gate,
                        store::Blobs& blobs, Instant now);
/// With a gate that neither reads nor scans.
Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, store::Blobs& blobs,
                        Instant now);

}  // namespace pakn::engine

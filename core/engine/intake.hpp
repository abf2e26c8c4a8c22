#pragma once
/// @file
/// From what an edge received to a command for the committer: normalise, validate, keep files, route.

#include <functional>
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

/// Everything that comes before the transaction. Files are durable when it returns.
Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, store::Blobs& blobs);

}  // namespace pakn::engine

#pragma once
/// @file
/// The body of POST /petitions: the fields of the provinces' guides.

#include <string>
#include <vector>

#include "fields.hpp"
#include "options.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::in_mobile {

inline constexpr std::size_t kMostFiles = 10;

struct Submission {
    IncomingPetition petition = {};         ///< With the files that came in the body.
    std::vector<std::string> uploads = {};  ///< Ids of those that came in parts.
    std::string consent_version = {};
};

/// kInvalid with the field: a wrong type, a field that `required` names and that is missing,
/// "mobile.consent_version_missing", "mobile.anonymous_not_offered", "attachment.base64_invalid". All else is for the
/// hub to judge.
Result<Submission> readSubmission(const Json& body, const Rules& rules);

/// Files in the body of a call: `attachments` with name, content_type and base64 `data`.
std::vector<Attachment> readAttachments(Fields& fields);

/// The same for the same petition, whatever its JSON looks like; files by their ids and bytes.
std::string revisionOf(const Submission& submission);

}  // namespace pakn::in_mobile

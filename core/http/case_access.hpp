#pragma once
/// @file
/// Which petitions an officer gets to see.

#include "core/http/exchange.hpp"

namespace pakn::http {

/// The petition by id or code, when the caller may see it. kNotFound ("petition.not_found") also when it exists but is
/// none of the caller's business: the Centre's people, administrators and auditors see all, others those that their
/// unit holds or ever held; nobody sees those against their own unit.
Result<domain::Petition> petitionForOfficer(const Call& call, const std::string& id_or_code);

/// The queues whose tasks somebody may take up, and whose notices they read. A dispatcher works for the Centre even
/// when a unit employs them; all others for their unit.
std::vector<store::TaskFilter::Queue> queuesOf(const security::Account& account);

/// A file of the petition as a download. "file.not_found".
Response fileResponse(const Call& call, const domain::FileRef& file);

/// The version in If-Match; nothing when the header is absent or "*". "request.if_match_invalid".
Result<std::optional<int>> expectedVersion(std::string_view if_match);

/// The answer with the petition's version as ETag.
Response withVersion(Response response, const domain::Petition& petition);

/// The petition as the officer sees it, petitioner masked. Reads nothing, so that whoever changed the petition can say
/// so although the store has gone away since: `person` is read before the change.
Response officersResponse(const Call& call, const domain::Petition& petition,
                          const std::optional<store::Person>& person);

}  // namespace pakn::http

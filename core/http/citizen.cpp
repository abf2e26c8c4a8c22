/// @file
/// What a citizen sees of their petition with the tracking token: status, dates, answer.

#include <algorithm>

#include "core/http/case_access.hpp"
#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"
#include "core/security/crypto.hpp"

namespace pakn::http {
namespace {

/// The petition that code and token open together. A wrong token and an unknown code get the same answer; codes are no
/// secret, tokens are, and are compared in constant time.
Result<domain::Petition> openedBy(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"token"});
    if (!query) return query.error();
    Result<std::optional<domain::Petition>> found = call.hub().store().petitionByCode(call.parameters[0]);
    if (!found) return found.error();
    const std::string& secret = *found ? (*found)->tracking_token : call.parameters[0];
    const bool opens = security::equalInConstantTime(security::toHex(security::sha256(secret)),
                                                     security::toHex(security::sha256(query->text("token"))));
    if (!*found || secret.empty() || !opens) return problemError("petition.not_found");
    return std::move(**found);
}

}  // namespace

Response track(const Call& call) {
    const Result<domain::Petition> petition = openedBy(call);
    if (!petition) return problemResponse(petition.error());
    const Result<std::vector<domain::Event>> history = call.hub().store().history(petition->id);
    if (!history) return problemResponse(history.error());
    return {.body = citizensView(*petition, *history, Names{call.hub()})};
}

Response trackFile(const Call& call) {
    const Result<domain::Petition> petition = openedBy(call);
    if (!petition) return problemResponse(petition.error());
    const auto find_in = [&](const std::vector<domain::FileRef>& files) {
        const auto found = std::find_if(files.begin(), files.end(),
                                        [&](const domain::FileRef& file) { return file.sha256 == call.parameters[1]; });
        return found == files.end() ? nullptr : &*found;
    };
    const domain::FileRef* file = find_in(petition->files);
    if (file == nullptr && petition->released) file = find_in(petition->released->files);
    return file == nullptr ? problemResponse("file.not_found") : fileResponse(call, *file);
}

}  // namespace pakn::http

/// @file
/// What a citizen sees of their petition with the tracking token: status, dates, answer.

#include <algorithm>

#include "core/engine/public_view.hpp"
#include "core/http/case_access.hpp"
#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

Result<domain::Petition> openedBy(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"token"});
    if (!query) return query.error();
    return engine::openByToken(call.hub().store(), call.parameters[0], query->text("token"));
}

}  // namespace

Response track(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"token"});
    if (!query) return problemResponse(query.error());
    const Result<PublicPetition> petition = call.hub().records().track(call.parameters[0], query->text("token"));
    if (!petition) return problemResponse(petition.error());
    return {.body = citizensView(*petition)};
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

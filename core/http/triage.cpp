/// @file
/// What the Centre settles beside the workflow: whom a petition complains about, that it is an emergency, and which
/// unit takes over what another one had.

#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

struct Input {
    std::string unit;
    std::string reason;
};

constexpr json::Rule<Input> kUnitFields[] = {json::text<Input, &Input::unit>("unit"),
                                             json::nfcText<Input, &Input::reason>("reason")};
constexpr json::Rule<Input> kReasonFields[] = {json::nfcText<Input, &Input::reason>("reason")};

/// Carries out what `command` makes of the input; the petition as it is then.
template <std::size_t N, class Command>
Response settle(const Call& call, const json::Rule<Input> (&fields)[N], const Command& command) {
    if (!call.account().actor().mayTake(domain::Role::kDispatcher)) return problemResponse("role.insufficient");
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<engine::RequestKey> key = requestKey(call);
    if (!key) return problemResponse(key.error());
    Result<Input> input = json::parseAs(call.request.body, fields);
    if (!input) return problemResponse(input.error());
    if (input->reason.empty()) return problemResponse("action.comment_missing", "/reason");
    const Result<std::optional<store::Person>> person = call.hub().store().person(petition->id);
    if (!person) return problemResponse(person.error());
    const Result<domain::Petition> after =
        call.hub().execute(petition->id, command(*std::move(input)), call.account().actor(), *key);
    return after ? officersResponse(call, *after, *person) : problemResponse(after.error());
}

}  // namespace

Response transfer(const Call& call) {
    return settle(call, kUnitFields, [](Input input) {
        return domain::Transfer{std::move(input.unit), std::move(input.reason)};
    });
}

Response nameComplained(const Call& call) {
    return settle(call, kUnitFields, [](Input input) {
        return domain::NameComplained{std::move(input.unit), std::move(input.reason)};
    });
}

Response acceptEmergency(const Call& call) {
    return settle(call, kReasonFields, [](Input input) { return domain::AcceptEmergency{std::move(input.reason)}; });
}

}  // namespace pakn::http

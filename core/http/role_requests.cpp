/// @file
/// Requests for a role: whoever is signed in asks, who looks after the unit decides, nobody on their own.

#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"
#include "core/security/duty_rules.hpp"

namespace pakn::http {
namespace {

using security::RequestState;
using security::RoleRequest;

constexpr std::size_t kMostWords = 1000;  ///< Code points of a reason.
constexpr int kMostOpen = 5;              ///< Of one account.

struct Asked {
    std::string role;
    std::string unit;
    std::string reason;
};

constexpr json::Rule<Asked> kAskedFields[] = {
    json::text<Asked, &Asked::role>("role"),
    json::text<Asked, &Asked::unit>("unit"),
    json::nfcText<Asked, &Asked::reason>("reason"),
};

struct Decision {
    std::string reason;
};

constexpr json::Rule<Decision> kDecisionFields[] = {json::nfcText<Decision, &Decision::reason>("reason")};

void write(JsonWriter& json, const RoleRequest& one, Names& names) {
    json.beginObject();
    json.field("id", one.id);
    json.field("account", one.account);
    json.fieldOrNull("account_name", names.account(one.account));
    json.field("role", nameOf(one.role));
    json.fieldOrNull("unit", one.unit);
    json.fieldOrNull("unit_name", names.unit(one.unit));
    json.field("reason", one.reason);
    json.field("asked_at", one.asked_at);
    json.field("state", nameOf(one.state));
    json.fieldOrNull("decided_by", one.decided_by);
    json.fieldOrNull("decided_by_name", names.account(one.decided_by));
    json.field("decided_at", one.decided_at);
    json.fieldOrNull("answer", one.answer);
    json.endObject();
}

Response answer(const Call& call, const RoleRequest& one, int status) {
    Names names{call.hub()};
    JsonWriter json;
    write(json, one, names);
    return {.status = status, .body = json.take()};
}

/// `needed`: an empty text is a mistake.
Status checkWords(const std::string& words, bool needed) {
    if (needed && domain::trimmed(words).empty()) return problemError("role_request.reason_missing", "/reason");
    if (domain::codePoints(words) > kMostWords) return problemError("role_request.reason_too_long", "/reason");
    return Done{};
}

Response decide(const Call& call, RequestState state) {
    // An approval needs no word, and no body.
    Decision input;
    if (!call.request.body.empty() || state == RequestState::kRefused) {
        if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
        Result<Decision> read = json::parseAs(call.request.body, kDecisionFields);
        if (!read) return problemResponse(read.error());
        input = std::move(*read);
    }
    security::Duties& duties = call.hub().store().duties();
    const auto found = duties.roleRequest(call.parameters[0]);
    if (!found) return problemResponse(found.error());
    if (!*found) return problemResponse("role_request.not_found");
    if (const Status may = security::checkDecider(call.account(), **found); !may) {
        // That it exists is no business of people of other units.
        const bool seen =
            may.error().problem == "role_request.own" || security::administers(call.account(), (*found)->unit);
        return problemResponse(seen ? may.error() : problemError("role_request.not_found"));
    }
    if (const Status words = checkWords(input.reason, state == RequestState::kRefused); !words)
        return problemResponse(words.error());
    const Result<RoleRequest> settled =
        duties.settleRoleRequest((*found)->id, state, call.account().id, call.now, input.reason);
    if (!settled && settled.error().code == Errc::kNotFound) return problemResponse("role_request.not_found");
    if (!settled) return problemResponse(settled.error());
    call.services.log(LogLevel::kInfo, "ROLE_REQUEST_DECIDED",
                      "request " + settled->id + " of account " + settled->account + " for " +
                          std::string{nameOf(settled->role)} + ": " + std::string{nameOf(state)} + " by account " +
                          settled->decided_by);
    return answer(call, *settled, 200);
}

}  // namespace

Response listRoleRequests(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"after", "limit", "state", "unit", "own"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const auto state = query->oneOf<RequestState>("state", &security::findRequestState);
    if (!state) return problemResponse(state.error());
    const Result<bool> own = query->flag("own");
    if (!own) return problemResponse(own.error());
    const security::Account& who = call.account();
    security::RequestFilter filter{
        .account = {}, .unit = {}, .state = *state, .after = page->after, .most = page->limit + 1};
    if (const std::string unit = query->text("unit"); !unit.empty()) filter.unit = unit;
    const bool everywhere = security::administers(who, {});
    if (!everywhere && !*own && security::administers(who, who.unit)) {
        if (filter.unit && *filter.unit != who.unit) return problemResponse("role.insufficient");
        filter.unit = who.unit;
    } else if (!everywhere || *own) {
        filter.account = who.id;
    }
    auto found = call.hub().store().duties().roleRequests(filter);
    if (!found) return problemResponse(found.error());
    std::string next;
    if (found->size() > static_cast<std::size_t>(page->limit)) {
        found->resize(static_cast<std::size_t>(page->limit));
        next = found->back().id;
    }
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const RoleRequest& one : *found) write(json, one, names);
    json.endArray();
    json.fieldOrNull("next", next);
    json.endObject();
    return {.body = json.take()};
}

Response askForRole(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<Asked> input = json::parseAs(call.request.body, kAskedFields);
    if (!input) return problemResponse(input.error());
    const std::optional<domain::Role> role = domain::findRole(input->role);
    if (!role) return problemResponse("role_request.role_invalid", "/role");
    if (const Status words = checkWords(input->reason, true); !words) return problemResponse(words.error());
    const security::Account& asker = call.account();
    if (const Status may = security::checkRequest(asker, *role, input->unit, *call.hub().rules()); !may)
        return problemResponse(may.error());
    security::Duties& duties = call.hub().store().duties();
    const auto open = duties.roleRequests(
        {.account = asker.id, .unit = {}, .state = RequestState::kOpen, .after = {}, .most = kMostOpen});
    if (!open) return problemResponse(open.error());
    if (open->size() >= static_cast<std::size_t>(kMostOpen)) return problemResponse("role_request.too_many");
    const RoleRequest request{.id = security::newId(call.now),
                              .account = asker.id,
                              .role = *role,
                              .unit = input->unit,
                              .reason = input->reason,
                              .asked_at = call.now};
    const Status added = duties.addRoleRequest(request);
    if (!added && added.error().code == Errc::kConflict) return problemResponse("role_request.waits");
    if (!added) return problemResponse(added.error());
    call.services.log(LogLevel::kInfo, "ROLE_REQUESTED",
                      "request " + request.id + " of account " + asker.id + " for " + input->role);
    return answer(call, request, 201);
}

Response approveRole(const Call& call) { return decide(call, RequestState::kApproved); }
Response refuseRole(const Call& call) { return decide(call, RequestState::kRefused); }

}  // namespace pakn::http

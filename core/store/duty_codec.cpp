#include "core/store/duty_codec.hpp"

#include <algorithm>

#include "core/store/json.hpp"

namespace pakn::store {

using security::HubKey;
using security::RequestState;
using security::RoleRequest;

namespace {

std::string context(const RoleRequest& request) { return "role_request:" + request.id; }

Error conflict(std::string problem, std::string message) {
    return {.code = Errc::kConflict, .message = std::move(message), .problem = std::move(problem)};
}

}  // namespace

std::string listed(const std::vector<std::string>& ids) {
    std::string text;
    for (const std::string& id : ids) (text.empty() ? text : text += ',') += id;
    return text;
}

std::vector<std::string> idsOf(std::string_view text) {
    std::vector<std::string> ids;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(','), text.size());
        ids.emplace_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return ids;
}

std::string sealWords(const HubKey& hub_key, const RoleRequest& request) {
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeMember(json, "reason", request.reason);
    writeMember(json, "answer", request.answer);
    json.EndObject();
    return hub_key.sealOwn(context(request), {buffer.GetString(), buffer.GetSize()});
}

void openWords(const HubKey& hub_key, std::string_view sealed, RoleRequest& request) {
    const auto text = hub_key.openOwn(context(request), sealed);
    if (!text) throw DamagedRow{"a request for a role does not open: written under another hub key"};
    const JsonValue json = parseObject(*text);
    request.reason = readText(json, "reason");
    request.answer = readText(json, "answer");
}

domain::Role requestedRole(std::string_view name) {
    const auto role = domain::findRole(name);
    if (!role) throw DamagedRow{"a request for an unknown role"};
    return *role;
}

RequestState requestState(std::string_view name) {
    const auto state = security::findRequestState(name);
    if (!state) throw DamagedRow{"a request in an unknown state"};
    return *state;
}

std::optional<Error> unsettled(const RoleRequest& request, RequestState state,
                               const std::optional<std::string>& account_unit) {
    if (request.state != RequestState::kOpen)
        return conflict("role_request.decided", "somebody has decided on this request already");
    if (state != RequestState::kApproved) return std::nullopt;
    if (!account_unit) return conflict("role_request.account_gone", "there is no such account any more");
    if (!request.unit.empty() && !account_unit->empty() && *account_unit != request.unit)
        return conflict("role_request.other_unit", "the account belongs to another unit");
    return std::nullopt;
}

std::vector<domain::Role> withRole(std::vector<domain::Role> roles, domain::Role role) {
    if (std::find(roles.begin(), roles.end(), role) == roles.end()) roles.push_back(role);
    return roles;
}

}  // namespace pakn::store

/// @file
/// POST /api/v1/petitions: the hot way.

#include "core/domain/citizen_id.hpp"
#include "core/domain/text.hpp"
#include "core/http/configuration_api.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json.hpp"
#include "core/http/petition_json.hpp"
#include "core/http/problems.hpp"
#include "core/http/router.hpp"

namespace pakn::http {
namespace {

constexpr std::string_view kWebChannel = "web";

/// The source of the API key, else the open web channel. A token that opens nothing is an error: a portal with an
/// expired key must not quietly become "web". Accounts send petitions as anybody does, but for operators, who write
/// down what somebody tells them.
struct Sender {
    engine::IntakeRequest intake = {};
    bool is_operator = false;
};

Result<Sender> addressedBy(const Call& call) {
    Sender sender;
    engine::IntakeRequest& intake = sender.intake;
    intake.channel = kWebChannel;
    if (!call.request.authorization.empty()) {
        if (!call.who) return call.who.error();
        if (!call.who->source.empty()) {
            intake.channel = call.who->source;
            intake.trust_external_id = true;
        }
        sender.is_operator = call.who->account && call.who->account->actor().has(domain::Role::kOperator);
        if (sender.is_operator) intake.caller = "account:" + call.who->account->id;
        intake.by_operator = sender.is_operator;
    }
    if (intake.caller.empty()) intake.caller = intake.channel;
    intake.privileged = call.who && isPrivileged(call.services, *call.who);
    return sender;
}

Response written(const engine::IntakeAnswer& answer) {
    JsonWriter json;
    json.beginObject();
    json.field("code", answer.code);
    json.field("id", answer.id);
    json.field("status", nameOf(domain::Status::kReceived));
    json.field("received_at", answer.received_at);
    json.field("due_at", answer.due_at);
    json.field("tracking_token", answer.tracking_token);
    json.fieldOrNull("emergency_line", answer.emergency_line);
    json.endObject();
    return {.status = answer.duplicate ? 200 : 201,
            .body = json.take(),
            .headers = {{"Location", "/api/v1/track/" + encodePercent(answer.code)}}};
}

/// With the number that was probably meant, for whoever typed it to say yes or no to.
Response refused(const Error& error, const std::string& citizen_id) {
    if (error.problem != "petition.citizen_id_lost_zero") return problemResponse(error);
    return problemWith(error.problem, [&](JsonWriter& json) {
        json.field("field", error.field);
        json.field("suggestion", domain::readCitizenId(citizen_id).offered);
    });
}

/// Where an operator has it from, when it came in, and the call it came by.
Status addOperatorsWord(const Call& call, engine::IntakeRequest& intake) {
    Result<OperatorFields> fields = readOperatorFields(call.request);
    if (!fields) return std::move(fields).error();
    if (!fields->channel.empty()) intake.channel = fields->channel;
    intake.received_at = fields->received_at;
    // As connectors name it, or it would be another call's.
    intake.call_id = domain::trimmed(domain::toNfc(fields->call_id).value_or(std::string{}));
    if (!intake.call_id.empty()) intake.petition.attributes.insert_or_assign("call_id", intake.call_id);
    return Done{};
}

}  // namespace

void postPetition(const Call& call, const Respond& respond) {
    Result<Sender> sender = addressedBy(call);
    if (!sender) return respond(problemResponse(sender.error()));
    engine::IntakeRequest* const intake = &sender->intake;
    if (!isIdempotencyKey(call.request.idempotency_key)) return respond(problemResponse("idempotency.key_invalid"));
    Result<IncomingPetition> petition = readPetition(call.request);
    if (!petition) return respond(problemResponse(petition.error()));
    if (!intake->trust_external_id) petition->external_id.clear();
    intake->petition = std::move(*petition);
    if (sender->is_operator)
        if (const Status added = addOperatorsWord(call, *intake); !added)
            return respond(problemResponse(added.error()));
    intake->idempotency_key = call.request.idempotency_key;
    std::string citizen_id = intake->petition.petitioner.citizen_id;
    call.hub().submit(std::move(*intake),
                      [respond, citizen_id = std::move(citizen_id)](const Result<engine::IntakeAnswer>& answer) {
                          respond(answer ? written(*answer) : refused(answer.error(), citizen_id));
                      });
}

}  // namespace pakn::http

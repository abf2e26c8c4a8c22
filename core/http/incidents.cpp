/// @file
/// A storm brings five hundred reports of one matter: an incident is the petition they are merged into, so that it is
/// handled once and every sender gets the answer. And whoever is only kept informed says that they have looked.

#include <algorithm>

#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/people.hpp"
#include "core/http/problems.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

using json::Element;

constexpr json::Most kMostPetitions{500, "incident.too_many"};

struct Listed {
    std::string title;
    std::string content;
    std::string category;
    std::string comment;
    std::vector<std::string> petitions;  ///< Ids or codes.
};

Status readPetitions(Listed& target, Element value) { return json::readTexts(target.petitions, value, kMostPetitions); }

constexpr json::Rule<Listed> kFields[] = {
    json::text<Listed, &Listed::title>("title"),
    json::text<Listed, &Listed::content>("content"),
    json::text<Listed, &Listed::category>("category"),
    json::nfcText<Listed, &Listed::comment>("comment"),
    {"petitions", &readPetitions},
};

bool isDispatcher(const Call& call) { return call.account().actor().mayTake(domain::Role::kDispatcher); }

Result<Listed> readListed(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemError("request.media_type");
    return json::parseAs(call.request.body, kFields);
}

/// What became of one of many.
struct Outcome {
    std::string petition;
    Status status = Done{};
};

void writeOutcomes(JsonWriter& json, const std::vector<Outcome>& outcomes) {
    json.beginArray("items");
    for (const Outcome& one : outcomes) {
        json.beginObject();
        json.field("petition", one.petition);
        json.field("done", one.status.ok());
        json.fieldOrNull("code", one.status ? std::string_view{} : std::string_view{one.status.error().problem});
        json.endObject();
    }
    json.endArray();
}

/// One petition into the incident. That it is in there already is no mistake: the list may come again.
Status merge(const Call& call, const domain::Petition& into, const std::string& id_or_code,
             const std::string& comment) {
    const Result<domain::Petition> petition = petitionForOfficer(call, id_or_code);
    if (!petition) return petition.error();
    if (petition->before_merge && petition->merged_into == into.id) return Done{};
    const domain::Actor actor = call.account().actor();
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    const std::vector<const domain::Action*> legal = domain::legalActions(*petition, *rules, actor);
    const auto found = std::find_if(legal.begin(), legal.end(),
                                    [](const domain::Action* one) { return one->effect == domain::Effect::kMerge; });
    if (found == legal.end()) return problemError("action.not_legal_now");
    domain::Act act;
    act.action = (*found)->id;
    act.comment = comment.empty() ? "Gộp vào " + into.code : comment;
    act.into = domain::OtherPetition::of(into);
    const Result<domain::Petition> after = call.hub().execute(petition->id, std::move(act), actor);
    return after ? Status{Done{}} : Status{after.error()};
}

std::vector<Outcome> mergeAll(const Call& call, const domain::Petition& into, const Listed& listed) {
    std::vector<Outcome> outcomes;
    for (const std::string& one : listed.petitions) outcomes.push_back({one, merge(call, into, one, listed.comment)});
    return outcomes;
}

}  // namespace

Response openIncident(const Call& call) {
    if (!isDispatcher(call)) return problemResponse("role.insufficient");
    const Result<engine::RequestKey> key = requestKey(call);
    if (!key) return problemResponse(key.error());
    Result<Listed> listed = readListed(call);
    if (!listed) return problemResponse(listed.error());
    engine::IntakeRequest intake;
    intake.petition.title = listed->title;
    intake.petition.text = listed->content;
    intake.petition.category = listed->category;
    intake.channel = "incident";
    intake.caller = "account:" + call.account().id;
    intake.by_operator = true;
    intake.idempotency_key = call.request.idempotency_key;
    intake.privileged = true;
    const Result<engine::IntakeAnswer> opened = call.hub().submit(std::move(intake));
    if (!opened) return problemResponse(opened.error());
    const Result<domain::Petition> into = petitionForOfficer(call, opened->id);
    if (!into) return problemResponse(into.error());
    const std::vector<Outcome> outcomes = mergeAll(call, *into, *listed);
    JsonWriter json;
    json.beginObject();
    json.field("id", into->id);
    json.field("code", into->code);
    writeOutcomes(json, outcomes);
    json.endObject();
    return {.status = opened->duplicate ? 200 : 201, .body = json.take()};
}

Response addToIncident(const Call& call) {
    if (!isDispatcher(call)) return problemResponse("role.insufficient");
    const Result<domain::Petition> into = petitionForOfficer(call, call.parameters[0]);
    if (!into) return problemResponse(into.error());
    const Result<Listed> listed = readListed(call);
    if (!listed) return problemResponse(listed.error());
    const std::vector<Outcome> outcomes = mergeAll(call, *into, *listed);
    JsonWriter json;
    json.beginObject();
    writeOutcomes(json, outcomes);
    json.endObject();
    return {.body = json.take()};
}

Response incident(const Call& call) {
    const Result<domain::Petition> into = petitionForOfficer(call, call.parameters[0]);
    if (!into) return problemResponse(into.error());
    const Result<std::vector<std::string>> members =
        call.hub().store().mergedInto(into->id, static_cast<int>(kMostPetitions.count) + 1);
    if (!members) return problemResponse(members.error());
    JsonWriter json;
    json.beginObject();
    json.field("id", into->id);
    json.field("code", into->code);
    json.field("title", into->title);
    json.field("status", nameOf(into->status));
    json.beginArray("waiting");
    for (const std::string& id : *members) json.value(id);
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

Response markSeen(const Call& call) {
    const Result<Listed> listed = readListed(call);
    if (!listed) return problemResponse(listed.error());
    std::vector<Outcome> outcomes;
    for (const std::string& one : listed->petitions) {
        const Result<domain::Petition> petition = petitionForOfficer(call, one);
        Status status = Done{};
        if (!petition) {
            status = petition.error();
        } else {
            const Result<domain::Petition> after =
                call.hub().execute(petition->id, domain::Seen{}, call.account().actor());
            // Whoever has looked already has looked.
            if (!after && after.error().problem != "follow.nothing") status = after.error();
        }
        outcomes.push_back({one, std::move(status)});
    }
    JsonWriter json;
    json.beginObject();
    writeOutcomes(json, outcomes);
    json.endObject();
    return {.body = json.take()};
}

}  // namespace pakn::http

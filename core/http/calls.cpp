/// @file
/// The hotline: the calls that operators take, who is calling as far as an operator may know it, and the recordings.
/// No telephone number stands in an address or in the log.

#include <algorithm>

#include "core/domain/disclosure.hpp"
#include "core/domain/phone.hpp"
#include "core/domain/text.hpp"
#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

using domain::Role;
using store::PhoneCall;

constexpr std::int64_t kPetitionsShown = 3;
constexpr std::int64_t kMostPetitionsShown = 20;
constexpr int kMostLookedAt = 100;              ///< Of one number: some are not the caller's to see.
constexpr std::size_t kMostReason = 5000;       ///< Code points, as in the journal.
constexpr std::chrono::hours kLongestCall{12};  ///< One that began before is over, whatever was heard of it.

bool takesCalls(const Call& call) {
    const domain::Actor actor = call.account().actor();
    return actor.mayTake(Role::kOperator) || actor.mayTake(Role::kDispatcher);
}

bool isRunning(const PhoneCall& one, Instant now) {
    const std::optional<Instant>& begun = one.started_at ? one.started_at : one.answered_at;
    return begun && now - *begun < kLongestCall && !one.ended_at && (one.result.empty() || one.result == "answered");
}

void writeCall(JsonWriter& json, const PhoneCall& one, Instant now) {
    json.field("id", one.id);
    json.field("connector", one.connector);
    json.field("call_id", one.call_id);
    json.fieldOrNull("caller", domain::maskPhone(one.phone));
    json.fieldOrNull("called", one.called);
    json.fieldOrNull("agent", one.agent);
    json.field("running", isRunning(one, now));
    json.fieldOrNull("result", one.result);
    const auto brief = one.attributes.find("short");
    json.field("short", brief != one.attributes.end() && brief->second == "true" && one.result != "answered");
    json.field("started_at", one.started_at);
    json.field("answered_at", one.answered_at);
    json.field("ended_at", one.ended_at);
    json.field("recording", one.recording.has_value());
    json.field("no_recording", one.no_recording);
    json.field("petition", one.has_petition);
}

Result<store::CallFilter> callFilter(const Query& query) {
    store::CallFilter filter{.agent = query.text("agent"), .result = query.text("result")};
    const auto& results = store::kCallResults;
    if (!filter.result.empty() && std::find(results.begin(), results.end(), filter.result) == results.end())
        return Query::invalid("result");
    const auto from = query.instant("from");
    if (!from) return from.error();
    const auto to = query.instant("to");
    if (!to) return to.error();
    filter.from = *from;
    filter.to = *to;
    return filter;
}

/// Who is asked for: by a number, or by a call.
struct Asked {
    std::string phone;
    std::string call;
    std::int64_t limit = kPetitionsShown;
};

constexpr json::Rule<Asked> kAskedFields[] = {
    json::text<Asked, &Asked::phone>("phone"),
    json::text<Asked, &Asked::call>("call"),
    {"limit",
     [](Asked& target, json::Element value) -> Status {
         if (value.get(target.limit) != simdjson::SUCCESS) return problemError("request.field_type");
         if (target.limit < 1 || target.limit > kMostPetitionsShown) return problemError("petition.field_invalid");
         return Done{};
     }},
};

/// A petition of the number, as whoever takes the call may see it.
struct Known {
    domain::Petition petition;
    std::string name;  ///< Masked.
};

/// Nobody finds out by a number who sent something anonymously.
Result<std::vector<Known>> petitionsOf(const Call& call, const std::string& phone, std::size_t most) {
    const Result<std::vector<std::string>> ids = call.hub().store().calls().petitionsOfPhone(phone, kMostLookedAt);
    if (!ids) return ids.error();
    std::vector<Known> known;
    for (const std::string& id : *ids) {
        if (known.size() == most) break;
        Result<domain::Petition> petition = petitionForOfficer(call, id);
        if (!petition && petition.error().code == Errc::kNotFound) continue;
        if (!petition) return std::move(petition).error();
        if (hidesSender(*petition)) continue;
        const Result<std::optional<store::Person>> person = call.hub().store().person(id);
        if (!person) return person.error();
        known.push_back({std::move(*petition), *person ? domain::maskName((*person)->petitioner.name) : std::string{}});
    }
    return known;
}

void writeKnown(JsonWriter& json, const Known& known, const Names& names) {
    const domain::Petition& petition = known.petition;
    json.beginObject();
    json.field("id", petition.id);
    json.field("code", petition.code);
    json.field("title", petition.title);
    json.fieldOrNull("name", known.name);
    json.field("open", !petition.finished_at.has_value());
    json.field("status", nameOf(petition.status));
    writeLabel(json, "status_label", domain::labelOf(petition.status));
    json.fieldOrNull("category_name", names.category(petition.category));
    json.fieldOrNull("unit", petition.unit);
    json.fieldOrNull("unit_name", names.unit(petition.unit));
    json.field("received_at", petition.received_at);
    json.field("due_at", petition.currentDue());
    json.field("finished_at", petition.finished_at);
    json.endObject();
}

/// The call by the hub's id; kNotFound ("call.not_found").
Result<PhoneCall> callById(const Call& call, const std::string& id) {
    Result<std::optional<PhoneCall>> found = call.hub().store().calls().call(id);
    if (!found) return std::move(found).error();
    if (!*found) return problemError("call.not_found");
    return std::move(**found);
}

Result<std::string> reasonFrom(const Call& call) {
    struct Input {
        std::string reason;
    };
    static constexpr json::Rule<Input> kFields[] = {json::nfcText<Input, &Input::reason>("reason")};
    if (mediaType(call.request.content_type) != "application/json") return problemError("request.media_type");
    Result<Input> input = json::parseAs(call.request.body, kFields);
    if (!input) return std::move(input).error();
    if (domain::trimmed(input->reason).empty()) return problemError("reveal.reason_missing", "/reason");
    if (domain::codePoints(input->reason) > kMostReason) return problemError("reveal.reason_too_long", "/reason");
    return std::move(input->reason);
}

/// The petitions that came of a call. Who must not see one of them must not hear the call: a voice tells who called,
/// and what they complained of.
Result<std::vector<domain::Petition>> petitionsHeardOf(const Call& call, const PhoneCall& one) {
    const Result<std::vector<std::string>> ids = call.hub().store().calls().petitionsOf(one);
    if (!ids) return ids.error();
    std::vector<domain::Petition> petitions;
    for (const std::string& id : *ids) {
        Result<std::optional<domain::Petition>> petition = call.hub().store().petition(id);
        if (!petition) return std::move(petition).error();
        if (!*petition) continue;
        if (!domain::maySee(**petition, call.account().actor(), *call.hub().rules()))
            return problemError("recording.not_yours");
        if (hidesSender(**petition)) return problemError("reveal.anonymous");
        if (!(*petition)->identity_usable) return problemError("reveal.no_consent");
        petitions.push_back(std::move(**petition));
    }
    return petitions;
}

/// The look stands in the journal of each petition that came of the call and that the listener may look into: before
/// anything is heard. Who neither works at the Centre nor audits must handle one of them.
Status journal(const Call& call, const std::vector<domain::Petition>& petitions, const std::string& reason) {
    const domain::Actor actor = call.account().actor();
    bool may = actor.mayTake(Role::kDispatcher) || actor.has(Role::kAuditor);
    for (const domain::Petition& one : petitions) {
        const Result<domain::Petition> after =
            call.hub().execute(one.id, domain::Reveal{.reason = reason, .recording = true}, actor);
        if (after)
            may = true;
        else if (after.error().problem != "reveal.not_yours")
            return after.error();
    }
    return may ? Status{Done{}} : Status{problemError("recording.not_yours")};
}

/// Under a name that a player knows.
domain::FileRef namedFile(const PhoneCall& one) {
    domain::FileRef file = *one.recording;
    constexpr std::pair<std::string_view, std::string_view> kEndings[] = {{"audio/x-wav", ".wav"},
                                                                          {"audio/mpeg", ".mp3"},
                                                                          {"audio/x-m4a", ".m4a"},
                                                                          {"audio/mp4", ".m4a"},
                                                                          {"audio/ogg", ".ogg"},
                                                                          {"audio/amr", ".amr"},
                                                                          {"", ".aac"}};
    const auto* const ending = std::find_if(std::begin(kEndings), std::end(kEndings) - 1,
                                            [&](const auto& pair) { return pair.first == file.type; });
    file.name = one.id + std::string{ending->second};
    return file;
}

}  // namespace

Response listCalls(const Call& call) {
    if (!takesCalls(call)) return problemResponse("role.insufficient");
    const Result<Query> query = Query::parse(call.request.query, {"after", "limit", "agent", "result", "from", "to"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const Result<store::CallFilter> filter = callFilter(*query);
    if (!filter) return problemResponse(filter.error());
    const Result<store::Listing<PhoneCall>> calls = call.hub().store().calls().calls(*filter, *page);
    if (!calls) return listProblem(calls.error());
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const PhoneCall& one : calls->items) {
        json.beginObject();
        writeCall(json, one, call.now);
        json.endObject();
    }
    json.endArray();
    json.fieldOrNull("next", calls->next);
    json.endObject();
    return {.body = json.take()};
}

Response findCaller(const Call& call) {
    if (!takesCalls(call)) return problemResponse("role.insufficient");
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<Asked> asked = json::parseAs(call.request.body, kAskedFields);
    if (!asked) return problemResponse(asked.error());
    if (asked->phone.empty() == asked->call.empty()) return problemResponse("caller.one_of", "/phone");
    std::optional<PhoneCall> one;
    std::string phone = domain::normalisePhone(asked->phone).e164;
    if (!asked->call.empty()) {
        Result<PhoneCall> found = callById(call, asked->call);
        if (!found) return problemResponse(found.error());
        one = std::move(*found);
        phone = one->phone;
    } else if (phone.empty()) {
        return problemResponse("petition.phone_invalid", "/phone");
    }
    call.services.log(LogLevel::kInfo, "CALLER_LOOKED_UP",
                      (one ? "call " + one->id : std::string{"a number"}) + " by account " + call.account().id);
    Result<std::vector<Known>> known = std::vector<Known>{};
    if (!phone.empty()) known = petitionsOf(call, phone, static_cast<std::size_t>(asked->limit));
    if (!known) return problemResponse(known.error());
    const Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.fieldOrNull("phone", domain::maskPhone(phone));
    if (one) {
        json.beginObject("call");
        writeCall(json, *one, call.now);
        json.endObject();
    } else {
        json.null("call");
    }
    json.beginArray("petitions");
    for (const Known& petition : *known) writeKnown(json, petition, names);
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

Response hearRecording(const Call& call) {
    const Result<std::string> reason = reasonFrom(call);
    if (!reason) return problemResponse(reason.error());
    const Result<PhoneCall> one = callById(call, call.parameters[0]);
    if (!one) return problemResponse(one.error());
    const Result<std::vector<domain::Petition>> petitions = petitionsHeardOf(call, *one);
    if (!petitions) return problemResponse(petitions.error());
    if (!one->recording) return problemResponse("recording.not_there");
    if (const Status done = journal(call, *petitions, *reason); !done) return problemResponse(done.error());
    call.services.log(LogLevel::kInfo, "RECORDING_HEARD", "call " + one->id + " by account " + call.account().id);
    return fileResponse(call, namedFile(*one));
}

}  // namespace pakn::http

/// @file
/// What officers do with a petition: exactly the legal actions, on the version they saw.

#include <algorithm>

#include "core/http/action_input.hpp"
#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/idempotency.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"
#include "core/http/templates.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

bool isLegal(const Call& call, const domain::Petition& petition, std::string_view id) {
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    const auto legal = domain::legalActions(petition, *rules, call.account().actor());
    return std::any_of(legal.begin(), legal.end(), [&](const domain::Action* action) { return action->id == id; });
}

/// The files an action brings, stored. Only once the action is known to be legal, so that nobody fills the disk with
/// it.
Result<std::vector<domain::FileRef>> keepFiles(const Call& call, const std::vector<Attachment>& attachments) {
    std::vector<domain::FileRef> files;
    for (const Attachment& attachment : attachments) {
        Result<domain::FileRef> file = call.hub().keepFile(attachment);
        if (!file) {
            Error error = file.error();
            if (error.field.empty()) error.field = "/attachments/" + std::to_string(files.size());
            return error;
        }
        // An answer with a photo that nobody can see helps nobody: the officer is there and can choose another. When no
        // decoder can say so now, it is taken all the same.
        if (const Result<Content> shown = call.hub().openFile(*file);
            !shown && shown.error().problem == "file.unreadable")
            return problemError("attachment.unreadable", "/attachments/" + std::to_string(files.size()));
        files.push_back(std::move(*file));
    }
    return files;
}

void writeNeeds(JsonWriter& json, const domain::Needs& needs) {
    if (needs.comment) json.value("comment");
    if (needs.result) json.value("result");
    if (needs.units) json.value("units");
    if (needs.officers) json.value("officers");
    if (needs.followers) json.value("followers");
    if (needs.due) json.value("due");
    if (needs.files) json.value("files");
}

/// The steps that an action may go back to, the last one first.
void writePrevious(JsonWriter& json, const domain::Petition& petition) {
    json.beginArray("steps");
    for (const domain::Visit* visit : domain::previousSteps(petition)) {
        json.beginObject();
        json.field("step", visit->step);
        json.fieldOrNull("officer", visit->officer);
        json.endObject();
    }
    json.endArray();
}

}  // namespace

Response legalActionsOf(const Call& call) {
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    for (const domain::Action* action : domain::legalActions(*petition, *rules, call.account().actor())) {
        json.beginObject();
        json.field("id", action->id);
        writeLabel(json, "label", action->label);
        json.field("effect", nameOf(action->effect));
        json.field("role", nameOf(action->role));
        json.beginArray("needs");
        writeNeeds(json, domain::needsNow(*petition, *action));
        json.endArray();
        if (action->to == domain::kPreviousStep) writePrevious(json, *petition);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return withVersion({.body = json.take()}, *petition);
}

namespace {

/// `moved`: the petition changed while its refusal was being looked for, and the caller said nothing of a version.
Response actOnce(const Call& call, bool& moved) {
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    const Result<std::optional<int>> expected = expectedVersion(call.request.if_match);
    if (!expected) return problemResponse(expected.error());
    Result<engine::RequestKey> key = requestKey(call);
    if (!key) return problemResponse(key.error());
    Result<ActionInput> input = readAction(call.request);
    if (!input) return problemResponse(input.error());
    Result<domain::Act> read = actOf(call, call.parameters[1], *input);
    if (!read) return problemResponse(read.error());
    domain::Act act = std::move(*read);
    act.expected_version = *expected;
    if (!input->text_template.empty())
        if (Status filled = fillWords(call, *petition, input->text_template, act); !filled)
            return problemResponse(filled.error());
    if (isLegal(call, *petition, act.action)) {
        Result<std::vector<domain::FileRef>> files = keepFiles(call, input->attachments);
        if (!files) return problemResponse(files.error());
        act.files = std::move(*files);
    } else {
        // The hub finds the right words for the refusal. Pinned to what was read, so that the action cannot become
        // legal meanwhile and run without its files.
        act.expected_version = act.expected_version.value_or(petition->version);
        moved = !*expected;
    }
    const Result<std::optional<store::Person>> person = call.hub().store().person(petition->id);
    if (!person) return problemResponse(person.error());
    const Result<domain::Petition> after =
        call.hub().execute(petition->id, std::move(act), call.account().actor(), *std::move(key));
    moved = moved && !after && after.error().code == Errc::kStale;
    if (!after) return problemResponse(after.error());
    return officersResponse(call, *after, *person);
}

}  // namespace

Response act(const Call& call) {
    // A delivery that is settled at this very moment is nothing that whoever acts could have known of.
    constexpr int kMostTries = 5;
    for (int tries = 1;; ++tries) {
        bool moved = false;
        Response response = actOnce(call, moved);
        if (!moved || tries == kMostTries) return response;
    }
}

Response acknowledge(const Call& call) {
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    const Result<engine::RequestKey> key = requestKey(call);
    if (!key) return problemResponse(key.error());
    const Result<std::optional<store::Person>> person = call.hub().store().person(petition->id);
    if (!person) return problemResponse(person.error());
    const Result<domain::Petition> after =
        call.hub().execute(petition->id, domain::Acknowledge{}, call.account().actor(), *key);
    return after ? officersResponse(call, *after, *person) : problemResponse(after.error());
}

namespace {

/// Who the sender is, with the petition as it stands after somebody had a look, which the journal says with their
/// reason. Under no Idempotency-Key: each look is decided anew, by what is so now.
struct Revealed {
    store::Person person = {};
    domain::Petition petition = {};
};

Result<Revealed> reveal(const Call& call) {
    struct Input {
        std::string reason;
    };
    static constexpr json::Rule<Input> kFields[] = {json::nfcText<Input, &Input::reason>("reason")};
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return petition.error();
    if (mediaType(call.request.content_type) != "application/json") return problemError("request.media_type");
    Result<Input> input = json::parseAs(call.request.body, kFields);
    if (!input) return std::move(input).error();
    if (hidesSender(*petition)) return problemError("reveal.anonymous");
    Result<std::optional<store::Person>> person = call.hub().store().person(petition->id);
    if (!person) return std::move(person).error();
    if (!*person) return problemError("petition.not_found");
    Result<domain::Petition> after =
        call.hub().execute(petition->id, domain::Reveal{std::move(input->reason)}, call.account().actor());
    if (!after) return std::move(after).error();
    return Revealed{std::move(**person), std::move(*after)};
}

}  // namespace

Response revealIdentity(const Call& call) {
    const Result<Revealed> revealed = reveal(call);
    if (!revealed) return problemResponse(revealed.error());
    return withVersion({.body = identityView(revealed->person)}, revealed->petition);
}

Response revealOriginal(const Call& call) {
    const Result<Revealed> revealed = reveal(call);
    if (!revealed) return problemResponse(revealed.error());
    if (!revealed->person.original) return problemResponse("file.not_found");
    return fileResponse(call, *revealed->person.original);
}

}  // namespace pakn::http

/// @file
/// One-time codes for a citizen who has lost the secret of a petition, and the devices that an officer's notices go to.

#include <algorithm>

#include "core/engine/citizen_desk.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

struct TypedCode {
    std::string challenge;
    std::string code;
};
constexpr json::Rule<TypedCode> kTypedCodeFields[] = {
    json::text<TypedCode, &TypedCode::challenge>("challenge"),
    json::text<TypedCode, &TypedCode::code>("code"),
};

struct DeviceWord {
    std::string platform;
    std::string token;
    bool notify = true;
};
constexpr json::Rule<DeviceWord> kDeviceFields[] = {
    json::text<DeviceWord, &DeviceWord::platform>("platform"),
    json::text<DeviceWord, &DeviceWord::token>("token"),
    json::truth<DeviceWord, &DeviceWord::notify>("notify"),
};

}  // namespace

Response sendTrackCode(const Call& call) {
    const Result<CodeSent> sent = call.hub().citizens().sendCode(
        {.petition = std::string{call.parameters[0]}, .client = call.request.client_network});
    if (!sent) return problemResponse(sent.error());
    JsonWriter json;
    json.beginObject();
    json.field("challenge", sent->challenge);
    json.field("until", sent->until);
    json.endObject();
    return {.status = 202, .body = json.take()};
}

Response openByCode(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<TypedCode> typed = json::parseAs(call.request.body, kTypedCodeFields);
    if (!typed) return problemResponse(typed.error());
    const Result<PetitionKey> opened = call.hub().citizens().openPetition(typed->challenge, typed->code);
    if (!opened) return problemResponse(opened.error());
    if (opened->code != call.parameters[0]) return problemResponse("code.wrong");
    JsonWriter json;
    json.beginObject();
    json.field("code", opened->code);
    json.field("tracking_token", opened->secret);
    json.endObject();
    return {.body = json.take()};
}

Response setMyDevice(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<DeviceWord> word = json::parseAs(call.request.body, kDeviceFields);
    if (!word) return problemResponse(word.error());
    engine::CitizenDesk& desk = call.hub().citizens();
    // Of the owner's own devices alone: a token that somebody else has heard of takes nothing away from its owner.
    const auto mine = [&]() -> Result<bool> {
        const Result<std::vector<Device>> known = desk.devices({}, call.account().login);
        if (!known) return known.error();
        return std::any_of(known->begin(), known->end(), [&](const Device& one) {
            return one.platform == word->platform && one.token == word->token;
        });
    };
    if (word->notify) {
        const Status kept =
            desk.keepDevice({.owner = call.account().login, .platform = word->platform, .token = word->token});
        return kept ? Response{.status = 204, .content_type = {}} : problemResponse(kept.error());
    }
    const Result<bool> own = mine();
    if (!own) return problemResponse(own.error());
    if (const Status gone = *own ? desk.forgetDevice(word->platform, word->token) : Status{Done{}}; !gone)
        return problemResponse(gone.error());
    return {.status = 204, .content_type = {}};
}

}  // namespace pakn::http

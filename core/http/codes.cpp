/// @file
/// One-time codes for a citizen who has lost the secret of a petition, and the devices that an officer's notices go to.

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
    const Device device{.owner = call.account().login,
                        .platform = word->platform,
                        .token = word->token,
                        .session = call.request.session_cookie};
    if (const Status done = word->notify ? desk.keepDevice(device) : desk.forgetDevice(device); !done)
        return problemResponse(done.error());
    return {.status = 204, .content_type = {}};
}

}  // namespace pakn::http

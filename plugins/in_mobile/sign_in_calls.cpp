#include "sign_in_calls.hpp"

#include <utility>

#include "fields.hpp"
#include "problems.hpp"
#include "views.hpp"

namespace pakn::in_mobile {
namespace {

/// What comes back with a code: both texts, whatever they are.
struct Typed {
    std::string challenge = {};
    std::string code = {};
};
Result<Typed> readTyped(const Visit& visit) {
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    Typed typed{.challenge = fields.neededText("challenge"), .code = fields.neededText("code")};
    if (fields.error()) return *fields.error();
    return typed;
}

}  // namespace

Result<HttpResponse> SignInCalls::send(const CodeRequest& request) {
    const Result<CodeSent> sent = services_.citizens().sendCode(request);
    if (!sent) return sent.error();
    Answer answer;
    answer.text("challenge", sent->challenge);
    answer.instant("until", sent->until);
    return answer.response(202);
}

Result<HttpResponse> SignInCalls::sendCode(const Visit& visit) {
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    const std::string contact = fields.neededText("contact");
    if (fields.error()) return *fields.error();
    return send({.contact = contact, .client = visit.request.client});
}

Result<HttpResponse> SignInCalls::signIn(const Visit& visit) {
    const Result<Typed> typed = readTyped(visit);
    if (!typed) return typed.error();
    const Result<SignedInCitizen> session = services_.citizens().signIn(typed->challenge, typed->code);
    if (!session) return session.error();
    services_.count("sign_ins", 1);
    Answer answer;
    answer.text("token", session->token);
    answer.instant("until", session->until);
    writeCitizen(answer, session->citizen);
    return answer.response(201);
}

Result<HttpResponse> SignInCalls::signOut(const Visit& visit) {
    const Result<Account> account = accountOf(visit, services_);
    if (!account) return account.error();
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    Fields device = fields.object("device");
    const std::string platform = device.text("platform");
    const std::string token = device.text("token");
    if (fields.error()) return *fields.error();
    // One that was told with another session; and first: whose session is over cannot ask again.
    if (!platform.empty() && !token.empty())
        if (Status forgotten =
                services_.citizens().forgetDevice({.owner = account->address, .platform = platform, .token = token});
            !forgotten)
            return std::move(forgotten).error();
    if (Status ended = services_.citizens().signOut(visit.bearer()); !ended) return std::move(ended).error();
    return done();
}

Result<HttpResponse> SignInCalls::me(const Visit& visit) {
    const Result<Account> account = accountOf(visit, services_);
    if (!account) return account.error();
    Answer answer;
    writeCitizen(answer, account->citizen);
    return answer.response();
}

Result<HttpResponse> SignInCalls::sendPetitionCode(const Visit& visit) {
    return send({.petition = visit.part("code"), .client = visit.request.client});
}

Result<HttpResponse> SignInCalls::openPetition(const Visit& visit) {
    const Result<Typed> typed = readTyped(visit);
    if (!typed) return typed.error();
    const Result<PetitionKey> key = services_.citizens().openPetition(typed->challenge, typed->code);
    if (!key) return key.error();
    if (key->code != visit.part("code"))
        return Error{
            .code = Errc::kUnauthenticated, .message = "the code is another petition's", .problem = "code.wrong"};
    Answer answer;
    answer.text("code", key->code);
    answer.text("tracking_token", key->secret);
    return answer.response();
}

Result<HttpResponse> SignInCalls::keepDevice(const Visit& visit) {
    const Result<Account> account = accountOf(visit, services_);
    if (!account) return account.error();
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    const Device device{.owner = account->address,
                        .platform = fields.neededText("platform"),
                        .token = fields.neededText("token"),
                        .session = visit.bearer()};
    if (!fields.error() && device.platform != "fcm" && device.platform != "apns") fields.reject("platform");
    if (fields.error()) return *fields.error();
    if (Status kept = services_.citizens().keepDevice(device); !kept) return std::move(kept).error();
    return done();
}

/// One's own devices alone.
Result<HttpResponse> SignInCalls::forgetDevice(const Visit& visit) {
    const Result<Account> account = accountOf(visit, services_);
    if (!account) return account.error();
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    const std::string token = fields.neededText("token");
    if (fields.error()) return *fields.error();
    if (Status forgotten = services_.citizens().forgetDevice(
            {.owner = account->address, .platform = visit.part("platform"), .token = token});
        !forgotten)
        return std::move(forgotten).error();
    return done();
}

}  // namespace pakn::in_mobile

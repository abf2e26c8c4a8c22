/// @file
/// Signing in and out. Browsers get an HttpOnly cookie and a CSRF token; scripts use bearer tokens of the command line.

#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/problems.hpp"
#include "core/http/session_cookie.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

struct SignIn {
    std::string token;
    std::string login;
    std::string password;
};

constexpr json::Rule<SignIn> kSignInFields[] = {
    json::text<SignIn, &SignIn::token>("token"),
    json::text<SignIn, &SignIn::login>("login"),
    json::text<SignIn, &SignIn::password>("password"),
};

struct PasswordChange {
    std::string current;
    std::string password;
};

constexpr json::Rule<PasswordChange> kPasswordFields[] = {
    json::text<PasswordChange, &PasswordChange::current>("current"),
    json::text<PasswordChange, &PasswordChange::password>("password"),
};

constexpr json::Rule<security::AccountContact> kContactFields[] = {
    json::nfcText<security::AccountContact, &security::AccountContact::title>("title"),
    json::text<security::AccountContact, &security::AccountContact::phone>("phone"),
    json::text<security::AccountContact, &security::AccountContact::email>("email"),
};

Response contactResponse(const security::AccountContact& contact) {
    JsonWriter json;
    json.beginObject();
    json.fieldOrNull("title", contact.title);
    json.fieldOrNull("phone", contact.phone);
    json.fieldOrNull("email", contact.email);
    json.endObject();
    return {.body = json.take()};
}

/// An error of signing in, with the code that a person understands.
Error refusal(Error error) {
    if (error.code == Errc::kUnauthenticated) return problemError("session.invalid");
    if (error.problem == "auth.too_many_attempts") error.problem = "session.locked_out";
    return error;
}

}  // namespace

Response openSession(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<SignIn> input = json::parseAs(call.request.body, kSignInFields);
    if (!input) return problemResponse(input.error());
    if (input->token.empty() && input->login.empty()) return problemResponse("request.field_missing", "/token");
    const Result<security::Session> session =
        input->token.empty()
            ? call.services.access.signIn(input->login, input->password, call.request.client_network, call.now)
            : call.services.access.signInWithLink(input->token, call.now);
    if (!session) return problemResponse(refusal(session.error()));
    JsonWriter json;
    json.beginObject();
    json.field("csrf_token", session->csrf);
    writeAccount(json, session->account);
    json.field("expires_at", session->expires_at);
    json.endObject();
    const auto lasts = std::chrono::duration_cast<std::chrono::seconds>(session->expires_at - call.now);
    return {.status = 201,
            .body = json.take(),
            .headers = {{"Set-Cookie", setCookie(call, kSessionCookie, session->token, lasts.count())},
                        // In place of one that a sign-in by a provider left behind.
                        {"Set-Cookie", setCookie(call, kCsrfCookie, session->csrf, lasts.count(), {.script = true})}}};
}

Response changePassword(const Call& call) {
    if (!call.caller().by_session) return problemResponse("session.required");
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<PasswordChange> input = json::parseAs(call.request.body, kPasswordFields);
    if (!input) return problemResponse(input.error());
    // Somebody at a screen that was left open must not be able to lock its owner out: with the current one only.
    const Status changed = call.services.access.changePassword(call.account().login, input->current, input->password,
                                                               call.request.client_network, call.now);
    if (!changed && (changed.error().code == Errc::kUnauthenticated || changed.error().code == Errc::kConflict))
        return problemResponse("password.current_wrong", "/current");
    if (!changed) return problemResponse(refusal(changed.error()));
    return {.status = 204, .content_type = {}, .headers = {{"Set-Cookie", setCookie(call, kSessionCookie, "", 0)}}};
}

Response myContact(const Call& call) {
    const auto contact = call.hub().store().contact(call.account().id);
    return contact ? contactResponse(*contact) : problemResponse(contact.error());
}

Response setMyContact(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<security::AccountContact> input = json::parseAs(call.request.body, kContactFields);
    if (!input) return problemResponse(input.error());
    const Result<security::AccountContact> contact = security::checkedContact(*input);
    if (!contact) return problemResponse(contact.error());
    if (const Status set = call.hub().store().setContact(call.account().id, *contact); !set)
        return problemResponse(set.error());
    call.services.log(LogLevel::kInfo, "CONTACT_CHANGED", "account " + call.account().id);
    return contactResponse(*contact);
}

Response me(const Call& call) {
    JsonWriter json;
    json.beginObject();
    writeAccount(json, call.account());
    Names names{call.hub()};
    json.fieldOrNull("unit_name", names.unit(call.account().unit));
    writeStandingFor(json, call.account(), names);
    json.endObject();
    return {.body = json.take()};
}

}  // namespace pakn::http

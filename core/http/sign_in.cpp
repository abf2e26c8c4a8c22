/// @file
/// Signing in by a connector: the browser goes to the provider and comes back. What it has to bring back travels sealed
/// in a cookie of its own; who it is says the provider, what that opens says core/security.

#include <algorithm>

#include "core/domain/phone.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/session_cookie.hpp"
#include "core/security/sign_in_ticket.hpp"

namespace pakn::http {
namespace {

constexpr std::size_t kMostAddress = 8192;     ///< Of a provider's page, with everything in its query.
constexpr std::size_t kMostForm = 64U << 10U;  ///< Of what a browser posts back.
constexpr std::string_view kSignedInPage = "/sign-in";

/// "http(s)://host…" of printable ASCII: what a Location may hold.
bool isWebAddress(std::string_view address) {
    std::string_view rest = address;
    if (rest.starts_with("https://"))
        rest.remove_prefix(8);
    else if (rest.starts_with("http://"))
        rest.remove_prefix(7);
    else
        return false;
    if (rest.empty() || address.size() > kMostAddress || rest.front() == '/' || rest.front() == '?') return false;
    return std::all_of(address.begin(), address.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

std::string placeOf(const std::string& connector) { return "/sign-in/" + encodePercent(connector); }

std::string callbackUrl(const Call& call, const std::string& connector) {
    return call.hub().configuration()->public_url + placeOf(connector) + "/callback";
}

std::string escaped(std::string_view text) {
    std::string all;
    for (const char c : text) {
        if (c == '<')
            all += "&lt;";
        else if (c == '&')
            all += "&amp;";
        else
            all += c;
    }
    return all;
}

/// A page for the person at the screen; a script that does not ask for one gets the problem document.
Response refusal(const Call& call, const Error& error) {
    Response response = problemResponse(error);
    const auto accept = call.request.headers.find("accept");
    if (accept == call.request.headers.end() || accept->second.find("text/html") == std::string::npos) return response;
    const Problem* problem = findProblem(error.problem);
    if (problem == nullptr) return response;
    response.content_type = "text/html; charset=utf-8";
    response.body = "<!doctype html>\n<html lang=\"vi\">\n<head><meta charset=\"utf-8\"><title>" +
                    escaped(problem->title) +
                    "</title><meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
                    "<link rel=\"stylesheet\" href=\"/sign-in/page.css\"></head>\n"
                    "<body><header><p class=\"brand\">PAKN Hub</p></header>\n<main><section data-code=\"" +
                    std::string{problem->code} + "\"><h1>" + escaped(problem->title) + "</h1>\n<p>" +
                    escaped(problem->detail) + " <span lang=\"en\">" + escaped(problem->detail_en) +
                    "</span></p>\n<p><a href=\"/sign-in\">Về trang đăng nhập <span lang=\"en\">To the sign-in page"
                    "</span></a></p></section></main></body>\n</html>\n";
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; "
                                  "frame-ancestors 'none'");
    return response;
}

/// What the plugin's error means to the person. Its words are for the log.
Error ofPlugin(const Call& call, const std::string& connector, const Error& error) {
    if (error.code == Errc::kRejected || error.code == Errc::kInvalid) return problemError("sign_in.rejected");
    if (error.code == Errc::kForbidden) return problemError("sign_in.not_admitted");
    if (error.code != Errc::kInternal)  // That has been logged.
        call.services.log(LogLevel::kWarning, "SIGN_IN_FAILED", connector + ": " + error.message);
    Error shown = problemError("sign_in.unavailable");
    shown.retry_after = error.retry_after;
    return shown;
}

/// The same for what core/security refuses.
Error ofAccess(const Error& error) {
    if (findProblem(error.problem) != nullptr) return error;
    Error shown = problemError(error.code == Errc::kRejected ? "sign_in.rejected" : "sign_in.unavailable");
    shown.retry_after = error.retry_after;
    return shown;
}

Response redirect(std::string address) {
    return {.status = 303, .content_type = {}, .headers = {{"Location", std::move(address)}}};
}

void forgetTicket(const Call& call, const std::string& connector, Response& response) {
    response.headers.emplace_back(
        "Set-Cookie", setCookie(call, kSignInCookie, "", 0, {.path = placeOf(connector), .same_site = "Lax"}));
}

/// The browser's request for the plugin, without what is the hub's.
HttpRequest broughtBy(const Request& request) {
    HttpRequest made{.method = request.method == "HEAD" ? "GET" : request.method,
                     .url = request.query.empty() ? request.path : request.path + '?' + request.query,
                     .headers = request.headers,
                     .body = request.body,
                     .client = request.client,
                     .https = request.https};
    for (const std::string_view own : {"cookie", "authorization", "x-csrf-token"})
        if (const auto found = made.headers.find(own); found != made.headers.end()) made.headers.erase(found);
    return made;
}

std::int64_t secondsUntil(const Call& call, Instant then) {
    return std::chrono::duration_cast<std::chrono::seconds>(then - call.now).count();
}

Response signedInOfficer(const Call& call, const std::string& connector, const Identity& person,
                         const std::string& return_to) {
    const Result<security::Session> session = call.services.access.signInBy(connector, person, call.now);
    if (!session) return refusal(call, ofAccess(session.error()));
    Response response = redirect(return_to.empty() ? std::string{kSignedInPage} : return_to);
    const std::int64_t seconds = secondsUntil(call, session->expires_at);
    response.headers.emplace_back("Set-Cookie", setCookie(call, kSessionCookie, session->token, seconds));
    response.headers.emplace_back("Set-Cookie", setCookie(call, kCsrfCookie, session->csrf, seconds, {.script = true}));
    return response;
}

Response signedInCitizen(const Call& call, const std::string& connector, const Identity& person,
                         const std::string& return_to) {
    const Result<security::CitizenSession> session = call.services.access.signInCitizen(connector, person, call.now);
    if (!session) return refusal(call, ofAccess(session.error()));
    Response response = redirect(return_to.empty() ? "/" : return_to);
    response.headers.emplace_back(
        "Set-Cookie",
        setCookie(call, kCitizenCookie, session->token, secondsUntil(call, session->expires_at), {.same_site = "Lax"}));
    return response;
}

/// The session is ended already; whether the provider's is, too, is told when its connector has said where to go.
void endAtProvider(const Services& services, const security::ProviderSession& provider, Response done,
                   const Respond& respond) {
    const LogoutRequest request{.subject = provider.subject,
                                .session = provider.session,
                                .logout_secret = provider.logout_secret,
                                .return_url = services.hub.configuration()->public_url + std::string{kSignedInPage}};
    const auto ask = [&services, connector = provider.connector, request, done, respond] {
        Response answer = done;
        const Result<std::string> address = services.hub.endSignIn(connector, request);
        if (!address && address.error().code != Errc::kInternal)
            services.log(LogLevel::kWarning, "SIGN_IN_FAILED", connector + ": " + address.error().message);
        if (address && isWebAddress(*address)) {
            JsonWriter json;
            json.beginObject();
            json.field("continue_at", *address);
            json.endObject();
            answer.status = 200;
            answer.body = json.take();
            answer.content_type = "application/json";
        }
        respond(std::move(answer));
    };
    const bool known = services.hub.signInWay(provider.connector).has_value();
    if (!known || !services.on_connector || !services.on_connector(provider.connector, ask)) respond(std::move(done));
}

void signOut(const Call& call, std::string_view cookie, std::string_view token, const CookieForm& form,
             const Respond& respond) {
    if (const Status quiet = call.hub().store().correspondents().forgetDevicesOf(token); !quiet)
        return respond(problemResponse(quiet.error()));
    auto ended = call.services.access.signOut(token);
    if (!ended) return respond(problemResponse(ended.error()));
    Response done{.status = 204, .content_type = {}, .headers = {{"Set-Cookie", setCookie(call, cookie, "", 0, form)}}};
    if (cookie == kSessionCookie)
        done.headers.emplace_back("Set-Cookie", setCookie(call, kCsrfCookie, "", 0, {.script = true}));
    if (!*ended) return respond(std::move(done));
    endAtProvider(call.services, **ended, std::move(done), respond);
}

}  // namespace

std::string setCookie(const Call& call, std::string_view name, std::string_view value, std::int64_t seconds,
                      const CookieForm& form) {
    const bool secure = call.request.https || call.hub().configuration()->public_url.starts_with("https://");
    std::string field{name};
    field.append(1, '=').append(value).append("; Path=").append(form.path);
    if (!form.script) field += "; HttpOnly";
    field.append("; SameSite=").append(form.same_site).append("; Max-Age=").append(std::to_string(seconds));
    if (secure) field += "; Secure";
    return field;
}

Response signInWays(const Call& call) {
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const engine::SignInWay& way : call.hub().signInWays()) {
        json.beginObject();
        json.field("connector", way.connector);
        json.field("label", way.label);
        json.field("url", placeOf(way.connector));
        json.field("officers", way.officers);
        json.field("citizens", way.citizens);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

Response beginSignIn(const Call& call) {
    const std::string& connector = call.parameters[0];
    const std::optional<engine::SignInWay> way = call.hub().signInWay(connector);
    if (!way) return refusal(call, problemError("sign_in.connector_unknown"));
    const Result<Query> query = Query::parse(call.request.query, {"return", "citizen"});
    if (!query) return refusal(call, query.error());
    const std::string return_to = query->text("return");
    if (!return_to.empty() && !security::isLocalPath(return_to))
        return refusal(call, problemError("sign_in.return_invalid", "return"));
    const bool citizen = query->text("citizen") == "1" || !way->officers;
    if (citizen ? !way->citizens : !way->officers) return refusal(call, problemError("sign_in.connector_unknown"));

    Result<LoginStart> start =
        call.hub().beginSignIn(connector, {.callback_url = callbackUrl(call, connector), .citizen = citizen});
    if (start && (!isWebAddress(start->redirect_url) || start->secret.size() > security::kMostSignInSecret))
        start = Error{.code = Errc::kMisconfigured, .message = "its plugin names no address, or keeps too much"};
    if (!start) return refusal(call, ofPlugin(call, connector, start.error()));
    const std::string ticket = security::sealTicket(*call.services.key, connector,
                                                    {.number = security::randomToken(),
                                                     .citizen = citizen,
                                                     .return_to = return_to,
                                                     .secret = std::move(start->secret),
                                                     .expires_at = call.now + security::kSignInLasts});
    Response response = redirect(std::move(start->redirect_url));
    response.headers.emplace_back(
        "Set-Cookie", setCookie(call, kSignInCookie, ticket, std::chrono::seconds{security::kSignInLasts}.count(),
                                {.path = placeOf(connector), .same_site = "Lax"}));
    return response;
}

Response finishSignIn(const Call& call) {
    const std::string& connector = call.parameters[0];
    const std::optional<engine::SignInWay> way = call.hub().signInWay(connector);
    if (!way) return refusal(call, problemError("sign_in.connector_unknown"));
    if (call.request.body.size() > kMostForm) return refusal(call, problemError("request.too_large"));
    const auto cookies = call.request.headers.find("cookie");
    const std::string_view sealed =
        cookies == call.request.headers.end() ? std::string_view{} : cookieValue(cookies->second, kSignInCookie);
    const Result<security::SignInTicket> ticket = security::openTicket(*call.services.key, connector, sealed, call.now);
    if (!ticket) return refusal(call, ticket.error());
    const auto answer = [&](Response response) {
        forgetTicket(call, connector, response);
        return response;
    };
    if (ticket->citizen ? !way->citizens : !way->officers)
        return answer(refusal(call, problemError("sign_in.connector_unknown")));
    // Before the provider's answer is looked at: of two requests with one cookie one gets further.
    const Status used = call.services.access.useUp(ticket->number, ticket->expires_at, call.now);
    if (!used && used.error().code == Errc::kConflict) return answer(refusal(call, problemError("sign_in.not_begun")));
    if (!used) return answer(refusal(call, ofAccess(used.error())));

    const Result<Identity> person = call.hub().finishSignIn(
        connector,
        {.request = broughtBy(call.request), .callback_url = callbackUrl(call, connector), .secret = ticket->secret});
    if (!person) return answer(refusal(call, ofPlugin(call, connector, person.error())));
    return answer(ticket->citizen ? signedInCitizen(call, connector, *person, ticket->return_to)
                                  : signedInOfficer(call, connector, *person, ticket->return_to));
}

Response citizenSession(const Call& call) {
    JsonWriter json;
    json.beginObject();
    Result<security::ProviderSession> who = Error{.code = Errc::kUnauthenticated};
    if (!call.request.citizen_cookie.empty()) who = call.services.access.citizen(call.request.citizen_cookie, call.now);
    if (!who && who.error().code != Errc::kUnauthenticated) return problemResponse(who.error());
    if (who) {
        json.beginObject("citizen");
        json.fieldOrNull("name", who->name);
        json.fieldOrNull("phone", domain::maskPhone(who->phone));
        json.endObject();
    } else {
        json.null("citizen");
    }
    json.endObject();
    return {.body = json.take()};
}

void closeCitizenSession(const Call& call, const Respond& respond) {
    // No other site can send this: neither its method nor, with it, the cookie.
    signOut(call, kCitizenCookie, call.request.citizen_cookie, {.same_site = "Lax"}, respond);
}

void closeSession(const Call& call, const Respond& respond) {
    // Only a browser's session can be signed out. A script's token works until its account is locked on the command
    // line.
    if (!call.caller().by_session) return respond(problemResponse("session.required"));
    signOut(call, kSessionCookie, call.request.session_cookie, {}, respond);
}

}  // namespace pakn::http

#include "core/http/router.hpp"

#include <cxxabi.h>

#include <algorithm>
#include <cstdlib>
#include <exception>
#include <memory>
#include <optional>
#include <typeinfo>

#include "core/domain/text.hpp"
#include "core/http/configuration_api.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/mounts.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

using enum Audience;

constexpr Route kRoutes[] = {
    {"POST", "/api/v1/petitions", kAnyone, nullptr, &postPetition},

    {"GET", "/api/v1/track/{code}", kAnyone, &track},
    {"GET", "/api/v1/track/{code}/files/{sha256}", kAnyone, &trackFile},
    {"POST", "/api/v1/track/{code}/rating", kAnyone, &rate},
    {"POST", "/api/v1/track/{code}/supplements", kAnyone, &supplement},
    {"POST", "/api/v1/track/{code}/reopen", kAnyone, &reopen},
    {"POST", "/api/v1/track/{code}/one-time-codes", kAnyone, &sendTrackCode},
    {"POST", "/api/v1/track/{code}/token", kAnyone, &openByCode},

    {"POST", "/api/v1/session", kAnyone, &openSession},
    {"DELETE", "/api/v1/session", kSignedIn, nullptr, &closeSession},
    {"GET", "/api/v1/sign-in", kAnyone, &signInWays},
    {"GET", "/api/v1/citizen", kAnyone, &citizenSession},
    {"DELETE", "/api/v1/citizen", kAnyone, nullptr, &closeCitizenSession},
    {"GET", "/api/v1/me", kSignedIn, &me},
    {"GET", "/api/v1/me/contact", kSignedIn, &myContact},
    {"PUT", "/api/v1/me/contact", kSignedIn, &setMyContact},
    {"PUT", "/api/v1/me/device", kSignedIn, &setMyDevice},
    {"POST", "/api/v1/me/password", kSignedIn, &changePassword},

    {"GET", "/api/v1/tasks", kCaseWorkers, &listTasks},
    {"POST", "/api/v1/tasks/seen", kCaseWorkers, &markSeen},
    {"POST", "/api/v1/incidents", kCaseWorkers, &openIncident},
    {"GET", "/api/v1/incidents/{petition}", kCaseWorkers, &incident},
    {"POST", "/api/v1/incidents/{petition}/petitions", kCaseWorkers, &addToIncident},
    {"GET", "/api/v1/petitions", kCaseWorkers, &listPetitions},
    {"GET", "/api/v1/petitions/{petition}", kCaseWorkers, &petition},
    {"GET", "/api/v1/petitions/{petition}/events", kCaseWorkers, &petitionEvents},
    {"GET", "/api/v1/petitions/{petition}/files/{sha256}", kCaseWorkers, &petitionFile},
    {"GET", "/api/v1/petitions/{petition}/actions", kCaseWorkers, &legalActionsOf},
    {"POST", "/api/v1/petitions/{petition}/actions/{action}", kCaseWorkers, &act},
    {"GET", "/api/v1/petitions/{petition}/similar", kCaseWorkers, &similar},
    {"POST", "/api/v1/petitions/{petition}/transfer", kCaseWorkers, &transfer},
    {"POST", "/api/v1/petitions/{petition}/complained-unit", kCaseWorkers, &nameComplained},
    {"POST", "/api/v1/petitions/{petition}/emergency", kCaseWorkers, &acceptEmergency},
    {"POST", "/api/v1/petitions/{petition}/location", kCaseWorkers, &correctPlace},
    {"POST", "/api/v1/petitions/{petition}/acknowledge", kCaseWorkers, &acknowledge},
    {"POST", "/api/v1/petitions/{petition}/identity/reveal", kCaseWorkers, &revealIdentity},
    {"POST", "/api/v1/petitions/{petition}/original", kCaseWorkers, &revealOriginal},

    {"GET", "/api/v1/petitions/{petition}/texts/{text}", kCaseWorkers, &filledText},
    {"GET", "/api/v1/petitions/{petition}/letter", kCaseWorkers, &letter},
    {"GET", "/api/v1/templates", kCaseWorkers, &listTemplates},
    {"GET", "/api/v1/notices", kCaseWorkers, &listNotices},
    {"POST", "/api/v1/notices/read", kCaseWorkers, &readNotices},
    {"GET", "/api/v1/knowledge", kCaseWorkers, &listArticles},
    {"GET", "/api/v1/knowledge/{article}", kCaseWorkers, &article},
    {"PUT", "/api/v1/knowledge/{article}", kCaseWorkers, &putArticle},
    {"GET", "/api/v1/knowledge/{article}/versions", kCaseWorkers, &articleVersions},

    {"GET", "/api/v1/calls", kCaseWorkers, &listCalls},
    {"POST", "/api/v1/callers", kCaseWorkers, &findCaller},
    {"POST", "/api/v1/calls/{call}/recording", kCaseWorkers, &hearRecording},

    {"GET", "/api/v1/statistics/{statistic}", kCaseWorkers, &statistics},

    {"GET", "/api/v1/accounts", kCaseWorkers, &listPeople},
    {"GET", "/api/v1/organisation", kSignedIn, &organisation},
    {"GET", "/api/v1/roster", kCaseWorkers, &readRoster},
    {"POST", "/api/v1/roster", kSignedIn, &addShift},
    {"PUT", "/api/v1/roster", kSignedIn, &replaceRoster},
    {"GET", "/api/v1/substitutes", kSignedIn, &listSubstitutes},
    {"POST", "/api/v1/substitutes", kSignedIn, &nameSubstitute},
    {"POST", "/api/v1/substitutes/{substitution}/end", kSignedIn, &endSubstitute},
    {"GET", "/api/v1/role-requests", kSignedIn, &listRoleRequests},
    {"POST", "/api/v1/role-requests", kSignedIn, &askForRole},
    {"POST", "/api/v1/role-requests/{request}/approve", kSignedIn, &approveRole},
    {"POST", "/api/v1/role-requests/{request}/refuse", kSignedIn, &refuseRole},

    {"GET", "/api/v1/deliveries", kIntegrators, &listDeliveries},
    {"POST", "/api/v1/deliveries/{delivery}/replay", kIntegrators, &replayDelivery},
    {"POST", "/api/v1/deliveries/{delivery}/discard", kIntegrators, &discardDelivery},
    {"GET", "/api/v1/connectors", kIntegrators, &connectors},
    {"POST", "/api/v1/connectors/{connector}/pause", kIntegrators, &pauseConnector},
    {"POST", "/api/v1/connectors/{connector}/resume", kIntegrators, &resumeConnector},
    {"POST", "/api/v1/connectors/{connector}/test", kIntegrators, &testConnector},

    {"GET", "/api/v1/configuration", kAdmins, &configuration},
    {"POST", "/api/v1/configuration/reload", kAdmins, &reloadConfiguration},

    {"GET", "/healthz", kAnyone, &healthz},
    {"GET", "/readyz", kAnyone, &readyz},
    {"GET", "/metrics", kAnyone, &metrics},

    {"GET", "/sign-in", kAnyone, &signInPage},
    {"GET", "/sign-in/page.js", kAnyone, &signInScript},
    {"GET", "/sign-in/page.css", kAnyone, &signInStyle},
    {"GET", "/sign-in/{connector}", kAnyone, &beginSignIn},
    {"GET", "/sign-in/{connector}/callback", kAnyone, &finishSignIn},
    {"POST", "/sign-in/{connector}/callback", kAnyone, &finishSignIn},
    {"GET", "/docs/api/openapi.yaml", kAnyone, &openapiDocument},
};

/// Takes the first segment off both; false when they differ. A "{name}" adds to `parameters`.
bool matchSegment(std::string_view& pattern, std::string_view& path, std::vector<std::string_view>& parameters) {
    const auto take = [](std::string_view& rest) {
        rest.remove_prefix(1);
        const std::string_view segment = rest.substr(0, rest.find('/'));
        rest.remove_prefix(segment.size());
        return segment;
    };
    const std::string_view wanted = take(pattern);
    const std::string_view given = take(path);
    if (!wanted.starts_with('{')) return wanted == given;
    parameters.push_back(given);
    return !given.empty();
}

/// The parameters when `path` has the form of `pattern`.
std::optional<std::vector<std::string_view>> match(std::string_view pattern, std::string_view path) {
    std::vector<std::string_view> parameters;
    while (pattern.starts_with('/') && path.starts_with('/'))
        if (!matchSegment(pattern, path, parameters)) return std::nullopt;
    if (!pattern.empty() || !path.empty()) return std::nullopt;
    return parameters;
}

bool changes(std::string_view method) { return method != "GET" && method != "HEAD"; }

bool mayCall(Audience audience, const security::Account& account) {
    using domain::Role;
    const auto has_any = [&](std::initializer_list<Role> roles) {
        return std::any_of(roles.begin(), roles.end(), [&](Role role) { return account.actor().has(role); });
    };
    switch (audience) {
        case kAnyone:
        case kSignedIn:
            return true;
        case kCaseWorkers:
            return !account.standing_for.empty() ||
                   has_any({Role::kDispatcher, Role::kOperator, Role::kOfficer, Role::kLeader, Role::kFollower,
                            Role::kUnitAdmin, Role::kAdmin, Role::kAuditor});
        case kIntegrators:
            return has_any({Role::kIntegrator, Role::kAdmin});
        case kAdmins:
            return has_any({Role::kAdmin});
    }
    return false;
}

/// Fills in who calls. An error is the answer.
Status admit(Call& call, const Route& route) {
    if (route.audience == kAnyone) return Done{};
    if (!call.who) {
        if (call.who.error().code == Errc::kUnauthenticated) return problemError("session.required");
        return call.who.error();
    }
    if (!showsCredentials(call.request)) return problemError("session.required");
    if (!call.who->account) return problemError("role.insufficient");
    if (!mayCall(route.audience, call.account())) return problemError("role.insufficient");
    if (changes(route.method) && call.who->by_session &&
        !security::Access::csrfMatches(*call.who, call.request.csrf_token))
        return problemError("session.csrf");
    return Done{};
}

void answer(const Route& route, const std::vector<std::string_view>& parameters, Call call, const Respond& respond) {
    for (const std::string_view parameter : parameters) {
        std::optional<std::string> decoded = decodePercent(parameter, false);
        // What is no text names nothing; a database would call it a mistake of ours.
        const bool text = decoded && decoded->find('\0') == std::string::npos && domain::toNfc(*decoded);
        if (!text) return respond(problemResponse("request.not_found"));
        call.parameters.push_back(std::move(*decoded));
    }
    if (Status admitted = admit(call, route); !admitted) return respond(problemResponse(admitted.error()));
    if (route.handle_later != nullptr) return route.handle_later(call, respond);
    respond(route.handle(call));
}

/// What was thrown, without its words: they may quote a petition.
std::string typeOf(const std::exception& fault) {
    int status = 0;
    const std::unique_ptr<char, decltype(&std::free)> name{
        abi::__cxa_demangle(typeid(fault).name(), nullptr, nullptr, &status), &std::free};
    return name ? name.get() : typeid(fault).name();
}

Response methodNotAllowed(std::string allowed) {
    Response response = problemResponse("request.method_not_allowed");
    response.headers.emplace_back("Allow", std::move(allowed));
    return response;
}

void find(const Call& call, const Respond& respond) {
    const Request& request = call.request;
    // A HEAD is a GET whose body the server leaves out.
    const std::string_view method =
        request.method == "HEAD" ? std::string_view{"GET"} : std::string_view{request.method};
    std::string allowed;
    for (const Route& route : kRoutes) {
        const std::optional<std::vector<std::string_view>> parameters = match(route.pattern, request.path);
        if (!parameters) continue;
        if (route.method == method) return answer(route, *parameters, call, respond);
        allowed += (allowed.empty() ? "" : ", ") + std::string{route.method};
        if (route.method == "GET") allowed += ", HEAD";
    }
    if (!allowed.empty()) return respond(methodNotAllowed(std::move(allowed)));
    respond(isHubs(request.path) ? problemResponse("request.not_found") : toConnector(call.services, request));
}

}  // namespace

std::span<const Route> routes() { return kRoutes; }

std::string_view patternOf(std::string_view path) {
    const auto* const found = std::find_if(std::begin(kRoutes), std::end(kRoutes),
                                           [&](const Route& route) { return match(route.pattern, path).has_value(); });
    return found == std::end(kRoutes) ? "(no such address)" : found->pattern;
}

bool showsCredentials(const Request& request) {
    return !request.authorization.empty() || !request.session_cookie.empty();
}

Result<security::Caller> identify(const Services& services, const Request& request) {
    const Instant now = services.hub.now();
    if (!request.authorization.empty()) {
        constexpr std::string_view kScheme = "bearer ";
        if (!equalIgnoringCase(std::string_view{request.authorization}.substr(0, kScheme.size()), kScheme))
            return problemError("session.required");
        return services.access.byBearer(std::string_view{request.authorization}.substr(kScheme.size()), now);
    }
    if (!request.session_cookie.empty()) return services.access.bySession(request.session_cookie, now);
    return security::Caller{};
}

bool isPrivileged(const Services& services, const security::Caller& caller) {
    using domain::Role;
    if (caller.account) {
        const domain::Actor actor = caller.account->actor();
        return actor.has(Role::kOperator) || actor.has(Role::kDispatcher);
    }
    return !caller.source.empty() && services.hub.mayDeclareEmergencies(caller.source);
}

bool isImmediate(const Request& request) {
    constexpr std::string_view kAtOnce[] = {"/healthz", "/sign-in", "/sign-in/page.js", "/sign-in/page.css",
                                            "/docs/api/openapi.yaml"};
    return std::find(std::begin(kAtOnce), std::end(kAtOnce), request.path) != std::end(kAtOnce);
}

void dispatch(const Services& services, const Request& request, const Result<security::Caller>& who,
              const Respond& respond) {
    try {
        find({.services = services, .request = request, .who = who, .now = services.hub.now()}, respond);
    } catch (const std::exception& fault) {
        services.log(LogLevel::kError, "HTTP_HANDLER_FAILED",
                     std::string{patternOf(request.path)} + " threw " + typeOf(fault));
        respond(problemResponse("generic.internal"));
    }
}

bool seesEveryPetition(const security::Account& account) {
    using domain::Role;
    const domain::Actor actor = account.actor();
    return actor.mayTake(Role::kDispatcher) || actor.mayTake(Role::kOperator) || actor.has(Role::kAdmin) ||
           actor.has(Role::kAuditor);
}

}  // namespace pakn::http

#include "api.hpp"

#include <utility>

#include "problems.hpp"
#include "routes.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

Api::Api(Rules rules, HostServices& services)
    : rules_{std::move(rules)},
      services_{services},
      uploads_{rules_, services_},
      sign_in_{services_},
      filing_{rules_, services_, uploads_},
      own_{rules_, services_, uploads_},
      public_{rules_, services_} {}

HttpResponse Api::handle(const HttpRequest& request, Inbox& inbox) {
    const std::string_view url = request.url;
    const std::size_t mark = url.find('?');
    const Found found = findRoute(request.method, url.substr(0, mark));
    if (found.route == nullptr && found.allow.empty())
        return refused({.code = Errc::kNotFound, .message = "no such address", .problem = "request.not_found"}, {});
    if (found.route == nullptr) {
        HttpResponse response = refused(invalid("request.method_not_allowed"), {});
        response.headers["allow"] = found.allow;
        return response;
    }
    const Query query = readQuery(mark == std::string_view::npos ? std::string_view{} : url.substr(mark + 1));
    const Visit visit{.request = request, .parts = found.parts, .query = query, .inbox = inbox};
    Result<HttpResponse> answer = call(found.route->call, visit);
    return answer ? std::move(answer).value() : refused(answer.error(), found.route->path);
}

/// What is no mistake of the app's is for the log; addresses hold codes of petitions, so it names the route.
HttpResponse Api::refused(const Error& error, std::string_view route) {
    HttpResponse response = problemResponse(error, services_.records());
    constexpr int kServersFault = 500;
    if (response.status >= kServersFault) {
        const bool later = error.code == Errc::kUnavailable || error.code == Errc::kDeferred;
        services_.log(later ? LogLevel::kWarning : LogLevel::kError, std::string{route} + ": " + error.message);
        services_.count(later ? "put_off" : "failures", 1);
    }
    return response;
}

Result<HttpResponse> Api::call(Call which, const Visit& visit) {
    switch (which) {
        case Call::kSendCode:
            return sign_in_.sendCode(visit);
        case Call::kSignIn:
            return sign_in_.signIn(visit);
        case Call::kSignOut:
            return sign_in_.signOut(visit);
        case Call::kMe:
            return sign_in_.me(visit);
        case Call::kForm:
            return public_.form(visit);
        case Call::kBeginUpload:
            return filing_.beginUpload(visit);
        case Call::kShowUpload:
            return filing_.showUpload(visit);
        case Call::kPutPart:
            return filing_.putPart(visit);
        case Call::kDropUpload:
            return filing_.dropUpload(visit);
        case Call::kSubmit:
            return filing_.submit(visit);
        case Call::kListOwn:
            return own_.list(visit);
        case Call::kShowOwn:
            return own_.show(visit);
        case Call::kOwnFile:
            return own_.file(visit);
        case Call::kRate:
            return own_.rate(visit);
        case Call::kSupplement:
            return own_.supplement(visit);
        case Call::kReopen:
            return own_.reopen(visit);
        case Call::kSendPetitionCode:
            return sign_in_.sendPetitionCode(visit);
        case Call::kOpenPetition:
            return sign_in_.openPetition(visit);
        case Call::kNotifications:
            return own_.notifications(visit);
        case Call::kKeepDevice:
            return sign_in_.keepDevice(visit);
        case Call::kForgetDevice:
            return sign_in_.forgetDevice(visit);
        case Call::kListPublic:
            return public_.list(visit);
        case Call::kShowPublic:
            return public_.show(visit);
        case Call::kPublicFile:
            return public_.file(visit);
    }
    return Error{.code = Errc::kInternal, .message = "a route without a call"};
}

}  // namespace pakn::in_mobile

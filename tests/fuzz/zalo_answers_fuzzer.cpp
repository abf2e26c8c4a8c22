/// @file
/// What Zalo answers: to calls of its API, and with the next pair of tokens. Whatever it is, each call ends with an id
/// or an error that says what to do, and a token that was kept is a token that came.

#include <array>

#include "core/testing/fake_host.hpp"
#include "harness.hpp"
#include "plugins/in_zalo/api.hpp"
#include "plugins/in_zalo/errors.hpp"
#include "plugins/in_zalo/token_keeper.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_zalo;

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};

void checkError(const Error& error) {
    FUZZ_CHECK(error.code <= Errc::kTooLarge && isUtf8(error.message) && !error.problem.empty());
    FUZZ_CHECK(error.message.find("secret-of-the-app") == std::string::npos);
    if (error.retry_after) FUZZ_CHECK(error.retry_after->count() > 0 && *error.retry_after <= std::chrono::hours{24});
    if (error.not_before) FUZZ_CHECK(*error.not_before > kNow && *error.not_before <= kNow + std::chrono::hours{25});
}

void tryErrorCode(std::string_view digits) {
    std::int64_t code = 0;
    for (const char c : digits.substr(0, 8)) code = code * 10 - (c >= '0' && c <= '9' ? c - '0' : 0);
    if (code == 0) return;
    for (const Path path : {Path::kOa, Path::kPhone}) {
        const Error error = errorOf(code, path, kNow);
        checkError(error);
        FUZZ_CHECK((remedyOf(code, path) == Remedy::kUnknown) == (error.problem == kUnknownCode));
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    constexpr std::array kStatuses{200, 201, 401, 403, 425, 429, 500, 302};
    testing::FakeHostServices services;
    services.clock.set(kNow);
    tryErrorCode(input.rest());
    Input answers = input;
    services.peer.setPeer([&](const HttpRequest& request, const HttpClient::Limits&) -> Result<HttpResponse> {
        FUZZ_CHECK(request.url.starts_with("https://zalo.example/"));
        for (const auto& [name, value] : request.headers)
            FUZZ_CHECK(value.find_first_of("\r\n") == std::string::npos || !isUtf8(value));
        HttpResponse answer;
        answer.status = kStatuses[answers.choice(kStatuses.size())];
        answer.headers["retry-after"] = answers.line();
        answer.body = answers.part();
        return answer;
    });
    TokenKeeper tokens{
        services,
        {.url = "https://zalo.example", .app_id = "1", .app_secret = "secret-of-the-app", .refresh_token = "first"}};
    CallRules rules;
    rules.api_url = "https://zalo.example";
    rules.template_url = "https://zalo.example";
    rules.app_secret = "secret-of-the-app";
    Api api{services, rules, tokens};
    for (const int call : {0, 1, 2}) {
        const Result<std::string> id = call == 0   ? api.sendText("7", "a")
                                       : call == 1 ? api.uploadImage("a\"\r\n.jpg", "x")
                                                   : api.sendTemplateByPhone("84912345678", {.id = "t"});
        if (id)
            FUZZ_CHECK(isUtf8(*id) && (call != 1 || !id->empty()));
        else
            checkError(id.error());
        services.clock.set(kNow);
    }
    FUZZ_CHECK(services.peer.requests().size() <= 3 * 4);
}

}  // namespace pakn::fuzz

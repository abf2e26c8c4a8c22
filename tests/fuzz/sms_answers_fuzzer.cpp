/// @file
/// What the gateways answer and call back with: JSON, SOAP, queries. Whatever it is, the outcome is one of the few that
/// Sending knows, and nothing of a gateway's own words but what an operator may read.

#include <array>

#include "connectors/out_sms/callback.hpp"
#include "connectors/out_sms/driver.hpp"
#include "connectors/out_sms/json.hpp"
#include "connectors/out_sms/marks.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "harness.hpp"
#include "utf8.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::out_sms;

const Options& optionsFor(Gateway gateway) {
    const auto made = [](Gateway which) {
        const Kind kind{.wording = Wording{"Phan anh {code} da co ket qua.[ Xem {link}]"}, .template_id = "1"};
        Options options{.driver = which, .result = kind, .notice = kind, .code = kind};
        options.url = "https://sms.example/api";
        options.user = "user-of-the-hub";
        options.password = "password-of-the-hub";
        options.brand = "PAHT MAU";
        options.viettel_retry_words = {"timeout", "busy"};
        options.viettel_pause_words = {"balance", "account"};
        options.callback_token = "token-of-the-hub";
        return options;
    };
    static const std::array<Options, 3> all{made(Gateway::kVnpt), made(Gateway::kViettel), made(Gateway::kEsms)};
    return all[static_cast<std::size_t>(gateway)];
}

void checkVerdict(const Verdict& verdict) {
    FUZZ_CHECK(verdict.remedy <= Remedy::kMend);
    FUZZ_CHECK(verdict.code.size() <= 8 && verdict.code.find_first_of("\r\n ") == std::string::npos);
    FUZZ_CHECK(verdict.meaning.size() <= 200 && isUtf8(verdict.meaning));
    FUZZ_CHECK(verdict.meaning.find_first_of("\r\n<>") == std::string::npos);
    FUZZ_CHECK(verdict.meaning.find("password-of-the-hub") == std::string::npos);
    FUZZ_CHECK(verdict.reference.size() <= 100 && isUtf8(verdict.reference));
}

void tryAnswer(Gateway gateway, std::string_view body) {
    const Options& options = optionsFor(gateway);
    const std::unique_ptr<Driver> driver = makeDriver(options, "https://hub.example/hooks/sms");
    const Message message{.delivery = "018f2c7a",
                          .key = "018f2c7a",
                          .request_id = driver->requestId("018f2c7a", false),
                          .number = numberOf("+84912345678"),
                          .text = "Phan anh PA-1 da co ket qua.",
                          .kind = &options.result};
    const Result<Verdict> verdict = driver->read(body, message);
    if (verdict)
        checkVerdict(*verdict);
    else
        FUZZ_CHECK(verdict.error().code == Errc::kInvalid || verdict.error().code == Errc::kTooLarge);
    if (const auto fault = driver->readFault(body)) checkVerdict(*fault);
    if (const auto state = driver->readState(body)) checkVerdict(*state);
    const HttpRequest request = driver->request(message);
    FUZZ_CHECK(!request.body.empty() && request.url == options.url);
}

void tryCallback(std::string_view method, std::string_view url, std::string_view body) {
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    Marks failures{services.state(), "failed"};
    Callbacks callbacks{"token-of-the-hub", services, failures};
    const HttpRequest request{.method = std::string{method}, .url = std::string{url}, .body = std::string{body}};
    const Result<HttpResponse> answer = callbacks.handle(request, inbox);
    if (url.find("/esms/token-of-the-hub") != 0) FUZZ_CHECK(!answer.ok());
    if (answer) FUZZ_CHECK(answer->status == 200 || answer->status == 405);
    for (const Update& update : inbox.updates()) {
        FUZZ_CHECK(!update.delivery.empty() && update.delivery.size() <= 100 && update.id.size() <= 200);
        FUZZ_CHECK(update.kind == Update::Kind::kArrived || update.kind == Update::Kind::kFailed);
    }
}

void tryScalars(std::string_view text) {
    const Result<JsonScalars> scalars = readScalars(text);
    if (!scalars) return;
    FUZZ_CHECK(scalars->size() <= 500);
    for (const auto& [place, value] : *scalars) {
        FUZZ_CHECK(place.size() + value.size() <= 2 * text.size());
        FUZZ_CHECK(isUtf8(place) && isUtf8(value));
        FUZZ_CHECK(scalarAt(*scalars, place) == value);
    }
}

void tryIds(std::string_view key) {
    for (const bool plainer : {false, true}) {
        const std::string id = readableRequestId(key, plainer);
        FUZZ_CHECK(id.size() <= 50 && id.find_first_of(" \r\n\"<") == std::string::npos);
        const std::string found = keyOfRequestId(id);
        // Of a key as deliveries have them it is the key.
        const bool usual =
            !key.empty() && key.size() <= 43 && key.find_first_not_of("0123456789abcdef-") == std::string::npos;
        if (usual) FUZZ_CHECK(found == key);
    }
    const std::string again = keyOfRequestId(key);
    FUZZ_CHECK(again.size() <= 50);
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(5);
    if (what < 3) {
        const Exact body{input.rest()};
        tryAnswer(static_cast<Gateway>(what), body.view());
        tryScalars(body.view());
    } else if (what == 3) {
        const std::string_view method = input.line();
        const std::string_view url = input.line();
        tryCallback(method, url, input.rest());
    } else {
        const Exact key{input.rest()};
        tryIds(key.view());
    }
}

}  // namespace pakn::fuzz

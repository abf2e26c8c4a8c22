/// @file
/// Answers of peers: a server on this machine says the input, byte for byte, to the HTTP client that plugins use.
/// Whatever it says, a bounded answer comes out, or an error with a remedy, in bounded time.

#include "connectors/out_webhook/answer.hpp"
#include "core/plugin_host/http_message.hpp"
#include "core/plugin_host/plugin_host.hpp"
#include "harness.hpp"
#include "saying_server.hpp"

namespace pakn::fuzz {
namespace {

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};

const SayingServer& server() {
    static const SayingServer* const made = new SayingServer{SayingServer::Begins::kPeer};  // Its thread outlives main.
    return *made;
}

void checkAnswer(HttpResponse answer, std::size_t most) {
    FUZZ_CHECK(answer.status >= 100 && answer.status <= 999 && answer.body.size() <= most);
    std::size_t headers = 0;
    for (const auto& [name, value] : answer.headers) {
        headers += name.size() + value.size();
        FUZZ_CHECK(!name.empty() && value.find('\n') == std::string::npos);
        for (const char c : name) FUZZ_CHECK(c < 'A' || c > 'Z');
    }
    FUZZ_CHECK(headers <= 2 * (64U << 10U));
    const Result<Receipt> receipt = out_webhook::judge(answer, kNow);
    FUZZ_CHECK(receipt.ok() == (answer.status >= 200 && answer.status < 300));
    if (!receipt && receipt.error().retry_after)
        FUZZ_CHECK(receipt.error().retry_after->count() > 0 && *receipt.error().retry_after <= std::chrono::hours{24});
    // The same as a plugin's own answer: what the host puts on the wire.
    if (!plugin_host::checkAnswer(answer)) return;
    for (const auto& [name, value] : answer.headers) FUZZ_CHECK(plugin_host::isToken(name));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::size_t what = input.choice(4);
    const std::size_t most = what == 3 ? 10 : 100000;
    const char* const methods[] = {"GET", "POST", "HEAD", "GET"};
    const HttpRequest request{.method = methods[what],
                              .url = "http://127.0.0.1:" + std::to_string(server().port()) + "/",
                              .body = what == 1 ? "hello" : ""};
    const HttpClient::Limits limits{.timeout = std::chrono::milliseconds{2000}, .max_body = most};
    const std::unique_ptr<HttpClient> client = plugin_host::makeHttpClient({});
    // What was said before must not matter.
    server().says("HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    FUZZ_CHECK(client->perform(request, limits).ok());
    server().says(input.rest());
    const auto begun = std::chrono::steady_clock::now();
    Result<HttpResponse> answer = client->perform(request, limits);
    FUZZ_CHECK(std::chrono::steady_clock::now() - begun < std::chrono::seconds{4});
    if (answer)
        checkAnswer(*std::move(answer), most);
    else
        FUZZ_CHECK(answer.error().problem.starts_with("http."));
}

}  // namespace pakn::fuzz

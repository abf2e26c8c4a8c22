#include "core/http/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/ThreadPool.h>
#include <Poco/Timespan.h>
#include <simdjson.h>

#include <algorithm>
#include <atomic>
#include <charconv>
#include <istream>
#include <optional>
#include <thread>

#include "core/engine/log_context.hpp"
#include "core/http/body_budget.hpp"
#include "core/http/connection_limits.hpp"
#include "core/http/exchange.hpp"
#include "core/http/problems.hpp"
#include "core/http/router.hpp"
#include "core/http/trace.hpp"

namespace pakn::http {
namespace {

using Clock = std::chrono::steady_clock;
using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr std::size_t kBodyRoom = simdjson::SIMDJSON_PADDING;
/// How much of a refused body is still read, so that the client gets to see the refusal.
constexpr std::size_t kMostDrained = 64U << 20U;

Poco::Timespan timespan(std::chrono::milliseconds time) { return Poco::Timespan{time.count() * 1000}; }

/// Whatever all connections share.
struct Edge {
    ServerParts parts;
    ServerLimits limits;
    Services services;
    Poco::AutoPtr<ConnectionLimit> connections;
    std::size_t max_body;
    BodyBudget bodies;
    std::atomic<int> running = 0;  ///< Requests whose answer is not yet sent.
    std::atomic<bool> stopping = false;

    Edge(ServerParts given, const ServerLimits& given_limits)
        : parts{std::move(given)},
          limits{given_limits},
          services{*parts.hub, *parts.access, parts.version, parts.log, parts.test_connector},
          connections{new ConnectionLimit{limits.threads + limits.queued}},
          max_body{parts.hub->configuration()->max_body},
          bodies{std::max(limits.bodies, max_body)} {}
};

/// How the body of a request is framed.
struct Framing {
    bool chunked = false;
    std::size_t length = 0;
};

std::string header(const HTTPServerRequest& request, const std::string& name) {
    static const std::string kNone;
    return request.get(name, kNone);
}

/// Refuses what two servers in a row could read differently.
Result<Framing> framingOf(const HTTPServerRequest& request, std::size_t most) {
    int lengths = 0;
    int encodings = 0;
    std::string length;
    std::string encoding;
    for (const auto& [name, value] : request) {
        if (Poco::icompare(name, "Content-Length") == 0) ++lengths, length = value;
        if (Poco::icompare(name, "Transfer-Encoding") == 0) ++encodings, encoding = value;
    }
    if (lengths + encodings > 1) return problemError("request.malformed");
    if (encodings == 1) {
        if (Poco::icompare(encoding, "chunked") != 0) return problemError("request.malformed");
        return Framing{.chunked = true};
    }
    if (lengths == 0) return Framing{};  // RFC 9112 section 6.3: no body.
    Framing framing;
    const auto [end, error] = std::from_chars(length.data(), length.data() + length.size(), framing.length);
    if (error == std::errc::result_out_of_range) return problemError("request.too_large");
    if (error != std::errc{} || end != length.data() + length.size()) return problemError("request.malformed");
    if (framing.length > most) return problemError("request.too_large");
    return framing;
}

/// The whole body in one buffer, with the room that the JSON parser wants behind it.
Result<std::string> readBody(std::istream& stream, const Framing& framing, const Edge& edge, BodyShare& share) {
    constexpr std::size_t kStep = 64U << 10U;
    const Clock::time_point until = Clock::now() + edge.limits.body;
    std::string body;
    body.reserve(framing.length + kBodyRoom);
    for (bool more = framing.chunked || framing.length > 0; more;) {
        const std::size_t had = body.size();
        const std::size_t wanted = framing.chunked ? kStep : std::min(kStep, framing.length - had);
        if (!share.growTo(std::min(had + wanted, edge.max_body))) return problemError("server.busy");
        body.resize(had + wanted);
        stream.read(body.data() + had, static_cast<std::streamsize>(wanted));
        body.resize(had + static_cast<std::size_t>(stream.gcount()));
        if (body.size() > edge.max_body) return problemError("request.too_large");
        if (Clock::now() > until) return problemError("request.incomplete");
        more = stream.good() && (framing.chunked || body.size() < framing.length);
    }
    if (stream.bad() || (!framing.chunked && body.size() < framing.length)) return problemError("request.incomplete");
    body.reserve(body.size() + kBodyRoom);
    return body;
}

std::string sessionCookie(const HTTPServerRequest& request) {
    const std::string cookies = header(request, "Cookie");
    constexpr std::string_view kName = "pakn_session=";
    std::string_view rest = cookies;
    while (!rest.empty()) {
        std::string_view pair = rest.substr(0, rest.find(';'));
        rest.remove_prefix(std::min(pair.size() + 1, rest.size()));
        while (pair.starts_with(' ')) pair.remove_prefix(1);
        if (pair.starts_with(kName)) return std::string{pair.substr(kName.size())};
    }
    return {};
}

bool cameByHttps(const HTTPServerRequest& request, const Edge& edge) {
    return edge.parts.hub->configuration()->isTrustedProxy(request.clientAddress().host().toString()) &&
           header(request, "X-Forwarded-Proto") == "https";
}

Request requestOf(HTTPServerRequest& from, std::string body, const Edge& edge) {
    const std::string& target = from.getURI();
    const std::size_t query = std::min(target.find('?'), target.size());
    return {.method = from.getMethod(),
            .path = target.substr(0, query),
            .query = query == target.size() ? std::string{} : target.substr(query + 1),
            .body = std::move(body),
            .content_type = header(from, "Content-Type"),
            .authorization = header(from, "Authorization"),
            .session_cookie = sessionCookie(from),
            .csrf_token = header(from, "X-CSRF-Token"),
            .idempotency_key = header(from, "Idempotency-Key"),
            .if_match = header(from, "If-Match"),
            .https = cameByHttps(from, edge)};
}

/// For the log: which call it was. Neither the query, which may hold a tracking token, nor what somebody wrote into the
/// path, which may be anything.
std::string shownCall(const HTTPServerRequest& request) {
    const std::string& target = request.getURI();
    const std::string_view path = std::string_view{target}.substr(0, target.find_first_of("?#"));
    const std::string& method = request.getMethod();
    const bool plain =
        method.size() <= 10 && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return (plain ? method : "?") + ' ' + std::string{patternOf(path)};
}

void setHeaders(HTTPServerResponse& to, const Response& response) {
    to.setStatus(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(response.status));
    to.setReason(Poco::Net::HTTPResponse::getReasonForStatus(to.getStatus()));
    if (!response.content_type.empty()) to.setContentType(response.content_type);
    to.set("Cache-Control", "no-store");
    to.set("X-Content-Type-Options", "nosniff");
    to.set("Referrer-Policy", "no-referrer");
    to.set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox");
    to.set("Cross-Origin-Resource-Policy", "same-origin");
    for (const auto& [name, value] : response.headers) to.set(name, value);
}

/// One request: read it, let it be answered, send the answer.
class Exchange final : public Poco::Net::HTTPRequestHandler {
public:
    Exchange(Edge& edge, Result<Framing> framing, BodyShare share)
        : edge_{edge}, framing_{std::move(framing)}, share_{std::move(share)} {
        ++edge_.running;
    }
    ~Exchange() override { --edge_.running; }

    void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
        const Clock::time_point began = Clock::now();
        const std::string trace = traceOf(header(request, "traceparent"));
        const engine::LogScope about{{.trace = trace}};
        int status = 0;
        try {
            status = exchange(request, response);
        } catch (const Poco::Exception&) {
            response.setKeepAlive(false);  // The client went away in the middle of the answer.
        }
        log(request, status, std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began));
    }

private:
    int exchange(HTTPServerRequest& request, HTTPServerResponse& response) {
        if (!framing_) return refuse(framing_.error(), request, response);
        Result<std::string> body = readBody(request.stream(), *framing_, edge_, share_);
        if (!body) return refuse(body.error(), request, response);
        const Response answer = dispatch(edge_.services, requestOf(request, std::move(*body), edge_));
        // POCO does not tell whether a chunked body ended as it should: what follows on the wire cannot be trusted.
        if (framing_->chunked || edge_.connections->nearlyFull() || edge_.stopping) response.setKeepAlive(false);
        return send(answer, request, response);
    }

    /// Headers and body in one piece, on the wire when this returns.
    static int send(const Response& answer, const HTTPServerRequest& request, HTTPServerResponse& response) {
        setHeaders(response, answer);
        if (answer.status != 204) response.setContentLength64(static_cast<Poco::Int64>(answer.body.size()));
        std::ostream& out = response.send();
        if (request.getMethod() != "HEAD")
            out.write(answer.body.data(), static_cast<std::streamsize>(answer.body.size()));
        out.flush();
        return answer.status;
    }

    /// Answers before the body has been read. The connection ends, but not before the client could read why.
    int refuse(const Error& error, HTTPServerRequest& request, HTTPServerResponse& response) {
        response.setKeepAlive(false);
        const int status = send(problemResponse(error), request, response);
        if (error.problem == "request.too_large" || error.problem == "server.busy") drain(request.stream());
        return status;
    }

    void drain(std::istream& body) const {
        const Clock::time_point until = Clock::now() + edge_.limits.receive;
        std::string buffer(64U << 10U, '\0');
        for (std::size_t drained = 0; drained < kMostDrained && Clock::now() < until && body.good();) {
            body.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
            drained += static_cast<std::size_t>(body.gcount());
        }
    }

    /// `status` 0: the client went away before it had the answer.
    void log(const HTTPServerRequest& request, int status, std::chrono::milliseconds took) const {
        const bool failed = status >= 500;
        if (!failed && !edge_.parts.access_log) return;
        edge_.parts.log(failed ? LogLevel::kWarning : LogLevel::kInfo, "HTTP_REQUEST",
                        shownCall(request) + ' ' + std::to_string(status) + ' ' + std::to_string(took.count()) + "ms");
    }

    Edge& edge_;
    Result<Framing> framing_;
    BodyShare share_;
};

class ExchangeFactory final : public Poco::Net::HTTPRequestHandlerFactory {
public:
    explicit ExchangeFactory(Edge& edge) : edge_{edge} {}

    Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest& request) override {
        Result<Framing> framing = framingOf(request, edge_.max_body);
        if (request.getURI().size() > edge_.limits.target_length) framing = problemError("request.target_too_long");
        BodyShare share{edge_.bodies};
        if (framing && !share.growTo(framing->length)) framing = problemError("server.busy");
        // A status other than 200 keeps POCO from saying "100 Continue" to a body that will be refused.
        if (!framing) request.response().setStatus(Poco::Net::HTTPResponse::HTTP_BAD_REQUEST);
        return new Exchange{edge_, std::move(framing), std::move(share)};  // POCO takes ownership of the bare pointer.
    }

private:
    Edge& edge_;
};

Poco::Net::HTTPServerParams::Ptr paramsOf(const ServerLimits& limits) {
    Poco::Net::HTTPServerParams::Ptr params{new Poco::Net::HTTPServerParams};
    params->setMaxThreads(limits.threads);
    params->setMaxQueued(limits.queued);
    params->setTimeout(timespan(limits.receive));
    params->setKeepAlive(true);
    params->setKeepAliveTimeout(timespan(limits.keep_alive));
    params->setMaxKeepAliveRequests(limits.keep_alive_requests);
    return params;
}

Poco::Net::ServerSocket listenOn(const std::string& host, std::uint16_t port) {
    Poco::Net::ServerSocket socket;
    socket.bind(Poco::Net::SocketAddress{host, port}, true);
    socket.listen(1024);
    return socket;
}

class PocoServer final : public Server {
public:
    PocoServer(ServerParts parts, const Poco::Net::ServerSocket& socket, const ServerLimits& limits)
        : edge_{std::move(parts), limits},
          pool_{"http", 4, limits.threads},
          server_{new ExchangeFactory{edge_}, pool_, socket, paramsOf(limits)} {
        edge_.connections->watch(server_);
        server_.setConnectionFilter(edge_.connections);
        server_.start();
    }

    ~PocoServer() override { stop(std::chrono::milliseconds{0}); }

    std::uint16_t port() const override { return server_.port(); }

    void stop(std::chrono::milliseconds grace) override {
        if (edge_.stopping.exchange(true)) return;
        server_.stop();
        const Clock::time_point until = Clock::now() + grace;
        while (edge_.running > 0 && Clock::now() < until) std::this_thread::sleep_for(std::chrono::milliseconds{5});
        server_.stopAll(true);  // Ends idle connections, and those whose time is over.
        pool_.joinAll();
    }

private:
    Edge edge_;
    Poco::ThreadPool pool_;
    Poco::Net::HTTPServer server_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerParts parts, const std::string& host, std::uint16_t port,
                                              const ServerLimits& limits) {
    try {
        const Poco::Net::ServerSocket socket = listenOn(host, port);
        return std::unique_ptr<Server>{std::make_unique<PocoServer>(std::move(parts), socket, limits)};
    } catch (const Poco::Exception& fault) {
        return Error{Errc::kMisconfigured, "cannot listen on " + host + ':' + std::to_string(port) + ": " +
                                               fault.displayText() + " (change hub.listen)"};
    }
}

}  // namespace pakn::http

#include "core/http/server.hpp"

#include <Poco/Exception.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/SocketAddress.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "core/engine/log_context.hpp"
#include "core/http/connection.hpp"
#include "core/http/encoding.hpp"
#include "core/http/front.hpp"
#include "core/http/mounts.hpp"
#include "core/http/problems.hpp"
#include "core/http/router.hpp"
#include "core/http/shared_workers.hpp"
#include "core/http/sign_in_path.hpp"
#include "core/http/workers.hpp"

namespace pakn::http {
namespace {

/// For the log: which call it was. Neither the query, which may hold a tracking token, nor what somebody wrote into the
/// path, which may be anything.
std::string shownCall(const Request& request) {
    const std::string& method = request.method;
    const bool plain =
        method.size() <= 10 && std::all_of(method.begin(), method.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
    return (plain ? method : "?") + ' ' + std::string{patternOf(request.path)};
}

Workers::Size workersFor(const config::HttpLimits& limits) {
    // Most of their time goes by in waiting for the disk and the password hash; the processors need only a few.
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    Workers::Size size;
    size.open = std::clamp(2 * cores, 4, 32);
    size.reserved = limits.reserved == 0 ? 0 : std::clamp(size.open * limits.reserved / 100, 2, 8);
    return size;
}

/// For what plugins answer. They may take their time: nobody else waits for them, nor for each other.
constexpr SharedWorkers::Share kForConnectors{.running = 8, .waiting = 64};

/// For what hashes a password: a flood of sign-ins waits for itself, and for a short while only.
Workers::Size workersForPasswords() {
    const int cores = static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
    return {.open = std::clamp(cores / 2, 1, 2), .reserved = 0, .waiting = 64};
}

bool hashesPassword(const Request& request) {
    return isSignIn(request.method, request.path) ||
           (request.method == "POST" && request.path == "/api/v1/me/password");
}

/// The listening socket, blocking in nothing.
int listenOn(const std::string& host, std::uint16_t port, std::uint16_t& bound) {
    constexpr int kBacklog = 1024;
    Poco::Net::ServerSocket socket;
    socket.bind(Poco::Net::SocketAddress{host, port}, true);
    socket.listen(kBacklog);
    socket.setBlocking(false);
    bound = socket.address().port();
    const int own = ::dup(socket.impl()->sockfd());  // POCO's object closes its own.
    if (own < 0) throw std::system_error{errno, std::generic_category(), "dup"};
    return own;
}

/// The way of a request: the front hands it over whole, a worker finds out who calls and lets it be answered, the
/// mailbox takes the answer back to the front.
class HubServer final : public Server {
public:
    HubServer(ServerParts parts, int listener, std::uint16_t port)
        : parts_{std::move(parts)},
          services_{.hub = *parts_.hub,
                    .access = *parts_.access,
                    .version = parts_.version,
                    .log = parts_.log,
                    .test_connector = parts_.test_connector,
                    .traffic = &traffic_,
                    .key = parts_.key.get(),
                    .on_connector =
                        [this](const std::string& connector, std::function<void()> job) {
                            return connector_workers_.submit(connector, std::move(job));
                        },
                    .instance = parts_.instance},
          port_{port},
          gate_{*parts_.hub->configuration(), traffic_},
          connector_workers_{kForConnectors},
          workers_{workersFor(parts_.hub->configuration()->http)},
          password_workers_{workersForPasswords()},
          front_{{.gate = gate_,
                  .traffic = traffic_,
                  .mailbox = mailbox_,
                  .handle = [this](const std::shared_ptr<Exchange>& exchange) { handle(exchange); },
                  .answered = [this](const Request& request, int status,
                                     std::chrono::milliseconds took) { log(request, status, took); },
                  .limits = frontLimits(parts_.hub->configuration()->http)},
                 listener} {}

    ~HubServer() override { stop(std::chrono::milliseconds{0}); }

    [[nodiscard]] std::uint16_t port() const override { return port_; }
    void stop(std::chrono::milliseconds grace) override { front_.stop(grace); }

private:
    static FrontLimits frontLimits(const config::HttpLimits& limits) {
        return {.connections = static_cast<std::size_t>(limits.connections),
                .head = limits.head_deadline,
                .body = limits.body_deadline};
    }

    /// On the front's thread.
    void handle(const std::shared_ptr<Exchange>& exchange) {
        if (isImmediate(exchange->request)) return answer(exchange, security::Caller{});
        if (!isHubs(exchange->request.path))  // Who calls is the connector's to find out.
            return answerByConnector(exchange);
        if (!signInConnector(exchange->request.path).empty()) return answerByConnector(exchange);
        if (isSignIn(exchange->request.method, exchange->request.path))  // Whatever else it shows is not asked for.
            return answerIn(password_workers_, exchange, security::Caller{});
        // Who shows credentials is looked at in the reserved lane: whether it is theirs is known only then.
        const Lane lane = showsCredentials(exchange->request) ? Lane::kReserved : Lane::kOpen;
        if (!workers_.submit(lane, [this, exchange] { begin(exchange); })) refuse(exchange);
    }

    /// On a worker.
    void begin(const std::shared_ptr<Exchange>& exchange) {
        if (!showsCredentials(exchange->request)) return answer(exchange, security::Caller{});
        Result<security::Caller> who = identify(services_, exchange->request);
        if (!who && who.error().code == Errc::kUnauthenticated)
            if (const Status counted = gate_.opensNothing(shownBy(exchange->request), exchange->client, Clock::now());
                !counted)
                return mailbox_->put(exchange, problemResponse(counted.error()));
        if (hashesPassword(exchange->request)) return answerIn(password_workers_, exchange, std::move(who));
        if (who && isPrivileged(services_, *who)) return answer(exchange, who);
        answerIn(workers_, exchange, std::move(who));
    }

    static Credentials shownBy(const Request& request) {
        return {.authorization = request.authorization, .session = request.session_cookie};
    }

    void answerIn(Workers& workers, const std::shared_ptr<Exchange>& exchange, Result<security::Caller> who) {
        const auto answer_there = [this, exchange, who = std::move(who)] { answer(exchange, who); };
        if (!workers.submit(Lane::kOpen, answer_there)) refuse(exchange);
    }

    void answerByConnector(const std::shared_ptr<Exchange>& exchange) {
        const std::optional<std::string> owner = ownerOf(exchange->request.path);
        if (!owner) return answer(exchange, security::Caller{});
        if (!connector_workers_.submit(*owner, [this, exchange] { answer(exchange, security::Caller{}); }))
            refuse(exchange);
    }

    /// The connector whose plugin a request is going to wait for.
    [[nodiscard]] std::optional<std::string> ownerOf(std::string_view path) const {
        const std::string_view signs_in = signInConnector(path);
        if (signs_in.empty()) return services_.hub.ownerOf(path);
        std::optional<std::string> connector = decodePercent(signs_in, false);
        return connector && services_.hub.signInWay(*connector) ? connector : std::nullopt;
    }

    void answer(const std::shared_ptr<Exchange>& exchange, const Result<security::Caller>& who) {
        traffic_.requests.fetch_add(1, std::memory_order_relaxed);
        const engine::LogScope about{{.trace = exchange->request.trace}};
        dispatch(services_, exchange->request, who,
                 [mailbox = mailbox_, exchange](Response response) { mailbox->put(exchange, std::move(response)); });
        // Whoever answers later has taken what it needs.
        exchange->request.body = {};
        exchange->share.giveBack();
    }

    void refuse(const std::shared_ptr<Exchange>& exchange) {
        traffic_.count(Refused::kBusy);
        mailbox_->put(exchange, problemResponse("server.busy"));
    }

    /// On the front's thread. Under overload one line a second says enough.
    void log(const Request& request, int status, std::chrono::milliseconds took) {
        const bool failed = status >= 500;
        if (!failed && !parts_.access_log) return;
        const auto now = Clock::now();
        if (status == 503 && now < quiet_until_) {
            ++unlogged_;
            return;
        }
        if (status == 503) quiet_until_ = now + std::chrono::seconds{1};
        const engine::LogScope about{{.trace = request.trace}};
        std::string line =
            shownCall(request) + ' ' + std::to_string(status) + ' ' + std::to_string(took.count()) + "ms";
        if (unlogged_ > 0) line += " (" + std::to_string(std::exchange(unlogged_, 0)) + " more like this before)";
        parts_.log(failed ? LogLevel::kWarning : LogLevel::kInfo, "HTTP_REQUEST", line);
    }

    const ServerParts parts_;
    Traffic traffic_;
    const Services services_;
    const std::uint16_t port_;
    Gate gate_;
    const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    Clock::time_point quiet_until_;
    int unlogged_ = 0;
    // Destroyed from the end: first the front, which hands over no more, then the workers, which finish.
    SharedWorkers connector_workers_;  // Outlives the other workers, which hand over to it.
    Workers workers_;
    Workers password_workers_;
    Front front_;
};

}  // namespace

Result<std::unique_ptr<Server>> Server::start(ServerParts parts, const std::string& host, std::uint16_t port) {
    const auto failed = [&](const std::string& why) {
        return Error{Errc::kMisconfigured,
                     "cannot listen on " + host + ':' + std::to_string(port) + ": " + why + " (change hub.listen)"};
    };
    try {
        std::uint16_t bound = 0;
        const int listener = listenOn(host, port, bound);
        return std::unique_ptr<Server>{std::make_unique<HubServer>(std::move(parts), listener, bound)};
    } catch (const Poco::Exception& fault) {
        return failed(fault.displayText());
    } catch (const std::system_error& fault) {
        return failed(fault.what());
    }
}

}  // namespace pakn::http

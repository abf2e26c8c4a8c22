#include "core/http/front.hpp"

#include <Poco/DateTimeFormat.h>
#include <Poco/DateTimeFormatter.h>
#include <Poco/Timestamp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include "core/http/answer_bytes.hpp"
#include "core/http/connection.hpp"
#include "core/http/eviction.hpp"
#include "core/http/mounts.hpp"
#include "core/http/problems.hpp"
#include "core/http/session_cookie.hpp"
#include "core/http/sign_in_path.hpp"
#include "core/http/sockets.hpp"
#include "core/http/trace.hpp"

namespace pakn::http {
namespace {

constexpr std::uint64_t kListener = 0;
constexpr std::uint64_t kMailbox = 1;
constexpr std::uint64_t kFirstConnection = 2;

constexpr std::chrono::milliseconds kSweepEvery{100};
constexpr std::size_t kPiece = 64U << 10U;           ///< Read from one connection before the next has its turn.
constexpr std::size_t kMostThrownAway = 64U << 20U;  ///< Of a refused body.
constexpr std::size_t kSpare = 64;                   ///< Connections beyond the limit.
constexpr std::size_t kEvictedAtOnce = 16;
constexpr int kAcceptedAtOnce = 64;
constexpr int kMostUnsent = 128 << 10;  ///< Bytes of an answer that wait in the system.

Clock::time_point never() { return Clock::time_point::max(); }

std::system_error systemError(const char* what) { return {errno, std::generic_category(), what}; }

/// What turns a request away for its form.
Refused whyRefused(const Error& error) {
    if (error.problem == "request.timeout") return Refused::kTimeout;
    return Refused::kMalformed;
}

}  // namespace

class Front::Loop {
public:
    Loop(Parts parts, int listener)
        : parts_{std::move(parts)},
          most_connections_{affordable(parts_.limits.connections, kSpare)},
          listener_{listener},
          epoll_{epoll_create1(EPOLL_CLOEXEC)},
          piece_(kPiece, '\0') {
        if (epoll_ < 0) throw systemError("epoll_create");
        // Its connections take it over: the system keeps little of an answer that nobody takes, and what it takes tells
        // how fast the client does.
        ::setsockopt(listener_, IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kMostUnsent, sizeof kMostUnsent);
        watch(EPOLL_CTL_ADD, listener_, EPOLLIN, kListener);
        watch(EPOLL_CTL_ADD, parts_.mailbox->descriptor(), EPOLLIN | EPOLLET, kMailbox);
    }
    ~Loop() {
        parts_.mailbox->close();
        connections_.clear();
        closeListener();
        ::close(epoll_);
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;

    std::atomic<std::int64_t> grace_ms = -1;  ///< Not negative: to be stopped.

    void knock() const { parts_.mailbox->knock(); }

    void run() {
        parts_.mailbox->own();
        now_ = Clock::now();
        while (!isOver()) {
            waitForEvents();
            now_ = Clock::now();
            for (int i = 0; i < ready_; ++i) onEvent(events_[static_cast<std::size_t>(i)]);
            deliverAnswers();
            if (now_ >= next_sweep_) sweep();
        }
    }

private:
    // --- The loop itself ---

    bool isOver() {
        if (grace_ms < 0) return false;
        if (!stop_by_) {
            stop_by_ = now_ + std::chrono::milliseconds{grace_ms};
            closeListener();
        }
        dropAll([](const Connection& one) {
            return one.stage() == Stage::kIdle || one.stage() == Stage::kLingering ||
                   (one.stage() == Stage::kHead && one.input.empty());
        });
        return connections_.empty() || now_ >= *stop_by_;
    }

    void waitForEvents() {
        const bool answers_wait = more_answers_;
        const auto timeout = answers_wait           ? std::chrono::milliseconds{0}
                             : connections_.empty() ? std::chrono::milliseconds{-1}
                                                    : kSweepEvery;
        ready_ =
            epoll_wait(epoll_, events_.data(), static_cast<int>(events_.size()), static_cast<int>(timeout.count()));
    }

    void onEvent(const epoll_event& event) {
        if (event.data.u64 == kMailbox) return;  // Looked into in every round.
        if (event.data.u64 == kListener) return acceptSome();
        const auto found = connections_.find(event.data.u64);
        if (found == connections_.end()) return;  // Ended earlier in this round.
        Connection& connection = *found->second;
        // A hang-up with something to read: what has come is read first, or the system would reset the connection.
        if ((event.events & EPOLLERR) != 0 || (event.events & (EPOLLHUP | EPOLLIN)) == EPOLLHUP)
            return drop(connection);
        if ((event.events & EPOLLOUT) != 0 && !goOnSending(connection)) return;
        if ((event.events & EPOLLIN) != 0) receive(connection);
    }

    void watch(int operation, int descriptor, std::uint32_t events, std::uint64_t id) const {
        epoll_event event{};
        event.events = events;
        event.data.u64 = id;
        if (epoll_ctl(epoll_, operation, descriptor, &event) != 0) throw systemError("epoll_ctl");
    }

    /// What epoll reports of a connection from now on. On the usual way nothing changes.
    void watch(Connection& connection, std::uint32_t events) const {
        if (connection.watched == events) return;
        watch(EPOLL_CTL_MOD, connection.socket, events, connection.id);
        connection.watched = events;
    }

    // --- Connections come and go ---

    void acceptSome() {
        for (int i = 0; i < kAcceptedAtOnce && listener_ >= 0; ++i) {
            sockaddr_storage from{};
            socklen_t length = sizeof from;
            const int socket =
                accept4(listener_, reinterpret_cast<sockaddr*>(&from), &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
            if (socket < 0 && (errno == EINTR || errno == ECONNABORTED)) continue;
            if (socket < 0) return errno == EMFILE || errno == ENFILE ? makeRoom() : void();
            const int on = 1;
            setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
            welcome(socket, addressOf(from));
        }
    }

    /// Out of descriptors: those that wait longest give theirs back; the new ones wait in the system's queue until the
    /// next sweep.
    void makeRoom() {
        evict();
        watch(EPOLL_CTL_MOD, listener_, 0, kListener);
        listener_rests_ = true;
    }

    void welcome(int socket, const Address& peer) {
        auto owned = std::make_unique<Connection>(next_id_++, socket, peer, parts_.traffic);
        Connection& connection = *owned;
        connection.watched = EPOLLIN;
        connection.stage_began = connection.request_began = now_;
        connection.enter(Stage::kHead, now_ + parts_.limits.head);
        watch(EPOLL_CTL_ADD, socket, EPOLLIN, connection.id);
        connections_.emplace(connection.id, std::move(owned));
        connection.counted = parts_.gate.enter(peer);
        if (connections_.size() > most_connections_) evict(&connection);
        connection.spare = isFull();
        if (connections_.size() > most_connections_ + kSpare) {
            parts_.traffic.count(Refused::kConnections);
            return drop(connection);
        }
        if (!connection.counted) refuse(connection, problemError("client.too_many_connections"));
    }

    [[nodiscard]] bool isFull() const { return connections_.size() > most_connections_; }

    void evict(const Connection* but = nullptr) {
        for (Connection* one : thoseToGo(connections_, kEvictedAtOnce, but, now_)) {
            parts_.traffic.count(Refused::kEvicted);
            drop(*one);
        }
    }

    void drop(Connection& connection) {
        if (connection.counted) parts_.gate.leave(connection.peer);
        speakFor(connection, std::nullopt);
        connections_.erase(connection.id);
    }

    /// Counts a proxy's connection for the client whose request it carries. False when that has too many.
    bool speakFor(Connection& connection, const std::optional<Address>& client) {
        if (connection.speaks_for == client) return true;
        if (connection.speaks_for) parts_.gate.leave(*connection.speaks_for);
        connection.speaks_for.reset();
        if (client && !parts_.gate.enter(*client)) return false;
        connection.speaks_for = client;
        return true;
    }

    template <class Condition>
    void dropAll(Condition condition) {
        std::vector<Connection*> chosen;
        for (const auto& [id, connection] : connections_)
            if (condition(*connection)) chosen.push_back(connection.get());
        for (Connection* one : chosen) drop(*one);
    }

    void closeListener() {
        if (listener_ >= 0) ::close(listener_);
        listener_ = -1;
    }

    // --- A request comes in ---

    void receive(Connection& connection) {
        if (connection.stage() == Stage::kWorking || connection.stage() == Stage::kAnswering)
            return watch(connection, connection.watched & ~std::uint32_t{EPOLLIN});  // When the answer is out.
        const ssize_t count = ::recv(connection.socket, piece_.data(), piece_.size(), 0);
        if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
        if (count < 0) return drop(connection);
        const std::string_view bytes{piece_.data(), static_cast<std::size_t>(count)};
        if (connection.stage() == Stage::kLingering) {
            connection.thrown_away += bytes.size();
            if (bytes.empty() || connection.thrown_away > kMostThrownAway) drop(connection);
            return;
        }
        if (bytes.empty()) return endInput(connection);
        read(connection, bytes);
    }

    /// The client sends nothing more. It may still wait for the answer to what it has sent.
    void endInput(Connection& connection) {
        if (connection.stage() == Stage::kIdle || (connection.stage() == Stage::kHead && connection.input.empty()))
            return drop(connection);
        refuse(connection, problemError("request.incomplete"));
    }

    /// Puts what came behind what is there already, and takes requests off it as far as possible.
    void read(Connection& connection, std::string_view bytes) {
        std::string joined;
        if (!connection.input.empty()) {
            joined = std::move(connection.input);
            connection.input.clear();
            joined += bytes;
            bytes = joined;
        }
        if (connection.stage() == Stage::kIdle) beginHead(connection);
        if (connection.stage() == Stage::kHead && !readHead(connection, bytes)) return;
        if (!readBody(connection, bytes)) return;
        connection.input = bytes;  // Of the next request: waits for the answer to this one.
        handOn(connection);
    }

    void beginHead(Connection& connection) {
        connection.request_began = connection.stage_began = now_;
        connection.enter(Stage::kHead, now_ + parts_.limits.head);
    }

    /// False when there is nothing more to read now: the head is not whole, or refused.
    bool readHead(Connection& connection, std::string_view& bytes) {
        while (bytes.starts_with("\r\n")) bytes.remove_prefix(2);  // RFC 9112 section 2.2.
        const std::size_t length = headLength(bytes, connection.searched);
        if (length == 0 && bytes.size() <= kMostHead) {
            connection.input = bytes;
            connection.searched = bytes.size();
            return false;
        }
        connection.searched = 0;
        if (length == 0 || length > kMostHead) return refuse(connection, problemError("request.head_too_large")), false;
        Result<RequestHead> head = parseHead(bytes.substr(0, length), parts_.gate.mostBody());
        if (!head) return refuse(connection, head.error()), false;
        bytes.remove_prefix(length);
        return beginBody(connection, std::move(*head));
    }

    /// Everything that can be said of a request before its body. False when it is refused.
    bool beginBody(Connection& connection, RequestHead head) {
        const Client client = parts_.gate.clientOf(connection.peer, head);
        if (Status admitted = parts_.gate.admit(head, client, now_); !admitted)
            return refuse(connection, admitted.error()), false;
        // What is beyond the limit is for those who show who they are: the hotline, the Centre.
        connection.spare = connection.spare && isFull();
        if (connection.spare && !showsCredentials(head)) {
            parts_.traffic.count(Refused::kConnections);
            return refuse(connection, problemError("server.busy")), false;
        }
        const bool behind_proxy = client.limited && client.address != countedAs(connection.peer);
        if (!speakFor(connection, behind_proxy ? std::optional{client.address} : std::nullopt))
            return refuse(connection, problemError("client.too_many_connections")), false;
        BodyShare share = parts_.gate.share(head);
        connection.body = RequestBody{head.framing, parts_.gate.mostBody()};
        const bool says_continue = head.expects_continue && !connection.body.complete();
        connection.exchange = std::make_shared<Exchange>(std::move(share));
        connection.exchange->connection = connection.id;
        connection.exchange->client = client;
        connection.exchange->keep_alive = head.keep_alive;
        connection.exchange->began = connection.request_began;
        connection.exchange->request = requestOf(std::move(head), client);
        connection.last_progress = connection.stage_began = now_;
        connection.enter(Stage::kBody, now_ + parts_.limits.body);
        if (says_continue) {
            constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
            (void)::send(connection.socket, kContinue.data(), kContinue.size(), MSG_NOSIGNAL);
        }
        return true;
    }

    static Request requestOf(RequestHead head, const Client& client) {
        const std::size_t query = std::min(head.target.find('?'), head.target.size());
        return {.method = std::move(head.method),
                .path = head.target.substr(0, query),
                .query = query == head.target.size() ? std::string{} : head.target.substr(query + 1),
                .content_type = std::move(head.content_type),
                .authorization = std::move(head.authorization),
                .session_cookie = std::string{sessionCookie(head.cookie)},
                .citizen_cookie = std::string{cookieValue(head.cookie, kCitizenCookie)},
                .csrf_token = std::move(head.csrf_token),
                .idempotency_key = std::move(head.idempotency_key),
                .if_match = std::move(head.if_match),
                .accept = std::move(head.accept),
                .trace = traceOf(head.traceparent),
                .https = client.https,
                .client = toText(client.exact),
                .client_network = toText(client.address),
                .headers = std::move(head.headers)};
    }

    /// True when the body is whole; what is left of `bytes` is not part of it.
    bool readBody(Connection& connection, std::string_view& bytes) {
        RequestBody& body = connection.body;
        Exchange& exchange = *connection.exchange;
        if (!body.complete() && !parts_.gate.grow(exchange.share, exchange.client, body.roomFor(bytes.size())))
            return refuseBody(connection);
        const Result<std::size_t> taken = body.take(bytes);
        if (!taken) return refuse(connection, taken.error()), false;
        bytes.remove_prefix(*taken);
        connection.last_progress = now_;
        return body.complete();
    }

    bool refuseBody(Connection& connection) {
        parts_.traffic.count(Refused::kMemory);
        refuse(connection, problemError("server.busy"));
        return false;
    }

    void handOn(Connection& connection) {
        connection.enter(Stage::kWorking, never());
        std::shared_ptr<Exchange> exchange = std::move(connection.exchange);
        exchange->request.body = connection.body.release();
        parts_.handle(std::move(exchange));
    }

    // --- An answer goes out ---

    void deliverAnswers() {
        parts_.mailbox->takeAll(letters_);
        more_answers_ = false;
        for (Mailbox::Letter& letter : letters_) deliver(*letter.exchange, std::move(letter.response));
        letters_.clear();
    }

    void deliver(const Exchange& exchange, Response response) {
        const bool by_provider = !signInConnector(exchange.request.path).empty();
        if (by_provider && (response.status == 400 || response.status == 403))
            parts_.gate.signInFailed(exchange.client, now_);
        if (response.status == 401) countFailure(exchange);
        const auto found = connections_.find(exchange.connection);
        const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(now_ - exchange.began);
        parts_.answered(exchange.request, found == connections_.end() ? 0 : response.status, took);
        if (found == connections_.end()) return;  // The client is gone.
        Connection& connection = *found->second;
        connection.closing = connection.closing || !exchange.keep_alive || stop_by_;
        if (exchange.request.method == "HEAD") return sendHead(connection, response);
        std::string head = headOf(response, date(), !connection.closing);
        send(connection, std::move(head), std::move(response.body), std::move(response.file));
    }

    /// Of the hub's other calls whoever looked the credentials up has counted it.
    void countFailure(const Exchange& exchange) {
        const Request& request = exchange.request;
        const Credentials shown{.authorization = request.authorization, .session = request.session_cookie};
        if (isSignIn(request.method, request.path))
            parts_.gate.signInFailed(exchange.client, now_);
        else if (!isHubs(request.path) && shown.any())
            (void)parts_.gate.opensNothing(shown, exchange.client, now_);
    }

    /// As GET, with the length of the body, but without the body.
    void sendHead(Connection& connection, const Response& response) {
        send(connection, headOf(response, date(), !connection.closing), {});
    }

    /// Answers in place of a handler. The connection ends, but not before the client could read why.
    void refuse(Connection& connection, const Error& error) {
        if (error.code != Errc::kUnavailable) parts_.traffic.count(whyRefused(error));
        connection.exchange.reset();
        connection.body = {};
        connection.input.clear();
        connection.closing = true;
        Response response = problemResponse(error);
        std::string head = headOf(response, date(), false);
        send(connection, std::move(head), std::move(response.body));
    }

    void send(Connection& connection, std::string head, std::string body, std::optional<Content> file = {}) {
        connection.out.put(std::move(head), std::move(body), std::move(file));
        connection.stage_began = now_;
        connection.enter(Stage::kAnswering, now_ + parts_.limits.unread);
        goOnSending(connection);
    }

    /// False when the connection is gone.
    bool goOnSending(Connection& connection) {
        if (connection.stage() != Stage::kAnswering) return true;
        const std::size_t before = connection.out.sent();
        switch (connection.out.flush(connection.socket)) {
            case Outbox::State::kBroken:
                drop(connection);
                return false;
            case Outbox::State::kBlocked:
                watch(connection, EPOLLOUT);
                if (connection.out.sent() > before) connection.until = now_ + parts_.limits.unread;
                return true;
            case Outbox::State::kSent:
                break;
        }
        watch(connection, EPOLLIN);
        connection.stage_began = now_;
        if (connection.closing) {
            // Closed at once, with bytes unread, the system would reset the connection under the answer.
            ::shutdown(connection.socket, SHUT_WR);
            connection.enter(Stage::kLingering, now_ + parts_.limits.lingering);
            return true;
        }
        speakFor(connection, std::nullopt);
        connection.enter(Stage::kIdle, now_ + parts_.limits.keep_alive);
        if (connection.input.empty()) return true;
        const std::string waiting = std::move(connection.input);
        connection.input.clear();
        const std::uint64_t id = connection.id;
        read(connection, waiting);
        more_answers_ = true;
        return connections_.contains(id);
    }

    /// The Date field, made anew once a second.
    const std::string& date() {
        const std::time_t second = std::time(nullptr);
        if (second != date_of_) {
            date_of_ = second;
            date_ = Poco::DateTimeFormatter::format(Poco::Timestamp::fromEpochTime(second),
                                                    Poco::DateTimeFormat::HTTP_FORMAT);
        }
        return date_;
    }

    // --- Deadlines ---

    void sweep() {
        next_sweep_ = now_ + kSweepEvery;
        if (std::exchange(listener_rests_, false) && listener_ >= 0)
            watch(EPOLL_CTL_MOD, listener_, EPOLLIN, kListener);
        std::vector<Connection*> late;
        for (const auto& [id, connection] : connections_)
            if (isLate(*connection)) late.push_back(connection.get());
        for (Connection* one : late) {
            const bool asked = one->stage() == Stage::kBody || (one->stage() == Stage::kHead && !one->input.empty());
            if (asked)
                refuse(*one, problemError("request.timeout"));
            else
                drop(*one);
        }
    }

    [[nodiscard]] bool isLate(const Connection& one) const {
        if (now_ >= one.until) return true;
        if (one.stage() == Stage::kAnswering) return tooSlow(one, one.out.sent(), parts_.limits.unread);
        if (one.stage() != Stage::kBody) return false;
        if (now_ - one.last_progress > parts_.limits.silence) return true;
        return tooSlow(one, one.body.size(), parts_.limits.silence);
    }

    /// A byte now and then must not hold a connection, and what it keeps in memory, for ever.
    [[nodiscard]] bool tooSlow(const Connection& one, std::uint64_t bytes, std::chrono::milliseconds grace) const {
        const std::chrono::duration<double> took = now_ - one.stage_began;
        return took > grace && static_cast<double>(bytes) < took.count() * static_cast<double>(parts_.limits.slowest);
    }

    const Parts parts_;
    const std::size_t most_connections_;
    int listener_;
    bool listener_rests_ = false;
    const int epoll_;
    std::string piece_;  // Where every connection's bytes first arrive.
    std::array<epoll_event, 256> events_ = {};
    int ready_ = 0;
    std::uint64_t next_id_ = kFirstConnection;
    Connections connections_;
    std::vector<Mailbox::Letter> letters_;
    bool more_answers_ = false;  // Some may have been put in since the last look.
    Clock::time_point now_;      // Of this round.
    Clock::time_point next_sweep_;
    std::optional<Clock::time_point> stop_by_;
    std::time_t date_of_ = 0;
    std::string date_;
};

Front::Front(Parts parts, int listener)
    : loop_{std::make_unique<Loop>(std::move(parts), listener)}, thread_{[this] { loop_->run(); }} {}

Front::~Front() { stop(std::chrono::milliseconds{0}); }

void Front::stop(std::chrono::milliseconds grace) {
    if (!thread_.joinable()) return;
    loop_->grace_ms = grace.count();
    loop_->knock();
    thread_.join();
}

}  // namespace pakn::http

#include "ami_listener.hpp"

#include <charconv>
#include <stdexcept>

namespace pakn::hotline {
namespace {

constexpr std::chrono::milliseconds kPiece{200};  ///< The stop of the hub is looked at so often.
constexpr std::size_t kMostPending = 10'000;
constexpr std::chrono::minutes kMostOff{10};

/// What would end a line early would be another line.
bool fitsInALine(const std::string& text) { return text.find_first_of("\r\n") == std::string::npos; }

/// The exchange's own time where it says so (`timestampevents = yes`) and is not far off: an event may have waited in
/// the socket.
Instant timeOf(const AmiPacket& packet, Instant now) {
    const std::string_view stamp = packet.get("Timestamp");
    std::int64_t seconds = 0;
    const auto [end, bad] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    if (stamp.empty() || bad != std::errc{}) return now;
    std::int64_t millis = 0;
    if (stamp.data() + stamp.size() - end > 3 && *end == '.') std::from_chars(end + 1, end + 4, millis);
    constexpr std::int64_t kFarFuture = 1LL << 40;
    if (seconds < 0 || seconds > kFarFuture) return now;
    const Instant at{std::chrono::seconds{seconds} + std::chrono::milliseconds{millis}};
    return at > now + kMostOff || at < now - kMostOff ? now : at;
}

}  // namespace

AmiListener::AmiListener(AmiSettings settings, HostServices& services)
    : settings_{std::move(settings)}, services_{services}, tracker_{settings_.calls} {
    check(settings_);
}

void AmiListener::check(const AmiSettings& settings) {
    if (settings.user.empty() || settings.secret.empty())
        throw std::invalid_argument{"ami_host needs ami_user and ami_secret"};
    if (!fitsInALine(settings.user) || !fitsInALine(settings.secret))
        throw std::invalid_argument{"ami_user and ami_secret are one line each"};
    if (settings.address.port < 1 || settings.address.port > 65535)
        throw std::invalid_argument{"ami_port is 1 to 65535"};
    if (settings.address.tls && settings.address.ca_file.empty())
        throw std::invalid_argument{"ami_tls needs ami_ca: the certificate of the exchange, or of who issued it"};
}

Status AmiListener::poll(Inbox& inbox, const std::stop_token& stop) {
    if (stop.stop_requested()) return Done{};
    if (Status told = tellPending(inbox); !told) return told;
    if (!connection_)
        if (Status connected = connect(stop); !connected) return stop.stop_requested() ? Status{Done{}} : connected;
    Status listened = listen(inbox, stop);
    if (!listened && listened.error().problem == "hotline.ami") lose();
    return listened;
}

Status AmiListener::connect(const std::stop_token& stop) {
    Result<std::unique_ptr<AmiConnection>> opened = AmiConnection::open(settings_.address, settings_.timeout, stop);
    if (!opened) return std::move(opened).error();
    connection_ = std::move(*opened);
    parser_ = {};
    actions_ = 0;
    Status in = signIn(stop);
    if (!in) {
        connection_.reset();
        return in;
    }
    silence_ = since_ping_ = std::chrono::milliseconds{0};
    if (was_connected_) {
        services_.count("ami_gaps", 1);
        services_.log(LogLevel::kWarning,
                      "connected to the exchange again: of calls in between only the CDR file can tell");
    }
    was_connected_ = true;
    return in;
}

Status AmiListener::signIn(const std::stop_token& stop) {
    const std::string id = std::to_string(++actions_);
    const std::string login = "Action: Login\r\nUsername: " + settings_.user + "\r\nSecret: " + settings_.secret +
                              "\r\nActionID: " + id + "\r\n\r\n";
    if (Status sent = connection_->send(login, settings_.timeout); !sent) return sent;
    const Result<std::optional<AmiPacket>> answer = awaitAnswer(id, stop);
    if (!answer) return answer.error();
    if (*answer && (*answer)->get("Response") == "Success" && parser_.greeted()) return Done{};
    if (*answer && (*answer)->get("Response") == "Error")
        return Error{.code = Errc::kUnauthenticated,
                     .message = "the exchange does not accept ami_user and ami_secret, or not from here",
                     .problem = "hotline.ami_login"};
    return Error{.code = Errc::kUnavailable,
                 .message = "who answers there is no Asterisk Manager Interface",
                 .problem = "hotline.ami"};
}

/// Nothing: none came in time. Events that come before are of calls that began before.
Result<std::optional<AmiPacket>> AmiListener::awaitAnswer(const std::string& action_id, const std::stop_token& stop) {
    const Steady::time_point deadline = Steady::now() + settings_.timeout;
    while (Steady::now() < deadline && !stop.stop_requested()) {
        const Result<std::string> bytes = connection_->receive(kPiece);
        if (!bytes) return bytes.error();
        const Instant now = services_.now();  // And a sign of life: whoever waits for this call sees that it goes on.
        std::optional<AmiPacket> answer;
        for (const AmiPacket& packet : parser_.feed(*bytes)) {
            if (!answer && packet.isResponse() && packet.get("ActionID") == action_id)
                answer = packet;
            else if (answer)
                hear(packet, now);
        }
        if (answer) return answer;
    }
    return std::optional<AmiPacket>{};
}

Status AmiListener::listen(Inbox& inbox, const std::stop_token& stop) {
    const Steady::time_point until = Steady::now() + kStay;
    do {
        const Steady::time_point before = Steady::now();
        const Result<std::string> bytes = connection_->receive(kPiece);
        if (!bytes) {
            static_cast<void>(tellPending(inbox));
            return bytes.error();
        }
        const Instant now = services_.now();  // And a sign of life.
        for (const AmiPacket& packet : parser_.feed(*bytes)) hear(packet, now);
        if (Status told = tellPending(inbox); !told) return told;
        if (!bytes->empty()) silence_ = since_ping_ = std::chrono::milliseconds{0};
        const auto silent = bytes->empty() ? Steady::now() - before : Steady::duration{0};
        if (Status alive = keepAlive(std::chrono::duration_cast<std::chrono::milliseconds>(silent)); !alive)
            return alive;
    } while (Steady::now() < until && !stop.stop_requested());
    return Done{};
}

void AmiListener::hear(const AmiPacket& packet, Instant now) {
    if (!packet.isEvent()) return;
    std::optional<Call> call = tracker_.take(packet, timeOf(packet, now));
    if (!call) return;
    if (pending_.size() >= kMostPending && pending_.find(call->id) == pending_.end()) {
        pending_.erase(pending_.begin());  // The oldest, as Linkedid begins with the time.
        services_.count("ami_dropped", 1);
    }
    const std::string id = call->id;
    pending_.insert_or_assign(id, std::move(*call));
}

Status AmiListener::tellPending(Inbox& inbox) {
    while (!pending_.empty()) {
        const Result<CallState> known = inbox.call(pending_.begin()->second);
        if (!known && known.error().code != Errc::kInvalid && known.error().code != Errc::kTooLarge)
            return known.error();
        if (!known) {
            services_.count("ami_refused", 1);
            services_.log(LogLevel::kWarning,
                          "the hub does not take what the exchange says of a call: " + known.error().problem);
        }
        pending_.erase(pending_.begin());
    }
    return Done{};
}

Status AmiListener::keepAlive(std::chrono::milliseconds silent) {
    silence_ += silent;
    since_ping_ += silent;
    if (silence_ > settings_.dead_after)
        return Error{.code = Errc::kUnavailable, .message = "the exchange answers no ping", .problem = "hotline.ami"};
    if (since_ping_ < settings_.ping_after) return Done{};
    since_ping_ = std::chrono::milliseconds{0};
    return connection_->send("Action: Ping\r\nActionID: " + std::to_string(++actions_) + "\r\n\r\n", kPiece);
}

void AmiListener::lose() {
    connection_.reset();
    parser_ = {};
    tracker_.forget();
}

}  // namespace pakn::hotline

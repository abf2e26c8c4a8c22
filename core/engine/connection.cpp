#include "core/engine/connection.hpp"

#include <utility>

#include "core/engine/connector_process.hpp"
#include "core/engine/log_context.hpp"

namespace pakn::engine {

namespace {

Error unavailable(std::string message, std::string problem, std::chrono::milliseconds retry_after) {
    return {.code = Errc::kUnavailable,
            .message = std::move(message),
            .problem = std::move(problem),
            .retry_after = retry_after};
}

}  // namespace

Connection::Connection(Hub& hub, config::Connector settings, InstanceServices::Parts services, Log log)
    : hub_{hub},
      settings_{std::move(settings)},
      public_url_{services.public_url},
      log_{std::move(log)},
      condition_{settings_.id, settings_.plugin},
      services_{settings_, std::move(services), condition_.writes()},
      inbox_{hub_, settings_, condition_, log_} {}

Status Connection::build(const plugin_host::PluginHost& plugins) {
    isolation::ProcessOptions apart = processOptions(settings_);
    apart.log = log_;
    Result<std::unique_ptr<plugin_host::Instance>> made =
        runsApart(settings_, plugins)
            ? plugins.createIsolated(settings_.plugin, settings_.settings, services_, settings_.sha256, apart)
            : plugins.create(settings_.plugin, settings_.settings, services_, settings_.sha256);
    if (!made) {
        condition_.set("failed", made.error().message);
        return std::move(made).error();
    }
    instance_ = std::move(*made);
    if (const Descriptor& descriptor = instance_->descriptor(); descriptor.has(Ability::kAuthenticator))
        summary_ = std::string{descriptor.info.summary};
    return Done{};
}

ConnectorHealth Connection::health() const {
    ConnectorHealth health = condition_.read();
    health.counters = services_.counters();
    if (!instance_) return health;
    if (stopping()) {
        health.state = "failed";
        health.problem = "it was told to stop and is still inside a call; reload again when it has come back";
        return health;
    }
    health.process = instance_->process();
    if (!health.process || health.process->state != isolation::ProcessHealth::State::kDead) return health;
    if (health.state != "running" && health.state != "failing") return health;
    health.state = health.process->tripped ? "tripped" : "restarting";
    health.problem = health.process->problem;
    return health;
}

void Connection::run() {
    if (!instance_) {
        log_(LogLevel::kError, "CONNECTOR_FAILED", settings_.id + ": " + condition_.read().problem);
        return;
    }
    const Descriptor& descriptor = instance_->descriptor();
    if (descriptor.has(Ability::kSender))
        deliverer_ = std::make_unique<Deliverer>(hub_, *instance_, settings_, condition_, log_);
    if (descriptor.has(Ability::kPolls))
        channel_ = std::make_unique<Channel>(hub_, *instance_, settings_, condition_, log_);
    {
        const std::lock_guard lock{mutex_};
        running_ = true;
    }
    const std::optional<isolation::ProcessHealth> process = instance_->process();
    log_(LogLevel::kInfo, "CONNECTOR_STARTED",
         settings_.id + " (" + settings_.plugin + "), in " +
             (process ? "process " + std::to_string(process->pid) : std::string{"the hub's own process"}));
}

void Connection::wake() {
    if (deliverer_) deliverer_->wake();
}

/// One more request comes in, if it may.
Status Connection::enter() {
    if (condition_.word(hub_.store(), hub_.now()).mode != ConnectorMode::kRunning)
        return unavailable("connector " + settings_.id + " is paused", "connector.not_running",
                           std::chrono::seconds{30});
    const std::lock_guard lock{mutex_};
    if (!running_ || stopping_.stop_requested())
        return unavailable("connector " + settings_.id + " does not run", "connector.not_running",
                           std::chrono::seconds{30});
    if (handling_ >= kMostHandling)
        return unavailable("connector " + settings_.id + " has its hands full", "connector.busy",
                           std::chrono::seconds{2});
    ++handling_;
    return Done{};
}

/// A call of the plugin's object on behalf of a request.
template <class T, class Call>
Result<T> Connection::inside(const Call& call) {
    const LogScope about{{.connector = settings_.id}};
    if (Status entered = enter(); !entered) return std::move(entered).error();
    struct Leave {
        Connection& connection;
        ~Leave() { connection.leave(); }
    } const leave{*this};
    Result<T> answer = call();
    if (!answer && answer.error().code == Errc::kInternal) {
        condition_.countFailure();
        log_(LogLevel::kError, "CONNECTOR_REQUEST_FAILED", settings_.id + ": " + answer.error().message);
    }
    return answer;
}

Result<HttpResponse> Connection::handle(const HttpRequest& request) {
    return inside<HttpResponse>([&] {
        Result<HttpResponse> made = instance_->handle(request, inbox_, stopping_.get_token());
        if (!made && made.error().problem == "connector.quarantined") return quarantine(request);
        return made;
    });
}

Result<LoginStart> Connection::begin(const LoginRequest& request) {
    return inside<LoginStart>([&] { return instance_->begin(request, stopping_.get_token()); });
}

Result<Identity> Connection::finish(const LoginCallback& callback) {
    return inside<Identity>([&] { return instance_->finish(callback, stopping_.get_token()); });
}

Result<std::string> Connection::logout(const LogoutRequest& request) {
    return inside<std::string>([&] { return instance_->logout(request, stopping_.get_token()); });
}

Result<Receipt> Connection::send(const Delivery& delivery) {
    if (!deliverer_)
        return unavailable("connector " + settings_.id + " sends nothing", "connector.not_running",
                           std::chrono::seconds{30});
    return inside<Receipt>([&] { return instance_->send(delivery, stopping_.get_token()); });
}

/// What killed the connector's process twice is kept for a person to look at; its sender need not send it again.
Result<HttpResponse> Connection::quarantine(const HttpRequest& request) {
    std::string content;
    for (const auto& [name, value] : request.headers) {
        const bool secret = name == "authorization" || name == "proxy-authorization" || name == "cookie";
        content += name + ": " + (secret ? "(left out)" : value) + '\n';
    }
    content += '\n' + request.body;
    if (Status kept = inbox_.setAside(request.method + ' ' + request.url, content, "connector.quarantined"); !kept)
        return std::move(kept).error();
    return Error{.code = Errc::kInvalid,
                 .message = "connector " + settings_.id + " cannot read this request; it is kept for a person",
                 .problem = "connector.quarantined"};
}

void Connection::leave() {
    const std::lock_guard lock{mutex_};
    if (--handling_ == 0) idle_.notify_all();
}

void Connection::requestStop() {
    stopping_.request_stop();
    if (channel_) channel_->requestStop();
    if (deliverer_) deliverer_->requestStop();
}

bool Connection::join(std::chrono::steady_clock::time_point deadline) {
    if (channel_ && !channel_->endsBy(deadline)) return false;
    if (deliverer_ && !deliverer_->endsBy(deadline)) return false;
    std::unique_lock lock{mutex_};
    return idle_.wait_until(lock, deadline, [this] { return handling_ == 0; });
}

void Connection::destroy() {
    std::unique_ptr<plugin_host::Instance> instance;
    {
        const std::lock_guard lock{mutex_};  // Not while it is destroyed: a late request is turned away meanwhile.
        instance = std::move(instance_);
    }
    instance.reset();  // First: until it is gone it may use the inbox of its polls, which the channel owns.
    services_.releaseAll();
    channel_.reset();
    deliverer_.reset();
}

}  // namespace pakn::engine

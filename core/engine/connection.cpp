#include "core/engine/connection.hpp"

#include <utility>

#include "core/engine/log_context.hpp"

namespace pakn::engine {

namespace {

/// Requests that one connector may have inside at a time: a slow one must not take all HTTP threads.
constexpr int kMostHandling = 8;
/// Polls and sign-ins beside requests and deliveries.
constexpr int kOtherCalls = 8;

Error unavailable(std::string message, std::string problem, std::chrono::milliseconds retry_after) {
    return {.code = Errc::kUnavailable,
            .message = std::move(message),
            .problem = std::move(problem),
            .retry_after = retry_after};
}

/// As configured; else what the plugin declares: only first-party code runs in this process.
bool runsApart(const config::Connector& settings, const plugin_host::PluginHost& plugins) {
    if (settings.isolation != config::Isolation::kDefault) return settings.isolation == config::Isolation::kProcess;
    const Descriptor* descriptor = plugins.find(settings.plugin);
    return descriptor != nullptr && !descriptor->info.trusted;
}

}  // namespace

Connection::Connection(Hub& hub, config::Connector settings, InstanceServices::Parts services, Log log)
    : hub_{hub},
      settings_{std::move(settings)},
      public_url_{services.public_url},
      log_{std::move(log)},
      services_{settings_, std::move(services)},
      condition_{settings_.id, settings_.plugin},
      inbox_{hub_, settings_, condition_, log_} {}

Status Connection::build(const plugin_host::PluginHost& plugins) {
    Result<std::unique_ptr<plugin_host::Instance>> made =
        runsApart(settings_, plugins)
            ? plugins.createIsolated(settings_.plugin, settings_.settings, services_, settings_.sha256,
                                     processOptions())
            : plugins.create(settings_.plugin, settings_.settings, services_, settings_.sha256);
    if (!made) {
        condition_.set("failed", made.error().message);
        return std::move(made).error();
    }
    instance_ = std::move(*made);
    return Done{};
}

isolation::ProcessOptions Connection::processOptions() const {
    return {.connector = settings_.id,
            .sockets = settings_.sandbox.sockets,
            .memory = settings_.sandbox.memory,
            .files = settings_.sandbox.files,
            .restart = {.first = settings_.restart.first,
                        .most = settings_.restart.most,
                        .crashes = settings_.restart.crashes,
                        .within = settings_.restart.within},
            .call_limit = settings_.call_limit,
            .calls = settings_.workers + kMostHandling + kOtherCalls,
            .credits = settings_.credits,
            .frame = settings_.frame,
            .log = log_};
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
    log_(LogLevel::kInfo, "CONNECTOR_STARTED", settings_.id + " (" + settings_.plugin + ")");
}

void Connection::wake() {
    if (deliverer_) deliverer_->wake();
}

Result<HttpResponse> Connection::handle(const HttpRequest& request) {
    const LogScope about{{.connector = settings_.id}};
    if (condition_.word(hub_.store(), hub_.now()).mode != ConnectorMode::kRunning)
        return unavailable("connector " + settings_.id + " is paused", "connector.not_running",
                           std::chrono::seconds{30});
    {
        const std::lock_guard lock{mutex_};
        if (!running_ || stopping_.stop_requested())
            return unavailable("connector " + settings_.id + " does not run", "connector.not_running",
                               std::chrono::seconds{30});
        if (handling_ >= kMostHandling)
            return unavailable("connector " + settings_.id + " has its hands full", "connector.busy",
                               std::chrono::seconds{2});
        ++handling_;
    }
    struct Leave {
        Connection& connection;
        ~Leave() { connection.leave(); }
    } const leave{*this};
    Result<HttpResponse> answer = instance_->handle(request, inbox_, stopping_.get_token());
    if (!answer && answer.error().problem == "connector.quarantined") return quarantine(request);
    if (!answer && answer.error().code == Errc::kInternal) {
        condition_.countFailure();
        log_(LogLevel::kError, "CONNECTOR_REQUEST_FAILED", settings_.id + ": " + answer.error().message);
    }
    return answer;
}

/// What killed the connector's process twice is kept for a person to look at; its sender need not send it again.
Result<HttpResponse> Connection::quarantine(const HttpRequest& request) {
    if (Status kept = inbox_.setAside(request.method + ' ' + request.url, request.body, "connector.quarantined"); !kept)
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
    if (!idle_.wait_until(lock, deadline, [this] { return handling_ == 0; })) return false;
    instance_.reset();  // First: until it is gone it may use the inbox of its polls, which the channel owns.
    channel_.reset();
    deliverer_.reset();
    return true;
}

}  // namespace pakn::engine

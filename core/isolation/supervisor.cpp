#include "core/isolation/supervisor.hpp"

#include <algorithm>
#include <utility>

namespace pakn::isolation {

namespace {

constexpr std::chrono::milliseconds kHeartbeat{1000};
constexpr std::chrono::milliseconds kStopPatience{5000};
/// A call that comes while a child is being started waits for it so long.
constexpr std::chrono::milliseconds kStartPatience{1000};

using State = ProcessHealth::State;

Error quarantined() {
    return {.code = Errc::kRejected,
            .message = "set aside: it killed the connector's process twice",
            .problem = "connector.quarantined"};
}

std::string seconds(std::chrono::milliseconds length) {
    const std::string digits = std::to_string(length.count() % 1000 + 1000).substr(1);
    return std::to_string(length.count() / 1000) + '.' + digits.substr(0, 1) + " s";
}

}  // namespace

Result<std::unique_ptr<Supervisor>> Supervisor::start(Parts parts, HostServices& services) {
    std::unique_ptr<Supervisor> supervisor{new Supervisor{std::move(parts), services}};
    Status first = Done{};
    {
        std::unique_lock lock{supervisor->mutex_};
        supervisor->changed_.wait(lock, [&] { return supervisor->first_.has_value(); });
        first = *supervisor->first_;
    }
    if (!first) return std::move(first).error();
    return supervisor;
}

Supervisor::Supervisor(Parts parts, HostServices& services)
    : parts_{std::move(parts)}, services_{services}, thread_{[this](const std::stop_token& stop) { run(stop); }} {}

Supervisor::~Supervisor() {
    thread_.request_stop();
    std::shared_ptr<Process> process;
    {
        const std::lock_guard lock{mutex_};
        process = process_;
    }
    if (process) process->wake();
    process.reset();
    thread_.join();
}

/// Everything about children happens on this thread: they die with the one that started them.
void Supervisor::run(const std::stop_token& stop) {
    for (bool first = true; !stop.stop_requested(); first = false) {
        Result<std::shared_ptr<Process>> begun = begin();
        if (first) {
            {
                const std::lock_guard lock{mutex_};
                first_ = begun ? Status{Done{}} : Status{begun.error()};
            }
            changed_.notify_all();
            if (!begun) return;
        }
        if (!begun) {
            rest(stop, noteCrash(begun.error().message));
            continue;
        }
        std::shared_ptr<Process> process = std::move(*begun);
        look(*process, stop);
        bool recycle = false;
        {
            const std::lock_guard lock{mutex_};
            process_.reset();  // Nobody begins a call any more.
            recycle = health_.state == State::kDraining;
            if (!stop.stop_requested() && !recycle) health_.state = State::kDead;
        }
        if (stop.stop_requested() || recycle) {
            process->stop(kStopPatience);
            static_cast<void>(process->end());
            process.reset();
            const std::lock_guard lock{mutex_};
            health_.state = State::kDead;
            health_.pid = 0;
            continue;
        }
        const std::string how = process->end();
        process.reset();
        rest(stop, noteCrash(how));
    }
}

Result<std::shared_ptr<Process>> Supervisor::begin() {
    {
        const std::lock_guard lock{mutex_};
        health_.state = State::kStarting;
        ++health_.starts;
    }
    parts_.setup.plugin = parts_.plugin.number();
    Result<std::unique_ptr<Process>> started = Process::start(parts_.setup, services_);
    if (!started) {
        const std::lock_guard lock{mutex_};
        health_.state = State::kDead;
        health_.problem = started.error().message;
        return std::move(started).error();
    }
    std::shared_ptr<Process> process = std::move(*started);
    parts_.log(LogLevel::kInfo, "CONNECTOR_PROCESS_STARTED",
               parts_.connector + ": process " + std::to_string(process->pid()) +
                   (parts_.setup.order.user != 0 ? " of user " + std::to_string(parts_.setup.order.user) : ""));
    if (!process->pathsConfined())
        parts_.log(LogLevel::kWarning, "CONNECTOR_FILES_OPEN", parts_.connector + ": this kernel has no Landlock");
    {
        const std::lock_guard lock{mutex_};
        process_ = process;
        ready_since_ = Steady::now();
        health_.state = State::kReady;
        health_.pid = process->pid();
        health_.problem.clear();
    }
    changed_.notify_all();
    return process;
}

/// Returns when the child has ended, has to be ended, or is to be stopped.
void Supervisor::look(Process& process, const std::stop_token& stop) {
    auto next = Steady::now() + kHeartbeat;
    while (!stop.stop_requested()) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(next - Steady::now());
        if (left.count() > 0) {
            if (!process.watch(left)) return;
            continue;
        }
        next = Steady::now() + kHeartbeat;
        if (!process.ping()) {
            process.condemn("no sign of life for 3 s", Process::Reason::kHang);
            return;
        }
        noteSettled();
        const std::lock_guard lock{mutex_};
        health_.resident = process.size().resident;
        if (calls_ == 0 && shouldRecycle(process)) {
            parts_.log(LogLevel::kWarning, "CONNECTOR_PROCESS_RECYCLED",
                       parts_.connector + ": it uses " + std::to_string(health_.resident >> 20U) + " MB");
            health_.state = State::kDraining;
            process_.reset();  // Nobody begins a call any more.
            return;
        }
    }
}

/// It has recovered from what it was held back for.
void Supervisor::noteSettled() {
    const std::lock_guard lock{mutex_};
    if (!health_.tripped || Steady::now() - ready_since_ <= parts_.restart.settled) return;
    health_.tripped = false;
    crashes_.clear();
}

/// Before its memory is at an end, and calls fail for it.
bool Supervisor::shouldRecycle(const Process& process) const {
    const std::uint64_t most = parts_.setup.order.memory;
    return most > 0 && process.size().resident > most / 4 * 3;
}

void Supervisor::rest(const std::stop_token& stop, std::chrono::milliseconds length) {
    std::unique_lock lock{mutex_};
    again_at_ = Steady::now() + length;
    changed_.wait_until(lock, stop, again_at_, [] { return false; });
}

/// How long to wait before the next start.
std::chrono::milliseconds Supervisor::noteCrash(const std::string& how) {
    const RestartRules& rules = parts_.restart;
    std::chrono::milliseconds pause{};
    bool tripped_now = false;
    {
        const std::lock_guard lock{mutex_};
        const auto now = Steady::now();
        if (ready_since_ != Steady::time_point{} && now - ready_since_ > rules.settled) pause_ = {};
        ready_since_ = {};
        crashes_.push_back(now);
        while (crashes_.front() + rules.within < now) crashes_.pop_front();
        pause_ = pause_.count() == 0 ? rules.first : std::min(pause_ * 2, rules.most);
        const bool tripped = crashes_.size() >= static_cast<std::size_t>(rules.crashes);
        tripped_now = tripped && !health_.tripped;
        pause = tripped ? rules.probe : pause_;
        health_.tripped = tripped;
        health_.state = State::kDead;
        health_.pid = 0;
        health_.problem = how;
        ++health_.crashes;
    }
    parts_.log(LogLevel::kError, "CONNECTOR_PROCESS_ENDED",
               parts_.connector + ": " + how + "; started anew in " + seconds(pause));
    if (tripped_now)
        parts_.log(LogLevel::kError, "CONNECTOR_PROCESS_TRIPPED",
                   parts_.connector + ": " + std::to_string(rules.crashes) + " crashes, tried now and then only");
    return pause;
}

Error Supervisor::restarting() const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(again_at_ - Steady::now());
    return {.code = Errc::kUnavailable,
            .message = "its process is being started anew" +
                       (health_.problem.empty() ? std::string{} : ", after: " + health_.problem),
            .problem = "connector.restarting",
            .retry_after = std::max(left, kHeartbeat)};
}

/// Whether a call that lost this process was the only one; called once by each, before it leaves.
bool Supervisor::wasAlone(const std::shared_ptr<Process>& process) {
    if (lost_.lock() != process) {
        lost_ = process;
        lost_with_ = calls_;
    }
    return lost_with_ == 1;
}

Result<Supervisor::Lent> Supervisor::perform(Frame request, Inbox* inbox, const std::stop_token& stop,
                                             const About& about) {
    if (!about.message.empty() && suspects_.condemned(about.message, Steady::now())) return quarantined();
    std::shared_ptr<Process> process;
    {
        std::unique_lock lock{mutex_};
        const auto soon = Steady::now() + std::min(kStartPatience, about.patience.most);
        const bool worth_it = !health_.tripped || health_.state != State::kDead;
        if (!process_ && worth_it) changed_.wait_until(lock, stop, soon, [this] { return process_ != nullptr; });
        if (!process_) return restarting();
        process = process_;
        ++calls_;
        if (health_.state == State::kReady) health_.state = State::kBusy;
    }
    std::string in_hand;
    const Process::Working working = [&](std::string_view item) -> Status {
        if (!in_hand.empty()) suspects_.forget(in_hand);  // It did no harm.
        in_hand = item.empty() || !about.item ? std::string{} : about.item(item);
        if (in_hand.empty() || !suspects_.condemned(in_hand, Steady::now())) return Done{};
        in_hand.clear();
        return quarantined();
    };
    Result<Frame> answer = process->call(std::move(request), inbox, stop, about.patience, working);
    bool alone = false;
    {
        const std::lock_guard lock{mutex_};
        if (!answer) alone = wasAlone(process);
        if (--calls_ == 0 && health_.state == State::kBusy) health_.state = State::kReady;
    }
    if (answer) {
        static_cast<void>(working({}).ok());
        if (!about.message.empty()) suspects_.forget(about.message);
        return Lent{std::move(*answer), std::move(process)};
    }
    switch (answer.error().code) {
        case Errc::kTooLarge:
            return std::move(answer).error();
        case Errc::kConflict:
        case Errc::kDeferred: {  // It never came to the child.
            const std::lock_guard lock{mutex_};
            return restarting();
        }
        default:
            break;
    }
    if (answer.error().code == Errc::kStale)
        return hung(about.when_lost, "its process did not come back from the call");
    if (process->hasHung()) return hung(about.when_lost, "its process was ended because it hung in another call");
    if (answer.error().problem == Lane::kBelated)
        return crashed(about.when_lost, "its process answered an earlier call twice");
    static_cast<void>(blame(in_hand, alone));
    if (blame(about.message, alone)) return quarantined();
    return crashed(about.when_lost, "its process died during the call");
}

/// What the child had in its hands when it died; an empty name is nothing. True: it is set aside from now on.
bool Supervisor::blame(const std::string& name, bool alone) {
    if (name.empty() || !suspects_.note(name, alone, Steady::now())) return false;
    {
        const std::lock_guard lock{mutex_};
        ++health_.quarantined;
    }
    parts_.log(LogLevel::kError, "CONNECTOR_QUARANTINED", parts_.connector + ": " + name);
    return true;
}

ProcessHealth Supervisor::health() const {
    const std::lock_guard lock{mutex_};
    return health_;
}

}  // namespace pakn::isolation

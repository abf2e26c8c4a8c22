#pragma once
/// @file
/// Keeps a connector's child process alive: starts it, notices that it crashed or hangs, starts it anew after a pause,
/// holds back when it crashes again and again, and sets aside what kills it.

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>

#include "core/isolation/process.hpp"
#include "core/isolation/suspects.hpp"

namespace pakn::isolation {

/// How a child that died comes back (config::Restart).
struct RestartRules {
    std::chrono::milliseconds first{100};
    std::chrono::milliseconds most{30000};
    int crashes = 5;
    std::chrono::milliseconds within{std::chrono::minutes{5}};
    std::chrono::milliseconds probe{std::chrono::minutes{1}};  ///< Between tries once it is held back.
    /// A child that lived so long had not crashed at its start: pauses begin anew, and it is held back no longer.
    std::chrono::milliseconds settled{std::chrono::minutes{1}};
};

using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

struct ProcessHealth {
    enum class State : std::uint8_t { kStarting, kReady, kBusy, kDraining, kDead };
    State state = State::kDead;
    bool tripped = false;  ///< It crashed too often, and is tried now and then only.
    std::string problem = {};
    pid_t pid = 0;  ///< 0: none runs.
    std::int64_t starts = 0;
    std::int64_t crashes = 0;
    std::int64_t quarantined = 0;
    std::uint64_t resident = 0;  ///< Bytes.
};
constexpr std::string_view nameOf(ProcessHealth::State state) {
    constexpr std::string_view kNames[] = {"starting", "ready", "busy", "draining", "dead"};
    return kNames[static_cast<std::size_t>(state)];
}

class Supervisor {
public:
    struct Parts {
        std::string connector = {};  ///< Its id, for the log.
        Setup setup = {};
        OwnedDescriptor plugin = OwnedDescriptor{};  ///< The plugin's file.
        RestartRules restart = {};
        Log log = {};
    };

    /// Starts the first child and returns when it is ready. Its errors are those of Process::start; there is no
    /// supervisor then. `services` outlives it.
    static Result<std::unique_ptr<Supervisor>> start(Parts parts, HostServices& services);
    Supervisor(const Supervisor&) = delete;
    Supervisor& operator=(const Supervisor&) = delete;
    /// Lets the connector be destroyed; no call is under way any more.
    ~Supervisor();

    /// What a call is about, and how it is told when the child does not survive it.
    struct About {
        std::string message = {};  ///< Names what the child works on; empty: nothing that could be set aside.
        Lane::Patience patience = {};
        Errc when_lost = Errc::kUnavailable;  ///< The code when the child died or hung with it.
        /// An item that the plugin takes in hand, as `message` would name it; empty: calls of this kind bring none.
        std::function<std::string(std::string_view)> item = {};
    };
    /// Calls the connector. Errors besides those of the answer: kUnavailable ("connector.restarting", with
    /// retry_after: nothing was given to it), `when_lost` ("connector.crashed", "connector.hung"), kRejected
    /// ("connector.quarantined": the message killed it twice; told once more each time until somebody forgets it, or
    /// nothing was heard of it for an hour). Only a death makes a suspect: who does not come back waits, mostly, for a
    /// peer that is slow for everybody.
    template <class T>
    Result<T> call(Frame request, Inbox* inbox, const std::stop_token& stop, const About& about) {
        Result<Lent> answer = perform(std::move(request), inbox, stop, about);
        if (!answer) return std::move(answer).error();
        std::optional<Result<T>> result = decodeResult<T>(std::move(answer->frame));
        if (!result) {
            answer->process->condemn("its process answers what cannot be read");
            return crashed(about.when_lost, "its process answers what cannot be read");
        }
        return std::move(*result);
    }
    /// A person wants a message that was set aside to be tried again.
    void forget(const std::string& message) { suspects_.forget(message); }

    [[nodiscard]] ProcessHealth health() const;

private:
    struct Lent {
        Frame frame;
        std::shared_ptr<Process> process;
    };

    Supervisor(Parts parts, HostServices& services);
    Result<Lent> perform(Frame request, Inbox* inbox, const std::stop_token& stop, const About& about);
    bool blame(const std::string& name, bool alone);
    bool wasAlone(const std::shared_ptr<Process>& process);
    Error restarting() const;

    void run(const std::stop_token& stop);
    Result<std::shared_ptr<Process>> begin();
    void look(Process& process, const std::stop_token& stop);
    void noteSettled();
    bool shouldRecycle(const Process& process) const;
    void rest(const std::stop_token& stop, std::chrono::milliseconds length);
    std::chrono::milliseconds noteCrash(const std::string& how);

    Parts parts_;
    HostServices& services_;
    Suspects suspects_;
    mutable std::mutex mutex_;
    mutable std::condition_variable_any changed_;
    std::optional<Status> first_ = {};       ///< How the first start went.
    std::shared_ptr<Process> process_ = {};  ///< Null while none is ready.
    int calls_ = 0;                          ///< Under way.
    std::weak_ptr<Process> lost_ = {};       ///< The last one that was lost in a call,
    int lost_with_ = 0;                      ///< and how many calls were under way then.
    std::deque<Steady::time_point> crashes_ = {};
    std::chrono::milliseconds pause_{0};
    Steady::time_point again_at_ = {};  ///< When the next child is started.
    Steady::time_point ready_since_ = {};
    ProcessHealth health_ = {};
    std::jthread thread_;
};

}  // namespace pakn::isolation

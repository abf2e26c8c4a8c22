#pragma once
/// @file
/// One life of a child process that runs a connector: from its start to its end.

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <shared_mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/isolation/child.hpp"
#include "core/isolation/lane.hpp"
#include "core/isolation/lane_numbers.hpp"
#include "core/isolation/protocol.hpp"
#include "pakn/sdk/host.hpp"
#include "pakn/sdk/inbox.hpp"

namespace pakn::isolation {

/// A child died, or said what cannot be believed, while it had something to do.
inline Error crashed(Errc code, std::string message) {
    return {.code = code, .message = std::move(message), .problem = "connector.crashed"};
}
/// It did not come back in time.
inline Error hung(Errc code, std::string message) {
    return {.code = code, .message = std::move(message), .problem = "connector.hung"};
}

/// What every life of a child begins with.
struct Setup {
    std::filesystem::path program = {};  ///< paknhub-plugin-host.
    int plugin = -1;                     ///< The plugin's file, open; stays the caller's.
    StartOrder order = {};
    std::chrono::milliseconds start_limit{10000};  ///< For loading and the connector's constructor.
    std::size_t frame = 1U << 20U;                 ///< Most bytes of payload from the child.
    int lanes = 16;                                ///< Calls at the same time.
    int credits = 8;                               ///< What it has the hub write at the same time.
};

class Process {
public:
    /// Starts a child and lets it make the connector. Call it from a thread that lives as long as the child. `services`
    /// outlives it. Errors of the constructor and of loading as they are in process; kUnavailable with the problem
    /// "connector.crashed" or "connector.hung" when it did not come so far.
    static Result<std::unique_ptr<Process>> start(const Setup& setup, HostServices& services);

    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;
    /// Kills what still runs.
    ~Process();

    /// Told what the plugin takes in hand (Inbox::working); empty: nothing any more. Its answer is the plugin's.
    using Working = std::function<Status(std::string_view item)>;

    /// A call of the connector: `request` has its type and arguments. Safe from any thread. Errors of Lane::call, and
    /// kConflict when no lane came free in time. When its time is over it is asked to stop, and has a moment for that.
    /// When the other side is not to be believed or does not come back, its end has begun with that.
    Result<Frame> call(Frame request, Inbox* inbox, const std::stop_token& stop, Lane::Patience patience,
                       const Working& working);

    enum class Reason : std::uint8_t { kDeath, kHang };
    /// The child is to be ended, for this reason; the first one counts. Safe from any thread.
    void condemn(const std::string& reason, Reason kind = Reason::kDeath);
    /// It is being ended because it did not come back: what else it was doing is not to blame for that.
    [[nodiscard]] bool hasHung() const;

    // For the one thread that supervises it.

    /// Waits until something has to be done, at most this long. False: it has ended or is condemned.
    bool watch(std::chrono::milliseconds most);
    /// Asks whether it is alive. False: three questions were not answered.
    bool ping();
    /// Lets the connector be destroyed and the child end.
    void stop(std::chrono::milliseconds patience);
    /// Ends it in any case; how and why it ended: "signal 11 (SIGSEGV)".
    std::string end();

    [[nodiscard]] pid_t pid() const { return child_.pid(); }
    [[nodiscard]] bool pathsConfined() const { return paths_; }
    /// Bytes of address space and of memory in use.
    struct Size {
        std::uint64_t addresses = 0;
        std::uint64_t resident = 0;
    };
    [[nodiscard]] Size size() const;
    /// Ends watch() early. Safe from any thread.
    void wake() const;

private:
    struct Slot {
        std::uint32_t number;
        Lane lane;
    };

    Process(const Setup& setup, HostServices& services, Child child, OwnedDescriptor control, OwnedDescriptor spare);
    Status introduce(const Setup& setup);
    std::unique_ptr<Slot> take(Steady::time_point deadline);
    void giveBack(std::unique_ptr<Slot> slot);
    Result<Frame> serve(Frame&& request, Inbox* inbox);
    Result<Frame> serveControl(Frame&& request);
    Result<Frame> serveControlCall(Frame&& request);
    Result<Frame> serveSpare(Frame&& request);

    HostServices& services_;
    const std::size_t frame_;
    const int credits_;
    Child child_;
    const OwnedDescriptor killer_;  ///< The child's pidfd, for any thread.
    const OwnedDescriptor wake_;
    Lane control_;
    bool paths_ = false;
    std::uint64_t pings_ = 0;         ///< These two are the supervising thread's.
    std::uint64_t pongs_ = 0;         ///< The last ping that came back.
    std::atomic<int> under_way_ = 0;  ///< What the hub writes for it.

    mutable std::mutex mutex_;
    std::condition_variable free_lane_;
    std::vector<std::unique_ptr<Slot>> lanes_;  ///< Free ones.
    LaneNumbers numbers_;
    std::string condemned_;
    bool hung_ = false;  ///< That is why it is condemned.

    std::shared_mutex inbox_mutex_;  ///< Shared while the spare lane uses an inbox.
    std::vector<Inbox*> inboxes_;    ///< Of calls under way.

    Lane spare_;
    Pace spare_pace_;  ///< Its thread's.
    std::jthread spare_thread_;
};

}  // namespace pakn::isolation

#pragma once
/// @file
/// One lane between the hub and a child: calls over it, and calls back while one waits.

#include <functional>
#include <stop_token>

#include "core/isolation/frame.hpp"
#include "core/isolation/pace.hpp"
#include "core/isolation/protocol.hpp"

namespace pakn::isolation {

/// One thread at a time.
class Lane {
public:
    /// How long either side looks for what the other may say at once.
    static constexpr std::chrono::microseconds kWatch{50};
    /// Does what the other side asks while it works on our call. The answer's frame, or one without a type where none
    /// is wanted. An error breaks the lane: the other side is not to be believed any more.
    using Serve = std::function<Result<Frame>(Frame&& request)>;

    /// How long to wait. With `renewed`, the time begins anew with everything that the other side asks for (but logs
    /// and counters) until `stop` is requested: for work whose length depends on how much there is. Not while it asks
    /// faster than `pace`: whoever works does not.
    struct Patience {
        std::chrono::milliseconds most{10000};
        bool renewed = false;
        /// Called once when the time is over, to ask the other side to stop; it then has `grace` to answer after all.
        std::function<void()> late = {};
        std::chrono::milliseconds grace{1000};
        std::stop_token stop = {};
        Pace::Limits pace = {};
        std::chrono::microseconds watch{0};  ///< As receive() takes it: for calls that may be answered at once.
    };

    Lane(OwnedDescriptor socket, std::size_t most) : socket_{std::move(socket)}, most_{most} {}

    /// Sends a request and waits for its answer. kTooLarge: it was not sent; kDeferred: the other side is gone and
    /// never got it; kUnavailable: it is gone since; kStale: no answer in time; kInvalid: it broke the protocol, with
    /// the problem kBelated when what it said belongs to a call before this one. After any but the first, the lane is
    /// of no use any more.
    Result<Frame> call(Frame request, const Serve& serve, const Patience& patience);
    static constexpr const char* kBelated = "lane.belated";

    /// Whether there is nothing to be read: so it has to be between two calls.
    [[nodiscard]] bool silent() const;

    /// Waits for requests and serves them until the other side is gone (kUnavailable) or breaks the protocol
    /// (kInvalid).
    Status serveAll(const Serve& serve);

    /// The correlation that the next call will have.
    [[nodiscard]] std::uint64_t next() const { return last_ + 1; }
    [[nodiscard]] int socket() const { return socket_.number(); }

private:
    Status serveOne(Frame&& request, const Serve& serve, Steady::time_point deadline);

    OwnedDescriptor socket_;
    const std::size_t most_;  ///< Bytes of payload that are taken.
    std::uint64_t last_ = 0;  ///< Correlation of the last request.
};

}  // namespace pakn::isolation

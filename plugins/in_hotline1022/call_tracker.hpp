#pragma once
/// @file
/// From the events of channels to calls. A call has several legs (the caller's, one for each agent that rings), and
/// each event is about one of them; Linkedid, the Uniqueid of the oldest leg, names the call. Events that are unknown,
/// or about calls that are none of the hotline's, leave nothing behind. One thread; no clock of its own.

#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <pakn/sdk/inbox.hpp>
#include <string>
#include <vector>

#include "ami_packet.hpp"

namespace pakn::hotline {

/// Which calls are the hotline's.
struct TrackedCalls {
    std::vector<std::string> contexts = {};  ///< Those whose caller comes in by one of these; empty: by any but
    std::vector<std::string> internal_contexts = {"from-internal"};  ///< these.
    std::chrono::milliseconds short_call{0};
};

class CallTracker {
public:
    static constexpr std::size_t kMostCalls = 5000;  ///< At a time; the one that was silent longest is given up.
    static constexpr std::chrono::hours kLongest{12};

    explicit CallTracker(TrackedCalls which) : which_{std::move(which)} {}

    /// All that is known of the call that the event is about, when it tells something of a call of the hotline.
    std::optional<Call> take(const AmiPacket& event, Instant at);

    /// The connection was lost: what is known of running calls has a gap, and is not gone on with.
    void forget();

    [[nodiscard]] std::size_t size() const { return calls_.size(); }

private:
    /// A call that goes on.
    struct Running {
        Call call = {};
        bool ours = false;
        bool whole = false;  ///< Its beginning was seen.
        std::vector<std::string> legs = {};
        std::string cause = {};      ///< Why the caller's leg ended.
        std::string last_dial = {};  ///< What became of the last agent that was rung.
        bool abandoned = false;
        Instant heard_at = {};
    };

    std::optional<Call> begin(const AmiPacket& event, const std::string& id, Instant at);
    std::optional<Call> answer(Running& running, std::string agent, Instant at);
    std::optional<Call> hangUp(const AmiPacket& event, const std::string& id, Instant at);
    std::optional<Call> record(Running& running, const AmiPacket& event);
    std::string callOf(const AmiPacket& event) const;
    Running* running(const std::string& id);
    [[nodiscard]] bool isOurs(std::string_view context) const;
    static std::string resultOf(const Running& running);
    void finish(Running& running, Instant at) const;
    void makeRoom(Instant at);

    const TrackedCalls which_;
    std::map<std::string, Running> calls_;            ///< By Linkedid.
    std::map<std::string, std::string> call_of_leg_;  ///< Uniqueid to Linkedid as it was when the leg began.
};

}  // namespace pakn::hotline

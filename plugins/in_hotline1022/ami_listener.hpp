#pragma once
/// @file
/// Stays connected to an Asterisk and tells the hub of its calls: docs/contracts/hotline-1022.md, A1.

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <pakn/sdk/connector.hpp>
#include <stop_token>
#include <string>

#include "ami_connection.hpp"
#include "ami_packet.hpp"
#include "call_tracker.hpp"

namespace pakn::hotline {

struct AmiSettings {
    AmiAddress address = {};
    std::string user = {};
    std::string secret = {};
    std::chrono::milliseconds timeout{10'000};  ///< For connecting, and for the answer to the login.
    TrackedCalls calls = {};
    std::chrono::milliseconds ping_after{20'000};  ///< Of silence.
    std::chrono::milliseconds dead_after{60'000};  ///< Not even a ping was answered.
};

/// One thread.
class AmiListener {
public:
    /// A poll stays so long; what comes between two of them waits in the socket.
    static constexpr std::chrono::milliseconds kStay{3000};

    /// Throws std::invalid_argument for settings that cannot work, as check().
    AmiListener(AmiSettings settings, HostServices& services);
    static void check(const AmiSettings& settings);

    /// Connects and signs in where it is not, listens for `kStay`, and tells the inbox. What the hub could not take is
    /// told again at the next poll. kUnavailable (no connection, or it is lost), kUnauthenticated, kMisconfigured.
    Status poll(Inbox& inbox, const std::stop_token& stop);

private:
    using Steady = std::chrono::steady_clock;  // How long something takes, not what time it is.

    Status connect(const std::stop_token& stop);
    Status signIn(const std::stop_token& stop);
    Result<std::optional<AmiPacket>> awaitAnswer(const std::string& action_id, const std::stop_token& stop);
    Status listen(Inbox& inbox, const std::stop_token& stop);
    Status keepAlive(std::chrono::milliseconds silent);
    Status tellPending(Inbox& inbox);
    void hear(const AmiPacket& packet, Instant now);
    void lose();

    const AmiSettings settings_;
    HostServices& services_;
    std::unique_ptr<AmiConnection> connection_;
    AmiParser parser_;
    CallTracker tracker_;
    std::map<std::string, Call> pending_;  ///< Not yet told, by id: the last word on each.
    /// While somebody listened; since the last byte, and since the last ping.
    std::chrono::milliseconds silence_{0};
    std::chrono::milliseconds since_ping_{0};
    bool was_connected_ = false;  ///< Ever.
    int actions_ = 0;             ///< On this connection.
};

}  // namespace pakn::hotline

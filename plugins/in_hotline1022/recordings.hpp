#pragma once
/// @file
/// Recordings are fetched behind the calls: a petition never waits for one, and one may never come.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <pakn/sdk/connector.hpp>
#include <stop_token>
#include <string>
#include <vector>

namespace pakn::hotline {

struct RecordingSettings {
    bool linked_only = true;              ///< Of calls of which a petition came.
    std::string url = {};                 ///< With {call_id} or {file} in it; may be empty.
    std::vector<std::string> hosts = {};  ///< From where they may be fetched: hosts (https), or whole origins.
    std::string auth = "none";            ///< none, basic, bearer, header.
    std::string user = {};
    std::string header = {};
    std::string secret = {};
    std::size_t max_size = 0;              ///< Bytes.
    std::chrono::milliseconds give_up{0};  ///< After the call's end.
    std::chrono::milliseconds timeout{0};
};

/// One thread.
class Recordings {
public:
    /// Throws std::invalid_argument for settings that cannot work, as check().
    Recordings(RecordingSettings settings, HostServices& services);
    static void check(const RecordingSettings& settings);

    /// Fetches what is due. Stays a few seconds at most. kUnauthenticated: the login is refused; errors of the inbox.
    Status poll(Inbox& inbox, const std::stop_token& stop);

    /// Where the recording of a call lies; empty when nobody knows.
    [[nodiscard]] std::string addressOf(const Call& call) const;

private:
    using Steady = std::chrono::steady_clock;  // How long something takes, not what time it is.

    /// One that was not there.
    struct Wait {
        std::string mark = {};  ///< Of the address that was asked: another one is asked at once.
        int tries = 0;
        Instant until = {};
    };
    enum class Outcome : std::uint8_t { kThere, kNever, kLater };
    struct Fetched {
        Outcome outcome = Outcome::kLater;
        std::string bytes = {};
    };

    Status visit(const Call& call, Inbox& inbox);
    Status settle(const Call& call, Fetched fetched, Inbox& inbox);
    Result<Fetched> fetch(const std::string& url);
    [[nodiscard]] HttpHeaders login() const;
    void postpone(const Call& call);

    const RecordingSettings settings_;
    HostServices& services_;
    std::map<std::string, Wait> waits_;     ///< By the call's id.
    std::map<std::string, Instant> rests_;  ///< Hosts that did not answer, and until when they are left alone.
    std::optional<Instant> next_ = {};      ///< Where the round through the calls goes on.
};

}  // namespace pakn::hotline

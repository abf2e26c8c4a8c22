#pragma once
/// @file
/// One connection as the front keeps it.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/http/mailbox.hpp"
#include "core/http/request_body.hpp"
#include "core/http/traffic.hpp"
#include "pakn/sdk/content.hpp"

namespace pakn::http {

using Clock = std::chrono::steady_clock;

/// Bytes on their way out: the head of an answer, and its body without a copy. A file follows piece by piece, so that
/// it is never in memory as a whole.
class Outbox {
public:
    enum class State : std::uint8_t { kSent, kBlocked, kBroken };

    void put(std::string head, std::string body, std::optional<Content> file = {});
    /// Sends what the socket takes now.
    State flush(int socket);
    /// Bytes of this answer so far.
    [[nodiscard]] std::uint64_t sent() const { return all_sent_; }

private:
    /// The next piece of the file in place of what has been sent; false when it cannot be read.
    bool nextPiece();

    std::string head_;
    std::string body_;
    std::size_t sent_ = 0;  // Of both.
    std::uint64_t all_sent_ = 0;
    std::optional<Content> file_;
    std::uint64_t file_at_ = 0;  // What has been taken out of it.
};

/// A socket of its own, closed at the end. Moves between stages by the front alone.
class Connection {
public:
    Connection(std::uint64_t id, int socket, Address peer, Traffic& traffic);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    const std::uint64_t id;
    const int socket;
    const Address peer;

    [[nodiscard]] Stage stage() const { return stage_; }
    void enter(Stage stage, Clock::time_point until);

    Clock::time_point until;                 ///< When this stage must be over.
    Clock::time_point stage_began;           ///< For those who wait longest to go first.
    Clock::time_point last_progress;         ///< Of a body that comes.
    bool counted = true;                     ///< Known to the gate.
    bool spare = false;                      ///< Beyond the limit: only for somebody who shows who they are.
    std::optional<Address> speaks_for = {};  ///< Of a proxy's: the client whose request it carries, known to the gate.
    bool closing = false;                    ///< After the present answer nothing more is answered.
    std::uint32_t watched = 0;               ///< The events that epoll reports.
    std::string input;                       ///< Received, and not yet part of a request.
    std::size_t searched = 0;                ///< Of `input`, for the end of the head.
    Clock::time_point request_began;
    std::shared_ptr<Exchange> exchange;  ///< The request that comes; the front lets go of it when it is whole.
    RequestBody body;
    Outbox out;
    std::size_t thrown_away = 0;  ///< While lingering.

private:
    Traffic& traffic_;
    Stage stage_ = Stage::kHead;
};

}  // namespace pakn::http

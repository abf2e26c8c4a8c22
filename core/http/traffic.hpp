#pragma once
/// @file
/// What the connections do, and what was turned away: counted for metrics.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace pakn::http {

/// What a connection is at.
enum class Stage : std::uint8_t {
    kIdle,       ///< Between two requests.
    kHead,       ///< The head of a request is coming.
    kBody,       ///< Its body is coming.
    kWorking,    ///< The request is whole and being answered.
    kAnswering,  ///< The answer is on its way out.
    kLingering,  ///< Nothing more is answered; the client gets time to read what was.
};
inline constexpr std::array<std::string_view, 6> kStageNames{"idle",    "head",      "body",
                                                             "working", "answering", "lingering"};

/// Why a connection or a request was turned away before any handler saw it.
enum class Refused : std::uint8_t {
    kConnections,        ///< More connections than there may be in all.
    kClientConnections,  ///< More than one client may have.
    kClientRate,         ///< Asked too often.
    kBusy,               ///< No room in a queue.
    kMemory,             ///< No room for its body.
    kTimeout,            ///< Head or body took too long.
    kMalformed,          ///< Not HTTP, or larger than accepted.
    kEvicted,            ///< Waited longest when room was needed for another.
};
inline constexpr std::array<std::string_view, 8> kRefusedNames{
    "connections", "client_connections", "client_rate", "busy", "memory", "timeout", "malformed", "evicted"};

/// Written by the front and its workers, read from any thread.
struct Traffic {
    std::array<std::atomic<std::int64_t>, kStageNames.size()> connections = {};
    std::array<std::atomic<std::int64_t>, kRefusedNames.size()> refused = {};
    std::atomic<std::int64_t> requests = 0;  ///< Answered by a handler.

    void count(Refused why) { refused[static_cast<std::size_t>(why)].fetch_add(1, std::memory_order_relaxed); }
    void move(Stage stage, int by) {
        connections[static_cast<std::size_t>(stage)].fetch_add(by, std::memory_order_relaxed);
    }
};

}  // namespace pakn::http

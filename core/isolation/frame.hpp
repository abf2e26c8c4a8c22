#pragma once
/// @file
/// Messages between the hub and its child processes, over a socket pair (AF_UNIX, SOCK_SEQPACKET). On the wire, one
/// datagram each: u32 length of the payload, u8 type, u64 correlation, u32 deadline in milliseconds, all big-endian,
/// then the payload. A payload of more than 64 KB lies in a sealed memory file instead, which is the first of the
/// descriptors that come along. What comes from a child is hostile: every length, type and count is checked.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/isolation/descriptor.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::isolation {

using Steady = std::chrono::steady_clock;  // How long, not what time it is.

struct Frame {
    std::uint8_t type = 0;
    std::uint64_t correlation = 0;  ///< An answer carries its request's.
    std::uint32_t deadline_ms = 0;  ///< How long the sender will wait for the answer; 0: it expects none.
    std::string payload = {};
    std::vector<OwnedDescriptor> descriptors = {};
};

inline constexpr std::size_t kFrameHead = 17;
inline constexpr std::size_t kMostInline = 64U << 10U;  ///< Bytes of payload in the datagram itself.
inline constexpr std::size_t kMostDescriptors = 32;     ///< Of one frame, a long payload's among them.

/// Two connected sockets, close-on-exec. kUnavailable.
Result<std::pair<OwnedDescriptor, OwnedDescriptor>> socketPair();

/// Sends a frame; its descriptors stay the caller's. Safe from several threads on one socket. kUnavailable: the other
/// side is gone; kStale: it took nothing until `deadline`; kTooLarge: too many descriptors; kInternal.
Status send(int socket, const Frame& frame, Steady::time_point deadline);

/// Receives a frame of at most `most` bytes of payload. kUnavailable: the other side is gone; kStale: nothing came
/// until `deadline`; kInvalid: what came is no frame, and nothing that follows can be believed.
/// `watch`: so long it is looked for before the thread goes to sleep. To wake one costs tens of microseconds, more than
/// a quick answer takes.
Result<Frame> receive(int socket, std::size_t most, Steady::time_point deadline, std::chrono::microseconds watch = {});

/// A memory file that nobody can change any more, with these bytes. kUnavailable.
Result<OwnedDescriptor> sealedFile(std::string_view bytes);
/// Whether nobody can change the bytes behind a descriptor, not even whoever sent it.
bool isSealed(int descriptor);

}  // namespace pakn::isolation

#pragma once
/// @file
/// What the hub and paknhub-plugin-host say to each other. Both come from one build: the first message proves it.
///
/// There is one control socket, and lanes. A lane is a call stack that spans both processes: the hub's thread that
/// calls waits on it, one thread of the child works on it, and what that thread asks of the hub meanwhile (accept, an
/// HTTP request, a value) comes back over the same lane and is done by the waiting thread. So nothing has to be handed
/// over between threads, and what the hub notes per thread stays right. A child's own threads, which the hub called for
/// nothing, share one lane of their own.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/isolation/fields.hpp"

namespace pakn::isolation {

enum class Type : std::uint8_t {
    kAnswer = 1,

    // The hub to the child, on the control socket.
    kStart = 10,  ///< Confine yourself, load the plugin, make the connector. Answered with a Started.
    kLane,        ///< One more lane: its number and its socket.
    kCancel,      ///< Stop was requested of the call on this lane. No answer.
    kPing,        ///< Comes back as it is.
    kStop,        ///< Destroy the connector. Answered, then the child ends.

    // The hub to the child, on a lane: the connector's calls.
    kPoll = 20,
    kHandle,
    kSend,
    kReconcile,
    kBegin,
    kFinish,
    kLogout,

    // The child to the hub: what the hub lends.
    kLog = 40,  ///< No answer.
    kCount,     ///< No answer.
    kNow,
    kPerform,
    kStateGet,
    kStatePut,
    kLease,
    kRelease,
    kDecode,
    kEndSessions,
    kTrack,
    kFile,
    kList,
    kShow,
    kAnswerFile,
    kCategories,
    kAreas,
    kStatistics,
    kCitizen,
    kAccept,
    kKeep,
    kKept,
    kDrop,
    kQuiet,
    kUpdate,
    kRefuse,
    kWorking,
    kCall,
    kUnrecorded,
    kSearch,
    kProblem,
    kSendCode,
    kSignIn,
    kOpenPetition,
    kSignedIn,
    kSignOut,
    kOwnPetitions,
    kKeepDevice,
    kDevices,
    kForgetDevice,
};

/// Every call of the connector begins with this: stop was requested before it began.
using Stopped = bool;

/// Descriptors that a child begins with.
inline constexpr int kControl = 3;  ///< The control socket.
inline constexpr int kPlugin = 4;   ///< The plugin's file, open.
inline constexpr int kSpare = 5;    ///< The lane of the child's own threads.

/// What a child is made of.
struct StartOrder {
    std::string tag = {};  ///< Bytes of the AbiTag of the hub's build.
    bool sockets = true;
    std::uint64_t memory = 0;  ///< Bytes.
    std::int32_t files = 0;
    std::int32_t tasks = 0;
    std::uint32_t user = 0;
    std::vector<std::string> readable = {};
    std::vector<std::string> writable = {};
    std::string address = {};  ///< HostServices::address().
    std::uint64_t frame = 0;   ///< The most bytes of payload that the hub takes.
    std::map<std::string, std::string> values = {};
    std::map<std::string, std::vector<std::string>> lists = {};
};
template <Like<StartOrder> T>
void fields(auto& archive, T& one) {
    archive(one.tag, one.sockets, one.memory, one.files, one.tasks, one.user, one.readable, one.writable, one.address,
            one.frame, one.values, one.lists);
}

struct Started {
    bool paths = false;  ///< The kernel confines the files it may open.
};
template <Like<Started> T>
void fields(auto& archive, T& one) {
    archive(one.paths);
}

}  // namespace pakn::isolation

#pragma once
/// @file
/// The child's way to the hub: whatever thread asks, over the lane it works on.

#include <unistd.h>

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "core/isolation/lane.hpp"
#include "core/isolation/lent.hpp"

namespace pakn::plugin_process {

/// Messages of the hub may be as large as they need to be.
inline constexpr std::size_t kMostFromHub = 256U << 20U;

/// Safe from any thread.
class Uplink {
public:
    explicit Uplink(isolation::Lane& spare) : spare_{spare} {}

    /// Bytes of payload that the hub takes.
    void setMost(std::size_t most) { most_ = most; }

    /// Asks the hub for something. Ends the process when the hub is gone: nobody waits for what it does.
    template <class T, class... Arguments>
    Result<T> ask(isolation::Type type, const Arguments&... arguments) {
        Result<isolation::Frame> request = requestOf(type, arguments...);
        if (!request) return std::move(request).error();
        std::optional<Result<T>> result = isolation::decodeResult<T>(exchange(std::move(*request)));
        if (!result) ::_exit(kLost);
        return std::move(*result);
    }
    /// Tells the hub something, without an answer. What is too large is left out.
    template <class... Arguments>
    void tell(isolation::Type type, const Arguments&... arguments) {
        if (const Result<isolation::Frame> note = requestOf(type, arguments...)) send(*note);
    }

    /// The lane that this thread works on; null: a thread of the plugin's own.
    static inline thread_local isolation::Lane* current = nullptr;
    /// Exit status when the hub is gone or not to be understood.
    static constexpr int kLost = 70;

private:
    template <class... Arguments>
    Result<isolation::Frame> requestOf(isolation::Type type, const Arguments&... arguments) const {
        isolation::Writer writer;
        writer(arguments...);
        Result<isolation::Frame> frame = std::move(writer).finish(static_cast<std::uint8_t>(type));
        if (frame && frame->payload.size() > most_)
            return Error{.code = Errc::kTooLarge,
                         .message = "more than limits.frame allows (" + std::to_string(most_) + " bytes)"};
        return frame;
    }
    isolation::Frame exchange(isolation::Frame request);
    void send(const isolation::Frame& note);

    isolation::Lane& spare_;
    std::mutex spare_mutex_;
    std::size_t most_ = 1U << 20U;
};

}  // namespace pakn::plugin_process

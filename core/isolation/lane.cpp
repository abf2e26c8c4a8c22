#include "core/isolation/lane.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <utility>

namespace pakn::isolation {

namespace {

constexpr std::chrono::hours kForEver{24 * 365};

bool renews(std::uint8_t type) {
    return type != static_cast<std::uint8_t>(Type::kLog) && type != static_cast<std::uint8_t>(Type::kCount);
}

Error late() {
    return {.code = Errc::kStale, .message = "the process on the other side talks, and does not come back"};
}

}  // namespace

bool Lane::silent() const {
    char byte = 0;
    return ::recv(socket_.number(), &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0;
}

Result<Frame> Lane::call(Frame request, const Serve& serve, const Patience& patience) {
    request.correlation = ++last_;
    request.deadline_ms = static_cast<std::uint32_t>(patience.most.count());
    Steady::time_point deadline = Steady::now() + patience.most;
    if (Status sent = send(socket_.number(), request, deadline); !sent) {
        Error error = std::move(sent).error();
        if (error.code != Errc::kTooLarge) error.code = Errc::kDeferred;
        return error;
    }
    Pace pace{patience.pace};
    bool warned = !patience.late;
    for (;;) {
        Result<Frame> frame = receive(socket_.number(), most_, deadline, patience.watch);
        const Steady::time_point now = Steady::now();
        const bool asks = frame && frame->type != static_cast<std::uint8_t>(Type::kAnswer);
        // While there is always something to read, receive() does not look at the time.
        const bool talks = asks && now > deadline;
        if (talks || (!frame && frame.error().code == Errc::kStale)) {
            if (warned) return talks ? late() : std::move(frame).error();
            warned = true;
            patience.late();
            deadline = now + patience.grace;
            if (!asks) continue;
        }
        if (!frame) return frame;
        if (!asks) {
            if (frame->correlation == last_) return frame;
            return Error{.code = Errc::kInvalid,
                         .message = "the process on the other side answers what nobody asked",
                         .problem = frame->correlation < last_ ? kBelated : ""};
        }
        const bool works = pace.note(now) && renews(frame->type);
        if (Status served = serveOne(std::move(*frame), serve, deadline); !served) return std::move(served).error();
        if (patience.renewed && works && !patience.stop.stop_requested()) deadline = Steady::now() + patience.most;
    }
}

Status Lane::serveAll(const Serve& serve) {
    std::chrono::microseconds watch{0};  // One call often follows another.
    for (;;) {
        Result<Frame> frame = receive(socket_.number(), most_, Steady::now() + kForEver, watch);
        if (!frame && frame.error().code == Errc::kStale) continue;
        if (!frame) return std::move(frame).error();
        watch = kWatch;
        if (Status served = serveOne(std::move(*frame), serve, Steady::now() + std::chrono::seconds{30}); !served)
            return served;
    }
}

Status Lane::serveOne(Frame&& request, const Serve& serve, Steady::time_point deadline) {
    const std::uint64_t correlation = request.correlation;
    Result<Frame> answer = serve(std::move(request));
    if (!answer) return std::move(answer).error();
    if (answer->type == 0) return Done{};
    answer->correlation = correlation;
    // What was done for it may have taken long; the answer itself is taken at once or never.
    return send(socket_.number(), *answer, std::max(deadline, Steady::now() + std::chrono::seconds{1}));
}

}  // namespace pakn::isolation

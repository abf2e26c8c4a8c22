#include "core/isolation/lane.hpp"

#include <algorithm>
#include <utility>

namespace pakn::isolation {

namespace {

constexpr std::chrono::hours kForEver{24 * 365};

bool renews(std::uint8_t type) {
    return type != static_cast<std::uint8_t>(Type::kLog) && type != static_cast<std::uint8_t>(Type::kCount);
}

}  // namespace

Result<Frame> Lane::call(Frame request, const Serve& serve, Patience patience) {
    request.correlation = ++last_;
    request.deadline_ms = static_cast<std::uint32_t>(patience.most.count());
    Steady::time_point deadline = Steady::now() + patience.most;
    if (Status sent = send(socket_.number(), request, deadline); !sent) {
        Error error = std::move(sent).error();
        if (error.code != Errc::kTooLarge) error.code = Errc::kDeferred;
        return error;
    }
    for (;;) {
        Result<Frame> frame = receive(socket_.number(), most_, deadline);
        if (!frame) return frame;
        if (frame->type == static_cast<std::uint8_t>(Type::kAnswer)) {
            if (frame->correlation == last_) return frame;
            return Error{.code = Errc::kInvalid, .message = "the process on the other side answers what nobody asked"};
        }
        const bool progress = patience.renewed && renews(frame->type);
        if (Status served = serveOne(std::move(*frame), serve, deadline); !served) return std::move(served).error();
        if (progress) deadline = Steady::now() + patience.most;
    }
}

Status Lane::serveAll(const Serve& serve) {
    for (;;) {
        Result<Frame> frame = receive(socket_.number(), most_, Steady::now() + kForEver);
        if (!frame && frame.error().code == Errc::kStale) continue;
        if (!frame) return std::move(frame).error();
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

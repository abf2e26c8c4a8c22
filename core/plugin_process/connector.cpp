#include "core/plugin_process/connector.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/isolation/lent.hpp"

namespace pakn::plugin_process {

using isolation::Frame;
using isolation::Type;

void Connector::open(std::uint32_t number, isolation::OwnedDescriptor socket) {
    std::thread{[this, number, end = std::move(socket)]() mutable { work(number, std::move(end)); }}.detach();
}

void Connector::work(std::uint32_t number, isolation::OwnedDescriptor socket) {
    isolation::Lane lane{std::move(socket), kMostFromHub};
    Uplink::current = &lane;
    Call* call = nullptr;
    {
        const std::lock_guard lock{mutex_};
        call = &calls_[number];
    }
    static_cast<void>(lane.serveAll([&](Frame&& request) { return perform(std::move(request), *call); }).ok());
    ::_exit(Uplink::kLost);  // The hub is gone, or was not understood.
}

void Connector::cancel(std::uint32_t lane, std::uint64_t number) {
    const std::lock_guard lock{mutex_};
    Call& call = calls_[lane];
    call.cancelled = std::max(call.cancelled, number);
    if (call.number != 0 && call.number <= number) call.stop.request_stop();
}

std::stop_token Connector::begin(Call& call, std::uint64_t number, bool stopped) {
    const std::lock_guard lock{mutex_};
    call.number = number;
    call.stop = std::stop_source{};
    if (stopped || number <= call.cancelled) call.stop.request_stop();
    return call.stop.get_token();
}

template <class... Arguments, class Perform>
Result<Frame> Connector::answer(Frame&& request, Call& call, Perform perform) {
    const std::uint64_t number = request.correlation;
    isolation::Reader reader{std::move(request)};
    isolation::Stopped stopped = false;
    std::tuple<Arguments...> arguments;
    reader(stopped);
    std::apply(reader, arguments);
    if (!reader.good()) return Error{.code = Errc::kInvalid, .message = "the hub's call cannot be read"};
    auto result = std::apply(perform, std::tuple_cat(std::move(arguments), std::tuple{begin(call, number, stopped)}));
    {
        const std::lock_guard lock{mutex_};
        call.number = 0;
    }
    Result<Frame> frame = isolation::answerWith(result);
    if (frame && frame->payload.size() > most_)
        return isolation::answerWith(decltype(result){
            Error{.code = Errc::kInternal, .message = "its answer is larger than limits.frame allows"}});
    return frame;
}

Result<Frame> Connector::perform(Frame&& request, Call& call) {
    switch (static_cast<Type>(request.type)) {
        case Type::kPoll:
            return answer<>(std::move(request), call,
                            [&](std::stop_token stop) { return instance_->poll(inbox_, std::move(stop)); });
        case Type::kHandle:
            return answer<HttpRequest>(std::move(request), call, [&](const HttpRequest& wish, std::stop_token stop) {
                return instance_->handle(wish, inbox_, std::move(stop));
            });
        case Type::kSend:
            return answer<Delivery>(std::move(request), call, [&](const Delivery& delivery, std::stop_token stop) {
                return instance_->send(delivery, std::move(stop));
            });
        case Type::kReconcile:
            return answer<Delivery>(std::move(request), call, [&](const Delivery& delivery, std::stop_token stop) {
                return instance_->reconcile(delivery, std::move(stop));
            });
        case Type::kBegin:
            return answer<LoginRequest>(std::move(request), call, [&](const LoginRequest& wish, std::stop_token stop) {
                return instance_->begin(wish, std::move(stop));
            });
        case Type::kFinish:
            return answer<LoginCallback>(std::move(request), call,
                                         [&](const LoginCallback& back, std::stop_token stop) {
                                             return instance_->finish(back, std::move(stop));
                                         });
        case Type::kLogout:
            return answer<LogoutRequest>(std::move(request), call,
                                         [&](const LogoutRequest& wish, std::stop_token stop) {
                                             return instance_->logout(wish, std::move(stop));
                                         });
        default:
            return Error{.code = Errc::kInvalid, .message = "the hub calls what there is not"};
    }
}

}  // namespace pakn::plugin_process

#include "core/isolation/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <fstream>
#include <optional>
#include <utility>

#include "core/isolation/lent.hpp"

namespace pakn::isolation {

namespace {

constexpr std::chrono::seconds kTermination{2};  ///< From SIGTERM to SIGKILL.
constexpr std::uint64_t kMissedPings = 3;
constexpr std::chrono::milliseconds kBreath{1};

std::uint8_t number(Type type) { return static_cast<std::uint8_t>(type); }

/// What the plugin takes in hand is the supervisor's to know, and its answer.
Result<Frame> serveWorking(Frame&& request, const Process::Working& working) {
    Result<std::string> item = decode<std::string>(std::move(request));
    return item ? answerWith(working(*item)) : Result<Frame>{std::move(item).error()};
}

/// The item in hand is done with.
bool settles(std::uint8_t type) {
    return type == number(Type::kAccept) || type == number(Type::kUpdate) || type == number(Type::kRefuse);
}

/// The hub has to write for it, which waits for the disk.
bool writes(std::uint8_t type) {
    return settles(type) || type == number(Type::kKeep) || type == number(Type::kDrop) ||
           type == number(Type::kStatePut) || type == number(Type::kLease) || type == number(Type::kRelease);
}

}  // namespace

Result<std::unique_ptr<Process>> Process::start(const Setup& setup, HostServices& services) {
    auto control = socketPair();
    if (!control) return std::move(control).error();
    auto spare = socketPair();
    if (!spare) return std::move(spare).error();
    const std::array<int, 3> given{control->second.number(), setup.plugin, spare->second.number()};
    Result<Child> child = Child::start(setup.program, {}, given);
    if (!child) return std::move(child).error();
    // The child has its ends; with ours open here too, its death would not be seen.
    { const OwnedDescriptor theirs = std::move(control->second); }
    { const OwnedDescriptor theirs = std::move(spare->second); }
    std::unique_ptr<Process> process{
        new Process{setup, services, std::move(*child), std::move(control->first), std::move(spare->first)}};
    if (Status introduced = process->introduce(setup); !introduced) return std::move(introduced).error();
    return process;
}

Process::Process(const Setup& setup, HostServices& services, Child child, OwnedDescriptor control,
                 OwnedDescriptor spare)
    : services_{services},
      frame_{setup.frame},
      credits_{setup.credits},
      child_{std::move(child)},
      killer_{::fcntl(child_.descriptor(), F_DUPFD_CLOEXEC, 0)},
      wake_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
      control_{std::move(control), frame_},
      numbers_{setup.lanes},
      spare_{std::move(spare), frame_},
      spare_thread_{[this] {
          const Status over = spare_.serveAll([this](Frame&& request) { return serveSpare(std::move(request)); });
          if (over.error().code == Errc::kInvalid) condemn(over.error().message);
      }} {}

Process::~Process() {
    static_cast<void>(child_.end(std::chrono::milliseconds{0}));
    ::shutdown(spare_.socket(), SHUT_RDWR);  // Its thread comes back.
}

Status Process::introduce(const Setup& setup) {
    Writer writer;
    writer(setup.order);
    Result<Frame> order = std::move(writer).finish(number(Type::kStart));
    if (!order) return std::move(order).error();
    Result<Frame> answer =
        control_.call(std::move(*order), [this](Frame&& request) { return serveControlCall(std::move(request)); },
                      {.most = setup.start_limit});
    if (!answer) {
        if (answer.error().code == Errc::kStale)
            return hung(Errc::kUnavailable, "its process did not get the connector ready in time: " + end());
        if (answer.error().code == Errc::kInvalid) condemn(answer.error().message);
        return crashed(Errc::kUnavailable, "its process ended before the connector was ready: " + end());
    }
    const std::optional<Result<Started>> started = decodeResult<Started>(std::move(*answer));
    if (!started) return crashed(Errc::kUnavailable, "its process broke the protocol before the connector was ready");
    if (!*started) return started->error();
    paths_ = (*started)->paths;
    return Done{};
}

Result<Frame> Process::call(Frame request, Inbox* inbox, const std::stop_token& stop, Lane::Patience patience,
                            const Working& working) {
    std::unique_ptr<Slot> slot = take(Steady::now() + patience.most);
    if (!slot) return Error{.code = Errc::kConflict, .message = "all lanes to its process are taken"};
    if (!slot->lane.silent()) {
        condemn("its process says what nobody asked");
        return Error{.code = Errc::kDeferred, .message = "its process says what nobody asked"};
    }
    if (inbox) {
        const std::unique_lock lock{inbox_mutex_};
        inboxes_.push_back(inbox);
    }
    Result<Frame> answer{Error{}};
    {
        // Now: stop may be requested while the call counts on.
        const auto cancel = [this, lane = slot->number, call = slot->lane.next()] {
            Writer writer;
            writer(lane, call);
            if (const Result<Frame> frame = std::move(writer).finish(number(Type::kCancel)))
                static_cast<void>(send(control_.socket(), *frame, Steady::now()).ok());
        };
        const std::stop_callback on_stop{stop, cancel};
        patience.late = cancel;
        patience.stop = stop;
        const auto serve_one = [&](Frame&& wish) {
            if (wish.type == number(Type::kWorking)) return serveWorking(std::move(wish), working);
            const bool done = settles(wish.type);
            Result<Frame> served = serve(std::move(wish), inbox);
            if (done) static_cast<void>(working({}).ok());
            return served;
        };
        answer = slot->lane.call(std::move(request), serve_one, patience);
    }
    if (inbox) {
        const std::unique_lock lock{inbox_mutex_};  // Whoever still uses it has finished then.
        inboxes_.erase(std::find(inboxes_.begin(), inboxes_.end(), inbox));
    }
    if (answer || answer.error().code == Errc::kTooLarge) {
        giveBack(std::move(slot));
        return answer;
    }
    // Dead, or as good as dead: whoever closes a lane or breaks the protocol has lost its mind.
    condemn(answer.error().message, answer.error().code == Errc::kStale ? Reason::kHang : Reason::kDeath);
    return answer;
}

/// Nothing when there was none until the deadline, or the child is condemned.
std::unique_ptr<Process::Slot> Process::take(Steady::time_point deadline) {
    std::unique_lock lock{mutex_};
    const auto ready = [this] { return !lanes_.empty() || numbers_.left() || !condemned_.empty(); };
    if (!free_lane_.wait_until(lock, deadline, ready) || !condemned_.empty()) return nullptr;
    if (!lanes_.empty()) {
        std::unique_ptr<Slot> slot = std::move(lanes_.back());
        lanes_.pop_back();
        return slot;
    }
    const std::uint32_t name = numbers_.take();
    lock.unlock();
    auto ends = socketPair();
    Writer writer;
    writer(name);
    Result<Frame> frame = std::move(writer).finish(number(Type::kLane));
    if (ends && frame) {
        frame->descriptors.push_back(std::move(ends->second));
        if (send(control_.socket(), *frame, deadline))
            return std::unique_ptr<Slot>{new Slot{name, Lane{std::move(ends->first), frame_}}};
    }
    lock.lock();
    numbers_.giveBack();
    lock.unlock();
    free_lane_.notify_one();
    return nullptr;
}

void Process::giveBack(std::unique_ptr<Slot> slot) {
    {
        const std::lock_guard lock{mutex_};
        lanes_.push_back(std::move(slot));
    }
    free_lane_.notify_one();
}

Result<Frame> Process::serve(Frame&& request, Inbox* inbox) {
    if (!writes(request.type)) return serveLent(std::move(request), services_, inbox);
    struct Credit {
        std::atomic<int>& taken;
        const bool granted;
        ~Credit() { --taken; }
    } const credit{under_way_, under_way_.fetch_add(1) < credits_};
    if (credit.granted) return serveLent(std::move(request), services_, inbox);
    // An error looks the same whatever was asked for.
    return answerWith(Result<Accepted>{Error{.code = Errc::kUnavailable,
                                             .message = "more on its way to the disk than the connector has credits",
                                             .problem = "connector.busy",
                                             .retry_after = std::chrono::seconds{1}}});
}

/// While the connector is made or destroyed, what it asks for comes over the control socket, too.
Result<Frame> Process::serveControlCall(Frame&& request) {
    return request.type == number(Type::kPing) ? serveControl(std::move(request)) : serve(std::move(request), nullptr);
}

/// A ping that comes back. One that answers pings it never got would not be missed when it falls silent.
Result<Frame> Process::serveControl(Frame&& request) {
    if (request.type != number(Type::kPing) || request.correlation <= pongs_ || request.correlation > pings_)
        return Error{.code = Errc::kInvalid, .message = "its process says what nobody asked"};
    pongs_ = request.correlation;
    return Frame{};
}

/// A thread of the plugin's own puts things into the inbox of a call that is under way. No call's time bounds what such
/// threads ask for: one that asks without end waits in between.
Result<Frame> Process::serveSpare(Frame&& request) {
    if (!spare_pace_.note(Steady::now())) std::this_thread::sleep_for(kBreath);
    const std::shared_lock lock{inbox_mutex_};
    return serve(std::move(request), inboxes_.empty() ? nullptr : inboxes_.back());
}

bool Process::hasHung() const {
    const std::lock_guard lock{mutex_};
    return hung_;
}

void Process::condemn(const std::string& reason, Reason kind) {
    {
        const std::lock_guard lock{mutex_};
        if (condemned_.empty()) {
            condemned_ = reason;
            hung_ = kind == Reason::kHang;
        }
    }
    free_lane_.notify_all();
    wake();
}

void Process::wake() const { ::eventfd_write(wake_.number(), 1); }

bool Process::watch(std::chrono::milliseconds most) {
    std::array<pollfd, 3> waits{pollfd{child_.descriptor(), POLLIN, 0}, pollfd{control_.socket(), POLLIN, 0},
                                pollfd{wake_.number(), POLLIN, 0}};
    ::poll(waits.data(), waits.size(), static_cast<int>(most.count()));
    eventfd_t ignored = 0;
    ::eventfd_read(wake_.number(), &ignored);
    if (waits[0].revents != 0) return false;
    if (waits[1].revents != 0) {
        Result<Frame> frame = receive(control_.socket(), frame_, Steady::now());
        if (frame) frame = serveControl(std::move(*frame));
        if (!frame && frame.error().code != Errc::kStale) condemn(frame.error().message);
    }
    const std::lock_guard lock{mutex_};
    return condemned_.empty();
}

bool Process::ping() {
    if (pings_ >= pongs_ + kMissedPings) return false;
    const Frame frame{.type = number(Type::kPing), .correlation = ++pings_};
    static_cast<void>(send(control_.socket(), frame, Steady::now()).ok());
    return true;
}

void Process::stop(std::chrono::milliseconds patience) {
    static_cast<void>(control_
                          .call(Frame{.type = number(Type::kStop)},
                                [this](Frame&& request) { return serveControlCall(std::move(request)); },
                                {.most = patience})
                          .ok());
    static_cast<void>(child_.wait(Steady::now() + kTermination).has_value());
}

std::string Process::end() {
    std::string reason;
    {
        const std::lock_guard lock{mutex_};
        reason = condemned_;
    }
    // One that has ended by itself tells how; one that is condemned is ended for its reason.
    const std::optional<Exit> by_itself = child_.wait(Steady::now() + std::chrono::milliseconds{100});
    if (by_itself) return by_itself->text();
    static_cast<void>(child_.end(kTermination));
    return reason.empty() ? "ended by the hub" : reason;
}

Process::Size Process::size() const {
    std::ifstream facts{"/proc/" + std::to_string(child_.pid()) + "/statm"};
    Size pages;
    facts >> pages.addresses >> pages.resident;
    const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    return {.addresses = pages.addresses * page, .resident = pages.resident * page};
}

}  // namespace pakn::isolation

#include "core/decoding/pool.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <future>
#include <optional>
#include <string>
#include <system_error>

#include "core/decoding/protocol.hpp"
#include "core/isolation/child.hpp"
#include "core/isolation/lane.hpp"
#include "core/isolation/remote_connector.hpp"

namespace pakn::decoding {

namespace {

namespace fs = std::filesystem;
using isolation::Child;
using isolation::Frame;
using isolation::Lane;
using isolation::OwnedDescriptor;
using isolation::Steady;
using isolation::Type;

constexpr int kKills = 2;  ///< So many children may one thing cost.
constexpr std::chrono::seconds kStartTime{20};
constexpr std::chrono::seconds kFirstPause{1};  ///< After a child could not be started; doubles.
constexpr std::chrono::seconds kLongestPause{30};

Error unavailable(std::string why) {
    return {.code = Errc::kUnavailable,
            .message = std::move(why),
            .problem = "decode.unavailable",
            .retry_after = std::chrono::seconds{2}};
}

/// Beside this program; for the tests of a build in the folder of programs beside theirs.
fs::path helperProgram() {
    std::error_code error;
    const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    const fs::path beside = folder / "paknhub-decoder";
    const fs::path in_bin = folder.parent_path() / "bin" / "paknhub-decoder";
    return !fs::exists(beside, error) && fs::exists(in_bin, error) ? in_bin : beside;
}

/// What a child says of a thing it refuses. It may be the thing that speaks: only a remedy and a code come through.
Error refusal(const Error& said) {
    constexpr std::size_t kMostCode = 40;
    const bool code = said.problem.starts_with("decode.") && said.problem.size() < kMostCode &&
                      said.problem.find_first_not_of("abcdefghijklmnopqrstuvwxyz_.") == std::string::npos;
    const bool known = said.code == Errc::kTooLarge || said.code == Errc::kMisconfigured;
    return {.code = known ? said.code : Errc::kRejected,
            .message = "a decoder refused it",
            .problem = code ? said.problem : "decode.damaged"};
}

/// A decoder gets all it needs with its request.
Result<Frame> grantNothing(Frame&&) {
    return Error{.code = Errc::kInvalid, .message = "a decoder asks for something, which none has to"};
}

}  // namespace

struct Pool::Job {
    std::string kind;
    Content content;
    std::string guest;  ///< Empty: the hub itself.
    Steady::time_point patience;
    std::promise<Result<Decoded>> result = {};
};

/// One thread and its child. The thread starts the child, because the child dies with it.
class Pool::Slot {
public:
    explicit Slot(Pool& pool) : pool_{pool}, thread_{[this] { work(); }} {}
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    ~Slot() {
        if (thread_.joinable()) thread_.join();
    }

    /// Ends a call under way: its thread finds the child gone.
    void interrupt() {
        const std::lock_guard lock{mutex_};
        if (running_) ::shutdown(running_->lane.socket(), SHUT_RDWR);
    }

private:
    struct Running {
        Child child;
        Lane lane;
        int uses = 0;
    };

    void work() {
        for (;;) {
            bool idle = false;
            const std::shared_ptr<Job> job = pool_.next(pool_.parts_.limits.idle, idle);
            if (idle) {
                end(std::chrono::milliseconds{500});
                continue;
            }
            if (!job) break;
            Result<Decoded> result = serve(*job);
            pool_.finished(*job);
            job->result.set_value(std::move(result));
        }
        end(std::chrono::milliseconds{0});
    }

    Result<Decoded> serve(const Job& job) {
        if (Steady::now() > job.patience) return unavailable("the decoders have more to do than they can");
        for (int kills = 0;;) {
            if (Status there = ensure(); !there) return std::move(there).error();
            if (pool_.isStopping()) return unavailable("the hub is stopping");
            Result<Decoded> result = ask(job);
            const bool alive = result || result.error().problem != kDied;
            if (alive) {
                if (++running_->uses >= pool_.parts_.limits.uses) end(std::chrono::milliseconds{500});
                return result;
            }
            const bool late = result.error().code == Errc::kStale;
            const isolation::Exit over = end(std::chrono::milliseconds{0});
            if (pool_.isStopping()) return unavailable("the hub is stopping");
            pool_.count(late ? &Totals::late : &Totals::crashed);
            pool_.log(LogLevel::kWarning, "DECODER_DIED",
                      late ? "a " + job.kind + " took longer than decode.time"
                           : "reading a " + job.kind + ": " + result.error().message + "; " + over.text());
            if (++kills >= kKills)
                return Error{.code = Errc::kRejected,
                             .message = "reading it ended " + std::to_string(kills) + " decoders",
                             .problem = "decode.killed"};
        }
    }

    /// One thing to one child. An error with the problem kDied: the child is of no use any more.
    Result<Decoded> ask(const Job& job) {
        isolation::Writer writer;
        writer(job.kind, job.content);
        Result<Frame> request = std::move(writer).finish(static_cast<std::uint8_t>(Type::kDecode));
        if (!request) return unavailable(request.error().message);
        Result<Frame> answer =
            running_->lane.call(std::move(*request), grantNothing, {.most = pool_.parts_.limits.time});
        if (!answer && answer.error().code == Errc::kTooLarge) return std::move(answer).error();
        if (!answer) {
            Error error = std::move(answer).error();
            error.problem = kDied;
            return error;
        }
        std::optional<Result<Decoded>> decoded = isolation::decodeResult<Decoded>(std::move(*answer));
        if (!decoded || !sound(*decoded))
            return Error{.code = Errc::kInvalid, .message = "its answer cannot be believed", .problem = kDied};
        if (!*decoded) return refusal(decoded->error());
        return std::move(*decoded);
    }

    /// A child that was taken over by what it read says what it likes, but not everything.
    [[nodiscard]] bool sound(const Result<Decoded>& result) const {
        if (!result) return true;
        return std::all_of(result->parts.begin(), result->parts.end(),
                           [&](const Attachment& part) { return part.content.size() <= pool_.parts_.limits.output; });
    }

    /// Starts a child when there is none. After a failure not again for a while: whoever asks then is told at once.
    Status ensure() {
        if (running_) return Done{};
        if (Steady::now() < not_before_) return unavailable(problem_);
        Status started = start();
        if (started) {
            if (!problem_.empty()) pool_.log(LogLevel::kInfo, "DECODER_RECOVERED", "decoders can be started again");
            problem_.clear();
            pause_ = kFirstPause;
            pool_.count(&Totals::started);
            return started;
        }
        end(std::chrono::milliseconds{0});
        if (problem_.empty()) pool_.log(LogLevel::kError, "DECODER_UNAVAILABLE", started.error().message);
        problem_ = started.error().message;
        not_before_ = Steady::now() + pause_;
        pause_ = std::min<std::chrono::seconds>(pause_ * 2, kLongestPause);
        return unavailable(problem_);
    }

    Status start() {
        auto sockets = isolation::socketPair();
        if (!sockets) return std::move(sockets).error();
        const std::array<int, 1> given{sockets->second.number()};
        const Parts& parts = pool_.parts_;
        Result<Child> child = Child::start(parts.program, {}, given);
        if (!child) return std::move(child).error();
        {
            const std::lock_guard lock{mutex_};
            running_.emplace(Running{std::move(*child), Lane{std::move(sockets->first), kMostFrame}});
        }
        sockets->second = OwnedDescriptor{};  // The child's end is the child's alone: else its death would not show.
        isolation::Writer writer;
        writer(Order{.memory = parts.limits.memory,
                     .user = isolation::kDecodingUser,
                     .pixels = parts.limits.pixels,
                     .output = parts.limits.output});
        Result<Frame> order = std::move(writer).finish(static_cast<std::uint8_t>(Type::kStart));
        if (!order) return std::move(order).error();
        Result<Frame> answer = running_->lane.call(std::move(*order), grantNothing, {.most = kStartTime});
        if (!answer) return std::move(answer).error();
        const auto ready = isolation::decodeResult<isolation::Started>(std::move(*answer));
        if (!ready)
            return Error{.code = Errc::kMisconfigured,
                         .message = parts.program.string() + " is of another build than this program"};
        return *ready ? Status{Done{}} : Status{ready->error()};
    }

    isolation::Exit end(std::chrono::milliseconds patience) {
        if (!running_) return {};
        const isolation::Exit over = running_->child.end(patience);
        const std::lock_guard lock{mutex_};
        running_.reset();
        return over;
    }

    static constexpr const char* kDied = "decode.died";

    Pool& pool_;
    std::mutex mutex_;  ///< Guards whether there is a running one; only the slot's thread changes that.
    std::optional<Running> running_ = {};
    std::string problem_ = {};
    Steady::time_point not_before_ = {};
    std::chrono::seconds pause_ = kFirstPause;
    std::thread thread_;
};

Pool::Pool(Parts parts) : parts_{std::move(parts)} {
    if (parts_.program.empty()) parts_.program = helperProgram();
    for (int i = 0; i < parts_.limits.processes; ++i) slots_.push_back(std::make_unique<Slot>(*this));
}

Pool::~Pool() { stop(); }

Result<Decoded> Pool::decode(std::string_view kind, const Content& content, std::string_view guest) {
    const auto job = std::make_shared<Job>(Job{.kind = std::string{kind},
                                               .content = content,
                                               .guest = std::string{guest},
                                               .patience = Steady::now() + parts_.limits.wait});
    std::future<Result<Decoded>> result = job->result.get_future();
    {
        const std::lock_guard lock{mutex_};
        const auto same = [&](const auto& one) { return one->guest == guest; };
        const bool full = waiting_.size() >= parts_.limits.waiting ||
                          (!guest.empty() && std::count_if(waiting_.begin(), waiting_.end(), same) >=
                                                 static_cast<std::ptrdiff_t>(parts_.limits.guests_waiting));
        const char* const why = stopping_ ? "the hub is stopping" : full ? "too much waits for the decoders" : nullptr;
        if (why != nullptr) {
            ++totals_.unavailable;
            return unavailable(why);
        }
        waiting_.push_back(job);
    }
    changed_.notify_all();  // Not everybody may take everything.
    return counted(result.get());
}

/// The hub's own things first; of guests' only as many as leave a child free.
std::deque<std::shared_ptr<Pool::Job>>::iterator Pool::firstThatMayRun() {
    const auto own = std::find_if(waiting_.begin(), waiting_.end(), [](const auto& job) { return job->guest.empty(); });
    if (own != waiting_.end()) return own;
    return guests_ < std::max(1, parts_.limits.processes - 1) ? waiting_.begin() : waiting_.end();
}

void Pool::finished(const Job& job) {
    if (job.guest.empty()) return;
    {
        const std::lock_guard lock{mutex_};
        --guests_;
    }
    changed_.notify_all();
}

/// The next job; none when the pool stops, or when there is none for so long (`idle`).
std::shared_ptr<Pool::Job> Pool::next(std::chrono::milliseconds patience, bool& idle) {
    std::unique_lock lock{mutex_};
    idle = !changed_.wait_for(lock, patience, [this] { return stopping_ || firstThatMayRun() != waiting_.end(); });
    if (idle || stopping_) return nullptr;
    const auto first = firstThatMayRun();
    std::shared_ptr<Job> job = std::move(*first);
    waiting_.erase(first);
    if (!job->guest.empty()) ++guests_;
    return job;
}

void Pool::stop() {
    std::deque<std::shared_ptr<Job>> left;
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
        left.swap(waiting_);
    }
    changed_.notify_all();
    for (const auto& job : left) job->result.set_value(unavailable("the hub is stopping"));
    for (const auto& slot : slots_) slot->interrupt();
    slots_.clear();
}

bool Pool::isStopping() const {
    const std::lock_guard lock{mutex_};
    return stopping_;
}

Totals Pool::totals() const {
    const std::lock_guard lock{mutex_};
    return totals_;
}

void Pool::log(LogLevel level, std::string_view id, std::string_view text) const {
    if (parts_.log) parts_.log(level, id, text);
}

void Pool::count(std::int64_t Totals::*counter) {
    const std::lock_guard lock{mutex_};
    ++(totals_.*counter);
}

Result<Decoded> Pool::counted(Result<Decoded> result) {
    const bool may_come = !result && result.error().code == Errc::kUnavailable;
    count(result ? &Totals::decoded : may_come ? &Totals::unavailable : &Totals::rejected);
    return result;
}

}  // namespace pakn::decoding

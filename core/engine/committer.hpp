#pragma once
/// @file
/// The one place where petitions change. Callers hand in commands; one thread takes whatever has gathered, decides each
/// on fresh state, and commits all in one transaction: batches grow with load, one fsync for many. Then everybody of
/// the batch is told, on a second thread, while the next batch is decided.

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <variant>
#include <vector>

#include "core/domain/decide.hpp"
#include "core/store/store.hpp"

namespace pakn::engine {

/// A new petition: the id, code and tracking token are given on commit.
struct Arrival {
    domain::Submit submit = {};
    std::shared_ptr<const store::Birth> birth = {};
    std::shared_ptr<const domain::Rules> rules = {};  ///< By which it was routed; null: those of the moment.
    bool privileged = false;                          ///< From the hotline or the Centre: may use the reserved places.
};

/// By what a request is known again that comes twice.
struct RequestKey {
    std::string inbox_key = {};  ///< Empty: it is not asked about.
    std::string hash = {};       ///< Of what is asked: the same key with something else is a conflict.
};

/// A command on a petition that exists.
struct Order {
    std::string petition_id = {};
    domain::Command command = {};
    domain::Actor actor = {};
    RequestKey key = {};
};

/// What was committed.
struct Committed {
    std::shared_ptr<const domain::Petition> petition = {};  ///< Never null.
    bool duplicate = false;                                 ///< It came before under the same key; nothing was written.
};

class Committer {
public:
    struct Parts {
        store::Store& store;
        std::function<std::shared_ptr<const domain::Rules>()> rules;
        std::function<Instant()> now;
        /// Called on the committer's thread after each durable batch, with the events it stored. Must be quick.
        std::function<void(const std::vector<domain::EventKind>&)> committed;
        /// Called whenever storing failed (with the error), and when it works again (null).
        std::function<void(const Error*)> store_state;
        /// Arrivals that may wait; one more is refused at once, before anything of it is stored.
        std::size_t most_waiting = 4096;
        std::size_t reserved = 800;  ///< Of these, places that only privileged arrivals may take.
    };

    /// What became of a command. Called on the teller's thread after the whole batch is on disk (or on the caller's,
    /// when refused at once), in the order of the commits. Must be quick, must not throw.
    using Tell = std::function<void(Result<Committed>)>;

    explicit Committer(Parts parts);
    /// Finishes what was handed in.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Returns at once; `tell` is called when the command is durable, or refused. Errors: domain::decide's, kConflict
    /// ("idempotency.key_reused"), kNotFound, kUnavailable ("store.unavailable", "server.busy": nothing was stored).
    void start(Arrival arrival, Tell tell);
    /// The same, waiting for it.
    Result<Committed> run(Arrival arrival);
    Result<Committed> run(Order order);

    [[nodiscard]] std::int64_t batches() const { return batches_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t commands() const { return commands_.load(std::memory_order_relaxed); }

private:
    using Work = std::variant<Arrival, Order>;
    struct Job {
        Work work;
        Tell tell;
        Result<Committed> outcome;
    };
    class Attempt;

    void enqueue(Work work, Tell tell);
    Result<Committed> wait(Work work);
    [[nodiscard]] std::optional<Error> refusal(const Work& work) const;
    void loop();
    void tellLoop();
    void process(std::span<Job> jobs);
    Status processAlone(Job& job);
    Status guardedAttempt(std::span<Job> jobs);
    Status attempt(std::span<Job> jobs);
    void report(const Status& status);

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<Job> waiting_;  // Guarded by mutex_, as the next.
    bool stopping_ = false;
    std::mutex settled_mutex_;
    std::condition_variable settled_wake_;
    std::vector<std::vector<Job>> settled_;  // Batches to be told. Guarded by settled_mutex_, as the next.
    bool all_settled_ = false;
    bool failing_ = false;
    std::atomic<std::int64_t> batches_{0};
    std::atomic<std::int64_t> commands_{0};
    std::thread teller_;
    std::thread thread_;
};

}  // namespace pakn::engine

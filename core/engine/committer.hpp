#pragma once
/// @file
/// The one place where petitions change. Callers hand in commands and wait; one thread takes whatever has gathered,
/// decides each on fresh state, and commits all in one transaction: batches grow with load, one fsync for many.

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
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
    store::Birth birth = {};
    std::shared_ptr<const domain::Rules> rules = {};  ///< By which it was routed; null: those of the moment.
};

/// A command on a petition that exists.
struct Order {
    std::string petition_id = {};
    domain::Command command = {};
    domain::Actor actor = {};
};

/// What was committed.
struct Committed {
    domain::Petition petition = {};
    bool duplicate = false;  ///< Of an Arrival: it was there before; nothing was written.
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
    };

    explicit Committer(Parts parts);
    /// Finishes what was handed in.
    ~Committer();
    Committer(const Committer&) = delete;
    Committer& operator=(const Committer&) = delete;

    /// Blocks until the command is durable, or refused. Errors: domain::decide's, kConflict ("idempotency.key_reused"),
    /// kNotFound, kUnavailable ("store.unavailable": nothing was stored).
    Result<Committed> run(Arrival arrival);
    Result<Committed> run(Order order);

    [[nodiscard]] std::int64_t batches() const { return batches_.load(std::memory_order_relaxed); }
    [[nodiscard]] std::int64_t commands() const { return commands_.load(std::memory_order_relaxed); }

private:
    struct Job {
        std::variant<Arrival, Order> work;
        Result<Committed> outcome;
    };
    /// Jobs that will be committed together. They live on their callers' stacks until `done`.
    struct Batch {
        std::vector<Job*> jobs;
        std::atomic<int> done{0};
    };
    class Attempt;

    Result<Committed> enqueue(std::variant<Arrival, Order> work);
    void loop();
    void process(const std::vector<Job*>& jobs);
    Status processAlone(Job* job);
    Status guardedAttempt(const std::vector<Job*>& jobs);
    Status attempt(const std::vector<Job*>& jobs);
    void report(const Status& status);

    Parts parts_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::shared_ptr<Batch> open_;
    std::deque<std::shared_ptr<Batch>> full_;
    bool stopping_ = false;
    bool failing_ = false;
    std::atomic<std::int64_t> batches_{0};
    std::atomic<std::int64_t> commands_{0};
    std::thread thread_;
};

}  // namespace pakn::engine

#include "core/engine/committer.hpp"

#include <algorithm>
#include <exception>
#include <future>
#include <optional>
#include <utility>

#include "core/domain/rules.hpp"
#include "core/engine/staff.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kMostPerBatch = 512;
constexpr int kConflictRetries = 3;

/// Whose serial an arrival gets: of the day on which it came in, be it written down later.
domain::Date dayOf(const domain::Submit& submit, Instant now) {
    return domain::localDate(submit.received_at.value_or(now));
}

/// Arrivals first, those of former days before the others, then orders by petition: hubs that share a database lock the
/// days' serials and the petitions' rows in the same order, so that none waits for one that waits for it. Whoever is in
/// one batch came at the same time; orders on one petition keep their turn.
template <class Job>
std::vector<Job*> inLockingOrder(std::span<Job> batch) {
    std::vector<Job*> jobs;
    for (Job& job : batch) jobs.push_back(&job);
    const auto place = [](const Job* job) {
        const auto* order = std::get_if<Order>(&job->work);
        const auto* arrival = std::get_if<Arrival>(&job->work);
        return std::pair{order ? std::string_view{order->petition_id} : std::string_view{},
                         arrival ? arrival->submit.received_at.value_or(Instant::max()) : Instant{}};
    };
    std::stable_sort(jobs.begin(), jobs.end(), [&](const Job* a, const Job* b) { return place(a) < place(b); });
    return jobs;
}

Error unavailable(const Error& cause) {
    return {.code = Errc::kUnavailable,
            .message = cause.message,
            .problem = "store.unavailable",
            .retry_after = cause.retry_after.value_or(std::chrono::seconds{5})};
}

}  // namespace

/// One transaction's work: decisions on fresh state, remembered so that later commands of the batch see earlier ones.
class Committer::Attempt {
public:
    Attempt(store::Store& store, store::Transaction& transaction, const domain::Rules& rules, Instant now)
        : store_{store}, transaction_{transaction}, rules_{rules}, now_{now} {}

    Status prefetch(std::span<const Job> jobs) {
        std::vector<std::string> keys;
        for (const Job& job : jobs) {
            if (const auto* arrival = std::get_if<Arrival>(&job.work))
                keys.insert(keys.end(), arrival->birth->inbox_keys.begin(), arrival->birth->inbox_keys.end());
            else if (const auto& order = std::get<Order>(job.work); !order.key.inbox_key.empty())
                keys.push_back(order.key.inbox_key);
        }
        if (keys.empty()) return Done{};
        Result<std::unordered_map<std::string, store::InboxEntry>> found = transaction_.findInbox(keys);
        if (!found) return std::move(found).error();
        inbox_ = std::move(found).value();
        return Done{};
    }

    Result<Committed> decide(std::variant<Arrival, Order>& work) {
        if (auto* arrival = std::get_if<Arrival>(&work)) return arrive(*arrival);
        return obey(std::get<Order>(work));
    }

    /// Set when the store itself failed: the whole attempt is void.
    [[nodiscard]] const std::optional<Error>& storeFailure() const { return store_failure_; }
    [[nodiscard]] const std::vector<domain::EventKind>& kinds() const { return kinds_; }

private:
    using Known = std::shared_ptr<const domain::Petition>;

    /// Gives the arrival its code and token, anew at each attempt.
    Result<Committed> arrive(Arrival& arrival) {
        for (const std::string& key : arrival.birth->inbox_keys)
            if (std::optional<Result<Committed>> known = cameBefore(key, arrival.birth->body_hash))
                return *std::move(known);
        const domain::Date day = dayOf(arrival.submit, now_);
        Result<int> serial = nextSerial(day);
        if (!serial) return fail(std::move(serial).error());

        domain::Petition fresh;
        fresh.id = security::newId(now_);
        domain::Submit& submit = arrival.submit;
        submit.code = domain::makeCode(rules_.codes, day, *serial);
        // Routed under a configuration that a reload replaced meanwhile: what it refers to is known there.
        const domain::Rules& rules = arrival.rules ? *arrival.rules : rules_;
        submit.tracking_token = security::randomToken();
        Result<Committed> stored = decideOn(fresh, submit, {.id = submit.channel, .roles = {domain::Role::kCitizen}},
                                            rules, arrival.birth, {});
        if (!stored) return stored;
        transaction_.setSerial(day, *serial);
        serials_[day] = *serial;
        for (const std::string& key : arrival.birth->inbox_keys)
            inbox_[key] = {stored->petition->id, arrival.birth->body_hash};
        return stored;
    }

    Result<Committed> obey(const Order& order) {
        if (!order.key.inbox_key.empty())
            if (std::optional<Result<Committed>> known = cameBefore(order.key.inbox_key, order.key.hash))
                return *std::move(known);
        Result<domain::Command> command = withOther(order);
        if (!command) return std::move(command).error();
        Result<Known> petition = load(order.petition_id);
        if (!petition) return std::move(petition).error();
        Result<Committed> done = decideOn(**petition, *command, order.actor, rules_, nullptr, order.key);
        if (done && !order.key.inbox_key.empty())
            inbox_[order.key.inbox_key] = {.petition_id = order.petition_id, .body_hash = order.key.hash};
        return done;
    }

    /// A merge is decided on what the other petition is in this transaction: two that are merged into each other at the
    /// same moment would wait for ever. Who comes first by id is locked first, so that two hubs do not lock crosswise.
    Result<domain::Command> withOther(const Order& order) {
        const auto* act = std::get_if<domain::Act>(&order.command);
        if (!act || !act->into) return order.command;
        if (order.petition_id < act->into->id)
            if (Result<Known> first = load(order.petition_id); !first) return std::move(first).error();
        const Result<Known> other = load(act->into->id);
        if (!other) return other.error();
        domain::Act fresh = *act;
        fresh.into = domain::OtherPetition::of(**other);
        return domain::Command{std::move(fresh)};
    }

    /// The answer to a request that came before under this key; nothing when none did.
    std::optional<Result<Committed>> cameBefore(const std::string& key, const std::string& hash) {
        const auto known = inbox_.find(key);
        if (known == inbox_.end()) return std::nullopt;
        if (known->second.body_hash != hash)
            return Error{.code = Errc::kConflict,
                         .message = "this key or external id came before with another content",
                         .problem = "idempotency.key_reused"};
        Result<Known> first = load(known->second.petition_id);
        if (!first) return std::move(first).error();
        return Committed{std::move(first).value(), true};
    }

    template <class Command>
    Result<Committed> decideOn(const domain::Petition& before, const Command& command, const domain::Actor& actor,
                               const domain::Rules& rules, std::shared_ptr<const store::Birth> birth,
                               const RequestKey& key) {
        domain::Context context{rules, now_, actor, [this] { return security::newId(now_); }};
        if (Status known = addPeople(context, before, command); !known) return fail(std::move(known).error());
        Result<domain::Decision> decision = domain::decide(before, command, context);
        if (!decision) return std::move(decision).error();
        for (const domain::Event& event : decision->events) kinds_.push_back(event.kind());
        auto after = std::make_shared<const domain::Petition>(std::move(decision->after));
        transaction_.append({before, *after, std::move(decision->events), std::move(birth), key.inbox_key, key.hash});
        petitions_[after->id] = after;
        return Committed{std::move(after), false};
    }

    /// What has to be known of people beside the petition; most decisions ask for nothing.
    Status addPeople(domain::Context& context, const domain::Petition&, const domain::Submit& submit) {
        const domain::RouteDecision& route = submit.route;
        if (submit.petition.emergency && context.rules.emergency_roster)
            if (Status duty = addDuty(context, route.unit, submit.petition.complained_unit); !duty) return duty;
        const domain::Unit* unit = context.rules.unit(route.unit);
        if (route.mode != domain::RouteMode::kAutomatic || !unit || unit->external) return Done{};
        auto known = staff_.find(unit->id);
        if (known == staff_.end()) {
            Result<std::vector<domain::Role>> roles = store_.duties().rolesIn(unit->id);
            if (!roles) return std::move(roles).error();
            known = staff_.emplace(unit->id, std::move(roles).value()).first;
        }
        context.staff = known->second;
        return Done{};
    }
    Status addPeople(domain::Context& context, const domain::Petition& before, const domain::Command& command) {
        const auto* fire = std::get_if<domain::Fire>(&command);
        const bool calls = fire && fire->what == domain::Fire::What::kRoster;
        if (!calls && !std::holds_alternative<domain::Acknowledge>(command) &&
            !std::holds_alternative<domain::AcceptEmergency>(command))
            return Done{};
        return addDuty(context, before.unit.empty() ? before.suggested_unit : before.unit, before.complained_unit);
    }
    Status addDuty(domain::Context& context, std::string_view unit, std::string_view complained) {
        Result<std::vector<std::string>> duty = onDuty(store_, context.rules, unit, complained, now_);
        if (!duty) return std::move(duty).error();
        context.on_duty = std::move(duty).value();
        return Done{};
    }

    Result<Known> load(const std::string& id) {
        if (const auto known = petitions_.find(id); known != petitions_.end()) return known->second;
        Result<std::optional<domain::Petition>> stored = transaction_.load(id);
        if (!stored) {
            Error error = std::move(stored).error();
            error.message = "petition " + id + ": " + error.message;
            return fail(std::move(error));
        }
        if (!*stored)
            return Error{.code = Errc::kNotFound, .message = "no such petition", .problem = "petition.not_found"};
        return petitions_.emplace(id, std::make_shared<const domain::Petition>(std::move(**stored))).first->second;
    }

    Result<int> nextSerial(domain::Date day) {
        if (const auto known = serials_.find(day); known != serials_.end()) return known->second + 1;
        Result<int> last = transaction_.lastSerial(day);
        if (!last) return last;
        return *last + 1;
    }

    Error fail(Error error) {
        store_failure_ = error;
        return error;
    }

    store::Store& store_;
    store::Transaction& transaction_;
    const domain::Rules& rules_;
    const Instant now_;
    std::map<std::string, std::vector<domain::Role>> staff_;  // Of units that were asked about.
    std::unordered_map<std::string, store::InboxEntry> inbox_;
    std::unordered_map<std::string, Known> petitions_;
    std::map<domain::Date, int> serials_;
    std::vector<domain::EventKind> kinds_;
    std::optional<Error> store_failure_;
};

Committer::Committer(Parts parts)
    : parts_{std::move(parts)}, teller_{[this] { tellLoop(); }}, thread_{[this] { loop(); }} {}

Committer::~Committer() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
    {
        const std::lock_guard lock{settled_mutex_};
        all_settled_ = true;
    }
    settled_wake_.notify_all();
    teller_.join();
}

void Committer::start(Arrival arrival, Tell tell) { enqueue(std::move(arrival), std::move(tell)); }

Result<Committed> Committer::run(Arrival arrival) { return wait(std::move(arrival)); }

Result<Committed> Committer::run(Order order) { return wait(std::move(order)); }

Result<Committed> Committer::wait(Work work) {
    std::promise<Result<Committed>> promise;
    enqueue(std::move(work), [&promise](Result<Committed> outcome) { promise.set_value(std::move(outcome)); });
    return promise.get_future().get();
}

void Committer::enqueue(Work work, Tell tell) {
    std::optional<Error> refused;
    {
        const std::lock_guard lock{mutex_};
        refused = refusal(work);
        if (!refused) {
            waiting_.push_back({std::move(work), std::move(tell), Error{Errc::kInternal, "not processed"}});
            if (waiting_.size() == 1) wake_.notify_one();
            return;
        }
    }
    tell(std::move(*refused));
}

/// Why this cannot wait here; empty: it can.
std::optional<Error> Committer::refusal(const Work& work) const {
    const auto later = [](std::string message, std::string problem) {
        return Error{.code = Errc::kUnavailable,
                     .message = std::move(message),
                     .problem = std::move(problem),
                     .retry_after = std::chrono::seconds{5}};
    };
    if (stopping_) return later("the hub is stopping", "store.unavailable");
    const auto* arrival = std::get_if<Arrival>(&work);
    if (arrival == nullptr) return std::nullopt;  // Of a petition that was acknowledged: finished in any case.
    const std::size_t places = parts_.most_waiting - (arrival->privileged ? 0 : parts_.reserved);
    if (waiting_.size() >= places) return later("too many petitions wait to be stored", "server.busy");
    return std::nullopt;
}

void Committer::loop() {
    for (;;) {
        std::vector<Job> jobs;
        {
            std::unique_lock lock{mutex_};
            wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (waiting_.empty()) return;  // Stopping, and nothing is left.
            jobs.swap(waiting_);
        }
        for (std::span<Job> rest{jobs}; !rest.empty();) {
            const std::span<Job> batch = rest.first(std::min(rest.size(), kMostPerBatch));
            rest = rest.subspan(batch.size());
            process(batch);
            std::vector<Job> done{std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end())};
            const std::lock_guard lock{settled_mutex_};
            settled_.push_back(std::move(done));
            if (settled_.size() == 1) settled_wake_.notify_one();
        }
    }
}

/// Tells what became of the commands, and frees them, while the committer is at the next batch.
void Committer::tellLoop() {
    for (;;) {
        std::vector<std::vector<Job>> batches;
        {
            std::unique_lock lock{settled_mutex_};
            settled_wake_.wait(lock, [&] { return all_settled_ || !settled_.empty(); });
            if (settled_.empty()) return;  // The committer has ended, and everybody knows.
            batches.swap(settled_);
        }
        for (std::vector<Job>& batch : batches)
            for (Job& job : batch) job.tell(std::move(job.outcome));
    }
}

void Committer::process(std::span<Job> jobs) {
    Status status = guardedAttempt(jobs);
    if (!status && status.error().code == Errc::kUnavailable) {
        for (Job& job : jobs) job.outcome = unavailable(status.error());
    } else if (!status) {
        // A row of one of them is damaged, or somebody else's is in its way: each alone, so that it fails alone.
        status = Done{};
        for (Job& job : jobs)
            if (Status alone = processAlone(job); !alone) status = std::move(alone);
    }
    report(status);
}

/// The whole life of one job that failed in company. Not Done only when the store itself is out of order.
Status Committer::processAlone(Job& job) {
    Status status = Done{};
    for (int tries = 0; tries < kConflictRetries; ++tries) {
        status = guardedAttempt({&job, 1});
        if (status || status.error().code != Errc::kConflict) break;
    }
    if (status) return status;
    if (status.error().code == Errc::kInternal) {
        job.outcome = status.error();  // Its own trouble: everybody else is served.
        return Done{};
    }
    job.outcome = unavailable(status.error());
    return status;
}

/// A bug in a decision must not end the thread that everybody waits for.
Status Committer::guardedAttempt(std::span<Job> jobs) {
    try {
        return attempt(jobs);
    } catch (const std::exception& bug) {
        return Error{.code = Errc::kInternal, .message = bug.what(), .problem = "internal"};
    }
}

/// Decides and commits all jobs in one transaction. Not Done: nothing was stored, whatever the jobs' outcomes say.
Status Committer::attempt(std::span<Job> jobs) {
    Result<std::unique_ptr<store::Transaction>> transaction = parts_.store.begin();
    if (!transaction) return std::move(transaction).error();
    const std::shared_ptr<const domain::Rules> rules = parts_.rules();
    Attempt attempt{parts_.store, **transaction, *rules, parts_.now()};
    if (Status known = attempt.prefetch(jobs); !known) return known;
    for (Job* job : inLockingOrder(jobs)) {
        job->outcome = attempt.decide(job->work);
        if (attempt.storeFailure()) return *attempt.storeFailure();
    }
    if (attempt.kinds().empty()) return Done{};
    if (Status stored = (*transaction)->commit(); !stored) return stored;
    transaction->reset();  // Lets other writers in before anybody is told.
    batches_.fetch_add(1, std::memory_order_relaxed);
    commands_.fetch_add(static_cast<std::int64_t>(jobs.size()), std::memory_order_relaxed);
    if (parts_.committed) parts_.committed(attempt.kinds());
    return Done{};
}

void Committer::report(const Status& status) {
    const bool failed = !status && status.error().code != Errc::kConflict;
    if (parts_.store_state && (failed || failing_)) parts_.store_state(failed ? &status.error() : nullptr);
    failing_ = failed;
}

}  // namespace pakn::engine

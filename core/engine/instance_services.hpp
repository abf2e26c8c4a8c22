#pragma once
/// @file
/// What one connector instance gets from the hub, and what the hub knows about how it does.

#include <algorithm>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>

#include "core/config/configuration.hpp"
#include "core/engine/citizen_desk.hpp"
#include "core/engine/connector_mode.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_state.hpp"
#include "core/engine/throttle.hpp"
#include "core/engine/write_limit.hpp"
#include "core/security/crypto.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::engine {

using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

/// The hub's HTTP client, held to the instance's call limit: whatever time the connector asks for, its lease is longer.
class LimitedHttpClient final : public HttpClient {
public:
    LimitedHttpClient(HttpClient& client, std::chrono::milliseconds most) : client_{client}, most_{most} {}
    Result<HttpResponse> perform(const HttpRequest& request, const Limits& limits) override {
        Limits bounded = limits;
        bounded.timeout = std::min(bounded.timeout, most_);
        return client_.perform(request, bounded);
    }

private:
    HttpClient& client_;
    const std::chrono::milliseconds most_;
};

/// HostServices of one instance.
class InstanceServices final : public HostServices {
public:
    struct Parts {
        store::Store& store;
        HttpClient& http;
        PublicRecords& records;
        CitizenDesk& citizens;
        std::function<Result<Decoded>(std::string_view kind, const Content&, std::string_view connector)>
            decode;              ///< May be empty.
        std::string public_url;  ///< Of the hub; may be empty.
        Now now;
        Log log;
    };

    /// `writes` is shared with the connector's inboxes, and outlives this.
    InstanceServices(const config::Connector& settings, Parts parts, WriteLimit& writes)
        : parts_{std::move(parts)},
          connector_{settings.id},
          owner_{security::newId(parts_.now())},
          address_{addressOf(parts_.public_url, settings.mounts)},
          writes_{writes},
          state_{parts_.store, connector_, writes_, parts_.now},
          http_{parts_.http, settings.call_limit},
          citizens_{parts_.citizens, connector_} {}

    ~InstanceServices() override {
        releaseAll();
        sayLeftOut(left_out_);
    }
    InstanceServices(const InstanceServices&) = delete;
    InstanceServices& operator=(const InstanceServices&) = delete;

    /// A connector that talks without end must fill neither the disk nor the reader's screen.
    void log(LogLevel level, std::string_view text) override {
        std::int64_t left_out = 0;
        {
            const std::lock_guard lock{mutex_};
            if (lines_.take(now(), 1) == 0) {
                ++left_out_;
                return;
            }
            left_out = std::exchange(left_out_, 0);
        }
        sayLeftOut(left_out);
        parts_.log(level, "CONNECTOR_SAYS", connector_ + ": " + std::string{text.substr(0, kLongestLine)});
    }
    [[nodiscard]] Instant now() const override { return parts_.now(); }
    HttpClient& http() override { return http_; }
    State& state() override { return state_; }
    void count(std::string_view counter, std::int64_t increment) override {
        const std::lock_guard lock{mutex_};
        // A connector with runaway counter names must not fill the memory.
        if (counters_.size() < 100 || counters_.contains(counter)) counters_[std::string{counter}] += increment;
    }
    [[nodiscard]] std::string address() const override { return address_; }
    Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) override {
        const std::string full = leaseName(name);
        const Instant from = now();
        const Instant until = from + std::clamp(hold, kShortest, kLongest);
        return writes_.run(from, full.size(), [&]() -> Result<bool> {
            if (Status may = mayLease(full, from); !may) return std::move(may).error();
            Result<bool> held = parts_.store.holdLease(full, owner_, from, until);
            const std::lock_guard lock{mutex_};
            if (held && *held) leases_[full] = until;
            return held;
        });
    }
    Status release(std::string_view name) override {
        const std::string full = leaseName(name);
        return writes_.run(now(), full.size(), [&]() -> Status {
            Status released = parts_.store.releaseLease(full, owner_);
            const std::lock_guard lock{mutex_};
            if (released) leases_.erase(full);
            return released;
        });
    }
    /// The connector's object is gone: whoever takes its place need not wait for what it held. Best effort, the rest
    /// runs out.
    void releaseAll() {
        std::map<std::string, Instant, std::less<>> held;
        {
            const std::lock_guard lock{mutex_};
            held.swap(leases_);
        }
        for (const auto& [name, until] : held)
            if (until > now()) static_cast<void>(parts_.store.releaseLease(name, owner_).ok());
    }
    PublicRecords& records() override { return parts_.records; }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        if (parts_.decode) return parts_.decode(kind, content, connector_);
        return Error{.code = Errc::kUnavailable, .message = "this hub has no decoders", .problem = "decode.none"};
    }
    Result<std::int64_t> endSessions(const ProviderLogout& over) override {
        if (over.subject.empty() && over.session.empty())
            return Error{.code = Errc::kInvalid, .message = "a logout names a subject or a session"};
        Result<std::int64_t> ended =
            writes_.run(now(), over.subject.size() + over.session.size(), [&]() -> Result<std::int64_t> {
                return parts_.store.dropProviderSessions(
                    {.connector = connector_, .issuer = over.issuer, .subject = over.subject, .session = over.session});
            });
        if (ended && *ended > 0)
            parts_.log(LogLevel::kInfo, "SESSIONS_ENDED_BY_PROVIDER",
                       connector_ + ": " + std::to_string(*ended) + " sessions");
        return ended;
    }

    Citizens& citizens() override { return citizens_; }

    [[nodiscard]] std::map<std::string, std::int64_t, std::less<>> counters() const {
        const std::lock_guard lock{mutex_};
        return counters_;
    }

private:
    static constexpr config::Rate kLines{.count = 200, .per = std::chrono::seconds{10}};  ///< Of its words in the log.
    static constexpr std::size_t kLongestLine = 4000;                                     ///< Bytes.
    static constexpr std::chrono::milliseconds kShortest{1000};
    static constexpr std::chrono::milliseconds kLongest{std::chrono::minutes{10}};
    static constexpr std::size_t kMostLeases = 100;
    static constexpr std::size_t kMostLeaseName = 200;  ///< Bytes, with the connector's id.

    /// Names without end must fill neither the memory nor the store.
    Status mayLease(const std::string& full, Instant from) {
        const std::lock_guard lock{mutex_};
        std::erase_if(leases_, [&](const auto& one) { return one.second <= from; });
        if (full.size() <= kMostLeaseName && (leases_.size() < kMostLeases || leases_.contains(full))) return Done{};
        return Error{.code = Errc::kTooLarge,
                     .message = "a connector holds at most 100 leases at a time, with names of at most 200 bytes",
                     .problem = "lease.too_many"};
    }

    void sayLeftOut(std::int64_t lines) const {
        if (lines == 0) return;
        parts_.log(LogLevel::kWarning, "CONNECTOR_LINES_LEFT_OUT",
                   connector_ + ": " + std::to_string(lines) + " lines of it were left out");
    }

    /// Not to be mixed up with the hub's own leases.
    [[nodiscard]] std::string leaseName(std::string_view name) const {
        return "plugin:" + connector_ + ':' + std::string{name};
    }
    static std::string addressOf(std::string public_url, const std::vector<std::string>& mounts) {
        if (public_url.empty() || mounts.empty()) return {};
        if (public_url.back() == '/') public_url.pop_back();
        return mounts.front() == "/" ? public_url : public_url + mounts.front();
    }

    Parts parts_;
    const std::string connector_;
    const std::string owner_;
    const std::string address_;
    WriteLimit& writes_;
    InstanceState state_;
    LimitedHttpClient http_;
    InstanceCitizens citizens_;
    mutable std::mutex mutex_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
    std::map<std::string, Instant, std::less<>> leases_;  ///< Held, until then.
    RateLimit lines_{kLines};
    std::int64_t left_out_ = 0;  ///< Lines, since the last that was not.
};

/// How one connector does; written by its workers, read by health().
class Condition {
public:
    explicit Condition(std::string id, std::string plugin) : health_{.id = std::move(id), .plugin = std::move(plugin)} {
        health_.state = "running";
    }
    [[nodiscard]] ConnectorHealth read() const {
        const std::lock_guard lock{mutex_};
        ConnectorHealth health = health_;
        if (mode_ != ConnectorMode::kRunning && health.state != "failed") health.state = nameOf(mode_);
        if (!out_of_service_.empty()) {
            health.state = "failed";
            health.problem = out_of_service_;
        }
        return health;
    }
    /// It says itself that its configuration cannot work: nothing is sent over it until it is built anew or a person
    /// resumes it. Returns true when it was in service.
    bool takeOut(std::string_view problem) {
        const std::lock_guard lock{mutex_};
        const bool was_in = out_of_service_.empty();
        out_of_service_ = problem.empty() ? std::string_view{"misconfigured"} : problem;
        return was_in;
    }
    [[nodiscard]] bool isOut() const {
        const std::lock_guard lock{mutex_};
        return !out_of_service_.empty();
    }
    /// What a person said about this connector: asked of the store at most twice a second; while the store cannot be
    /// read, what was known before. `changed`: since the last time anybody asked.
    struct Word {
        ConnectorMode mode = ConnectorMode::kRunning;
        bool changed = false;
    };
    Word word(store::Store& store, Instant now) {
        const std::lock_guard lock{mutex_};
        if (asked_at_ && now - *asked_at_ < std::chrono::milliseconds{500} && now >= *asked_at_) return {mode_, false};
        asked_at_ = now;
        const Result<ConnectorMode> said = connectorMode(store, health_.id);
        const bool changed = said && *said != mode_;
        if (said) mode_ = *said;
        if (changed && mode_ == ConnectorMode::kRunning) out_of_service_.clear();
        return {mode_, changed};
    }
    /// Returns true when the state changed.
    bool set(std::string_view state, std::string_view problem) {
        const std::lock_guard lock{mutex_};
        const bool changed = health_.state != state;
        health_.state = state;
        health_.problem = problem;
        return changed;
    }
    /// What its services and its inboxes write counts together.
    [[nodiscard]] WriteLimit& writes() { return writes_; }

    void countReceived() { add(&ConnectorHealth::received); }
    void countSent() { add(&ConnectorHealth::sent); }
    void countFailure() { add(&ConnectorHealth::failures); }

private:
    void add(std::int64_t ConnectorHealth::*counter) {
        const std::lock_guard lock{mutex_};
        ++(health_.*counter);
    }

    mutable std::mutex mutex_;
    ConnectorHealth health_;
    ConnectorMode mode_ = ConnectorMode::kRunning;
    std::string out_of_service_;  ///< Why; empty while it is in service.
    std::optional<Instant> asked_at_ = {};
    WriteLimit writes_;
};

}  // namespace pakn::engine

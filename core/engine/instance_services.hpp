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
#include "core/engine/connector_mode.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/throttle.hpp"
#include "core/security/crypto.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::engine {

using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

/// Durable values of one instance, in the store.
class InstanceState final : public State {
public:
    InstanceState(store::Store& store, std::string connector) : store_{store}, connector_{std::move(connector)} {}
    Result<std::optional<std::string>> get(std::string_view key) override {
        return store_.stateValue(connector_, std::string{key});
    }
    Status put(std::string_view key, std::string_view value) override {
        return store_.putStateValue(connector_, std::string{key}, std::string{value});
    }

private:
    store::Store& store_;
    const std::string connector_;
};

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
        std::function<Result<Decoded>(std::string_view kind, const Content&, std::string_view connector)>
            decode;              ///< May be empty.
        std::string public_url;  ///< Of the hub; may be empty.
        Now now;
        Log log;
    };

    InstanceServices(const config::Connector& settings, Parts parts)
        : parts_{std::move(parts)},
          connector_{settings.id},
          owner_{security::newId(parts_.now())},
          address_{addressOf(parts_.public_url, settings.mounts)},
          state_{parts_.store, connector_},
          http_{parts_.http, settings.call_limit} {}

    ~InstanceServices() override { sayLeftOut(left_out_); }
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
        const Instant from = now();
        return parts_.store.holdLease(leaseName(name), owner_, from, from + std::clamp(hold, kShortest, kLongest));
    }
    Status release(std::string_view name) override { return parts_.store.releaseLease(leaseName(name), owner_); }
    PublicRecords& records() override { return parts_.records; }
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        if (parts_.decode) return parts_.decode(kind, content, connector_);
        return Error{.code = Errc::kUnavailable, .message = "this hub has no decoders", .problem = "decode.none"};
    }

    [[nodiscard]] std::map<std::string, std::int64_t, std::less<>> counters() const {
        const std::lock_guard lock{mutex_};
        return counters_;
    }

private:
    static constexpr config::Rate kLines{.count = 200, .per = std::chrono::seconds{10}};  ///< Of its words in the log.
    static constexpr std::size_t kLongestLine = 4000;                                     ///< Bytes.
    static constexpr std::chrono::milliseconds kShortest{1000};
    static constexpr std::chrono::milliseconds kLongest{std::chrono::minutes{10}};

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
    InstanceState state_;
    LimitedHttpClient http_;
    mutable std::mutex mutex_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
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
};

}  // namespace pakn::engine

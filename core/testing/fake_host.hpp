#pragma once
/// @file
/// What the hub lends to a connector, for tests without a hub.

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/testing/fake_clock.hpp"
#include "core/testing/fake_http_client.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::testing {

/// Keeps values for as long as it lives. Hand the same one to a second connector to play a restart.
class FakeState final : public State {
public:
    Result<std::optional<std::string>> get(std::string_view key) override {
        const std::lock_guard lock{mutex_};
        const auto found = values_.find(key);
        return found == values_.end() ? std::nullopt : std::optional<std::string>{found->second};
    }
    Status put(std::string_view key, std::string_view value) override {
        const std::lock_guard lock{mutex_};
        values_.insert_or_assign(std::string{key}, std::string{value});
        return Done{};
    }

private:
    std::mutex mutex_;
    std::map<std::string, std::string, std::less<>> values_;
};

/// Safe from any thread. `client` may be a real one; it must outlive this.
class FakeHostServices final : public HostServices {
public:
    struct LogLine {
        LogLevel level;
        std::string text;
    };

    FakeHostServices() = default;
    explicit FakeHostServices(HttpClient& client) : client_{&client} {}

    void log(LogLevel level, std::string_view text) override {
        const std::lock_guard lock{mutex_};
        log_.push_back({level, std::string{text}});
    }
    [[nodiscard]] Instant now() const override { return clock.now(); }
    HttpClient& http() override { return *client_; }
    State& state() override { return kept; }
    void count(std::string_view counter, std::int64_t increment) override {
        const std::lock_guard lock{mutex_};
        counters_[std::string{counter}] += increment;
    }

    [[nodiscard]] std::vector<LogLine> logged() const {
        const std::lock_guard lock{mutex_};
        return log_;
    }
    /// 0 for a counter that nobody touched.
    [[nodiscard]] std::int64_t counted(std::string_view counter) const {
        const std::lock_guard lock{mutex_};
        const auto found = counters_.find(counter);
        return found == counters_.end() ? 0 : found->second;
    }

    FakeClock clock;
    FakeHttpClient peer;  ///< Answers unless a client was given.
    FakeState kept;

private:
    mutable std::mutex mutex_;
    HttpClient* client_ = &peer;
    std::vector<LogLine> log_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
};

}  // namespace pakn::testing

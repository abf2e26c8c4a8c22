#pragma once
/// @file
/// What the hub lends to a connector, for tests without a hub.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/testing/fake_citizens.hpp"
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

/// Public records that a test fills in. Fill before use.
class FakeRecords final : public PublicRecords {
public:
    Result<PublicPetition> track(std::string_view code, std::string_view secret) override {
        const auto found = tracked.find({std::string{code}, std::string{secret}});
        return found == tracked.end() ? Result<PublicPetition>{nothing()} : found->second;
    }
    Result<Content> file(std::string_view code, std::string_view secret, std::string_view sha256) override {
        if (tracked.find({std::string{code}, std::string{secret}}) == tracked.end()) return nothing();
        return fileOf(sha256);
    }
    Result<PublicPage> list(const PublicFilter& filter) override {
        PublicPage page;
        for (const PublicPetition& one : published)
            if (filter.category.empty() || filter.category == one.category) page.items.push_back(one);
        return page;
    }
    Result<PublicPetition> show(std::string_view code) override {
        for (const PublicPetition& one : published)
            if (one.code == code) return one;
        return nothing();
    }
    Result<Content> answerFile(std::string_view, std::string_view sha256) override { return fileOf(sha256); }
    Result<std::vector<PublicName>> categories() override { return category_names; }
    Result<std::vector<PublicName>> areas() override { return area_names; }
    Result<PublicStatistics> statistics() override { return numbers; }
    Result<PublicCitizen> citizen(std::string_view session) override {
        const auto found = citizens.find(session);
        if (found != citizens.end()) return found->second;
        return Error{.code = Errc::kUnauthenticated, .message = "not signed in"};
    }

    /// Of `published`, in their order, by code, category and whether they are over; all on one page.
    Result<PublicPage> search(const PublicSearch& wanted) override {
        PublicPage page;
        const auto among = [](const std::vector<std::string>& names, const std::string& name) {
            return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
        };
        for (const PublicPetition& one : published) {
            if (!among(wanted.codes, one.code) || !among(wanted.categories, one.category)) continue;
            if (wanted.finished && *wanted.finished != one.finished_at.has_value()) continue;
            if (wanted.answered_only && !one.answer) continue;
            if ((wanted.from && one.received_at < *wanted.from) || (wanted.to && one.received_at > *wanted.to))
                continue;
            page.items.push_back(one);
        }
        return page;
    }
    Result<PublicLabel> problem(std::string_view id) override {
        return PublicLabel{"Lỗi " + std::string{id}, "Problem " + std::string{id}};
    }

    std::map<std::pair<std::string, std::string>, PublicPetition> tracked;  ///< By code and secret.
    std::vector<PublicPetition> published;
    std::map<std::string, Content, std::less<>> files;  ///< By SHA-256.
    std::vector<PublicName> category_names;
    std::vector<PublicName> area_names;
    PublicStatistics numbers;
    std::map<std::string, PublicCitizen, std::less<>> citizens;  ///< By session.

private:
    static Error nothing() { return {.code = Errc::kNotFound, .message = "no such petition"}; }
    Result<Content> fileOf(std::string_view sha256) const {
        const auto found = files.find(sha256);
        return found == files.end() ? Result<Content>{nothing()} : found->second;
    }
};

/// Safe from any thread. `client` may be a real one; it must outlive this.
class FakeHostServices : public HostServices {
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

    [[nodiscard]] std::string address() const override { return public_address; }
    /// Granted unless the test says that another node has it.
    Result<bool> lease(std::string_view name, std::chrono::milliseconds) override {
        const std::lock_guard lock{mutex_};
        return taken_.find(name) == taken_.end();
    }
    Status release(std::string_view) override { return Done{}; }
    PublicRecords& records() override { return shown; }
    /// Nothing can be decoded unless a test says what comes out.
    Result<Decoded> decode(std::string_view kind, const Content& content) override {
        std::function<Result<Decoded>(std::string_view, const Content&)> decoder;
        {
            const std::lock_guard lock{mutex_};
            decoder = decoder_;
        }
        if (decoder) return decoder(kind, content);
        return Error{.code = Errc::kUnavailable, .message = "no decoder"};
    }

    /// As many sessions as the test says a logout ends.
    Result<std::int64_t> endSessions(const ProviderLogout& over) override {
        const std::lock_guard lock{mutex_};
        logouts_.push_back(over);
        return sessions_per_logout;
    }
    Citizens& citizens() override { return people; }
    /// What the plugin said is over.
    [[nodiscard]] std::vector<ProviderLogout> logouts() const {
        const std::lock_guard lock{mutex_};
        return logouts_;
    }

    /// Another node has this lease from now on.
    void takeAway(std::string name) {
        const std::lock_guard lock{mutex_};
        taken_.insert(std::move(name));
    }
    void setDecoder(std::function<Result<Decoded>(std::string_view, const Content&)> decoder) {
        const std::lock_guard lock{mutex_};
        decoder_ = std::move(decoder);
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
    FakeRecords shown;
    FakeCitizens people;
    std::string public_address = "https://hub.example/hooks/test";
    std::int64_t sessions_per_logout = 0;  ///< Set before use.

private:
    mutable std::mutex mutex_;
    HttpClient* client_ = &peer;
    std::vector<LogLine> log_;
    std::map<std::string, std::int64_t, std::less<>> counters_;
    std::set<std::string, std::less<>> taken_;
    std::function<Result<Decoded>(std::string_view, const Content&)> decoder_;
    std::vector<ProviderLogout> logouts_;
};

}  // namespace pakn::testing

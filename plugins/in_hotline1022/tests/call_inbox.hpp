#pragma once
/// @file
/// An inbox that keeps calls as the hub does, attributes and all, and fails when a test says so.

#include <algorithm>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/testing/fake_inbox.hpp"

namespace pakn::hotline {

/// Safe from any thread.
class CallInbox final : public Inbox {
public:
    Result<CallState> call(Call call) override {
        const std::lock_guard lock{mutex_};
        ++told_;
        if (script_)
            if (std::optional<Error> trouble = script_(call)) return *trouble;
        Call& one = calls_[call.id];
        one.id = call.id;
        for (std::string Call::*text : {&Call::caller, &Call::called, &Call::agent, &Call::result})
            if (!(call.*text).empty()) one.*text = call.*text;
        for (std::optional<Instant> Call::*at : {&Call::started_at, &Call::answered_at, &Call::ended_at})
            if (call.*at) one.*at = call.*at;
        if (call.recording) one.recording = call.recording;
        one.no_recording = one.no_recording || call.no_recording;
        for (const auto& [name, value] : call.attributes) one.attributes.insert_or_assign(name, value);
        return CallState{.has_petition = linked_.count(one.id) != 0,
                         .has_recording = one.recording.has_value() || one.no_recording};
    }
    Result<std::vector<Call>> unrecorded(Instant since, bool petition, int most) override {
        const std::lock_guard lock{mutex_};
        std::vector<Call> found;
        for (const auto& [id, one] : calls_)
            if (one.ended_at && *one.ended_at >= since && !one.recording && !one.no_recording &&
                (!petition || linked_.count(id) != 0))
                found.push_back(one);
        std::sort(found.begin(), found.end(), [](const Call& a, const Call& b) { return a.ended_at < b.ended_at; });
        if (found.size() > static_cast<std::size_t>(most)) found.resize(static_cast<std::size_t>(most));
        return found;
    }
    Result<Accepted> refuse(Unacceptable item) override { return other_.refuse(std::move(item)); }
    Status working(std::string_view) override {
        const std::lock_guard lock{mutex_};
        if (!refuses_work_) return Done{};
        return Error{.code = Errc::kRejected, .message = "no", .problem = "connector.quarantined"};
    }
    Result<Accepted> accept(IncomingPetition petition) override { return other_.accept(std::move(petition)); }
    Result<std::vector<KeptEvent>> keep(KeptEvent event) override { return other_.keep(std::move(event)); }
    Result<std::vector<KeptEvent>> kept(std::string_view conversation) override { return other_.kept(conversation); }
    Status drop(std::string_view conversation, std::int64_t sequence) override {
        return other_.drop(conversation, sequence);
    }
    Result<std::vector<std::string>> quiet(Instant before, int most) override { return other_.quiet(before, most); }
    Result<Accepted> update(Update update) override { return other_.update(std::move(update)); }

    /// What is said of a call is answered so; nothing: it is taken.
    void setScript(std::function<std::optional<Error>(const Call&)> script) {
        const std::lock_guard lock{mutex_};
        script_ = std::move(script);
    }
    void fail(Errc code, std::string problem = {}) {
        setScript([=](const Call&) { return Error{.code = code, .message = "no", .problem = problem}; });
    }
    /// Whatever is in hand killed two processes.
    void refuseWork(bool refuses) {
        const std::lock_guard lock{mutex_};
        refuses_work_ = refuses;
    }
    void link(const std::string& id) {
        const std::lock_guard lock{mutex_};
        linked_.insert(id);
    }
    [[nodiscard]] std::map<std::string, Call> calls() const {
        const std::lock_guard lock{mutex_};
        return calls_;
    }
    [[nodiscard]] Call one(const std::string& id) const { return calls().at(id); }
    /// How often anything was said of a call.
    [[nodiscard]] int told() const {
        const std::lock_guard lock{mutex_};
        return told_;
    }
    testing::FakeInbox& other() { return other_; }

private:
    mutable std::mutex mutex_;
    std::map<std::string, Call> calls_;
    std::set<std::string> linked_;
    std::function<std::optional<Error>(const Call&)> script_;
    int told_ = 0;
    bool refuses_work_ = false;
    testing::FakeInbox other_;
};

}  // namespace pakn::hotline

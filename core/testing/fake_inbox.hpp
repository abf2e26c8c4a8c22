#pragma once
/// @file
/// An inbox that remembers what a channel brought, and answers as the hub would or as a test wants.

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

#include "core/testing/fake_clock.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::testing {

/// Safe from any thread.
class FakeInbox final : public Inbox {
public:
    /// Looks at each petition before it is stored; an answer given here is the hub's answer.
    using Script = std::function<std::optional<Result<Accepted>>(const IncomingPetition&)>;

    /// Without a script: stores, and knows a non-empty external_id again.
    FakeInbox() = default;
    explicit FakeInbox(Script script) : script_{std::move(script)} {}

    Result<Accepted> accept(IncomingPetition petition) override {
        const std::lock_guard lock{mutex_};
        ++calls_;
        if (script_) {
            if (std::optional<Result<Accepted>> answer = script_(petition)) return *std::move(answer);
        }
        if (const auto known = codes_.find(petition.external_id); known != codes_.end())
            return Accepted{.outcome = Accepted::Outcome::kDuplicate, .code = known->second};
        const std::string code = "T" + std::to_string(stored_.size() + 1);
        if (!petition.external_id.empty()) codes_.emplace(petition.external_id, code);
        stored_.push_back(std::move(petition));
        return Accepted{.code = code, .id = "id-" + code};
    }

    Result<std::vector<KeptEvent>> keep(KeptEvent event) override {
        const std::lock_guard lock{mutex_};
        ++keeps_;
        if (kept_fault_) return *kept_fault_;
        const bool known = std::any_of(events_.begin(), events_.end(), [&](const KeptEvent& one) {
            return one.conversation == event.conversation && one.id == event.id;
        });
        if (!known) {
            event.at = clock.now();
            event.sequence = ++last_sequence_;
            events_.push_back(event);
        }
        return of(event.conversation);
    }
    Result<std::vector<KeptEvent>> kept(std::string_view conversation) override {
        const std::lock_guard lock{mutex_};
        return of(conversation);
    }
    Status drop(std::string_view conversation, std::int64_t sequence) override {
        const std::lock_guard lock{mutex_};
        std::erase_if(events_, [&](const KeptEvent& one) {
            return one.conversation == conversation && one.sequence <= sequence;
        });
        return Done{};
    }
    Result<std::vector<std::string>> quiet(Instant before, int most) override {
        const std::lock_guard lock{mutex_};
        std::map<std::string, Instant> last;
        for (const KeptEvent& one : events_) last[one.conversation] = std::max(last[one.conversation], one.at);
        std::vector<std::pair<Instant, std::string>> found;
        for (const auto& [conversation, at] : last)
            if (at < before) found.emplace_back(at, conversation);
        std::sort(found.begin(), found.end());
        std::vector<std::string> names;
        for (const auto& [at, conversation] : found)
            if (names.size() < static_cast<std::size_t>(most)) names.push_back(conversation);
        return names;
    }
    /// Records every update once by its id; one about nothing at all is refused.
    Result<Accepted> update(Update update) override {
        const std::lock_guard lock{mutex_};
        if (update_answer_) return *update_answer_;
        if (update.delivery.empty() && update.code.empty() && update.external_id.empty())
            return refused("update.not_found");
        const bool known =
            std::any_of(updates_.begin(), updates_.end(), [&](const Update& one) { return one.id == update.id; });
        if (known) return Accepted{.outcome = Accepted::Outcome::kDuplicate};
        updates_.push_back(std::move(update));
        return Accepted{};
    }

    Result<Accepted> refuse(Unacceptable item) override {
        const std::lock_guard lock{mutex_};
        refused_.push_back(item);
        return Accepted{.outcome = Accepted::Outcome::kRefused, .problem = std::move(item.problem)};
    }

    /// Puts together what was told of each call; those that a test has linked have a petition.
    Result<CallState> call(Call call) override {
        const std::lock_guard lock{mutex_};
        if (call.id.empty()) return Error{.code = Errc::kInvalid, .message = "no id", .problem = "call.id"};
        Call& one = calls_by_id_[call.id];
        one.id = call.id;
        for (std::string Call::*text : {&Call::caller, &Call::called, &Call::agent, &Call::result})
            if (!(call.*text).empty()) one.*text = std::move(call.*text);
        for (std::optional<Instant> Call::*at : {&Call::started_at, &Call::answered_at, &Call::ended_at})
            if (call.*at) one.*at = call.*at;
        if (call.recording) one.recording = std::move(call.recording);
        one.no_recording = one.no_recording || call.no_recording;
        return CallState{.has_petition = linked_.contains(one.id),
                         .has_recording = one.recording.has_value() || one.no_recording};
    }
    Result<std::vector<Call>> unrecorded(Instant since, bool petition, int most) override {
        const std::lock_guard lock{mutex_};
        std::vector<Call> found;
        for (const auto& [id, one] : calls_by_id_) {
            const bool wanted = one.ended_at && *one.ended_at >= since && !one.recording && !one.no_recording &&
                                (!petition || linked_.contains(id));
            if (wanted && found.size() < static_cast<std::size_t>(most)) found.push_back(one);
        }
        return found;
    }
    /// A petition came of this call.
    void link(std::string call_id) {
        const std::lock_guard lock{mutex_};
        linked_.insert(std::move(call_id));
    }
    /// What is known of calls, by their id.
    [[nodiscard]] std::map<std::string, Call> knownCalls() const {
        const std::lock_guard lock{mutex_};
        return calls_by_id_;
    }

    /// Refuses an item that was set aside, as a hub does whose process it killed twice.
    Status working(std::string_view external_id) override {
        const std::lock_guard lock{mutex_};
        in_hand_.emplace_back(external_id);
        if (!set_aside_.contains(external_id)) return Done{};
        return Error{.code = Errc::kRejected, .message = "set aside", .problem = "connector.quarantined"};
    }

    /// From now on working() says of this item that it kills.
    void setAside(std::string external_id) {
        const std::lock_guard lock{mutex_};
        set_aside_.insert(std::move(external_id));
    }
    /// What was taken in hand, in that order.
    [[nodiscard]] std::vector<std::string> inHand() const {
        const std::lock_guard lock{mutex_};
        return in_hand_;
    }
    /// From now on keep() fails so.
    void failKeep(std::optional<Error> fault) {
        const std::lock_guard lock{mutex_};
        kept_fault_ = std::move(fault);
    }
    /// From now on update() answers so.
    void answerUpdates(std::optional<Result<Accepted>> answer) {
        const std::lock_guard lock{mutex_};
        update_answer_ = std::move(answer);
    }
    [[nodiscard]] std::vector<Update> updates() const {
        const std::lock_guard lock{mutex_};
        return updates_;
    }
    /// What was given to refuse().
    [[nodiscard]] std::vector<Unacceptable> unacceptable() const {
        const std::lock_guard lock{mutex_};
        return refused_;
    }
    /// Calls of keep, whatever their answer.
    [[nodiscard]] int keeps() const {
        const std::lock_guard lock{mutex_};
        return keeps_;
    }

    /// What is stored, in the order of arrival.
    [[nodiscard]] std::vector<IncomingPetition> stored() const {
        const std::lock_guard lock{mutex_};
        return stored_;
    }
    /// Calls of accept, whatever their answer.
    [[nodiscard]] int calls() const {
        const std::lock_guard lock{mutex_};
        return calls_;
    }

    /// Answers for scripts.
    static Result<Accepted> refused(std::string problem) {
        return Accepted{.outcome = Accepted::Outcome::kRefused,
                        .problem = Error{.code = Errc::kInvalid, .message = "refused", .problem = std::move(problem)}};
    }
    static Result<Accepted> failed(Errc code) { return Error{.code = code, .message = "the test says so"}; }

    FakeClock clock;  ///< When kept events come.

private:
    [[nodiscard]] std::vector<KeptEvent> of(std::string_view conversation) const {
        std::vector<KeptEvent> found;
        for (const KeptEvent& one : events_)
            if (one.conversation == conversation) found.push_back(one);
        return found;
    }

    mutable std::mutex mutex_;
    Script script_;
    std::map<std::string, std::string> codes_;
    std::vector<IncomingPetition> stored_;
    int calls_ = 0;
    std::vector<KeptEvent> events_;
    std::int64_t last_sequence_ = 0;
    int keeps_ = 0;
    std::vector<Update> updates_;
    std::vector<Unacceptable> refused_;
    std::set<std::string, std::less<>> set_aside_;
    std::vector<std::string> in_hand_;
    std::map<std::string, Call> calls_by_id_;
    std::set<std::string> linked_;
    std::optional<Error> kept_fault_;
    std::optional<Result<Accepted>> update_answer_;
};

}  // namespace pakn::testing

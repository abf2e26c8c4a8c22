#pragma once
/// @file
/// An inbox that remembers what a channel brought, and answers as the hub would or as a test wants.

#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

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

private:
    mutable std::mutex mutex_;
    Script script_;
    std::map<std::string, std::string> codes_;
    std::vector<IncomingPetition> stored_;
    int calls_ = 0;
};

}  // namespace pakn::testing

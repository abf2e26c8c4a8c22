#pragma once
/// @file
/// Units end and others take over: what is open there moves with its limits as they are, on the first day on which the
/// unit is no more, or when the configuration says so later. Where no single successor answers, the Centre gets it.

#include <functional>
#include <memory>
#include <string>

#include "core/domain/rules.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/lease.hpp"
#include "core/engine/worker.hpp"
#include "core/store/store.hpp"
#include "pakn/sdk/connector.hpp"

namespace pakn::engine {

class Succession {
public:
    struct Parts {
        store::Store& store;
        Committer& committer;
        std::function<std::shared_ptr<const domain::Rules>()> rules;
        std::function<Instant()> now;
        std::function<void(LogLevel, std::string_view id, std::string_view text)> log;
    };

    explicit Succession(Parts parts)
        : parts_{std::move(parts)},
          lease_{parts_.store, "succession", parts_.now()},
          worker_{[this](const std::stop_token& stop) { return round(stop); }} {}

private:
    std::chrono::milliseconds round(const std::stop_token& stop);
    /// How many petitions of the unit, and parts that it had in others, moved; nothing when it could not be finished.
    std::optional<std::int64_t> move(const domain::Rules& rules, const domain::Unit& unit, domain::Date today,
                                     const std::stop_token& stop);
    /// False when the store is away.
    bool carryOut(const std::string& petition, const domain::Transfer& transfer, std::int64_t& moved);
    /// Who has it now; empty: nobody can say, or nobody is there, and the Centre or whoever asked gets it.
    Result<std::string> heirOf(const domain::Rules& rules, const domain::Unit& unit, const domain::Petition& petition,
                               domain::Date today);

    Parts parts_;
    std::string done_hash_;       ///< Of the configuration …
    domain::Date done_day_ = {};  ///< … and the day for which all is done …
    Instant done_at_ = {};        ///< … by then.
    Lease lease_;
    Worker worker_;
};

}  // namespace pakn::engine

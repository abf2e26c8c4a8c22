#pragma once
/// @file
/// How much each client may have this node do in an hour. In memory: each node counts for itself.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "pakn/sdk/result.hpp"

namespace pakn::in_web {

/// What is counted. Each kind has an amount that may be used at once; what was used comes back within an hour, evenly.
enum class Counted : std::uint8_t {
    kProven,  ///< New forms with a proof of work.
    kWaited,  ///< New forms without one.
    kSaved,   ///< Drafts that are written.
    kBytes,   ///< Of files that are kept.
    kTries,   ///< Secrets and codes that are tried.
    kSaid,    ///< Supplements, ratings, requests to look again.
};

/// Safe from any thread.
class Limits {
public:
    /// Uses `amount` of the `most` that `client` has. How long to wait instead, when there is not so much left; then
    /// nothing is used.
    std::optional<std::chrono::seconds> use(Counted what, const std::string& client, double amount, double most,
                                            Instant now);
    /// How much of it is in use now.
    double used(Counted what, const std::string& client, double most, Instant now);

    static constexpr std::size_t kMostClients = 50'000;  ///< Beyond that those who did least go first.

private:
    struct Use {
        double amount = 0;
        double most = 1;
        Instant at = {};
        /// What is still in use then.
        [[nodiscard]] double left(Instant now) const;
    };
    void makeRoom(Instant now);

    std::mutex mutex_;
    std::unordered_map<std::string, Use> uses_;
};

}  // namespace pakn::in_web

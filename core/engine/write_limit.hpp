#pragma once
/// @file
/// How much one connector may write straight into the store, beside the committer: state, leases, kept events, refused
/// items. Each of them is a transaction that waits for the disk, and the committer needs the same disk.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <mutex>
#include <type_traits>

#include "core/config/configuration.hpp"
#include "core/engine/throttle.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::engine {

/// Safe from any thread.
class WriteLimit {
public:
    static constexpr config::Rate kRate{.count = 1000, .per = std::chrono::seconds{5}};  ///< 200/s, a burst of 1000.
    static constexpr std::size_t kPiece = 64U << 10U;  ///< Each 64 KB more count as one more.

    /// Does `work()`, which writes about so many bytes and returns a Result or a Status; one at a time, so that a
    /// connector with many threads waits for itself and not everybody for it. kUnavailable ("connector.busy", with
    /// retry_after) when there were too many.
    template <class Work>
    std::invoke_result_t<Work> run(Instant now, std::size_t bytes, Work work) {
        const std::lock_guard lock{mutex_};
        // What is larger than the burst has its turn, too: it takes all of it.
        const int cost = std::min(1 + static_cast<int>(bytes / kPiece), kRate.count);
        const int granted = rate_.take(now, cost);
        if (granted == cost) return work();
        rate_.giveBack(granted);
        return Error{.code = Errc::kUnavailable,
                     .message = "the connector writes more than 200 times or 12 MB a second",
                     .problem = "connector.busy",
                     .retry_after = std::chrono::seconds{1}};
    }

private:
    std::mutex mutex_;
    RateLimit rate_{kRate};
};

}  // namespace pakn::engine

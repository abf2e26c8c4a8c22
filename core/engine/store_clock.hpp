#pragma once
/// @file
/// The clock that several hubs on one database have in common: the database's, carried on between two looks by this
/// machine's uptime, so that nobody's wrong or jumping wall clock matters.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "core/store/store.hpp"

namespace pakn::engine {

class StoreClock {
public:
    /// Looks at once, then every `period` on a thread of its own. While the store cannot be asked, time goes on from
    /// the last answer; before the first, from `until_told`.
    StoreClock(std::shared_ptr<store::Store> store, Instant until_told,
               std::chrono::milliseconds period = std::chrono::seconds{5});

    /// From any thread; costs no question.
    [[nodiscard]] Instant now() const;
    /// Asks the store now. False: it did not answer.
    bool look();

private:
    void run(const std::stop_token& stop);

    const std::shared_ptr<store::Store> store_;
    const std::chrono::milliseconds period_;
    std::atomic<std::int64_t> boot_;  ///< What the store's clock said, less the uptime at that moment: milliseconds.
    bool told_ = false;               ///< The store has answered once; only look() touches it, never at the same time.
    std::mutex mutex_;
    std::condition_variable_any wake_;
    std::jthread thread_;
};

}  // namespace pakn::engine

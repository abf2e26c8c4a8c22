#pragma once
/// @file
/// Which message kills: the one that was being worked on when a child died is a suspect, and what kills twice is set
/// aside. With several under way at a death nobody knows which it was, so each counts half. A suspicion is not for
/// ever: the plugin may be mended meanwhile.

#include <list>
#include <map>
#include <mutex>
#include <string>

#include "core/isolation/frame.hpp"

namespace pakn::isolation {

/// Safe from any thread. Remembers the last thousand, each for an hour after it was last noted.
class Suspects {
public:
    static constexpr std::chrono::hours kRemembered{1};

    /// A child died with this message in its hands, alone or with others. True: it has to be set aside now.
    bool note(const std::string& message, bool alone, Steady::time_point now) {
        const std::lock_guard lock{mutex_};
        const auto [found, fresh] = all_.try_emplace(message);
        if (fresh) order_.push_back(message);
        if (isOver(found->second, now)) found->second.points = 0;
        found->second.points += alone ? 2 : 1;
        found->second.at = now;
        const bool condemned = found->second.points >= kCondemned;
        while (order_.size() > kMost) {
            all_.erase(order_.front());
            order_.pop_front();
        }
        return condemned;
    }
    [[nodiscard]] bool condemned(const std::string& message, Steady::time_point now) const {
        const std::lock_guard lock{mutex_};
        const auto found = all_.find(message);
        return found != all_.end() && found->second.points >= kCondemned && !isOver(found->second, now);
    }
    /// It did no harm, or a person wants it to be tried again.
    void forget(const std::string& message) {
        const std::lock_guard lock{mutex_};
        if (all_.erase(message) > 0) order_.remove(message);
    }

private:
    struct Suspicion {
        int points = 0;
        Steady::time_point at = {};  ///< When it was noted last.
    };
    static constexpr int kCondemned = 4;
    static constexpr std::size_t kMost = 1000;

    static bool isOver(const Suspicion& one, Steady::time_point now) { return now - one.at > kRemembered; }

    mutable std::mutex mutex_;
    std::map<std::string, Suspicion, std::less<>> all_;
    std::list<std::string> order_;
};

}  // namespace pakn::isolation

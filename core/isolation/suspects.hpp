#pragma once
/// @file
/// Which message kills: the one that was being worked on when a child died is a suspect, and what kills twice is set
/// aside. With several under way at a death nobody knows which it was, so each counts half.

#include <list>
#include <map>
#include <mutex>
#include <string>

namespace pakn::isolation {

/// Safe from any thread. Remembers the last thousand.
class Suspects {
public:
    /// A child died with this message in its hands, alone or with others. True: it has to be set aside now.
    bool note(const std::string& message, bool alone) {
        const std::lock_guard lock{mutex_};
        const auto [found, fresh] = all_.try_emplace(message);
        if (fresh) order_.push_back(message);
        found->second += alone ? 2 : 1;
        const bool condemned = found->second >= kCondemned;
        while (order_.size() > kMost) {
            all_.erase(order_.front());
            order_.pop_front();
        }
        return condemned;
    }
    [[nodiscard]] bool condemned(const std::string& message) const {
        const std::lock_guard lock{mutex_};
        const auto found = all_.find(message);
        return found != all_.end() && found->second >= kCondemned;
    }
    /// It did no harm, or a person wants it to be tried again.
    void forget(const std::string& message) {
        const std::lock_guard lock{mutex_};
        if (all_.erase(message) > 0) order_.remove(message);
    }

private:
    static constexpr int kCondemned = 4;
    static constexpr std::size_t kMost = 1000;

    mutable std::mutex mutex_;
    std::map<std::string, int, std::less<>> all_;
    std::list<std::string> order_;
};

}  // namespace pakn::isolation

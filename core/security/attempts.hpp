#pragma once
/// @file
/// Counts what somebody may do only so often, in bounded memory.

#include <chrono>
#include <cstddef>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::security {

/// Safe from any thread.
class AttemptCounter {
public:
    /// Names that are counted at a time. Each costs a password hash before the next can follow, about ten thousand a
    /// minute on two processors, so that a flood stays below; at the limit the oldest count goes, nobody is shut out.
    static constexpr std::size_t kMostNames = 20'000;

    AttemptCounter(int limit, std::chrono::milliseconds window) : limit_{limit}, window_{window} {}

    /// Counts one attempt. When there were `limit` already in the window that began with the first: how long to wait.
    std::optional<std::chrono::milliseconds> count(std::string_view name, Instant now);
    /// What count() would say, without counting.
    [[nodiscard]] std::optional<std::chrono::milliseconds> wait(std::string_view name, Instant now) const;
    /// It went well: the name starts anew.
    void forget(std::string_view name);
    /// Names counted now, those whose window is over included.
    [[nodiscard]] std::size_t size() const;

private:
    struct Window {
        Instant since;
        int count = 0;
    };
    [[nodiscard]] bool over(const Window& window, Instant now) const;
    void makeRoom(Instant now);

    const int limit_;
    const std::chrono::milliseconds window_;
    mutable std::mutex mutex_;
    std::map<std::string, Window, std::less<>> windows_;
};

}  // namespace pakn::security

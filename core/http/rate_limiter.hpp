#pragma once
/// @file
/// How often each client may ask: the generic cell rate algorithm (GCRA), which needs one instant per client. Pure: the
/// caller says what time it is.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/http/client_address.hpp"

namespace pakn::http {

/// For one thread. Memory is fixed from the start: a table of sets; where a set is full, the client in it that is
/// nearest to being forgotten anyway makes room. So a flood of addresses can only make the limiter too lenient.
class RateLimiter {
public:
    using Time = std::chrono::steady_clock::time_point;
    using Span = std::chrono::nanoseconds;

    /// A request each `interval` for ever, and `burst` (at least 1) at once beyond that. `seed`: any number that
    /// clients do not know, so that nobody can choose addresses that fall into one set.
    RateLimiter(Span interval, int burst, std::size_t seed, std::size_t clients = 16384)
        : interval_{interval},
          tolerance_{interval * (burst - 1)},
          seed_{seed},
          sets_(std::max(clients / kWays, kOne)) {}

    /// Counts one request of `client`. Zero: it is within the limit. Else it does not count, and this long from now
    /// the next one will be.
    Span ask(const Address& client, Time now) {
        Entry& entry = entryOf(client);
        const Time due = std::max(entry.due, now);
        if (due - now > tolerance_) return due - now - tolerance_;
        entry = {client, due + interval_};
        return Span::zero();
    }

    /// What ask() would say; counts nothing.
    [[nodiscard]] Span wait(const Address& client, Time now) const {
        for (const Entry& one : sets_[setOf(client)])
            if (one.client == client) return std::max(Span::zero(), Span{std::max(one.due, now) - now - tolerance_});
        return Span::zero();
    }

private:
    static constexpr std::size_t kWays = 8;
    static constexpr std::size_t kOne = 1;

    struct Entry {
        Address client = {};
        Time due = Time::min();  ///< When everything that the client asked so far would have been due.
    };

    [[nodiscard]] std::size_t setOf(const Address& client) const {
        return (AddressHash{}(client) ^ seed_) * kMix % sets_.size();
    }

    /// The client's entry, or the one of its set that is given to it.
    Entry& entryOf(const Address& client) {
        std::array<Entry, kWays>& set = sets_[setOf(client)];
        const auto known = std::find_if(set.begin(), set.end(), [&](const Entry& one) { return one.client == client; });
        if (known != set.end()) return *known;
        Entry& oldest =
            *std::min_element(set.begin(), set.end(), [](const Entry& a, const Entry& b) { return a.due < b.due; });
        oldest = {client, Time::min()};
        return oldest;
    }

    static constexpr std::size_t kMix = 0x9E3779B97F4A7C15U;

    const Span interval_;
    const Span tolerance_;
    const std::size_t seed_;
    std::vector<std::array<Entry, kWays>> sets_;
};

}  // namespace pakn::http

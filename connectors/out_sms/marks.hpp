#pragma once
/// @file
/// A number beside some deliveries, kept in the connector's state over restarts. Bounded, because nothing tells when a
/// delivery is over: the oldest are forgotten.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/host.hpp"

namespace pakn::out_sms {

/// Of each of 256 lots the eight newest. Safe from any thread. Nodes of one hub that write at the same moment may lose
/// one of two marks of a lot.
class Marks {
public:
    /// `name` sets these apart from other marks. `state` outlives this.
    Marks(State& state, std::string name) : state_{state}, name_{std::move(name)} {}

    /// Nothing when there is none. Errors of State.
    Result<std::optional<std::int64_t>> find(std::string_view delivery);
    /// Errors of State.
    Status put(std::string_view delivery, std::int64_t value);
    /// Having none is no error, and costs no write. Errors of State.
    Status drop(std::string_view delivery);

    static constexpr std::size_t kLots = 256;
    static constexpr std::size_t kPerLot = 8;

private:
    State& state_;
    const std::string name_;
    std::mutex mutex_;
};

}  // namespace pakn::out_sms

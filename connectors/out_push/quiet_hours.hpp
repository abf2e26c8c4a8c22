#pragma once
/// @file
/// The hours in which no telephone should ring. Viet Nam's time, which has no summer.

#include <chrono>
#include <optional>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::out_push {

class QuietHours {
public:
    /// "22:00-06:00"; over midnight or not. Nothing when it is no such text, or both ends are the same.
    static std::optional<QuietHours> read(std::string_view text);

    /// When they are over, if `now` lies in them.
    [[nodiscard]] std::optional<Instant> endsAt(Instant now) const;

private:
    QuietHours(std::chrono::minutes from, std::chrono::minutes to) : from_{from}, to_{to} {}

    std::chrono::minutes from_;  ///< Since midnight.
    std::chrono::minutes to_;
};

}  // namespace pakn::out_push

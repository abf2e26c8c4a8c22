#pragma once
/// @file
/// What Zalo's error codes ask of the caller: docs/contracts/zalo-oa.md, section 6, row by row.

#include <cstdint>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::in_zalo {

/// By which of Zalo's ways a call went; some codes mean something by phone only.
enum class Path : std::uint8_t { kOa, kPhone };

enum class Remedy : std::uint8_t {
    kNone,         ///< 0: it worked.
    kRefresh,      ///< A new access token, then once more.
    kHuman,        ///< Somebody has to do something at Zalo's console.
    kRetry,        ///< Later.
    kDefer,        ///< Out of quota.
    kNight,        ///< Not before 06:00.
    kFallback,     ///< This user cannot be reached so.
    kPermanent,    ///< Never.
    kUploadAgain,  ///< What was uploaded is gone.
    kUnknown,      ///< No row of the table.
};

Remedy remedyOf(std::int64_t code, Path path);

/// The error to hand on; `code` is not 0. Names the code and what it means, never a person.
Error errorOf(std::int64_t code, Path path, Instant now);

/// Problems by which callers tell errors apart.
inline constexpr std::string_view kAssetExpired = "zalo.asset_expired";
inline constexpr std::string_view kUnknownCode = "zalo.unknown_code";
inline constexpr std::string_view kTokenRefused = "zalo.token_refused";

/// 06:00 in Viet Nam (UTC+7, no summer time), the first after `now`.
Instant nextMorning(Instant now);
/// Just after midnight in Viet Nam, when a day's quota begins anew.
Instant nextDay(Instant now);

}  // namespace pakn::in_zalo

#pragma once
/// @file
/// What a province decides about what comes in, besides the identity of its senders.

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace pakn::config {

/// What becomes of a petition whose point lies outside all areas.
enum class OutsideRule : std::uint8_t { kAccept, kRefuse };
inline constexpr std::array<std::string_view, 2> kOutsideRules{"accept", "refuse"};

/// What becomes of a file while the virus scanner does not answer.
enum class ScanFailure : std::uint8_t { kPending, kAccept };
inline constexpr std::array<std::string_view, 2> kScanFailures{"pending", "accept"};

/// A clamd that looks at every file.
struct VirusScan {
    std::string socket = {};  ///< Path of its socket, or "host:port"; empty: nobody looks.
    ScanFailure fail = ScanFailure::kPending;
    friend bool operator==(const VirusScan&, const VirusScan&) = default;
};

struct FileLimits {
    std::size_t document = 15U << 20U;   ///< Bytes of a photo, PDF or text.
    std::size_t recording = 15U << 20U;  ///< Bytes of a sound or a film.
    friend bool operator==(const FileLimits&, const FileLimits&) = default;
};

/// Codes that are sent to citizens, by which they sign in or open their petition.
struct OneTimeCodes {
    std::string phone = {};  ///< The connector that sends them to telephone numbers; empty: none are.
    std::string email = {};  ///< The same to e-mail addresses.
    std::string text = "{code} la ma xac thuc cua ban, co hieu luc {minutes} phut. Khong dua ma nay cho bat ky ai.";
    std::chrono::milliseconds valid{std::chrono::minutes{5}};
    std::chrono::milliseconds session{std::chrono::hours{24 * 30}};
    friend bool operator==(const OneTimeCodes&, const OneTimeCodes&) = default;
};

struct IntakeRules {
    OutsideRule outside = OutsideRule::kAccept;
    FileLimits files = {};
    int max_pages = 500;  ///< Of one PDF.
    VirusScan virus_scan = {};
};

}  // namespace pakn::config

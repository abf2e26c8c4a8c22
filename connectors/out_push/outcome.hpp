#pragma once
/// @file
/// What became of one notification to one device, and what that makes of the delivery as a whole.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/delivery.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::out_push {

/// What an answer asks for; docs/contracts/push.md has a row for each code.
enum class Remedy : std::uint8_t {
    kForget,       ///< There is no such device any more.
    kForgetAlarm,  ///< Its token is another project's: somebody should know why the app sent it here.
    kRefresh,      ///< Our own token is over: once more with a new one.
    kHuman,        ///< Key, topic or project are wrong: send nothing more until somebody has mended them.
    kBug,          ///< What we send is wrong.
    kRetry,        ///< With growing pauses.
    kRetryThrice,  ///< The same, but a person looks after the third attempt.
};

/// Of one device.
struct Pushed {
    std::string reference = {};       ///< The service's name of the message, where it took it.
    std::optional<Error> error = {};  ///< Where it did not.
    bool forget = false;              ///< The device is gone.
    [[nodiscard]] bool taken() const { return !error; }
};

/// An answer that is no success.
struct Verdict {
    Remedy remedy = Remedy::kBug;
    std::string_view service;  ///< "fcm", "apns".
    std::string code = {};     ///< The service's own word, or the status.
    std::optional<std::chrono::milliseconds> retry_after = {};
};

/// What the verdict makes of a device, at this attempt. kRefresh counts as refused for good: whoever asks has tried.
Pushed pushedBy(const Verdict& verdict, int attempt);

/// One that took it is enough. Else what may still come right, then what somebody has to mend, then the next way.
Result<Receipt> settle(const std::vector<Pushed>& devices);

/// What may be shown of a token: its last six characters, if it is long.
std::string ending(std::string_view token);

}  // namespace pakn::out_push

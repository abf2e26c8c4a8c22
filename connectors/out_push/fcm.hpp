#pragma once
/// @file
/// FCM HTTP v1 (docs/contracts/push.md): one message to one device, and the access token that lets us send it.

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "notification.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "pakn/sdk/host.hpp"

namespace pakn::out_push {

/// Safe from any thread.
class Fcm {
public:
    /// `options` and `services` outlive it.
    Fcm(const FcmOptions& options, const Options& all, HostServices& services)
        : options_{options}, all_{all}, services_{services} {}

    /// `attempt` is the delivery's. A token of ours that is over is made anew once.
    Pushed push(const Notification& notification, const std::string& device, int attempt);

private:
    Result<HttpResponse> exchange(const std::string& body, const std::string& access);
    Result<std::string> access();
    Result<std::string> fetchAccess();
    void forgetAccess(const std::string& access);
    [[nodiscard]] std::string assertion() const;

    const FcmOptions& options_;
    const Options& all_;
    HostServices& services_;
    std::mutex mutex_;  ///< Of what follows; held while a token is fetched, so that one does it for all.
    std::string access_ = {};
    Instant good_until_ = {};
};

/// The message as it is sent. kInternal "push.too_large": more than FCM takes.
Result<std::string> fcmMessage(const Notification& notification, std::string_view device,
                               std::chrono::seconds keep_for);

/// What an answer other than 2xx says. `now` is for a Retry-After that is a date.
Verdict fcmVerdict(const HttpResponse& answer, Instant now);

/// What FCM reserves among the names of `data`.
constexpr bool isForbiddenDataKey(std::string_view name) {
    return name == "from" || name == "gcm" || name.substr(0, 6) == "google";
}

/// A row of the contract's table: the status (0: whichever), the error's own code, and what it asks for.
struct FcmRow {
    int status;
    std::string_view code;
    Remedy remedy;
};
std::span<const FcmRow> fcmRows();

}  // namespace pakn::out_push

#pragma once
/// @file
/// APNs (docs/contracts/push.md): one notification to one device over HTTP/2, and the token that lets us send it. Apple
/// refuses who makes tokens too often, so that one is kept over restarts and shared by all nodes.

#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "http2.hpp"
#include "notification.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "pakn/sdk/host.hpp"

namespace pakn::out_push {

/// Safe from any thread.
class Apns {
public:
    /// All of these outlive it.
    Apns(const ApnsOptions& options, const Options& all, HostServices& services, Http2& peer)
        : options_{options}, all_{all}, services_{services}, peer_{peer} {}

    /// `attempt` is the delivery's.
    Pushed push(const Notification& notification, const std::string& device, int attempt, const std::stop_token& stop);

private:
    struct Login {
        std::string token = {};
        Instant made_at = {};
    };
    Login login();
    bool renewLogin(const Login& refused);
    [[nodiscard]] Login made(Instant now) const;
    Login madeForAll(Instant now);
    [[nodiscard]] std::optional<Login> kept();
    void keep(const Login& login);
    [[nodiscard]] std::string account() const;
    [[nodiscard]] Http2Request request(const Notification& notification, const std::string& device,
                                       const std::string& body, const std::string& token) const;

    const ApnsOptions& options_;
    const Options& all_;
    HostServices& services_;
    Http2& peer_;
    std::mutex mutex_;  ///< Of the next.
    Login login_ = {};
};

/// The notification as it is sent. kInternal "push.too_large": more than APNs takes.
Result<std::string> apnsPayload(const Notification& notification);

/// The same name for the same delivery, in the form of a UUID: what APNs calls the notification.
std::string apnsId(std::string_view delivery);

/// What an answer other than 200 says. `now` is for a Retry-After that is a date.
Verdict apnsVerdict(const HttpResponse& answer, Instant now);

/// Whether what the answer says is about the connection: the next request wants another one.
bool endsApnsConnection(const HttpResponse& answer);

/// A row of the contract's table.
struct ApnsRow {
    int status;
    std::string_view reason;
    Remedy remedy;
};
std::span<const ApnsRow> apnsRows();

}  // namespace pakn::out_push

#pragma once
/// @file
/// One delivery: whom it is for, which devices they have, and what became of it.

#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "apns.hpp"
#include "fcm.hpp"
#include "http2.hpp"
#include "options.hpp"
#include "outcome.hpp"
#include "pakn/sdk/host.hpp"

namespace pakn::out_push {

/// Safe from any thread.
class Sending {
public:
    /// `services` and, where there is one, `peer` outlive it; without one APNs is spoken to over libcurl.
    Sending(Options options, HostServices& services, Http2* peer = nullptr);

    /// As Sender::send(). kDeferred in quiet hours. kFallback: no device of this person was reached, and none will be.
    Result<Receipt> send(const Delivery& delivery, const std::stop_token& stop);

private:
    [[nodiscard]] std::optional<Error> mustWait(const Delivery& delivery) const;
    Result<std::vector<Device>> devicesFor(const Delivery& delivery);
    Pushed pushTo(const Device& device, const Notification& notification, int attempt, const std::stop_token& stop);
    void follow(const Device& device, const Pushed& pushed);

    const Options options_;
    HostServices& services_;
    std::unique_ptr<Http2> own_peer_;
    std::optional<Fcm> fcm_;
    std::optional<Apns> apns_;
};

}  // namespace pakn::out_push

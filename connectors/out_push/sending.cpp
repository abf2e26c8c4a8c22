#include "sending.hpp"

#include <algorithm>
#include <future>
#include <utility>

namespace pakn::out_push {
namespace {

Error fallback(std::string_view problem, std::string message) {
    return {.code = Errc::kFallback, .message = std::move(message), .problem = std::string{problem}};
}

}  // namespace

Sending::Sending(Options options, HostServices& services, Http2* peer)
    : options_{std::move(options)}, services_{services} {
    if (options_.fcm) fcm_.emplace(*options_.fcm, options_, services_);
    if (!options_.apns) return;
    if (peer == nullptr) {
        own_peer_ = std::make_unique<CurlHttp2>(
            Http2Options{.proxy = options_.apns->proxy, .ca_file = options_.apns->ca_file, .timeout = options_.timeout},
            &endsApnsConnection);
        peer = own_peer_.get();
    }
    apns_.emplace(*options_.apns, options_, services_, *peer);
}

Result<Receipt> Sending::send(const Delivery& delivery, const std::stop_token& stop) {
    const std::optional<Notification> notification = notificationOf(delivery, options_.title, options_.words);
    if (!notification)
        return Error{.code = Errc::kRejected,
                     .message = "a delivery of kind " + delivery.kind + " is for no reader of an app",
                     .problem = "push.kind"};
    const Result<std::vector<Device>> devices = devicesFor(delivery);
    if (!devices) return devices.error();
    if (devices->empty()) return settle({});
    if (std::optional<Error> wait = mustWait(delivery)) return *std::move(wait);

    // Side by side: who has a phone and a tablet is told on both in the time of one.
    std::vector<std::future<Pushed>> under_way;
    for (const Device& device : *devices)
        under_way.push_back(
            std::async(std::launch::async, [&] { return pushTo(device, *notification, delivery.attempt, stop); }));
    std::vector<Pushed> all;
    for (std::size_t i = 0; i < under_way.size(); ++i) {
        all.push_back(under_way[i].get());
        follow((*devices)[i], all.back());
    }
    return settle(all);
}

std::optional<Error> Sending::mustWait(const Delivery& delivery) const {
    if (!options_.quiet_hours) return std::nullopt;
    const std::vector<std::string>& at_any_hour = options_.quiet_except;
    if (std::find(at_any_hour.begin(), at_any_hour.end(), delivery.event) != at_any_hour.end()) return std::nullopt;
    const std::optional<Instant> end = options_.quiet_hours->endsAt(services_.now());
    if (!end) return std::nullopt;
    return Error{.code = Errc::kDeferred, .message = "quiet hours", .problem = "push.quiet_hours", .not_before = *end};
}

Result<std::vector<Device>> Sending::devicesFor(const Delivery& delivery) {
    const Recipient& to = delivery.recipient;
    const bool officer = to.kind == "account";
    if (to.kind == "queue")
        return fallback(kNobodyThere, "an office has no device; name a person, or another connector for it");
    const std::string& owner = officer ? to.account : delivery.reply_address;
    if (owner.empty()) return fallback(kNobodyThere, "no account of the app is known");
    return services_.citizens().devices(officer ? std::string_view{} : std::string_view{delivery.channel}, owner);
}

Pushed Sending::pushTo(const Device& device, const Notification& notification, int attempt,
                       const std::stop_token& stop) {
    if (device.platform == "fcm" && fcm_) return fcm_->push(notification, device.token, attempt);
    if (device.platform == "apns" && apns_) return apns_->push(notification, device.token, attempt, stop);
    return {.error = fallback("push.no_service", "a device of " + device.platform + ", which is not set up")};
}

/// A device that is gone is forgotten; that it could not be is no reason to fail a delivery.
void Sending::follow(const Device& device, const Pushed& pushed) {
    if (pushed.taken()) services_.count("pushed", 1);
    if (!pushed.forget) return;
    const bool alarm = pushed.error->code != Errc::kFallback;
    services_.log(alarm ? LogLevel::kError : LogLevel::kInfo,
                  "device " + ending(device.token) + " of " + device.platform + ": " + pushed.error->message);
    services_.count("devices_gone", 1);
    if (const Status done = services_.citizens().forgetDevice({.platform = device.platform, .token = device.token});
        !done)
        services_.log(LogLevel::kWarning, "a device that is gone could not be forgotten: " + done.error().message);
}

}  // namespace pakn::out_push

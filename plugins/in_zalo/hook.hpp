#pragma once
/// @file
/// What Zalo sends: believed only with its signature, acknowledged only when it is kept. Nothing is asked of anybody
/// meanwhile: Zalo waits two seconds.

#include <mutex>

#include "desk.hpp"
#include "ledger.hpp"
#include "settings.hpp"

namespace pakn::in_zalo {

/// Counts what somebody outside can make happen as often as they like, so that the log has one line a minute of it.
class Seldom {
public:
    /// How many there were since the last line, when it is time for one; else 0.
    std::int64_t note(Instant now);

private:
    std::mutex mutex_;
    Instant next_ = {};
    std::int64_t untold_ = 0;
};

/// Safe from any thread.
class Webhook {
public:
    Webhook(HostServices& services, WebhookRules rules, Desk& desk)
        : services_{services}, rules_{std::move(rules)}, desk_{desk}, seen_{services.state()} {}

    Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox);

private:
    [[nodiscard]] bool isZalos(const HttpRequest& request) const;
    Error stranger();
    Result<HttpResponse> take(const HttpRequest& request, Inbox& inbox);
    Result<HttpResponse> keep(const std::string& conversation, const Event& event, const HttpRequest& request,
                              Inbox& inbox);
    Result<HttpResponse> refuse(const std::string& raw, Error why, Inbox& inbox);
    void lookAtAge(const Event& event);

    HostServices& services_;
    const WebhookRules rules_;
    Desk& desk_;
    SeenKeys seen_;

    Seldom strangers_;
    Seldom too_old_;
};

}  // namespace pakn::in_zalo

#pragma once
/// @file
/// The portal as a whole: which address is answered by which desk, and what is swept up. Safe from any thread.

#include <stop_token>

#include "public_list.hpp"
#include "reports.hpp"
#include "tracking.hpp"

namespace pakn::in_web {

class Portal {
public:
    /// Throws std::runtime_error for settings with mistakes.
    Portal(const Settings& settings, HostServices& services);
    Portal(const Portal&) = delete;
    Portal& operator=(const Portal&) = delete;

    /// A page for every request, whatever comes; never an error.
    HttpResponse handle(const HttpRequest& request, Inbox& inbox);
    /// Throws away drafts that are over; looks every few minutes. kUnavailable. One thread at a time.
    Status sweep(Inbox& inbox, const std::stop_token& stop);

private:
    HttpResponse answer(Visit& visit, Inbox& inbox);
    HttpResponse route(Visit& visit, Inbox& inbox);
    std::optional<HttpResponse> draftPage(Visit& visit, Inbox& inbox);
    std::optional<HttpResponse> petitionPage(Visit& visit, Inbox& inbox);
    std::optional<HttpResponse> publicPage(Visit& visit);

    const Rules rules_;
    HostServices& services_;
    const Pages pages_{rules_};
    FormTokens tokens_{services_};
    Limits limits_;
    const Parts parts_{rules_, services_, pages_, tokens_, limits_};
    const PublicList list_{parts_};
    const Reports reports_{parts_};
    const Tracking tracking_{parts_};
    Instant next_sweep_ = {};
};

}  // namespace pakn::in_web

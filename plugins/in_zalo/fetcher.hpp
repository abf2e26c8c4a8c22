#pragma once
/// @file
/// Files of messages, fetched from the hosts that the settings name and from no other, redirects included.

#include <map>
#include <string>
#include <string_view>

#include "settings.hpp"

namespace pakn::in_zalo {

/// "https://host" with the port if another than the usual; empty when it is no http address, or one that two readers
/// may read differently.
std::string originOf(std::string_view url);

/// Whether this can stand in `attachment_hosts`.
bool isHostRule(std::string_view rule);

/// One thread at a time.
class Fetcher {
public:
    Fetcher(HostServices& services, FetchRules rules) : services_{services}, rules_{std::move(rules)} {}

    /// The bytes. kForbidden: not one of our hosts, or sent on to another; kRejected: gone for ever, or too large;
    /// kUnavailable: perhaps later. A host that did not answer is left alone for ten seconds.
    Result<std::string> fetch(const std::string& url);

private:
    [[nodiscard]] bool isAllowed(const std::string& origin) const;
    Result<HttpResponse> ask(const std::string& url, const std::string& origin);

    HostServices& services_;
    const FetchRules rules_;
    std::map<std::string, Instant> down_until_;  ///< By origin; at most kMostHosts.
};

}  // namespace pakn::in_zalo

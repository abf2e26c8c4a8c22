#pragma once
/// @file
/// Files of items, fetched from the hosts that the settings name and from no other.

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/connector.hpp"

namespace pakn::in_portal {

/// From where files of items may be fetched, and how much.
struct FetchRules {
    std::vector<std::string> hosts = {};  ///< "files.portal.example" (https) or a whole origin "http://10.0.0.1:8080".
    HttpClient::Limits limits = {};
};

/// "https://host" with the port if another than the usual; empty when it is no http address.
std::string originOf(std::string_view url);

/// Safe from any thread.
class Fetcher {
public:
    Fetcher(HostServices& services, FetchRules rules) : services_{services}, rules_{std::move(rules)} {}

    /// The bytes. kForbidden "portal.host_not_allowed"; kRejected: not there for ever, or too large; kUnavailable:
    /// perhaps later. A host that did not answer is left alone for a minute, so that a hundred items with files of a
    /// dead host do not wait for it a hundred times. `within`: a shorter time-out than that of the rules; without any
    /// time nobody is asked. A host that was too slow for that is left alone by those only who have no more time.
    Result<std::string> fetch(const std::string& url,
                              std::chrono::milliseconds within = std::chrono::milliseconds::max());

private:
    Result<std::string> ask(const std::string& url, const std::string& origin, std::chrono::milliseconds within);

    HostServices& services_;
    const FetchRules rules_;
    std::mutex mutex_;
    // By origin; as many as the settings allow.
    std::map<std::string, Instant> down_until_;
    std::map<std::string, Instant> slow_until_;
};

}  // namespace pakn::in_portal

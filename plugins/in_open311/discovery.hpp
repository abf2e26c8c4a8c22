#pragma once
/// @file
/// Service discovery: who we are, where our endpoints are, and when anything about them changed last.

#include <mutex>
#include <string>
#include <vector>

#include "catalogue.hpp"
#include "pakn/sdk/host.hpp"
#include "settings.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {

/// When the list of services or one of their definitions changed last. Safe from any thread.
class Changeset {
public:
    explicit Changeset(HostServices& services) : services_{services} {}
    /// kUnavailable, kInternal.
    Result<Instant> of(const std::vector<Service>& offered);

private:
    struct Known {
        std::string hash = {};
        Instant since = {};
    };
    Result<Known> kept();

    HostServices& services_;
    std::mutex mutex_;
    Known known_;  ///< What this node has seen last.
};

/// `base`: the address of our mount, without a slash at its end.
Tree discoveryOf(const Rules& rules, const std::string& base, Instant changed);

}  // namespace pakn::in_open311

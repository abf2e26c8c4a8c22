#pragma once
/// @file
/// What needs no account: the form, and petitions that everybody may see.

#include "options.hpp"
#include "pakn/sdk/host.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

/// Safe from any thread.
class PublicCalls {
public:
    PublicCalls(const Rules& rules, HostServices& services) : rules_{rules}, services_{services} {}

    Result<HttpResponse> form(const Visit& visit);
    Result<HttpResponse> list(const Visit& visit);
    Result<HttpResponse> show(const Visit& visit);
    Result<HttpResponse> file(const Visit& visit);

private:
    const Rules& rules_;
    HostServices& services_;
};

}  // namespace pakn::in_mobile

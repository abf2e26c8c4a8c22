#pragma once
/// @file
/// What a sender sees of their petitions and does with them afterwards.

#include <string>

#include "accounts.hpp"
#include "options.hpp"
#include "uploads.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

/// Safe from any thread.
class OwnPetitions {
public:
    OwnPetitions(const Rules& rules, HostServices& services, Uploads& uploads)
        : rules_{rules}, services_{services}, uploads_{uploads} {}

    Result<HttpResponse> list(const Visit& visit);
    Result<HttpResponse> show(const Visit& visit);
    Result<HttpResponse> file(const Visit& visit);
    Result<HttpResponse> rate(const Visit& visit);
    Result<HttpResponse> supplement(const Visit& visit);
    Result<HttpResponse> reopen(const Visit& visit);
    Result<HttpResponse> notifications(const Visit& visit);

private:
    /// A petition that the caller may see, and what proves it.
    struct Opened {
        PublicPetition petition = {};
        std::string secret = {};
    };
    Result<Opened> open(const Visit& visit);
    Result<std::string> secretOf(const Account& account, const std::string& code);
    Status tell(const Visit& visit, const Opened& opened, Update update);

    const Rules& rules_;
    HostServices& services_;
    Uploads& uploads_;
};

}  // namespace pakn::in_mobile

#pragma once
/// @file
/// All calls behind the table of routes.

#include <stop_token>

#include "filing.hpp"
#include "options.hpp"
#include "own_petitions.hpp"
#include "public_calls.hpp"
#include "sign_in_calls.hpp"
#include "uploads.hpp"

namespace pakn::in_mobile {

/// Safe from any thread.
class Api {
public:
    /// `services` outlive it.
    Api(Rules rules, HostServices& services);
    Api(const Api&) = delete;
    Api& operator=(const Api&) = delete;

    /// Every request gets an answer; errors are problem documents.
    HttpResponse handle(const HttpRequest& request, Inbox& inbox);
    /// Drops uploads that are over.
    Status poll(Inbox& inbox, const std::stop_token& stop) { return uploads_.sweep(inbox, stop); }

private:
    Result<HttpResponse> call(Call which, const Visit& visit);
    HttpResponse refused(const Error& error, std::string_view route);

    const Rules rules_;
    HostServices& services_;
    Uploads uploads_;
    SignInCalls sign_in_;
    Filing filing_;
    OwnPetitions own_;
    PublicCalls public_;
};

}  // namespace pakn::in_mobile

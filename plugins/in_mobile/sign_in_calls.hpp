#pragma once
/// @file
/// Who calls: codes, sessions, petitions whose token is lost, devices.

#include "accounts.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

/// Safe from any thread.
class SignInCalls {
public:
    explicit SignInCalls(HostServices& services) : services_{services} {}

    Result<HttpResponse> sendCode(const Visit& visit);
    Result<HttpResponse> signIn(const Visit& visit);
    Result<HttpResponse> signOut(const Visit& visit);
    Result<HttpResponse> me(const Visit& visit);
    Result<HttpResponse> sendPetitionCode(const Visit& visit);
    Result<HttpResponse> openPetition(const Visit& visit);
    Result<HttpResponse> keepDevice(const Visit& visit);
    Result<HttpResponse> forgetDevice(const Visit& visit);

private:
    Result<HttpResponse> send(const CodeRequest& request);

    HostServices& services_;
};

}  // namespace pakn::in_mobile

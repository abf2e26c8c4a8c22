#pragma once
/// @file
/// The verbs of a connector: Receiver, Sender, Authenticator. A class implements what it can do.
/// Interfaces that plugins implement never change: a new ability is a new interface. Interfaces that the host
/// implements grow at their end only, with a new SDK minor.

#include <stop_token>
#include <string>

#include "pakn/sdk/delivery.hpp"
#include "pakn/sdk/host.hpp"
#include "pakn/sdk/http.hpp"
#include "pakn/sdk/inbox.hpp"
#include "pakn/sdk/options.hpp"
#include "pakn/sdk/petition.hpp"
#include "pakn/sdk/result.hpp"
#include "pakn/sdk/sign_in.hpp"

namespace pakn {
inline namespace sdk1 {

/// Brings petitions, updates and callbacks in: by asking (poll), by being called (handle), or both. The host sees
/// which of the two a class overrides and calls no other.
class Receiver {
public:
    virtual ~Receiver() = default;

    /// Called on a thread of its own at the instance's interval; takes in what is there and returns. Errors are logged
    /// and counted, and the next call comes after a back-off. Returns early when stop is requested.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): an override may keep the token
    virtual Status poll(Inbox& inbox, std::stop_token stop) {
        static_cast<void>(inbox);
        static_cast<void>(stop);
        return Done{};
    }

    /// Answers a request to one of the instance's mounts. Called from HTTP threads, several at a time. Answer 2xx only
    /// after the inbox has said that what came is stored. An error becomes an answer: kUnavailable 503 with
    /// Retry-After, kInvalid 422, kNotFound 404, kForbidden 403, kUnauthenticated 401, kTooLarge 413, others 500.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): an override may keep the token
    virtual Result<HttpResponse> handle(const HttpRequest& request, Inbox& inbox, std::stop_token stop) {
        static_cast<void>(request);
        static_cast<void>(inbox);
        static_cast<void>(stop);
        return HttpResponse{.status = 404};
    }
};

/// Takes deliveries out.
class Sender {
public:
    virtual ~Sender() = default;

    /// Sends one delivery; may block up to the instance's call limit. Called from the instance's workers, so several
    /// threads when `workers` is more than one. See Errc for what each error makes the host do.
    virtual Result<Receipt> send(const Delivery& delivery, std::stop_token stop) = 0;

    /// Asks the peer whether a delivery of unknown outcome arrived. kUnknownOutcome (the default): a person must look.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): an override may keep the token
    virtual Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) {
        static_cast<void>(delivery);
        static_cast<void>(stop);
        return Error{.code = Errc::kUnknownOutcome, .message = "this connector cannot ask its peer"};
    }
};

}  // namespace sdk1
}  // namespace pakn

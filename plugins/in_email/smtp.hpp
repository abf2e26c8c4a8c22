#pragma once
/// @file
/// Hands one mail to a mail server (SMTP submission, RFC 5321 and 6409), by libcurl.

#include <pakn/sdk/result.hpp>
#include <stop_token>
#include <string>

#include "options.hpp"

namespace pakn::in_email {

struct Envelope {
    std::string from = {};  ///< Empty: nobody; nothing comes back.
    std::string to = {};
};

/// Errors by what the server said: 4yz kUnavailable; 5yz to the recipient kFallback ("email.recipient" where the
/// address is the reason by the enhanced status, RFC 3463, else "email.recipient_refused"); 5yz to anything else
/// kRejected ("email.refused"); the login kUnauthenticated; no connection kUnavailable; silence after the whole mail
/// was given kUnknownOutcome.
Status submit(const Server& server, const Envelope& envelope, const std::string& mail, const std::stop_token& stop);

}  // namespace pakn::in_email

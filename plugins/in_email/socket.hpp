#pragma once
/// @file
/// A TCP connection that is made within its time, and the check of a TLS server's certificate.

#include <chrono>
#include <pakn/sdk/result.hpp>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

namespace pakn::in_email {

/// A connected socket. kUnavailable.
Result<int> connectTo(const std::string& host, int port, std::chrono::milliseconds timeout);

/// Whether these certificates (DER, the server's own first) lead to an authority that is believed, and are for `host`:
/// what libetpan leaves to its caller. `ca_file`: authorities instead of the system's. kUnavailable, with the reason.
Status checkCertificates(const std::vector<std::string>& chain, const std::string& host, const std::string& ca_file);

}  // namespace pakn::in_email

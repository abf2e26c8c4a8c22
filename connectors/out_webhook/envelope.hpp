#pragma once
/// @file
/// A delivery as a CloudEvents 1.0 event in structured JSON.

#include <string>

#include "pakn/sdk/delivery.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::out_webhook {

struct EnvelopeOptions {
    std::string source;          ///< CloudEvents `source`: who speaks, a URI reference.
    bool include_files = false;  ///< Files travel inside, in base64; else their names, sizes and hashes only.
};

/// The same delivery always gives the same bytes. kInternal: a text is not UTF-8.
Result<std::string> envelope(const Delivery& delivery, const EnvelopeOptions& options);

/// "2026-03-06T08:00:00.250+07:00": Viet Nam civil time (RFC 3339), milliseconds only when there are any.
std::string rfc3339(Instant at);

}  // namespace pakn::out_webhook

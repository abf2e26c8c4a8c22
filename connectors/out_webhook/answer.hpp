#pragma once
/// @file
/// What a receiver's answer means for a delivery.

#include <retry_after.hpp>

#include "pakn/sdk/delivery.hpp"
#include "pakn/sdk/http.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::out_webhook {

/// 2xx is a receipt. 408, 425, 429 and 5xx: kUnavailable, with the receiver's Retry-After. 401, 403: kUnauthenticated.
/// All else (redirects, 410 Gone, other 4xx): kRejected. Nothing of the answer's own text is passed on.
Result<Receipt> judge(const HttpResponse& answer, Instant now);

using webhooks::retryAfter;

}  // namespace pakn::out_webhook

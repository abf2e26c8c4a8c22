/// @file
/// Status codes to remedies.

#include "answer.hpp"

#include <string>

namespace pakn::out_webhook {
namespace {

Errc remedy(int status) {
    if (status == 408 || status == 425 || status == 429 || status >= 500) return Errc::kUnavailable;
    if (status == 401 || status == 403) return Errc::kUnauthenticated;
    return Errc::kRejected;
}

std::string explain(int status) {
    std::string answered = "the receiver answered " + std::to_string(status);
    if (status == 410) return answered + ": it wants no more deliveries; take it out of the configuration";
    if (status == 401 || status == 403) return answered + ": it does not accept our signature or address";
    if (status >= 300 && status < 400) return answered + ": redirects are not followed; set url to where it is now";
    return answered;
}

}  // namespace

Result<Receipt> judge(const HttpResponse& answer, Instant now) {
    if (answer.status >= 200 && answer.status < 300)
        return Receipt{.attributes = {{"http_status", std::to_string(answer.status)}}};

    Error error{.code = remedy(answer.status),
                .message = explain(answer.status),
                .problem = "webhook.http_" + std::to_string(answer.status)};
    if (error.code == Errc::kUnavailable) {
        if (const auto header = answer.headers.find("retry-after"); header != answer.headers.end())
            error.retry_after = retryAfter(header->second, now);
    }
    return error;
}

}  // namespace pakn::out_webhook

#pragma once
/// @file
/// One request as the calls see it.

#include <map>
#include <string>
#include <string_view>

#include "pakn/sdk/http.hpp"
#include "pakn/sdk/inbox.hpp"
#include "pakn/sdk/result.hpp"
#include "routes.hpp"

namespace pakn::in_mobile {

/// Parameters of the query, percent-decoded ('+' is a plus: instants have one); of several of one name the first.
using Query = std::map<std::string, std::string, std::less<>>;
Query readQuery(std::string_view query);

/// Lives as long as the call.
struct Visit {
    const HttpRequest& request;
    const PathParts& parts;
    const Query& query;
    Inbox& inbox;

    /// Empty when it is not there.
    [[nodiscard]] std::string header(std::string_view name) const;
    [[nodiscard]] std::string part(std::string_view name) const;
    /// The bearer token; empty when there is none, or one that nobody was given.
    [[nodiscard]] std::string bearer() const;
    /// Chosen by the app at random, one for each thing that is to happen once. kInvalid "mobile.key_missing",
    /// "idempotency.key_invalid".
    [[nodiscard]] Result<std::string> idempotencyKey() const;
    /// `limit` of the query, 1 to 100. kInvalid "request.parameter_invalid".
    [[nodiscard]] Result<int> limit(int otherwise) const;
    /// An instant of the query, if it is there. The same error.
    [[nodiscard]] Result<std::optional<Instant>> instant(std::string_view name) const;
};

}  // namespace pakn::in_mobile

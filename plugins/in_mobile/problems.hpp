#pragma once
/// @file
/// Errors as the app gets them: problem documents (RFC 9457), in both languages.

#include <span>
#include <string_view>

#include "pakn/sdk/http.hpp"
#include "pakn/sdk/records.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::in_mobile {

/// What only this API says; all other words are the hub's (PublicRecords::problem).
struct OwnProblem {
    std::string_view code;
    int status;
    std::string_view vi;
    std::string_view en;
};
std::span<const OwnProblem> ownProblems();

/// By its problem where that has a status of its own, else by its code.
int statusOf(const Error& error);

/// The document; Retry-After with 429 and 503, WWW-Authenticate with 401. The error's message is not in it.
HttpResponse problemResponse(const Error& error, PublicRecords& records);

/// kInvalid with `problem` and the field's JSON pointer.
Error invalid(std::string_view problem, std::string_view field = {});

}  // namespace pakn::in_mobile

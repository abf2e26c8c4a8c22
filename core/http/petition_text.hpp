#pragma once
/// @file
/// The intake JSON as a file holds it, for those who have no request.

#include <string>

#include "pakn/sdk/petition.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::http {

/// The petition that this JSON would make as the body of POST /api/v1/petitions: the same reader, the same errors
/// (`problem`, `field`).
Result<IncomingPetition> petitionFromJson(std::string json);

/// What a problem code says to people; empty texts for a code that is none.
struct ProblemText {
    std::string title = {};  ///< Vietnamese, as `detail`.
    std::string detail = {};
    std::string detail_en = {};
};
ProblemText problemText(const std::string& code);

/// "petition.phone_invalid: The phone number is … (/petitioner/phone)": an error of intake in one line, in English.
std::string describe(const Error& error);

}  // namespace pakn::http

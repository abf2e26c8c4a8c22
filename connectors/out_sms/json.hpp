#pragma once
/// @file
/// JSON that a gateway answers with: its scalars by their place, within bounds. No tree is built.

#include <map>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::out_sms {

/// Scalars by the names that lead to them: {"RPLY":{"ERROR":"0"}} has "RPLY/ERROR" with "0". Numbers as they were
/// written, null as nothing; elements of lists are not looked at. The first of two equal names counts.
using JsonScalars = std::map<std::string, std::string, std::less<>>;

/// kInvalid: no JSON, or nested deeper than 8 levels. kTooLarge: more than 64 KB, or more than 500 scalars.
Result<JsonScalars> readScalars(std::string_view json);

/// The scalar at that place; empty when there is none.
std::string scalarAt(const JsonScalars& scalars, std::string_view place);

}  // namespace pakn::out_sms

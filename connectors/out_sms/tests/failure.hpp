#pragma once
/// @file
/// The error that a test expects, also when there is none: then the test fails and does not crash.

#include "pakn/sdk/result.hpp"

namespace pakn::out_sms {

template <class T>
Error failure(const Result<T>& result) {
    if (!result) return result.error();
    return {.code = Errc::kStale, .message = "it did not fail", .problem = "none"};  // No connector says kStale.
}

}  // namespace pakn::out_sms

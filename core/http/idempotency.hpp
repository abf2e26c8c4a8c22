#pragma once
/// @file
/// Idempotency-Key: the same request under the same key is done once.

#include "core/http/exchange.hpp"

namespace pakn::http {

/// At most 200 printable ASCII characters; empty is none.
bool isIdempotencyKey(std::string_view key);

/// By what the hub knows this request again when it comes a second time from the same account: the key, and a hash over
/// what is asked, so that the key cannot stand for something else. Empty without a key. "idempotency.key_invalid".
Result<engine::RequestKey> requestKey(const Call& call);
/// The same for somebody without an account: `caller` tells them apart.
Result<engine::RequestKey> requestKey(const Call& call, const std::string& caller);

}  // namespace pakn::http

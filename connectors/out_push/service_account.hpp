#pragma once
/// @file
/// The file by which Google lets a server in.

#include <string>
#include <string_view>

#include "jwt.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::out_push {

struct ServiceAccount {
    std::string project = {};
    std::string email = {};
    std::string token_uri = {};  ///< Whom the assertion is for.
    SigningKey key;
};

/// kInvalid, in words that name the member that is wrong and quote none.
Result<ServiceAccount> readServiceAccount(std::string_view json);

}  // namespace pakn::out_push

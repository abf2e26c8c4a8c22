#pragma once
/// @file
/// Where the database is: a libpq URI, and the password apart from it.

#include <string>

#include "pakn/sdk/result.hpp"

namespace pakn::store::postgresql {

struct Address {
    std::string url = {};
    std::string password = {};  ///< Empty: libpq finds its own way (peer, certificate, password file).
    std::string shown = {};     ///< For messages: host and database, nothing secret.
};

/// Reads "postgresql://user@host/db?…". kMisconfigured: not a URI of libpq's, or one that holds a password.
Result<Address> parseAddress(const std::string& url, std::string password);

}  // namespace pakn::store::postgresql

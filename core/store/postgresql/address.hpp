#pragma once
/// @file
/// Where the database is: a libpq URI, and the password apart from it.

#include <chrono>
#include <string>

#include "pakn/sdk/result.hpp"

namespace pakn::store::postgresql {

struct Address {
    std::string url = {};
    std::string password = {};  ///< Empty: libpq finds its own way (peer, certificate, password file).
    std::string shown = {};     ///< For messages: host and database, nothing secret.
    /// A server that says nothing for so long while it should is taken for dead.
    std::chrono::milliseconds silence{20'000};
    /// The server ends a statement that takes longer; 0: it does not. Never for what writes: a COMMIT that waits for a
    /// standby would be told "committed" when this ends its wait.
    std::chrono::milliseconds statement_limit{0};
};

/// For what may take as long as it takes: migrations, a rebuild.
Address unhurried(Address address);

/// Reads "postgresql://user@host/db?…". kMisconfigured: not a URI of libpq's, or one that holds a password.
Result<Address> parseAddress(const std::string& url, std::string password);

}  // namespace pakn::store::postgresql

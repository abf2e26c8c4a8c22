#pragma once
/// @file
/// How an office, or somebody in it, is reached.

#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::domain {

/// What is empty is not known.
struct Contact {
    std::string name = {};
    std::string phone = {};  ///< As contactPhone().
    std::string email = {};
    friend bool operator==(const Contact&, const Contact&) = default;
};

/// E.164; a service number ("1022") as its digits. kInvalid when it is no telephone number.
Result<std::string> contactPhone(std::string_view typed);
/// Without blanks around it. kInvalid for what cannot be the address of a mailbox: a local part and a host with a dot
/// around one '@', 254 bytes at most, no blank, no control character, no angle bracket, comma or quote.
Result<std::string> contactEmail(std::string_view typed);

}  // namespace pakn::domain

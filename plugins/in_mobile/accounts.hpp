#pragma once
/// @file
/// Who calls: a citizen whose session the bearer token is, or nobody.

#include <optional>
#include <string>
#include <string_view>

#include "pakn/sdk/host.hpp"
#include "visit.hpp"

namespace pakn::in_mobile {

struct Account {
    std::string address = {};  ///< kReplyAddress: by which petitions and devices of this account are found again.
    PublicCitizen citizen = {};
};

/// Says nothing of a person to whoever sees it; the same for the same person for ever.
std::string addressOf(const PublicCitizen& citizen);

/// kUnauthenticated "session.required": no token, nobody's, or it is over.
Result<Account> accountOf(const Visit& visit, HostServices& services);

/// A digest that stands for several texts: 64 hex digits.
std::string digestOf(std::initializer_list<std::string_view> texts);

}  // namespace pakn::in_mobile

#pragma once
/// @file
/// Private to the store: accounts and secrets as rows hold them.

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "core/security/accounts.hpp"
#include "core/store/event_codec.hpp"

namespace pakn::store {

inline constexpr std::array<std::string_view, 7> kSecretKinds{"one_time_link", "session", "account_token", "source_key",
                                                              "used_sign_in",  "citizen", "one_time_code"};

inline std::string_view nameOf(security::SecretKind kind) { return kSecretKinds[static_cast<std::size_t>(kind)]; }
/// Throws DamagedRow.
inline security::SecretKind secretKind(std::string_view name) {
    const auto kind = domain::detail::find<security::SecretKind>(kSecretKinds, name);
    if (!kind) throw DamagedRow{"a secret of an unknown kind"};
    return *kind;
}

/// Names, separated by commas.
inline std::string joined(const std::vector<domain::Role>& roles) {
    std::string names;
    for (const domain::Role role : roles) (names.empty() ? names : names += ',') += domain::nameOf(role);
    return names;
}
/// Throws DamagedRow.
inline std::vector<domain::Role> rolesOf(std::string_view names) {
    std::vector<domain::Role> roles;
    while (!names.empty()) {
        const auto role = domain::findRole(names.substr(0, names.find(',')));
        if (!role) throw DamagedRow{"an account with an unknown role"};
        roles.push_back(*role);
        const std::size_t comma = names.find(',');
        names.remove_prefix(comma == std::string_view::npos ? names.size() : comma + 1);
    }
    return roles;
}

}  // namespace pakn::store

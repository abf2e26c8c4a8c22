#include "accounts.hpp"

#include <digest.hpp>

namespace pakn::in_mobile {

std::string digestOf(std::initializer_list<std::string_view> texts) {
    std::string all;
    for (const std::string_view text : texts) all.append(std::to_string(text.size())).append(":").append(text);
    return webhooks::toHex(webhooks::sha256(all));
}

std::string addressOf(const PublicCitizen& citizen) {
    return "acct-" + digestOf({"account", citizen.issuer, citizen.subject});
}

Result<Account> accountOf(const Visit& visit, HostServices& services) {
    const Error nobody{.code = Errc::kUnauthenticated, .message = "nobody is signed in", .problem = "session.required"};
    const std::string token = visit.bearer();
    if (token.empty()) return nobody;
    Result<PublicCitizen> citizen = services.citizens().citizen(token);
    if (!citizen) return citizen.error().code == Errc::kUnauthenticated ? nobody : citizen.error();
    return Account{.address = addressOf(*citizen), .citizen = std::move(citizen).value()};
}

}  // namespace pakn::in_mobile

/// @file
/// The adapters that the contract is checked on.

#include "tests/unit/store/postgresql_server.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {

std::vector<Adapter> adapters() {
    return {{.name = "sqlite",
             .open =
                 [](const std::filesystem::path& folder, const security::HubKey& hub_key) {
                     return store::openStore({.url = "sqlite:hub.db", .base = folder, .hub_key = hub_key});
                 }},
            {.name = "postgresql", .open = [](const std::filesystem::path& folder, const security::HubKey& hub_key) {
                 return store::openStore({.url = postgresqlUrl(folder), .base = {}, .hub_key = hub_key});
             }}};
}

}  // namespace pakn::test

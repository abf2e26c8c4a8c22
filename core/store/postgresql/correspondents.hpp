#pragma once
/// @file
/// Citizens who come back.

#include "core/security/crypto.hpp"
#include "core/store/correspondents.hpp"
#include "core/store/postgresql/pool.hpp"

namespace pakn::store::postgresql {

/// Outlived by what it is given.
class PostgresqlCorrespondents final : public Correspondents {
public:
    PostgresqlCorrespondents(Pool& writers, Pool& readers, const security::HubKey& hub_key)
        : writers_{writers}, readers_{readers}, hub_key_{hub_key} {}

    Result<Listing<ShownLine>> petitionsOf(const OwnFilter& filter, const Page& page) override;
    Status keepDevice(const Device& device, int most, Instant oldest) override;
    Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner) override;
    Status forgetDevice(const Device& device) override;
    Status forgetDevicesOf(std::string_view session) override;

private:
    Pool& writers_;
    Pool& readers_;
    const security::HubKey& hub_key_;
};

}  // namespace pakn::store::postgresql

#pragma once
/// @file
/// The register of calls.

#include "core/security/crypto.hpp"
#include "core/store/calls.hpp"
#include "core/store/sqlite/pool.hpp"

namespace pakn::store::sqlite {

/// Outlived by what it is given.
class SqliteCalls final : public Calls {
public:
    SqliteCalls(Writer& writer, Readers& readers, const security::HubKey& hub_key)
        : writer_{writer}, readers_{readers}, hub_key_{hub_key} {}

    Result<PhoneCall> putCall(const PhoneCall& told) override;
    Result<std::optional<PhoneCall>> call(std::string_view id) override;
    Result<Listing<PhoneCall>> calls(const CallFilter& filter, const Page& page) override;
    Result<std::vector<PhoneCall>> unrecordedCalls(std::string_view connector, Instant since, bool petition,
                                                   int most) override;
    Result<std::vector<PhoneCall>> callsOf(std::string_view petition_id) override;
    Result<std::vector<std::string>> petitionsOf(const PhoneCall& call) override;
    Result<std::vector<std::string>> petitionsOfPhone(std::string_view phone, int most) override;

private:
    Writer& writer_;
    Readers& readers_;
    const security::HubKey& hub_key_;
};

}  // namespace pakn::store::sqlite

#pragma once
/// @file
/// The tables of shifts, substitutions and requests for a role: rare, small rows.

#include "core/security/crypto.hpp"
#include "core/security/duties.hpp"
#include "core/store/sqlite/pool.hpp"

namespace pakn::store::sqlite {

/// Outlived by what it is given.
class SqliteDuties final : public security::Duties {
public:
    SqliteDuties(Writer& writer, Readers& readers, const security::HubKey& hub_key)
        : writer_{writer}, readers_{readers}, hub_key_{hub_key} {}

    Status addShift(const security::Shift& shift) override;
    Status replaceShifts(std::string_view unit, Instant from, Instant to,
                         std::span<const security::Shift> shifts) override;
    Result<std::vector<security::Shift>> shifts(const std::optional<std::string>& unit, Instant from, Instant to,
                                                int most) override;
    Status addSubstitution(const security::Substitution& substitution) override;
    Result<bool> endSubstitution(std::string_view id, Instant at, std::string_view by) override;
    Result<std::vector<security::Substitution>> substitutions(Instant from, Instant to, int most) override;
    Result<std::optional<security::Substitution>> substitution(std::string_view id) override;
    Status addRoleRequest(const security::RoleRequest& request) override;
    Result<security::RoleRequest> settleRoleRequest(std::string_view id, security::RequestState state,
                                                    std::string_view by, Instant at, std::string_view answer) override;
    Result<std::vector<security::RoleRequest>> roleRequests(const security::RequestFilter& filter) override;
    Result<std::optional<security::RoleRequest>> roleRequest(std::string_view id) override;
    Result<std::vector<domain::Role>> rolesIn(std::string_view unit) override;

private:
    Writer& writer_;
    Readers& readers_;
    const security::HubKey& hub_key_;
};

/// Open accounts in whose place this one acts at `now`. Throws SqliteError and DamagedRow.
std::vector<domain::Colleague> stoodForBy(Connection& connection, std::string_view account_id, Instant now);

}  // namespace pakn::store::sqlite

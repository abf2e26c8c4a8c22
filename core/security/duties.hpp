#pragma once
/// @file
/// Who does what when, beside the accounts' own roles: shifts of the duty roster, substitutes, requests for a role; and
/// the port to where they are kept. Who may change what is decided by whoever asks.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/decide.hpp"

namespace pakn::security {

/// Who is called to an emergency in a period.
struct Shift {
    std::string id = {};    ///< UUIDv7.
    std::string unit = {};  ///< Whose roster; empty: the Centre's.
    Instant from = {};
    Instant to = {};                       ///< First instant after it.
    std::vector<std::string> people = {};  ///< Account ids, in the order in which they are called.
    friend bool operator==(const Shift&, const Shift&) = default;
};

/// A colleague takes somebody's place for a while. Ends by itself.
struct Substitution {
    std::string id = {};       ///< UUIDv7.
    std::string account = {};  ///< Whose place.
    std::string substitute = {};
    Instant from = {};
    Instant to = {};            ///< First instant after it.
    std::string named_by = {};  ///< Account id.
    Instant named_at = {};
    std::string ended_by = {};  ///< Account id of who ended it before its time; empty: nobody did.
    friend bool operator==(const Substitution&, const Substitution&) = default;
};

enum class RequestState : std::uint8_t { kOpen, kApproved, kRefused };
inline constexpr std::array<std::string_view, 3> kRequestStateNames{"open", "approved", "refused"};
constexpr std::string_view nameOf(RequestState state) { return kRequestStateNames[static_cast<std::size_t>(state)]; }
constexpr std::optional<RequestState> findRequestState(std::string_view name) {
    return domain::detail::find<RequestState>(kRequestStateNames, name);
}

/// Somebody asks for a role. Kept for good with what became of it.
struct RoleRequest {
    std::string id = {};  ///< UUIDv7.
    std::string account = {};
    domain::Role role = domain::Role::kOfficer;
    std::string unit = {};    ///< Empty: at the Centre.
    std::string reason = {};  ///< Sealed where it is kept, as the answer.
    Instant asked_at = {};
    RequestState state = RequestState::kOpen;
    std::string decided_by = {};
    std::optional<Instant> decided_at = {};
    std::string answer = {};
    friend bool operator==(const RoleRequest&, const RoleRequest&) = default;
};

struct RequestFilter {
    std::string account = {};
    std::optional<std::string> unit = {};  ///< With an empty text: the Centre's.
    std::optional<RequestState> state = {};
    std::string after = {};  ///< Id: those before it.
    int most = 50;
};

/// Where shifts, substitutions and requests are kept. Implemented by the store; every write is durable when it returns.
/// Safe from any thread.
class Duties {
public:
    virtual ~Duties() = default;

    /// kConflict: this roster has a shift of these very hours.
    virtual Status addShift(const Shift& shift) = 0;
    /// In place of all shifts of this roster that begin in the period; all or nothing.
    virtual Status replaceShifts(std::string_view unit, Instant from, Instant to, std::span<const Shift> shifts) = 0;
    /// Shifts that have a part in the period, of one roster or of all, by their beginning; at most `most`.
    virtual Result<std::vector<Shift>> shifts(const std::optional<std::string>& unit, Instant from, Instant to,
                                              int most) = 0;

    /// kConflict with the problem: "substitute.overlap" (somebody takes that place in part of the period already),
    /// "substitute.chain" (who is to be away takes somebody's place then, or who is to come is away then).
    virtual Status addSubstitution(const Substitution& substitution) = 0;
    /// Ends one that is not over; one that has not begun never does. False: there is none such.
    virtual Result<bool> endSubstitution(std::string_view id, Instant at, std::string_view by) = 0;
    /// Those that have a part in the period, by their beginning; at most `most`.
    virtual Result<std::vector<Substitution>> substitutions(Instant from, Instant to, int most) = 0;
    virtual Result<std::optional<Substitution>> substitution(std::string_view id) = 0;

    /// kConflict: the account waits for this role already.
    virtual Status addRoleRequest(const RoleRequest& request) = 0;
    /// Approves or refuses an open one, and with an approval gives the account role and unit, both or neither.
    /// kNotFound; kConflict with the problem: "role_request.decided", "role_request.other_unit" (the account belongs to
    /// another unit by now), "role_request.account_gone".
    virtual Result<RoleRequest> settleRoleRequest(std::string_view id, RequestState state, std::string_view by,
                                                  Instant at, std::string_view answer) = 0;
    /// Newest first.
    virtual Result<std::vector<RoleRequest>> roleRequests(const RequestFilter& filter) = 0;
    virtual Result<std::optional<RoleRequest>> roleRequest(std::string_view id) = 0;

    /// Roles that somebody of this unit has whose account is open.
    virtual Result<std::vector<domain::Role>> rolesIn(std::string_view unit) = 0;
};

/// The roles that a substitute takes over: those by which petitions are handled, none by which others are managed.
std::vector<domain::Role> rolesToStandIn(const std::vector<domain::Role>& roles);

/// Hours of a period in which a roster has nobody, or two shifts at once.
struct RosterDefect {
    bool gap = true;  ///< Else two shifts.
    Instant from = {};
    Instant to = {};
};
/// Of shifts of one roster that have a part in the period, by their beginning. In order; what lies between is sound.
std::vector<RosterDefect> rosterDefects(std::span<const Shift> shifts, Instant from, Instant to);

}  // namespace pakn::security

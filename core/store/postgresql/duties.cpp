#include "core/store/postgresql/duties.hpp"

#include "core/store/account_codec.hpp"
#include "core/store/duty_codec.hpp"
#include "core/store/postgresql/account_links.hpp"
#include "core/store/postgresql/accounts.hpp"
#include "core/store/postgresql/query.hpp"

namespace pakn::store::postgresql {

using security::RequestFilter;
using security::RequestState;
using security::RoleRequest;
using security::Shift;
using security::Substitution;

namespace {

std::string select(std::string_view columns, std::string_view rest) {
    return std::string{"SELECT "}.append(columns).append(" FROM ").append(rest);
}

/// Several statements that are done together. An error that `work` returns takes them all back.
template <class Work>
auto together(Connection& connection, Work work) -> std::invoke_result_t<Work> {
    connection.query("BEGIN");
    try {
        auto result = work();
        connection.query(result.ok() ? "COMMIT" : "ROLLBACK");
        return result;
    } catch (...) {
        connection.rollback();
        throw;
    }
}

/// The outcome of work that yields a Result itself.
template <class T>
Result<T> flat(Result<Result<T>> outcome) {
    if (!outcome) return std::move(outcome).error();
    return *std::move(outcome);
}

void insertShift(Connection& connection, const Shift& shift) {
    connection.query("INSERT INTO roster_shifts (id, unit, begins_at, ends_at, people) VALUES ($1, $2, $3, $4, $5)",
                     shift.id, shift.unit, shift.from, shift.to, listed(shift.people));
}

bool any(Connection& connection, std::string_view condition, const std::string& account, const Substitution& one) {
    return !connection
                .query(std::string{"SELECT 1 FROM substitutions WHERE ends_at > begins_at AND begins_at < $1"
                                   " AND ends_at > $2 AND "}
                           .append(condition),
                       one.to, one.from, account)
                .empty();
}

Result<Done> insertSubstitution(Connection& connection, const Substitution& one) {
    // Two hubs may be asked at the same time: one looks after the other has written.
    connection.query("LOCK TABLE substitutions IN SHARE ROW EXCLUSIVE MODE");
    if (any(connection, "account = $3", one.account, one)) return substitutionConflict(true);
    if (any(connection, "substitute = $3", one.account, one) || any(connection, "account = $3", one.substitute, one))
        return substitutionConflict(false);
    connection.query(
        "INSERT INTO substitutions (id, account, substitute, begins_at, ends_at, named_by, named_at, ended_by)"
        " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        one.id, one.account, one.substitute, one.from, one.to, one.named_by, one.named_at, one.ended_by);
    return Done{};
}

std::optional<RoleRequest> findRequest(Connection& connection, const security::HubKey& hub_key, std::string_view id,
                                       std::string_view lock = {}) {
    const Rows rows =
        connection.query(select(kRequestColumns, std::string{"role_requests WHERE id = $1"}.append(lock)), id);
    if (rows.empty()) return std::nullopt;
    return readRequest(rows[0], hub_key);
}

Result<RoleRequest> settle(Connection& connection, const security::HubKey& hub_key, std::string_view id,
                           RoleRequest outcome) {
    std::optional<RoleRequest> request = findRequest(connection, hub_key, id, " FOR UPDATE");
    if (!request) return Error{.code = Errc::kNotFound, .message = "no such request", .problem = {}};
    connection.query("SELECT 1 FROM accounts WHERE id = $1 FOR UPDATE", request->account);
    const auto account = findAccountById(connection, request->account);
    if (auto why = unsettled(*request, outcome.state, account ? std::optional{account->unit} : std::nullopt))
        return *std::move(why);
    request->state = outcome.state;
    request->decided_by = std::move(outcome.decided_by);
    request->decided_at = outcome.decided_at;
    request->answer = std::move(outcome.answer);
    connection.query("UPDATE role_requests SET state = $1, decided_by = $2, decided_at = $3, sealed = $4 WHERE id = $5",
                     nameOf(request->state), request->decided_by, request->decided_at,
                     Blob{sealWords(hub_key, *request)}, request->id);
    if (request->state == RequestState::kApproved)
        static_cast<void>(updateDuties(connection, account->id, withRole(account->roles, request->role),
                                       account->unit.empty() ? request->unit : account->unit));
    return *std::move(request);
}

}  // namespace

Status PostgresqlDuties::addShift(const Shift& shift) {
    return writers_.run(
        [&](Connection& writer) {
            insertShift(writer, shift);
            return Done{};
        },
        false);
}

Status PostgresqlDuties::replaceShifts(std::string_view unit, Instant from, Instant to, std::span<const Shift> shifts) {
    return flat(writers_.run(
        [&](Connection& writer) {
            return together(writer, [&]() -> Status {
                writer.query("DELETE FROM roster_shifts WHERE unit = $1 AND begins_at >= $2 AND begins_at < $3", unit,
                             from, to);
                for (const Shift& shift : shifts) insertShift(writer, shift);
                return Done{};
            });
        },
        false));
}

Result<std::vector<Shift>> PostgresqlDuties::shifts(const std::optional<std::string>& unit, Instant from, Instant to,
                                                    int most) {
    return readers_.run(
        [&](Connection& reader) {
            const Rows rows =
                reader.query(select(kShiftColumns,
                                    "roster_shifts WHERE begins_at < $1 AND ends_at > $2"
                                    " AND ($3::text IS NULL OR unit = $3) ORDER BY begins_at, id LIMIT $4"),
                             to, from, unit, most);
            std::vector<Shift> all;
            for (int i = 0; i < rows.count(); ++i) all.push_back(readShift(rows[i]));
            return all;
        },
        true);
}

Status PostgresqlDuties::addSubstitution(const Substitution& substitution) {
    return flat(writers_.run(
        [&](Connection& writer) { return together(writer, [&] { return insertSubstitution(writer, substitution); }); },
        false));
}

Result<bool> PostgresqlDuties::endSubstitution(std::string_view id, Instant at, std::string_view by) {
    return writers_.run(
        [&](Connection& writer) {
            return writer
                       .query(
                           "UPDATE substitutions SET ends_at = greatest(begins_at, $2), ended_by = $3"
                           " WHERE id = $1 AND ends_at > $2 AND ends_at > begins_at",
                           id, at, by)
                       .changed() > 0;
        },
        false);
}

Result<std::vector<Substitution>> PostgresqlDuties::substitutions(Instant from, Instant to, int most) {
    return readers_.run(
        [&](Connection& reader) {
            const Rows rows = reader.query(select(kSubstitutionColumns,
                                                  "substitutions WHERE begins_at < $1 AND ends_at > $2"
                                                  " AND ends_at > begins_at ORDER BY begins_at, id LIMIT $3"),
                                           to, from, most);
            std::vector<Substitution> all;
            for (int i = 0; i < rows.count(); ++i) all.push_back(readSubstitution(rows[i]));
            return all;
        },
        true);
}

Result<std::optional<Substitution>> PostgresqlDuties::substitution(std::string_view id) {
    return readers_.run(
        [&](Connection& reader) -> std::optional<Substitution> {
            const Rows rows = reader.query(select(kSubstitutionColumns, "substitutions WHERE id = $1"), id);
            if (rows.empty()) return std::nullopt;
            return readSubstitution(rows[0]);
        },
        true);
}

Status PostgresqlDuties::addRoleRequest(const RoleRequest& request) {
    return writers_.run(
        [&](Connection& writer) {
            writer.query(
                "INSERT INTO role_requests (id, account, role, unit, asked_at, state, decided_by, decided_at, sealed)"
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                request.id, request.account, domain::nameOf(request.role), request.unit, request.asked_at,
                nameOf(request.state), request.decided_by, request.decided_at, Blob{sealWords(hub_key_, request)});
            return Done{};
        },
        false);
}

Result<RoleRequest> PostgresqlDuties::settleRoleRequest(std::string_view id, RequestState state, std::string_view by,
                                                        Instant at, std::string_view answer) {
    return flat(writers_.run(
        [&](Connection& writer) {
            return together(writer, [&] {
                return settle(
                    writer, hub_key_, id,
                    {.state = state, .decided_by = std::string{by}, .decided_at = at, .answer = std::string{answer}});
            });
        },
        false));
}

Result<std::vector<RoleRequest>> PostgresqlDuties::roleRequests(const RequestFilter& filter) {
    return readers_.run(
        [&](Connection& reader) {
            Query query;
            query.sql(select(kRequestColumns, "role_requests")).where(conditionsOf(filter));
            query.sql(" ORDER BY id DESC LIMIT ").number(filter.most);
            const Rows rows = query.run(reader);
            std::vector<RoleRequest> all;
            for (int i = 0; i < rows.count(); ++i) all.push_back(readRequest(rows[i], hub_key_));
            return all;
        },
        true);
}

Result<std::optional<RoleRequest>> PostgresqlDuties::roleRequest(std::string_view id) {
    return readers_.run([&](Connection& reader) { return findRequest(reader, hub_key_, id); }, true);
}

Result<std::vector<domain::Role>> PostgresqlDuties::rolesIn(std::string_view unit) {
    return readers_.run(
        [&](Connection& reader) {
            const Rows rows = reader.query("SELECT DISTINCT roles FROM accounts WHERE unit = $1 AND locked = 0", unit);
            std::vector<domain::Role> all;
            for (int i = 0; i < rows.count(); ++i)
                for (const domain::Role role : rolesOf(rows[i].bytes(0))) all = withRole(std::move(all), role);
            return all;
        },
        true);
}

std::vector<domain::Colleague> stoodForBy(Connection& connection, std::string_view account_id, Instant now) {
    const Rows rows = connection.query(
        "SELECT a.id, a.roles, a.unit FROM substitutions s JOIN accounts a ON a.id = s.account"
        " WHERE s.substitute = $1 AND s.ends_at > $2 AND s.begins_at <= $2 AND a.locked = 0 ORDER BY a.id",
        account_id, now);
    std::vector<domain::Colleague> all;
    for (int i = 0; i < rows.count(); ++i)
        all.push_back({.id = rows[i].text(0), .roles = rolesOf(rows[i].bytes(1)), .unit = rows[i].text(2)});
    return all;
}

}  // namespace pakn::store::postgresql

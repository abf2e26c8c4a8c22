#include "core/store/sqlite/duties.hpp"

#include "core/store/account_codec.hpp"
#include "core/store/conditions.hpp"
#include "core/store/duty_codec.hpp"
#include "core/store/sqlite/account_links.hpp"
#include "core/store/sqlite/accounts.hpp"

namespace pakn::store::sqlite {

using security::RequestFilter;
using security::RequestState;
using security::RoleRequest;
using security::Shift;
using security::Substitution;

namespace {

std::string select(std::string_view columns, std::string_view rest) {
    return std::string{"SELECT "}.append(columns).append(" FROM ").append(rest);
}

void insertShift(Connection& connection, const Shift& shift) {
    connection.statement("INSERT INTO roster_shifts (id, unit, begins_at, ends_at, people) VALUES (?, ?, ?, ?, ?)")
        .run(shift.id, shift.unit, shift.from, shift.to, listed(shift.people));
}

bool any(Connection& connection, std::string_view condition, const std::string& account, const Substitution& one) {
    Statement row =
        connection.statement(std::string{"SELECT 1 FROM substitutions WHERE ends_at > begins_at AND"
                                         " begins_at < ? AND ends_at > ? AND "}
                                 .append(condition));
    return row.query(one.to, one.from, account).step();
}

std::optional<RoleRequest> findRequest(Connection& connection, const security::HubKey& hub_key, std::string_view id) {
    Statement row = connection.statement(select(kRequestColumns, "role_requests WHERE id = ?"));
    if (!row.query(id).step()) return std::nullopt;
    return readRequest(row, hub_key);
}

Result<RoleRequest> settle(Connection& connection, const security::HubKey& hub_key, std::string_view id,
                           RoleRequest outcome) {
    std::optional<RoleRequest> request = findRequest(connection, hub_key, id);
    if (!request) return Error{.code = Errc::kNotFound, .message = "no such request", .problem = {}};
    const auto account = findAccountById(connection.session(), request->account);
    if (auto why = unsettled(*request, outcome.state, account ? std::optional{account->unit} : std::nullopt))
        return *std::move(why);
    request->state = outcome.state;
    request->decided_by = std::move(outcome.decided_by);
    request->decided_at = outcome.decided_at;
    request->answer = std::move(outcome.answer);
    connection.statement("UPDATE role_requests SET state = ?, decided_by = ?, decided_at = ?, sealed = ? WHERE id = ?")
        .run(nameOf(request->state), request->decided_by, request->decided_at, Blob{sealWords(hub_key, *request)},
             request->id);
    if (request->state == RequestState::kApproved)
        static_cast<void>(updateDuties(connection, account->id, withRole(account->roles, request->role),
                                       account->unit.empty() ? request->unit : account->unit));
    return *std::move(request);
}

}  // namespace

Status SqliteDuties::addShift(const Shift& shift) {
    return writer_.change([&](Connection& writer) { insertShift(writer, shift); });
}

Status SqliteDuties::replaceShifts(std::string_view unit, Instant from, Instant to, std::span<const Shift> shifts) {
    return writer_.change([&](Connection& writer) {
        writer.statement("DELETE FROM roster_shifts WHERE unit = ? AND begins_at >= ? AND begins_at < ?")
            .run(unit, from, to);
        for (const Shift& shift : shifts) insertShift(writer, shift);
    });
}

Result<std::vector<Shift>> SqliteDuties::shifts(const std::optional<std::string>& unit, Instant from, Instant to,
                                                int most) {
    return readers_.read([&](Connection& reader) {
        Statement rows =
            reader.statement(select(kShiftColumns,
                                    "roster_shifts WHERE begins_at < ? AND ends_at > ? AND (? IS NULL OR unit = ?)"
                                    " ORDER BY begins_at, id LIMIT ?"));
        rows.query(to, from, unit, unit, most);
        std::vector<Shift> all;
        while (rows.step()) all.push_back(readShift(rows));
        return all;
    });
}

Status SqliteDuties::addSubstitution(const Substitution& one) {
    const auto added = writer_.write([&](Connection& writer) -> std::optional<Error> {
        if (any(writer, "account = ?", one.account, one)) return substitutionConflict(true);
        if (any(writer, "substitute = ?", one.account, one) || any(writer, "account = ?", one.substitute, one))
            return substitutionConflict(false);
        writer
            .statement(
                "INSERT INTO substitutions (id, account, substitute, begins_at, ends_at, named_by, named_at, ended_by)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
            .run(one.id, one.account, one.substitute, one.from, one.to, one.named_by, one.named_at, one.ended_by);
        return std::nullopt;
    });
    if (!added) return added.error();
    return *added ? Status{**added} : Status{Done{}};
}

Result<bool> SqliteDuties::endSubstitution(std::string_view id, Instant at, std::string_view by) {
    return writer_.write([&](Connection& writer) {
        writer
            .statement(
                "UPDATE substitutions SET ends_at = max(begins_at, ?), ended_by = ?"
                " WHERE id = ? AND ends_at > ? AND ends_at > begins_at")
            .run(at, by, id, at);
        return writer.changes() > 0;
    });
}

Result<std::vector<Substitution>> SqliteDuties::substitutions(Instant from, Instant to, int most) {
    return readers_.read([&](Connection& reader) {
        Statement rows = reader.statement(select(kSubstitutionColumns,
                                                 "substitutions WHERE begins_at < ? AND ends_at > ?"
                                                 " AND ends_at > begins_at ORDER BY begins_at, id LIMIT ?"));
        rows.query(to, from, most);
        std::vector<Substitution> all;
        while (rows.step()) all.push_back(readSubstitution(rows));
        return all;
    });
}

Result<std::optional<Substitution>> SqliteDuties::substitution(std::string_view id) {
    return readers_.read([&](Connection& reader) -> std::optional<Substitution> {
        Statement row = reader.statement(select(kSubstitutionColumns, "substitutions WHERE id = ?"));
        if (!row.query(id).step()) return std::nullopt;
        return readSubstitution(row);
    });
}

Status SqliteDuties::addRoleRequest(const RoleRequest& request) {
    return writer_.change([&](Connection& writer) {
        writer
            .statement(
                "INSERT INTO role_requests (id, account, role, unit, asked_at, state, decided_by, decided_at, sealed)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .run(request.id, request.account, domain::nameOf(request.role), request.unit, request.asked_at,
                 nameOf(request.state), request.decided_by, request.decided_at, Blob{sealWords(hub_key_, request)});
    });
}

Result<RoleRequest> SqliteDuties::settleRoleRequest(std::string_view id, RequestState state, std::string_view by,
                                                    Instant at, std::string_view answer) {
    auto settled = writer_.write([&](Connection& writer) {
        return settle(writer, hub_key_, id,
                      {.state = state, .decided_by = std::string{by}, .decided_at = at, .answer = std::string{answer}});
    });
    if (!settled) return std::move(settled).error();
    return *std::move(settled);
}

Result<std::vector<RoleRequest>> SqliteDuties::roleRequests(const RequestFilter& filter) {
    return readers_.read([&](Connection& reader) {
        const Conditions where = conditionsOf(filter);
        Statement rows =
            reader.statement(select(kRequestColumns, "role_requests" + where.sql() + " ORDER BY id DESC LIMIT ?"));
        for (const Conditions::Value& value : where.values())
            std::visit([&](const auto& one) { rows.bindNext(one); }, value);
        rows.bindNext(filter.most);
        std::vector<RoleRequest> all;
        while (rows.step()) all.push_back(readRequest(rows, hub_key_));
        return all;
    });
}

Result<std::optional<RoleRequest>> SqliteDuties::roleRequest(std::string_view id) {
    return readers_.read([&](Connection& reader) { return findRequest(reader, hub_key_, id); });
}

Result<std::vector<domain::Role>> SqliteDuties::rolesIn(std::string_view unit) {
    return readers_.read([&](Connection& reader) {
        Statement rows = reader.statement("SELECT DISTINCT roles FROM accounts WHERE unit = ? AND locked = 0");
        rows.query(unit);
        std::vector<domain::Role> all;
        while (rows.step())
            for (const domain::Role role : rolesOf(rows.bytes(0))) all = withRole(std::move(all), role);
        return all;
    });
}

std::vector<domain::Colleague> stoodForBy(Connection& connection, std::string_view account_id, Instant now) {
    Statement rows = connection.statement(
        "SELECT a.id, a.roles, a.unit FROM substitutions s JOIN accounts a ON a.id = s.account"
        " WHERE s.substitute = ? AND s.ends_at > ? AND s.begins_at <= ? AND a.locked = 0 ORDER BY a.id");
    rows.query(account_id, now, now);
    std::vector<domain::Colleague> all;
    while (rows.step()) all.push_back({.id = rows.text(0), .roles = rolesOf(rows.bytes(1)), .unit = rows.text(2)});
    return all;
}

}  // namespace pakn::store::sqlite

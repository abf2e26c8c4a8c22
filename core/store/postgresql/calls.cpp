#include "core/store/postgresql/calls.hpp"

#include "core/store/call_codec.hpp"
#include "core/store/postgresql/query.hpp"

namespace pakn::store::postgresql {

namespace {

/// `condition` with `?` for its values.
std::string select(std::string_view condition) {
    int places = 0;
    return std::string{"SELECT "}
        .append(kCallColumns)
        .append(" FROM calls c WHERE ")
        .append(numbered(condition, places));
}

std::optional<PhoneCall> known(Connection& connection, const security::HubKey& hub_key, const PhoneCall& told,
                               std::string_view lock = {}) {
    const Rows rows = connection.query(select(std::string{"c.connector = ? AND c.call_id = ?"}.append(lock)),
                                       told.connector, told.call_id);
    return rows.empty() ? std::nullopt : std::optional{readCall(rows[0], hub_key)};
}

std::vector<PhoneCall> all(const Rows& rows, const security::HubKey& hub_key) {
    std::vector<PhoneCall> calls;
    for (int i = 0; i < rows.count(); ++i) calls.push_back(readCall(rows[i], hub_key));
    return calls;
}

std::vector<std::string> ids(const Rows& rows) {
    std::vector<std::string> found;
    for (int i = 0; i < rows.count(); ++i) found.push_back(rows[i].text(0));
    return found;
}

/// False: another hub was faster, and the call is there by now.
bool insert(Connection& connection, const security::HubKey& hub_key, const PhoneCall& call) {
    static const std::string write =
        std::string{"INSERT INTO calls (id, connector, call_id, "}
            .append(kCallValues)
            .append(
                ") VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)"
                " ON CONFLICT (connector, call_id) DO NOTHING");
    return withCallValues(call, hub_key, [&](const auto&... values) {
        return connection.query(write, call.id, call.connector, call.call_id, values...).changed() == 1;
    });
}

void update(Connection& connection, const security::HubKey& hub_key, const PhoneCall& call) {
    static const std::string write = std::string{"UPDATE calls SET ("}
                                         .append(kCallValues)
                                         .append(
                                             ") = ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
                                             " WHERE id = $1");
    withCallValues(call, hub_key, [&](const auto&... values) { connection.query(write, call.id, values...); });
}

bool hasPetition(Connection& connection, const PhoneCall& call) {
    return !connection.query("SELECT 1 FROM petition_calls WHERE call IN ($1, $2) LIMIT 1", call.call_id, call.id)
                .empty();
}

PhoneCall put(Connection& connection, const security::HubKey& hub_key, const PhoneCall& told) {
    connection.query("BEGIN");
    try {
        PhoneCall after = told;
        // The row stays ours until the end, so that what two hubs hear of a call at the same time is not lost.
        if (!insert(connection, hub_key, told)) {
            const std::optional<PhoneCall> before = known(connection, hub_key, told, " FOR UPDATE OF c");
            if (!before) throw DamagedRow{"a call is there and is not"};
            after = merged(*before, told);
            if (!saysTheSame(*before, after)) update(connection, hub_key, after);
        }
        after.has_petition = hasPetition(connection, after);
        connection.query("COMMIT");
        return after;
    } catch (...) {
        connection.rollback();
        throw;
    }
}

}  // namespace

Result<PhoneCall> PostgresqlCalls::putCall(const PhoneCall& told) {
    // Most of what is told again changes nothing: that is no write.
    const auto before = readers_.run([&](Connection& reader) { return known(reader, hub_key_, told); }, true);
    if (!before) return before.error();
    if (*before && saysTheSame(**before, merged(**before, told))) return **before;
    return writers_.run([&](Connection& writer) { return put(writer, hub_key_, told); }, false);
}

Result<std::optional<PhoneCall>> PostgresqlCalls::call(std::string_view id) {
    return readers_.run(
        [&](Connection& reader) {
            const Rows rows = reader.query(select("c.id = ?"), id);
            return rows.empty() ? std::nullopt : std::optional{readCall(rows[0], hub_key_)};
        },
        true);
}

Result<Listing<PhoneCall>> PostgresqlCalls::calls(const CallFilter& filter, const Page& page) {
    return readers_.run(
        [&](Connection& reader) {
            const int limit = limitOf(page);
            Query query;
            query.sql("SELECT ").sql(kCallColumns).sql(" FROM calls c").where(conditionsOf(filter, page));
            query.sql(" ORDER BY c.sort_at DESC, c.id DESC LIMIT ").number(limit + 1);
            const Rows rows = query.run(reader);
            Listing<PhoneCall> listing;
            for (int i = 0; i < rows.count(); ++i) {
                if (i == limit) {
                    listing.next = cursorAfter(listing.items.back());
                    break;
                }
                listing.items.push_back(readCall(rows[i], hub_key_));
            }
            return listing;
        },
        true);
}

Result<std::vector<PhoneCall>> PostgresqlCalls::unrecordedCalls(std::string_view connector, Instant since,
                                                                bool petition, int most) {
    return readers_.run(
        [&](Connection& reader) {
            const std::string asked = select(std::string{kUnrecorded}
                                                 .append(petition ? kHasPetition : "")
                                                 .append(" ORDER BY c.ended_at, c.id LIMIT ?"));
            return all(reader.query(asked, connector, since, most), hub_key_);
        },
        true);
}

Result<std::vector<PhoneCall>> PostgresqlCalls::callsOf(std::string_view petition_id) {
    return readers_.run(
        [&](Connection& reader) {
            return all(reader.query(select(kCallsOfPetition), petition_id, petition_id), hub_key_);
        },
        true);
}

Result<std::vector<std::string>> PostgresqlCalls::petitionsOf(const PhoneCall& call) {
    return readers_.run(
        [&](Connection& reader) {
            return ids(
                reader.query("SELECT DISTINCT petition_id FROM petition_calls WHERE call IN ($1, $2)"
                             " ORDER BY petition_id LIMIT 100",
                             call.call_id, call.id));
        },
        true);
}

Result<std::vector<std::string>> PostgresqlCalls::petitionsOfPhone(std::string_view phone, int most) {
    return readers_.run(
        [&](Connection& reader) {
            return ids(
                reader.query("SELECT p.id FROM persons k JOIN petitions p ON p.id = k.petition_id"
                             " WHERE k.phone_index = $1"
                             " ORDER BY p.finished, p.received_at DESC, p.id DESC LIMIT $2",
                             phoneIndex(hub_key_, phone), most));
        },
        true);
}

}  // namespace pakn::store::postgresql

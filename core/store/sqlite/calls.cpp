#include "core/store/sqlite/calls.hpp"

#include "core/store/call_codec.hpp"

namespace pakn::store::sqlite {

namespace {

std::string select(std::string_view condition) {
    return std::string{"SELECT "}.append(kCallColumns).append(" FROM calls c WHERE ").append(condition);
}

std::optional<PhoneCall> known(Connection& connection, const security::HubKey& hub_key, const PhoneCall& told) {
    static const std::string one = select("c.connector = ? AND c.call_id = ?");
    Statement row = connection.statement(one);
    if (!row.query(told.connector, told.call_id).step()) return std::nullopt;
    return readCall(row, hub_key);
}

std::vector<PhoneCall> all(Statement& rows, const security::HubKey& hub_key) {
    std::vector<PhoneCall> calls;
    while (rows.step()) calls.push_back(readCall(rows, hub_key));
    return calls;
}

std::vector<std::string> ids(Statement& rows) {
    std::vector<std::string> found;
    while (rows.step()) found.push_back(rows.text(0));
    return found;
}

PhoneCall put(Connection& connection, const security::HubKey& hub_key, const PhoneCall& told) {
    const std::optional<PhoneCall> before = known(connection, hub_key, told);
    PhoneCall after = before ? merged(*before, told) : told;
    if (before && saysTheSame(*before, after)) return *before;
    static const std::string write =
        std::string{"INSERT INTO calls (id, connector, call_id, "}
            .append(kCallValues)
            .append(
                ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (connector, call_id) DO UPDATE SET sealed = excluded.sealed,"
                " phone_index = excluded.phone_index, agent = excluded.agent, result = excluded.result,"
                " started_at = excluded.started_at, answered_at = excluded.answered_at, ended_at = excluded.ended_at,"
                " recording = excluded.recording, recording_type = excluded.recording_type,"
                " recording_size = excluded.recording_size, no_recording = excluded.no_recording,"
                " updated_at = excluded.updated_at, sort_at = excluded.sort_at");
    withCallValues(after, hub_key, [&](const auto&... values) {
        connection.statement(write).run(after.id, after.connector, after.call_id, values...);
    });
    Statement linked = connection.statement("SELECT 1 FROM petition_calls WHERE call IN (?, ?) LIMIT 1");
    after.has_petition = linked.query(after.call_id, after.id).step();
    return after;
}

}  // namespace

Result<PhoneCall> SqliteCalls::putCall(const PhoneCall& told) {
    // Most of what is told again changes nothing: nobody waits for the writer then.
    const auto before = readers_.read([&](Connection& reader) { return known(reader, hub_key_, told); });
    if (!before) return before.error();
    if (*before && saysTheSame(**before, merged(**before, told))) return **before;
    return writer_.write([&](Connection& writer) { return put(writer, hub_key_, told); });
}

Result<std::optional<PhoneCall>> SqliteCalls::call(std::string_view id) {
    return readers_.read([&](Connection& reader) -> std::optional<PhoneCall> {
        static const std::string one = select("c.id = ?");
        Statement row = reader.statement(one);
        if (!row.query(id).step()) return std::nullopt;
        return readCall(row, hub_key_);
    });
}

Result<Listing<PhoneCall>> SqliteCalls::calls(const CallFilter& filter, const Page& page) {
    return readers_.read([&](Connection& reader) {
        const int limit = limitOf(page);
        const Conditions where = conditionsOf(filter, page);
        Statement rows = reader.statement(std::string{"SELECT "}
                                              .append(kCallColumns)
                                              .append(" FROM calls c")
                                              .append(where.sql())
                                              .append(" ORDER BY c.sort_at DESC, c.id DESC LIMIT ?"));
        for (const Conditions::Value& value : where.values())
            std::visit([&](const auto& one) { rows.bindNext(one); }, value);
        rows.bindNext(limit + 1);
        Listing<PhoneCall> listing;
        while (rows.step()) {
            if (listing.items.size() == static_cast<std::size_t>(limit)) {
                listing.next = cursorAfter(listing.items.back());
                break;
            }
            listing.items.push_back(readCall(rows, hub_key_));
        }
        return listing;
    });
}

Result<std::vector<PhoneCall>> SqliteCalls::unrecordedCalls(std::string_view connector, Instant since, bool petition,
                                                            int most) {
    return readers_.read([&](Connection& reader) {
        Statement rows = reader.statement(select(std::string{kUnrecorded}
                                                     .append(petition ? kHasPetition : "")
                                                     .append(" ORDER BY c.ended_at, c.id LIMIT ?")));
        rows.query(connector, since, most);
        return all(rows, hub_key_);
    });
}

Result<std::vector<PhoneCall>> SqliteCalls::callsOf(std::string_view petition_id) {
    return readers_.read([&](Connection& reader) {
        static const std::string of = select(kCallsOfPetition);
        Statement rows = reader.statement(of);
        rows.query(petition_id, petition_id);
        return all(rows, hub_key_);
    });
}

Result<std::vector<std::string>> SqliteCalls::petitionsOf(const PhoneCall& call) {
    return readers_.read([&](Connection& reader) {
        Statement rows = reader.statement(
            "SELECT DISTINCT petition_id FROM petition_calls WHERE call IN (?, ?) ORDER BY petition_id LIMIT 100");
        rows.query(call.call_id, call.id);
        return ids(rows);
    });
}

Result<std::vector<std::string>> SqliteCalls::petitionsOfPhone(std::string_view phone, int most) {
    return readers_.read([&](Connection& reader) {
        Statement rows = reader.statement(
            "SELECT p.id FROM persons k CROSS JOIN petitions p ON p.id = k.petition_id WHERE k.phone_index = ?"
            " ORDER BY p.finished, p.received_at DESC, p.id DESC LIMIT ?");
        rows.query(phoneIndex(hub_key_, phone), most);
        return ids(rows);
    });
}

}  // namespace pakn::store::sqlite

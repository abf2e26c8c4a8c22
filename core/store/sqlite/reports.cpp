#include "core/store/sqlite/reports.hpp"

#include "core/store/followed_petition.hpp"
#include "core/store/report_reader.hpp"
#include "core/store/report_writer.hpp"

namespace pakn::store::sqlite {

namespace {

/// How reports see this database.
class Db {
public:
    static constexpr std::string_view kSearched =
        "search_index CROSS JOIN report_petitions r ON r.doc = search_index.rowid";
    static constexpr std::string_view kDocs = "search_index.rowid FROM search_index";
    static constexpr std::string_view kMatches = "search_index MATCH ?";
    static constexpr std::string_view kBehindDoc = "search_index.rowid > ?";
    static constexpr std::string_view kByDoc = " ORDER BY search_index.rowid";
    static std::string query(const SearchWords::Query& query) { return fts5Query(query); }

    Db(Connection& connection, const security::HubKey& hub_key) : connection_{connection}, words_{hub_key} {}

    SearchWords& words() { return words_; }

    template <class Each>
    void each(const Sql& sql, Each each) {
        Statement rows = connection_.statement(sql.text);
        for (const Conditions::Value& value : sql.values)
            std::visit([&](const auto& one) { rows.bindNext(one); }, value);
        while (rows.step()) each(rows);
    }
    template <class... Values>
    void put(std::string_view sql, const Values&... values) {
        connection_.statement(sql).run(values...);
    }
    void putWords(std::int64_t doc, const std::vector<std::string>& tokens) {
        const std::string words = packed(tokens);
        std::string before;
        {
            Statement row = connection_.statement("SELECT words FROM search_documents WHERE doc = ?");
            if (row.query(doc).step()) before = row.text(0);
        }
        if (words == before) return;
        // An index without texts has to be told what it forgets.
        if (!before.empty())
            put("INSERT INTO search_index (search_index, rowid, words) VALUES ('delete', ?, ?)", doc, spaced(before));
        if (words.empty()) return put("DELETE FROM search_documents WHERE doc = ?", doc);
        put("INSERT INTO search_index (rowid, words) VALUES (?, ?)", doc, spaced(words));
        put("INSERT INTO search_documents (doc, words) VALUES (?, ?)"
            " ON CONFLICT (doc) DO UPDATE SET words = excluded.words",
            doc, Blob{words});
    }

private:
    Connection& connection_;
    SearchWords words_;
};

std::optional<FollowedPetition> followedOne(Connection& connection, const security::HubKey& hub_key,
                                            const std::string& id, std::span<const std::string_view> kinds) {
    Statement person = connection.statement(
        "SELECT wrapped_key, sealed, coalesce(phone_index, ''), coalesce(citizen_index, '') FROM persons"
        " WHERE petition_id = ?");
    if (!person.query(id).step()) return std::nullopt;
    FollowedBuilder builder{id, openDataKey(hub_key, id, person.bytes(0)), kinds};
    Statement rows = connection.statement(
        "SELECT e.seq, e.id, e.version, e.at, e.kind, e.actor, e.role, e.config_hash, p.sealed"
        " FROM events e LEFT JOIN payloads p ON p.seq = e.seq WHERE e.petition_id = ? ORDER BY e.version");
    rows.query(id);
    while (rows.step()) builder.add(rows);
    return std::move(builder).finish(person.bytes(1), person.bytes(2), person.bytes(3));
}

}  // namespace

JournalSlice journalAfter(Connection& connection, std::int64_t position, int limit) {
    // One writes at a time: numbers are committed in their order.
    Statement rows = connection.statement("SELECT seq, petition_id FROM events WHERE seq > ? ORDER BY seq LIMIT ?");
    rows.query(position, limit);
    JournalSlice slice{.position = position};
    while (rows.step()) {
        slice.position = rows.integer(0);
        slice.petitions.push_back(rows.text(1));
    }
    slice.full = slice.petitions.size() == static_cast<std::size_t>(limit);
    std::sort(slice.petitions.begin(), slice.petitions.end());
    slice.petitions.erase(std::unique(slice.petitions.begin(), slice.petitions.end()), slice.petitions.end());
    return slice;
}

std::vector<FollowedPetition> followed(Connection& connection, const security::HubKey& hub_key,
                                       std::span<const std::string> ids, std::span<const std::string_view> kinds) {
    std::vector<FollowedPetition> found;
    for (const std::string& id : ids)
        if (auto one = followedOne(connection, hub_key, id, kinds)) found.push_back(std::move(*one));
    return found;
}

std::int64_t followerPosition(Connection& connection, const std::string& follower) {
    Statement row = connection.statement("SELECT position FROM followers WHERE name = ?");
    return row.query(follower).step() ? row.integer(0) : 0;
}

FollowerState followerState(Connection& connection, const std::string& follower) {
    FollowerState state{.position = followerPosition(connection, follower)};
    Statement rest = connection.statement(
        "SELECT count(*), min(at) FROM (SELECT at FROM events WHERE seq > ? ORDER BY seq LIMIT ?)");
    rest.query(state.position, FollowerState::kMostCounted).step();
    state.behind = rest.integer(0);
    state.oldest_at = rest.maybeInstant(1);
    return state;
}

bool keepReports(Connection& connection, const security::HubKey& hub_key, const std::string& follower,
                 std::int64_t from, std::int64_t to, std::span<const ReportRow> rows,
                 const std::vector<std::vector<std::string>>& tokens, std::span<const std::string> gone) {
    connection.statement("INSERT INTO followers (name, position) VALUES (?, 0) ON CONFLICT (name) DO NOTHING")
        .run(follower);
    connection.statement("UPDATE followers SET position = ? WHERE name = ? AND position = ?").run(to, follower, from);
    if (connection.changes() == 0) return false;
    Db db{connection, hub_key};
    writeReports(db, rows, tokens, gone);
    return true;
}

void resetReports(Connection& connection, const std::string& follower) {
    for (const std::string_view table : kReportTables)
        connection.execute(("DELETE FROM " + std::string{table}).c_str());
    connection.execute("INSERT INTO search_index (search_index) VALUES ('delete-all')");
    connection.statement("DELETE FROM followers WHERE name = ?").run(follower);
}

std::vector<Tally> tally(Connection& connection, const security::HubKey& hub_key, Measure measure, Grouping by,
                         const ReportFilter& filter, Instant now) {
    Db db{connection, hub_key};
    return readTally(db, measure, by, filter, now);
}

Listing<ShownLine> shown(Connection& connection, const security::HubKey& hub_key, const ShownFilter& filter,
                         const Page& page) {
    Db db{connection, hub_key};
    return listShown(db, filter, page);
}

Listing<ReportRow> reportLines(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                               const Page& page, Instant now) {
    Db db{connection, hub_key};
    return listReports(db, filter, page, now);
}

Listing<SenderLine> senders(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                            const Page& page, Instant now) {
    Db db{connection, hub_key};
    return listSenders(db, filter, page, now);
}

}  // namespace pakn::store::sqlite

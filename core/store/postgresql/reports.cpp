#include "core/store/postgresql/reports.hpp"

#include "core/store/followed_petition.hpp"
#include "core/store/postgresql/query.hpp"
#include "core/store/report_reader.hpp"
#include "core/store/report_writer.hpp"

namespace pakn::store::postgresql {

namespace {

/// How reports see this database. What is put goes out with the next look at rows, or with settle().
class Db {
public:
    static constexpr std::string_view kSearched = "search_documents s JOIN report_petitions r ON r.doc = s.doc";
    static constexpr std::string_view kDocs = "s.doc FROM search_documents s";
    static constexpr std::string_view kMatches = "s.words @@ CAST(? AS tsquery)";
    static constexpr std::string_view kBehindDoc = "s.doc > ?";
    static constexpr std::string_view kByDoc = " ORDER BY s.doc";
    static std::string query(const SearchWords::Query& query) { return tsQuery(query); }

    Db(Connection& connection, const security::HubKey& hub_key) : connection_{connection}, words_{hub_key} {}

    SearchWords& words() { return words_; }

    template <class Each>
    void each(const Sql& sql, Each each) {
        Parameters parameters;
        for (const Conditions::Value& value : sql.values)
            std::visit([&](const auto& one) { parameters.add(one); }, value);
        int places = 0;
        connection_.queueOnce(numbered(sql.text, places), parameters);
        const Rows rows = connection_.run();
        for (int i = 0; i < rows.count(); ++i) each(rows[i]);
    }
    template <class... Values>
    void put(std::string_view sql, const Values&... values) {
        constexpr int kMostQueued = 200;
        int places = 0;
        connection_.queue(numbered(sql, places), Parameters{values...});
        if (++queued_ == kMostQueued) settle();
    }
    void putWords(std::int64_t doc, const std::vector<std::string>& tokens) {
        if (tokens.empty()) return put("DELETE FROM search_documents WHERE doc = ?", doc);
        put("INSERT INTO search_documents (doc, words) VALUES (?, CAST(? AS tsvector)) ON CONFLICT (doc)"
            " DO UPDATE SET words = excluded.words WHERE search_documents.words <> excluded.words",
            doc, tsVector(tokens));
    }
    void settle() {
        connection_.run();
        queued_ = 0;
    }

private:
    Connection& connection_;
    SearchWords words_;
    int queued_ = 0;
};

Parameters arrayOf(std::span<const std::string> texts) {
    Batch batch;
    for (const std::string& one : texts) batch.add(one);
    return batch.take();
}

}  // namespace

JournalSlice journalAfter(Connection& connection, Horizon& horizon, std::int64_t position, int limit) {
    const std::int64_t complete = horizon.look(connection);
    const Rows rows =
        connection.query("SELECT seq, petition_id FROM events WHERE seq > $1 AND seq <= $2 ORDER BY seq LIMIT $3",
                         position, complete, limit);
    JournalSlice slice{.position = position};
    for (int i = 0; i < rows.count(); ++i) {
        slice.position = rows[i].integer(0);
        slice.petitions.push_back(rows[i].text(1));
    }
    slice.full = slice.petitions.size() == static_cast<std::size_t>(limit);
    std::sort(slice.petitions.begin(), slice.petitions.end());
    slice.petitions.erase(std::unique(slice.petitions.begin(), slice.petitions.end()), slice.petitions.end());
    return slice;
}

std::vector<FollowedPetition> followed(Connection& connection, const security::HubKey& hub_key,
                                       std::span<const std::string> ids, std::span<const std::string_view> kinds) {
    if (ids.empty()) return {};
    connection.queue(
        "SELECT e.seq, e.id, e.version, e.at, e.kind, e.actor, e.role, e.config_hash, p.sealed, k.wrapped_key, "
        "k.sealed,"
        " coalesce(k.phone_index, ''), coalesce(k.citizen_index, ''), e.petition_id"
        " FROM persons k JOIN events e ON e.petition_id = k.petition_id LEFT JOIN payloads p ON p.seq = e.seq"
        " WHERE k.petition_id = ANY ($1) ORDER BY e.petition_id, e.version",
        arrayOf(ids));
    const Rows rows = connection.run();
    std::vector<FollowedPetition> found;
    for (int i = 0; i < rows.count();) {
        const std::string id = rows[i].text(13);
        const Row person = rows[i];
        FollowedBuilder builder{id, openDataKey(hub_key, id, person.bytes(9)), kinds};
        for (; i < rows.count() && rows[i].bytes(13) == id; ++i) builder.add(rows[i]);
        found.push_back(std::move(builder).finish(person.bytes(10), person.bytes(11), person.bytes(12)));
    }
    return found;
}

std::int64_t followerPosition(Connection& connection, const std::string& follower) {
    const Rows place = connection.query("SELECT position FROM followers WHERE name = $1", follower);
    return place.empty() ? 0 : place[0].integer(0);
}

FollowerState followerState(Connection& connection, const std::string& follower) {
    FollowerState state{.position = followerPosition(connection, follower)};
    const Rows rest =
        connection.query("SELECT count(*), min(at) FROM (SELECT at FROM events WHERE seq > $1 ORDER BY seq LIMIT $2) e",
                         state.position, FollowerState::kMostCounted);
    state.behind = rest[0].integer(0);
    state.oldest_at = rest[0].maybeInstant(1);
    return state;
}

bool keepReports(Connection& connection, const security::HubKey& hub_key, const std::string& follower,
                 std::int64_t from, std::int64_t to, std::span<const ReportRow> rows,
                 const std::vector<std::vector<std::string>>& tokens, std::span<const std::string> gone) {
    connection.query("INSERT INTO followers (name, position) VALUES ($1, 0) ON CONFLICT (name) DO NOTHING", follower);
    if (connection.query("UPDATE followers SET position = $1 WHERE name = $2 AND position = $3", to, follower, from)
            .changed() == 0)
        return false;
    Db db{connection, hub_key};
    writeReports(db, rows, tokens, gone);
    db.settle();
    return true;
}

void resetReports(Connection& connection, const std::string& follower) {
    // Whoever follows finishes its batch first.
    connection.query("DELETE FROM followers WHERE name = $1", follower);
    for (const std::string_view table : kReportTables) connection.query("DELETE FROM " + std::string{table});
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

}  // namespace pakn::store::postgresql

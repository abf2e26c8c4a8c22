#include "core/store/sqlite/notices.hpp"

#include "core/store/conditions.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store::sqlite {

namespace {

void bind(Statement& statement, const Conditions& where) {
    for (const Conditions::Value& value : where.values())
        std::visit([&](const auto& one) { statement.bindNext(one); }, value);
}

}  // namespace

Listing<NoticeItem> listNotices(Connection& connection, const security::HubKey& hub_key, const NoticeFilter& filter,
                                const Page& page) {
    const int limit = limitOf(page);
    std::vector<NoticeItem> found;
    for (const std::string& reader : readersOf(filter)) {
        const Conditions where = conditionsOf(filter, reader, page);
        Statement rows = connection.statement(std::string{kNoticesRead} + "?" + where.sql() +
                                              " ORDER BY n.at DESC, n.id DESC LIMIT ?");
        rows.bindNext(filter.account);
        bind(rows, where);
        rows.bindNext(limit + 1);
        while (rows.step()) found.push_back(readNotice(rows, hub_key));
    }
    return newestOf(std::move(found), limit);
}

std::int64_t countNotices(Connection& connection, const NoticeFilter& filter, int most) {
    std::int64_t count = 0;
    for (const std::string& reader : readersOf(filter)) {
        const Conditions where = conditionsOf(filter, reader, {});
        Statement row =
            connection.statement("SELECT count(*) FROM (SELECT 1 FROM notices n" + where.sql() + " LIMIT ?)");
        bind(row, where);
        row.bindNext(most);
        if (row.step()) count += row.integer(0);
    }
    return std::min<std::int64_t>(count, most);
}

std::int64_t markNotices(Connection& connection, const NoticeFilter& filter, const std::vector<std::string>& ids,
                         Instant now) {
    std::int64_t marked = 0;
    for (const std::string& reader : readersOf(filter)) {
        Conditions where = conditionsOf(filter, reader, {});
        if (!ids.empty()) where.addIn("n.id", ids);
        Statement rows = connection.statement(
            "INSERT OR IGNORE INTO notices_read (account, notice, at) SELECT ?, n.id, ?"
            " FROM notices n" +
            where.sql() + " ORDER BY n.at DESC LIMIT ?");
        rows.bindNext(filter.account);
        rows.bindNext(now);
        bind(rows, where);
        rows.bindNext(kMostMarkedAtOnce);
        while (rows.step()) {
        }
        marked += connection.changes();
    }
    return marked;
}

}  // namespace pakn::store::sqlite

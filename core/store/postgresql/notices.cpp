#include "core/store/postgresql/notices.hpp"

#include "core/store/postgresql/query.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store::postgresql {

Listing<NoticeItem> listNotices(Connection& connection, const security::HubKey& hub_key, const NoticeFilter& filter,
                                const Page& page) {
    const int limit = limitOf(page);
    std::vector<NoticeItem> found;
    for (const std::string& reader : readersOf(filter)) {
        Query query;
        query.sql(kNoticesRead).text(filter.account).where(conditionsOf(filter, reader, page));
        const Rows rows = query.sql(" ORDER BY n.at DESC, n.id DESC LIMIT ").number(limit + 1).run(connection);
        for (int i = 0; i < rows.count(); ++i) found.push_back(readNotice(rows[i], hub_key));
    }
    return newestOf(std::move(found), limit);
}

std::int64_t countNotices(Connection& connection, const NoticeFilter& filter, int most) {
    std::int64_t count = 0;
    for (const std::string& reader : readersOf(filter)) {
        Query query;
        query.sql("SELECT count(*) FROM (SELECT 1 FROM notices n").where(conditionsOf(filter, reader, {}));
        count += query.sql(" LIMIT ").number(most).sql(") q").run(connection)[0].integer(0);
    }
    return std::min<std::int64_t>(count, most);
}

std::int64_t markNotices(Connection& connection, const NoticeFilter& filter, const std::vector<std::string>& ids,
                         Instant now) {
    std::int64_t marked = 0;
    for (const std::string& reader : readersOf(filter)) {
        Conditions where = conditionsOf(filter, reader, {});
        if (!ids.empty()) where.addIn("n.id", ids);
        Query query;
        query.sql("INSERT INTO notices_read (account, notice, at) SELECT ").text(filter.account).sql(", n.id, ");
        query.number(millis(now)).sql(" FROM notices n").where(where);
        query.sql(" ORDER BY n.at DESC LIMIT ").number(kMostMarkedAtOnce);
        marked += query.sql(" ON CONFLICT DO NOTHING RETURNING notice").run(connection).count();
    }
    return marked;
}

}  // namespace pakn::store::postgresql

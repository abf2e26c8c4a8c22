#include "core/store/postgresql/knowledge.hpp"

#include "core/store/article_rows.hpp"
#include "core/store/postgresql/query.hpp"

namespace pakn::store::postgresql {

namespace {

const std::string kSelect = std::string{"SELECT "}.append(kArticleColumns).append(" FROM knowledge k");

}  // namespace

bool insertArticle(Connection& connection, const Article& article) {
    // Whoever else writes the same version at the same moment finds it there.
    return connection
               .query(
                   "INSERT INTO knowledge (id, version, title, content, category, unit, valid_from, valid_to, at, "
                   "actor,"
                   " words) SELECT $1, $2::bigint, $3, $4, $5, $6, $7, $8, $9::bigint, $10, $11"
                   " WHERE (SELECT coalesce(max(version), 0) FROM knowledge WHERE id = $1) = $2::bigint - 1"
                   " ON CONFLICT (id, version) DO NOTHING",
                   article.id, std::int64_t{article.version}, article.title, article.text, article.category,
                   article.unit, dayText(article.valid_from), dayText(article.valid_to), article.at, article.by,
                   articleWords(article))
               .changed() == 1;
}

std::optional<Article> findArticle(Connection& connection, std::string_view id, int version) {
    static const std::string one = kSelect +
                                   " WHERE k.id = $1 AND (k.version = $2::bigint OR $2::bigint = 0)"
                                   " ORDER BY k.version DESC LIMIT 1";
    const Rows rows = connection.query(one, id, std::int64_t{version});
    return rows.empty() ? std::nullopt : std::optional{readArticle(rows[0])};
}

std::vector<Article> articleVersions(Connection& connection, std::string_view id, int most) {
    static const std::string all = kSelect + " WHERE k.id = $1 ORDER BY k.version DESC LIMIT $2";
    const Rows rows = connection.query(all, id, std::int64_t{most});
    std::vector<Article> versions;
    for (int i = 0; i < rows.count(); ++i) versions.push_back(readArticle(rows[i]));
    return versions;
}

Listing<Article> listArticles(Connection& connection, const ArticleFilter& filter, const Page& page) {
    const int limit = limitOf(page);
    Query query;
    query.sql(kSelect).where(conditionsOf(filter, page));
    query.sql(" ORDER BY -k.at, k.id LIMIT ").number(limit + 1);
    const Rows rows = query.run(connection);
    Listing<Article> listing;
    for (int i = 0; i < rows.count(); ++i) {
        if (i == limit) {
            listing.next = cursorAfter(listing.items.back());
            break;
        }
        listing.items.push_back(readArticle(rows[i]));
    }
    return listing;
}

std::int64_t countArticles(Connection& connection) {
    return connection.query("SELECT count(*)::bigint FROM knowledge WHERE version = 1")[0].integer(0);
}

}  // namespace pakn::store::postgresql

#include "core/store/sqlite/knowledge.hpp"

#include "core/store/article_rows.hpp"

namespace pakn::store::sqlite {

namespace {

const std::string kSelect = std::string{"SELECT "}.append(kArticleColumns).append(" FROM knowledge k");

}  // namespace

bool insertArticle(Connection& connection, const Article& article) {
    connection
        .statement(
            "INSERT INTO knowledge (id, version, title, content, category, unit, valid_from, valid_to, at, actor, "
            "words)"
            " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11"
            " WHERE (SELECT coalesce(max(version), 0) FROM knowledge WHERE id = ?1) = ?2 - 1")
        .run(article.id, article.version, article.title, article.text, article.category, article.unit,
             dayText(article.valid_from), dayText(article.valid_to), article.at, article.by, articleWords(article));
    return connection.changes() == 1;
}

std::optional<Article> findArticle(Connection& connection, std::string_view id, int version) {
    static const std::string one = kSelect +
                                   " WHERE k.id = ?1 AND (k.version = ?2 OR ?2 = 0)"
                                   " ORDER BY k.version DESC LIMIT 1";
    Statement row = connection.statement(one);
    if (!row.query(id, version).step()) return std::nullopt;
    return readArticle(row);
}

std::vector<Article> articleVersions(Connection& connection, std::string_view id, int most) {
    static const std::string all = kSelect + " WHERE k.id = ? ORDER BY k.version DESC LIMIT ?";
    Statement rows = connection.statement(all);
    rows.query(id, most);
    std::vector<Article> versions;
    while (rows.step()) versions.push_back(readArticle(rows));
    return versions;
}

Listing<Article> listArticles(Connection& connection, const ArticleFilter& filter, const Page& page) {
    const int limit = limitOf(page);
    const Conditions where = conditionsOf(filter, page);
    Statement rows = connection.statement(kSelect + where.sql() + " ORDER BY -k.at, k.id LIMIT ?");
    for (const Conditions::Value& value : where.values())
        std::visit([&](const auto& one) { rows.bindNext(one); }, value);
    rows.bindNext(limit + 1);
    Listing<Article> listing;
    while (rows.step()) {
        if (listing.items.size() == static_cast<std::size_t>(limit)) {
            listing.next = cursorAfter(listing.items.back());
            break;
        }
        listing.items.push_back(readArticle(rows));
    }
    return listing;
}

std::int64_t countArticles(Connection& connection) {
    return connection.number("SELECT count(*) FROM knowledge WHERE version = 1");
}

}  // namespace pakn::store::sqlite

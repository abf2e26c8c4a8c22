#pragma once
/// @file
/// The knowledge base. Inside a transaction or a read of the caller. Throws SqliteError, DamagedRow, BadCursor.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/store/knowledge.hpp"
#include "core/store/sqlite/connection.hpp"

namespace pakn::store::sqlite {

/// False when the last version is not the one before.
bool insertArticle(Connection& connection, const Article& article);
/// That version; 0: the last one.
std::optional<Article> findArticle(Connection& connection, std::string_view id, int version);
std::vector<Article> articleVersions(Connection& connection, std::string_view id, int most);
Listing<Article> listArticles(Connection& connection, const ArticleFilter& filter, const Page& page);
std::int64_t countArticles(Connection& connection);

}  // namespace pakn::store::sqlite

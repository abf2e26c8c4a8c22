#pragma once
/// @file
/// What the rest of the edge asks of the knowledge base.

#include "core/http/exchange.hpp"

namespace pakn::http {

/// The last version of an article that is valid today, for an answer that is written from it; a `text` of no words
/// becomes the article's. "action.article_unknown", "action.article_expired".
Result<domain::ArticleRef> offeredArticle(const Call& call, const std::string& id, std::string& text);

}  // namespace pakn::http

/// @file
/// The knowledge base: articles that the Centre answers from, searched by whoever works on petitions and edited by the
/// Centre's people. An edit is a new version; none is ever removed.

#include <algorithm>

#include "core/domain/text.hpp"
#include "core/http/case_access.hpp"
#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/json_reader.hpp"
#include "core/http/knowledge.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

using store::Article;

constexpr std::size_t kLongestId = 64;
constexpr std::size_t kLongestTitle = 300;  ///< Code points, as the text.
constexpr std::size_t kLongestText = 20000;
constexpr std::size_t kExcerpt = 200;
constexpr std::int64_t kMostArticles = 10'000;
constexpr int kMostVersions = 200;  ///< Of a list.

/// What somebody writes of an article.
struct Written {
    std::string title;
    std::string text;
    std::string category;
    std::string unit;
    std::optional<domain::Date> valid_from;
    std::optional<domain::Date> valid_to;
};

template <std::optional<domain::Date> Written::*Member>
Status readDay(Written& target, json::Element value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return problemError("request.field_type");
    target.*Member = domain::parseDate(text);
    return (target.*Member) ? Status{Done{}} : Status{problemError("petition.field_invalid")};
}

constexpr json::Rule<Written> kFields[] = {
    json::nfcText<Written, &Written::title>("title"),    json::nfcText<Written, &Written::text>("text"),
    json::text<Written, &Written::category>("category"), json::text<Written, &Written::unit>("unit"),
    {"valid_from", &readDay<&Written::valid_from>},      {"valid_to", &readDay<&Written::valid_to>},
};

bool isArticleId(std::string_view id) {
    return !id.empty() && id.size() <= kLongestId && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
    });
}

bool mayEdit(const Call& call) {
    const domain::Actor actor = call.account().actor();
    return actor.has(domain::Role::kDispatcher) || actor.has(domain::Role::kAdmin);
}

/// The article as it was written; what is wrong with it otherwise.
Result<Article> articleFrom(const Call& call, const Written& written) {
    Article article{.id = call.parameters[0],
                    .title = std::string{domain::trimmed(written.title)},
                    .text = std::string{domain::trimmed(written.text)},
                    .category = written.category,
                    .unit = written.unit,
                    .valid_from = written.valid_from,
                    .valid_to = written.valid_to,
                    .at = call.now,
                    .by = call.account().id};
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    if (!isArticleId(article.id)) return problemError("knowledge.id_invalid");
    if (article.title.empty()) return problemError("knowledge.title_missing", "/title");
    if (article.text.empty()) return problemError("knowledge.text_missing", "/text");
    if (domain::codePoints(article.title) > kLongestTitle) return problemError("petition.field_too_long", "/title");
    if (domain::codePoints(article.text) > kLongestText) return problemError("petition.field_too_long", "/text");
    if (!article.category.empty() && !rules->category(article.category))
        return problemError("knowledge.category_unknown", "/category");
    if (!article.unit.empty() && !rules->unit(article.unit)) return problemError("action.unit_unknown", "/unit");
    if (article.valid_from && article.valid_to && *article.valid_to < *article.valid_from)
        return problemError("knowledge.period_invalid", "/valid_to");
    return article;
}

void writeDay(JsonWriter& json, std::string_view name, const std::optional<domain::Date>& day) {
    json.fieldOrNull(name, day ? domain::formatDate(*day) : std::string{});
}

void writeArticle(JsonWriter& json, const Article& article, const Call& call, Names& names, bool whole) {
    json.beginObject();
    json.field("id", article.id);
    json.field("version", article.version);
    json.field("title", article.title);
    if (whole)
        json.field("text", article.text);
    else
        json.field("excerpt", domain::firstCodePoints(article.text, kExcerpt));
    json.fieldOrNull("category", article.category);
    json.fieldOrNull("category_name", names.category(article.category));
    json.fieldOrNull("unit", article.unit);
    json.fieldOrNull("unit_name", names.unit(article.unit));
    writeDay(json, "valid_from", article.valid_from);
    writeDay(json, "valid_to", article.valid_to);
    json.field("valid", article.isValidOn(domain::localDate(call.now)));
    json.field("at", article.at);
    json.field("by", article.by);
    json.fieldOrNull("by_name", names.account(article.by));
    json.endObject();
}

Response articleResponse(const Call& call, const Article& article, int status) {
    Names names{call.hub()};
    JsonWriter json;
    writeArticle(json, article, call, names, true);
    return {.status = status, .body = json.take(), .headers = {{"ETag", '"' + std::to_string(article.version) + '"'}}};
}

/// Is this version to be written now? The answer otherwise; nothing when it is.
std::optional<Response> refusal(const Call& call, const std::optional<Article>& last, std::optional<int> expected) {
    if (expected && !last) return problemResponse("knowledge.not_found");
    if (expected && last->version != *expected) return problemResponse("knowledge.changed_meanwhile");
    if (!expected && last) return problemResponse("knowledge.exists");
    if (last) return std::nullopt;
    const Result<std::int64_t> count = call.hub().store().countArticles();
    if (!count) return problemResponse(count.error());
    if (*count >= kMostArticles) return problemResponse("knowledge.full");
    return std::nullopt;
}

}  // namespace

Result<domain::ArticleRef> offeredArticle(const Call& call, const std::string& id, std::string& text) {
    const Result<std::optional<Article>> found = call.hub().store().article(id, 0);
    if (!found) return found.error();
    if (!*found) return problemError("action.article_unknown", "/article");
    if (!(*found)->isValidOn(domain::localDate(call.now))) return problemError("action.article_expired", "/article");
    if (domain::trimmed(text).empty()) text = (*found)->text;
    return domain::ArticleRef{(*found)->id, (*found)->version};
}

Response listArticles(const Call& call) {
    const Result<Query> query =
        Query::parse(call.request.query, {"after", "limit", "text", "category", "unit", "expired"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const auto text = query->search("text");
    if (!text) return problemResponse(text.error());
    const Result<bool> expired = query->flag("expired");
    if (!expired) return problemResponse(expired.error());
    store::ArticleFilter filter{.text = *text, .category = query->text("category"), .unit = query->text("unit")};
    // What is not valid today is offered to nobody; whoever edits asks for it.
    if (!*expired) filter.on = domain::localDate(call.now);
    const Result<store::Listing<Article>> found = call.hub().store().articles(filter, *page);
    if (!found) return listProblem(found.error());
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const Article& one : found->items) writeArticle(json, one, call, names, false);
    json.endArray();
    json.fieldOrNull("next", found->next);
    json.endObject();
    return {.body = json.take()};
}

Response article(const Call& call) {
    const Result<std::optional<Article>> found = call.hub().store().article(call.parameters[0], 0);
    if (!found) return problemResponse(found.error());
    return *found ? articleResponse(call, **found, 200) : problemResponse("knowledge.not_found");
}

Response articleVersions(const Call& call) {
    const Result<std::vector<Article>> found = call.hub().store().articleVersions(call.parameters[0], kMostVersions);
    if (!found) return problemResponse(found.error());
    if (found->empty()) return problemResponse("knowledge.not_found");
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const Article& one : *found) writeArticle(json, one, call, names, true);
    json.endArray();
    json.null("next");
    json.endObject();
    return {.body = json.take()};
}

Response putArticle(const Call& call) {
    if (!mayEdit(call)) return problemResponse("role.insufficient");
    const Result<std::optional<int>> expected = expectedVersion(call.request.if_match);
    if (!expected) return problemResponse(expected.error());
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<Written> written = json::parseAs(call.request.body, kFields);
    if (!written) return problemResponse(written.error());
    Result<Article> article = articleFrom(call, *written);
    if (!article) return problemResponse(article.error());
    store::Store& store = call.hub().store();
    const Result<std::optional<Article>> last = store.article(article->id, 0);
    if (!last) return problemResponse(last.error());
    // The same once more, be it that the first answer was lost: no version that changes nothing.
    if (*last && (*last)->saysTheSameAs(*article)) return articleResponse(call, **last, 200);
    if (std::optional<Response> refused = refusal(call, *last, *expected)) return std::move(*refused);
    article->version = (*last ? (*last)->version : 0) + 1;
    if (const Status put = store.putArticle(*article); !put)
        return problemResponse(put.error().code == Errc::kConflict ? problemError("knowledge.changed_meanwhile")
                                                                   : put.error());
    return articleResponse(call, *article, article->version == 1 ? 201 : 200);
}

}  // namespace pakn::http

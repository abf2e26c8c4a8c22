#pragma once
/// @file
/// The part of the store's port that keeps the knowledge base: articles that the Centre answers from. They are public
/// knowledge, so nothing here is sealed. Every edit is a version of its own, and none is ever removed: a petition names
/// the version it was answered from.
///
/// Errors of every call: those of store.hpp.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/civil_time.hpp"
#include "core/store/page.hpp"
#include "core/store/reports.hpp"

namespace pakn::store {

/// One version of an article.
struct Article {
    std::string id = {};
    int version = 0;  ///< From 1.
    std::string title = {};
    std::string text = {};
    std::string category = {};                    ///< May be empty, as the unit.
    std::string unit = {};                        ///< Whose knowledge it is.
    std::optional<domain::Date> valid_from = {};  ///< First day; absent: always.
    std::optional<domain::Date> valid_to = {};    ///< Last day; absent: for good.
    Instant at = {};                              ///< Of this version.
    std::string by = {};                          ///< Account id of who wrote it.

    [[nodiscard]] bool isValidOn(domain::Date day) const {
        return (!valid_from || *valid_from <= day) && (!valid_to || day <= *valid_to);
    }
    /// Do both say the same, whoever wrote it and when?
    [[nodiscard]] bool saysTheSameAs(const Article& other) const {
        return id == other.id && title == other.title && text == other.text && category == other.category &&
               unit == other.unit && valid_from == other.valid_from && valid_to == other.valid_to;
    }
};

/// Which articles; everything that is set must hold.
struct ArticleFilter {
    std::optional<std::vector<Phrase>> text = {};  ///< All of these in title or text; none: nothing is found.
    std::string category = {};
    std::string unit = {};
    std::optional<domain::Date> on = {};  ///< Valid on that day.
};

/// Safe from any thread.
class Knowledge {
public:
    virtual ~Knowledge() = default;

    /// Writes a version of an article behind the last one; durable when it returns. kConflict when the last one is not
    /// `version` - 1: somebody else was faster, or there is (no) such article.
    virtual Status putArticle(const Article& article) = 0;
    /// That version; 0: the last one.
    virtual Result<std::optional<Article>> article(std::string_view id, int version) = 0;
    /// The last `most` versions, the newest first.
    virtual Result<std::vector<Article>> articleVersions(std::string_view id, int most) = 0;
    /// The last version of each, that which was written last first; then by id.
    virtual Result<Listing<Article>> articles(const ArticleFilter& filter, const Page& page) = 0;
    virtual Result<std::int64_t> countArticles() = 0;
};

}  // namespace pakn::store

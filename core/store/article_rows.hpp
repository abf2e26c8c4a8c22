#pragma once
/// @file
/// Private to the store: articles of the knowledge base as they lie in rows, for every adapter.

#include "core/domain/text.hpp"
#include "core/store/conditions.hpp"
#include "core/store/knowledge.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store {

inline constexpr std::string_view kArticleColumns =
    "k.id, k.version, k.title, k.content, k.category, k.unit, k.valid_from, k.valid_to, k.at, k.actor";
/// The last version of each.
inline constexpr std::string_view kLastVersion =
    "NOT EXISTS (SELECT 1 FROM knowledge later WHERE later.id = k.id AND later.version > k.version)";

/// What words are looked for in: the title's and the text's, without accents and case, each between two blanks. No
/// phrase goes from the one into the other.
inline std::string articleWords(const Article& article) {
    return domain::fold(article.title) + domain::fold(article.text);
}

/// "2026-03-09", in whose order days stand; nothing for no day.
inline std::string dayText(const std::optional<domain::Date>& day) {
    return day ? domain::formatDate(*day) : std::string{};
}

/// Of a row of `knowledge k`. Throws BadCursor.
inline Conditions conditionsOf(const ArticleFilter& filter, const Page& page) {
    Conditions where;
    where.add(kLastVersion);
    if (filter.text) {
        if (filter.text->empty()) where.add("1 = 0");
        for (const Phrase& phrase : *filter.text) {
            std::string words{"% "};
            for (const std::string& word : phrase) words.append(word).append(" ");
            where.add("k.words LIKE ?", words + '%');  // Folded words hold no mark that LIKE knows.
        }
    }
    if (!filter.category.empty()) where.add("k.category = ?", filter.category);
    if (!filter.unit.empty()) where.add("k.unit = ?", filter.unit);
    if (filter.on) {
        const std::string day = domain::formatDate(*filter.on);
        where.add("k.valid_from <= ?", day);
        where.add("(k.valid_to = '' OR k.valid_to >= ?)", day);
    }
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(-k.at, k.id) > (?, ?)", -after.number(0), after.text(1));
    }
    return where;
}

inline std::string cursorAfter(const Article& last) { return makeCursor(millis(last.at), last.id); }

/// Columns: kArticleColumns. Throws DamagedRow.
template <class Row>
Article readArticle(const Row& row) {
    const auto day = [&](int column) -> std::optional<domain::Date> {
        const std::string text = row.text(column);
        if (text.empty()) return std::nullopt;
        const std::optional<domain::Date> found = domain::parseDate(text);
        if (!found) throw DamagedRow{"an article with a day that is none"};
        return found;
    };
    return {.id = row.text(0),
            .version = static_cast<int>(row.integer(1)),
            .title = row.text(2),
            .text = row.text(3),
            .category = row.text(4),
            .unit = row.text(5),
            .valid_from = day(6),
            .valid_to = day(7),
            .at = instant(row.integer(8)),
            .by = row.text(9)};
}

}  // namespace pakn::store

#pragma once
/// @file
/// Private to the store: what a list asks for, as a WHERE clause that both databases understand. `?` stands for a
/// value; texts from outside only ever become values.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/store/cursor.hpp"
#include "core/store/instants.hpp"
#include "core/store/store.hpp"

namespace pakn::store {

class Conditions {
public:
    using Value = std::variant<std::int64_t, std::string>;

    template <class... Values>
    void add(std::string_view condition, const Values&... values) {
        sql_ += sql_.empty() ? " WHERE " : " AND ";
        sql_ += condition;
        (values_.push_back(toValue(values)), ...);
    }
    /// `column` is one of these values.
    void addIn(std::string_view column, const std::vector<std::string>& any) {
        std::string condition{column};
        condition += " IN (";
        for (std::size_t i = 0; i < any.size(); ++i) condition += i == 0 ? "?" : ", ?";
        add(condition + ')');
        values_.insert(values_.end(), any.begin(), any.end());
    }
    /// `column` is none of these values; with none of them nothing is asked.
    void addNotIn(std::string_view column, const std::vector<std::string>& none) {
        if (!none.empty()) addIn(std::string{column}.append(" NOT"), none);
    }
    /// Conditions of a query within: `before`, its WHERE clause, `after`.
    void addNested(std::string_view before, const Conditions& within, std::string_view after) {
        add(std::string{before}.append(within.sql()).append(after));
        values_.insert(values_.end(), within.values().begin(), within.values().end());
    }
    [[nodiscard]] const std::string& sql() const { return sql_; }
    [[nodiscard]] const std::vector<Value>& values() const { return values_; }

private:
    static Value toValue(std::int64_t value) { return value; }
    static Value toValue(Instant value) { return millis(value); }
    static Value toValue(std::string_view value) { return std::string{value}; }

    std::string sql_;
    std::vector<Value> values_;
};

/// Number of lines of a page.
int limitOf(const Page& page);

/// Of a row of `petitions p`, with `petition_units u` beside it when the filter names a unit. Throws BadCursor.
Conditions conditionsOf(const PetitionFilter& filter, const Page& page, Instant now);
/// Of a row of `deliveries d`. Throws BadCursor.
Conditions conditionsOf(const DeliveryFilter& filter, const Page& page);
/// Of a row of `refused`. Throws BadCursor.
Conditions conditionsOf(const RefusedFilter& filter, const Page& page);
/// Of a row of `role_requests`.
Conditions conditionsOf(const security::RequestFilter& filter);
/// Of a row of `tasks` in one queue, after the cursor of three keys; but for the text.
Conditions conditionsOf(const TaskFilter& filter, const TaskFilter::Queue& queue, const std::optional<Cursor>& after);
/// Of a row of `notices n` of one reader. Throws BadCursor.
Conditions conditionsOf(const NoticeFilter& filter, const std::string& reader, const Page& page);
/// Whose notices a filter asks for, each once, as the column says it.
std::vector<std::string> readersOf(const NoticeFilter& filter);
/// A page of what was found for several readers, newest first.
Listing<NoticeItem> newestOf(std::vector<NoticeItem> found, int limit);
/// The queues of a filter, each once.
std::vector<TaskFilter::Queue> distinctQueues(const TaskFilter& filter);

}  // namespace pakn::store

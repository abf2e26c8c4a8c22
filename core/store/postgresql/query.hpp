#pragma once
/// @file
/// Queries put together at run time.

#include <string>
#include <string_view>

#include "core/store/conditions.hpp"
#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

/// `?` of a statement that both databases understand becomes $1, $2, … from `places` on.
inline std::string numbered(std::string_view text, int& places) {
    std::string sql;
    for (const char c : text) {
        if (c == '?')
            (sql += '$') += std::to_string(++places);
        else
            sql += c;
    }
    return sql;
}

class Query {
public:
    Query& sql(std::string_view text) {
        sql_ += text;
        return *this;
    }
    Query& where(const Conditions& conditions) {
        sql_ += numbered(conditions.sql(), places_);
        for (const Conditions::Value& value : conditions.values())
            std::visit([this](const auto& one) { parameters_.add(one); }, value);
        return *this;
    }
    Query& number(std::int64_t value) {
        parameters_.add(value);
        (sql_ += '$') += std::to_string(++places_);
        return *this;
    }
    /// A value, not a part of the statement.
    Query& text(std::string_view value) {
        parameters_.add(value);
        (sql_ += "CAST($") += std::to_string(++places_) + " AS text)";
        return *this;
    }
    [[nodiscard]] const std::string& text() const { return sql_; }
    Rows run(Connection& connection) const {
        connection.queueOnce(sql_, parameters_);
        return connection.run();
    }

private:
    std::string sql_;
    Parameters parameters_;
    int places_ = 0;
};

}  // namespace pakn::store::postgresql

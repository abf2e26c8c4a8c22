#pragma once
/// @file
/// Private to the store: how the words of a petition stand in the index. Each is the beginning of a keyed hash, so that
/// whoever has the database alone reads no text there, and two petitions are found by the same word all the same.

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "core/security/crypto.hpp"
#include "core/store/reports.hpp"

namespace pakn::store {

/// One thread. Remembers the words it has seen.
class SearchWords {
public:
    explicit SearchWords(const security::HubKey& hub_key) : hub_key_{hub_key} {}

    /// The words of a petition in their order, and behind them whether it is open and who ever had it. Ten hex digits
    /// each.
    std::vector<std::string> tokensOf(const ReportRow& row);

    /// Which petitions a query looks at.
    enum class Part : std::uint8_t { kAny, kOpen, kFinished };
    /// The phrases of a query, each as tokens, with what it asks besides: the part, and any of these units (none: all).
    struct Query {
        std::vector<std::vector<std::string>> phrases;
        std::vector<std::string> any_of;
    };
    Query query(const std::vector<Phrase>& text, Part part, const std::vector<std::string>& held_by);

private:
    const std::string& token(char kind, std::string_view word);

    const security::HubKey& hub_key_;
    std::unordered_map<std::string, std::string> known_;
};

/// Of these rows, in their order.
std::vector<std::vector<std::string>> tokensOf(const security::HubKey& hub_key, std::span<const ReportRow> rows);
/// What a follower is told that is not where it believes to be.
Error followerMoved(const std::string& follower);

/// Five bytes for each token, and back.
std::string packed(const std::vector<std::string>& tokens);
std::string spaced(std::string_view packed);

/// For FTS5: "a b" AND "c" AND ("d" OR "e").
std::string fts5Query(const SearchWords::Query& query);
/// For PostgreSQL: ('a' <-> 'b') & 'c' & ('d' | 'e').
std::string tsQuery(const SearchWords::Query& query);
/// 'a':1 'b':2 …
std::string tsVector(const std::vector<std::string>& tokens);

}  // namespace pakn::store

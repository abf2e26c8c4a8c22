#pragma once
/// @file
/// What followers read and write, on SQLite; words are found by FTS5.

#include <span>
#include <string>
#include <vector>

#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError, DamagedRow and BadCursor.

JournalSlice journalAfter(Connection& connection, std::int64_t position, int limit);
std::vector<FollowedPetition> followed(Connection& connection, const security::HubKey& hub_key,
                                       std::span<const std::string> ids, std::span<const std::string_view> kinds);
std::int64_t followerPosition(Connection& connection, const std::string& follower);
FollowerState followerState(Connection& connection, const std::string& follower);
/// False, and nothing is to be committed, when the follower is not at `from`. `tokens` are those of the rows.
bool keepReports(Connection& connection, const security::HubKey& hub_key, const std::string& follower,
                 std::int64_t from, std::int64_t to, std::span<const ReportRow> rows,
                 const std::vector<std::vector<std::string>>& tokens, std::span<const std::string> gone);
void resetReports(Connection& connection, const std::string& follower);

std::vector<Tally> tally(Connection& connection, const security::HubKey& hub_key, Measure measure, Grouping by,
                         const ReportFilter& filter, Instant now);
Listing<ShownLine> shown(Connection& connection, const security::HubKey& hub_key, const ShownFilter& filter,
                         const Page& page);
Listing<ReportRow> reportLines(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                               const Page& page, Instant now);
Listing<SenderLine> senders(Connection& connection, const security::HubKey& hub_key, const ReportFilter& filter,
                            const Page& page, Instant now);

}  // namespace pakn::store::sqlite

#pragma once
/// @file
/// What officers are told here in the hub, and what of it they have read.

#include <span>
#include <string>

#include "core/security/crypto.hpp"
#include "core/store/sqlite/connection.hpp"
#include "core/store/store.hpp"

namespace pakn::store::sqlite {

/// All of these throw SqliteError, DamagedRow and BadCursor.
Listing<NoticeItem> listNotices(Connection& connection, const security::HubKey& hub_key, const NoticeFilter& filter,
                                const Page& page);
std::int64_t countNotices(Connection& connection, const NoticeFilter& filter, int most);
std::int64_t markNotices(Connection& connection, const NoticeFilter& filter, const std::vector<std::string>& ids,
                         Instant now);

}  // namespace pakn::store::sqlite

#pragma once
/// @file
/// Private to the store: citizens who come back, as rows hold them, for every adapter. Everything here throws
/// DamagedRow.

#include <string>
#include <string_view>

#include "core/security/crypto.hpp"
#include "core/store/batch_rows.hpp"
#include "core/store/correspondents.hpp"
#include "core/store/report_conditions.hpp"
#include "core/store/row_codec.hpp"

namespace pakn::store {

namespace detail {

/// Length first: no two pairs give the same text.
inline std::string paired(std::string_view first, std::string_view second) {
    return std::to_string(first.size()).append(":").append(first).append(second);
}

}  // namespace detail

inline std::string replyIndex(const security::HubKey& hub_key, std::string_view channel, std::string_view address) {
    return hub_key.blindIndex("reply_address", detail::paired(channel, address));
}
inline std::string ownerIndex(const security::HubKey& hub_key, std::string_view channel, std::string_view owner) {
    return hub_key.blindIndex("device_owner", detail::paired(channel, owner));
}
inline std::string tokenIndex(const security::HubKey& hub_key, std::string_view platform, std::string_view token) {
    return hub_key.blindIndex("device_token", detail::paired(platform, token));
}

/// None for none.
inline std::optional<std::string> sessionIndex(std::string_view session) {
    return session.empty() ? std::nullopt : std::optional{security::toHex(security::sha256(session))};
}

/// petition_id, changed_at, received_at; one line more than asked for when there is more. `first` joins the tables in
/// the order written, where the database would choose another.
inline Sql ownPetitions(const security::HubKey& hub_key, const OwnFilter& filter, const Page& page,
                        std::string_view first) {
    const bool changed = filter.changed_from || filter.changed_to;
    Conditions where;
    where.add("k.reply_index = ?", replyIndex(hub_key, filter.channel, filter.reply_address));
    if (!filter.codes.empty()) where.addIn("p.code", filter.codes);
    if (filter.changed_from) where.add("r.changed_at >= ?", *filter.changed_from);
    if (filter.changed_to) where.add("r.changed_at <= ?", *filter.changed_to);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(p.received_at, p.id) < (?, ?)", after.number(0), after.text(1));
    }
    Sql sql;
    sql.add("SELECT p.id, coalesce(r.changed_at, p.received_at), p.received_at FROM ");
    // What changed within a time is little beside all that one address ever sent, or the other way round.
    if (!filter.codes.empty())
        sql.add("petitions p ")
            .add(first)
            .add(" persons k ON k.petition_id = p.id LEFT JOIN report_petitions r ON r.petition_id = p.id");
    else if (changed)
        sql.add("report_petitions r ")
            .add(first)
            .add(" persons k ON k.petition_id = r.petition_id JOIN petitions p ON p.id = k.petition_id");
    else
        sql.add("persons k ")
            .add(first)
            .add(" petitions p ON p.id = k.petition_id LEFT JOIN report_petitions r ON r.petition_id = p.id");
    sql.add(where).add(" ORDER BY p.received_at DESC, p.id DESC LIMIT ").value(std::int64_t{limitOf(page)} + 1);
    return sql;
}

/// Adds one row of ownPetitions().
template <class Row>
void addOwn(Listing<ShownLine>& listing, const Row& row, int limit, Instant& received) {
    if (listing.items.size() == static_cast<std::size_t>(limit)) {
        listing.next = makeCursor(millis(received), listing.items.back().petition_id);
        return;
    }
    received = instant(row.integer(2));
    listing.items.push_back({.petition_id = row.text(0), .changed_at = instant(row.integer(1))});
}

inline constexpr std::string_view kPutDevice =
    "INSERT INTO devices (token_index, owner_index, platform, sealed, session, seen_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (token_index) DO UPDATE SET owner_index = excluded.owner_index, sealed = excluded.sealed,"
    " session = excluded.session, seen_at = excluded.seen_at";
/// Owner twice, how many stay.
inline constexpr std::string_view kDropMoreDevices =
    "DELETE FROM devices WHERE owner_index = ? AND token_index NOT IN (SELECT d.token_index FROM devices d"
    " WHERE d.owner_index = ? ORDER BY d.seen_at DESC, d.token_index LIMIT ?)";
inline constexpr std::string_view kDropOldDevices = "DELETE FROM devices WHERE seen_at < ?";
inline constexpr std::string_view kDevicesOf =
    "SELECT token_index, platform, sealed, seen_at FROM devices WHERE owner_index = ?"
    " ORDER BY seen_at DESC, token_index";
inline constexpr std::string_view kDropDevicesOf = "DELETE FROM devices WHERE session = ?";
inline constexpr std::string_view kDropDevice = "DELETE FROM devices WHERE token_index = ?";
inline constexpr std::string_view kDropOwnDevice = "DELETE FROM devices WHERE token_index = ? AND owner_index = ?";

/// Hands the values of kPutDevice to `put`.
template <class Put>
void withDeviceValues(const Device& device, const security::HubKey& hub_key, Put put) {
    const std::string index = tokenIndex(hub_key, device.platform, device.token);
    const std::string sealed = hub_key.sealOwn("device:" + index, device.token);
    put(index, ownerIndex(hub_key, device.channel, device.owner), device.platform, Blob{sealed},
        sessionIndex(device.session), device.seen_at);
}

/// Columns: as kDevicesOf.
template <class Row>
Device readDevice(const Row& row, const security::HubKey& hub_key, std::string_view channel, std::string_view owner) {
    auto token = hub_key.openOwn("device:" + row.text(0), row.bytes(2));
    if (!token) throw DamagedRow{"a device does not open: written under another hub key"};
    return {.owner = std::string{owner},
            .channel = std::string{channel},
            .platform = row.text(1),
            .token = std::move(*token),
            .seen_at = instant(row.integer(3))};
}

}  // namespace pakn::store

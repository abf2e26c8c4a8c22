#pragma once
/// @file
/// Fetched files until their petition is taken in: Zalo's links expire, so the bytes wait in the hub's own storage,
/// sealed, as the pieces of a conversation of their own.

#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/inbox.hpp"

namespace pakn::in_zalo {

/// Every file has a conversation "file/<user>/<name>".
inline constexpr std::string_view kFilePrefix = "file/";
inline constexpr std::size_t kMostFileBytes = 15U << 20U;  ///< What one conversation holds, and the hub takes.

std::string fileConversation(std::string_view user, std::string_view name);
/// The user of such a conversation; empty for another one.
std::string_view userOfFile(std::string_view conversation);
/// Its name, likewise.
std::string_view nameOfFile(std::string_view conversation);

/// Whole when it returns; what was there under the name before is replaced. kTooLarge, and the errors of the inbox.
Status shelve(const std::string& conversation, std::string_view bytes, Inbox& inbox);
/// Errors of the inbox; kNotFound when it is not there as a whole (`size` bytes).
Result<std::string> unshelve(const std::string& conversation, std::size_t size, Inbox& inbox);
Status clearShelf(const std::string& conversation, Inbox& inbox);

}  // namespace pakn::in_zalo

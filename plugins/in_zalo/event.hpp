#pragma once
/// @file
/// What a webhook says: docs/contracts/zalo-oa.md, section 3. Ids are texts throughout.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/result.hpp"

namespace pakn::in_zalo {

enum class EventKind : std::uint8_t {
    kMessage,     ///< A user writes: text, files, a place.
    kAnonymous,   ///< The same by somebody who cannot be answered.
    kSubmitInfo,  ///< The answer to a card that asks who the user is.
    kReceived,    ///< A message of ours reached its reader,
    kSeen,        ///< and was read.
    kEcho,        ///< A message of the OA itself.
    kRelation,    ///< follow, unfollow, tags.
    kOther,       ///< Nothing for a petition: buttons, groups, what Zalo invents later.
};

/// A file of a message: where it can be fetched for a while.
struct SentFile {
    std::string type = {};  ///< image, audio, video, file, gif.
    std::string url = {};
    std::string name = {};  ///< May be empty.
};

struct SentPlace {
    double latitude = 0;
    double longitude = 0;
};

struct UserInfo {
    std::string name = {};
    std::string phone = {};
    std::string address = {};
};

struct Event {
    EventKind kind = EventKind::kOther;
    std::string name = {};  ///< event_name.
    std::string oa_id = {};
    std::string user_id = {};               ///< Of a receipt the reader's, or their phone number.
    std::vector<std::string> msg_ids = {};  ///< Several in some receipts, none in some events.
    std::string tracking_id = {};           ///< Of a receipt of a template.
    std::string quote_id = {};              ///< The message of ours that this one quotes.
    std::string text = {};                  ///< Cleaned; of a place its title.
    std::vector<SentFile> files = {};
    std::optional<SentPlace> place = {};
    std::optional<UserInfo> info = {};
    std::string timestamp = {};      ///< As it was written,
    std::optional<Instant> at = {};  ///< and read.
    std::string delivery_time = {};

    /// Something of it belongs into a petition.
    [[nodiscard]] bool hasContent() const { return !text.empty() || !files.empty() || place.has_value(); }
};

inline constexpr std::size_t kMostFilesOfMessage = 20;

/// kInvalid "zalo.unreadable".
Result<Event> readEvent(std::string_view body);

/// The value of the body's `timestamp` as it is written; empty when there is none. Of a body nobody has vouched for
/// yet.
std::string timestampOf(std::string_view body);

/// The key by which a repetition is known, at most 190 bytes. `body`: for an event that has neither id nor time.
std::string keyOf(const Event& event, std::string_view body);

/// Whether a text can be a user's id: it becomes the name of a conversation.
bool isUserId(std::string_view id);

}  // namespace pakn::in_zalo

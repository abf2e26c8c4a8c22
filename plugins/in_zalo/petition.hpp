#pragma once
/// @file
/// Items of a conversation put together: a petition, or an addition to one.

#include <string>
#include <vector>

#include "pakn/sdk/inbox.hpp"
#include "talk.hpp"

namespace pakn::in_zalo {

/// A file of an item, with its bytes, or why there are none.
struct DraftFile {
    std::string kind = {};  ///< image, audio, …
    std::string name = {};
    std::string content_type = {};
    std::string bytes = {};
    std::string lost = {};  ///< Words for people; empty when it is here.
};

/// One message, with its files in their order.
struct DraftItem {
    const Item* item = nullptr;
    std::vector<DraftFile> files = {};
};

inline constexpr std::size_t kMostAttachments = 10;
inline constexpr std::size_t kMostPetitionText = 20000;   ///< Code points, as the hub takes them.
inline constexpr std::size_t kMostSupplementText = 5000;  ///< Likewise.

/// The petition's external id: the same for the same first message.
std::string externalId(const std::vector<const Item*>& items);

/// `items` in the order in which they were written.
IncomingPetition petitionOf(const std::vector<DraftItem>& items, const Talk& talk, const IntakeRules& rules);

/// An addition to the petition of that code.
Update supplementOf(const std::vector<DraftItem>& items, const std::string& code);

/// The type of a file by its content, as far as it decides what is handed to the hub, which looks itself. Empty:
/// another one.
std::string sniffed(std::string_view bytes);
/// A name for a file that came without one: "anh-1.jpg".
std::string nameFor(const std::string& kind, const std::string& content_type, std::size_t number);

}  // namespace pakn::in_zalo

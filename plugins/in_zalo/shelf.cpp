#include "shelf.hpp"

#include <algorithm>

namespace pakn::in_zalo {
namespace {

constexpr std::size_t kPiece = 1U << 20U;  ///< The most that an event holds.

/// In the order of the bytes.
std::string pieceName(std::size_t number) {
    std::string digits = std::to_string(number);
    return "piece/" + std::string(digits.size() < 2 ? 1 : 0, '0') + digits;
}

}  // namespace

std::string fileConversation(std::string_view user, std::string_view name) {
    return std::string{kFilePrefix}.append(user).append("/").append(name);
}

std::string_view userOfFile(std::string_view conversation) {
    if (conversation.substr(0, kFilePrefix.size()) != kFilePrefix) return {};
    const std::string_view rest = conversation.substr(kFilePrefix.size());
    return rest.substr(0, rest.rfind('/'));
}

std::string_view nameOfFile(std::string_view conversation) { return conversation.substr(conversation.rfind('/') + 1); }

Status shelve(const std::string& conversation, std::string_view bytes, Inbox& inbox) {
    if (bytes.size() > kMostFileBytes)
        return Error{.code = Errc::kTooLarge, .message = "a file over 15 MB", .problem = "zalo.file_lost"};
    // Pieces of a fetch that was cut short may be those of another file by now.
    if (Status cleared = clearShelf(conversation, inbox); !cleared) return cleared;
    for (std::size_t number = 0; !bytes.empty(); ++number) {
        const std::string_view piece = bytes.substr(0, kPiece);
        const auto kept =
            inbox.keep({.conversation = conversation, .id = pieceName(number), .data = std::string{piece}});
        if (!kept) return kept.error();
        bytes.remove_prefix(piece.size());
    }
    return Done{};
}

Result<std::string> unshelve(const std::string& conversation, std::size_t size, Inbox& inbox) {
    Result<std::vector<KeptEvent>> pieces = inbox.kept(conversation);
    if (!pieces) return pieces.error();
    std::string bytes;
    bytes.reserve(size);
    for (const KeptEvent& piece : *pieces) bytes += piece.data;
    if (bytes.size() != size)
        return Error{.code = Errc::kNotFound, .message = "a file is not there as a whole", .problem = "zalo.file_lost"};
    return bytes;
}

Status clearShelf(const std::string& conversation, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> pieces = inbox.kept(conversation);
    if (!pieces) return pieces.error();
    return pieces->empty() ? Status{Done{}} : inbox.drop(conversation, pieces->back().sequence);
}

}  // namespace pakn::in_zalo

#pragma once
/// @file
/// A conversation read back from what the hub kept of it: the user's messages, and our own marks between them, which
/// say how far we have come. Everything about a conversation that must outlive this process is in there.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "event.hpp"
#include "ledger.hpp"
#include "pakn/sdk/inbox.hpp"
#include "settings.hpp"

namespace pakn::in_zalo {

/// Conversations that are no user's id.
inline constexpr std::string_view kAnonymousPrefix = "anonymous/";
inline constexpr std::string_view kReceiptPrefix = "receipts/";

/// Ids of kept events: Zalo's by their dedup key, ours by their name.
inline constexpr std::string_view kEventPrefix = "zalo/";
inline constexpr std::string_view kMarkPrefix = "mark/";

enum class Command : std::uint8_t { kNone, kSend, kCancel, kTrack, kSupplement, kNew, kRate };

struct Item {
    Event event = {};
    std::string id = {};   ///< As it is kept.
    std::string key = {};  ///< 16 hex digits that stand for it in names of marks.
    std::string raw = {};
    std::int64_t sequence = 0;
    Instant heard = {};  ///< By the hub's clock,
    Instant said = {};   ///< and by Zalo's.
    Command command = Command::kNone;
    std::string argument = {};  ///< A petition's code; of a rating what the hub calls it.

    [[nodiscard]] bool hasContent() const { return command == Command::kNone && event.hasContent(); }
};

struct Mark {
    std::string data = {};
    Instant at = {};
};

/// A draft that is complete: what belongs to it is fixed, whatever comes meanwhile.
struct Closing {
    std::int64_t until = 0;   ///< All items up to this sequence.
    std::string target = {};  ///< Code of the petition that it is added to; empty: it is one of its own.
    Instant last_word = {};   ///< Zalo's time of the last message.
    Instant at = {};          ///< When it was closed.
};

struct Talk {
    std::string conversation = {};
    std::string user = {};
    bool anonymous = false;
    std::vector<Item> items = {};  ///< In the order in which they were written.
    std::map<std::string, Mark, std::less<>> marks = {};
    std::int64_t last = 0;  ///< Sequence of the newest event.
    std::size_t events = 0;
    std::size_t bytes = 0;

    [[nodiscard]] const Mark* mark(std::string_view name) const;
    /// Whether one of the items has a mark of that kind ("welcome/<key>").
    [[nodiscard]] bool isMarked(std::string_view kind) const;
    /// The oldest draft that was closed and is not done with.
    [[nodiscard]] std::optional<Closing> closing() const;
    /// Its items.
    [[nodiscard]] std::vector<const Item*> upTo(std::int64_t sequence) const;
};

/// `known`: the user's petitions, whose codes alone are a command.
Talk readTalk(std::string_view conversation, const std::vector<KeptEvent>& events, const Words& words,
              const std::vector<KnownPetition>& known);

std::string closeMark(std::int64_t until);
std::string written(const Closing& closing);

}  // namespace pakn::in_zalo

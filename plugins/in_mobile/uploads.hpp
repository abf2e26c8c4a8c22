#pragma once
/// @file
/// Files that come in parts over connections that drop. Parts lie in the hub's own storage, sealed, so that any node
/// goes on where another one stopped, and a crash loses nothing that was answered.
///
/// Every owner has a few slots, each a conversation of kept events: at first what the file is to be, then a mark for
/// each part that is there. The parts themselves lie in conversations of a few each, because all of one is read with
/// each event that is kept. What nobody took within a day is swept.

#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "pakn/sdk/host.hpp"
#include "pakn/sdk/inbox.hpp"

namespace pakn::in_mobile {

inline constexpr std::int64_t kPartSize = 256LL << 10;  ///< Bytes of every part but the last.

/// What a file is to be, as the app says it.
struct Offer {
    std::string name = {};
    std::string content_type = {};
    std::int64_t size = 0;
    std::string sha256 = {};  ///< 64 lower-case hex digits.
};

struct Upload {
    std::string id = {};
    Offer offer = {};
    Instant until = {};           ///< It is swept then.
    std::set<int> parts = {};     ///< Those that are there, from 0.
    std::string used_by = {};     ///< What it went with; its parts are gone then.
    std::int64_t last_event = 0;  ///< Sequence in its slot.

    [[nodiscard]] int partCount() const { return static_cast<int>((offer.size + kPartSize - 1) / kPartSize); }
    [[nodiscard]] bool whole() const { return static_cast<int>(parts.size()) == partCount(); }
    /// Bytes that part must have; 0: there is no such part.
    [[nodiscard]] std::int64_t lengthOf(int part) const;
};

/// Whose an upload is. An account's is opened by that account alone; without one by whoever knows its id.
struct Owner {
    std::string key = {};
    bool account = false;

    static Owner ofAccount(std::string_view address);
    /// IPv6 addresses of one network (/64) are one owner.
    static Owner ofClient(std::string_view client);
};

/// Safe from any thread. Errors of the inbox besides those named.
class Uploads {
public:
    /// Both outlive it.
    Uploads(const Rules& rules, HostServices& services) : rules_{rules}, services_{services} {}

    /// The same offer of an account again is the same upload, as far as `key` (an Idempotency-Key, or nothing) is the
    /// same. kConflict "mobile.uploads_too_many".
    Result<Upload> begin(const Owner& owner, const Offer& offer, std::string_view key, Inbox& inbox);
    /// kNotFound "mobile.upload_unknown": none, another account's, or over.
    Result<Upload> find(std::string_view id, const Owner& who, Inbox& inbox);
    /// Takes a part; the upload as it is then. With the last one the whole is held against its digest. kInvalid
    /// "mobile.part_unknown", "mobile.part_length", "mobile.upload_hash_differs" (all parts are wanted again);
    /// kConflict "mobile.part_differs" (the part is there, with other bytes), "mobile.upload_used".
    Result<Upload> put(Upload upload, int part, std::string_view bytes, Inbox& inbox);
    /// The whole file. kConflict "mobile.upload_incomplete"; kInvalid "mobile.upload_hash_differs".
    Result<Attachment> take(const Upload& upload, Inbox& inbox);
    /// It went with `what`: its parts are dropped, its slot is free for another. The same `what` finds it once more.
    Status use(const Upload& upload, std::string_view what, Inbox& inbox);
    Status drop(const Upload& upload, Inbox& inbox);

    /// Drops what is over; some of it at a time.
    Status sweep(Inbox& inbox, const std::stop_token& stop);

private:
    Result<std::optional<Upload>> inSlot(const std::string& slot, Inbox& inbox) const;
    [[nodiscard]] std::optional<Upload> readSlot(const std::vector<KeptEvent>& events) const;
    Result<bool> takeSlot(const std::string& slot, std::int64_t last_event, const Upload& upload, Inbox& inbox);
    Result<bool> occupy(const std::string& slot, const Upload& upload, Inbox& inbox);
    Result<Content> putTogether(const Upload& upload, Inbox& inbox) const;
    Status beginAnew(const Upload& upload, Inbox& inbox);
    Status dropParts(const Upload& upload, Inbox& inbox);

    const Rules& rules_;
    HostServices& services_;
};

}  // namespace pakn::in_mobile

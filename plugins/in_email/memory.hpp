#pragma once
/// @file
/// What one instance remembers in the hub's State: how far it has read the mailbox, the key of its Message-IDs, which
/// addresses bounced, whom it has told of a receipt. Small and bounded, whatever comes.

#include <cstdint>
#include <mutex>
#include <optional>
#include <pakn/sdk/host.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_email {

/// How far the mailbox is read. UIDs mean something together with their UIDVALIDITY only (RFC 3501, 2.3.1.1).
struct Position {
    std::uint32_t validity = 0;
    std::uint32_t last = 0;   ///< The highest UID that is done with.
    int tries = 0;            ///< Of the next one, that failed for no reason of its own.
    std::uint32_t old = 0;    ///< Up to here mails lay in the folder when its UIDs were seen for the first time.
    Instant first_look = {};  ///< When the folder was looked at for the first time, whatever its UIDs were then.
    bool again = false;       ///< Its UIDs have changed since: of those up to `old` the hub may have some.
};

/// Safe from any thread. Errors are State's.
class Memory {
public:
    /// `folder`: which one the position is of, however it is written (folderName).
    Memory(HostServices& services, std::string_view folder);

    Result<std::optional<Position>> position();
    Status setPosition(const Position& position);

    /// The key of this instance's Message-IDs; made at the first call, the same ever after.
    Result<std::string> threadKey();

    /// Mail to this address came back lately: true for `days` after it did.
    Result<bool> isBad(std::string_view address_hash, int days);
    Status markBad(std::string_view address_hash);

    /// Notes that a receipt is acknowledged; false when that was done before on the same day, or `most` of that address
    /// are: whoever writes so much is a machine.
    enum class Ack : std::uint8_t { kFirst, kSame, kTooMany };
    Result<Ack> noteAck(std::string_view address_hash, std::string_view delivery, std::string_view code, int most);

private:
    /// One line of a bounded list: words, the first of them an instant in milliseconds.
    struct Entry {
        std::int64_t at = 0;
        std::string words = {};
    };
    Result<std::vector<Entry>> entries(std::string_view key);
    Status put(std::string_view key, const std::vector<Entry>& entries);

    HostServices& services_;
    const std::string position_key_;
    std::mutex mutex_;
};

}  // namespace pakn::in_email

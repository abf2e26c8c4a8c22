#pragma once
/// @file
/// One folder of an IMAP server (RFC 3501), read without leaving traces: what is fetched stays unseen until it is done
/// with. By libetpan.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <pakn/sdk/content.hpp>
#include <pakn/sdk/result.hpp>
#include <stop_token>
#include <vector>

#include "options.hpp"

namespace pakn::in_email {

struct FetchedMail {
    Content raw = {};
    bool whole = true;  ///< False: larger than asked for; `raw` is its beginning.
};

/// One thread at a time. Errors: kUnavailable (no connection, or it broke: close and open again), kUnauthenticated (the
/// login was refused), kMisconfigured (no such folder), kRejected (the server says no to this one command).
class Mailbox {
public:
    virtual ~Mailbox() = default;
    /// Connects, signs in and selects the folder, unless that is done. Its UIDVALIDITY.
    virtual Result<std::uint32_t> open() = 0;
    /// UIDs above `last`, ascending; with `unseen`, of mails that nobody has seen.
    virtual Result<std::vector<std::uint32_t>> since(std::uint32_t last, bool unseen) = 0;
    /// UIDs, ascending, of all mails that arrived then or later. The server counts in days of its own time zone: some
    /// from up to two days before are among them.
    virtual Result<std::vector<std::uint32_t>> arrivedSince(Instant then) = 0;
    /// kNotFound: somebody has removed it. kRejected has the server's words: it may not be able to give any mail now.
    virtual Result<FetchedMail> fetch(std::uint32_t uid, std::uint64_t most) = 0;
    /// Marks it as seen, or moves it away.
    virtual Status done(std::uint32_t uid) = 0;
    /// Waits until the server has news, at most so long; `alive` is called now and then. False: it cannot wait.
    virtual Result<bool> wait(std::chrono::milliseconds most, const std::stop_token& stop,
                              const std::function<void()>& alive) = 0;
    virtual void close() = 0;
};

std::unique_ptr<Mailbox> imapMailbox(MailboxSettings settings);

}  // namespace pakn::in_email

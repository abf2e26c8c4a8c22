/// @file
/// What a mail server says to the mailbox that reads it (IMAP). The reader is libetpan, Debian's and not compiled to be
/// watched; what is watched is what becomes of its lists.

#include <algorithm>

#include "harness.hpp"
#include "plugins/in_email/mailbox.hpp"
#include "saying_server.hpp"

/// What libetpan itself loses (of a greeting that says good-bye, 42 bytes) is none of ours.
extern "C" const char* __lsan_default_suppressions() { return "leak:libetpan.so\n"; }

namespace pakn::fuzz {
namespace {

using namespace pakn::in_email;

constexpr std::uint64_t kMost = 3000;

const SayingServer& server() {
    static const SayingServer* const made =
        new SayingServer{SayingServer::Begins::kServer};  // Its thread outlives main.
    return *made;
}

bool isExpected(const Error& error) {
    return error.code == Errc::kUnavailable || error.code == Errc::kUnauthenticated || error.code == Errc::kRejected ||
           error.code == Errc::kMisconfigured || error.code == Errc::kNotFound;
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool moves = input.flag();
    server().says(input.rest());
    MailboxSettings settings;
    settings.server = {
        .host = "127.0.0.1", .port = server().port(), .security = Security::kNone, .user = "u", .password = "p"};
    settings.server.timeout = std::chrono::milliseconds{2000};
    settings.mailbox = "INBOX";
    settings.move_to = moves ? "done" : "";
    settings.idle = false;
    const std::unique_ptr<Mailbox> mailbox = imapMailbox(settings);
    const Result<std::uint32_t> opened = mailbox->open();
    if (!opened) {
        FUZZ_CHECK(isExpected(opened.error()));
        return;
    }
    const Result<std::vector<std::uint32_t>> uids = mailbox->since(3, false);
    if (!uids) {
        FUZZ_CHECK(isExpected(uids.error()));
        return;
    }
    FUZZ_CHECK(std::is_sorted(uids->begin(), uids->end()) && uids->size() <= input.rest().size());
    for (const std::uint32_t uid : *uids) FUZZ_CHECK(uid > 3);
    const Result<FetchedMail> mail = mailbox->fetch(4, kMost);
    if (mail)
        FUZZ_CHECK(mail->raw.size() <= kMost);
    else
        FUZZ_CHECK(isExpected(mail.error()));
    if (!mail && mail.error().code == Errc::kUnavailable) return;  // The connection is gone.
    const Status done = mailbox->done(4);
    FUZZ_CHECK(done.ok() || isExpected(done.error()));
}

}  // namespace pakn::fuzz

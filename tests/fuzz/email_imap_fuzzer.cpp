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

/// libetpan 1.9.4 follows a null pointer when the list in this code is none. The connector's process ends of it, and is
/// begun anew; what is behind it is looked for here.
bool breaksLibetpan(std::string_view said) {
    constexpr std::string_view kCode = "PERMANENTFLAGS";
    const auto same = [](char a, char b) { return (a & ~0x20) == b; };
    for (auto at = said.begin();; at += kCode.size()) {
        at = std::search(at, said.end(), kCode.begin(), kCode.end(), same);
        if (at == said.end()) return false;
        std::string_view rest{at + kCode.size(), said.end()};
        if (!rest.starts_with(" (\\") && !rest.starts_with(" ()")) return true;
        rest = rest.substr(2, rest.find(')') - 2);
        constexpr std::string_view kFlags = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ \\*";
        const bool words = rest.find("\\ ") == std::string_view::npos && !rest.ends_with('\\') && !rest.ends_with(' ');
        if (rest.find_first_not_of(kFlags) != std::string_view::npos || !words) return true;
    }
}

bool isExpected(const Error& error) {
    return error.code == Errc::kUnavailable || error.code == Errc::kUnauthenticated || error.code == Errc::kRejected ||
           error.code == Errc::kMisconfigured || error.code == Errc::kNotFound;
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool moves = input.flag();
    if (breaksLibetpan(input.rest())) return;
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

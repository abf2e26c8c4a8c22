/// @file
/// What a mail server says to the mailbox that reads it (IMAP). The reader is libetpan, Debian's and not compiled to be
/// watched; what is watched is what becomes of its lists. Version 1.9.4 follows null pointers where a response is no
/// response: that ends the connector's process, which is begun anew, and here it ends the input.

#include <dlfcn.h>
#include <execinfo.h>
#include <sanitizer/lsan_interface.h>

#include <algorithm>
#include <array>
#include <csetjmp>
#include <csignal>

#include "harness.hpp"
#include "plugins/in_email/mailbox.hpp"
#include "saying_server.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::in_email;

constexpr std::uint64_t kMost = 3000;

const SayingServer& server() {
    static const SayingServer* const made =
        new SayingServer{SayingServer::Begins::kServer};  // Its thread outlives main.
    return *made;
}

sigjmp_buf out_of_libetpan;

/// Whether one of the innermost functions is libetpan's.
bool isInLibetpan() {
    std::array<void*, 12> frames{};
    const int depth = ::backtrace(frames.data(), static_cast<int>(frames.size()));
    return std::any_of(frames.begin(), frames.begin() + depth, [](void* frame) {
        Dl_info info{};
        return ::dladdr(frame, &info) != 0 &&
               std::string_view{info.dli_fname}.find("libetpan") != std::string_view::npos;
    });
}

struct sigaction others {};

void leave(int, siginfo_t*, void*) {
    if (isInLibetpan()) siglongjmp(out_of_libetpan, 1);
    ::sigaction(SIGSEGV, &others, nullptr);  // It happens again then, and is somebody else's.
}

/// After libFuzzer and the sanitizer have set theirs.
void watchForLibetpan() {
    static const bool once = [] {
        std::array<void*, 1> frame{};
        static_cast<void>(::backtrace(frame.data(), 1));  // Loads what it needs, which a handler may not.
        struct sigaction ours {};
        ours.sa_sigaction = &leave;
        ours.sa_flags = SA_SIGINFO | SA_NODEFER;
        return ::sigaction(SIGSEGV, &ours, &others) == 0;
    }();
    FUZZ_CHECK(once);
}

/// What was left behind: connections to the server.
void hangUp(int port) {
    for (int one = 3; one < 64; ++one) {
        sockaddr_in peer{};
        socklen_t size = sizeof peer;
        if (::getpeername(one, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && ntohs(peer.sin_port) == port)
            ::close(one);
    }
}

bool isExpected(const Error& error) {
    return error.code == Errc::kUnavailable || error.code == Errc::kUnauthenticated || error.code == Errc::kRejected ||
           error.code == Errc::kMisconfigured || error.code == Errc::kNotFound;
}

void readMailbox(bool moves, std::size_t said) {
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
    FUZZ_CHECK(std::is_sorted(uids->begin(), uids->end()) && uids->size() <= said);
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

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const bool moves = input.flag();
    server().says(input.rest());
    watchForLibetpan();
    // What libetpan itself loses, and what lies on the way out of it, is none of ours.
    const __lsan::ScopedDisabler not_ours;
    if (sigsetjmp(out_of_libetpan, 1) != 0) return hangUp(server().port());
    readMailbox(moves, input.rest().size());
}

}  // namespace pakn::fuzz

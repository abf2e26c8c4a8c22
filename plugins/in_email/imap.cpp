/// @file
/// The mailbox over libetpan. Its lists are C's: each is owned by a guard as soon as it is there.

#include <libetpan/libetpan.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <utility>

#include "guarded_stream.hpp"
#include "mailbox.hpp"
#include "socket.hpp"

namespace pakn::in_email {

namespace {

constexpr std::chrono::milliseconds kBeat{250};  ///< Between two looks whether to stop.

struct FreeSession {
    void operator()(mailimap* session) const { mailimap_free(session); }
};
struct FreeSet {
    void operator()(mailimap_set* set) const { mailimap_set_free(set); }
};
struct FreeKey {
    void operator()(mailimap_search_key* key) const { mailimap_search_key_free(key); }
};
struct FreeFetch {
    void operator()(mailimap_fetch_type* type) const { mailimap_fetch_type_free(type); }
};
struct FreeFlags {
    void operator()(mailimap_store_att_flags* flags) const { mailimap_store_att_flags_free(flags); }
};
struct FreeFetched {
    void operator()(clist* list) const { mailimap_fetch_list_free(list); }
};
struct FreeFound {
    void operator()(clist* list) const { mailimap_search_result_free(list); }
};
using Set = std::unique_ptr<mailimap_set, FreeSet>;

Error broken(std::string what) {
    return {.code = Errc::kUnavailable, .message = "the mail server " + std::move(what), .problem = "email.imap"};
}

/// The server said no, and the connection stands.
bool isNo(int code) {
    constexpr int kLost[] = {MAILIMAP_ERROR_BAD_STATE, MAILIMAP_ERROR_STREAM,
                             MAILIMAP_ERROR_PARSE,     MAILIMAP_ERROR_CONNECTION_REFUSED,
                             MAILIMAP_ERROR_MEMORY,    MAILIMAP_ERROR_FATAL,
                             MAILIMAP_ERROR_PROTOCOL,  MAILIMAP_ERROR_DONT_ACCEPT_CONNECTION,
                             MAILIMAP_ERROR_SSL,       MAILIMAP_ERROR_NEEDS_MORE_DATA};
    return std::find(std::begin(kLost), std::end(kLost), code) == std::end(kLost);
}

bool isGood(int code) {
    return code == MAILIMAP_NO_ERROR || code == MAILIMAP_NO_ERROR_AUTHENTICATED ||
           code == MAILIMAP_NO_ERROR_NON_AUTHENTICATED;
}

/// Calls `each` with every element.
template <class T, class Each>
void forEach(const clist* list, const Each& each) {
    if (list == nullptr) return;
    for (const clistcell* cell = list->first; cell != nullptr; cell = cell->next)
        each(*static_cast<const T*>(cell->data));
}

/// Tells libetpan which name to ask the server for.
void nameServer(mailstream_ssl_context* context, void* host) {
    mailstream_ssl_set_server_name(context, const_cast<char*>(static_cast<const std::string*>(host)->c_str()));
}

std::vector<std::string> certificatesOf(mailstream* stream) {
    std::vector<std::string> chain;
    carray* const certificates = mailstream_get_certificate_chain(stream);
    if (certificates == nullptr) return chain;
    for (unsigned int i = 0; i < carray_count(certificates); ++i) {
        const auto* one = static_cast<const MMAPString*>(carray_get(certificates, i));
        chain.emplace_back(one->str, one->len);
    }
    mailstream_certificate_chain_free(certificates);
    return chain;
}

mailimap_search_key* unseenKey() {
    return mailimap_search_key_new(MAILIMAP_SEARCH_KEY_UNSEEN, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr,
                                   nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, nullptr, 0, nullptr,
                                   nullptr, nullptr, nullptr, nullptr, nullptr, 0, nullptr, nullptr, nullptr);
}

class ImapMailbox final : public Mailbox {
public:
    explicit ImapMailbox(MailboxSettings settings) : settings_{std::move(settings)} {}
    ImapMailbox(const ImapMailbox&) = delete;
    ImapMailbox& operator=(const ImapMailbox&) = delete;
    ~ImapMailbox() override { drop(); }

    Result<std::uint32_t> open() override {
        if (session_) return validity_;
        Status opened = connect();
        if (opened) opened = signIn();
        if (opened) opened = select();
        if (opened) return validity_;
        drop();
        return std::move(opened).error();
    }

    Result<std::vector<std::uint32_t>> since(std::uint32_t last, bool unseen) override {
        counted_ = mailsThere();  // What comes from now on may not be among those that are found.
        Result<std::vector<std::uint32_t>> uids =
            search(unseen ? unseenKey() : mailimap_search_key_new_uid(mailimap_set_new_interval(last + 1, 0)));
        // "5:*" means the last one, too, when that is below five.
        if (uids) std::erase_if(*uids, [&](std::uint32_t uid) { return uid <= last; });
        return uids;
    }

    Result<std::vector<std::uint32_t>> arrivedSince(Instant then) override {
        // SEARCH SINCE knows days alone, without a time zone (RFC 3501, 6.4.4): twelve hours back the day has begun
        // nowhere later than `then`.
        const std::chrono::year_month_day day{std::chrono::floor<std::chrono::days>(then - std::chrono::hours{12})};
        return search(mailimap_search_key_new_since(mailimap_date_new(static_cast<int>(unsigned{day.day()}),
                                                                      static_cast<int>(unsigned{day.month()}),
                                                                      static_cast<int>(day.year()))));
    }

    Result<FetchedMail> fetch(std::uint32_t uid, std::uint64_t most) override {
        const Set set{mailimap_set_new_single(uid)};
        const std::unique_ptr<mailimap_fetch_type, FreeFetch> wanted{mailimap_fetch_type_new_fetch_att_list_empty()};
        mailimap_fetch_type_new_fetch_att_list_add(wanted.get(), mailimap_fetch_att_new_rfc822_size());
        // One byte more than we take, whatever size the server claims.
        mailimap_fetch_type_new_fetch_att_list_add(
            wanted.get(), mailimap_fetch_att_new_body_peek_section_partial(mailimap_section_new(nullptr), 0,
                                                                           static_cast<std::uint32_t>(most + 1)));
        clist* fetched = nullptr;
        const int code = mailimap_uid_fetch(session_.get(), set.get(), wanted.get(), &fetched);
        const std::unique_ptr<clist, FreeFetched> owned{isGood(code) ? fetched : nullptr};
        if (!isGood(code)) return failed(code, "cannot give a mail");
        return mailIn(fetched, most);
    }

    Status done(std::uint32_t uid) override {
        const Set set{mailimap_set_new_single(uid)};
        if (Status seen = flag(set.get(), mailimap_flag_new_seen()); !seen || settings_.move_to.empty()) return seen;
        if (can("MOVE"))
            return outcome(mailimap_uid_move(session_.get(), set.get(), settings_.move_to.c_str()),
                           "cannot move a mail");
        const int copied = mailimap_uid_copy(session_.get(), set.get(), settings_.move_to.c_str());
        if (Status there = outcome(copied, "cannot copy a mail"); !there) return there;
        if (Status marked = flag(set.get(), mailimap_flag_new_deleted()); !marked) return marked;
        // Without UIDPLUS, EXPUNGE would take others' mails along: then it stays, marked as deleted.
        if (mailimap_has_uidplus(session_.get()) == 0) return Done{};
        return outcome(mailimap_uid_expunge(session_.get(), set.get()), "cannot remove a mail");
    }

    Result<bool> wait(std::chrono::milliseconds most, const std::stop_token& stop,
                      const std::function<void()>& alive) override {
        if (!settings_.idle || mailimap_has_idle(session_.get()) == 0) return false;
        if (Status idle = outcome(mailimap_idle(session_.get()), "cannot wait"); !idle) return std::move(idle).error();
        const auto until = std::chrono::steady_clock::now() + most;
        // The server says it once: it may have said it in between.
        bool news = session_->imap_stream->read_buffer_len > 0 || mailsThere() != counted_;
        while (!news && !stop.stop_requested() && std::chrono::steady_clock::now() < until) {
            pollfd one{.fd = mailimap_idle_get_fd(session_.get()), .events = POLLIN, .revents = 0};
            const int ready = ::poll(&one, 1, static_cast<int>(kBeat.count()));
            if (ready < 0 && errno != EINTR) break;
            news = ready > 0;
            alive();
        }
        Status over = outcome(mailimap_idle_done(session_.get()), "broke off while it was waited for");
        return over ? Result<bool>{true} : Result<bool>{std::move(over).error()};
    }

    void close() override {
        if (session_) static_cast<void>(mailimap_logout(session_.get()));
        drop();
    }

private:
    Status connect() {
        const Server& server = settings_.server;
        Result<int> socket = connectTo(server.host, server.port, server.timeout);
        if (!socket) return std::move(socket).error();
        session_.reset(mailimap_new(0, nullptr));
        const auto seconds = std::max<time_t>(1, static_cast<time_t>(server.timeout.count() / 1000));
        mailimap_set_timeout(session_.get(), seconds);
        std::string host = server.host;
        mailstream* stream = server.security == Security::kTls
                                 ? mailstream_ssl_open_with_callback_timeout(*socket, seconds, &nameServer, &host)
                                 : mailstream_socket_open_timeout(*socket, seconds);
        if (stream == nullptr) {
            ::close(*socket);
            return broken("does not speak TLS on this port");
        }
        mailstream_set_low(stream, guarded(mailstream_get_low(stream), mostLiteral()));
        if (server.security == Security::kTls) {
            if (Status sound = believe(stream); !sound) {
                mailstream_close(stream);
                return sound;
            }
        }
        if (const int code = mailimap_connect(session_.get(), stream); !isGood(code)) return broken("does not greet");
        if (server.security != Security::kStartTls) return Done{};
        if (const int code = mailimap_socket_starttls_with_callback(session_.get(), &nameServer, &host); !isGood(code))
            return broken("does not begin TLS");
        mailstream* const now = session_->imap_stream;  // With another low stream, whose guard is gone.
        mailstream_set_low(now, guarded(mailstream_get_low(now), mostLiteral()));
        return believe(now);
    }

    /// The mail that is asked for, or a name.
    [[nodiscard]] std::uint64_t mostLiteral() const {
        constexpr std::uint64_t kName = 64U << 10U;
        return std::max(settings_.max_mail + 1, kName);
    }

    [[nodiscard]] Status believe(mailstream* stream) const {
        return checkCertificates(certificatesOf(stream), settings_.server.host, settings_.server.ca_file);
    }

    Status signIn() {
        const Server& server = settings_.server;
        const int code = mailimap_login(session_.get(), server.user.c_str(), server.password.c_str());
        if (isGood(code)) {
            askWhatItCan();  // That may differ now.
            return Done{};
        }
        if (!isNo(code)) return broken("broke off at the login");
        return Error{.code = Errc::kUnauthenticated,
                     .message = "the mail server refuses the login of imap_user: look at imap_password",
                     .problem = "email.login"};
    }

    void askWhatItCan() {
        // What comes is kept by the session itself. mailimap_capability() copies it besides, and falls over a server
        // that says OK and names nothing. Without an answer nothing is known, which is no mistake.
        static_cast<void>(mailimap_custom_command(session_.get(), "CAPABILITY"));
    }

    [[nodiscard]] bool can(const char* what) {
        return mailimap_has_extension(session_.get(), const_cast<char*>(what)) != 0;
    }

    Status select() {
        const int code = mailimap_select(session_.get(), settings_.mailbox.c_str());
        if (!isGood(code) && isNo(code))
            return Error{.code = Errc::kMisconfigured,
                         .message = "the mail server has no folder of the name in `mailbox`",
                         .problem = "email.mailbox"};
        if (!isGood(code) || session_->imap_selection_info == nullptr) return broken("cannot open the folder");
        validity_ = session_->imap_selection_info->sel_uidvalidity;
        return Done{};
    }

    /// Ascending. Takes the key over.
    Result<std::vector<std::uint32_t>> search(mailimap_search_key* wanted) {
        const std::unique_ptr<mailimap_search_key, FreeKey> key{wanted};
        clist* found = nullptr;
        const int code = mailimap_uid_search(session_.get(), nullptr, key.get(), &found);
        const std::unique_ptr<clist, FreeFound> owned{isGood(code) ? found : nullptr};
        if (!isGood(code)) return failed(code, "cannot list the folder");
        std::vector<std::uint32_t> uids;
        forEach<std::uint32_t>(found, [&](std::uint32_t uid) { uids.push_back(uid); });
        std::sort(uids.begin(), uids.end());
        return uids;
    }

    Status flag(mailimap_set* set, mailimap_flag* flag) {
        mailimap_flag_list* const flags = mailimap_flag_list_new_empty();
        mailimap_flag_list_add(flags, flag);
        const std::unique_ptr<mailimap_store_att_flags, FreeFlags> change{
            mailimap_store_att_flags_new_add_flags_silent(flags)};
        return outcome(mailimap_uid_store(session_.get(), set, change.get()), "cannot mark a mail");
    }

    static Result<FetchedMail> mailIn(const clist* fetched, std::uint64_t most) {
        std::optional<std::string> raw;
        std::uint64_t size = 0;
        forEach<mailimap_msg_att>(fetched, [&](const mailimap_msg_att& one) {
            forEach<mailimap_msg_att_item>(one.att_list, [&](const mailimap_msg_att_item& item) {
                if (item.att_type != MAILIMAP_MSG_ATT_ITEM_STATIC) return;
                const mailimap_msg_att_static& part = *item.att_data.att_static;
                if (part.att_type == MAILIMAP_MSG_ATT_RFC822_SIZE) size = part.att_data.att_rfc822_size;
                if (part.att_type != MAILIMAP_MSG_ATT_BODY_SECTION) return;
                const mailimap_msg_att_body_section& body = *part.att_data.att_body_section;
                if (body.sec_body_part != nullptr) raw.emplace(body.sec_body_part, body.sec_length);
            });
        });
        if (!raw) return Error{.code = Errc::kNotFound, .message = "the mail is gone", .problem = "email.gone"};
        const bool whole = raw->size() <= most && size <= most;
        if (raw->size() > most) raw->resize(static_cast<std::size_t>(most));
        ContentWriter writer{most};
        if (Status taken = writer.append(*raw); !taken) return std::move(taken).error();
        Result<Content> content = writer.finish();
        if (!content) return std::move(content).error();
        return FetchedMail{.raw = std::move(*content), .whole = whole};
    }

    Status outcome(int code, const char* what) { return isGood(code) ? Status{Done{}} : Status{failed(code, what)}; }

    Error failed(int code, const char* what) {
        if (isNo(code))
            return {.code = Errc::kRejected,
                    .message = std::string{"the mail server "} + what + serversWords(),
                    .problem = "email.imap_no"};
        drop();
        return broken(std::string{what} + ": the connection is lost");
    }

    /// Of its last answer: ": [SERVERBUG] Internal error". Empty where it may name somebody.
    [[nodiscard]] std::string serversWords() const {
        constexpr std::size_t kMost = 100;
        const mailimap_response_info* const info = session_->imap_response_info;
        std::string words;
        if (info != nullptr && info->rsp_atom != nullptr) words.append("[").append(info->rsp_atom).append("] ");
        if (session_->imap_response != nullptr) words += session_->imap_response;
        words.resize(std::min(words.size(), kMost));
        std::erase_if(words, [](char c) { return c < ' ' || c > '~'; });
        return words.empty() || words.find('@') != std::string::npos ? std::string{} : ": " + words;
    }

    [[nodiscard]] std::uint32_t mailsThere() const {
        return session_->imap_selection_info == nullptr ? 0 : session_->imap_selection_info->sel_exists;
    }

    /// Not by mailimap_free() alone: that says good-bye, and waits for an answer.
    void drop() {
        if (session_ && session_->imap_stream != nullptr) {
            mailstream_close(session_->imap_stream);
            session_->imap_stream = nullptr;
            session_->imap_state = MAILIMAP_STATE_DISCONNECTED;
        }
        session_.reset();
        validity_ = 0;
    }

    const MailboxSettings settings_;
    std::unique_ptr<mailimap, FreeSession> session_;
    std::uint32_t validity_ = 0;
    std::uint32_t counted_ = 0;  ///< Mails that the server had told of when they were listed last.
};

}  // namespace

std::unique_ptr<Mailbox> imapMailbox(MailboxSettings settings) {
    return std::make_unique<ImapMailbox>(std::move(settings));
}

}  // namespace pakn::in_email

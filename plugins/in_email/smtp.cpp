#include "smtp.hpp"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

namespace pakn::in_email {

namespace {

struct CloseHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

constexpr long kMostConnecting = 15000;  ///< Milliseconds.

/// Of a line of an answer, "550-5.1.1 no such user" (RFC 2034); empty without.
std::string_view enhancedStatus(std::string_view line) {
    constexpr std::size_t kReply = 4;  // "550 " or "550-"
    if (line.size() <= kReply) return {};
    const std::string_view rest = line.substr(kReply);
    const std::string_view word = rest.substr(0, rest.find_first_of(" \r\n"));
    const bool sound = word.size() >= 5 && word.size() <= 9 && word[1] == '.' &&
                       word.find_first_not_of("0123456789.") == std::string_view::npos &&
                       std::count(word.begin(), word.end(), '.') == 2;
    return sound ? word : std::string_view{};
}

/// Whether no mail to this address will ever be taken: it is wrong, or its mailbox is closed. 5.1.7 and 5.1.8 speak of
/// the sender's address, and 5.7.1 and the like of us.
bool blamesRecipient(std::string_view status) {
    return (status.starts_with("5.1.") && status != "5.1.7" && status != "5.1.8") || status == "5.2.1";
}

/// What curl's callbacks share.
struct Exchange {
    const std::string& mail;
    const std::stop_token& stop;
    std::size_t given = 0;
    std::string verb = {};    ///< Of the last command that was sent.
    std::string status = {};  ///< Enhanced (RFC 3463, "5.1.1"), of the answer to it; empty without.
    bool over = false;

    [[nodiscard]] bool gaveAll() const { return given == mail.size(); }

    static std::size_t give(char* into, std::size_t size, std::size_t count, void* self) noexcept {
        Exchange& exchange = *static_cast<Exchange*>(self);
        const std::size_t piece = std::min(size * count, exchange.mail.size() - exchange.given);
        std::copy_n(exchange.mail.data() + exchange.given, piece, into);
        exchange.given += piece;
        return piece;
    }
    static int watch(CURL*, curl_infotype type, char* bytes, std::size_t size, void* self) noexcept {
        try {
            Exchange& exchange = *static_cast<Exchange*>(self);
            const std::string_view line{bytes, size};
            // curl says good-bye by itself after a refusal, which is still what counts.
            exchange.over = exchange.over || (type == CURLINFO_HEADER_OUT && line.starts_with("QUIT"));
            if (exchange.over) return 0;
            if (type == CURLINFO_HEADER_OUT) {
                exchange.verb = line.substr(0, std::min<std::size_t>(line.find_first_of(" \r\n"), 8));
                exchange.status.clear();
            } else if (type == CURLINFO_HEADER_IN) {
                if (const std::string_view status = enhancedStatus(line); !status.empty()) exchange.status = status;
            }
        } catch (...) {
            return 0;
        }
        return 0;
    }
    static int goOn(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
        return static_cast<Exchange*>(self)->stop.stop_requested() ? 1 : 0;
    }
};

std::string urlOf(const Server& server) {
    const std::string scheme = server.security == Security::kTls ? "smtps://" : "smtp://";
    return scheme + server.host + ':' + std::to_string(server.port) + "/paknhub";
}

Error error(Errc code, std::string message, std::string problem) {
    return {.code = code, .message = std::move(message), .problem = std::move(problem)};
}

Status judged(CURLcode code, long reply, const Exchange& exchange) {
    if (code == CURLE_OK) return Done{};
    const std::string said = "the mail server answers " + std::to_string(reply) +
                             (exchange.status.empty() ? "" : ' ' + exchange.status) + " to " + exchange.verb;
    if (code == CURLE_LOGIN_DENIED || (exchange.verb == "AUTH" && reply >= 500))
        return error(Errc::kUnauthenticated, "the mail server refuses the login of smtp_user", "email.login");
    const bool answered = reply >= 400 && reply < 600 && code != CURLE_OPERATION_TIMEDOUT;
    if (answered && reply < 500) return error(Errc::kUnavailable, said, "email.later");
    if (answered && exchange.verb == "RCPT")
        return error(Errc::kFallback, said,
                     blamesRecipient(exchange.status) ? "email.recipient" : "email.recipient_refused");
    if (answered && (reply == 530 || reply == 534 || reply == 535))
        return error(Errc::kUnauthenticated, said, "email.login");
    if (answered) return error(Errc::kRejected, said, "email.refused");
    if (code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE)
        return error(Errc::kUnavailable, "the mail server's certificate is not believed", "email.certificate");
    if (code == CURLE_USE_SSL_FAILED)
        return error(Errc::kUnavailable, "the mail server does not begin TLS", "email.connection");
    if (exchange.gaveAll())
        return error(Errc::kUnknownOutcome, "the connection broke before the mail server had said that it has the mail",
                     "email.unknown");
    return error(Errc::kUnavailable, std::string{"the mail server cannot be reached: "} + curl_easy_strerror(code),
                 "email.connection");
}

}  // namespace

Status submit(const Server& server, const Envelope& envelope, const std::string& mail, const std::stop_token& stop) {
    const std::unique_ptr<CURL, CloseHandle> handle{curl_easy_init()};
    if (!handle) return error(Errc::kUnavailable, "no memory", "email.connection");
    Exchange exchange{.mail = mail, .stop = stop};
    const std::unique_ptr<curl_slist, FreeList> to{curl_slist_append(nullptr, ('<' + envelope.to + '>').c_str())};
    const std::string from = '<' + envelope.from + '>';
    CURL* const curl = handle.get();
    curl_easy_setopt(curl, CURLOPT_URL, urlOf(server).c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_USE_SSL, server.security == Security::kNone ? CURLUSESSL_NONE : CURLUSESSL_ALL);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
    if (!server.ca_file.empty()) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, server.ca_file.c_str());
        curl_easy_setopt(curl, CURLOPT_CAPATH, nullptr);
    }
    if (!server.user.empty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
    }
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, to.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.size()));
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &Exchange::give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // Nothing is printed: it says which command was answered.
    curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &Exchange::watch);
    curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &Exchange::goOn);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &exchange);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(server.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, std::min<long>(kMostConnecting, server.timeout.count()));
    const CURLcode code = curl_easy_perform(curl);
    long reply = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    return judged(code, reply, exchange);
}

}  // namespace pakn::in_email

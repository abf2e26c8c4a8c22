/// @file
/// The HTTP client lent to connectors, over libcurl. What matters most is the error's code: whether a request that
/// failed can have reached the peer decides whether the hub may send it again.

#include <curl/curl.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/plugin_host/http_message.hpp"
#include "core/plugin_host/plugin_host.hpp"
#include "core/plugin_host/refuse.hpp"

namespace pakn::plugin_host {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMostConnecting{5000};
constexpr milliseconds kMostWaiting{std::chrono::minutes{10}};
constexpr std::size_t kMostHeaders = 64U << 10U;
constexpr std::size_t kMostIdleLines = 16;

struct CloseHandle {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Handle = std::unique_ptr<CURL, CloseHandle>;

struct CloseShare {
    void operator()(CURLSH* share) const { curl_share_cleanup(share); }
};
using Share = std::unique_ptr<CURLSH, CloseShare>;

struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using List = std::unique_ptr<curl_slist, FreeList>;

struct FreeUrl {
    void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

bool startsWith(std::string_view text, std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view trim(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

/// Whether repeating the request changes nothing, so that libcurl may do it by itself on a connection gone stale.
bool isSafe(std::string_view method) { return method == "GET" || method == "HEAD" || method == "OPTIONS"; }

/// "https://host:443" of an absolute http(s) address: all of it that an error may show. Query, path and user may hold
/// secrets. Empty when it is no such address.
std::string originOf(const std::string& address) {
    const std::unique_ptr<CURLU, FreeUrl> url{curl_url()};
    if (url == nullptr || curl_url_set(url.get(), CURLUPART_URL, address.c_str(), 0) != CURLUE_OK) return {};
    const auto part = [&](CURLUPart which) -> std::string {
        char* text = nullptr;
        if (curl_url_get(url.get(), which, &text, CURLU_DEFAULT_PORT) != CURLUE_OK) return {};
        std::string value{text};
        curl_free(text);
        return value;
    };
    const std::string scheme = part(CURLUPART_SCHEME);
    const std::string host = part(CURLUPART_HOST);
    if ((scheme != "http" && scheme != "https") || host.empty()) return {};
    return scheme + "://" + printable(host, 255) + ':' + part(CURLUPART_PORT);
}

/// As libcurl reads it: never what the environment says.
std::string exceptions(const HttpProxy& proxy) {
    std::string all;
    for (const std::string& host : proxy.except) (all.empty() ? all : all += ',') += host;
    return all;
}

/// One request under way. libcurl holds its address, so it stays where it is.
class Exchange {
public:
    Exchange(CURL* handle, const HttpRequest& request, const HttpClient::Limits& limits, const HttpProxy& proxy)
        : handle_{handle}, request_{request}, max_body_{limits.max_body}, proxy_{proxy} {
        configure(limits);
    }
    Exchange(const Exchange&) = delete;
    Exchange& operator=(const Exchange&) = delete;

    Result<HttpResponse> run(const std::string& origin) {
        const CURLcode code = curl_easy_perform(handle_);
        if (code != CURLE_OK) return failure(code, origin);
        long status = 0;
        curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
        constexpr long kProxyWantsToKnow = 407;
        if (status == kProxyWantsToKnow && !proxy_.url.empty()) return proxyRefused(origin);
        // libcurl 7.88 takes any number behind "HTTP/2 ", also one below zero.
        constexpr long kFirstStatus = 100, kLastStatus = 999;
        if (status < kFirstStatus || status > kLastStatus)
            return Error{.code = Errc::kUnknownOutcome,
                         .message = "request to " + origin + " was sent, but what came is no answer",
                         .problem = "http.broken"};
        response_.status = static_cast<int>(status);
        return std::move(response_);
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        if (curl_easy_setopt(handle_, option, value) != CURLE_OK)
            throw std::runtime_error{"libcurl does not know option " + std::to_string(option)};
    }

    void configure(const HttpClient::Limits& limits) {
        const milliseconds total = std::clamp(limits.timeout, milliseconds{1}, kMostWaiting);
        set(CURLOPT_URL, request_.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_FOLLOWLOCATION, 0L);
        configureProxy();
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        set(CURLOPT_NOSIGNAL, 1L);  // Signals and threads do not go together.
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(total.count()));
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(total, kMostConnecting).count()));
        set(CURLOPT_ERRORBUFFER, reason_.data());
        set(CURLOPT_WRITEFUNCTION, &Exchange::onBody);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_HEADERFUNCTION, &Exchange::onHeader);
        set(CURLOPT_HEADERDATA, this);
        configureBody();
        configureHeaders();
    }

    /// Nothing from the environment: where data goes is configuration.
    void configureProxy() {
        set(CURLOPT_PROXY, proxy_.url.c_str());
        set(CURLOPT_NOPROXY, exceptions(proxy_).c_str());
        if (proxy_.url.empty()) return;
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        if (proxy_.user.empty()) return;
        set(CURLOPT_PROXYAUTH, static_cast<long>(CURLAUTH_BASIC));
        set(CURLOPT_PROXYUSERNAME, proxy_.user.c_str());
        set(CURLOPT_PROXYPASSWORD, proxy_.password.c_str());
    }

    static Error proxyRefused(const std::string& origin) {
        return {.code = Errc::kUnavailable,
                .message = "request to " + origin + ": the proxy does not let it through",
                .problem = "http.proxy_refused"};
    }

    /// Through a proxy what has been sent may be no more than the wish to be connected. That the handshake with the
    /// peer is over is what the time of it says; a connection from before has none, and a request on it is sent.
    [[nodiscard]] bool onlyAskedProxy() const {
        if (proxy_.url.empty() || !startsWith(request_.url, "https:")) return false;
        long connects = 0;
        curl_off_t shaken = 0;
        curl_easy_getinfo(handle_, CURLINFO_NUM_CONNECTS, &connects);
        curl_easy_getinfo(handle_, CURLINFO_APPCONNECT_TIME_T, &shaken);
        return connects > 0 && shaken == 0;
    }

    /// The body goes out through a callback that cannot be rewound. So libcurl can never do what it otherwise does when
    /// a kept connection breaks after the request was sent: send it silently a second time.
    void configureBody() {
        const std::string& method = request_.method;
        if (bodySize() > 0) {
            set(CURLOPT_POST, 1L);
            set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(bodySize()));
            set(CURLOPT_READFUNCTION, &Exchange::onRead);
            set(CURLOPT_READDATA, this);
            set(CURLOPT_SEEKFUNCTION, &Exchange::onSeek);
            set(CURLOPT_SEEKDATA, this);
        } else if (method == "HEAD") {
            set(CURLOPT_NOBODY, 1L);
        } else if (!isSafe(method)) {
            set(CURLOPT_POST, 1L);
            set(CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t{0});
            set(CURLOPT_FRESH_CONNECT, 1L);  // Without a body nothing hinders the repeat but a connection of its own.
        }
        if (method != "HEAD") set(CURLOPT_CUSTOMREQUEST, method.c_str());
    }

    void configureHeaders() {
        addHeader("Expect:");  // Many receivers never answer it, which costs a second each time.
        bool has_type = false;
        for (const auto& [name, value] : request_.headers) {
            std::string line = name;
            line.append(value.empty() ? ";" : ": ").append(value);
            addHeader(line);
            has_type = has_type || name == "content-type";
        }
        if (!has_type) addHeader("Content-Type:");  // No type that nobody said.
        set(CURLOPT_HTTPHEADER, headers_.get());
    }

    void addHeader(const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc{};
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }

    Error failure(CURLcode code, const std::string& origin) const {
        long sent = 0;
        curl_easy_getinfo(handle_, CURLINFO_REQUEST_SIZE, &sent);
        const std::string to = "request to " + origin;
        if (too_large_) {
            return Error{.code = Errc::kUnknownOutcome,
                         .message = to + ": the answer is longer than " + std::to_string(max_body_) + " bytes",
                         .problem = "http.answer_too_large"};
        }
        if (sent > 0 && onlyAskedProxy()) {
            long told = 0;
            curl_easy_getinfo(handle_, CURLINFO_HTTP_CONNECTCODE, &told);
            constexpr long kConnected = 200;
            if (told != 0 && told != kConnected) return proxyRefused(origin);
            sent = 0;
        }
        if (sent > 0) {
            return Error{.code = Errc::kUnknownOutcome,
                         .message = to + " was sent, but no whole answer came: " + curl_easy_strerror(code),
                         .problem = code == CURLE_OPERATION_TIMEDOUT ? "http.timeout" : "http.broken"};
        }
        if (code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL) {
            return Error{.code = Errc::kMisconfigured,
                         .message = to + ": " + curl_easy_strerror(code),
                         .problem = "http.address"};
        }
        // Before the request goes out, libcurl's own words name host, port and certificate, nothing else.
        const std::string why = reason_[0] != '\0' ? printable(reason_.data()) : curl_easy_strerror(code);
        return Error{.code = Errc::kUnavailable, .message = to + ": " + why, .problem = "http.no_connection"};
    }

    [[nodiscard]] std::uint64_t bodySize() const {
        return request_.upload ? request_.upload->size() : request_.body.size();
    }

    static std::size_t onRead(char* into, std::size_t size, std::size_t count, void* self) {
        return static_cast<Exchange*>(self)->readBody({into, size * count});
    }

    std::size_t readBody(std::span<char> into) noexcept {
        std::size_t taken = 0;
        if (request_.upload) {
            try {
                const Result<std::size_t> got = request_.upload->read(body_sent_, into);
                if (!got) return CURL_READFUNC_ABORT;
                taken = *got;
            } catch (...) {
                return CURL_READFUNC_ABORT;
            }
        } else {
            taken = std::string_view{request_.body}.substr(body_sent_).copy(into.data(), into.size());
        }
        body_sent_ += taken;
        return taken;
    }

    static int onSeek(void*, curl_off_t, int) { return CURL_SEEKFUNC_FAIL; }

    static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self) {
        return static_cast<Exchange*>(self)->keepBody({bytes, size * count});
    }
    static std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
        return static_cast<Exchange*>(self)->keepHeader({bytes, size * count});
    }

    // Exceptions must not pass through libcurl's C frames: a short count makes it give up instead.
    std::size_t keepBody(std::string_view bytes) noexcept {
        if (bytes.size() > max_body_ - response_.body.size()) return giveUp();
        try {
            response_.body.append(bytes);
            return bytes.size();
        } catch (...) {
            return giveUp();
        }
    }

    std::size_t keepHeader(std::string_view line) noexcept {
        header_bytes_ += line.size();
        if (header_bytes_ > kMostHeaders) return giveUp();
        try {
            if (startsWith(line, "HTTP/")) response_.headers.clear();  // What came before was an interim answer.
            addResponseHeader(line);
            return line.size();
        } catch (...) {
            return giveUp();
        }
    }

    void addResponseHeader(std::string_view line) {
        const auto colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return;
        std::string name{line.substr(0, colon)};
        std::transform(name.begin(), name.end(), name.begin(), lower);
        const std::string value{trim(line.substr(colon + 1))};
        const auto [at, added] = response_.headers.try_emplace(std::move(name), value);
        if (!added) at->second += ", " + value;
    }

    std::size_t giveUp() noexcept {
        too_large_ = true;
        return 0;
    }

    CURL* const handle_;
    const HttpRequest& request_;
    const std::size_t max_body_;
    const HttpProxy& proxy_;
    List headers_;
    HttpResponse response_;
    std::size_t body_sent_ = 0;
    std::size_t header_bytes_ = 0;
    bool too_large_ = false;
    std::array<char, CURL_ERROR_SIZE> reason_{};
};

/// What libcurl would put on the wire as it is, or cut at a zero: checked here, because a line break in a header's
/// value starts a header of the sender's choosing.
Status checkRequest(const HttpRequest& request) {
    const auto wrong = [](std::string what) {
        return Error{.code = Errc::kMisconfigured, .message = std::move(what), .problem = "http.request"};
    };
    if (!isToken(request.method)) return wrong("the request's method is none");
    for (const auto& [name, value] : request.headers) {
        if (!isToken(name)) return wrong("the request has a header whose name is none");
        if (!isHeaderValue(value))
            return wrong("the value of the request's header " + name + " has a line break or a zero in it");
    }
    return Done{};
}

/// Keeps lines between calls: open connections, TLS sessions and resolved names. One call at a time has a line, and a
/// handle of its own on it: what libcurl keeps of an answer in a handle, over curl_easy_reset() too, may be memory that
/// is freed (7.88: where the last header lay, which a next answer that begins with a folded line makes it look for).
class CurlClient final : public HttpClient {
public:
    explicit CurlClient(HttpProxy proxy) : proxy_{std::move(proxy)} {
        idle_.reserve(kMostIdleLines);
    }  // So that giving one back cannot fail.

    Result<HttpResponse> perform(const HttpRequest& request, const Limits& limits) override try {
        const std::string origin = request.url.find('\0') == std::string::npos ? originOf(request.url) : std::string{};
        if (origin.empty()) {
            return Error{.code = Errc::kMisconfigured,
                         .message = "not an absolute http or https address",
                         .problem = "http.address"};
        }
        if (Status sound = checkRequest(request); !sound) return sound.error();

        Share line = borrow();
        Result<HttpResponse> response = exchange(line.get(), request, limits, origin);
        giveBack(std::move(line));
        return response;
    } catch (const std::exception& failure) {
        // Out of memory, mostly, and nobody knows how far the request came.
        return Error{.code = Errc::kUnknownOutcome, .message = printable(failure.what()), .problem = "http.broken"};
    }

private:
    Result<HttpResponse> exchange(CURLSH* line, const HttpRequest& request, const Limits& limits,
                                  const std::string& origin) const {
        const Handle handle{curl_easy_init()};
        if (handle == nullptr || curl_easy_setopt(handle.get(), CURLOPT_SHARE, line) != CURLE_OK)
            throw std::bad_alloc{};
        return Exchange{handle.get(), request, limits, proxy_}.run(origin);
    }

    Share borrow() {
        {
            const std::lock_guard lock{mutex_};
            if (!idle_.empty()) {
                Share line = std::move(idle_.back());
                idle_.pop_back();
                return line;
            }
        }
        Share line{curl_share_init()};
        if (line == nullptr) throw std::bad_alloc{};
        for (const curl_lock_data what : {CURL_LOCK_DATA_CONNECT, CURL_LOCK_DATA_SSL_SESSION, CURL_LOCK_DATA_DNS})
            if (curl_share_setopt(line.get(), CURLSHOPT_SHARE, what) != CURLSHE_OK) throw std::bad_alloc{};
        return line;
    }

    void giveBack(Share line) {
        const std::lock_guard lock{mutex_};
        if (idle_.size() < kMostIdleLines) idle_.push_back(std::move(line));
    }

    const HttpProxy proxy_;
    std::mutex mutex_;
    std::vector<Share> idle_;
};

}  // namespace

std::unique_ptr<HttpClient> makeHttpClient(HttpProxy proxy) {
    // Once per process, before any handle; never undone, because a connector's thread may outlive main's objects.
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    static_cast<void>(ready);
    return std::make_unique<CurlClient>(std::move(proxy));
}

}  // namespace pakn::plugin_host

#include "http2.hpp"

#include <curl/curl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <future>
#include <map>
#include <mutex>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace pakn::out_push {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMostConnecting{5000};
constexpr long kIdle = 30;        ///< Seconds until an idle connection is asked whether it lives.
constexpr long kOldest = 3600;    ///< Seconds that a connection may have idled.
constexpr int kMostSleep = 1000;  ///< ms.
constexpr std::size_t kMostAnswer = 16U << 10U;
constexpr std::size_t kMostHeaders = 100;
constexpr int kTriesAgain = 2;

template <auto release>
struct Release {
    template <class T>
    void operator()(T* thing) const {
        release(thing);
    }
};
using Easy = std::unique_ptr<CURL, Release<&curl_easy_cleanup>>;
using Multi = std::unique_ptr<CURLM, Release<&curl_multi_cleanup>>;
using List = std::unique_ptr<curl_slist, Release<&curl_slist_free_all>>;

void beginCurl() {
    static std::once_flag once;
    std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// Without what a log could not show.
std::string printable(std::string_view text) {
    std::string shown;
    for (const char c : text.substr(0, 200)) shown += c >= ' ' && c < 0x7f ? c : '?';
    return shown;
}

bool isTrouble(CURLcode code) {
    constexpr std::array kBroken{CURLE_RECV_ERROR, CURLE_SEND_ERROR,   CURLE_GOT_NOTHING,
                                 CURLE_HTTP2,      CURLE_HTTP2_STREAM, CURLE_PARTIAL_FILE};
    return std::find(kBroken.begin(), kBroken.end(), code) != kBroken.end();
}

bool isDistrust(CURLcode code) {
    return code == CURLE_PEER_FAILED_VERIFICATION || code == CURLE_SSL_CACERT_BADFILE || code == CURLE_SSL_ISSUER_ERROR;
}

/// One request under way. libcurl holds its address.
class Transfer {
public:
    Transfer(const Http2Request& request, const Http2Options& options) : body_{request.body}, easy_{curl_easy_init()} {
        if (!easy_) throw std::bad_alloc{};
        for (const auto& [name, value] : request.headers) addHeader(name + ": " + value);
        addHeader("expect:");
        set(CURLOPT_URL, request.url.c_str());
        set(CURLOPT_PROTOCOLS_STR, "https");
        set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_2TLS));
        set(CURLOPT_FOLLOWLOCATION, 0L);
        set(CURLOPT_PROXY, options.proxy.c_str());
        set(CURLOPT_NOPROXY, "");
        set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
        set(CURLOPT_SSL_VERIFYPEER, 1L);
        set(CURLOPT_SSL_VERIFYHOST, 2L);
        set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
        if (!options.ca_file.empty()) {
            set(CURLOPT_CAINFO, options.ca_file.c_str());
            set(CURLOPT_CAPATH, static_cast<char*>(nullptr));
        }
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(options.timeout.count()));
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(options.timeout, kMostConnecting).count()));
        set(CURLOPT_TCP_KEEPALIVE, 1L);
        set(CURLOPT_TCP_KEEPIDLE, kIdle);
        set(CURLOPT_TCP_KEEPINTVL, kIdle);
        set(CURLOPT_MAXAGE_CONN, kOldest);
        set(CURLOPT_POST, 1L);
        set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
        set(CURLOPT_POSTFIELDS, body_.c_str());
        set(CURLOPT_HTTPHEADER, headers_.get());
        set(CURLOPT_ERRORBUFFER, reason_.data());
        set(CURLOPT_WRITEFUNCTION, &Transfer::onBody);
        set(CURLOPT_WRITEDATA, this);
        set(CURLOPT_HEADERFUNCTION, &Transfer::onHeader);
        set(CURLOPT_HEADERDATA, this);
        set(CURLOPT_PRIVATE, this);
    }
    Transfer(const Transfer&) = delete;
    Transfer& operator=(const Transfer&) = delete;

    [[nodiscard]] CURL* easy() const { return easy_.get(); }
    std::future<Result<HttpResponse>> outcome() { return promise_.get_future(); }
    void end(Result<HttpResponse> outcome) { promise_.set_value(std::move(outcome)); }

    /// True twice: at first over whichever connection there is now, so that all who lost one share the next; then over
    /// one of its own.
    bool mayTryAgain(CURLcode code) {
        if (tries_again_ == kTriesAgain || !isTrouble(code)) return false;
        ++tries_again_;
        answer_ = {};
        reason_[0] = '\0';
        if (tries_again_ == kTriesAgain) set(CURLOPT_FRESH_CONNECT, 1L);
        return true;
    }

    Result<HttpResponse> result(CURLcode code) {
        if (code != CURLE_OK) return failure(code);
        long status = 0;
        long version = 0;
        curl_easy_getinfo(easy(), CURLINFO_RESPONSE_CODE, &status);
        curl_easy_getinfo(easy(), CURLINFO_HTTP_VERSION, &version);
        if (version != CURL_HTTP_VERSION_2_0)
            return Error{.code = Errc::kMisconfigured,
                         .message = "the push service's address answers without HTTP/2",
                         .problem = "push.no_http2"};
        answer_.status = static_cast<int>(status);
        return std::move(answer_);
    }

    [[nodiscard]] Error failure(CURLcode code) const {
        const std::string why = reason_[0] != '\0' ? printable(reason_.data()) : curl_easy_strerror(code);
        if (isDistrust(code))
            return {.code = Errc::kMisconfigured,
                    .message = "the push service's certificate cannot be trusted: " + why,
                    .problem = "push.not_trusted"};
        long sent = 0;
        curl_easy_getinfo(easy(), CURLINFO_REQUEST_SIZE, &sent);
        if (sent == 0)
            return {.code = Errc::kUnavailable,
                    .message = "no connection to the push service: " + why,
                    .problem = "push.no_connection"};
        return {.code = Errc::kUnknownOutcome,
                .message = "a notification was sent, but no answer came: " + std::string{curl_easy_strerror(code)},
                .problem = "push.no_answer"};
    }

private:
    template <class Value>
    void set(CURLoption option, Value value) {
        if (curl_easy_setopt(easy_.get(), option, value) != CURLE_OK)
            throw std::runtime_error{"libcurl does not know option " + std::to_string(option)};
    }

    void addHeader(const std::string& line) {
        curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
        if (longer == nullptr) throw std::bad_alloc{};
        static_cast<void>(headers_.release());
        headers_.reset(longer);
    }

    static std::size_t onBody(char* bytes, std::size_t size, std::size_t count, void* self) {
        std::string& body = static_cast<Transfer*>(self)->answer_.body;
        if (size * count > kMostAnswer - body.size()) return 0;
        body.append(bytes, size * count);
        return size * count;
    }

    static std::size_t onHeader(char* bytes, std::size_t size, std::size_t count, void* self) {
        HttpHeaders& headers = static_cast<Transfer*>(self)->answer_.headers;
        const std::string_view line{bytes, size * count};
        const std::size_t colon = line.find(':', 1);
        if (colon == std::string_view::npos || headers.size() >= kMostHeaders) return size * count;
        std::string name{line.substr(0, colon)};
        std::transform(name.begin(), name.end(), name.begin(), lower);
        const std::size_t from = line.find_first_not_of(" \t", colon + 1);
        const std::size_t to = line.find_last_not_of(" \t\r\n");
        if (from != std::string_view::npos && from <= to) headers[name] = line.substr(from, to - from + 1);
        return size * count;
    }

    const std::string body_;
    Easy easy_;
    List headers_;
    std::array<char, CURL_ERROR_SIZE> reason_{};
    HttpResponse answer_ = {};
    int tries_again_ = 0;
    std::promise<Result<HttpResponse>> promise_;
};

}  // namespace

/// The thread that alone touches libcurl's handles; others leave requests with it.
class CurlHttp2::Loop {
public:
    Loop(Http2Options options, Ends ends) : options_{std::move(options)}, ends_{ends} {
        beginCurl();
        multi_.reset(curl_multi_init());
        if (!multi_) throw std::bad_alloc{};
        curl_multi_setopt(multi_.get(), CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
        curl_multi_setopt(multi_.get(), CURLMOPT_MAX_HOST_CONNECTIONS, 1L);
    }
    Loop(const Loop&) = delete;
    Loop& operator=(const Loop&) = delete;
    ~Loop() {
        thread_.request_stop();
        curl_multi_wakeup(multi_.get());
        if (thread_.joinable()) thread_.join();
        for (auto& [easy, transfer] : under_way_) {
            curl_multi_remove_handle(multi_.get(), easy);
            transfer->end(stopped(*transfer));
        }
    }

    Result<HttpResponse> run(const Http2Request& request, const std::stop_token& stop) {
        auto transfer = std::make_shared<Transfer>(request, options_);
        std::future<Result<HttpResponse>> outcome = transfer->outcome();
        {
            const std::lock_guard lock{mutex_};
            if (!thread_.joinable()) thread_ = std::jthread{[this](const std::stop_token& end) { serve(end); }};
            waiting_.push_back(transfer);
        }
        curl_multi_wakeup(multi_.get());
        const std::stop_callback give_up{stop, [&] {
                                             const std::lock_guard lock{mutex_};
                                             given_up_.push_back(transfer);
                                             curl_multi_wakeup(multi_.get());
                                         }};
        return outcome.get();
    }

private:
    void serve(const std::stop_token& end) {
        while (!end.stop_requested()) {
            take();
            int running = 0;
            curl_multi_perform(multi_.get(), &running);
            settle();
            curl_multi_poll(multi_.get(), nullptr, 0, kMostSleep, nullptr);
        }
    }

    void take() {
        std::vector<std::shared_ptr<Transfer>> fresh;
        std::vector<std::shared_ptr<Transfer>> given_up;
        {
            const std::lock_guard lock{mutex_};
            fresh.swap(waiting_);
            given_up.swap(given_up_);
        }
        for (std::shared_ptr<Transfer>& one : fresh) {
            curl_multi_add_handle(multi_.get(), one->easy());
            under_way_.emplace(one->easy(), std::move(one));
        }
        for (const std::shared_ptr<Transfer>& one : given_up) {
            if (under_way_.erase(one->easy()) == 0) continue;
            curl_multi_remove_handle(multi_.get(), one->easy());
            one->end(stopped(*one));
        }
    }

    void settle() {
        int left = 0;
        while (const CURLMsg* const message = curl_multi_info_read(multi_.get(), &left)) {
            if (message->msg != CURLMSG_DONE) continue;
            CURL* const easy = message->easy_handle;
            const CURLcode code = message->data.result;
            const auto found = under_way_.find(easy);
            if (found == under_way_.end()) continue;
            Transfer& transfer = *found->second;
            if (transfer.mayTryAgain(code)) {
                curl_multi_remove_handle(multi_.get(), easy);
                curl_multi_add_handle(multi_.get(), easy);
                continue;
            }
            Result<HttpResponse> result = transfer.result(code);
            if (result && ends_(*result)) endConnection(easy);
            curl_multi_remove_handle(multi_.get(), easy);
            transfer.end(std::move(result));
            under_way_.erase(found);
        }
    }

    /// libcurl finds it dead when it wants to use it again, and makes another; what is still under way on it fails and
    /// is sent once more.
    static void endConnection(CURL* easy) {
        curl_socket_t socket = CURL_SOCKET_BAD;
        if (curl_easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket != CURL_SOCKET_BAD)
            ::shutdown(socket, SHUT_RDWR);
    }

    static Error stopped(const Transfer& transfer) { return transfer.failure(CURLE_ABORTED_BY_CALLBACK); }

    const Http2Options options_;
    const Ends ends_;
    Multi multi_;
    std::mutex mutex_;  ///< Of the next three.
    std::vector<std::shared_ptr<Transfer>> waiting_;
    std::vector<std::shared_ptr<Transfer>> given_up_;
    std::jthread thread_;
    std::map<CURL*, std::shared_ptr<Transfer>> under_way_;  ///< The thread's own.
};

CurlHttp2::CurlHttp2(Http2Options options, Ends ends) : loop_{std::make_unique<Loop>(std::move(options), ends)} {}

CurlHttp2::~CurlHttp2() = default;

Result<HttpResponse> CurlHttp2::post(const Http2Request& request, std::stop_token stop) {
    return loop_->run(request, stop);
}

}  // namespace pakn::out_push

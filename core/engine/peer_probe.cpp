#include "core/engine/peer_probe.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

namespace pakn::engine {

namespace {

using Steady = std::chrono::steady_clock;

Error unreachable(const char* step, const std::string& why) {
    return {.code = Errc::kUnavailable, .message = std::string{step} + ": " + why, .problem = step};
}

struct Target {
    std::string host;
    std::string port;
    bool tls;
};

Result<Target> targetOf(std::string_view url) {
    const Error invalid{.code = Errc::kInvalid, .message = "not an http or https address"};
    Target target{{}, "80", false};
    if (url.starts_with("https://")) {
        target = {{}, "443", true};
        url.remove_prefix(8);
    } else if (url.starts_with("http://")) {
        url.remove_prefix(7);
    } else {
        return invalid;
    }
    std::string_view authority = url.substr(0, url.find_first_of("/?#"));
    if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) authority.remove_prefix(at + 1);
    if (authority.starts_with('[')) {  // An IPv6 address.
        const std::size_t end = authority.find(']');
        if (end == std::string_view::npos) return invalid;
        target.host = authority.substr(1, end - 1);
        authority.remove_prefix(end + 1);
        if (authority.starts_with(':')) target.port = authority.substr(1);
    } else {
        const std::size_t colon = authority.find(':');
        target.host = authority.substr(0, colon);
        if (colon != std::string_view::npos) target.port = authority.substr(colon + 1);
    }
    if (target.host.empty() || target.port.empty()) return invalid;
    return target;
}

class Socket {
public:
    explicit Socket(int descriptor) : descriptor_{descriptor} {}
    Socket(Socket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    Socket& operator=(Socket&&) = delete;
    ~Socket() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    [[nodiscard]] int descriptor() const { return descriptor_; }

private:
    int descriptor_;
};

/// Waits until the socket can be read or written; false when the time is over.
bool ready(int descriptor, short events, Steady::time_point until) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Steady::now()).count();
    pollfd one{descriptor, events, 0};
    return left > 0 && ::poll(&one, 1, static_cast<int>(left)) > 0;
}

/// Connects to the first address that answers.
Result<Socket> connectTo(const Target& target, std::chrono::milliseconds limit) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* raw = nullptr;
    const int failed = ::getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &raw);
    if (failed != 0) return unreachable("dns", target.host + ": " + ::gai_strerror(failed));
    const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses{raw, &::freeaddrinfo};
    int reason = ETIMEDOUT;
    for (const addrinfo* one = addresses.get(); one != nullptr; one = one->ai_next) {
        Socket socket{::socket(one->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)};
        if (socket.descriptor() < 0) continue;
        if (::connect(socket.descriptor(), one->ai_addr, one->ai_addrlen) == 0) return socket;
        if (errno != EINPROGRESS) {
            reason = errno;
            continue;
        }
        if (!ready(socket.descriptor(), POLLOUT, Steady::now() + limit)) continue;
        socklen_t size = sizeof(reason);
        if (::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &reason, &size) == 0 && reason == 0) return socket;
    }
    return unreachable("tcp", target.host + ':' + target.port + ": " + std::generic_category().message(reason));
}

/// Reached without the proxy: the host, or a domain that it lies in.
bool isExcepted(const std::string& host, const ProbeProxy& proxy) {
    for (const std::string& one : proxy.except) {
        if (host == one) return true;
        if (host.size() > one.size() && host.ends_with(one) && host[host.size() - one.size() - 1] == '.') return true;
    }
    return false;
}

/// Has the proxy connect to the target (RFC 9110, 9.3.6).
Status connectThrough(const ProbeProxy& proxy, const Target& target, int descriptor, std::chrono::milliseconds limit) {
    constexpr std::size_t kMostAnswer = 8192;
    const bool ipv6 = target.host.find(':') != std::string::npos;
    const std::string authority = (ipv6 ? '[' + target.host + ']' : target.host) + ':' + target.port;
    std::string ask = "CONNECT " + authority + " HTTP/1.1\r\nHost: " + authority + "\r\n";
    if (!proxy.authorization.empty()) ask += "Proxy-Authorization: " + proxy.authorization + "\r\n";
    ask += "\r\n";
    const Steady::time_point until = Steady::now() + limit;
    for (std::string_view left = ask; !left.empty();) {
        if (!ready(descriptor, POLLOUT, until)) return unreachable("proxy", "takes nothing in time");
        const ssize_t sent = ::send(descriptor, left.data(), left.size(), MSG_NOSIGNAL);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) return unreachable("proxy", "broke off");
        if (sent > 0) left.remove_prefix(static_cast<std::size_t>(sent));
    }
    std::string answer;
    while (answer.find("\r\n\r\n") == std::string::npos) {
        char byte = 0;  // One at a time: what follows the head is the peer's.
        if (answer.size() > kMostAnswer || !ready(descriptor, POLLIN, until))
            return unreachable("proxy", "does not answer in time");
        const ssize_t got = ::recv(descriptor, &byte, 1, 0);
        if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return unreachable("proxy", "broke off");
        if (got > 0) answer += byte;
    }
    if (answer.size() < 12 || !answer.starts_with("HTTP/1.")) return unreachable("proxy", "does not speak HTTP");
    const std::string status = answer.substr(9, 3);
    if (status == "200") return Done{};
    return unreachable(
        "proxy", "answers " + (status.find_first_not_of("0123456789") == std::string::npos ? status : "nonsense"));
}

std::string tlsError(const SSL* session) {
    if (const long verdict = ::SSL_get_verify_result(session); verdict != X509_V_OK)
        return ::X509_verify_cert_error_string(verdict);
    const unsigned long code = ::ERR_get_error();
    const char* reason = code == 0 ? nullptr : ::ERR_reason_error_string(code);
    return reason == nullptr ? "the peer broke off the handshake" : reason;
}

/// Shakes hands as the hub's own client would: the system's authorities, the peer's name checked.
Result<std::chrono::hours> certificateOf(const Target& target, int descriptor, std::chrono::milliseconds limit) {
    ::ERR_clear_error();
    const std::unique_ptr<SSL_CTX, decltype(&::SSL_CTX_free)> context{::SSL_CTX_new(::TLS_client_method()),
                                                                      &::SSL_CTX_free};
    if (!context || ::SSL_CTX_set_default_verify_paths(context.get()) != 1) return unreachable("tls", "no authorities");
    ::SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
    const std::unique_ptr<SSL, decltype(&::SSL_free)> session{::SSL_new(context.get()), &::SSL_free};
    if (!session || ::SSL_set_fd(session.get(), descriptor) != 1 ||
        ::SSL_set1_host(session.get(), target.host.c_str()) != 1)
        return unreachable("tls", "cannot be set up");
    static_cast<void>(SSL_set_tlsext_host_name(session.get(), target.host.c_str()));
    const Steady::time_point until = Steady::now() + limit;
    for (int done = ::SSL_connect(session.get()); done != 1; done = ::SSL_connect(session.get())) {
        const int wants = ::SSL_get_error(session.get(), done);
        if (wants != SSL_ERROR_WANT_READ && wants != SSL_ERROR_WANT_WRITE)
            return unreachable("tls", tlsError(session.get()));
        if (!ready(descriptor, wants == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, until))
            return unreachable("tls", "no answer in time");
    }
    const std::unique_ptr<X509, decltype(&::X509_free)> certificate{::SSL_get1_peer_certificate(session.get()),
                                                                    &::X509_free};
    int days = 0;
    int seconds = 0;
    if (!certificate || ::ASN1_TIME_diff(&days, &seconds, nullptr, ::X509_get0_notAfter(certificate.get())) != 1)
        return unreachable("tls", "the certificate has no end");
    return std::chrono::hours{24 * days + seconds / 3600};
}

}  // namespace

Result<PeerProbe> probePeer(const std::string& url, std::chrono::milliseconds limit, const ProbeProxy& proxy) {
    const Result<Target> target = targetOf(url);
    if (!target) return target.error();
    const Steady::time_point began = Steady::now();
    PeerProbe probe{.host = target->host, .port = 0, .tls = target->tls};
    const std::string& port = target->port;
    const auto [end, wrong] = std::from_chars(port.data(), port.data() + port.size(), probe.port);
    if (wrong != std::errc{} || end != port.data() + port.size())
        return Error{.code = Errc::kInvalid, .message = "no such port: " + port};
    probe.by_proxy = !proxy.url.empty() && !isExcepted(target->host, proxy);
    const Result<Target> first = probe.by_proxy ? targetOf(proxy.url) : target;
    if (!first) return first.error();
    const Result<Socket> socket = connectTo(*first, limit);
    if (!socket) return socket.error();
    if (probe.by_proxy && target->tls)
        if (Status through = connectThrough(proxy, *target, socket->descriptor(), limit); !through)
            return std::move(through).error();
    if (target->tls) {
        const Result<std::chrono::hours> left = certificateOf(*target, socket->descriptor(), limit);
        if (!left) return left.error();
        probe.certificate_left = *left;
    }
    probe.took = std::chrono::ceil<std::chrono::milliseconds>(Steady::now() - began);
    return probe;
}

}  // namespace pakn::engine

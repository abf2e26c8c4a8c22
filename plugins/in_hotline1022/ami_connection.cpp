#include "ami_connection.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <vector>

namespace pakn::hotline {
namespace {

using Steady = std::chrono::steady_clock;  // How long something takes, not what time it is.

constexpr std::size_t kPiece = 64U << 10U;
/// The stop of the hub is looked at so often while a connection is being made.
constexpr std::chrono::milliseconds kLook{100};

Error gone(const std::string& why) {
    return {.code = Errc::kUnavailable, .message = "the exchange: " + why, .problem = "hotline.ami"};
}
std::string reasonOf(int number) { return std::error_code{number, std::generic_category()}.message(); }

int left(Steady::time_point deadline) {
    const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Steady::now());
    return static_cast<int>(std::clamp<std::int64_t>(rest.count(), 0, 60'000));
}

/// False: not within the time.
bool ready(int socket, short what, int milliseconds) {
    pollfd one{.fd = socket, .events = what, .revents = 0};
    return ::poll(&one, 1, milliseconds) > 0;
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};

/// A socket that is connected, or a negative number and the reason.
int connectOne(const addrinfo& address, Steady::time_point deadline, const std::stop_token& stop, int& reason) {
    const int socket =
        ::socket(address.ai_family, address.ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, address.ai_protocol);
    if (socket < 0) {
        reason = errno;
        return -1;
    }
    int failed = ::connect(socket, address.ai_addr, address.ai_addrlen) == 0 ? 0 : errno;
    if (failed == EINPROGRESS) {
        failed = ETIMEDOUT;
        while (left(deadline) > 0 && !stop.stop_requested()) {
            if (!ready(socket, POLLOUT, std::min(left(deadline), static_cast<int>(kLook.count())))) continue;
            socklen_t size = sizeof failed;
            if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &failed, &size) != 0) failed = errno;
            break;
        }
    }
    if (failed == 0) return socket;
    ::close(socket);
    reason = failed;
    return -1;
}

}  // namespace

Result<std::unique_ptr<AmiConnection>> AmiConnection::open(const AmiAddress& address,
                                                           std::chrono::milliseconds patience,
                                                           const std::stop_token& stop) {
    const Steady::time_point deadline = Steady::now() + patience;
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_ADDRCONFIG;
    addrinfo* found = nullptr;
    if (const int bad = ::getaddrinfo(address.host.c_str(), std::to_string(address.port).c_str(), &hints, &found);
        bad != 0)
        return gone("its name has no address: " + std::string{::gai_strerror(bad)});
    const std::unique_ptr<addrinfo, FreeAddresses> addresses{found};
    int reason = ETIMEDOUT;
    int socket = -1;
    for (const addrinfo* one = found; one != nullptr && socket < 0; one = one->ai_next)
        socket = connectOne(*one, deadline, stop, reason);
    if (socket < 0) return gone("no connection: " + reasonOf(reason));
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
    ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    std::unique_ptr<AmiConnection> connection{new AmiConnection{socket}};
    if (address.tls)
        if (Status safe = connection->beginTls(address, std::chrono::milliseconds{left(deadline)}, stop); !safe)
            return std::move(safe).error();
    return connection;
}

AmiConnection::~AmiConnection() { ::close(socket_); }

Status AmiConnection::beginTls(const AmiAddress& address, std::chrono::milliseconds patience,
                               const std::stop_token& stop) {
    context_.reset(SSL_CTX_new(TLS_client_method()));
    if (!context_) return gone("no memory for TLS");
    SSL_CTX_set_min_proto_version(context_.get(), TLS1_2_VERSION);
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    if (SSL_CTX_load_verify_locations(context_.get(), address.ca_file.c_str(), nullptr) != 1) {
        ERR_clear_error();
        return Error{.code = Errc::kMisconfigured,
                     .message = "ami_ca is no file of certificates in PEM",
                     .problem = "hotline.ami_ca"};
    }
    tls_.reset(SSL_new(context_.get()));
    BIO* const in = BIO_new(BIO_s_mem());
    BIO* const out = BIO_new(BIO_s_mem());
    if (!tls_ || in == nullptr || out == nullptr) return gone("no memory for TLS");
    SSL_set_bio(tls_.get(), in, out);
    // A certificate is for a name or for an address.
    if (X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(tls_.get()), address.host.c_str()) != 1) {
        ERR_clear_error();
        SSL_set1_host(tls_.get(), address.host.c_str());
        SSL_set_tlsext_host_name(tls_.get(), address.host.c_str());
    }
    const Steady::time_point deadline = Steady::now() + patience;
    for (;;) {
        const int done = SSL_connect(tls_.get());
        const int wants = done == 1 ? SSL_ERROR_NONE : SSL_get_error(tls_.get(), done);
        ERR_clear_error();
        if (Status sent = flushTls(std::chrono::milliseconds{left(deadline)}); !sent) return sent;
        if (wants == SSL_ERROR_NONE) return Done{};
        if (wants != SSL_ERROR_WANT_READ) {
            const long why = SSL_get_verify_result(tls_.get());
            return gone(why == X509_V_OK ? "no TLS on this port"
                                         : "its certificate: " + std::string{X509_verify_cert_error_string(why)});
        }
        if (left(deadline) == 0 || stop.stop_requested()) return gone("no TLS within the time");
        const Result<std::string> bytes = receiveRaw(std::min(std::chrono::milliseconds{left(deadline)}, kLook));
        if (!bytes) return bytes.error();
        BIO_write(SSL_get_rbio(tls_.get()), bytes->data(), static_cast<int>(bytes->size()));
    }
}

Status AmiConnection::sendRaw(std::string_view bytes, std::chrono::milliseconds patience) {
    const Steady::time_point deadline = Steady::now() + patience;
    while (!bytes.empty()) {
        const ssize_t sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (sent >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(sent));
            continue;
        }
        if (errno == EINTR) continue;
        if (errno != EAGAIN && errno != EWOULDBLOCK) return gone("the connection broke: " + reasonOf(errno));
        if (left(deadline) == 0 || !ready(socket_, POLLOUT, left(deadline))) return gone("it does not read");
    }
    return Done{};
}

Result<std::string> AmiConnection::receiveRaw(std::chrono::milliseconds patience) {
    if (!ready(socket_, POLLIN, static_cast<int>(patience.count()))) return std::string{};
    std::string bytes(kPiece, '\0');
    const ssize_t got = ::recv(socket_, bytes.data(), bytes.size(), 0);
    if (got == 0) return gone("it closed the connection");
    if (got < 0) {
        if (errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK) return std::string{};
        return gone("the connection broke: " + reasonOf(errno));
    }
    bytes.resize(static_cast<std::size_t>(got));
    return bytes;
}

Status AmiConnection::flushTls(std::chrono::milliseconds patience) {
    BIO* const out = SSL_get_wbio(tls_.get());
    std::string bytes(BIO_ctrl_pending(out), '\0');
    if (bytes.empty()) return Done{};
    const int taken = BIO_read(out, bytes.data(), static_cast<int>(bytes.size()));
    bytes.resize(static_cast<std::size_t>(std::max(taken, 0)));
    return sendRaw(bytes, patience);
}

Status AmiConnection::send(std::string_view bytes, std::chrono::milliseconds patience) {
    if (!tls_) return sendRaw(bytes, patience);
    if (SSL_write(tls_.get(), bytes.data(), static_cast<int>(bytes.size())) <= 0) {
        ERR_clear_error();
        return gone("TLS broke");
    }
    return flushTls(patience);
}

Result<std::string> AmiConnection::decrypted() {
    std::string plain;
    std::string piece(kPiece, '\0');
    for (;;) {
        const int got = SSL_read(tls_.get(), piece.data(), static_cast<int>(piece.size()));
        if (got > 0) {
            plain.append(piece, 0, static_cast<std::size_t>(got));
            continue;
        }
        const int wants = SSL_get_error(tls_.get(), got);
        ERR_clear_error();
        if (wants == SSL_ERROR_WANT_READ || !plain.empty()) return plain;
        return gone(wants == SSL_ERROR_ZERO_RETURN ? "it closed the connection" : "TLS broke");
    }
}

Result<std::string> AmiConnection::receive(std::chrono::milliseconds patience) {
    if (!tls_) return receiveRaw(patience);
    // What came together with the end of the greeting of TLS may be here already.
    Result<std::string> plain = decrypted();
    if (!plain || !plain->empty()) return plain;
    const Result<std::string> bytes = receiveRaw(patience);
    if (!bytes || bytes->empty()) return bytes;
    BIO_write(SSL_get_rbio(tls_.get()), bytes->data(), static_cast<int>(bytes->size()));
    plain = decrypted();
    if (!plain) return plain;
    if (Status sent = flushTls(patience); !sent) return std::move(sent).error();
    return plain;
}

}  // namespace pakn::hotline

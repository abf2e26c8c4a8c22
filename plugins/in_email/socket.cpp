#include "socket.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netdb.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>
#include <system_error>

namespace pakn::in_email {

namespace {

Error unavailable(std::string why) {
    return {.code = Errc::kUnavailable, .message = std::move(why), .problem = "email.connection"};
}

struct FreeAddresses {
    void operator()(addrinfo* list) const { ::freeaddrinfo(list); }
};
struct FreeCertificate {
    void operator()(X509* one) const { X509_free(one); }
};
struct FreeStore {
    void operator()(X509_STORE* store) const { X509_STORE_free(store); }
};
struct FreeContext {
    void operator()(X509_STORE_CTX* context) const { X509_STORE_CTX_free(context); }
};
struct FreeStack {
    void operator()(STACK_OF(X509) * stack) const { sk_X509_free(stack); }
};
using Certificate = std::unique_ptr<X509, FreeCertificate>;

bool waitFor(int socket, std::chrono::milliseconds timeout) {
    pollfd one{.fd = socket, .events = POLLOUT, .revents = 0};
    int ready = 0;
    do ready = ::poll(&one, 1, static_cast<int>(timeout.count()));
    while (ready < 0 && errno == EINTR);
    int reason = 0;
    socklen_t size = sizeof reason;
    if (ready == 1 && ::getsockopt(socket, SOL_SOCKET, SO_ERROR, &reason, &size) == 0) errno = reason;
    return ready == 1 && reason == 0;
}

/// Blocking again, because libetpan waits by itself.
int connectedTo(const addrinfo& address, std::chrono::milliseconds timeout) {
    const int socket = ::socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (socket < 0) return -1;
    const bool at_once = ::connect(socket, address.ai_addr, address.ai_addrlen) == 0;
    const bool connected = at_once || (errno == EINPROGRESS && waitFor(socket, timeout));
    const int reason = errno;
    if (connected && ::fcntl(socket, F_SETFL, 0) == 0) return socket;
    ::close(socket);
    errno = reason;
    return -1;
}

}  // namespace

Result<int> connectTo(const std::string& host, int port, std::chrono::milliseconds timeout) {
    const addrinfo hints{.ai_flags = AI_ADDRCONFIG,
                         .ai_family = AF_UNSPEC,
                         .ai_socktype = SOCK_STREAM,
                         .ai_protocol = 0,
                         .ai_addrlen = 0,
                         .ai_addr = nullptr,
                         .ai_canonname = nullptr,
                         .ai_next = nullptr};
    addrinfo* found = nullptr;
    const int failed = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
    const std::unique_ptr<addrinfo, FreeAddresses> addresses{found};
    if (failed != 0) return unavailable(host + " has no address: " + ::gai_strerror(failed));
    for (const addrinfo* one = found; one != nullptr; one = one->ai_next)
        if (const int socket = connectedTo(*one, timeout); socket >= 0) return socket;
    return unavailable("cannot connect to " + host + ':' + std::to_string(port) + ": " +
                       std::generic_category().message(errno));
}

Status checkCertificates(const std::vector<std::string>& chain, const std::string& host, const std::string& ca_file) {
    std::vector<Certificate> certificates;
    const std::unique_ptr<STACK_OF(X509), FreeStack> others{sk_X509_new_null()};
    const std::unique_ptr<X509_STORE, FreeStore> store{X509_STORE_new()};
    const std::unique_ptr<X509_STORE_CTX, FreeContext> context{X509_STORE_CTX_new()};
    if (!others || !store || !context) return Error{.code = Errc::kUnavailable, .message = "no memory"};
    for (const std::string& der : chain) {
        const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
        certificates.emplace_back(d2i_X509(nullptr, &bytes, static_cast<long>(der.size())));
        if (!certificates.back()) return unavailable("the server's certificate cannot be read");
        if (certificates.size() > 1) sk_X509_push(others.get(), certificates.back().get());
    }
    if (certificates.empty()) return unavailable("the server shows no certificate");
    const int loaded = ca_file.empty() ? X509_STORE_set_default_paths(store.get())
                                       : X509_STORE_load_file(store.get(), ca_file.c_str());
    if (loaded != 1)
        return Error{.code = Errc::kMisconfigured, .message = "no authorities can be read", .problem = "email.ca_file"};
    if (X509_STORE_CTX_init(context.get(), store.get(), certificates.front().get(), others.get()) != 1)
        return unavailable("the server's certificate cannot be checked");
    X509_VERIFY_PARAM* wanted = X509_STORE_CTX_get0_param(context.get());
    X509_VERIFY_PARAM_set_purpose(wanted, X509_PURPOSE_SSL_SERVER);
    in6_addr ignored{};
    const bool by_number =
        ::inet_pton(AF_INET, host.c_str(), &ignored) == 1 || ::inet_pton(AF_INET6, host.c_str(), &ignored) == 1;
    if (by_number)
        X509_VERIFY_PARAM_set1_ip_asc(wanted, host.c_str());
    else
        X509_VERIFY_PARAM_set1_host(wanted, host.c_str(), host.size());
    if (X509_verify_cert(context.get()) == 1) return Done{};
    return Error{.code = Errc::kUnavailable,
                 .message = "the certificate of " + host + " is not believed: " +
                            X509_verify_cert_error_string(X509_STORE_CTX_get_error(context.get())),
                 .problem = "email.certificate"};
}

}  // namespace pakn::in_email

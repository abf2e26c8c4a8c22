#pragma once
/// @file
/// A TCP connection to the exchange, with TLS if wanted, that no call waits on for longer than it is told. One thread.

#include <openssl/ssl.h>

#include <chrono>
#include <memory>
#include <pakn/sdk/result.hpp>
#include <stop_token>
#include <string>
#include <string_view>

namespace pakn::hotline {

struct AmiAddress {
    std::string host = {};
    int port = 0;
    bool tls = false;
    std::string ca_file = {};  ///< With TLS: whose certificates are believed, as PEM.
};

class AmiConnection {
public:
    /// kUnavailable: nobody there within `patience`, or not whom the certificate should name. kMisconfigured: the file
    /// of certificates is none.
    static Result<std::unique_ptr<AmiConnection>> open(const AmiAddress& address, std::chrono::milliseconds patience,
                                                       const std::stop_token& stop);
    ~AmiConnection();
    AmiConnection(const AmiConnection&) = delete;
    AmiConnection& operator=(const AmiConnection&) = delete;

    /// kUnavailable.
    Status send(std::string_view bytes, std::chrono::milliseconds patience);
    /// What has come within `patience`; nothing is no error. kUnavailable: the connection is over.
    Result<std::string> receive(std::chrono::milliseconds patience);

private:
    struct FreeContext {
        void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
    };
    struct FreeTls {
        void operator()(SSL* tls) const { SSL_free(tls); }
    };

    explicit AmiConnection(int socket) : socket_{socket} {}
    Status beginTls(const AmiAddress& address, std::chrono::milliseconds patience, const std::stop_token& stop);
    Status sendRaw(std::string_view bytes, std::chrono::milliseconds patience);
    Result<std::string> receiveRaw(std::chrono::milliseconds patience);
    Status flushTls(std::chrono::milliseconds patience);
    Result<std::string> decrypted();

    int socket_;
    std::unique_ptr<SSL_CTX, FreeContext> context_;
    std::unique_ptr<SSL, FreeTls> tls_;  ///< Between two buffers in memory: the socket is written by sendRaw() alone.
};

}  // namespace pakn::hotline

#pragma once
/// @file
/// More connections than the server has threads for: told so at once, instead of waiting unanswered.

#include <Poco/Net/StreamSocket.h>
#include <Poco/Net/TCPServer.h>

#include <atomic>
#include <cstddef>
#include <vector>

namespace pakn::http {

/// Answers 503 to a connection that would only wait. Called by the accepting thread alone.
class ConnectionLimit final : public Poco::Net::TCPServerConnectionFilter {
public:
    explicit ConnectionLimit(int most);
    /// The server that asks; set once before it starts.
    void watch(const Poco::Net::TCPServer& server) { server_ = &server; }
    /// More than three quarters in use: idle connections should be given up.
    [[nodiscard]] bool nearlyFull() const;
    bool accept(const Poco::Net::StreamSocket& socket) override;

private:
    [[nodiscard]] int inUse() const;
    void refuse(Poco::Net::StreamSocket socket);

    const int most_;
    const Poco::Net::TCPServer* server_ = nullptr;
    /// The last refused sockets stay open for a while: closing one at once, with its request unread, would reset the
    /// connection before the client has read the answer.
    std::vector<Poco::Net::StreamSocket> refused_;
    std::size_t next_ = 0;
};

}  // namespace pakn::http

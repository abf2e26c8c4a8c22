#include "core/engine/peer_probe.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

namespace pakn::engine {
namespace {

using namespace std::chrono_literals;

/// A socket on the loopback; connections are taken by the kernel and never answered.
class Listener {
public:
    Listener() : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)} {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof(address);
        auto* const raw = reinterpret_cast<sockaddr*>(&address);
        EXPECT_EQ(::bind(descriptor_, raw, size), 0);
        EXPECT_EQ(::getsockname(descriptor_, raw, &size), 0);
        port_ = ntohs(address.sin_port);
    }
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;
    ~Listener() { ::close(descriptor_); }
    void listen() const { EXPECT_EQ(::listen(descriptor_, 4), 0); }
    [[nodiscard]] std::string at(const std::string& scheme) const {
        return scheme + "://127.0.0.1:" + std::to_string(port_) + "/events?x=1";
    }
    [[nodiscard]] int port() const { return port_; }

private:
    const int descriptor_;
    int port_ = 0;
};

TEST(PeerProbe, ReachesAPeerWithoutTls) {
    const Listener peer;
    peer.listen();
    const Result<PeerProbe> probe = probePeer(peer.at("http"), 5s);
    ASSERT_TRUE(probe.ok()) << probe.error().message;
    EXPECT_EQ(probe->host, "127.0.0.1");
    EXPECT_EQ(probe->port, peer.port());
    EXPECT_FALSE(probe->tls);
    EXPECT_FALSE(probe->certificate_left);
}

TEST(PeerProbe, NamesTheStepThatFailed) {
    const Listener deaf;  // Bound, not listening: connections are refused.
    const Result<PeerProbe> refused = probePeer(deaf.at("http"), 5s);
    ASSERT_FALSE(refused.ok());
    EXPECT_EQ(refused.error().code, Errc::kUnavailable);
    EXPECT_EQ(refused.error().problem, "tcp");

    const Listener silent;
    silent.listen();
    const Result<PeerProbe> handshake = probePeer(silent.at("https"), 100ms);
    ASSERT_FALSE(handshake.ok());
    EXPECT_EQ(handshake.error().problem, "tls");

    const Result<PeerProbe> nobody = probePeer("http://no-such-host.invalid/", 5s);
    ASSERT_FALSE(nobody.ok());
    EXPECT_EQ(nobody.error().problem, "dns");
}

TEST(PeerProbe, RefusesWhatIsNoAddress) {
    for (const char* url : {"", "ftp://127.0.0.1/", "127.0.0.1:80", "http://", "http:///x", "http://[::1",
                            "http://127.0.0.1:x/", "http://127.0.0.1:99999/"}) {
        const Result<PeerProbe> probe = probePeer(url, 1s);
        ASSERT_FALSE(probe.ok()) << url;
        EXPECT_EQ(probe.error().code, Errc::kInvalid) << url;
    }
}

}  // namespace
}  // namespace pakn::engine

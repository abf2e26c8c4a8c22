#include "core/engine/peer_probe.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include "core/testing/loopback_peer.hpp"

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

TEST(PeerProbe, GoesThroughTheProxy) {
    const auto problem = [](const Result<PeerProbe>& probe) { return probe ? "" : probe.error().problem; };
    std::string seen;
    auto proxy = std::make_unique<testing::LoopbackPeer>([&](testing::Connection& connection) {
        seen = connection.readRequest().value_or("");
        connection.write("HTTP/1.1 407 No\r\n\r\n");
    });
    ProbeProxy way{.url = proxy->url("", "http"), .authorization = "Basic aA==", .except = {"mau.example"}};
    EXPECT_EQ(problem(probePeer("https://peer.invalid/x", 5s, way)), "proxy");
    proxy.reset();
    EXPECT_EQ(seen.rfind("CONNECT peer.invalid:443 HTTP/1.1\r\n", 0), 0U) << seen;
    EXPECT_NE(seen.find("Proxy-Authorization: Basic aA==\r\n"), std::string::npos);

    const testing::LoopbackPeer open{[](testing::Connection& connection) {
        connection.readRequest();
        connection.write("HTTP/1.1 200 OK\r\n\r\nno TLS");
    }};
    way.url = open.url("", "http");
    EXPECT_EQ(problem(probePeer("https://peer.invalid/", 5s, way)), "tls");
    const Result<PeerProbe> plain = probePeer("http://peer.invalid/", 5s, way);
    ASSERT_TRUE(plain.ok()) << "only the proxy is looked at";
    EXPECT_TRUE(plain->by_proxy);
    EXPECT_EQ(problem(probePeer("http://no-such-host.mau.example.invalid/", 5s, way)), "");
    way.except = {"invalid"};
    EXPECT_EQ(problem(probePeer("http://no-such-host.invalid/", 5s, way)), "dns") << "reached directly";
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

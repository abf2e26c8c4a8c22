/// @file
/// The front alone, with limits short enough to wait for: clients that take their answers too slowly.

#include "core/http/front.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <optional>

namespace pakn::http {
namespace {

using namespace std::chrono_literals;

class FrontTest : public testing::Test {
protected:
    /// Every request is answered with `answer`.
    void start(FrontLimits limits, Response answer) {
        configuration_.http.rate_per_client = {.count = 1000, .per = 1s};
        gate_.emplace(configuration_, traffic_);
        const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        address_.sin_family = AF_INET;
        address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address_), sizeof address_), 0);
        ASSERT_EQ(::listen(listener, 16), 0);
        socklen_t length = sizeof address_;
        ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address_), &length), 0);
        front_.emplace(Front::Parts{.gate = *gate_,
                                    .traffic = traffic_,
                                    .mailbox = mailbox_,
                                    .handle =
                                        [this, answer = std::move(answer)](std::shared_ptr<Exchange> exchange) {
                                            mailbox_->put(std::move(exchange), answer);
                                        },
                                    .answered = [](const Request&, int, std::chrono::milliseconds) {},
                                    .limits = limits},
                       listener);
    }

    /// A client that has asked and read nothing yet; its system buffers little for it.
    int ask() {
        const int client = ::socket(AF_INET, SOCK_STREAM, 0);
        const int small = 4096;
        ::setsockopt(client, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
        EXPECT_EQ(::connect(client, reinterpret_cast<const sockaddr*>(&address_), sizeof address_), 0);
        constexpr std::string_view kRequest = "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n";
        EXPECT_EQ(::send(client, kRequest.data(), kRequest.size(), 0), static_cast<ssize_t>(kRequest.size()));
        return client;
    }

    config::Configuration configuration_;
    Traffic traffic_;
    sockaddr_in address_ = {};
    const std::shared_ptr<Mailbox> mailbox_ = std::make_shared<Mailbox>();
    std::optional<Gate> gate_;
    std::optional<Front> front_;
};

TEST_F(FrontTest, WhoTakesAnAnswerTooSlowlyIsCutOff) {
    start({.slowest = std::size_t{64} << 20U, .unread = 300ms}, {.body = std::string(std::size_t{32} << 20U, 'x')});
    const int client = ask();
    // Takes something every few milliseconds, so that there is always progress.
    std::array<char, 16384> piece{};
    const auto deadline = std::chrono::steady_clock::now() + 30s;
    std::size_t taken = 0;
    const auto answering = [this] { return traffic_.connections[static_cast<std::size_t>(Stage::kAnswering)] > 0; };
    while ((taken == 0 || answering()) && std::chrono::steady_clock::now() < deadline) {
        taken += static_cast<std::size_t>(std::max<ssize_t>(0, ::recv(client, piece.data(), piece.size(), 0)));
        ::poll(nullptr, 0, 2);
    }
    EXPECT_FALSE(answering());
    EXPECT_LT(taken, std::size_t{16} << 20U) << "it was cut off in the middle";
    ::close(client);
}

TEST_F(FrontTest, WhoTakesItSteadilyGetsAllHoweverLongItLasts) {
    constexpr std::size_t kSize = std::size_t{1} << 20U;
    const std::string path = testing::TempDir() + "pakn-front-test-file";
    std::ofstream{path} << std::string(kSize, 'x');
    start({.slowest = 1000, .unread = 500ms}, {.file = *Content::open(path)});
    ::unlink(path.c_str());
    const int client = ask();
    std::string piece(std::size_t{2} << 10U, '\0');
    std::size_t taken = 0;
    const auto began = std::chrono::steady_clock::now();
    for (ssize_t got = 1; got > 0 && taken < kSize; taken += static_cast<std::size_t>(std::max<ssize_t>(got, 0))) {
        got = ::recv(client, piece.data(), piece.size(), 0);
        ::poll(nullptr, 0, 2);
    }
    EXPECT_GE(taken, kSize);
    EXPECT_GT(std::chrono::steady_clock::now() - began, 500ms) << "or the test shows nothing";
    ::close(client);
}

}  // namespace
}  // namespace pakn::http

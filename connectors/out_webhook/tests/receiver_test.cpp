/// @file
/// out_webhook over the hub's real HTTP client to real receivers: one that follows the specification, and some that
/// follow nothing.

#include <Poco/Net/HTTPRequestHandler.h>
#include <Poco/Net/HTTPRequestHandlerFactory.h>
#include <Poco/Net/HTTPServer.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/StreamCopier.h>
#include <Poco/ThreadPool.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>

#include "connectors/out_webhook/tests/loaded_webhook.hpp"
#include "core/testing/loopback_peer.hpp"

namespace pakn::out_webhook {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;
using testing::Connection;
using testing::LoopbackPeer;

/// A receiver as the specification describes it: checks the signature, acts once per id.
class Receiver {
public:
    Receiver()
        : server_{new Factory{*this}, threads_, Poco::Net::ServerSocket{Poco::Net::SocketAddress{"127.0.0.1", 0}},
                  new Poco::Net::HTTPServerParams} {
        server_.start();
    }
    Receiver(const Receiver&) = delete;
    Receiver& operator=(const Receiver&) = delete;
    ~Receiver() { server_.stopAll(true); }

    [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(server_.port()) + "/hook"; }

    void answerWith(std::function<void(HTTPServerResponse&)> answer) {
        const std::lock_guard lock{mutex_};
        answer_ = std::move(answer);
    }
    [[nodiscard]] int requests() const {
        const std::lock_guard lock{mutex_};
        return requests_;
    }
    [[nodiscard]] int forged() const {
        const std::lock_guard lock{mutex_};
        return forged_;
    }
    /// Events acted on.
    [[nodiscard]] std::size_t acted() const {
        const std::lock_guard lock{mutex_};
        return ids_.size();
    }

private:
    void receive(HTTPServerRequest& request, HTTPServerResponse& response) {
        std::string body;
        Poco::StreamCopier::copyToString(request.stream(), body);
        const std::lock_guard lock{mutex_};
        ++requests_;
        if (isGenuine(request, body)) {
            ids_.insert(request.get("webhook-id"));
        } else {
            ++forged_;
        }
        answer_(response);
        if (!response.sent()) response.send();
    }

    /// The receiver's own computation, by OpenSSL alone.
    static bool isGenuine(const HTTPServerRequest& request, const std::string& body) {
        unsigned char key[24];
        if (EVP_DecodeBlock(key, reinterpret_cast<const unsigned char*>(kSecret) + 6, 32) != 24) return false;
        const std::string content = request.get("webhook-id") + '.' + request.get("webhook-timestamp") + '.' + body;
        unsigned char code[EVP_MAX_MD_SIZE];
        unsigned int size = 0;
        HMAC(EVP_sha256(), key, sizeof key, reinterpret_cast<const unsigned char*>(content.data()), content.size(),
             code, &size);
        unsigned char text[64];
        EVP_EncodeBlock(text, code, static_cast<int>(size));
        return request.get("webhook-signature") == std::string{"v1,"} + reinterpret_cast<const char*>(text);
    }

    class Handler final : public Poco::Net::HTTPRequestHandler {
    public:
        explicit Handler(Receiver& receiver) : receiver_{receiver} {}
        void handleRequest(HTTPServerRequest& request, HTTPServerResponse& response) override {
            receiver_.receive(request, response);
        }

    private:
        Receiver& receiver_;
    };
    class Factory final : public Poco::Net::HTTPRequestHandlerFactory {
    public:
        explicit Factory(Receiver& receiver) : receiver_{receiver} {}
        Poco::Net::HTTPRequestHandler* createRequestHandler(const HTTPServerRequest&) override {
            return std::make_unique<Handler>(receiver_).release();  // POCO's server deletes it.
        }

    private:
        Receiver& receiver_;
    };

    mutable std::mutex mutex_;
    std::function<void(HTTPServerResponse&)> answer_ = [](HTTPServerResponse&) {};
    int requests_ = 0;
    int forged_ = 0;
    std::set<std::string> ids_;
    Poco::ThreadPool threads_;  // Its own, so that all of them have ended before the test does.
    Poco::Net::HTTPServer server_;
};

class ReceiverTest : public ::testing::Test {
protected:
    Result<Receipt> send(const std::string& url, const Delivery& delivery = released(),
                         const std::string& timeout = "10s") {
        auto instance = load(services_, {{"url", url}, {"timeout", timeout}});
        return instance ? (*instance)->send(delivery, {}) : instance.error();
    }

    const std::unique_ptr<HttpClient> client_ = plugin_host::makeHttpClient();
    testing::FakeHostServices services_{*client_};
};

TEST_F(ReceiverTest, IsBelievedAndActedOnOnce) {
    Receiver receiver;
    for (int attempt = 1; attempt <= 3; ++attempt) {
        Delivery delivery = released();
        delivery.attempt = attempt;
        services_.clock.advance(std::chrono::minutes{1});
        const Result<Receipt> receipt = send(receiver.url(), delivery);
        ASSERT_TRUE(receipt) << receipt.error().message;
    }
    EXPECT_EQ(receiver.requests(), 3);
    EXPECT_EQ(receiver.forged(), 0);
    EXPECT_EQ(receiver.acted(), 1U);
}

TEST_F(ReceiverTest, CarriesLargeFiles) {
    Receiver receiver;
    Delivery delivery = released();
    delivery.attachments.front().content = std::string(5U << 20U, '\xe1');
    auto instance = load(services_, {{"url", receiver.url()}, {"include_files", "true"}});
    ASSERT_TRUE(instance);
    EXPECT_TRUE((*instance)->send(delivery, {}));
    EXPECT_EQ(receiver.forged(), 0);
}

TEST_F(ReceiverTest, AnswersBecomeRemedies) {
    Receiver receiver;
    struct Row {
        int status;
        Errc code;
    };
    for (const Row& row : {Row{301, Errc::kRejected}, Row{401, Errc::kUnauthenticated}, Row{410, Errc::kRejected},
                           Row{422, Errc::kRejected}, Row{429, Errc::kUnavailable}, Row{503, Errc::kUnavailable}}) {
        receiver.answerWith([&](HTTPServerResponse& response) {
            response.setStatus(static_cast<HTTPServerResponse::HTTPStatus>(row.status));
            response.set("Retry-After", "30");
            response.set("Location", receiver.url() + "/elsewhere");
        });
        const Result<Receipt> receipt = send(receiver.url());
        ASSERT_FALSE(receipt) << row.status;
        EXPECT_EQ(receipt.error().code, row.code) << row.status;
        EXPECT_EQ(receipt.error().retry_after.has_value(), row.code == Errc::kUnavailable) << row.status;
    }
    EXPECT_EQ(receiver.requests(), 6) << "a redirect was followed, or something repeated";
}

TEST_F(ReceiverTest, ASilentReceiverLeavesTheOutcomeUnknown) {
    const LoopbackPeer peer{[](Connection& connection) { connection.waitForHangUp(); }};
    const Result<Receipt> receipt = send(peer.url(), released(), "200ms");
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, Errc::kUnknownOutcome);
}

TEST_F(ReceiverTest, AResetAndGarbageLeaveTheOutcomeUnknown) {
    const LoopbackPeer::Serve serves[] = {
        [](Connection& connection) {
            connection.readRequest();
            connection.reset();
        },
        [](Connection& connection) {
            connection.readRequest();
            connection.write("SSH-2.0-OpenSSH\r\n\r\n");
        },
        [](Connection& connection) {
            connection.readRequest();
            connection.write("HTTP/1.1 200 OK\r\n\r\n");
            const std::string block(65536, 'x');
            while (connection.write(block)) {
            }
        },
    };
    for (const LoopbackPeer::Serve& serve : serves) {
        const LoopbackPeer peer{serve};
        const Result<Receipt> receipt = send(peer.url());
        ASSERT_FALSE(receipt);
        EXPECT_EQ(receipt.error().code, Errc::kUnknownOutcome);
        EXPECT_EQ(peer.connections(), 1);
    }
}

TEST_F(ReceiverTest, NobodyThereIsUnavailable) {
    std::string url;
    {
        const LoopbackPeer gone{[](Connection&) {}};
        url = gone.url();
    }
    const Result<Receipt> receipt = send(url);
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace pakn::out_webhook

/// @file
/// The connectors' HTTP client against peers on the loopback that behave and misbehave.

#include <gtest/gtest.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdlib.h>

#include <atomic>
#include <csignal>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/loopback_peer.hpp"

namespace pakn::plugin_host {
namespace {

using std::chrono::milliseconds;
using testing::Connection;
using testing::LoopbackPeer;

constexpr HttpClient::Limits kShort{.timeout = milliseconds{300}};

class HttpClientTest : public ::testing::Test {
protected:
    Result<HttpResponse> post(const LoopbackPeer& peer, HttpClient::Limits limits = {}) const {
        return client_->perform({.method = "POST", .url = peer.url("/hook?token=s3cret"), .body = "{}"}, limits);
    }

    const std::unique_ptr<HttpClient> client_ = makeHttpClient();
};

/// Answers every request with the same bytes, on kept connections.
LoopbackPeer::Serve always(std::string answer) {
    return [answer = std::move(answer)](Connection& connection) {
        while (connection.readRequest()) {
            if (!connection.write(answer)) return;
        }
    };
}

TEST_F(HttpClientTest, SendsWhatItIsToldAndReturnsTheAnswer) {
    std::string seen;
    auto peer = std::make_unique<LoopbackPeer>([&](Connection& connection) {
        seen = connection.readRequest().value_or("");
        connection.write(
            "HTTP/1.1 202 Accepted\r\nRetry-After: 7\r\nX-A:  one \r\nx-a: two\r\n"
            "Content-Length: 5\r\nConnection: close\r\n\r\nhello");
    });
    const Result<HttpResponse> response = client_->perform(
        {.method = "PUT", .url = peer->url("/a?b=c"), .headers = {{"x-mine", "1"}, {"x-empty", ""}}, .body = "body"},
        {});
    peer.reset();  // Ends its thread, so that what it saw can be read.
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 202);
    EXPECT_EQ(response->body, "hello");
    EXPECT_EQ(response->headers.at("retry-after"), "7");
    EXPECT_EQ(response->headers.at("x-a"), "one, two");
    EXPECT_EQ(seen.rfind("PUT /a?b=c HTTP/1.1\r\n", 0), 0U) << seen;
    EXPECT_NE(seen.find("\r\nx-mine: 1\r\n"), std::string::npos) << seen;
    EXPECT_NE(seen.find("\r\nx-empty:\r\n"), std::string::npos) << seen;
    EXPECT_EQ(seen.find("Expect"), std::string::npos) << seen;
    EXPECT_EQ(seen.find("Content-Type"), std::string::npos) << seen;
    EXPECT_EQ(seen.substr(seen.size() - 4), "body");
}

TEST_F(HttpClientTest, KnowsTheCommonMethods) {
    std::mutex mutex;
    std::vector<std::string> lines;
    auto peer = std::make_unique<LoopbackPeer>([&](Connection& connection) {
        while (const auto request = connection.readRequest()) {
            const std::lock_guard lock{mutex};
            lines.push_back(request->substr(0, request->find(' ')));
            if (!connection.write("HTTP/1.1 204 No Content\r\n\r\n")) return;
        }
    });
    const std::vector<std::string> methods = {"GET", "HEAD", "POST", "DELETE", "PATCH", "OPTIONS"};
    for (const std::string& method : methods)
        ASSERT_TRUE(client_->perform({.method = method, .url = peer->url()}, {})) << method;
    peer.reset();
    EXPECT_EQ(lines, methods);
}

TEST_F(HttpClientTest, EveryStatusIsAValueAndRedirectsAreNotFollowed) {
    const LoopbackPeer peer{always("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")};
    const Result<HttpResponse> response = post(peer);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 302);
    EXPECT_EQ(peer.connections(), 1);
}

TEST_F(HttpClientTest, SkipsInterimAnswers) {
    const LoopbackPeer peer{
        always("HTTP/1.1 103 Early Hints\r\nX-Early: 1\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
    const Result<HttpResponse> response = post(peer);
    ASSERT_TRUE(response);
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->headers.count("x-early"), 0U);
}

TEST_F(HttpClientTest, ANumberThatIsNoStatusIsNoAnswer) {
    for (const char* const status : {"-5", "0", "7", "99", "1000", "220200", "4294967295"}) {
        const LoopbackPeer peer{
            always("HTTP/2 " + std::string{status} + "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")};
        const Result<HttpResponse> response = post(peer);
        ASSERT_FALSE(response) << status << " became " << response->status;
        EXPECT_EQ(response.error().code, Errc::kUnknownOutcome) << status;
        EXPECT_EQ(response.error().problem, "http.broken") << status;
    }
}

TEST_F(HttpClientTest, KeepsConnectionsForTheNextRequest) {
    const LoopbackPeer peer{always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
    for (int i = 0; i < 5; ++i) ASSERT_TRUE(post(peer));
    EXPECT_EQ(peer.connections(), 1);
}

TEST_F(HttpClientTest, NothingListeningIsUnavailable) {
    std::string url;
    {
        const LoopbackPeer gone{[](Connection&) {}};
        url = gone.url();
    }
    const Result<HttpResponse> response = client_->perform({.method = "POST", .url = url, .body = "x"}, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnavailable);
}

TEST_F(HttpClientTest, ANameThatDoesNotResolveIsUnavailable) {
    const Result<HttpResponse> response =
        client_->perform({.method = "POST", .url = "http://nobody.invalid/", .body = "x"}, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnavailable);
}

TEST_F(HttpClientTest, AFailedTlsHandshakeIsUnavailable) {
    const LoopbackPeer plain{[](Connection& connection) { connection.write("this is no TLS\r\n\r\n"); }};
    const Result<HttpResponse> response =
        client_->perform({.method = "POST", .url = plain.url("/", "https"), .body = "x"}, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnavailable);
}

TEST_F(HttpClientTest, SilenceAfterTheRequestIsAnUnknownOutcome) {
    const LoopbackPeer peer{[](Connection& connection) { connection.waitForHangUp(); }};
    const auto began = std::chrono::steady_clock::now();
    const Result<HttpResponse> response = post(peer, kShort);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnknownOutcome);
    EXPECT_EQ(response.error().problem, "http.timeout");
    EXPECT_EQ(response.error().message.find("s3cret"), std::string::npos) << response.error().message;
    EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds{5});
}

TEST_F(HttpClientTest, ADripFedAnswerEndsAtTheTotalTimeout) {
    const LoopbackPeer peer{[](Connection& connection) {
        connection.readRequest();
        connection.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart");
        connection.waitForHangUp();
    }};
    const Result<HttpResponse> response = post(peer, kShort);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnknownOutcome);
}

TEST_F(HttpClientTest, AResetAfterTheRequestIsAnUnknownOutcome) {
    const LoopbackPeer peer{[](Connection& connection) {
        connection.readRequest();
        connection.reset();
    }};
    const Result<HttpResponse> response = post(peer);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnknownOutcome);
    EXPECT_EQ(response.error().message.find("s3cret"), std::string::npos) << response.error().message;
}

TEST_F(HttpClientTest, GarbageIsAnUnknownOutcome) {
    for (const char* garbage :
         {"\x01\x02\x03 no http\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: "
          "chunked\r\n\r\nzz\r\n"}) {
        const LoopbackPeer peer{[&](Connection& connection) {
            connection.readRequest();
            connection.write(garbage);
        }};
        const Result<HttpResponse> response = post(peer);
        ASSERT_FALSE(response) << garbage;
        EXPECT_EQ(response.error().code, Errc::kUnknownOutcome) << garbage;
    }
}

TEST_F(HttpClientTest, AnAnswerLongerThanTheLimitIsCutOff) {
    const auto flood = [](std::string head) {
        return [head = std::move(head)](Connection& connection) {
            connection.readRequest();
            if (!connection.write(head)) return;
            const std::string block(65536, 'x');
            while (connection.write(block)) {
            }
        };
    };
    const LoopbackPeer body{flood("HTTP/1.1 200 OK\r\n\r\n")};
    const LoopbackPeer headers{flood("HTTP/1.1 200 OK\r\nX: ")};
    for (const LoopbackPeer* peer : {&body, &headers}) {
        const Result<HttpResponse> response = post(*peer, {.timeout = milliseconds{10000}, .max_body = 100000});
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().code, Errc::kUnknownOutcome);
    }
    const LoopbackPeer exact{always("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789")};
    EXPECT_TRUE(post(exact, {.max_body = 10}));
    EXPECT_FALSE(post(exact, {.max_body = 9}));
}

// libcurl by itself sends a request again when a kept connection breaks before the first byte of the answer.
TEST_F(HttpClientTest, NeverRepeatsAPostByItself) {
    for (const char* body : {"{\"a\":1}", ""}) {
        std::atomic<int> requests = 0;
        const LoopbackPeer peer{[&](Connection& connection) {
            while (connection.readRequest()) {
                if (++requests == 1) {
                    connection.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
                } else {
                    return connection.reset();
                }
            }
        }};
        const HttpRequest request{.method = "POST", .url = peer.url(), .body = body};
        ASSERT_TRUE(client_->perform(request, {}));
        const Result<HttpResponse> second = client_->perform(request, {});
        ASSERT_FALSE(second);
        EXPECT_EQ(second.error().code, Errc::kUnknownOutcome);
        EXPECT_EQ(requests.load(), 2) << "body: " << body;
    }
}

TEST_F(HttpClientTest, AnAddressThatIsNoneIsMisconfigured) {
    for (const char* url : {"", "nonsense", "/path", "ftp://peer.example/", "file:///etc/passwd", "http://",
                            "gopher://peer.example/", "http://peer.example:99999/", "http://pe er.example/"}) {
        const Result<HttpResponse> response = client_->perform({.url = url}, kShort);
        ASSERT_FALSE(response) << url;
        EXPECT_EQ(response.error().code, Errc::kMisconfigured) << url;
    }
}

TEST_F(HttpClientTest, RefusesLineBreaksInHeadersAndMethods) {
    const LoopbackPeer peer{always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
    const HttpRequest bad[] = {
        {.url = peer.url(), .headers = {{"x-a", "b\r\nx-injected: 1"}}},
        {.url = peer.url(), .headers = {{"x-a", std::string{"b\0c", 3}}}},
        {.url = peer.url(), .headers = {{"x a", "b"}}},
        {.url = peer.url(), .headers = {{"", "b"}}},
        {.method = "GET / HTTP/1.1\r\nX: y", .url = peer.url()},
        {.method = "", .url = peer.url()},
    };
    for (const HttpRequest& request : bad) {
        const Result<HttpResponse> response = client_->perform(request, {});
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().code, Errc::kMisconfigured);
    }
    EXPECT_EQ(peer.connections(), 0);
}

TEST_F(HttpClientTest, TakesNoProxyFromTheEnvironment) {
    const LoopbackPeer peer{always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
    const LoopbackPeer proxy{always("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")};
    ::setenv("http_proxy", proxy.url().c_str(), 1);
    ::setenv("ALL_PROXY", proxy.url().c_str(), 1);
    EXPECT_TRUE(post(peer));
    ::unsetenv("http_proxy");
    ::unsetenv("ALL_PROXY");
    EXPECT_EQ(peer.connections(), 1);
    EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(HttpClientTest, ServesManyThreads) {
    std::vector<std::unique_ptr<LoopbackPeer>> peers;
    std::atomic<int> good = 0;
    for (int i = 0; i < 4; ++i)
        peers.push_back(std::make_unique<LoopbackPeer>(
            always("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\r\n" + std::to_string(i))));
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&, i] {
                for (int n = 0; n < 50; ++n) {
                    const auto response = post(*peers[static_cast<std::size_t>(i)]);
                    if (response && response->body == std::to_string(i)) ++good;
                }
            });
        }
    }
    EXPECT_EQ(good.load(), 200);
}

template <auto Free>
struct FreeWith {
    template <class T>
    void operator()(T* thing) const {
        Free(thing);
    }
};
template <class T, auto Free>
using Owned = std::unique_ptr<T, FreeWith<Free>>;

/// A certificate for 127.0.0.1 that nobody vouches for.
Owned<SSL_CTX, SSL_CTX_free> selfSigned() {
    const Owned<EVP_PKEY, EVP_PKEY_free> key{EVP_EC_gen("P-256")};
    const Owned<X509, X509_free> certificate{X509_new()};
    X509_set_version(certificate.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    X509_NAME* const name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    Owned<SSL_CTX, SSL_CTX_free> context{SSL_CTX_new(TLS_server_method())};
    SSL_CTX_use_certificate(context.get(), certificate.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
    return context;
}

TEST_F(HttpClientTest, ACertificateThatNobodyVouchesForEndsTheConnection) {
    ::signal(SIGPIPE, SIG_IGN);  // The server of this test writes to whoever has gone.
    const auto context = selfSigned();
    std::atomic<bool> established = false;
    const LoopbackPeer peer{[&](Connection& connection) {
        const Owned<SSL, SSL_free> tls{SSL_new(context.get())};
        SSL_set_fd(tls.get(), connection.socket());
        char byte = 0;
        // In TLS 1.3 the server's side of the handshake can end before the client has judged: only data proves trust.
        if (SSL_accept(tls.get()) == 1 && SSL_read(tls.get(), &byte, 1) == 1) established = true;
    }};
    const Result<HttpResponse> response =
        client_->perform({.method = "POST", .url = peer.url("/", "https"), .body = "x"}, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnavailable);
    EXPECT_FALSE(established.load());
}

/// What a proxy was asked, and its answer.
class ProxyTest : public ::testing::Test {
protected:
    void answer(std::string bytes) {
        proxy_ = std::make_unique<LoopbackPeer>([this, bytes = std::move(bytes)](Connection& connection) {
            seen_ = connection.readRequest().value_or("");
            connection.write(bytes);
        });
        client_ = makeHttpClient({.url = proxy_->url("", "http"),
                                  .user = "hub",
                                  .password = "s3cret",
                                  .except = {"direct.example", "127.0.0.1"}});
    }
    Result<HttpResponse> post(const std::string& url) {
        Result<HttpResponse> response = client_->perform({.method = "POST", .url = url, .body = "body"}, {});
        proxy_.reset();  // Ends its thread, so that what it saw can be read.
        return response;
    }
    [[nodiscard]] bool saw(std::string_view text) const { return seen_.find(text) != std::string::npos; }

    std::string seen_;
    std::unique_ptr<LoopbackPeer> proxy_;
    std::unique_ptr<HttpClient> client_;
};

TEST_F(ProxyTest, TakesThePlainRequest) {
    answer("HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
    const auto response = post("http://peer.example/hook");
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 202);
    EXPECT_EQ(seen_.rfind("POST http://peer.example/hook HTTP/1.1\r\n", 0), 0U) << seen_;
    EXPECT_TRUE(saw("Proxy-Authorization: Basic aHViOnMzY3JldA==\r\n")) << seen_;
    EXPECT_TRUE(saw("body"));
}

TEST_F(ProxyTest, IsPassedByForTheHostsThatAreExcepted) {
    answer("HTTP/1.1 500 Wrong\r\n\r\n");
    const LoopbackPeer peer{always("HTTP/1.1 204 No Content\r\n\r\n")};
    const auto response = post(peer.url("/hook"));
    ASSERT_TRUE(response) << response.error().message;
    EXPECT_EQ(response->status, 204);
    EXPECT_EQ(seen_, "");
}

TEST_F(ProxyTest, WhatItRefusesReachedNobody) {
    for (const char* refusal : {"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n"
                                "Content-Length: 0\r\nConnection: close\r\n\r\n",
                                "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"}) {
        answer(refusal);
        const auto response = post("https://peer.example/hook");
        ASSERT_FALSE(response);
        EXPECT_EQ(response.error().code, Errc::kUnavailable) << response.error().message;
        EXPECT_EQ(response.error().problem, "http.proxy_refused") << response.error().message;
        EXPECT_TRUE(saw("CONNECT peer.example:443 HTTP/1.1\r\n")) << seen_;
        EXPECT_FALSE(saw("body"));
        EXPECT_EQ(response.error().message.find("s3cret"), std::string::npos);
    }
    answer("HTTP/1.1 407 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    const auto plain = post("http://peer.example/hook");
    ASSERT_FALSE(plain);
    EXPECT_EQ(plain.error().problem, "http.proxy_refused");
}

TEST_F(ProxyTest, AHandshakeThatFailsBehindItSentNothing) {
    answer("HTTP/1.1 200 Connection established\r\n\r\nno TLS");
    const auto response = post("https://peer.example/hook");
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnavailable) << response.error().message;
    EXPECT_EQ(response.error().problem, "http.no_connection");
}

TEST_F(ProxyTest, ThatIsNotThereIsNoConnection) {
    answer("");
    proxy_.reset();
    const auto response = client_->perform({.method = "POST", .url = "https://peer.example/", .body = "x"}, {});
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, Errc::kUnavailable);
    EXPECT_EQ(response.error().problem, "http.no_connection");
}

}  // namespace
}  // namespace pakn::plugin_host

/// @file
/// The listener with an exchange that behaves, and with ones that do not.

#include "ami_listener.hpp"

#include <gmock/gmock.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <atomic>

#include "ami_events.hpp"
#include "call_inbox.hpp"
#include "core/testing/fake_host.hpp"
#include "core/testing/loopback_peer.hpp"
#include "core/testing/temporary_folder.hpp"

namespace pakn::hotline {
namespace {

using testing::Connection;
using testing::LoopbackPeer;

const std::string kGreeting = "Asterisk Call Manager/7.0.3\r\n";
const std::string kAccepted =
    packet({{"Response", "Success"}, {"ActionID", "1"}, {"Message", "Authentication accepted"}});

/// The next packet that the listener sends; nothing when it is gone.
std::string hear(Connection& connection) {
    std::string bytes;
    char one = 0;
    while (bytes.size() < 4 || bytes.compare(bytes.size() - 4, 4, "\r\n\r\n") != 0) {
        if (::recv(connection.socket(), &one, 1, 0) != 1) return {};
        bytes += one;
    }
    return bytes;
}

class AmiListenerTest : public ::testing::Test {
protected:
    AmiSettings settings(const LoopbackPeer& peer) const {
        return {.address = {.host = "127.0.0.1", .port = peer.port()},
                .user = "pakn",
                .secret = "canary-secret",
                .timeout = std::chrono::seconds{2},
                .calls = {.contexts = {"from-1022"}}};
    }
    /// Polls until the calls are as they should be.
    template <class Condition>
    void pollUntil(AmiListener& listener, Condition condition) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
        while (!condition() && std::chrono::steady_clock::now() < deadline)
            static_cast<void>(listener.poll(inbox_, {}).ok());
        EXPECT_TRUE(condition());
    }

    testing::FakeHostServices services_;
    CallInbox inbox_;
};

TEST_F(AmiListenerTest, SignsInAndTellsOfCalls) {
    std::string login;
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        login = hear(connection);
        const std::string all = kAccepted + packet({{"Event", "FullyBooted"}}) + callerComes("1.1") +
                                agentRings("1.2", "1.1", "201") + dialEnds("1.2", "1.1", "201", "ANSWER") +
                                hangsUp("1.2", "1.1", "16", "from-internal") + hangsUp("1.1", "1.1");
        for (std::size_t at = 0; at < all.size(); at += 7) connection.write(std::string_view{all}.substr(at, 7));
        connection.waitForHangUp();
    }};
    AmiListener listener{settings(peer), services_};
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_EQ(login, "Action: Login\r\nUsername: pakn\r\nSecret: canary-secret\r\nActionID: 1\r\n\r\n");
    const Call call = inbox_.one("1.1");
    EXPECT_EQ(call.agent, "201");
    EXPECT_EQ(call.result, "answered");
    EXPECT_EQ(call.ended_at, services_.now());
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_EQ(peer.connections(), 1) << "the connection outlives a poll";
}

TEST_F(AmiListenerTest, AWrongLoginIsTold) {
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        hear(connection);
        connection.write(packet({{"Response", "Error"}, {"ActionID", "1"}, {"Message", "Authentication failed"}}));
    }};
    AmiListener listener{settings(peer), services_};
    const Status polled = listener.poll(inbox_, {});
    EXPECT_EQ(polled.error().code, Errc::kUnauthenticated);
    EXPECT_EQ(polled.error().message.find("canary"), std::string::npos);
    EXPECT_EQ(listener.poll(inbox_, {}).error().code, Errc::kUnauthenticated) << "it is tried again";
    EXPECT_EQ(peer.connections(), 2);
}

TEST_F(AmiListenerTest, WhoIsNoExchangeIsTold) {
    LoopbackPeer garbage{[&](Connection& connection) {
        connection.write("HTTP/1.1 400 Bad Request\r\n\r\n");
        connection.waitForHangUp();
    }};
    LoopbackPeer silent{[&](Connection& connection) { connection.waitForHangUp(); }};
    LoopbackPeer gone{[&](Connection& connection) { connection.reset(); }};
    for (const LoopbackPeer* peer : {&garbage, &silent, &gone}) {
        AmiSettings one = settings(*peer);
        one.timeout = std::chrono::milliseconds{500};
        AmiListener listener{one, services_};
        EXPECT_EQ(listener.poll(inbox_, {}).error().code, Errc::kUnavailable);
    }
    AmiSettings nobody = settings(gone);
    nobody.address.port = 1;
    AmiListener listener{nobody, services_};
    EXPECT_EQ(listener.poll(inbox_, {}).error().code, Errc::kUnavailable);
}

TEST_F(AmiListenerTest, AConnectionThatBreaksInAPacketIsMadeAnew) {
    std::atomic<int> n = 0;
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        hear(connection);
        connection.write(kAccepted);
        if (++n == 1) {
            connection.write(callerComes("1.1"));
            connection.write(hangsUp("1.1", "1.1").substr(0, 40));
            return;
        }
        connection.write(hangsUp("1.1", "1.1") + callerComes("2.1"));
        connection.waitForHangUp();
    }};
    AmiListener listener{settings(peer), services_};
    EXPECT_EQ(listener.poll(inbox_, {}).error().code, Errc::kUnavailable);
    EXPECT_FALSE(inbox_.one("1.1").ended_at);
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("1.1").ended_at) << "what can still be known is told";
    EXPECT_EQ(inbox_.one("1.1").result, "");
    EXPECT_TRUE(inbox_.one("2.1").started_at);
    EXPECT_EQ(services_.counted("ami_gaps"), 1);
}

TEST_F(AmiListenerTest, WhatTheHubCouldNotTakeIsToldAgain) {
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        hear(connection);
        connection.write(kAccepted + callerComes("1.1") + callerComes("2.1"));
        connection.waitForHangUp();
    }};
    inbox_.fail(Errc::kUnavailable);
    AmiListener listener{settings(peer), services_};
    EXPECT_EQ(listener.poll(inbox_, {}).error().code, Errc::kUnavailable);
    inbox_.setScript([](const Call& call) -> std::optional<Error> {
        if (call.id == "1.1") return Error{.code = Errc::kInvalid, .message = "no", .problem = "call.field_invalid"};
        return std::nullopt;
    });
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_EQ(inbox_.calls().size(), 1U) << "one that it refuses holds up no other";
    EXPECT_EQ(peer.connections(), 1) << "the exchange is not to blame";
    EXPECT_EQ(services_.counted("ami_refused"), 1);
}

TEST_F(AmiListenerTest, TheExchangesOwnTimeCountsWhenItIsNotFarOff) {
    const std::int64_t now = services_.now().time_since_epoch().count() / 1000;
    const auto begins = [&](const std::string& id, std::int64_t at) {
        return event("Newchannel", id, id,
                     {{"Timestamp", std::to_string(at) + ".250000"}, {"Context", "from-1022"}, {"CallerIDNum", "1"}});
    };
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        hear(connection);
        connection.write(kAccepted + begins("1.1", now - 5) + begins("2.1", now - 3600) +
                         event("Newchannel", "3.1", "3.1", {{"Timestamp", "x"}, {"Context", "from-1022"}}));
        connection.waitForHangUp();
    }};
    AmiListener listener{settings(peer), services_};
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_EQ(inbox_.one("1.1").started_at, services_.now() - std::chrono::milliseconds{4750});
    EXPECT_EQ(inbox_.one("2.1").started_at, services_.now());
    EXPECT_EQ(inbox_.one("3.1").started_at, services_.now());
}

TEST_F(AmiListenerTest, SilenceIsAskedAboutAndADeadExchangeIsLeft) {
    std::string ping;
    std::atomic<bool> answers = true;
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        hear(connection);
        connection.write(kAccepted);
        ping = hear(connection);
        if (answers) connection.write(packet({{"Response", "Success"}, {"ActionID", "2"}, {"Ping", "Pong"}}));
        connection.waitForHangUp();
    }};
    AmiSettings one = settings(peer);
    one.ping_after = std::chrono::milliseconds{300};
    one.dead_after = std::chrono::seconds{30};
    AmiListener listener{one, services_};
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_EQ(ping, "Action: Ping\r\nActionID: 2\r\n\r\n");
    answers = false;
    one.dead_after = std::chrono::seconds{1};
    AmiListener impatient{one, services_};
    EXPECT_EQ(impatient.poll(inbox_, {}).error().code, Errc::kUnavailable);
}

TEST_F(AmiListenerTest, AStopEndsAPollSoon) {
    LoopbackPeer peer{[&](Connection& connection) {
        connection.write(kGreeting);
        hear(connection);
        connection.write(kAccepted);
        connection.waitForHangUp();
    }};
    AmiListener listener{settings(peer), services_};
    std::stop_source stop;
    std::jthread other{[&] {
        while (peer.connections() == 0) std::this_thread::yield();
        stop.request_stop();
    }};
    const auto began = std::chrono::steady_clock::now();
    static_cast<void>(listener.poll(inbox_, stop.get_token()).ok());
    EXPECT_LT(std::chrono::steady_clock::now() - began, AmiListener::kStay);
}

TEST_F(AmiListenerTest, SettingsThatCannotWorkAreNone) {
    const AmiSettings sound{.address = {.host = "127.0.0.1", .port = 5038}, .user = "pakn", .secret = "secret"};
    const auto mistake = [&](auto change) {
        AmiSettings one = sound;
        change(one);
        EXPECT_THROW((AmiListener{one, services_}), std::invalid_argument);
    };
    mistake([](AmiSettings& one) { one.user.clear(); });
    mistake([](AmiSettings& one) { one.secret.clear(); });
    mistake([](AmiSettings& one) { one.secret = "a\r\nAction: Originate"; });
    mistake([](AmiSettings& one) { one.address.port = 0; });
    mistake([](AmiSettings& one) { one.address.tls = true; });
}

/// A server's certificate for an address, signed by itself.
class Certificate {
public:
    explicit Certificate(const std::string& name) : key_{EVP_EC_gen("P-256")}, certificate_{X509_new()} {
        X509* const one = certificate_.get();
        X509_set_version(one, X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(one), 1);
        X509_gmtime_adj(X509_getm_notBefore(one), -3600);
        X509_gmtime_adj(X509_getm_notAfter(one), 3600);
        X509_set_pubkey(one, key_.get());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(one), "CN", MBSTRING_ASC,
                                   reinterpret_cast<const unsigned char*>("tongdai"), -1, -1, 0);
        X509_set_issuer_name(one, X509_get_subject_name(one));
        X509_EXTENSION* const names = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str());
        X509_add_ext(one, names, -1);
        X509_EXTENSION_free(names);
        X509_sign(one, key_.get(), EVP_sha256());
    }
    [[nodiscard]] std::string pem() const {
        BIO* const bio = BIO_new(BIO_s_mem());
        PEM_write_bio_X509(bio, certificate_.get());
        char* data = nullptr;
        const long size = BIO_get_mem_data(bio, &data);
        std::string text(data, static_cast<std::size_t>(size));
        BIO_free(bio);
        return text;
    }
    /// Serves one connection over TLS: greeting, login, events.
    void serve(Connection& connection, const std::string& events) const {
        SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
        SSL_CTX_use_certificate(context, certificate_.get());
        SSL_CTX_use_PrivateKey(context, key_.get());
        SSL* const tls = SSL_new(context);
        SSL_set_fd(tls, connection.socket());
        if (SSL_accept(tls) == 1) {
            SSL_write(tls, kGreeting.data(), static_cast<int>(kGreeting.size()));
            char login[1024];
            if (SSL_read(tls, login, sizeof login) > 0) SSL_write(tls, events.data(), static_cast<int>(events.size()));
            SSL_read(tls, login, sizeof login);
        }
        SSL_free(tls);
        SSL_CTX_free(context);
    }

private:
    struct FreeKey {
        void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    };
    struct FreeCertificate {
        void operator()(X509* one) const { X509_free(one); }
    };
    std::unique_ptr<EVP_PKEY, FreeKey> key_;
    std::unique_ptr<X509, FreeCertificate> certificate_;
};

TEST_F(AmiListenerTest, OverTlsOnlyWhomTheCertificateNames) {
    ::signal(SIGPIPE, SIG_IGN);  // The server of this test writes without a thought.
    const testing::TemporaryFolder folder;
    const Certificate right{"IP:127.0.0.1"};
    const Certificate other{"DNS:tongdai.example"};
    LoopbackPeer peer{[&](Connection& connection) { right.serve(connection, kAccepted + callerComes("1.1")); }};
    LoopbackPeer stranger{[&](Connection& connection) { other.serve(connection, kAccepted); }};
    LoopbackPeer plain{[&](Connection& connection) {
        connection.write(kGreeting);
        connection.waitForHangUp();
    }};
    AmiSettings safe = settings(peer);
    safe.address.tls = true;
    safe.address.ca_file = folder.write("right.pem", right.pem()).string();
    AmiListener listener{safe, services_};
    ASSERT_TRUE(listener.poll(inbox_, {}));
    EXPECT_TRUE(inbox_.one("1.1").started_at);

    const auto refused = [&](const LoopbackPeer& who, const std::string& ca) {
        AmiSettings one = safe;
        one.address.port = who.port();
        one.address.ca_file = ca;
        AmiListener another{one, services_};
        return another.poll(inbox_, {}).error().code;
    };
    EXPECT_EQ(refused(peer, folder.write("other.pem", other.pem()).string()), Errc::kUnavailable) << "nobody knows it";
    EXPECT_EQ(refused(stranger, (folder.path() / "other.pem").string()), Errc::kUnavailable) << "it is another's";
    EXPECT_EQ(refused(plain, safe.address.ca_file), Errc::kUnavailable);
    EXPECT_EQ(refused(peer, folder.write("none.pem", "none").string()), Errc::kMisconfigured);
}

}  // namespace
}  // namespace pakn::hotline

/// @file
/// The built connector against the simulator of both services: real HTTP, real HTTP/2 over TLS, every row of both
/// tables by the device's token, and connections that end in the middle. In this process and in one of the plugin's
/// own.

#include <fcntl.h>
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <bounded_json.hpp>
#include <fstream>
#include <mutex>

#include "contract.hpp"
#include "core/plugin_host/plugin_host.hpp"
#include "core/testing/isolated_subject.hpp"
#include "core/testing/loopback_peer.hpp"
#include "core/testing/temporary_folder.hpp"
#include "invented.hpp"

extern char** environ;

namespace pakn::out_push {
namespace {

using namespace std::chrono_literals;

constexpr const char* kFile = PAKN_BINARY_DIR "/lib/paknhub/out_push.so";

/// tests/peers/push.py, which ends with this object.
class PushPeer {
public:
    PushPeer() {
        int to_peer[2];
        int from_peer[2];
        if (::pipe2(to_peer, O_CLOEXEC) != 0 || ::pipe2(from_peer, O_CLOEXEC) != 0) throw std::runtime_error{"no pipe"};
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, to_peer[0], 0);
        posix_spawn_file_actions_adddup2(&actions, from_peer[1], 1);
        std::string program = "/usr/bin/python3";
        std::string flag = "-B";
        std::string script = PAKN_SOURCE_DIR "/tests/peers/push.py";
        char* arguments[] = {program.data(), flag.data(), script.data(), nullptr};
        const int failed = ::posix_spawn(&process_, program.c_str(), &actions, nullptr, arguments, environ);
        posix_spawn_file_actions_destroy(&actions);
        ::close(to_peer[0]);
        ::close(from_peer[1]);
        stdin_ = to_peer[1];
        std::string line;
        char piece[4096];
        while (failed == 0 && line.find('\n') == std::string::npos) {
            const ssize_t got = ::read(from_peer[0], piece, sizeof piece);
            if (got <= 0) break;
            line.append(piece, static_cast<std::size_t>(got));
        }
        ::close(from_peer[0]);
        facts_.Parse(line.c_str());
        if (facts_.HasParseError()) throw std::runtime_error{"the simulator does not start"};
    }
    PushPeer(const PushPeer&) = delete;
    PushPeer& operator=(const PushPeer&) = delete;
    ~PushPeer() {
        ::close(stdin_);
        ::waitpid(process_, nullptr, 0);
    }

    [[nodiscard]] std::string fact(const char* name) const { return facts_[name].GetString(); }
    [[nodiscard]] std::string account() const { return written(facts_["account"]); }

    void control(const std::string& order) {
        const auto done = client_->perform({.method = "POST", .url = fact("url") + "/control", .body = order}, {});
        if (!done || done->status != 200) throw std::runtime_error{"the simulator does not obey"};
    }
    /// What the devices got and how often each service was called.
    rapidjson::Document state() {
        const auto told = client_->perform({.url = fact("url") + "/control"}, {});
        rapidjson::Document json;
        if (told) json.Parse(told->body.c_str());
        return json;
    }

private:
    static std::string written(const rapidjson::Value& value) {
        bounded_json::JsonBuffer buffer;
        bounded_json::JsonWriter writer{buffer};
        value.Accept(writer);
        return bounded_json::textIn(buffer);
    }

    pid_t process_ = -1;
    int stdin_ = -1;
    rapidjson::Document facts_;
    std::unique_ptr<HttpClient> client_ = plugin_host::makeHttpClient();
};

class PushPeerTest : public ::testing::TestWithParam<bool> {
protected:
    void SetUp() override {
        services.clock.set(std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()));
        std::ofstream{folder.path() / "ca.pem"} << peer.fact("ca");
        make(true);
    }

    void make(bool trusting, const std::string& proxy = {}) {
        Settings::Values values{{"fcm_account", peer.account()},
                                {"fcm_url", peer.fact("url")},
                                {"fcm_token_url", peer.fact("url") + "/token"},
                                {"apns_key", peer.fact("apns_key")},
                                {"apns_key_id", peer.fact("key_id")},
                                {"apns_team", peer.fact("team")},
                                {"apns_topic", peer.fact("topic")},
                                {"apns_url", peer.fact("apns_url")}};
        if (trusting) values["apns_ca_file"] = folder.path() / "ca.pem";
        if (!proxy.empty()) values["apns_proxy"] = proxy;
        const testing::MakeSubject how =
            GetParam() ? testing::MakeSubject{&testing::IsolatedSubject::make} : &testing::InProcessSubject::make;
        auto made = how(kFile, testing::settingsFor(kOptions, values), services);
        if (!made) throw std::runtime_error{made.error().message};
        subject = std::move(*made);
    }

    void has(const std::string& platform, const std::string& token, const std::string& owner = kOwner) {
        ASSERT_TRUE(
            services.people.keepDevice({.owner = owner, .channel = "app", .platform = platform, .token = token}));
    }
    Result<Receipt> send(const std::string& owner = kOwner, std::stop_token stop = {}) {
        Delivery delivery = result();
        delivery.reply_address = owner;
        return subject->send(delivery, std::move(stop));
    }
    std::size_t arrived() { return peer.state()["sent"].Size(); }
    int connections() { return peer.state()["connections"].GetInt(); }

    PushPeer peer;
    std::unique_ptr<HttpClient> client = plugin_host::makeHttpClient();
    testing::FakeHostServices services{*client};
    testing::TemporaryFolder folder;
    std::unique_ptr<testing::Subject> subject;  // Last: it goes first.
};

TEST_P(PushPeerTest, BothServicesTakeIt) {
    has("fcm", kAndroid);
    has("apns", kApple);
    const Result<Receipt> sent = send();
    ASSERT_TRUE(sent) << failure(sent).message;
    const rapidjson::Document state = peer.state();
    ASSERT_EQ(state["sent"].Size(), 2U);
    for (const auto& one : state["sent"].GetArray()) {
        EXPECT_STREQ(one["shown"].GetString(), "Phản ánh 060326001\nĐã có kết quả xử lý");
        EXPECT_THAT(sent->reference, ::testing::HasSubstr(one["name"].GetString()));
    }
    EXPECT_EQ(state["refused"].Size(), 0U);
}

/// What the contract's own words of the class come to, at the first attempt.
Errc codeOfClass(const std::string& row_class) {
    const auto says = [&](const char* word) { return row_class.find(word) != std::string::npos; };
    if (says("`forget`")) return says("`human`") ? Errc::kRejected : Errc::kFallback;
    if (says("`refresh`")) return Errc::kUnauthenticated;
    if (says("`human`")) return Errc::kMisconfigured;
    if (says("`permanent`")) return Errc::kInternal;
    return says("`retry`") ? Errc::kUnavailable : Errc::kStale;
}

TEST_P(PushPeerTest, EveryRowOfBothTablesByTheDevicesToken) {
    int rows = 0;
    for (const std::string platform : {"fcm", "apns"}) {
        for (const auto& [row, row_class] : contractClasses(platform)) {
            ++rows;
            std::string token = "sim-" + row;
            token.replace(token.find(' '), 1, "-");
            if (token.ends_with("--")) token.replace(token.size() - 1, 1, "none");
            if (token.starts_with("sim-any")) token.replace(4, 3, "500");
            const std::string owner = "acct-" + token;
            has(platform, token, owner);
            if (row_class.find("`refresh`") != std::string::npos && platform == "apns") {
                // Our token is old enough to be replaced.
                has("apns", "other", "acct-other");
                ASSERT_TRUE(send("acct-other"));
                services.clock.advance(30min);
                peer.control(R"({"offset": 1800})");
            }
            const Error error = failure(send(owner));
            EXPECT_EQ(error.code, codeOfClass(row_class)) << platform << ' ' << row << ": " << error.message;
            const bool there = services.people.devices("app", owner)->size() == 1;
            EXPECT_EQ(there, row_class.find("`forget`") == std::string::npos) << platform << ' ' << row;
        }
    }
    EXPECT_EQ(rows, 11 + 28);
    for (const auto& line : services.logged()) EXPECT_EQ(line.text.find("sim-4"), std::string::npos) << line.text;
}

TEST_P(PushPeerTest, ManyDevicesShareOneConnection) {
    for (int i = 0; i < 20; ++i) has("apns", "phone" + std::to_string(i));
    for (int i = 0; i < 3; ++i) ASSERT_TRUE(send());
    EXPECT_EQ(arrived(), 60U);
    EXPECT_EQ(connections(), 1);
}

TEST_P(PushPeerTest, GoawayInTheMiddleOfABurstLosesNothing) {
    for (int i = 0; i < 20; ++i) has("apns", "phone" + std::to_string(i));
    peer.control(R"({"goaway_after": 7})");
    const Result<Receipt> sent = send();
    ASSERT_TRUE(sent) << failure(sent).message;
    std::set<std::string> told;
    const rapidjson::Document state = peer.state();
    for (const auto& one : state["sent"].GetArray()) told.insert(one["token"].GetString());
    EXPECT_EQ(told.size(), 20U) << "each device was told";
    EXPECT_EQ(connections(), 2);
    ASSERT_TRUE(send());
    EXPECT_EQ(connections(), 2) << "and the new connection stays";
}

TEST_P(PushPeerTest, AConnectionThatTheServiceIsDoneWithIsReplaced) {
    has("apns", kApple);
    ASSERT_TRUE(send());
    peer.control(R"({"trouble": {"apns": [[503, "Shutdown"]]}, "retry_after": 7})");
    const Error error = failure(send());
    EXPECT_EQ(error.code, Errc::kUnavailable);
    EXPECT_EQ(error.retry_after, 7s);
    ASSERT_TRUE(send());
    EXPECT_EQ(connections(), 2);
}

TEST_P(PushPeerTest, RetryAfterMayBeADate) {
    has("fcm", kAndroid);
    peer.control(R"({"trouble": {"fcm": [[503, "UNAVAILABLE"]]}, "retry_after": 100.5})");
    const auto wait = failure(send()).retry_after;
    ASSERT_TRUE(wait);
    EXPECT_GT(*wait, 60s);
    EXPECT_LE(*wait, 110s);
}

TEST_P(PushPeerTest, AnAccessTokenThatIsOverIsRenewedOnce) {
    has("fcm", kAndroid);
    ASSERT_TRUE(send());
    peer.control(R"({"forget": true})");
    ASSERT_TRUE(send());
    EXPECT_EQ(peer.state()["assertions"].GetInt(), 2);
    EXPECT_EQ(arrived(), 1U);
}

TEST_P(PushPeerTest, ABrokenAnswerIsNotTakenForSuccess) {
    has("apns", kApple);
    peer.control(R"({"trouble": {"apns": [[0, "break"], [0, "break"], [0, "break"]]}})");
    EXPECT_EQ(failure(send()).code, Errc::kUnknownOutcome);
    has("fcm", kAndroid, "acct-fcm");
    peer.control(R"({"trouble": {"fcm": [[0, "break"]]}})");
    EXPECT_EQ(failure(send("acct-fcm")).code, Errc::kUnknownOutcome);
    EXPECT_TRUE(send());
}

TEST_P(PushPeerTest, ACertificateThatNobodyVouchesForIsNotTrusted) {
    make(false);
    has("apns", kApple);
    const Error error = failure(send());
    EXPECT_EQ(error.code, Errc::kMisconfigured);
    EXPECT_EQ(error.problem, "push.not_trusted");
    EXPECT_EQ(arrived(), 0U);
}

TEST_P(PushPeerTest, WhoSpeaksNoHttp2IsNoPushService) {
    peer.control(R"({"protocols": ["http/1.1"]})");
    has("apns", kApple);
    EXPECT_EQ(failure(send()).problem, "push.no_http2");
}

/// Passes bytes on between two sockets until one of them is closed.
void passOn(int one, int other) {
    pollfd waits[] = {{one, POLLIN, 0}, {other, POLLIN, 0}};
    char piece[16384];
    while (::poll(waits, 2, -1) > 0) {
        for (const int from : {0, 1}) {
            if (waits[from].revents == 0) continue;
            const ssize_t got = ::recv(waits[from].fd, piece, sizeof piece, 0);
            if (got <= 0) return;
            if (::send(waits[1 - from].fd, piece, static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) return;
        }
    }
}

TEST_P(PushPeerTest, AppleIsReachedThroughItsProxy) {
    const std::string target = peer.fact("apns_url").substr(std::string_view{"https://"}.size());
    std::mutex mutex;
    std::string asked;
    testing::LoopbackPeer proxy{[&](testing::Connection& connection) {
        {
            const std::lock_guard lock{mutex};
            asked = connection.readRequest().value_or(std::string{});
        }
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(target.substr(target.find(':') + 1))));
        address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        const testing::OwnedDescriptor apple{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
        if (::connect(apple.number(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return;
        connection.write("HTTP/1.1 200 OK\r\n\r\n");
        passOn(connection.socket(), apple.number());
    }};
    make(true, proxy.url(""));
    has("apns", kApple);
    EXPECT_TRUE(send());
    EXPECT_EQ(arrived(), 1U);
    subject.reset();  // Its connection ends, and so does the proxy's work.
    const std::lock_guard lock{mutex};
    EXPECT_TRUE(asked.starts_with("CONNECT " + target + ' ')) << asked;
    EXPECT_EQ(asked.find("bearer"), std::string::npos);
}

TEST_P(PushPeerTest, NobodyThereIsTriedAgainLater) {
    has("apns", kApple);
    peer.control(R"({"listen": false})");
    EXPECT_EQ(failure(send()).code, Errc::kUnavailable);
}

INSTANTIATE_TEST_SUITE_P(Peer, PushPeerTest, ::testing::Bool(),
                         [](const auto& one) { return std::string{one.param ? "Isolated" : "InProcess"}; });

}  // namespace
}  // namespace pakn::out_push

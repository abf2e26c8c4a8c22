/// @file
/// Files on a real SFTP server: OpenSSH, started here on a free port.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/isolated_subject.hpp"
#include "core/testing/loopback_peer.hpp"
#include "core/testing/settings.hpp"
#include "core/testing/temporary_folder.hpp"
#include "mapped.hpp"
#include "pakn/sdk/text.hpp"
#include "shelf.hpp"
#include "test_paths.hpp"

namespace pakn::in_portal {
namespace {

namespace fs = std::filesystem;
using ::testing::AnyOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

/// None when nobody listens there.
testing::OwnedDescriptor connectedTo(std::uint16_t port) {
    testing::OwnedDescriptor socket{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket.number(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return socket;
    return testing::OwnedDescriptor{};
}

std::uint16_t freePort() {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(socket, any, size) != 0 || ::getsockname(socket, any, &size) != 0) throw std::runtime_error{"no port"};
    ::close(socket);
    return ntohs(address.sin_port);
}

/// OpenSSH for the user who runs the test, by key: a process for each connection, as from inetd, so that the port is
/// ours from the beginning.
class Server {
public:
    Server() {
        for (const char* name : {"host", "user", "other"})
            run("ssh-keygen -q -t ed25519 -N '' -f " + (folder_ / name).string());
        fs::copy(folder_ / "user.pub", folder_ / "authorized");
        fs::create_directory(folder_ / "files");
        folder_.write("config", "HostKey " + (folder_ / "host").string() + "\nAuthorizedKeysFile " +
                                    (folder_ / "authorized").string() +
                                    "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPidFile none\n"
                                    "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n");
        if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);  // Where it locks itself in; made at boot elsewhere.
    }

    [[nodiscard]] SftpAccess access(const std::string& key = "user") const {
        return {.url = peer_.url((folder_ / "files").string(), "sftp"),
                .user = run("id -un"),
                .key = testing::readFile(folder_ / key),
                .host_key_sha256 = fingerprint("host")};
    }
    [[nodiscard]] std::string fingerprint(const std::string& key) const {
        return run("ssh-keygen -lf " + (folder_ / (key + ".pub")).string() + " | cut -d' ' -f2");
    }
    [[nodiscard]] std::uint16_t port() const { return peer_.port(); }
    [[nodiscard]] fs::path files() const { return folder_ / "files"; }
    void write(const std::string& name, const std::string& bytes) const { folder_.write("files/" + name, bytes); }

private:
    static std::string run(const std::string& command) {
        FILE* pipe = ::popen(command.c_str(), "r");
        std::string output;
        for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) output += static_cast<char>(c);
        if (::pclose(pipe) != 0) throw std::runtime_error{"failed: " + command};
        while (!output.empty() && output.back() == '\n') output.pop_back();
        return output;
    }

    void serve(testing::Connection& client) const {
        const std::string config = (folder_ / "config").string();
        const char* arguments[] = {"/usr/sbin/sshd", "-i", "-q", "-f", config.c_str(), nullptr};
        posix_spawn_file_actions_t actions;
        ::posix_spawn_file_actions_init(&actions);
        for (const int end : {STDIN_FILENO, STDOUT_FILENO})
            ::posix_spawn_file_actions_adddup2(&actions, client.socket(), end);
        pid_t process = 0;
        if (::posix_spawn(&process, arguments[0], &actions, nullptr, const_cast<char**>(arguments), environ) != 0)
            throw std::runtime_error{"no sshd: openssh-server"};
        ::posix_spawn_file_actions_destroy(&actions);
        ::waitpid(process, nullptr, 0);
    }

    const testing::TemporaryFolder folder_;
    testing::LoopbackPeer peer_{[this](testing::Connection& client) { serve(client); }};
};

/// Stands between a client and a server, and sees what the server says pass.
class Relay {
public:
    /// Called before each piece, with its length and how much has passed on this connection.
    using Passing = std::function<void(std::size_t length, std::size_t before)>;

    Relay(std::uint16_t server, Passing passing)
        : peer_{[server, passing = std::move(passing)](testing::Connection& client) {
              const testing::OwnedDescriptor there = connectedTo(server);
              std::size_t passed = 0;
              for (std::string piece(32768, '\0');;) {
                  pollfd waits[] = {{client.socket(), POLLIN, 0}, {there.number(), POLLIN, 0}};
                  if (::poll(waits, 2, -1) < 0) return;
                  const bool down = waits[1].revents != 0;
                  const int from = down ? there.number() : client.socket();
                  const int to = down ? client.socket() : there.number();
                  const ssize_t got = ::recv(from, piece.data(), piece.size(), 0);
                  if (got <= 0) return;
                  const auto length = static_cast<std::size_t>(got);
                  if (down) passing(length, std::exchange(passed, passed + length));
                  if (::send(to, piece.data(), length, MSG_NOSIGNAL) != got) return;
              }
          }} {}
    [[nodiscard]] std::uint16_t port() const { return peer_.port(); }

private:
    testing::LoopbackPeer peer_;
};

class SftpTest : public ::testing::Test {
protected:
    const Server server_;
    const TableShape shape_;
    const Mapping mapping_ = mappingOf("fields: { external_id: id, content: text }");
    testing::FakeHostServices services_;
    Intake intake_{mapping_, services_, {}};
    testing::FakeInbox inbox_;
};

TEST_F(SftpTest, TakesFilesAndMovesThemThere) {
    server_.write("Phản ánh 06.csv", "id,text\n1,một\n2,hai\n");
    server_.write("bad.csv", "id,text\n1,\"open\n");
    server_.write("large.csv", std::string(2000, 'x'));
    server_.write("notes.txt", "not for us");
    fs::create_directory(server_.files() / "folder.csv");
    FileTaker files{openSftp(server_.access(), 1000), shape_, mapping_, intake_, services_};
    ASSERT_TRUE(files.poll(inbox_, {}));
    EXPECT_EQ(inbox_.calls(), 0);
    const Status polled = files.poll(inbox_, {});
    ASSERT_TRUE(polled) << polled.error().message;
    EXPECT_THAT(inbox_.stored(), SizeIs(2));
    EXPECT_FALSE(fs::exists(server_.files() / "Phản ánh 06.csv"));
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files() / "done"}, {}), 1);
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files() / "rejected"}, {}), 2);

    server_.write("Phản ánh 06.csv", "id,text\n1,một\n2,hai\n");
    ASSERT_TRUE(files.poll(inbox_, {}));
    ASSERT_TRUE(files.poll(inbox_, {}));
    EXPECT_THAT(inbox_.stored(), SizeIs(2)) << "the same file again brings nothing new";
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files() / "done"}, {}), 1);
}

TEST_F(SftpTest, AFileCalledAfterAPersonIsCalledOtherwise) {
    const std::string rows = "id,text\n1,một\n,no id\n";
    server_.write("Người Thử 0900000001.csv", rows);
    server_.write("done", "in the way");
    FileTaker files{openSftp(server_.access(), 1000), shape_, mapping_, intake_, services_};
    ASSERT_TRUE(files.poll(inbox_, {}));
    const Status polled = files.poll(inbox_, {});
    ASSERT_FALSE(polled);
    std::string all = polled.error().message + '\n';
    EXPECT_THAT(all, HasSubstr(shortHash(rows)));
    fs::remove(server_.files() / "done");
    for (int look = 0; look < 2; ++look) ASSERT_TRUE(files.poll(inbox_, {}));
    for (const auto& line : services_.logged()) all += line.text + '\n';
    EXPECT_THAT(all, HasSubstr("file " + shortHash(rows) + ": 0 stored, 1 known"));
    EXPECT_THAT(all, Not(AnyOf(HasSubstr("Người"), HasSubstr("0900000001"))));
}

TEST_F(SftpTest, AFileThatTakesTheSameNameMeanwhileStays) {
    server_.write("a.csv", "id,text\n1,một\n");
    testing::FakeInbox inbox{[&](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.external_id == "1") server_.write("a.csv", "id,text\n9,chín\n8,tám\n");
        return std::nullopt;
    }};
    FileTaker files{openSftp(server_.access(), 1000), shape_, mapping_, intake_, services_};
    for (int look = 0; look < 2; ++look) ASSERT_TRUE(files.poll(inbox, {}));
    ASSERT_THAT(inbox.stored(), SizeIs(1));
    EXPECT_TRUE(fs::exists(server_.files() / "a.csv")) << "nobody has read it yet";
    for (int look = 0; look < 2; ++look) ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_THAT(inbox.stored(), SizeIs(3));
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files() / "done"}, {}), 2);
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files()}, {}), 1) << "only done/ is left";
}

TEST_F(SftpTest, AFileThatGrowsWhileItIsStoredStays) {
    server_.write("a.csv", "id,text\n1,một\n");
    bool grown = false;
    testing::FakeInbox inbox{[&](const IncomingPetition&) -> std::optional<Result<Accepted>> {
        for (const fs::directory_entry& one : fs::directory_iterator{server_.files()})
            if (!grown && one.is_regular_file()) std::ofstream{one.path(), std::ios::app} << "2,hai\n";
        grown = true;
        return std::nullopt;
    }};
    FileTaker files{openSftp(server_.access(), 1000), shape_, mapping_, intake_, services_};
    for (int look = 0; look < 2; ++look) ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_FALSE(fs::exists(server_.files() / "done"));
    for (int look = 0; look < 2; ++look) ASSERT_TRUE(files.poll(inbox, {}));
    EXPECT_THAT(inbox.stored(), SizeIs(2));
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files()}, {}), 1);
}

TEST_F(SftpTest, WhatWasNotFinishedIsTakenByTheNextProcess) {
    server_.write("a.csv", "id,text\n1,một\n2,hai\n");
    testing::FakeInbox down{[](const IncomingPetition& petition) -> std::optional<Result<Accepted>> {
        if (petition.external_id == "2") return testing::FakeInbox::failed(Errc::kUnavailable);
        return std::nullopt;
    }};
    {
        FileTaker files{openSftp(server_.access(), 1000), shape_, mapping_, intake_, services_};
        static_cast<void>(files.poll(down, {}));
        EXPECT_EQ(files.poll(down, {}).error().code, Errc::kUnavailable);
    }
    server_.write("a.csv", "id,text\n3,ba\n");
    FileTaker files{openSftp(server_.access(), 1000), shape_, mapping_, intake_, services_};
    for (int look = 0; look < 4; ++look) ASSERT_TRUE(files.poll(inbox_, {}));
    EXPECT_THAT(inbox_.stored(), SizeIs(3));
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files() / "done"}, {}), 2);
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files()}, {}), 1);
}

TEST_F(SftpTest, BelievesNobodyButTheServer) {
    SftpAccess access = server_.access();
    access.host_key_sha256 = server_.fingerprint("other");
    FileTaker files{openSftp(access, 1000), shape_, mapping_, intake_, services_};
    const Status polled = files.poll(inbox_, {});
    EXPECT_EQ(polled.error().code, Errc::kUnauthenticated);
    EXPECT_EQ(polled.error().problem, "portal.sftp_host_key");
}

TEST_F(SftpTest, SaysWhenItIsNotLetInOrNobodyIsThere) {
    const auto pollWith = [&](const SftpAccess& access) {
        FileTaker files{openSftp(access, 1000), shape_, mapping_, intake_, services_};
        const Status polled = files.poll(inbox_, {});
        return polled ? Errc::kInvalid : polled.error().code;
    };
    EXPECT_EQ(pollWith(server_.access("other")), Errc::kUnauthenticated);
    SftpAccess nobody = server_.access();
    nobody.url = "sftp://127.0.0.1:" + std::to_string(freePort()) + "/files";
    EXPECT_EQ(pollWith(nobody), Errc::kUnavailable);
    SftpAccess nowhere = server_.access();
    nowhere.url += "/nowhere";
    EXPECT_EQ(pollWith(nowhere), Errc::kMisconfigured);
}

/// The plugin as the hub runs it: the key from memory, the connection and the parsing in a confined child process.
class IsolatedSftpTest : public SftpTest {
protected:
    Result<std::unique_ptr<testing::IsolatedSubject>> portalAt(std::uint16_t port, isolation::ProcessOptions options,
                                                               const std::string& timeout = "10s") {
        const fs::path file = PAKN_BINARY_DIR "/lib/paknhub/in_portal.so";
        const SftpAccess access = server_.access();
        const Settings settings = testing::settingsFor(
            testing::LoadedPlugin{file}.descriptor().info.options,
            {{"mapping", folder_.write("mapping.yaml", "fields: { external_id: id, content: text }").string()},
             {"sftp_url", "sftp://127.0.0.1:" + std::to_string(port) + server_.files().string()},
             {"sftp_user", access.user},
             {"sftp_key", access.key},
             {"sftp_host_key", access.host_key_sha256},
             {"renamed", "true"},
             {"timeout", timeout}});
        return testing::IsolatedSubject::makeWith(file, settings, services_, std::move(options));
    }
    [[nodiscard]] std::ptrdiff_t count(const std::string& folder) const {
        if (!fs::exists(server_.files() / folder)) return 0;
        return std::distance(fs::directory_iterator{server_.files() / folder}, {});
    }
    const testing::TemporaryFolder folder_;
};

TEST_F(IsolatedSftpTest, TakesFilesAndMovesThemThere) {
    const auto portal = portalAt(server_.port(), {});
    ASSERT_TRUE(portal) << portal.error().message;
    server_.write("06.csv", "id,text\n1,một\n2,hai\n");
    const Status polled = (*portal)->poll(inbox_, {});
    ASSERT_TRUE(polled) << polled.error().message;
    EXPECT_THAT(inbox_.stored(), SizeIs(2));
    EXPECT_EQ(count("done"), 1);
}

// These two take their time: what they test are limits in real time.

TEST_F(IsolatedSftpTest, ATransferThatStandsStillIsGivenUpBeforeItCountsAsAHang) {
    const testing::OwnedDescriptor never{::eventfd(0, EFD_CLOEXEC)};
    const Relay relay{server_.port(), [&never](std::size_t, std::size_t before) {
                          pollfd wait{never.number(), POLLIN, 0};
                          if (before > 65536) ::poll(&wait, 1, -1);
                      }};
    server_.write("06.csv", "id,text\n1," + std::string(200000, 'x') + '\n');
    const auto portal = portalAt(relay.port(), {.call_limit = std::chrono::seconds{4}}, "3s");
    ASSERT_TRUE(portal) << portal.error().message;
    EXPECT_EQ((*portal)->poll(inbox_, {}).error().problem, "portal.sftp");
    EXPECT_EQ((*portal)->connector().health().crashes, 0);
    ::eventfd_write(never.number(), 1);
}

TEST_F(IsolatedSftpTest, ALargeFileOverASlowLineIsNoHang) {
    constexpr std::size_t kBytesAMillisecond = 512;
    std::string rows = "id,text\n";
    for (int i = 0; i < 20; ++i) rows += std::to_string(i) + ',' + std::string(100000, 'x') + '\n';
    server_.write("06.csv", rows);  // Some 4 s.
    const Relay relay{server_.port(), [](std::size_t length, std::size_t before) {
                          if (before > 65536) ::poll(nullptr, 0, static_cast<int>(length / kBytesAMillisecond));
                      }};
    const auto portal = portalAt(relay.port(), {.call_limit = std::chrono::milliseconds{500}});
    ASSERT_TRUE(portal) << portal.error().message;
    const Status polled = (*portal)->poll(inbox_, {});
    ASSERT_TRUE(polled) << polled.error().problem << ' ' << polled.error().message;
    EXPECT_THAT(inbox_.stored(), SizeIs(20));
    EXPECT_EQ(count("done"), 1);
    EXPECT_EQ((*portal)->connector().health().crashes, 0);
}

TEST_F(IsolatedSftpTest, AFileThatKillsTwiceIsPutAsideAndThoseBehindItAreTaken) {
    constexpr std::size_t kMuch = 150000;
    testing::IsolatedSubject* victim = nullptr;
    const Relay relay{server_.port(), [&victim](std::size_t length, std::size_t before) {
                          if (before < kMuch && before + length >= kMuch)
                              ::kill(victim->connector().health().pid, SIGKILL);
                      }};
    server_.write("a.csv", "id,text\n1,một\n");
    server_.write("b.csv", "id,text\n" + std::string(2 * kMuch, 'x'));
    server_.write("c.csv", "id,text\n3,ba\n");
    const auto portal = portalAt(relay.port(), {.restart = {.first = std::chrono::milliseconds{1}}});
    ASSERT_TRUE(portal) << portal.error().message;
    victim = portal->get();
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
    while (count("rejected") + count("done") < 3 && std::chrono::steady_clock::now() < deadline)
        static_cast<void>((*portal)->poll(inbox_, {}).ok());
    EXPECT_EQ((*portal)->connector().health().crashes, 2);
    EXPECT_EQ(count("rejected"), 1);
    EXPECT_EQ(count("done"), 2);
    EXPECT_EQ(count(""), 2) << "nothing but done/ and rejected/ is left";
    EXPECT_THAT(inbox_.stored(), SizeIs(2));
    ASSERT_THAT(inbox_.unacceptable(), SizeIs(1));
    EXPECT_EQ(inbox_.unacceptable()[0].problem.problem, "connector.quarantined");
}

TEST(SftpAccessTest, NeedsAPinnedKeyAndALogin) {
    const SftpAccess whole{.url = "sftp://h/f", .user = "u", .password = "p", .host_key_sha256 = "k"};
    EXPECT_NO_THROW(openSftp(whole, 1));
    for (auto change : {+[](SftpAccess& a) { a.host_key_sha256 = ""; }, +[](SftpAccess& a) { a.user = ""; },
                        +[](SftpAccess& a) { a.password = ""; }, +[](SftpAccess& a) { a.url = "ftp://h/f"; },
                        +[](SftpAccess& a) { a.url = "sftp://u@h/f"; }, +[](SftpAccess& a) { a.url = "sftp://h"; }}) {
        SftpAccess access = whole;
        change(access);
        EXPECT_THROW(openSftp(access, 1), std::invalid_argument);
    }
}

}  // namespace
}  // namespace pakn::in_portal

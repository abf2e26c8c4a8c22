/// @file
/// Files on a real SFTP server: OpenSSH, started here on a free port.

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>

#include "core/testing/fake_host.hpp"
#include "core/testing/fake_inbox.hpp"
#include "core/testing/isolated_subject.hpp"
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

int connectTo(std::uint16_t port) {
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const int result = ::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::close(socket);
    return result;
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

/// OpenSSH for the user who runs the test, by key.
class Server {
public:
    Server() {
        for (const char* name : {"host", "user", "other"})
            run("ssh-keygen -q -t ed25519 -N '' -f " + (folder_ / name).string());
        fs::copy(folder_ / "user.pub", folder_ / "authorized");
        fs::create_directory(folder_ / "files");
        port_ = freePort();
        folder_.write("config", "ListenAddress 127.0.0.1:" + std::to_string(port_) + "\nHostKey " +
                                    (folder_ / "host").string() + "\nAuthorizedKeysFile " +
                                    (folder_ / "authorized").string() +
                                    "\nStrictModes no\nUsePAM no\nPasswordAuthentication no\nPidFile none\n"
                                    "PermitRootLogin prohibit-password\nSubsystem sftp internal-sftp\n");
        if (::geteuid() == 0) ::mkdir("/run/sshd", 0755);  // Where it locks itself in; made at boot elsewhere.
        const std::string config = (folder_ / "config").string();
        const char* arguments[] = {"/usr/sbin/sshd", "-D", "-q", "-f", config.c_str(), nullptr};
        if (::posix_spawn(&process_, arguments[0], nullptr, nullptr, const_cast<char**>(arguments), environ) != 0)
            throw std::runtime_error{"no sshd: openssh-server"};
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{30};
        while (connectTo(port_) != 0) {
            if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error{"sshd does not listen"};
            std::this_thread::yield();
        }
    }
    ~Server() {
        ::kill(process_, SIGTERM);
        ::waitpid(process_, nullptr, 0);
    }

    [[nodiscard]] SftpAccess access(const std::string& key = "user") const {
        return {.url = "sftp://127.0.0.1:" + std::to_string(port_) + (folder_ / "files").string(),
                .user = run("id -un"),
                .key = testing::readFile(folder_ / key),
                .host_key_sha256 = fingerprint("host")};
    }
    [[nodiscard]] std::string fingerprint(const std::string& key) const {
        return run("ssh-keygen -lf " + (folder_ / (key + ".pub")).string() + " | cut -d' ' -f2");
    }
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

    const testing::TemporaryFolder folder_;
    std::uint16_t port_ = 0;
    pid_t process_ = 0;
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
TEST_F(SftpTest, WorksInAProcessOfItsOwn) {
    const testing::TemporaryFolder folder;
    fs::permissions(folder.path(), fs::perms{0755});  // A child of root is another user.
    const fs::path file = PAKN_BINARY_DIR "/lib/paknhub/in_portal.so";
    const SftpAccess access = server_.access();
    const Settings settings = testing::settingsFor(
        testing::LoadedPlugin{file}.descriptor().info.options,
        {{"mapping", folder.write("mapping.yaml", "fields: { external_id: id, content: text }").string()},
         {"sftp_url", access.url},
         {"sftp_user", access.user},
         {"sftp_key", access.key},
         {"sftp_host_key", access.host_key_sha256}});
    const auto portal = testing::IsolatedSubject::make(file, settings, services_);
    ASSERT_TRUE(portal) << portal.error().message;
    server_.write("06.csv", "id,text\n1,một\n2,hai\n");
    for (int look = 0; look < 2; ++look) {
        const Status polled = (*portal)->poll(inbox_, {});
        ASSERT_TRUE(polled) << polled.error().message;
    }
    EXPECT_THAT(inbox_.stored(), SizeIs(2));
    EXPECT_EQ(std::distance(fs::directory_iterator{server_.files() / "done"}, {}), 1);
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

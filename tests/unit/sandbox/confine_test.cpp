/// @file
/// What a confined process can and cannot do. The probe confines itself and tries one thing.

#include "core/sandbox/confine.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string>

#include "core/testing/temporary_folder.hpp"
#include "test_paths.hpp"

namespace pakn::sandbox {
namespace {

namespace fs = std::filesystem;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr bool kSanitized = true;
#else
constexpr bool kSanitized = false;
#endif

class ConfineTest : public ::testing::Test {
protected:
    ConfineTest() {
        ::chmod(folder_.path().c_str(), 0777);
        ::chmod(outside_.path().c_str(), 0777);
        outside_.write("secret.txt", "x");
        folder_.write("mine.txt", "x");
    }

    /// How the probe fared; an empty text when it could not be run.
    std::string tried(const std::string& kind, const std::string& what, const std::string& argument = {}) {
        const std::string command = std::string{PAKN_BINARY_DIR "/tests/sandbox_probe "} + kind + ' ' +
                                    folder_.path().string() + ' ' + what + ' ' + argument;
        FILE* const pipe = ::popen(command.c_str(), "re");
        if (pipe == nullptr) return {};
        std::array<char, 400> line{};
        std::string text;
        if (std::fgets(line.data(), line.size(), pipe) != nullptr) text = line.data();
        const int status = ::pclose(pipe);
        paths_ = WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (!text.empty() && text.back() == '\n') text.pop_back();
        return text;
    }

    testing::TemporaryFolder folder_;
    testing::TemporaryFolder outside_;
    bool paths_ = false;  ///< Of the last probe: the kernel confines paths.
};

TEST_F(ConfineTest, NoProgramsNoProcessesNoPowerOverOthers) {
    for (const char* kind : {"parser", "plugin", "network"}) {
        EXPECT_EQ(tried(kind, "fork"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "vfork"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "exec"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "kill"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "ptrace"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "root"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "thread"), "done") << kind;
    }
}

/// A hub that is not root is of the same user as its children: the kernel would let them.
TEST_F(ConfineTest, NoSignalByWayOfADescriptor) {
    for (const char* kind : {"blind", "parser", "plugin", "network"}) {
        for (const char* what : {"own_by_parent", "own_by_parent_too", "choose_signal", "async", "async_device",
                                 "own_device", "own_socket_device", "pipe_size"})
            EXPECT_EQ(tried(kind, what), "EPERM") << kind << ' ' << what;
        for (const char* what : {"nonblocking", "close_on_exec", "duplicate"})
            EXPECT_EQ(tried(kind, what), "done") << kind << ' ' << what;
    }
    for (const char* what : {"lease", "notify"}) EXPECT_EQ(tried("plugin", what), "EPERM") << what;
}

TEST_F(ConfineTest, NoOtherWayToReachTheHub) {
    for (const char* kind : {"parser", "plugin", "network"})
        for (const char* what : {"timer", "queue_signal", "signal_thread", "signal_any_thread", "message_queue",
                                 "death_signal", "reparent", "read_memory", "write_memory", "compare", "robust_list",
                                 "process_descriptor", "priority", "io_priority", "processors", "limit_parent"})
            EXPECT_EQ(tried(kind, what), "EPERM") << kind << ' ' << what;
}

TEST_F(ConfineTest, APluginLocksItsFiles) {
    const fs::path mine = folder_ / "mine.txt";
    ASSERT_EQ(::chmod(mine.c_str(), 0666), 0);
    for (const char* what : {"lock", "lock_description"})
        EXPECT_EQ(tried("plugin", what, mine.string()), "done") << what;
}

TEST_F(ConfineTest, AParserHasNoSocketsAPluginOnlyThoseOfTheInternet) {
    EXPECT_EQ(tried("parser", "tcp"), "EPERM");
    EXPECT_EQ(tried("plugin", "tcp"), "EPERM");
    EXPECT_EQ(tried("network", "tcp"), "done");
    for (const char* kind : {"parser", "plugin", "network"}) {
        EXPECT_EQ(tried(kind, "unix"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "raw"), "EPERM") << kind;
        EXPECT_EQ(tried(kind, "listen"), "EPERM") << kind;
    }
}

TEST_F(ConfineTest, FilesOnlyWhereItMay) {
    const std::string mine = (folder_ / "mine.txt").string();
    const std::string secret = (outside_ / "secret.txt").string();
    EXPECT_EQ(tried("plugin", "read", mine), "done");
    EXPECT_EQ(tried("plugin", "make", (folder_ / "new.txt").string()), "done");
    EXPECT_EQ(tried("plugin", "read", "/etc/shadow"), "EACCES");
    if (!paths_) GTEST_SKIP() << "this kernel has no Landlock";
    EXPECT_EQ(tried("plugin", "read", secret), "EACCES");
    EXPECT_EQ(tried("plugin", "make", (outside_ / "new.txt").string()), "EACCES");
    EXPECT_EQ(tried("plugin", "read", "/usr/bin/env"), "done");
}

/// What Landlock does not hold back: a hub that is not root shares its user with the child.
TEST_F(ConfineTest, NoLengthModeOrTimeOfAFileByItsName) {
    const fs::path secret = outside_ / "secret.txt";
    ASSERT_EQ(::chmod(secret.c_str(), 0644), 0);
    if (::geteuid() == 0) {
        ASSERT_EQ(::chown(secret.c_str(), 61190, 61190), 0);
    }
    for (const char* what : {"truncate", "chmod", "fchmod", "touch", "empty_unseen"})
        EXPECT_EQ(tried("plugin", what, secret.string()), "EPERM") << what;
    EXPECT_EQ(fs::file_size(secret), 1U);
    const fs::path mine = folder_ / "mine.txt";
    ASSERT_EQ(::chmod(mine.c_str(), 0666), 0);
    EXPECT_EQ(tried("plugin", "empty", mine.string()), "done") << "its own files are its own";
    EXPECT_EQ(fs::file_size(mine), 0U);
}

TEST_F(ConfineTest, AParserOnlyReads) {
    ASSERT_EQ(::chmod((folder_ / "mine.txt").c_str(), 0666), 0);
    const std::string mine = (folder_ / "mine.txt").string();
    EXPECT_EQ(tried("parser", "read", mine), "done");
    for (const char* what : {"write", "empty", "empty_unseen"}) EXPECT_EQ(tried("parser", what, mine), "EPERM") << what;
    EXPECT_EQ(tried("parser", "make", (folder_ / "new.txt").string()), "EPERM");
    EXPECT_EQ(tried("parser", "nameless", folder_.path().string()), "EPERM");
    EXPECT_EQ(fs::file_size(mine), 1U);
}

TEST_F(ConfineTest, APairOfSocketsSpeaksWithinTheProcess) {
    EXPECT_EQ(tried("network", "stray", "/dev/log"), "EPERM");
    EXPECT_EQ(tried("network", "stray_stream", "/dev/log"), "EISCONN");
    EXPECT_EQ(tried("network", "stream_pair"), "done");
    EXPECT_EQ(tried("network", "packet_pair"), "done");
    EXPECT_EQ(tried("plugin", "stream_pair"), "EPERM");
}

TEST_F(ConfineTest, NoFileGrowsWithoutEnd) {
    const fs::path large = folder_ / "large";
    EXPECT_EQ(tried("plugin", "fill_disk", large.string()), "EFBIG");
    EXPECT_EQ(fs::file_size(large), 3U << 20U);
    EXPECT_EQ(tried("plugin", "fill_memfd"), "EFBIG");
    EXPECT_EQ(tried("blind", "fill_memfd"), "EFBIG");
    EXPECT_EQ(tried("parser", "memfd"), "EPERM");
}

TEST_F(ConfineTest, ABlindParserOpensNothing) {
    EXPECT_EQ(tried("parser", "read", "/usr/bin/env"), "done");
    EXPECT_EQ(tried("blind", "read", "/usr/bin/env"), "EPERM");
    EXPECT_EQ(tried("blind", "make", (folder_ / "new.txt").string()), "EPERM");
    EXPECT_EQ(tried("blind", "tcp"), "EPERM");
    EXPECT_EQ(tried("blind", "thread"), "done");
}

TEST_F(ConfineTest, ItsAppetiteIsBounded) {
    EXPECT_EQ(tried("plugin", "files"), "EMFILE");
    if (kSanitized) GTEST_SKIP() << "a sanitizer needs its addresses and threads";
    EXPECT_EQ(tried("plugin", "limit"), "EPERM");
    EXPECT_EQ(tried("plugin", "memory"), "ENOMEM");
    EXPECT_EQ(tried("plugin", "threads"), "EAGAIN");
}

TEST_F(ConfineTest, RootBecomesSomebodyElse) {
    if (::geteuid() != 0) GTEST_SKIP() << "not root";
    EXPECT_EQ(tried("plugin", "user"), "61190");
}

}  // namespace
}  // namespace pakn::sandbox

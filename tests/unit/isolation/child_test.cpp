/// @file
/// Child processes: what they are given, and how they end.

#include "core/isolation/child.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <csignal>
#include <cstdlib>
#include <string>
#include <vector>

namespace pakn::isolation {
namespace {

constexpr const char* kShell = "/bin/sh";

/// Runs a shell script whose descriptor 3 is ours; what it writes there, and how it ends.
std::string outputOf(const std::string& script, Exit& over) {
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const OwnedDescriptor ours{ends[0]};
    OwnedDescriptor theirs{ends[1]};
    const std::vector<std::string> arguments{"-c", script};
    const std::vector<int> descriptors{theirs.number()};
    Result<Child> child = Child::start(kShell, arguments, descriptors);
    EXPECT_TRUE(child) << child.error().message;
    ::close(theirs.release());
    std::string text;
    char piece[4096];
    for (ssize_t got = 0; (got = ::read(ours.number(), piece, sizeof piece)) > 0;)
        text.append(piece, static_cast<std::size_t>(got));
    const std::optional<Exit> ended = child->wait(Steady::now() + std::chrono::seconds{10});
    EXPECT_TRUE(ended);
    over = ended.value_or(Exit{});
    return text;
}

TEST(ChildTest, GetsNothingOfTheHubsOwn) {
    ::setenv("PAKN_SECRET_OF_THE_HUB", "canary", 1);
    const OwnedDescriptor opened{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
    const OwnedDescriptor leaked{::fcntl(opened.number(), F_DUPFD, 77)};  // Not close-on-exec, as a library might do.
    Exit over;
    const std::string told = outputOf("env >&3; ls /proc/self/fd >&3", over);
    EXPECT_EQ(over.status, 0);
    EXPECT_EQ(told.find("canary"), std::string::npos) << told;
    EXPECT_EQ(told.find("\n" + std::to_string(leaked.number()) + "\n"), std::string::npos) << told;
}

TEST(ChildTest, TellsHowItEnded) {
    Exit over;
    outputOf("exit 7", over);
    EXPECT_EQ(over.status, 7);
    EXPECT_EQ(over.signal, 0);
    outputOf("kill -SEGV $$", over);
    EXPECT_EQ(over.signal, SIGSEGV);
    EXPECT_EQ(over.text(), "signal 11 (SIGSEGV)");
}

TEST(ChildTest, IsEndedWhateverItDoes) {
    const std::vector<std::string> arguments{"-c", "trap '' TERM; echo >&3; while :; do sleep 1; done"};
    int ends[2];
    ASSERT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    const OwnedDescriptor ours{ends[0]};
    const OwnedDescriptor theirs{ends[1]};
    const std::vector<int> descriptors{theirs.number()};
    Result<Child> child = Child::start(kShell, arguments, descriptors);
    ASSERT_TRUE(child);
    char deaf = 0;
    ASSERT_EQ(::read(ours.number(), &deaf, 1), 1);
    EXPECT_FALSE(child->wait(Steady::now()));
    EXPECT_EQ(child->end(std::chrono::milliseconds{50}).signal, SIGKILL);
    EXPECT_EQ(::kill(child->pid(), 0), -1) << "it was waited for";
}

TEST(ChildTest, GoesWithItsOwner) {
    pid_t pid = 0;
    {
        const std::vector<std::string> arguments{"-c", "sleep 100"};
        Result<Child> child = Child::start(kShell, arguments, {});
        ASSERT_TRUE(child);
        pid = child->pid();
    }
    EXPECT_EQ(::kill(pid, 0), -1);
}

TEST(ChildTest, AProgramThatIsNotThereIsMisconfigured) {
    const Result<Child> child = Child::start("/nowhere/program", {}, {});
    ASSERT_FALSE(child);
    EXPECT_EQ(child.error().code, Errc::kMisconfigured);
}

}  // namespace
}  // namespace pakn::isolation

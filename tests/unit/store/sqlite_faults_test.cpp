/// @file
/// The SQLite adapter when its disk or file fails: says so, stores nothing by halves, goes on by itself afterwards.
/// Limits and damage are a process's own, so each test runs in a child.

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "tests/unit/store/raw_database.hpp"
#include "tests/unit/store/store_contract.hpp"

namespace pakn::test {
namespace {

store::OpenOptions optionsFor(const std::filesystem::path& folder) {
    return {.url = "sqlite:hub.db",
            .base = folder,
            .hub_key = security::HubKey{security::Key{std::string(security::Key::kSize, 'k')}}};
}

Status commitOne(store::Store& store, int number) {
    auto transaction = store.begin();
    if (!transaction) return transaction.error();
    domain::Received data = received(std::to_string(number));
    data.content.assign(20'000, 'x');
    (*transaction)->append(Story{"p" + std::to_string(number)}.begins({data, routed(kMorning + 1h)}));
    return (*transaction)->commit();
}

/// Ends the child with its line when `condition` does not hold.
#define CHILD_EXPECT(condition)                                                            \
    do {                                                                                   \
        if (!(condition)) {                                                                \
            std::fprintf(stderr, "%s:%d: not true: %s\n", __FILE__, __LINE__, #condition); \
            ::_exit(1);                                                                    \
        }                                                                                  \
    } while (false)

template <class Work>
int inChild(Work work) {
    const pid_t child = ::fork();
    if (child == 0) {
        work();
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void limitFiles(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    rlimit limit{};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

TEST(SqliteFaults, FullDiskIsUnavailableAndHealsByItself) {
    TemporaryFolder folder;
    const int status = inChild([&] {
        auto store = must(store::openStore(optionsFor(folder.path())));
        CHILD_EXPECT(commitOne(*store, 1).ok());
        CHILD_EXPECT(must(store->petition("p1")));  // A reader stays open: nobody may empty the WAL to make room.
        limitFiles(std::filesystem::file_size(folder.path() / "hub.db-wal") + 300'000);
        int stored = 1;
        Status last = Done{};
        while (last.ok() && stored < 1000) {
            last = commitOne(*store, stored + 1);
            if (last.ok()) ++stored;
        }
        CHILD_EXPECT(!last.ok());
        CHILD_EXPECT(last.error().code == Errc::kUnavailable);
        CHILD_EXPECT(last.error().message.find("hub.db") != std::string::npos);
        // What was left for one petition too few may be enough for less: now there is nothing left.
        limitFiles(0);
        const Status again = commitOne(*store, stored + 1);
        CHILD_EXPECT(!again.ok() && again.error().code == Errc::kUnavailable);
        CHILD_EXPECT(!store->checkWritable().ok());
        CHILD_EXPECT(!must(store->petition("p" + std::to_string(stored + 1))));
        CHILD_EXPECT(must(store->petition("p" + std::to_string(stored))));
        CHILD_EXPECT(must(store->counts()).petitions == stored);

        limitFiles(RLIM_INFINITY);
        CHILD_EXPECT(store->checkWritable().ok());
        CHILD_EXPECT(commitOne(*store, stored + 1).ok());
        CHILD_EXPECT(must(store->petition("p" + std::to_string(stored + 1))));
        CHILD_EXPECT(must(store->counts()).petitions == stored + 1);
    });
    EXPECT_EQ(status, 0);
    const auto store = must(store::openStore(optionsFor(folder.path())));
    EXPECT_EQ(RawDatabase{folder.path() / "hub.db"}.rows("PRAGMA integrity_check").at(0).at(0), "ok");
    EXPECT_TRUE(must(store->petition("p1")));
}

TEST(SqliteFaults, NoSpaceToOpenIsUnavailable) {
    TemporaryFolder folder;
    const int status = inChild([&] {
        limitFiles(0);
        const auto store = store::openStore(optionsFor(folder.path()));
        CHILD_EXPECT(!store.ok());
        CHILD_EXPECT(store.error().code == Errc::kUnavailable);
        limitFiles(RLIM_INFINITY);
        CHILD_EXPECT(store::openStore(optionsFor(folder.path())).ok());
    });
    EXPECT_EQ(status, 0);
}

TEST(SqliteFaults, FolderThatIsAFileIsUnavailable) {
    TemporaryFolder folder;
    std::ofstream{folder.path() / "taken"} << "a file";
    auto options = optionsFor(folder.path());
    options.url = "sqlite:taken/hub.db";
    EXPECT_EQ(codeOf(store::openStore(options)), Errc::kUnavailable);
}

TEST(SqliteFaults, FileThatIsNoDatabaseIsRefused) {
    TemporaryFolder folder;
    std::ofstream{folder.path() / "hub.db"} << std::string(8192, 'x');
    EXPECT_EQ(codeOf(store::openStore(optionsFor(folder.path()))), Errc::kInternal);
}

TEST(SqliteFaults, ProcessThatHoldsTheWriteLockTooLongIsUnavailable) {
    TemporaryFolder folder;
    const auto store = must(store::openStore(optionsFor(folder.path())));
    RawDatabase other{folder.path() / "hub.db"};
    ASSERT_EQ(other.execute("BEGIN IMMEDIATE"), SQLITE_OK);
    EXPECT_EQ(codeOf(commitOne(*store, 1)), Errc::kUnavailable);
    ASSERT_EQ(other.execute("ROLLBACK"), SQLITE_OK);
    EXPECT_TRUE(commitOne(*store, 1).ok());
}

TEST(SqliteFaults, WalDoesNotGrowForEver) {
    TemporaryFolder folder;
    const auto store = must(store::openStore(optionsFor(folder.path())));
    const auto wal = folder.path() / "hub.db-wal";
    constexpr std::uintmax_t kEnough = 300U << 20U;  // Well past where checkpoints begin …
    constexpr std::uintmax_t kMost = std::uintmax_t{3}
                                     << 30U;  // … and how long a busy machine may let the checkpoint wait.
    const std::string large(1024 * 1024, 'x');
    std::uintmax_t written = 0;
    while (written < kEnough || std::filesystem::file_size(wal) > written / 2) {  // Without a pause.
        ASSERT_TRUE(store->putStateValue("connector", "key-" + std::to_string(written % 3), large).ok());
        written += large.size();
        ASSERT_LT(written, kMost) << "the WAL holds " << std::filesystem::file_size(wal);
    }
}

}  // namespace
}  // namespace pakn::test

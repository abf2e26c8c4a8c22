/// @file
/// Durable files: complete or not there.

#include "core/security/files.hpp"

#include <gtest/gtest.h>

#include "tests/unit/security/disk.hpp"

namespace pakn::security {
namespace {

namespace fs = std::filesystem;

using testing::FullDisk;
using testing::modeOf;

TEST(Files, WrittenIsReadAndPrivate) {
    const testing::TemporaryFolder folder;
    const fs::path file = folder.path() / "a";
    ASSERT_TRUE(writeNewFile(file, "content").ok());
    EXPECT_EQ(modeOf(file), 0600U);
    const auto opened = openForReading(file);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*readUpTo(*opened, 3), "con");
    EXPECT_EQ(*readUpTo(*opened, 100), "tent");
}

TEST(Files, AFileThatIsThereStaysAsItIs) {
    const testing::TemporaryFolder folder;
    ASSERT_TRUE(writeNewFile(folder.path() / "a", "first").ok());
    EXPECT_EQ(writeNewFile(folder.path() / "a", "second").error().code, Errc::kConflict);
    EXPECT_EQ(*readUpTo(*openForReading(folder.path() / "a"), 100), "first");
}

TEST(Files, AFailedWriteLeavesNothing) {
    const testing::TemporaryFolder folder;
    const auto written = [&] {
        const FullDisk full{1000};
        return writeNewFile(folder.path() / "a", std::string(5000, 'x'));
    }();
    ASSERT_FALSE(written.ok());
    EXPECT_EQ(written.error().code, Errc::kUnavailable);
    EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(Files, FoldersArePrivateAndMadeOnce) {
    const testing::TemporaryFolder folder;
    const fs::path deep = folder.path() / "a" / "b" / "c";
    ASSERT_TRUE(makeFolders(deep).ok());
    ASSERT_TRUE(makeFolders(deep).ok());
    ASSERT_TRUE(makeFolders(deep.string() + "/").ok());
    EXPECT_EQ(modeOf(deep), 0700U);
    EXPECT_EQ(modeOf(folder.path() / "a"), 0700U);
}

TEST(Files, ErrorsNameWhatToDo) {
    const testing::TemporaryFolder folder;
    ASSERT_TRUE(writeNewFile(folder.path() / "a", "").ok());
    EXPECT_EQ(makeFolders(folder.path() / "a").error().code, Errc::kMisconfigured);
    EXPECT_EQ(makeFolders(folder.path() / "a" / "b").error().code, Errc::kMisconfigured);
    EXPECT_EQ(openForReading(folder.path() / "none").error().code, Errc::kNotFound);
    EXPECT_EQ(openForReading(folder.path()).error().code, Errc::kMisconfigured);
    EXPECT_EQ(writeNewFile(folder.path() / "none" / "b", "").error().code, Errc::kNotFound);
    EXPECT_EQ(syncFolder(folder.path() / "none").error().code, Errc::kNotFound);
}

}  // namespace
}  // namespace pakn::security

/// @file
/// The SDK's reader of files that strangers leave.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <string>

#include "core/testing/temporary_folder.hpp"
#include "pakn/sdk/files.hpp"

namespace pakn {
namespace {

class ReadWholeFileTest : public ::testing::Test {
protected:
    static Errc codeOf(const std::filesystem::path& path, std::int64_t most = 100) {
        const Result<WholeFile> file = readWholeFile(path, most);
        return file ? Errc::kConflict : file.error().code;
    }
    const testing::TemporaryFolder folder_;
};

TEST_F(ReadWholeFileTest, ReadsUpToItsLimit) {
    for (const std::string& bytes : {std::string{}, std::string{"a\0b", 3}, std::string(100, 'x')}) {
        const Result<WholeFile> file = readWholeFile(folder_.write("a", bytes), 100);
        ASSERT_TRUE(file) << file.error().message;
        EXPECT_EQ(file->bytes, bytes);
        EXPECT_NE(file->inode, 0U);
    }
    EXPECT_EQ(codeOf(folder_.write("b", std::string(101, 'x'))), Errc::kTooLarge);
}

TEST_F(ReadWholeFileTest, ReadsNothingButPlainFiles) {
    std::filesystem::create_symlink(folder_.write("target", "secret"), folder_ / "link");
    ASSERT_EQ(::mkfifo((folder_ / "fifo").c_str(), 0600), 0);
    for (const char* name : {"absent", "link", "fifo", "."}) EXPECT_EQ(codeOf(folder_ / name), Errc::kNotFound) << name;
    EXPECT_EQ(codeOf("/dev/zero"), Errc::kNotFound);
}

TEST_F(ReadWholeFileTest, ItsWordsNameNoFile) {
    const std::string name = "Người Thử 0900000001" + std::string(300, '.');
    const Result<WholeFile> file = readWholeFile(folder_ / name, 100);
    ASSERT_FALSE(file);
    EXPECT_EQ(file.error().code, Errc::kInternal) << "the name is too long";
    EXPECT_EQ(file.error().message.find("0900000001"), std::string::npos) << file.error().message;
}

// Files of /proc say that they are empty and are not: just like one that grew after the look at its size.
TEST_F(ReadWholeFileTest, NoticesAFileThatGrows) { EXPECT_EQ(codeOf("/proc/self/stat"), Errc::kStale); }

}  // namespace
}  // namespace pakn

/// @file
/// Contents in memory and behind descriptors read alike, and trouble with a file is an error.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "core/testing/temporary_folder.hpp"
#include "pakn/sdk/content.hpp"

namespace pakn {
namespace {

std::string gather(const Content& content) {
    std::string all;
    EXPECT_TRUE(content.copyTo([&](std::string_view piece) -> Status {
        EXPECT_LE(piece.size(), content.inMemory() ? content.size() : Content::kPiece);
        all += piece;
        return Done{};
    }));
    return all;
}

TEST(ContentTest, MemoryAndFileReadAlike) {
    const testing::TemporaryFolder folder;
    const std::string bytes = std::string(200000, 'a') + "end";
    const Result<Content> file = Content::open(folder.write("f", bytes));
    ASSERT_TRUE(file);
    EXPECT_GE(file->descriptor(), 0);
    EXPECT_EQ(file->inMemory(), nullptr);
    for (const Content& content : {Content{bytes}, *file}) {
        EXPECT_EQ(content.size(), bytes.size());
        EXPECT_EQ(gather(content), bytes);
        EXPECT_EQ(content.bytes(1U << 20U).value(), bytes);
        EXPECT_EQ(content.bytes(10).error().code, Errc::kTooLarge);
        char tail[8];
        EXPECT_EQ(content.read(bytes.size() - 3, tail).value(), 3U);
        EXPECT_EQ(std::string_view(tail, 3), "end");
        EXPECT_EQ(content.read(bytes.size() + 9, tail).value(), 0U);
    }
    EXPECT_TRUE(Content{}.empty());
    EXPECT_EQ(gather(Content{}), "");
}

TEST(ContentTest, OnlyPlainFilesAreContents) {
    const testing::TemporaryFolder folder;
    EXPECT_EQ(Content::open(folder / "absent").error().code, Errc::kNotFound);
    EXPECT_EQ(Content::open(folder.path()).error().code, Errc::kInvalid);
    std::filesystem::create_symlink(folder.write("f", "x"), folder / "link");
    EXPECT_EQ(Content::open(folder / "link").error().code, Errc::kNotFound);
    ASSERT_EQ(::mkfifo((folder / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(Content::open(folder / "pipe").error().code, Errc::kInvalid);
    EXPECT_EQ(Content::adopt(-1).error().code, Errc::kInvalid);
}

TEST(ContentTest, AFileThatIsCutShortMeanwhileIsAnError) {
    const testing::TemporaryFolder folder;
    const auto path = folder.write("f", std::string(1000, 'x'));
    const Content content = std::move(Content::open(path)).value();
    std::filesystem::resize_file(path, 10);
    EXPECT_EQ(content.bytes(1000).error().code, Errc::kInternal);
    EXPECT_FALSE(content.copyTo([](std::string_view) { return Status{Done{}}; }));
}

TEST(ContentTest, AWriterSpillsIntoASealedFile) {
    ContentWriter writer{1U << 20U};
    const std::string piece(100000, 'p');
    ASSERT_TRUE(writer.append(piece));
    EXPECT_EQ(writer.finish()->inMemory()->size(), piece.size());
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(writer.append(piece));
    const Content content = std::move(writer.finish()).value();
    EXPECT_EQ(content.size(), 400000U);
    ASSERT_GE(content.descriptor(), 0);
    EXPECT_NE(::fcntl(content.descriptor(), F_GET_SEALS) & F_SEAL_WRITE, 0);
    EXPECT_EQ(gather(content), piece + piece + piece + piece);
    ContentWriter small{10};
    EXPECT_EQ(small.append("elf Zeichen").error().code, Errc::kTooLarge);
}

}  // namespace
}  // namespace pakn

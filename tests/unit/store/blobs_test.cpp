/// @file
/// Blobs in a folder: the same bytes have one address and one file, damage is seen, trouble leaves nothing behind.

#include "core/store/blobs.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include "core/security/crypto.hpp"
#include "tests/unit/security/disk.hpp"

namespace pakn::store {
namespace {

namespace fs = std::filesystem;

/// While it lives, remembers what is fsynced, and lets the n-th fsync fail as a dying disk does. One at a time.
class FsyncSpy {
public:
    explicit FsyncSpy(std::size_t fail_at = 0) : fail_at_{fail_at} { active = this; }
    FsyncSpy(const FsyncSpy&) = delete;
    FsyncSpy& operator=(const FsyncSpy&) = delete;
    ~FsyncSpy() { active = nullptr; }

    static int onFsync(int descriptor) {
        FsyncSpy* const spy = active;
        if (spy != nullptr) {
            std::error_code ignored;
            spy->synced.push_back(fs::read_symlink("/proc/self/fd/" + std::to_string(descriptor), ignored));
            if (spy->synced.size() == spy->fail_at_) {
                errno = EIO;
                return -1;
            }
        }
        return static_cast<int>(::syscall(SYS_fsync, descriptor));
    }

    std::vector<fs::path> synced;

private:
    inline static std::atomic<FsyncSpy*> active = nullptr;
    const std::size_t fail_at_;
};

}  // namespace
}  // namespace pakn::store

/// Stands before the C library's for this whole program.
extern "C" int fsync(int descriptor) { return pakn::store::FsyncSpy::onFsync(descriptor); }

namespace pakn::store {
namespace {

using security::testing::FullDisk;
using security::testing::modeOf;
using security::testing::TemporaryFolder;

class BlobsTest : public ::testing::Test {
protected:
    [[nodiscard]] std::unique_ptr<Blobs> reopened() const {
        auto opened = openBlobs("directory:blobs", folder.path());
        EXPECT_TRUE(opened.ok());
        return std::move(opened).value();
    }
    [[nodiscard]] fs::path placeOf(const std::string& address) const {
        return root / address.substr(0, 2) / address.substr(2, 2) / address;
    }
    [[nodiscard]] bool nothingIncoming() const { return fs::is_empty(root / "incoming"); }
    [[nodiscard]] std::size_t files() const {
        const fs::recursive_directory_iterator all{root};
        return static_cast<std::size_t>(std::count_if(
            begin(all), end(all), [](const fs::directory_entry& entry) { return entry.is_regular_file(); }));
    }
    static ino_t inode(const fs::path& path) {
        struct stat status {};
        return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
    }
    static void overwrite(const fs::path& path, std::string_view content) {
        std::ofstream{path, std::ios::trunc} << content;
    }

    const TemporaryFolder folder;
    const fs::path root = folder.path() / "blobs";
    const std::unique_ptr<Blobs> blobs = reopened();
};

TEST_F(BlobsTest, WhatIsPutIsGotUnderItsHash) {
    const std::string photo = security::randomBytes(3'000'000) + '\0' + "end";
    const auto address = blobs->put(photo);
    ASSERT_TRUE(address.ok());
    EXPECT_EQ(*address, security::toHex(security::sha256(photo)));
    EXPECT_EQ(*blobs->get(*address), photo);
    EXPECT_EQ(*reopened()->get(*address), photo);
    EXPECT_TRUE(nothingIncoming());
}

TEST_F(BlobsTest, AnEmptyFileIsAFile) {
    const auto address = blobs->put("");
    ASSERT_TRUE(address.ok());
    EXPECT_EQ(*blobs->get(*address), "");
}

TEST_F(BlobsTest, FilesAndFoldersArePrivate) {
    const std::string address = *blobs->put("anh.jpg");
    EXPECT_EQ(modeOf(placeOf(address)), 0600U);
    for (const fs::path& one :
         {root, root / "incoming", placeOf(address).parent_path(), placeOf(address).parent_path().parent_path()})
        EXPECT_EQ(modeOf(one), 0700U) << one;
}

TEST_F(BlobsTest, TheSameContentIsWrittenOnce) {
    const std::string address = *blobs->put("anh.jpg");
    const ino_t before = inode(placeOf(address));
    EXPECT_EQ(*blobs->put("anh.jpg"), address);
    EXPECT_EQ(*reopened()->put("anh.jpg"), address);
    EXPECT_EQ(inode(placeOf(address)), before);
    EXPECT_EQ(files(), 1U);
}

TEST_F(BlobsTest, ANoteStandsBesideItsBlob) {
    const std::string address = *blobs->put("anh.jpg");
    EXPECT_EQ(*blobs->note(address, "photo1"), std::nullopt);
    ASSERT_TRUE(blobs->keepNote(address, "photo1", "pending"));
    ASSERT_TRUE(blobs->keepNote(address, "photo1", "ready"));
    EXPECT_EQ(*reopened()->note(address, "photo1"), "ready");
    EXPECT_EQ(*blobs->note(address, "photo2"), std::nullopt);
    EXPECT_EQ(*blobs->get(address), "anh.jpg");
    EXPECT_TRUE(nothingIncoming());
    for (const std::string& nowhere : {std::string(64, 'a'), std::string{"../../etc/passwd"}}) {
        EXPECT_EQ(*blobs->note(nowhere, "photo1"), std::nullopt);
        const Status kept = blobs->keepNote(nowhere, "photo1", "ready");
        ASSERT_FALSE(kept);
        EXPECT_EQ(kept.error().code, Errc::kNotFound);
    }
}

TEST_F(BlobsTest, WhatIsNotThereIsNotFound) {
    for (const std::string& address :
         {std::string(64, 'a'), std::string{}, std::string{"../../etc/passwd"}, std::string(64, 'A'),
          std::string(63, 'a'), std::string(65, 'a'), std::string(60, 'a') + "/../"}) {
        const auto got = blobs->get(address);
        ASSERT_FALSE(got.ok()) << address;
        EXPECT_EQ(got.error().code, Errc::kNotFound);
    }
}

TEST_F(BlobsTest, DamageIsSeen) {
    const std::string address = *blobs->put("anh.jpg");
    for (const std::string_view damaged : {"anh.jpG", "anh", "", "anh.jpg and more"}) {
        overwrite(placeOf(address), damaged);
        const auto got = blobs->get(address);
        ASSERT_FALSE(got.ok()) << damaged;
        EXPECT_EQ(got.error().code, Errc::kInternal);
    }
}

TEST_F(BlobsTest, PuttingTheContentAgainMendsIt) {
    const std::string address = *blobs->put("anh.jpg");
    for (const std::string_view damaged : {"anh.jpG", "anh"}) {
        overwrite(placeOf(address), damaged);
        ASSERT_EQ(*blobs->put("anh.jpg"), address);
        EXPECT_EQ(*blobs->get(address), "anh.jpg");
    }
}

TEST_F(BlobsTest, AFullDiskStoresNothingAndRecovers) {
    const std::string photo(100'000, 'x');
    const auto put = [&] {
        const FullDisk full{4096};
        return blobs->put(photo);
    }();
    ASSERT_FALSE(put.ok());
    EXPECT_EQ(put.error().code, Errc::kUnavailable);
    EXPECT_EQ(files(), 0U);
    EXPECT_EQ(blobs->get(security::toHex(security::sha256(photo))).error().code, Errc::kNotFound);

    const auto again = blobs->put(photo);
    ASSERT_TRUE(again.ok());
    EXPECT_EQ(*blobs->get(*again), photo);
}

TEST_F(BlobsTest, AcknowledgedIsOnDiskWithEveryFolderThatLeadsToIt) {
    FsyncSpy spy;
    const fs::path place = placeOf(*blobs->put("anh.jpg"));
    const auto& synced = spy.synced;
    const auto position = [&](const fs::path& path) { return std::find(synced.begin(), synced.end(), path); };
    EXPECT_NE(position(root), synced.end());
    EXPECT_NE(position(place.parent_path().parent_path()), synced.end());
    ASSERT_GE(synced.size(), 2U);
    EXPECT_EQ((synced.end() - 2)->parent_path(), root / "incoming") << "first the content under its temporary name";
    EXPECT_EQ(synced.back(), place.parent_path()) << "then the folder with its new name";
}

TEST_F(BlobsTest, ContentOfAnotherProcessIsOnDiskToo) {
    const fs::path place = placeOf(*blobs->put("anh.jpg"));
    const auto other = reopened();
    const FsyncSpy spy;
    ASSERT_TRUE(other->put("anh.jpg").ok());
    EXPECT_EQ(spy.synced.back(), place.parent_path());
    EXPECT_NE(std::find(spy.synced.begin(), spy.synced.end(), root), spy.synced.end());
}

TEST_F(BlobsTest, ContentThatIsThereCostsOneFsync) {
    ASSERT_TRUE(blobs->put("anh.jpg").ok());
    const FsyncSpy spy;
    ASSERT_TRUE(blobs->put("anh.jpg").ok());
    EXPECT_EQ(spy.synced.size(), 1U);
}

TEST_F(BlobsTest, AFsyncThatFailsIsNeverAcknowledged) {
    const std::size_t in_all = [&] {
        const FsyncSpy spy;
        EXPECT_TRUE(blobs->put("how many").ok());
        return spy.synced.size();
    }();
    ASSERT_GE(in_all, 4U);
    for (std::size_t fail_at = 1; fail_at <= in_all; ++fail_at) {
        const std::string photo = "photo " + std::to_string(fail_at);
        {
            const auto fresh = reopened();
            const FsyncSpy spy{fail_at};
            const auto put = fresh->put(photo);
            if (spy.synced.size() < fail_at) continue;  // Its folders were there: fewer fsyncs.
            ASSERT_FALSE(put.ok()) << fail_at;
            EXPECT_EQ(put.error().code, Errc::kUnavailable);
        }
        EXPECT_TRUE(nothingIncoming());
        const auto again = blobs->put(photo);
        ASSERT_TRUE(again.ok());
        EXPECT_EQ(*blobs->get(*again), photo);
    }
}

TEST_F(BlobsTest, AFileInTheWayIsUnavailable) {
    const std::string address = security::toHex(security::sha256("anh.jpg"));
    overwrite(root / address.substr(0, 2), "in the way");
    EXPECT_EQ(blobs->put("anh.jpg").error().code, Errc::kUnavailable);
    EXPECT_EQ(blobs->get(address).error().code, Errc::kUnavailable);
    EXPECT_TRUE(nothingIncoming());
    fs::remove(root / address.substr(0, 2));
    EXPECT_TRUE(blobs->put("anh.jpg").ok());
}

TEST_F(BlobsTest, FoldersThatVanishAreMadeAgain) {
    const std::string address = *blobs->put("anh.jpg");
    fs::remove_all(root);
    EXPECT_EQ(blobs->get(address).error().code, Errc::kNotFound);
    EXPECT_EQ(blobs->put("anh.jpg").error().code, Errc::kUnavailable) << "this try notices";
    ASSERT_TRUE(blobs->put("anh.jpg").ok());
    EXPECT_EQ(*blobs->get(address), "anh.jpg");
}

TEST_F(BlobsTest, OpeningSweepsOldLeftoversOnly) {
    const fs::path old = root / "incoming" / "old";
    const fs::path young = root / "incoming" / "young";
    overwrite(old, "half a photo");
    overwrite(young, "half a photo");
    fs::last_write_time(old, fs::file_time_type::clock::now() - std::chrono::hours{25});
    (void)reopened();
    EXPECT_FALSE(fs::exists(old));
    EXPECT_TRUE(fs::exists(young)) << "another process may be writing it";
}

TEST_F(BlobsTest, ManyThreadsPutTheSameAndOthers) {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([this] {
            for (int i = 0; i < 20; ++i) EXPECT_TRUE(blobs->put("photo " + std::to_string(i)).ok());
        });
    threads.clear();
    EXPECT_EQ(files(), 20U);
    EXPECT_TRUE(nothingIncoming());
}

TEST(OpenBlobs, TakesAnAbsolutePath) {
    const TemporaryFolder folder;
    const auto opened = openBlobs("directory:" + (folder.path() / "deep" / "blobs").string(), "/nowhere");
    ASSERT_TRUE(opened.ok());
    EXPECT_TRUE(fs::is_directory(folder.path() / "deep" / "blobs"));
}

TEST(OpenBlobs, RefusesWhatItCannotUse) {
    const TemporaryFolder folder;
    std::ofstream{folder.path() / "file"} << "no folder";
    for (const std::string_view url :
         {"", "directory:", "database", "s3:bucket", "blobs", "directory:file", "directory:file/blobs"}) {
        const auto opened = openBlobs(std::string{url}, folder.path());
        ASSERT_FALSE(opened.ok()) << url;
        EXPECT_EQ(opened.error().code, Errc::kMisconfigured);
    }
}

}  // namespace
}  // namespace pakn::store

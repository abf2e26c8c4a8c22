/// @file
/// The hub key: its file is private and well formed or is refused; what it protects stays bound to its place.

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "core/security/crypto.hpp"
#include "tests/unit/security/disk.hpp"
#include "tests/unit/security/hex.hpp"

namespace pakn::security {
namespace {

namespace fs = std::filesystem;
using testing::fromHex;

constexpr std::string_view kRoot = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

class HubKeyFile : public ::testing::Test {
protected:
    void write(std::string_view content, mode_t mode = 0600) const {
        std::ofstream{file} << content;
        ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    }
    [[nodiscard]] std::string content() const {
        std::ifstream in{file};
        return {std::istreambuf_iterator<char>{in}, {}};
    }

    const testing::TemporaryFolder folder;
    const fs::path file = folder.path() / "hub.key";
};

TEST_F(HubKeyFile, IsMadePrivateAndLoads) {
    ASSERT_TRUE(HubKey::create(file).ok());
    EXPECT_EQ(testing::modeOf(file), 0600U);
    const std::string hex = content();
    EXPECT_EQ(hex.size(), 65U);
    EXPECT_EQ(hex.back(), '\n');

    const auto key = HubKey::load(file);
    ASSERT_TRUE(key.ok());
    const HubKey same{Key{fromHex(hex.substr(0, 64))}};
    EXPECT_EQ(key->blindIndex("phone", "+84912345678"), same.blindIndex("phone", "+84912345678"));
}

TEST_F(HubKeyFile, IsNeverMadeTwice) {
    ASSERT_TRUE(HubKey::create(file).ok());
    const std::string before = content();
    const auto again = HubKey::create(file);
    ASSERT_FALSE(again.ok());
    EXPECT_EQ(again.error().code, Errc::kConflict);
    EXPECT_EQ(content(), before);
}

TEST_F(HubKeyFile, IsNotLeftHalfMade) {
    const auto made = [&] {
        const testing::FullDisk full{10};
        return HubKey::create(file);
    }();
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, Errc::kUnavailable);
    EXPECT_FALSE(fs::exists(file));
}

TEST_F(HubKeyFile, IsNotMadeInAFolderThatIsMissing) {
    const auto made = HubKey::create(folder.path() / "none" / "hub.key");
    ASSERT_FALSE(made.ok());
    EXPECT_EQ(made.error().code, Errc::kMisconfigured);
}

TEST_F(HubKeyFile, LoadsWithAndWithoutNewlineAndInCapitals) {
    for (const std::string& good : {std::string{kRoot}, std::string{kRoot} + "\n",
                                    std::string{"000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F"}}) {
        write(good);
        const auto key = HubKey::load(file);
        ASSERT_TRUE(key.ok()) << good;
        EXPECT_EQ(key->blindIndex("c", "v"), HubKey{Key{fromHex(kRoot)}}.blindIndex("c", "v"));
    }
}

TEST_F(HubKeyFile, IsRefusedWhenMalformed) {
    const std::string root{kRoot};
    for (const std::string& bad : {std::string{}, root.substr(1), root + "0", root + "\n\n", root + "\r\n", " " + root,
                                   root.substr(1) + "g", root.substr(1) + "\n", "\n" + root, std::string(64, '\0')}) {
        write(bad);
        const auto key = HubKey::load(file);
        ASSERT_FALSE(key.ok()) << bad;
        EXPECT_EQ(key.error().code, Errc::kMisconfigured);
        EXPECT_EQ(key.error().message.find(root.substr(1, 20)), std::string::npos) << "the key must not be shown";
    }
}

TEST_F(HubKeyFile, IsRefusedWhenOthersCanReadOrWriteIt) {
    for (const mode_t mode : {0640U, 0604U, 0620U, 0602U, 0610U, 0601U, 0644U, 0666U}) {
        write(kRoot, mode);
        const auto key = HubKey::load(file);
        ASSERT_FALSE(key.ok()) << std::oct << mode;
        EXPECT_EQ(key.error().code, Errc::kMisconfigured);
    }
    write(kRoot, 0400);
    EXPECT_TRUE(HubKey::load(file).ok());
}

TEST_F(HubKeyFile, IsRefusedWhenMissingOrNoFile) {
    EXPECT_EQ(HubKey::load(file).error().code, Errc::kMisconfigured);
    ASSERT_TRUE(fs::create_directory(file));
    EXPECT_EQ(HubKey::load(file).error().code, Errc::kMisconfigured);
    ASSERT_EQ(::mkfifo((folder.path() / "pipe").c_str(), 0600), 0);
    EXPECT_EQ(HubKey::load(folder.path() / "pipe").error().code, Errc::kMisconfigured);
}

TEST(HubKey, WrapsADataKeyForOnePetitionOnly) {
    const HubKey hub{Key::random()};
    const Key data_key = Key::random();
    const std::string wrapped = hub.wrap(data_key, "petition-1");
    const auto unwrapped = hub.unwrap(wrapped, "petition-1");
    ASSERT_TRUE(unwrapped.ok());
    EXPECT_EQ(unwrapped->bytes(), data_key.bytes());

    EXPECT_EQ(hub.unwrap(wrapped, "petition-2").error().code, Errc::kRejected);
    EXPECT_EQ(HubKey{Key::random()}.unwrap(wrapped, "petition-1").error().code, Errc::kRejected);
    EXPECT_EQ(hub.unwrap("", "petition-1").error().code, Errc::kRejected);
}

TEST(HubKey, KeepsItsOwnValuesApartFromDataKeys) {
    const HubKey hub{Key::random()};
    const std::string sealed = hub.sealOwn("refused/1", std::string(Key::kSize, 'k'));
    const auto opened = hub.openOwn("refused/1", sealed);
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, std::string(Key::kSize, 'k'));
    EXPECT_FALSE(hub.openOwn("refused/2", sealed).ok());
    EXPECT_FALSE(hub.unwrap(sealed, "refused/1").ok());
}

TEST(HubKey, BlindIndexDependsOnKeyColumnAndValue) {
    const HubKey hub{Key::random()};
    const std::string index = hub.blindIndex("phone", "+84912345678");
    EXPECT_EQ(index.size(), 32U);
    EXPECT_EQ(index, hub.blindIndex("phone", "+84912345678"));
    EXPECT_NE(index, hub.blindIndex("phone", "+84912345679"));
    EXPECT_NE(index, hub.blindIndex("citizen_id", "+84912345678"));
    EXPECT_NE(index, HubKey{Key::random()}.blindIndex("phone", "+84912345678"));
    EXPECT_NE(hub.blindIndex("a", "bc"), hub.blindIndex("ab", "c"));
}

/// Computed with another implementation (Python's hmac and cryptography). When this fails, every database in use has
/// become unreadable.
TEST(HubKey, StillOpensWhatWasStoredOnceAndFindsIt) {
    const HubKey hub{Key{fromHex(kRoot)}};
    EXPECT_EQ(hub.blindIndex("phone", "+84912345678"), "529687b1fe6e3b96f109709a6c516239");
    const auto own =
        hub.openOwn("refused/1", fromHex("000102030405060708090a0b93fe3aea361ddaa4a6ab991f22aa9bf4accbbbe7693761b2d9"));
    ASSERT_TRUE(own.ok());
    EXPECT_EQ(*own, "own value");
    const auto data_key = hub.unwrap(
        fromHex("000102030405060708090a0b8ec129bb8b66ad7d5bc1dfb7d21bf381bb6cb26882afea1a7f45a2d21f77bd694fd7ceb365deb4"
                "0bb6326df02e28973e"),
        "petition-1");
    ASSERT_TRUE(data_key.ok());
    EXPECT_EQ(toHex(data_key->bytes()), "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f");
}

}  // namespace
}  // namespace pakn::security

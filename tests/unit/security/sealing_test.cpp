/// @file
/// What is sealed opens with the same key and context, unchanged, and in no other way.

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/security/crypto.hpp"
#include "tests/unit/security/hex.hpp"

namespace pakn::security {
namespace {

using testing::fromHex;

constexpr std::size_t kOverhead = 12 + 16;

/// Test case 16 of the GCM specification (McGrew, Viega), as we lay it out: nonce, ciphertext, tag.
TEST(Open, OpensTheVectorOfTheStandard) {
    const Key key{fromHex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")};
    const std::string context = fromHex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const std::string sealed = fromHex(
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a"
        "0a"
        "bcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b");
    const auto plain = open(key, context, sealed);
    ASSERT_TRUE(plain.ok());
    EXPECT_EQ(
        toHex(*plain),
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de6"
        "57ba637b39");
}

TEST(Seal, OpensAgainWhateverTheLength) {
    const Key key = Key::random();
    for (const std::size_t length : {0U, 1U, 15U, 16U, 17U, 1024U, 1'000'000U}) {
        const std::string plain = randomBytes(length);
        const std::string sealed = seal(key, "person/1", plain);
        EXPECT_EQ(sealed.size(), length + kOverhead);
        const auto opened = open(key, "person/1", sealed);
        ASSERT_TRUE(opened.ok()) << length;
        EXPECT_EQ(*opened, plain);
    }
}

TEST(Seal, TakesAnEmptyContext) {
    const Key key = Key::random();
    const auto opened = open(key, "", seal(key, "", "Hố ga mất nắp"));
    ASSERT_TRUE(opened.ok());
    EXPECT_EQ(*opened, "Hố ga mất nắp");
}

TEST(Seal, NeverGivesTheSameTwice) {
    const Key key = Key::random();
    EXPECT_NE(seal(key, "c", "text"), seal(key, "c", "text"));
}

TEST(Open, RefusesAFlippedBitAtEachPlace) {
    const Key key = Key::random();
    const std::string sealed = seal(key, "person/1", "0912345678");
    for (std::size_t place = 0; place < sealed.size(); ++place)
        for (unsigned bit = 0; bit < 8; ++bit) {
            std::string changed = sealed;
            changed[place] = static_cast<char>(static_cast<unsigned char>(changed[place]) ^ (1U << bit));
            const auto opened = open(key, "person/1", changed);
            ASSERT_FALSE(opened.ok()) << place << '/' << bit;
            EXPECT_EQ(opened.error().code, Errc::kRejected);
        }
    EXPECT_TRUE(open(key, "person/1", sealed).ok()) << "a refusal must leave nothing behind";
}

TEST(Open, RefusesWhatIsCutOrLengthened) {
    const Key key = Key::random();
    const std::string sealed = seal(key, "c", "text");
    for (std::size_t length = 0; length < sealed.size(); ++length)
        EXPECT_FALSE(open(key, "c", sealed.substr(0, length)).ok()) << length;
    EXPECT_FALSE(open(key, "c", sealed + '\0').ok());
}

TEST(Open, RefusesAnotherContextOrKey) {
    const Key key = Key::random();
    const std::string sealed = seal(key, "person/1", "0912345678");
    for (const std::string_view context : {"person/2", "", "person/", "person/11"})
        EXPECT_FALSE(open(key, context, sealed).ok()) << context;
    EXPECT_FALSE(open(Key::random(), "person/1", sealed).ok());
}

TEST(Seal, WorksOnManyThreadsWithKeysOfTheirOwn) {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t)
        threads.emplace_back([t] {
            const Key key = Key::random();
            const std::string context = "thread/" + std::to_string(t);
            for (int i = 0; i < 2000; ++i) {
                const std::string plain = std::to_string(i);
                const auto opened = open(key, context, seal(key, context, plain));
                ASSERT_TRUE(opened.ok());
                ASSERT_EQ(*opened, plain);
            }
        });
}

TEST(Key, CopiesAndIsRandom) {
    const Key key = Key::random();
    const Key copy = key;
    EXPECT_EQ(key.bytes(), copy.bytes());
    EXPECT_NE(key.bytes(), Key::random().bytes());
}

TEST(KeyDeathTest, EndsTheProcessWhenItsLengthIsWrong) { EXPECT_DEATH(Key{"too short"}, ""); }

}  // namespace
}  // namespace pakn::security

/// @file
/// Password hashes.

#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "core/security/crypto.hpp"

namespace pakn::security {
namespace {

TEST(Passwords, HashIsArgon2idWithTheAgreedCost) {
    const std::string hash = hashPassword("mật khẩu dài");
    EXPECT_EQ(hash.rfind("$argon2id$v=19$m=19456,t=2,p=1$", 0), 0U) << hash;
}

TEST(Passwords, VerifyTellsRightFromWrong) {
    const std::string hash = hashPassword("mật khẩu dài");
    EXPECT_TRUE(verifyPassword(hash, "mật khẩu dài"));
    EXPECT_FALSE(verifyPassword(hash, "mật khẩu dàj"));
    EXPECT_FALSE(verifyPassword(hash, ""));
    EXPECT_NE(hash, hashPassword("mật khẩu dài")) << "the salt must differ";
}

TEST(Passwords, VerifyRefusesWhatIsNoHash) {
    EXPECT_FALSE(verifyPassword("", ""));
    EXPECT_FALSE(verifyPassword("", "mật khẩu dài"));
    EXPECT_FALSE(verifyPassword("$argon2id$v=19$m=19456,t=2,p=1$", "mật khẩu dài"));
    EXPECT_FALSE(verifyPassword(std::string(500, 'x'), "mật khẩu dài"));
}

TEST(Passwords, MoreThreadsThanSlotsAllGetTheirTurn) {
    const std::string hash = hashPassword("mật khẩu dài");
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) threads.emplace_back([&hash] { EXPECT_TRUE(verifyPassword(hash, "mật khẩu dài")); });
}

}  // namespace
}  // namespace pakn::security

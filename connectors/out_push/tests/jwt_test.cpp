/// @file
/// Tokens that whoever has the public key accepts, and keys that are none.

#include "jwt.hpp"

#include <gtest/gtest.h>

#include <set>

#include "keys.hpp"

namespace pakn::out_push {
namespace {

TEST(PushJwt, Rs256IsVerifiedByThePublicKey) {
    const Result<SigningKey> key = SigningKey::readRsa(pemOf(rsaKey()));
    ASSERT_TRUE(key);
    const OpenedToken token = opened(key->token(R"({"alg":"RS256"})", R"({"a":"ữ?>"})"));
    EXPECT_EQ(token.header, R"({"alg":"RS256"})");
    EXPECT_EQ(token.claims, R"({"a":"ữ?>"})");
    EXPECT_TRUE(verifies(rsaKey(), token.signed_text, token.signature));
    EXPECT_FALSE(verifies(rsaKey(), token.signed_text + "x", token.signature));
}

TEST(PushJwt, Es256IsTwoNumbersOf32Bytes) {
    const Result<SigningKey> key = SigningKey::readP256(pemOf(p256Key()));
    ASSERT_TRUE(key);
    // Numbers with zeros in front come up now and then.
    for (int i = 0; i < 300; ++i) {
        const OpenedToken token = opened(key->token("{}", std::to_string(i)));
        ASSERT_EQ(token.signature.size(), 64U);
        ASSERT_TRUE(verifies(p256Key(), token.signed_text, derOf(token.signature))) << i;
    }
}

TEST(PushJwt, WhatIsNoSuchKeyIsRefused) {
    const std::string rsa = pemOf(rsaKey());
    const std::string p256 = pemOf(p256Key());
    const Key small{EVP_RSA_gen(1024), &EVP_PKEY_free};
    const Key other_curve{EVP_EC_gen("P-384"), &EVP_PKEY_free};
    for (const std::string& pem : {std::string{}, std::string{"canary"}, p256, rsa.substr(0, 200), pemOf(small)}) {
        const Result<SigningKey> key = SigningKey::readRsa(pem);
        ASSERT_FALSE(key);
        EXPECT_EQ(key.error().code, Errc::kInvalid);
        EXPECT_EQ(key.error().message.find("canary"), std::string::npos);
    }
    for (const std::string& pem : {std::string{}, rsa, pemOf(other_curve)}) EXPECT_FALSE(SigningKey::readP256(pem));
}

TEST(PushJwt, Base64OfAddressesHasNeitherPaddingNorSigns) {
    EXPECT_EQ(toBase64Url(""), "");
    EXPECT_EQ(toBase64Url("f"), "Zg");
    EXPECT_EQ(toBase64Url("\xfb\xff\xbf"), "-_-_");
}

}  // namespace
}  // namespace pakn::out_push

/// @file
/// Known answers. The first is the specification's own example; the rest were computed with `openssl dgst`.

#include "standard_webhooks.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

#include "digest.hpp"

namespace pakn::webhooks {
namespace {

TEST(SignatureTest, GivesTheSpecificationsExample) {
    const SigningKey key{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    EXPECT_EQ(key.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", R"({"test": 2432232314})"),
              "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    EXPECT_FALSE(key.isShort());
}

TEST(SignatureTest, TakesATextAsItsBytes) {
    const SigningKey key{"khoá bí mật"};
    EXPECT_EQ(key.sign("id", "1", "body"), "v1,VJKiCO/KJXK7c0x9sc+LwFoFT3vXyx9Yj9gDOqobPTs=");
    EXPECT_TRUE(key.isShort());
    EXPECT_EQ(SigningKey{"whsec_AAECAw=="}.sign("id", "1", ""), "v1,6AvPYMn5TODfA9PFMT5SF+tc8NxZ94hYSnN4Vh8dLSU=");
}

TEST(SignatureTest, RefusesAnEmptyOrBrokenSecretWithoutShowingIt) {
    for (const char* secret : {"", "whsec_", "whsec_abc", "whsec_ab=c", "whsec_a===", "whsec_====", "whsec_MfKQ 9r8",
                               "whsec_MfKQ9r8\n", "whsec_MfK-"}) {
        try {
            const SigningKey key{secret};
            ADD_FAILURE() << "took " << secret;
        } catch (const std::invalid_argument& refusal) {
            EXPECT_EQ(std::string{refusal.what()}.find("MfK"), std::string::npos);
        }
    }
}

TEST(SignatureTest, Base64AndSha256OfTheirStandards) {
    EXPECT_EQ(toBase64(""), "");
    EXPECT_EQ(toBase64("f"), "Zg==");
    EXPECT_EQ(toBase64("fo"), "Zm8=");
    EXPECT_EQ(toBase64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(toBase64(std::string("\0\xff", 2)), "AP8=");
    EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(SignatureTest, KnowsItsOwnAmongSeveralAndNoOther) {
    const SigningKey key{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"};
    const std::string own = key.sign("m", "7", "body");
    EXPECT_TRUE(key.signedBy(own, "m", "7", "body"));
    EXPECT_TRUE(key.signedBy("v1a,AAAA v1,BBBB " + own, "m", "7", "body"));
    for (const std::string& given : {std::string{}, std::string{" "}, own.substr(3), own + "x", own.substr(0, 20)})
        EXPECT_FALSE(key.signedBy(given, "m", "7", "body")) << given;
    EXPECT_FALSE(key.signedBy(own, "n", "7", "body"));
    EXPECT_FALSE(key.signedBy(own, "m", "8", "body"));
    EXPECT_FALSE(key.signedBy(own, "m", "7", "Body"));
    EXPECT_FALSE(key.signedBy(own, "m.7", "", "body")) << "parts do not flow into one another";
}

TEST(SignatureTest, ATimestampIsATimeOfNow) {
    const Instant now{std::chrono::seconds{1614265330}};
    for (const char* timely : {"1614265330", "1614265030", "1614265630"}) EXPECT_TRUE(isTimely(timely, now)) << timely;
    for (const char* wrong : {"1614265029", "1614265631", "", "0", "-1614265330", "1614265330 ", "1614265330.5",
                              "+1614265330", "99999999999999999999", "2021-02-25"})
        EXPECT_FALSE(isTimely(wrong, now)) << wrong;
}

TEST(DigestTest, Base64BackAndForth) {
    EXPECT_EQ(*fromBase64("aGVsbG8="), "hello");
    EXPECT_EQ(*fromBase64("aGVsbG8"), "hello") << "padding may be left out";
    EXPECT_EQ(*fromBase64("aGVs\r\nbG8="), "hello");
    EXPECT_EQ(*fromBase64(""), "");
    for (const char* bad : {"a", "aGVsbG8==", "aG=VsbG8", "aGVs bG8=", "====", "a*Vs"})
        EXPECT_FALSE(fromBase64(bad)) << bad;
    EXPECT_EQ(toHex(hmac(Digest::kSha512, "key", "The quick brown fox jumps over the lazy dog")).substr(0, 16),
              "b42af09057bac1e2");
}

}  // namespace
}  // namespace pakn::webhooks

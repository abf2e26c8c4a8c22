/// @file
/// Known answers. The first is the specification's own example; the rest were computed with `openssl dgst`.

#include "connectors/out_webhook/signature.hpp"

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace pakn::out_webhook {
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
    EXPECT_EQ(base64(""), "");
    EXPECT_EQ(base64("f"), "Zg==");
    EXPECT_EQ(base64("fo"), "Zm8=");
    EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
    EXPECT_EQ(base64(std::string("\0\xff", 2)), "AP8=");
    EXPECT_EQ(sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    EXPECT_EQ(sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace pakn::out_webhook

/// @file
/// The vectors of docs/contracts/zalo-oa.md, section 2: each against the webhook itself.

#include "signature.hpp"

#include <gmock/gmock.h>

#include "invented.hpp"

namespace pakn::in_zalo {
namespace {

struct Vector {
    const char* name;
    const char* mac;
    const char* header_time;  ///< Empty: not sent.
    const char* first_term;
    bool second_key;
    bool accepted;
};
void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

constexpr const char* kA = "fe78bed678af951f05346d9643ee18f7987ea713b45a101e4face423ae42f2f9";
constexpr const char* kB = "a5f2259418a879f863b2ab6559cdf5c70aa4693266cac075baddee80c849ec42";
constexpr const char* kC = "7c9c3e9648028fb396a3786637809f77f0ea56f3b73c1afa28766b9146e09d26";
constexpr const char* kD = "305d5ff045d252dfe2ce6bf1ce2c876ab6b3a7dc461ee4d1d307f4f0a966b0de";

class SignatureVectors : public ::testing::TestWithParam<Vector> {};

TEST_P(SignatureVectors, AreAcceptedOrRefused) {
    const Vector& vector = GetParam();
    Settings::Values values{{"signature_first_term", vector.first_term}};
    if (vector.second_key) values.emplace("previous_oa_secret", "OA_SECRET_DEMO_2");
    testing::FakeHostServices services;
    testing::FakeInbox inbox;
    Connector connector{services, settingsWith(std::move(values))};
    for (const std::string prefix : {"mac=", ""}) {
        HttpRequest request{.method = "POST",
                            .url = "/",
                            .headers = {{"x-zevent-signature", prefix + vector.mac}},
                            .body = std::string{kVectorBody}};
        if (*vector.header_time != '\0') request.headers.emplace("x-zevent-timestamp", vector.header_time);
        const Result<HttpResponse> answer = connector.webhook.handle(request, inbox);
        EXPECT_EQ(answer.ok() && answer->status == 200, vector.accepted) << prefix;
        if (!vector.accepted) {
            ASSERT_FALSE(answer);
            EXPECT_EQ(answer.error().code, Errc::kUnauthenticated);
        }
    }
    EXPECT_EQ(inbox.keeps() > 0, vector.accepted);
    EXPECT_EQ(services.counted("strangers"), vector.accepted ? 0 : 2);
}

INSTANTIATE_TEST_SUITE_P(
    Contract, SignatureVectors,
    ::testing::Values(
        Vector{"A", kA, "", "app_id", false, true},
        Vector{"A_although_the_header_has_another_time", kA, "1764000000999", "app_id", false, true},
        Vector{"B", kB, "1764000000999", "app_id", false, true},
        Vector{"B_without_the_header", kB, "", "app_id", false, false}, Vector{"C", kC, "", "oa_id", false, true},
        Vector{"C_with_app_id", kC, "", "app_id", false, false}, Vector{"A_with_oa_id", kA, "", "oa_id", false, false},
        Vector{"D", kD, "", "app_id", true, true}, Vector{"A_with_two_keys", kA, "", "app_id", true, true},
        Vector{"D_with_one_key", kD, "", "app_id", false, false},
        Vector{"E", "c109fecb0e6cc42f2d8781f6621e0c7a62c3cb97a5daf92ba6225413d2a82ed5", "", "app_id", false, false},
        Vector{"F", "729f458c99ab466670e3851eadd4a877143f66b551cdf63b4284bcf0e4ac5962", "", "app_id", false, false},
        Vector{"G", "7e64eb8de20991599319f5638d2559e3df3d241fbf4f0a5d5c54aa8da5d789c0", "", "app_id", false, false}),
    [](const auto& one) { return std::string{one.param.name}; });

TEST(Signature, IsOverTheBytesAsTheyCame) {
    EXPECT_EQ(kVectorBody.size(), 284U);
    EXPECT_EQ(macOf(kAppId, kVectorBody, "1764000000123", kOaSecret), kA);
    // G is the signature of what a program makes of it that writes \u escapes.
    std::string escaped{kVectorBody};
    const std::pair<const char*, const char*> letters[] = {{"Đ", "\\u0110"}, {"è", "\\u00e8"}, {"đ", "\\u0111"},
                                                           {"ư", "\\u01b0"}, {"ờ", "\\u1edd"}, {"ỏ", "\\u1ecf"}};
    for (const auto& [letter, escape] : letters)
        for (std::size_t at = escaped.find(letter); at != std::string::npos; at = escaped.find(letter))
            escaped.replace(at, std::string_view{letter}.size(), escape);
    EXPECT_EQ(escaped.size(), 306U);
    EXPECT_EQ(macOf(kAppId, escaped, "1764000000123", kOaSecret),
              "7e64eb8de20991599319f5638d2559e3df3d241fbf4f0a5d5c54aa8da5d789c0");
}

TEST(Signature, NoSingleBitMayDiffer) {
    const std::string mac = kA;
    const std::string times[] = {"1764000000123"};
    const SignatureRules rules{.first_term = kAppId, .keys = {kOaSecret}};
    ASSERT_TRUE(isSigned(rules, mac, kVectorBody, times));
    for (std::size_t i = 0; i < mac.size(); ++i) {
        std::string other = mac;
        other[i] = other[i] == '0' ? '1' : '0';
        EXPECT_FALSE(isSigned(rules, other, kVectorBody, times)) << i;
    }
    EXPECT_FALSE(isSigned(rules, "", kVectorBody, times));
    EXPECT_FALSE(isSigned(rules, "mac=", kVectorBody, times));
    EXPECT_FALSE(isSigned({.first_term = kAppId, .keys = {}}, mac, kVectorBody, times));
}

TEST(AppSecretProof, IsTheVector) {
    EXPECT_EQ(appSecretProof("APP_SECRET_DEMO", "ACCESS_TOKEN_DEMO"),
              "fd52c02179c56f2912ed68edae574bc8877ec7683d40f5b9b45f41ae8030c956");
}

}  // namespace
}  // namespace pakn::in_zalo

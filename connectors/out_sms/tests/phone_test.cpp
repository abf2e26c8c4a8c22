/// @file
/// Which numbers a short message can go to, by docs/contracts/phone-numbers.md.

#include "phone.hpp"

#include <gtest/gtest.h>

namespace pakn::out_sms {
namespace {

TEST(SmsPhone, TheHubsFormIsKnown) {
    const Number number = numberOf("+84912345678");
    EXPECT_EQ(number.kind, NumberKind::kMobile);
    EXPECT_EQ(internationalForm(number), "84912345678");
    EXPECT_EQ(nationalForm(number), "0912345678");
}

TEST(SmsPhone, OneNumberInThreeForms) {
    for (const char* phone : {"+84912345678", "84912345678", "0912345678"})
        EXPECT_EQ(internationalForm(numberOf(phone)), "84912345678") << phone;
    // The length decides: this is a mobile number whose first digits look like the country's.
    EXPECT_EQ(nationalForm(numberOf("+84849357493")), "0849357493");
}

TEST(SmsPhone, EveryKind) {
    const struct {
        const char* phone;
        NumberKind kind;
    } cases[] = {{"", NumberKind::kNone},
                 {"+84321234567", NumberKind::kMobile},
                 {"+84561234567", NumberKind::kMobile},
                 {"+84701234567", NumberKind::kMobile},
                 {"+84812345678", NumberKind::kMobile},
                 {"+842343000000", NumberKind::kLandline},
                 {"02343000000", NumberKind::kLandline},
                 {"1022", NumberKind::kService},
                 {"115", NumberKind::kService},
                 {"19001234", NumberKind::kService},
                 {"18001234", NumberKind::kService},
                 {"+14155550100", NumberKind::kForeign},
                 {"+84112345678", NumberKind::kInvalid},
                 {"+8491234567", NumberKind::kInvalid},
                 {"+849123456789", NumberKind::kInvalid},
                 {"116", NumberKind::kInvalid},
                 {"912345678", NumberKind::kInvalid},
                 {"+", NumberKind::kInvalid},
                 {"+0123456789", NumberKind::kInvalid},
                 {"+123", NumberKind::kInvalid},
                 {"+1234567890123456", NumberKind::kInvalid},
                 {"09 1234 5678", NumberKind::kInvalid},
                 {"anonymous", NumberKind::kInvalid}};
    for (const auto& one : cases) EXPECT_EQ(numberOf(one.phone).kind, one.kind) << one.phone;
}

TEST(SmsPhone, AForeignNumberKeepsItsCountry) {
    const Number number = numberOf("+14155550100");
    EXPECT_EQ(internationalForm(number), "14155550100");
    EXPECT_EQ(nationalForm(number), "14155550100");
}

TEST(SmsPhone, TheNetworkIsToldByThePrefix) {
    const std::vector<std::string> vina{"81", "91"};
    EXPECT_TRUE(hasPrefix(numberOf("+84912345678"), vina));
    EXPECT_TRUE(hasPrefix(numberOf("+84812345678"), vina));
    EXPECT_FALSE(hasPrefix(numberOf("+84981234567"), vina));
    EXPECT_FALSE(hasPrefix(numberOf("+842912345678"), {"29"})) << "a landline has no accents to show";
    EXPECT_FALSE(hasPrefix(numberOf("+84912345678"), {""}));
}

}  // namespace
}  // namespace pakn::out_sms

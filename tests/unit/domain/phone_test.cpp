/// @file
/// The vectors of docs/contracts/phone-numbers.md, and what masks leave.

#include "core/domain/phone.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace pakn::domain {
namespace {

using Kind = Phone::Kind;
using Flags = std::vector<std::string>;

struct Vector {
    std::vector<std::string> typed;
    std::string e164;
    Kind kind;
    Flags flags = {};
};

void check(const Vector& vector) {
    for (const std::string& typed : vector.typed) {
        const Phone phone = normalisePhone(typed);
        EXPECT_EQ(phone.kind, vector.kind) << typed;
        EXPECT_EQ(phone.e164, vector.e164) << typed;
        EXPECT_EQ(phone.flags, vector.flags) << typed;
    }
}

TEST(Phone, vectors) {
    const Vector vectors[] = {
        {{"0912345678", "84912345678", "+84912345678", "0084912345678", "0912.345.678", "(091) 234-5678",
          "８４９１２３４５６７８"},
         "+84912345678",
         Kind::kMobile},
        {{"912345678"}, "+84912345678", Kind::kMobile, {"missing_zero"}},
        {{"+84 (0)912 345 678"}, "+84912345678", Kind::kMobile, {"zero_after_84"}},
        {{"8484912345678", "+8484912345678"}, "+84912345678", Kind::kMobile, {"double_84"}},
        {{"84849357493", "0849357493"}, "+84849357493", Kind::kMobile},
        {{"849357493"}, "+84849357493", Kind::kMobile, {"missing_zero"}},
        {{"01621234567", "841621234567"}, "+84321234567", Kind::kMobile, {"old_prefix"}},
        {{"1621234567"}, "+84321234567", Kind::kMobile, {"missing_zero", "old_prefix"}},
        {{"01201234567"}, "+84701234567", Kind::kMobile, {"old_prefix"}},
        {{"02343000000", "+842343000000", "842343000000", "0234 3000 000"}, "+842343000000", Kind::kLandline},
        {{"2343000000"}, "+842343000000", Kind::kLandline, {"missing_zero"}},
        {{"1022", "115", "19001234", "18001234"}, "", Kind::kService},
        {{"+14155550100"}, "+14155550100", Kind::kForeign},
        {{"091234567", "09123456789", "0112345678", "0212345", "anonymous", "<unknown>", ""}, "", Kind::kInvalid},
    };
    for (const Vector& vector : vectors) check(vector);
}

TEST(Phone, everyPrefixOf2018) {
    const std::pair<const char*, const char*> changes[] = {
        {"0162", "32"}, {"0163", "33"}, {"0164", "34"}, {"0165", "35"}, {"0166", "36"}, {"0167", "37"}, {"0168", "38"},
        {"0169", "39"}, {"0120", "70"}, {"0121", "79"}, {"0122", "77"}, {"0126", "76"}, {"0128", "78"}, {"0123", "83"},
        {"0124", "84"}, {"0125", "85"}, {"0127", "81"}, {"0129", "82"}, {"0186", "56"}, {"0188", "58"}, {"0199", "59"},
    };
    for (const auto& [before, after] : changes)
        check(
            {{std::string{before} + "1234567"}, "+84" + std::string{after} + "1234567", Kind::kMobile, {"old_prefix"}});
    // Prefixes that never were: eleven digits stay too many.
    check({{"01601234567", "01611234567", "01871234567", "01301234567", "09991234567"}, "", Kind::kInvalid});
}

TEST(Phone, dropsWhatSeparatesAndWhatExcelAdds) {
    check({{"'0912345678", " '0912345678 ", "0912\u00A0345\u00A0678", "\u200B0912345678\uFEFF",
            "\u202A0912345678\u202C", "0912/345/678", "\t0912345678\r\n", "（０９１）２３４－５６７８"},
           "+84912345678",
           Kind::kMobile});
    check({{"0912'345678", "0912,345678", "+", "++84912345678", "84+912345678", "0912345678 hoặc 0987654321",
            "0912345678x", "٠٩١٢٣٤٥٦٧٨",
            "0912\xFF"
            "345678",
            std::string("0912345678\0", 11)},
           "",
           Kind::kInvalid});
}

TEST(Phone, serviceNumbersHaveTheirLengths) {
    check({{"111", "112", "113", "114", "115", "1800123456", "1900 1234", "190012345"}, "", Kind::kService});
    check({{"110", "116", "1023", "1900123", "19001234567", "+"}, "", Kind::kInvalid});
    // With a plus it is somebody's number abroad.
    check({{"+19001234567"}, "+19001234567", Kind::kForeign});
}

TEST(Phone, repairsMayAddUp) {
    check({{"84840912345678"}, "+84912345678", Kind::kMobile, {"double_84", "zero_after_84"}});
    check({{"84842343000000"}, "+842343000000", Kind::kLandline, {"double_84"}});
    check({{"+84 0162 1234567"}, "+84321234567", Kind::kMobile, {"zero_after_84", "old_prefix"}});
}

TEST(Phone, aPlusBindsTheCountryCode) {
    // Too short after +84; read as a number without its zero it would be a stranger's.
    check({{"+849123456", "+84912345"}, "", Kind::kInvalid});
    check({{"849123456"}, "+84849123456", Kind::kMobile, {"missing_zero"}});
}

TEST(Phone, hasBounds) {
    check(
        {{"+1234567890123456", std::string(100000, '1'), std::string(100000, ' ') + "0912345678"}, "", Kind::kInvalid});
    check({{"+123456789012345"}, "+123456789012345", Kind::kForeign});
}

TEST(Phone, twiceChangesNothing) {
    std::mt19937 random{84};
    const std::string alphabet = "0123456789+84 -.()";
    int valid = 0;
    for (int run = 0; run < 200000; ++run) {
        std::string typed = run % 2 == 0 ? "0" : "84";
        const std::size_t length = 8 + random() % 6;
        for (std::size_t i = 0; i < length; ++i) typed += alphabet[random() % alphabet.size()];
        const Phone once = normalisePhone(typed);
        if (once.e164.empty()) continue;
        ++valid;
        const Phone twice = normalisePhone(once.e164);
        ASSERT_EQ(twice.e164, once.e164) << typed;
        ASSERT_EQ(twice.kind, once.kind) << typed;
        ASSERT_THAT(twice.flags, ::testing::IsEmpty()) << typed;
    }
    EXPECT_GT(valid, 10000);
}

TEST(Mask, phone) {
    EXPECT_EQ(maskPhone("+84912345678"), "09******78");
    EXPECT_EQ(maskPhone("+842343000000"), "02*******00");
    EXPECT_EQ(maskPhone("+14155550100"), "+1********00");
    EXPECT_EQ(maskPhone(""), "");
    // As typed, or too short to show anything of it.
    EXPECT_EQ(maskPhone("0912345678"), "09******78");
    EXPECT_EQ(maskPhone("+8491"), "********");
    EXPECT_EQ(maskPhone("gọi số 0912345678"), "********");
}

TEST(Mask, citizenId) {
    EXPECT_EQ(maskCitizenId("046203000002"), "0********002");
    EXPECT_EQ(maskCitizenId("191234567"), "1*****567");
    EXPECT_EQ(maskCitizenId("1234"), "********");
    EXPECT_EQ(maskCitizenId("căn cước 046203000002"), "********");
    EXPECT_EQ(maskCitizenId(""), "");
}

TEST(Mask, name) {
    EXPECT_EQ(maskName("Nguyễn Văn A"), "Nguyễn V. A");
    EXPECT_EQ(maskName("Nguyễn Văn An"), "Nguyễn V. A");
    EXPECT_EQ(maskName("Trần Thị Đức Ánh"), "Trần T. Đ. Á");
    EXPECT_EQ(maskName("  Lê   Bình \u200B"), "Lê B");
    EXPECT_EQ(maskName("Lê A\u0301nh"), "Lê Á");  // decomposed
    EXPECT_EQ(maskName(""), "");
    EXPECT_EQ(maskName("   "), "");
    // The whole name in one word, a number or an address for a name: nothing to recognise is left.
    EXPECT_EQ(maskName("Bình"), "B***");
    EXPECT_EQ(maskName("0912345678 Bình"), "0***");
    EXPECT_EQ(maskName("binh@example.vn Lê"), "b***");
    EXPECT_EQ(maskName("L\xC3"), "********");
}

TEST(Mask, email) {
    EXPECT_EQ(maskEmail("an.nguyen@example.vn"), "a***@example.vn");
    EXPECT_EQ(maskEmail("đức@example.vn"), "đ***@example.vn");
    EXPECT_EQ(maskEmail("a@example.vn"), "***@example.vn");
    EXPECT_EQ(maskEmail("\"a@b\"@example.vn"), "\"***@example.vn");
    EXPECT_EQ(maskEmail("no address"), "********");
    EXPECT_EQ(maskEmail(""), "");
}

}  // namespace
}  // namespace pakn::domain

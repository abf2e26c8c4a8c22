/// @file
/// The words of a kind of message: values, what may be left out, and mistakes.

#include "wording.hpp"

#include <gmock/gmock.h>

#include <stdexcept>

namespace pakn::out_sms {
namespace {

using ::testing::ElementsAre;

const Values kValues{.code = "060326001", .link = "https://x.example", .message = "m"};
const Values kNoLink{.code = "060326001"};

TEST(SmsWording, FillsInAndLeavesOut) {
    const Wording wording{"Phan anh {code} da co ket qua xu ly.[ Xem tai {link}]"};
    EXPECT_EQ(wording.fill(kValues), "Phan anh 060326001 da co ket qua xu ly. Xem tai https://x.example");
    EXPECT_EQ(wording.fill(kNoLink), "Phan anh 060326001 da co ket qua xu ly.");
    EXPECT_EQ((Wording{"[{code}: {link}][, {message}]!"}).fill(kNoLink), "!") << "one empty value is enough";
}

TEST(SmsWording, ValuesInTheirOrder) {
    EXPECT_THAT((Wording{"{link} {code}[ {message}]"}).values(kNoLink), ElementsAre("", "060326001", ""));
    EXPECT_THAT((Wording{"no values"}).values(kValues), ElementsAre());
}

TEST(SmsWording, AValueIsNoTemplate) {
    EXPECT_EQ((Wording{"{message}"}).fill({.code = "1", .message = "[{code}]"}), "[{code}]");
}

TEST(SmsWording, WhoseWordsTheyAre) {
    EXPECT_TRUE((Wording{"a[ {message}]"}).quotes());
    EXPECT_FALSE((Wording{"{code} {link}"}).quotes());
}

TEST(SmsWording, MistakesAreFound) {
    for (const char* text : {"", "{name}", "{code", "code}", "[{code}", "{code}]", "[[{code}]]", "[words]", "{}", "[]"})
        EXPECT_THROW(Wording{text}, std::invalid_argument) << text;
}

}  // namespace
}  // namespace pakn::out_sms

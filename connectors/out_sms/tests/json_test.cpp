/// @file
/// Answers in JSON, within bounds.

#include "json.hpp"

#include <gtest/gtest.h>

#include "failure.hpp"

namespace pakn::out_sms {
namespace {

std::string repeated(std::string_view text, int times) {
    std::string all;
    for (int i = 0; i < times; ++i) all += text;
    return all;
}

TEST(SmsJson, ScalarsByTheirPlace) {
    const Result<JsonScalars> found = readScalars(
        "\xEF\xBB\xBF{\"RPLY\":{\"ERROR\":0,\"a\":{\"b\":true}},\"x\":null,\"n\":-1.50,\"l\":[{\"ERROR\":\"7\"}],\"z\":"
        "\"\"}");
    ASSERT_TRUE(found);
    EXPECT_EQ(scalarAt(*found, "RPLY/ERROR"), "0");
    EXPECT_EQ(scalarAt(*found, "RPLY/a/b"), "true");
    EXPECT_EQ(scalarAt(*found, "n"), "-1.50") << "as it was written";
    EXPECT_EQ(scalarAt(*found, "x"), "");
    EXPECT_FALSE(found->contains("x"));
    EXPECT_FALSE(found->contains("l/ERROR"));
    EXPECT_TRUE(found->contains("z"));
}

TEST(SmsJson, TheFirstOfTwoEqualNamesCounts) { EXPECT_EQ(scalarAt(*readScalars(R"({"a":"1","a":"2"})"), "a"), "1"); }

TEST(SmsJson, HalfACharacterIsMended) { EXPECT_EQ(scalarAt(*readScalars(R"({"a":"\udc00x"})"), "a"), "\uFFFDx"); }

TEST(SmsJson, WhatIsNoJsonOrTooMuch) {
    for (const std::string& text :
         {std::string{}, std::string{"{"}, std::string{"{\"a\":}"}, std::string{"<html>"},
          std::string{"{\"a\":\"\xff\"}"}, std::string{"{} x"}, repeated("[", 9) + repeated("]", 9),
          repeated("[", 60000), repeated("{\"a\":", 9) + "1" + repeated("}", 9)})
        EXPECT_EQ(failure(readScalars(text)).code, Errc::kInvalid) << text.substr(0, 20);
    EXPECT_EQ(failure(readScalars("[" + repeated("1,", 500) + "1]")).code, Errc::kTooLarge);
    EXPECT_EQ(failure(readScalars("\"" + std::string(70000, 'x') + "\"")).code, Errc::kTooLarge);
    EXPECT_TRUE(readScalars("[" + repeated("1,", 499) + "1]"));
    EXPECT_TRUE(readScalars(repeated("[", 8) + repeated("]", 8)));
}

}  // namespace
}  // namespace pakn::out_sms

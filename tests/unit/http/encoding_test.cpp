#include "core/http/encoding.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pakn::http {
namespace {

using namespace std::string_literals;

TEST(Base64, DecodesTheVectorsOfRfc4648) {
    EXPECT_EQ(decodeBase64(""), "");
    EXPECT_EQ(decodeBase64("Zg=="), "f");
    EXPECT_EQ(decodeBase64("Zm8="), "fo");
    EXPECT_EQ(decodeBase64("Zm9v"), "foo");
    EXPECT_EQ(decodeBase64("Zm9vYg=="), "foob");
    EXPECT_EQ(decodeBase64("Zm9vYmE="), "fooba");
    EXPECT_EQ(decodeBase64("Zm9v\r\nYmFy"), "foobar");
    EXPECT_EQ(decodeBase64("AP+A"), "\0\xff\x80"s);
}

TEST(Base64, RefusesWhatIsNotBase64) {
    for (const char* text : {"Z", "Zg", "Zg=", "Zm9v=", "Zg==Zg==", "Zm9*", "=", "Zg===", "Zm 9v", "data:;base64,Zg=="})
        EXPECT_EQ(decodeBase64(text), std::nullopt) << text;
}

TEST(Percent, DecodesStrictly) {
    EXPECT_EQ(decodePercent("%C4%91%6e+x", false), "đn+x");
    EXPECT_EQ(decodePercent("a+b%2B", true), "a b+");
    for (const char* text : {"%", "%4", "%4x", "abc%"}) EXPECT_EQ(decodePercent(text, false), std::nullopt) << text;
    EXPECT_EQ(encodePercent("ảnh 1.jpg\"\r\n"), "%E1%BA%A3nh%201.jpg%22%0D%0A");
}

TEST(HeaderParameter, ReadsTokensAndQuotedStrings) {
    EXPECT_EQ(headerParameter("multipart/form-data; boundary=abc", "boundary"), "abc");
    EXPECT_EQ(headerParameter("multipart/form-data; charset=x;  BOUNDARY = \"a b;c\" ; y=z", "boundary"), "a b;c");
    EXPECT_EQ(headerParameter("form-data; name=\"a\\\"b\"; filename=c", "name"), "a\"b");
    EXPECT_EQ(headerParameter("form-data; filename=\"name=x\"", "name"), std::nullopt);
    EXPECT_EQ(headerParameter("form-data; name=\"open", "name"), std::nullopt);
    EXPECT_EQ(headerParameter("form-data", "name"), std::nullopt);
    EXPECT_EQ(headerParameter("form-data;", "name"), std::nullopt);
    EXPECT_EQ(headerParameter("form-data; name", "name"), std::nullopt);
}

TEST(MediaType, IsLowerCaseWithoutParameters) {
    EXPECT_EQ(mediaType(" Application/JSON ; charset=utf-8"), "application/json");
    EXPECT_EQ(mediaType(""), "");
}

}  // namespace
}  // namespace pakn::http

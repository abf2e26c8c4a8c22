/// @file
/// Bodies of forms, whole and broken.

#include "form_body.hpp"

#include <gtest/gtest.h>

namespace pakn::in_web {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=xyz";

std::string part(const std::string& head, const std::string& data) {
    return "--xyz\r\n" + head + "\r\n\r\n" + data + "\r\n";
}
std::string field(const std::string& name, const std::string& value) {
    return part("Content-Disposition: form-data; name=\"" + name + "\"", value);
}
std::string file(const std::string& file_name, const std::string& data) {
    return part(
        "Content-Disposition: form-data; name=\"files\"; filename=\"" + file_name + "\"\r\nContent-Type: image/jpeg",
        data);
}

TEST(WebFormBody, UrlEncoded) {
    const auto form = FormBody::of("application/x-www-form-urlencoded; charset=utf-8", "a=1&b=%C4%90+x&a=2&c&&=d");
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("a"), "1");
    EXPECT_EQ(form->values("a").size(), 2U);
    EXPECT_EQ(form->value("b"), "Đ x");
    EXPECT_TRUE(form->has("c"));
    EXPECT_FALSE(form->has("d"));
    for (const char* broken : {"a=%", "a=%zz", "%c3=1", "a=%00", "a=%ff"})
        EXPECT_FALSE(FormBody::ofUrlEncoded(broken)) << broken;
}

TEST(WebFormBody, Multipart) {
    const std::string body =
        field("title", "Hố ga") + file("anh.jpg", std::string{"\xff\xd8\0--xy", 7}) + file("", "") + "--xyz--\r\n";
    const auto form = FormBody::of(kType, body);
    ASSERT_TRUE(form);
    EXPECT_EQ(form->value("title"), "Hố ga");
    ASSERT_EQ(form->files("files").size(), 1U) << "nothing was chosen in the second";
    EXPECT_EQ(form->files("files")[0]->name, "anh.jpg");
    EXPECT_EQ(form->files("files")[0]->content_type, "image/jpeg");
    EXPECT_EQ(form->files("files")[0]->data.size(), 7U);
}

TEST(WebFormBody, WhatIsCutOffAnywhereIsNothing) {
    const std::string body = field("a", "1") + file("b", "22") + "--xyz--\r\n";
    ASSERT_TRUE(FormBody::of(kType, body));
    for (std::size_t length = 0; length < body.size() - 2; ++length)
        EXPECT_FALSE(FormBody::of(kType, body.substr(0, length))) << length;
}

TEST(WebFormBody, BrokenOnesAreNothing) {
    const std::string sound = field("a", "1") + "--xyz--";
    for (const std::string& type :
         {std::string{"multipart/form-data"}, std::string{"multipart/form-data; boundary="},
          "multipart/form-data; boundary=" + std::string(71, 'x'), std::string{"multipart/mixed; boundary=xyz"},
          std::string{"text/plain"}, std::string{}})
        EXPECT_FALSE(FormBody::of(type, sound)) << type;
    for (const std::string& body :
         {std::string{"--xyz--"} + "epilogue", "preamble\r\n" + sound,
          part("Content-Type: text/plain", "1") + "--xyz--",
          part("Content-Disposition: attachment; name=\"a\"", "1") + "--xyz--",
          part("Content-Disposition: form-data; name=\"a\"\r\nContent-Transfer-Encoding: base64", "1") + "--xyz--",
          part("Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"", "1") +
              "--xyz--",
          part("no colon", "1") + "--xyz--", field("a", "\xff") + "--xyz--",
          field("a", std::string{"a\0b", 3}) + "--xyz--", field("a\xff", "1") + "--xyz--",
          file("\xff\xfe.jpg", "1") + "--xyz--"})
        EXPECT_FALSE(FormBody::of(kType, body)) << body;
}

TEST(WebFormBody, ThereAreLimits) {
    std::string many;
    for (std::size_t i = 0; i < kMostFields; ++i) many += field("a", "1");
    EXPECT_TRUE(FormBody::of(kType, many + "--xyz--"));
    EXPECT_FALSE(FormBody::of(kType, many + field("a", "1") + "--xyz--"));
    EXPECT_TRUE(FormBody::of(kType, field("a", std::string(kMostField, 'x')) + "--xyz--"));
    EXPECT_FALSE(FormBody::of(kType, field("a", std::string(kMostField + 1, 'x')) + "--xyz--"));
    EXPECT_FALSE(FormBody::of(kType, field(std::string(kMostName + 1, 'x'), "1") + "--xyz--"));
    EXPECT_FALSE(FormBody::of(
        kType,
        part("Content-Disposition: form-data; name=\"a\"; x=\"" + std::string(5000, 'x') + '"', "1") + "--xyz--"));
}

TEST(WebFormBody, NamesOfFilesAreTheirLastPartOnOneLine) {
    const auto nameOfFile = [](const std::string& sent) {
        const std::string body = file(sent, "x") + "--xyz--";
        const auto form = FormBody::of(kType, body);
        return form ? form->files("files")[0]->name : std::string{"(none)"};
    };
    EXPECT_EQ(nameOfFile("C:\\Users\\A\\anh 1.jpg"), "anh 1.jpg");
    EXPECT_EQ(nameOfFile("/etc/passwd"), "passwd");
    EXPECT_EQ(nameOfFile("../../x.jpg"), "x.jpg");
    EXPECT_EQ(nameOfFile("a%0D%0ASet-Cookie: x=1.jpg"), "a  Set-Cookie: x=1.jpg");
    EXPECT_EQ(nameOfFile("a\x01\x7f.jpg"), "a .jpg");
    EXPECT_EQ(nameOfFile("a%22b.jpg"), "a\"b.jpg");
    EXPECT_EQ(nameOfFile("/"), "tep");
    EXPECT_LE(nameOfFile(std::string(1000, 'x')).size(), kMostFileName);
}

}  // namespace
}  // namespace pakn::in_web

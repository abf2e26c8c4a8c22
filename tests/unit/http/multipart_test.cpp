#include "core/http/multipart.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pakn::http {
namespace {

using namespace std::string_literals;

constexpr std::string_view kType = "multipart/form-data; boundary=cut-here";

const std::string kBody =
    "--cut-here\r\n"
    "Content-Disposition: form-data; name=\"petition\"\r\n"
    "Content-Type: application/json\r\n"
    "\r\n"
    "{\"content\":\"x\"}\r\n"
    "--cut-here\r\n"
    "Content-Disposition: form-data; name=\"attachments\"; filename=\"anh \\\"1\\\".jpg\"\r\n"
    "Content-Type: image/jpeg\r\n"
    "\r\n"
    "\xff\xd8\0--cut-her\r\n-\r\n"
    "--cut-here--\r\n"s;

std::string onePart(const std::string& headers) { return "--cut-here\r\n" + headers + "\r\n\r\nx\r\n--cut-here--\r\n"; }

TEST(Multipart, SplitsPartsByteForByte) {
    const Result<std::vector<Part>> parts = splitMultipart(kType, kBody);
    ASSERT_TRUE(parts);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ((*parts)[0].name, "petition");
    EXPECT_EQ((*parts)[0].content_type, "application/json");
    EXPECT_EQ((*parts)[0].data, "{\"content\":\"x\"}");
    EXPECT_EQ((*parts)[1].name, "attachments");
    EXPECT_EQ((*parts)[1].file_name, "anh \"1\".jpg");
    EXPECT_EQ((*parts)[1].data, "\xff\xd8\0--cut-her\r\n-"s);
}

TEST(Multipart, RefusesABodyCutAtAnyByte) {
    // Only the last line end may be missing.
    for (std::size_t length = 0; length < kBody.size() - 2; ++length) {
        const Result<std::vector<Part>> parts = splitMultipart(kType, std::string_view{kBody}.substr(0, length));
        ASSERT_FALSE(parts) << "cut at " << length;
        EXPECT_EQ(parts.error().problem, "request.multipart_malformed");
    }
    EXPECT_TRUE(splitMultipart(kType, std::string_view{kBody}.substr(0, kBody.size() - 2)));
}

TEST(Multipart, RefusesWhatCouldBeReadInTwoWays) {
    const std::string named = "Content-Disposition: form-data; name=\"a\"";
    ASSERT_TRUE(splitMultipart(kType, onePart(named)));
    EXPECT_FALSE(splitMultipart("multipart/form-data", kBody));
    EXPECT_FALSE(splitMultipart("multipart/form-data; boundary=\"\"", kBody));
    EXPECT_FALSE(splitMultipart(kType, "preamble\r\n" + kBody));
    EXPECT_FALSE(splitMultipart(kType, kBody + "epilogue"));
    EXPECT_FALSE(splitMultipart(kType, onePart("Content-Type: text/plain")));
    EXPECT_FALSE(splitMultipart(kType, onePart(named + "\r\n" + named)));
    for (const char* const half : {"\n", "\r", "\r\\\n"})
        EXPECT_FALSE(splitMultipart(kType, onePart("Content-Disposition: form-data; name=\"a"s + half + "b\"")));
    EXPECT_FALSE(splitMultipart(kType, onePart(named + "\r\nContent-Transfer-Encoding: base64")));
    EXPECT_FALSE(splitMultipart(kType, onePart("Content-Disposition: attachment; name=\"a\"")));
    EXPECT_FALSE(splitMultipart(kType, onePart("Content-Disposition:")));
    EXPECT_FALSE(splitMultipart(kType, onePart(named + "\r\nno colon")));
    EXPECT_FALSE(splitMultipart(kType, onePart(named + "\r\nX: " + std::string(kMostPartHeader, 'x'))));
}

TEST(Multipart, BoundsTheNumberOfParts) {
    const std::string part = "--cut-here\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nx\r\n";
    std::string body;
    for (std::size_t i = 0; i < kMostParts; ++i) body += part;
    EXPECT_TRUE(splitMultipart(kType, body + "--cut-here--"));
    EXPECT_FALSE(splitMultipart(kType, body + part + "--cut-here--"));
}

}  // namespace
}  // namespace pakn::http

/// @file
/// Answers as they go over the wire.

#include "core/http/answer_bytes.hpp"

#include <gmock/gmock.h>

namespace pakn::http {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr const char* kDate = "Fri, 06 Mar 2026 01:00:00 GMT";

TEST(AnswerBytes, SayWhatEveryAnswerSays) {
    const std::string head = headOf({.status = 201, .body = "{}", .headers = {{"Location", "/x"}}}, kDate, true);
    EXPECT_THAT(head, StartsWith("HTTP/1.1 201 Created\r\nDate: Fri, 06 Mar 2026 01:00:00 GMT\r\n"));
    for (const char* line : {"Content-Length: 2", "Content-Type: application/json", "Connection: keep-alive",
                             "Cache-Control: no-store", "X-Content-Type-Options: nosniff", "Location: /x"})
        EXPECT_THAT(head, HasSubstr(std::string{"\r\n"} + line + "\r\n"));
    EXPECT_THAT(head, EndsWith("\r\n\r\n"));
    EXPECT_THAT(headOf({}, kDate, false), HasSubstr("\r\nConnection: close\r\n"));
}

TEST(AnswerBytes, AHandlersOwnFieldTakesThePlaceOfTheDefault) {
    const std::string head = headOf({.headers = {{"content-security-policy", "default-src 'self'"}}}, kDate, true);
    EXPECT_THAT(head, HasSubstr("default-src 'self'"));
    EXPECT_THAT(head, Not(HasSubstr("sandbox")));
}

TEST(AnswerBytes, NoContentHasNone) {
    const std::string head = headOf({.status = 204, .content_type = {}}, kDate, true);
    EXPECT_THAT(head, Not(HasSubstr("\r\nContent-Length:")));
    EXPECT_THAT(head, Not(HasSubstr("\r\nContent-Type:")));
}

TEST(AnswerBytes, AValueNeverBecomesTwoFields) {
    const std::string head = headOf({.headers = {{"Location", "/x\r\nSet-Cookie: y"}}}, kDate, true);
    EXPECT_THAT(head, Not(HasSubstr("\nSet-Cookie")));
}

}  // namespace
}  // namespace pakn::http

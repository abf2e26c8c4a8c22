/// @file
/// Heads of requests: what is read, and what is refused because two servers could read it differently.

#include "core/http/request_head.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pakn::http {
namespace {

constexpr std::size_t kMostBody = 1000;

Result<RequestHead> parsed(const std::string& fields, const std::string& line = "POST /a?b HTTP/1.1") {
    return parseHead(line + "\r\n" + fields + "\r\n", kMostBody);
}

std::string problemOf(const Result<RequestHead>& head) { return head ? "" : head.error().problem; }

TEST(RequestHead, GivesTheFieldsThatTheHubUses) {
    const Result<RequestHead> head = parsed(
        "Host: h\r\ncontent-TYPE:application/json \r\nContent-Length: 17\r\nAuthorization: Bearer x\r\nCookie: a=1\r\n"
        "Cookie: b=2\r\nIdempotency-Key: k\r\nX-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 10.0.0.1\r\n"
        "Expect: 100-Continue\r\nX-Other: \xE1\xBB\x87\r\n");
    ASSERT_TRUE(head) << head.error().problem;
    EXPECT_EQ(head->method, "POST");
    EXPECT_EQ(head->target, "/a?b");
    EXPECT_EQ(head->content_type, "application/json");
    EXPECT_EQ(head->framing.length, 17U);
    EXPECT_FALSE(head->framing.chunked);
    EXPECT_EQ(head->authorization, "Bearer x");
    EXPECT_EQ(head->cookie, "a=1; b=2");
    EXPECT_EQ(head->idempotency_key, "k");
    EXPECT_EQ(head->forwarded_for, "192.0.2.1,10.0.0.1");
    EXPECT_TRUE(head->expects_continue);
    EXPECT_TRUE(head->keep_alive);
}

TEST(RequestHead, ConnectionsAreKeptAsTheVersionSays) {
    EXPECT_TRUE(parsed("Host: h\r\n")->keep_alive);
    EXPECT_FALSE(parsed("Host: h\r\nConnection: x, Close\r\n")->keep_alive);
    EXPECT_FALSE(parsed("", "GET / HTTP/1.0")->keep_alive);
    EXPECT_TRUE(parsed("Connection: keep-alive\r\n", "GET / HTTP/1.0")->keep_alive);
}

TEST(RequestHead, TheAbsoluteFormIsTheSameTarget) {
    EXPECT_EQ(parsed("Host: h\r\n", "GET http://h:8080/x?y HTTP/1.1")->target, "/x?y");
    EXPECT_EQ(parsed("Host: h\r\n", "GET HTTPS://h HTTP/1.1")->target, "/");
    EXPECT_EQ(problemOf(parsed("Host: h\r\n", "GET ftp://h/ HTTP/1.1")), "request.malformed");
}

TEST(RequestHead, FramingThatCanBeReadInTwoWaysIsRefused) {
    for (const char* fields :
         {"Content-Length: 2\r\nContent-Length: 2\r\n", "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: gzip\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Content-Length: +2\r\n",
          "Content-Length: -2\r\n", "Content-Length: 2 2\r\n", "Content-Length: 0x2\r\n", "Content-Length:\r\n",
          "Content-Length : 2\r\n", " Content-Length: 2\r\n", "Transfer-Encoding:\r\n"})
        EXPECT_EQ(problemOf(parsed(std::string{"Host: h\r\n"} + fields)), "request.malformed") << fields;
    EXPECT_EQ(problemOf(parsed("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0")), "request.malformed");
    EXPECT_TRUE(parsed("Host: h\r\nTransfer-Encoding: CHUNKED\r\n")->framing.chunked);
}

TEST(RequestHead, WhatIsTooLargeIsNamed) {
    EXPECT_TRUE(parsed("Host: h\r\nContent-Length: 1000\r\n"));
    EXPECT_EQ(problemOf(parsed("Host: h\r\nContent-Length: 1001\r\n")), "request.too_large");
    EXPECT_EQ(problemOf(parsed("Host: h\r\nContent-Length: 99999999999999999999999\r\n")), "request.too_large");
    EXPECT_EQ(problemOf(parsed("Host: h\r\n", "GET /" + std::string(kMostTarget, 'x') + " HTTP/1.1")),
              "request.target_too_long");
    std::string many = "Host: h\r\n";
    for (std::size_t i = 1; i < kMostFields; ++i) many += "X: y\r\n";
    EXPECT_TRUE(parsed(many));
    EXPECT_EQ(problemOf(parsed(many + "X: y\r\n")), "request.head_too_large");
}

TEST(RequestHead, NothingButHttpIsHttp) {
    for (const char* line :
         {"", "GET", "GET /", "GET / HTTP/2.0", "GET / HTTP/1.2", "GET / http/1.1", "G(T / HTTP/1.1", " / HTTP/1.1",
          "GET  HTTP/1.1", "GET x HTTP/1.1", "GET /\x01 HTTP/1.1", "GET /\t HTTP/1.1"})
        EXPECT_EQ(problemOf(parsed("Host: h\r\n", line)), "request.malformed") << line;
    for (const char* fields : {"Host: a\r\nHost: a\r\n", "", "Host: h\r\nx\r\n", "Host: h\r\n: x\r\n",
                               "Host: h\r\n x: y\r\n", "Host: h\r\nX: a\x7F\r\n", "Host: h\nX: y\r\n",
                               "Host: h\r\nX: a\rb\r\n", "Host: h\r\nIf-Match: \"1\"\r\nIf-Match: \"2\"\r\n"})
        EXPECT_EQ(problemOf(parsed(fields)), "request.malformed") << fields;
    EXPECT_EQ(problemOf(parseHead(std::string{"GET / HTTP/1.1\r\nHost: h\0\r\n\r\n", 27}, kMostBody)),
              "request.malformed");
}

TEST(RequestHead, EndsAtTheEmptyLine) {
    EXPECT_EQ(headLength("GET / HTTP/1.1\r\nHost: h\r\n\r\nrest"), 27U);
    EXPECT_EQ(headLength("GET / HTTP/1.1\r\nHost: h\r\n\r"), 0U);
    EXPECT_EQ(headLength("GET / HTTP/1.1\r\nHost: h\r\n\r\n", 26), 27U) << "the end may have come in pieces";
    EXPECT_EQ(headLength("\n\n"), 0U);
}

}  // namespace
}  // namespace pakn::http

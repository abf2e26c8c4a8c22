/// @file
/// Bodies put together from whatever pieces they come in.

#include "core/http/request_body.hpp"

#include <gtest/gtest.h>

#include <string>

namespace pakn::http {
namespace {

constexpr std::size_t kMost = 100;

/// The body out of `wire`, given in pieces of `step` bytes; the problem's code in brackets when it is refused, "…" in
/// front when it is not whole. `left`: bytes behind the body.
std::string readIn(Framing framing, std::string_view wire, std::size_t step, std::size_t& left) {
    RequestBody body{framing, kMost};
    while (!wire.empty() && !body.complete()) {
        const std::string_view piece = wire.substr(0, step);
        const Result<std::size_t> taken = body.take(piece);
        if (!taken) return '[' + taken.error().problem + ']';
        wire.remove_prefix(*taken);
        if (*taken < piece.size()) break;
    }
    left = wire.size();
    return (body.complete() ? "" : "…") + body.release();
}

void expectBody(Framing framing, std::string_view wire, std::string_view expected, std::size_t expected_left = 0) {
    for (std::size_t step = 1; step <= wire.size() + 1; ++step) {
        std::size_t left = 0;
        EXPECT_EQ(readIn(framing, wire, step, left), expected) << "in pieces of " << step;
        if (expected.front() != '[') {
            EXPECT_EQ(left, expected_left) << "in pieces of " << step;
        }
    }
}

TEST(RequestBody, OfADeclaredLengthEndsThere) {
    expectBody({.length = 5}, "hello", "hello");
    expectBody({.length = 5}, "helloGET /", "hello", 5);
    expectBody({.length = 5}, "hell", "…hell");
    EXPECT_TRUE((RequestBody{Framing{}, kMost}.complete())) << "no body at all";
}

TEST(RequestBody, InChunks) {
    const Framing chunked{.chunked = true};
    expectBody(chunked, "5\r\nhello\r\n6;name=\"x\"\r\n world\r\n0\r\n\r\n", "hello world");
    expectBody(chunked, "000A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nGET /", "0123456789", 5);
    expectBody(chunked, "5 \t;x\r\nhello\r\n0;\r\n\r\n", "hello");
    expectBody(chunked, "5\r\nhello\r\n", "…hello");
    expectBody(chunked, "5\r\nhello\r\n0\r\n", "…hello");
}

TEST(RequestBody, BrokenChunksAreRefused) {
    const Framing chunked{.chunked = true};
    for (const char* wire : {"\r\n", "x\r\n", "-1\r\n", "+1\r\n", "0x1\r\n", "1\nx", "1\r\nxy\r\n", "1\r\nx\n0\r\n",
                             "1\r\nx\r\n\r\n", "1\r\r\n", ";x\r\n", "4 6\r\n", "4 \r\n", "4\t\r\n", "4x\r\n", "4,\r\n"})
        expectBody(chunked, wire, "[request.malformed]");
    expectBody(chunked, std::string(2000, '1'), "[request.malformed]");
    std::string trailer = "0\r\n";
    for (int i = 0; i < 200; ++i) trailer += "X: " + std::string(60, 'x') + "\r\n";
    std::size_t left = 0;
    EXPECT_EQ(readIn(chunked, trailer, 1000, left), "[request.malformed]");
}

TEST(RequestBody, NeverGrowsBeyondTheLimit) {
    const Framing chunked{.chunked = true};
    expectBody(chunked, "64\r\n" + std::string(100, 'x') + "\r\n0\r\n\r\n", std::string(100, 'x'));
    expectBody(chunked, "65\r\n", "[request.too_large]");
    expectBody(chunked, "60\r\n" + std::string(96, 'x') + "\r\n5\r\n", "[request.too_large]");
    expectBody(chunked, "ffffffffffffffff\r\n", "[request.too_large]");
    expectBody(chunked, "fffffffffffffffff\r\n", "[request.too_large]");
}

}  // namespace
}  // namespace pakn::http

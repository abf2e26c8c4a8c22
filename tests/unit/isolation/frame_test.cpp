/// @file
/// Frames over a socket pair: what is sent arrives, and nothing else is believed.

#include "core/isolation/frame.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <array>
#include <cstring>
#include <string>

namespace pakn::isolation {
namespace {

constexpr std::size_t kMost = 1U << 20U;

Steady::time_point soon() { return Steady::now() + std::chrono::seconds{10}; }
Steady::time_point already() { return Steady::now(); }

struct Pair {
    Pair() {
        auto made = socketPair();
        EXPECT_TRUE(made);
        hub = std::move(made->first);
        child = std::move(made->second);
    }
    /// Bytes as a hostile child would write them, with descriptors.
    void raw(const std::string& bytes, const std::vector<int>& descriptors = {}) const {
        iovec part{const_cast<char*>(bytes.data()), bytes.size()};
        msghdr message{};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        std::array<char, 2048> control{};
        if (!descriptors.empty()) {
            message.msg_control = control.data();
            message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
            cmsghdr* const rights = CMSG_FIRSTHDR(&message);
            rights->cmsg_level = SOL_SOCKET;
            rights->cmsg_type = SCM_RIGHTS;
            rights->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
            std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof(int) * descriptors.size());
        }
        EXPECT_EQ(::sendmsg(child.number(), &message, MSG_NOSIGNAL), static_cast<ssize_t>(bytes.size()));
    }
    OwnedDescriptor hub;
    OwnedDescriptor child;
};

std::string head(std::uint32_t length) {
    std::string bytes(kFrameHead, '\0');
    for (unsigned i = 0; i < 4; ++i) bytes[i] = static_cast<char>(length >> (24 - 8 * i));
    return bytes;
}

int openDescriptors() {
    int count = 0;
    for (int number = 0; number < 1024; ++number) count += ::fcntl(number, F_GETFD) >= 0 ? 1 : 0;
    return count;
}

TEST(FrameTest, ArrivesAsItWasSent) {
    const Pair pair;
    for (const std::size_t size : {std::size_t{0}, std::size_t{2000}, kMostInline, kMostInline + 1, kMost}) {
        const Frame frame{
            .type = 7, .correlation = 0x0102030405060708, .deadline_ms = 5000, .payload = std::string(size, 'x')};
        ASSERT_TRUE(send(pair.child.number(), frame, soon()));
        const Result<Frame> got = receive(pair.hub.number(), kMost, soon());
        ASSERT_TRUE(got) << got.error().message;
        EXPECT_EQ(got->type, 7);
        EXPECT_EQ(got->correlation, 0x0102030405060708U);
        EXPECT_EQ(got->deadline_ms, 5000U);
        EXPECT_EQ(got->payload, frame.payload);
        EXPECT_TRUE(got->descriptors.empty());
    }
}

TEST(FrameTest, FilesComeAlong) {
    const Pair pair;
    Frame frame{.type = 1, .payload = std::string(kMostInline * 2, 'y')};
    for (const char* text : {"one", "two"}) frame.descriptors.push_back(std::move(*sealedFile(text)));
    ASSERT_TRUE(send(pair.child.number(), frame, soon()));
    const Result<Frame> got = receive(pair.hub.number(), kMost, soon());
    ASSERT_TRUE(got);
    ASSERT_EQ(got->descriptors.size(), 2U);
    char text[4] = {};
    EXPECT_EQ(::pread(got->descriptors[1].number(), text, 3, 0), 3);
    EXPECT_STREQ(text, "two");
    EXPECT_TRUE(isSealed(got->descriptors[1].number()));
    EXPECT_EQ(::fcntl(got->descriptors[1].number(), F_GETFD), FD_CLOEXEC);
}

TEST(FrameTest, TooManyFilesAreNotSent) {
    const Pair pair;
    Frame frame;
    for (std::size_t i = 0; i <= kMostDescriptors; ++i) frame.descriptors.push_back(std::move(*sealedFile("x")));
    EXPECT_EQ(send(pair.child.number(), frame, soon()).error().code, Errc::kTooLarge);
}

TEST(FrameTest, WhatIsNoFrameIsRefused) {
    const std::string longest(kFrameHead + kMostInline + 100, 'z');
    const int writable = ::memfd_create("unsealed", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    ASSERT_EQ(::ftruncate(writable, kMostInline + 5), 0);
    const OwnedDescriptor unsealed{writable};
    const OwnedDescriptor shorter = std::move(*sealedFile(std::string(kMostInline + 4, 'x')));
    const struct {
        const char* what;
        std::string bytes;
        std::vector<int> descriptors;
    } kCases[] = {
        {"shorter than a head", "abc", {}},
        {"longer than any", longest, {}},
        {"a length beyond the limit", head(kMost + 1), {}},
        {"a length of 4 GB", head(0xffffffff), {}},
        {"fewer bytes than its length", head(5) + "abc", {}},
        {"more bytes than its length", head(2) + "abc", {}},
        {"a long payload without a file", head(kMostInline + 5), {}},
        {"a long payload in a file that can change", head(kMostInline + 5), {unsealed.number()}},
        {"a long payload in a file of another length", head(kMostInline + 5), {shorter.number()}},
        {"a long payload in a socket", head(kMostInline + 5), {0}},
        {"more descriptors than any", head(0), std::vector<int>(kMostDescriptors + 1, 0)},
    };
    for (const auto& one : kCases) {
        const Pair pair;
        pair.raw(one.bytes, one.descriptors);
        const int before = openDescriptors();
        const Result<Frame> got = receive(pair.hub.number(), kMost, soon());
        ASSERT_FALSE(got) << one.what;
        EXPECT_EQ(got.error().code, Errc::kInvalid) << one.what;
        EXPECT_EQ(openDescriptors(), before) << one.what << ": its descriptors stay open";
    }
}

TEST(FrameTest, NothingInTimeIsStaleAndAnEndIsUnavailable) {
    Pair pair;
    EXPECT_EQ(receive(pair.hub.number(), kMost, already()).error().code, Errc::kStale);
    const Frame frame{.payload = std::string(kMostInline, 'x')};
    Status sent = Done{};
    for (int i = 0; i < 1000 && sent; ++i) sent = send(pair.hub.number(), frame, already());
    ASSERT_FALSE(sent) << "a reader that does not read holds the writer back";
    EXPECT_EQ(sent.error().code, Errc::kStale);
    pair.child = OwnedDescriptor{};
    { const OwnedDescriptor gone = std::move(pair.child); }
    EXPECT_EQ(send(pair.hub.number(), frame, soon()).error().code, Errc::kUnavailable);
    EXPECT_EQ(receive(pair.hub.number(), kMost, soon()).error().code, Errc::kUnavailable);
}

}  // namespace
}  // namespace pakn::isolation

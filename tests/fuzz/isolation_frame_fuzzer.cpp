/// @file
/// Datagrams of a hostile child process: any bytes, any descriptors. What is received keeps to its bounds, and what is
/// sent comes back.

#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cstring>

#include "core/isolation/frame.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::isolation;

constexpr std::size_t kMost = 200000;

Steady::time_point soon() { return Steady::now() + std::chrono::seconds{2}; }

/// A memory file, sealed, half sealed or open; or a pipe.
int descriptor(std::size_t kind, std::string_view bytes) {
    if (kind == 0) {
        Result<OwnedDescriptor> file = sealedFile(bytes);
        return file ? file->release() : -1;
    }
    if (kind == 1) {
        std::array<int, 2> ends{};
        if (::pipe(ends.data()) != 0) return -1;
        ::close(ends[1]);
        return ends[0];
    }
    const int file = ::memfd_create("fuzz", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    FUZZ_CHECK(file >= 0 && ::write(file, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    return file;
}

void sendRaw(int socket, std::string_view datagram, const std::vector<int>& descriptors) {
    iovec part{const_cast<char*>(datagram.data()), datagram.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * 40)> control{};
    if (!descriptors.empty()) {
        message.msg_control = control.data();
        message.msg_controllen = CMSG_SPACE(sizeof(int) * descriptors.size());
        cmsghdr* const rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * descriptors.size());
        std::memcpy(CMSG_DATA(rights), descriptors.data(), sizeof(int) * descriptors.size());
    }
    static_cast<void>(::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT));
}

/// How many descriptors this process has open: none may be left behind by what was refused.
int openDescriptors() {
    const int next = ::dup(0);
    ::close(next);
    return next;
}

void checkAgain(int from, int to, const Frame& frame) {
    FUZZ_CHECK(frame.payload.size() <= kMost);
    if (frame.descriptors.size() + 1 > kMostDescriptors) return;
    FUZZ_CHECK(send(from, frame, soon()).ok());
    const Result<Frame> again = receive(to, kMost, soon());
    FUZZ_CHECK(again.ok());
    FUZZ_CHECK(again->type == frame.type && again->correlation == frame.correlation);
    FUZZ_CHECK(again->deadline_ms == frame.deadline_ms && again->payload == frame.payload);
    FUZZ_CHECK(again->descriptors.size() == frame.descriptors.size());
}

void tryDatagram(Input& input) {
    auto pair = socketPair();
    FUZZ_CHECK(pair.ok());
    auto& [child, hub] = *pair;
    std::vector<int> descriptors;
    const std::size_t count = input.choice(36);
    const std::size_t kind = input.choice(3);
    const bool large = input.flag();
    std::string bytes{input.part()};
    while (large && bytes.size() <= kMostInline) bytes += bytes + 'x';  // A payload that may lie in a file.
    const std::string_view datagram = input.rest();
    for (std::size_t i = 0; i < count; ++i)
        if (const int one = descriptor(kind, bytes); one >= 0) descriptors.push_back(one);
    sendRaw(child.number(), datagram, descriptors);
    for (const int one : descriptors) ::close(one);
    child = OwnedDescriptor{};
    const Result<Frame> frame = receive(hub.number(), kMost, soon());
    if (!frame) {
        FUZZ_CHECK(frame.error().code == Errc::kInvalid || frame.error().code == Errc::kUnavailable);
        return;
    }
    FUZZ_CHECK(frame->descriptors.size() <= kMostDescriptors);
    auto other = socketPair();
    FUZZ_CHECK(other.ok());
    checkAgain(other->first.number(), other->second.number(), *frame);
}

}  // namespace

void tryOne(std::string_view bytes) {
    const int before = openDescriptors();
    {
        Input input{bytes};
        tryDatagram(input);
    }
    FUZZ_CHECK(openDescriptors() == before);
}

}  // namespace pakn::fuzz

#include "core/isolation/frame.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <system_error>

namespace pakn::isolation {

namespace {

constexpr int kSeals = F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;

using Head = std::array<unsigned char, kFrameHead>;
/// Room for the descriptors of one frame, aligned as the kernel wants it.
struct alignas(cmsghdr) Control {
    char bytes[CMSG_SPACE(sizeof(int) * kMostDescriptors)];
};

Error error(Errc code, std::string text) { return {.code = code, .message = std::move(text)}; }
Error failure(std::string_view what) {
    return error(Errc::kInternal, std::string{what} + ": " + std::generic_category().message(errno));
}
Error gone() { return error(Errc::kUnavailable, "the process on the other side is gone"); }
Error late() { return error(Errc::kStale, "the process on the other side does not answer in time"); }
Error garbage(std::string what) {
    return error(Errc::kInvalid, "the process on the other side breaks the protocol: " + std::move(what));
}

template <class T>
void put(unsigned char*& at, T value) {
    for (int shift = static_cast<int>(sizeof(T) - 1) * 8; shift >= 0; shift -= 8)
        *at++ = static_cast<unsigned char>(value >> static_cast<unsigned>(shift));
}
template <class T>
T take(const unsigned char*& at) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) value = static_cast<T>(static_cast<T>(value << 7U << 1U) | *at++);
    return value;
}

/// Waits until the socket is ready for `what`; false at the deadline.
bool waitFor(int socket, short what, Steady::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Steady::now()).count();
        pollfd one{.fd = socket, .events = what, .revents = 0};
        const int ready = ::poll(&one, 1, static_cast<int>(std::clamp<long long>(left, 0, 3'600'000)));
        if (ready > 0) return true;
        if (ready == 0 && Steady::now() >= deadline) return false;
        if (ready < 0 && errno != EINTR) return true;  // The call that follows tells what is wrong.
    }
}

/// The descriptors of a message, owned from here on.
std::vector<OwnedDescriptor> descriptorsOf(msghdr& message) {
    std::vector<OwnedDescriptor> all;
    for (cmsghdr* one = CMSG_FIRSTHDR(&message); one != nullptr; one = CMSG_NXTHDR(&message, one)) {
        if (one->cmsg_level != SOL_SOCKET || one->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (one->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int number = -1;
            std::memcpy(&number, CMSG_DATA(one) + i * sizeof(int), sizeof number);
            all.emplace_back(number);
        }
    }
    return all;
}

Result<std::string> readSealed(int file, std::size_t length) {
    struct stat facts {};
    if (!isSealed(file) || ::fstat(file, &facts) != 0 || static_cast<std::size_t>(facts.st_size) != length)
        return garbage("a long payload that is not in a sealed file of its length");
    std::string bytes(length, '\0');
    std::size_t done = 0;
    while (done < length) {
        const ssize_t got = ::pread(file, bytes.data() + done, length - done, static_cast<off_t>(done));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return garbage("a long payload that cannot be read");
        done += static_cast<std::size_t>(got);
    }
    return bytes;
}

}  // namespace

Result<std::pair<OwnedDescriptor, OwnedDescriptor>> socketPair() {
    int ends[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
        return error(Errc::kUnavailable, failure("cannot make a socket pair").message);
    return std::pair{OwnedDescriptor{ends[0]}, OwnedDescriptor{ends[1]}};
}

Result<OwnedDescriptor> sealedFile(std::string_view bytes) {
    OwnedDescriptor file{::memfd_create("pakn-message", MFD_CLOEXEC | MFD_ALLOW_SEALING)};
    if (!file) return error(Errc::kUnavailable, failure("no memory for a message").message);
    while (!bytes.empty()) {
        const ssize_t done = ::write(file.number(), bytes.data(), bytes.size());
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return error(Errc::kUnavailable, failure("no memory for a message").message);
        bytes.remove_prefix(static_cast<std::size_t>(done));
    }
    if (::fcntl(file.number(), F_ADD_SEALS, kSeals | F_SEAL_SEAL) != 0) return failure("cannot seal a message");
    return file;
}

bool isSealed(int descriptor) {
    const int seals = ::fcntl(descriptor, F_GET_SEALS);
    return seals >= 0 && (seals & kSeals) == kSeals;
}

Status send(int socket, const Frame& frame, Steady::time_point deadline) {
    const bool apart = frame.payload.size() > kMostInline;
    if (frame.descriptors.size() + (apart ? 1 : 0) > kMostDescriptors)
        return error(Errc::kTooLarge, "a message with more than 32 files");
    if (frame.payload.size() > UINT32_MAX) return error(Errc::kTooLarge, "a message of more than 4 GB");
    OwnedDescriptor long_payload;
    if (apart) {
        Result<OwnedDescriptor> file = sealedFile(frame.payload);
        if (!file) return std::move(file).error();
        long_payload = std::move(*file);
    }

    Head head{};
    unsigned char* at = head.data();
    put(at, static_cast<std::uint32_t>(frame.payload.size()));
    put(at, frame.type);
    put(at, frame.correlation);
    put(at, frame.deadline_ms);
    iovec parts[2] = {{head.data(), head.size()},
                      {const_cast<char*>(frame.payload.data()), apart ? 0 : frame.payload.size()}};
    msghdr message{};
    message.msg_iov = parts;
    message.msg_iovlen = 2;

    std::array<int, kMostDescriptors> numbers{};
    std::size_t count = 0;
    if (apart) numbers[count++] = long_payload.number();
    for (const OwnedDescriptor& one : frame.descriptors) numbers[count++] = one.number();
    Control control{};
    if (count > 0) {
        message.msg_control = control.bytes;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * count);
        cmsghdr* const rights = CMSG_FIRSTHDR(&message);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * count);
        std::memcpy(CMSG_DATA(rights), numbers.data(), sizeof(int) * count);
    }
    for (;;) {
        if (::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT) >= 0) return Done{};
        if (errno == EINTR) continue;
        if (errno == EPIPE || errno == ECONNRESET || errno == ENOTCONN) return gone();
        if (errno != EAGAIN && errno != ENOBUFS) return failure("cannot send a message");
        if (!waitFor(socket, POLLOUT, deadline)) return late();
    }
}

Result<Frame> receive(int socket, std::size_t most, Steady::time_point deadline, std::chrono::microseconds watch) {
    // Kept by each thread: a message is copied out of it at its own length.
    thread_local const std::unique_ptr<unsigned char[]> buffer{new unsigned char[kFrameHead + kMostInline + 1]};
    Control control{};
    iovec part{buffer.get(), kFrameHead + kMostInline + 1};
    msghdr message{};
    ssize_t got = -1;
    const auto sleeps_at = watch.count() > 0 ? Steady::now() + watch : Steady::time_point::min();
    while (got < 0) {
        const bool watches = watch.count() > 0 && Steady::now() < sleeps_at;
        if (!watches && !waitFor(socket, POLLIN, deadline)) return late();
        message = {};
        message.msg_iov = &part;
        message.msg_iovlen = 1;
        message.msg_control = control.bytes;
        message.msg_controllen = sizeof control.bytes;
        got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got < 0 && errno == ECONNRESET) return gone();
        if (got < 0 && errno != EINTR && errno != EAGAIN) return failure("cannot receive a message");
        if (got < 0 && watches) ::sched_yield();  // Whoever is to send may need this processor.
    }
    Frame frame;
    frame.descriptors = descriptorsOf(message);
    if (got == 0) return gone();
    if ((message.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0) return garbage("a message longer than any frame");
    const auto size = static_cast<std::size_t>(got);
    if (size < kFrameHead) return garbage("a message shorter than any frame");
    const unsigned char* at = buffer.get();
    const auto length = take<std::uint32_t>(at);
    frame.type = take<std::uint8_t>(at);
    frame.correlation = take<std::uint64_t>(at);
    frame.deadline_ms = take<std::uint32_t>(at);
    if (length > most) return garbage("a payload of " + std::to_string(length) + " bytes");
    if (length <= kMostInline) {
        if (size - kFrameHead != length) return garbage("a payload that is not as long as it says");
        frame.payload.assign(reinterpret_cast<const char*>(at), length);
        return frame;
    }
    if (size != kFrameHead || frame.descriptors.empty()) return garbage("a long payload that is not in a file");
    Result<std::string> payload = readSealed(frame.descriptors.front().number(), length);
    if (!payload) return std::move(payload).error();
    frame.payload = std::move(*payload);
    frame.descriptors.erase(frame.descriptors.begin());
    return frame;
}

}  // namespace pakn::isolation

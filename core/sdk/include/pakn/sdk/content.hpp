#pragma once
/// @file
/// The bytes of a file on their way through the hub: in memory, or behind an open descriptor, so that a recording of
/// many megabytes need never be in memory as a whole. Isolated plugins get the same descriptor over their socket.

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// Immutable; copies share the bytes or the descriptor. Safe to read from several threads at once: reading moves no
/// offset. A file behind a descriptor may be cut short by whoever owns it: then reading says so, nothing crashes.
class Content {
public:
    Content() = default;
    Content(std::string bytes)  // NOLINT(google-explicit-constructor): bytes are a content
        : size_{bytes.size()}, bytes_{std::make_shared<const std::string>(std::move(bytes))} {}
    Content(const char* text) : Content{std::string{text}} {}  // NOLINT(google-explicit-constructor)

    /// Takes over a descriptor that is open for reading, from its beginning to its present end. It is closed in any
    /// case. kInvalid when it is no regular file (a memfd is one); kInternal.
    static Result<Content> adopt(int descriptor) {
        if (descriptor < 0) return Error{.code = Errc::kInvalid, .message = "no open descriptor"};
        // From here on it is closed whatever comes.
        const std::shared_ptr<const int> owned{new int{descriptor}, [](const int* number) {
                                                   ::close(*number);
                                                   delete number;
                                               }};
        struct stat facts {};
        if (::fstat(descriptor, &facts) != 0)
            return Error{.code = Errc::kInternal, .message = "cannot look at an open file: " + reason()};
        if (!S_ISREG(facts.st_mode)) return Error{.code = Errc::kInvalid, .message = "not a regular file"};
        Content content;
        content.size_ = static_cast<std::uint64_t>(facts.st_size);
        content.descriptor_ = owned;
        return content;
    }

    /// A plain file; follows no link and waits for no pipe. kNotFound, kForbidden, kInvalid (no plain file), kInternal.
    static Result<Content> open(const std::filesystem::path& path) {
        const int descriptor = ::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
        if (descriptor >= 0) return adopt(descriptor);
        Error error{.code = Errc::kInternal, .message = "cannot open " + path.string() + ": " + reason()};
        if (errno == ENOENT || errno == ELOOP || errno == ENOTDIR) error.code = Errc::kNotFound;
        if (errno == EACCES || errno == EPERM) error.code = Errc::kForbidden;
        return error;
    }

    [[nodiscard]] std::uint64_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    /// The bytes when they are in memory; null when they lie behind a descriptor. Lives as long as this or a copy.
    [[nodiscard]] const std::string* inMemory() const {
        static const std::string kNothing;
        return descriptor_ ? nullptr : bytes_ ? bytes_.get() : &kNothing;
    }
    /// The descriptor, still owned by this; -1 when the bytes are in memory.
    [[nodiscard]] int descriptor() const { return descriptor_ ? *descriptor_ : -1; }

    /// Fills `into` from `offset` on; returns how many bytes that were, fewer only at the end. kInternal when the file
    /// cannot be read or has become shorter.
    [[nodiscard]] Result<std::size_t> read(std::uint64_t offset, std::span<char> into) const {
        const auto wanted =
            static_cast<std::size_t>(std::min<std::uint64_t>(into.size(), offset < size_ ? size_ - offset : 0));
        if (const std::string* bytes = inMemory())
            return bytes->copy(into.data(), wanted, std::min<std::size_t>(offset, bytes->size()));
        for (std::size_t done = 0; done < wanted;) {
            const ssize_t got =
                ::pread(*descriptor_, into.data() + done, wanted - done, static_cast<off_t>(offset + done));
            if (got < 0 && errno == EINTR) continue;
            if (got < 0) return Error{.code = Errc::kInternal, .message = "cannot read a file: " + reason()};
            if (got == 0) return Error{.code = Errc::kInternal, .message = "a file became shorter while being read"};
            done += static_cast<std::size_t>(got);
        }
        return wanted;
    }

    /// Hands all bytes on in pieces of at most 64 KB; an error of `sink` ends it and is returned.
    template <class Sink>
    [[nodiscard]] Status copyTo(Sink&& sink) const {
        if (const std::string* bytes = inMemory()) return bytes->empty() ? Status{Done{}} : Status{sink(*bytes)};
        std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(size_, kPiece)), '\0');
        for (std::uint64_t offset = 0; offset < size_;) {
            const Result<std::size_t> got = read(offset, piece);
            if (!got) return got.error();
            if (Status taken = sink(std::string_view{piece}.substr(0, *got)); !taken) return taken;
            offset += *got;
        }
        return Done{};
    }

    /// All bytes in memory. kTooLarge when there are more than `most`; the errors of read().
    [[nodiscard]] Result<std::string> bytes(std::uint64_t most) const {
        if (size_ > most)
            return Error{.code = Errc::kTooLarge, .message = "more than " + std::to_string(most) + " bytes"};
        if (const std::string* bytes = inMemory()) return *bytes;
        std::string all(static_cast<std::size_t>(size_), '\0');
        const Result<std::size_t> got = read(0, all);
        if (!got) return got.error();
        return all;
    }

    static constexpr std::size_t kPiece = 64U << 10U;

private:
    static std::string reason() { return std::generic_category().message(errno); }

    std::uint64_t size_ = 0;
    std::shared_ptr<const std::string> bytes_ = {};
    std::shared_ptr<const int> descriptor_ = {};
};

/// Gathers a content piece by piece: a little of it in memory, more in a sealed memory file, which can be handed on
/// without copying. One thread.
class ContentWriter {
public:
    /// kTooLarge from append() when more than `most` bytes come.
    explicit ContentWriter(std::uint64_t most) : most_{most} {}
    ContentWriter(const ContentWriter&) = delete;
    ContentWriter& operator=(const ContentWriter&) = delete;
    ~ContentWriter() {
        if (file_ >= 0) ::close(file_);
    }

    /// kTooLarge; kUnavailable when there is no memory for it.
    Status append(std::string_view bytes) {
        if (bytes.size() > most_ - size_)
            return Error{.code = Errc::kTooLarge, .message = "more than " + std::to_string(most_) + " bytes"};
        size_ += bytes.size();
        if (file_ < 0 && size_ <= kInMemory) {
            small_.append(bytes);
            return Done{};
        }
        if (file_ < 0) {
            file_ = ::memfd_create("pakn-content", MFD_CLOEXEC | MFD_ALLOW_SEALING);
            if (file_ < 0) return noRoom();
            if (Status moved = write(small_); !moved) return moved;
            small_ = {};
        }
        return write(bytes);
    }

    /// What was appended; the writer is empty afterwards. kUnavailable.
    Result<Content> finish() {
        const std::uint64_t size = std::exchange(size_, 0);
        if (file_ < 0) return Content{std::exchange(small_, {})};
        const int file = std::exchange(file_, -1);
        // Nobody can change it any more, not even whoever gets the descriptor.
        if (::fcntl(file, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
            ::close(file);
            return noRoom();
        }
        Result<Content> content = Content::adopt(file);
        if (content && content->size() != size) return noRoom();
        return content;
    }

    static constexpr std::size_t kInMemory = 256U << 10U;

private:
    static Error noRoom() {
        return {.code = Errc::kUnavailable,
                .message = "no memory for a file: " + std::generic_category().message(errno)};
    }

    Status write(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t done = ::write(file_, bytes.data(), bytes.size());
            if (done < 0 && errno == EINTR) continue;
            if (done <= 0) return noRoom();
            bytes.remove_prefix(static_cast<std::size_t>(done));
        }
        return Done{};
    }

    const std::uint64_t most_;
    std::uint64_t size_ = 0;
    std::string small_ = {};
    int file_ = -1;
};

}  // namespace sdk1
}  // namespace pakn

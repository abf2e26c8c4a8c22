#include "core/isolation/codec.hpp"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace pakn::isolation {

namespace {

enum class Place : std::uint8_t { kHere, kFile };

/// A copy that nobody can change while it is being read.
Result<Content> snapshot(const Content& content) {
    ContentWriter writer{kMostBytes};
    if (Status copied = content.copyTo([&](std::string_view piece) { return writer.append(piece); }); !copied)
        return std::move(copied).error();
    return writer.finish();
}

}  // namespace

void Writer::large(const std::string& bytes) {
    if (bytes.size() <= kMostBytesInline || descriptors_.size() + 1 >= kMostDescriptors) {
        (*this)(Place::kHere, bytes);
        return;
    }
    Result<OwnedDescriptor> sealed = sealedFile(bytes);
    if (!sealed) {
        error_ = std::move(sealed).error();
        return;
    }
    (*this)(Place::kFile, static_cast<std::uint64_t>(bytes.size()));
    descriptors_.push_back(std::move(*sealed));
}

void Writer::put(const Content& content) {
    if (const std::string* bytes = content.inMemory()) return large(*bytes);
    OwnedDescriptor copy{::fcntl(content.descriptor(), F_DUPFD_CLOEXEC, 0)};
    if (!copy) {
        error_ = Error{.code = Errc::kUnavailable,
                       .message = "cannot hand a file on: " + std::generic_category().message(errno)};
        return;
    }
    (*this)(Place::kFile, content.size());
    descriptors_.push_back(std::move(copy));
}

Result<Frame> Writer::finish(std::uint8_t type) && {
    if (error_) return std::move(*error_);
    if (descriptors_.size() + 1 > kMostDescriptors)
        return Error{.code = Errc::kTooLarge, .message = "more than 31 files at once"};
    return Frame{.type = type, .payload = std::move(bytes_), .descriptors = std::move(descriptors_)};
}

std::uint64_t Reader::number(std::size_t size) {
    if (rest_.size() < size) bad_ = true;
    if (bad_) return 0;
    std::uint64_t value = 0;
    for (const char c : rest_.substr(0, size)) value = value << 8U | static_cast<unsigned char>(c);
    rest_.remove_prefix(size);
    return value;
}

std::size_t Reader::length() {
    const std::uint64_t count = number(4);
    if (count > rest_.size()) bad_ = true;
    return bad_ ? 0 : static_cast<std::size_t>(count);
}

std::int64_t Reader::bounded() {
    constexpr std::int64_t kMost = 253'402'300'800'000;  // The year 10000.
    const auto count = static_cast<std::int64_t>(number(8));
    if (count < -kMost || count > kMost) bad_ = true;
    return bad_ ? 0 : count;
}

std::string Reader::bytes(std::size_t count) {
    if (count > rest_.size()) bad_ = true;
    if (bad_) return {};
    std::string text{rest_.substr(0, count)};
    rest_.remove_prefix(count);
    return text;
}

Content Reader::file() {
    const std::uint64_t size = number(8);
    if (bad_ || next_descriptor_ >= descriptors_.size()) {
        bad_ = true;
        return {};
    }
    const bool sealed = isSealed(descriptors_[next_descriptor_].number());
    Result<Content> content = Content::adopt(descriptors_[next_descriptor_++].release());
    if (content && content->size() == size && !sealed) content = snapshot(*content);
    if (!content || content->size() != size) {
        bad_ = true;
        return {};
    }
    return std::move(*content);
}

void Reader::get(Content& content) {
    Place place{};
    get(place);
    if (place == Place::kFile) {
        content = file();
    } else if (place == Place::kHere) {
        std::string bytes;
        get(bytes);
        content = Content{std::move(bytes)};
    } else {
        bad_ = true;
    }
}

void Reader::large(std::string& bytes) {
    Content content;
    get(content);
    if (bad_) return;
    if (const std::string* here = content.inMemory()) {
        bytes = *here;
        return;
    }
    Result<std::string> read = content.bytes(kMostBytes);
    if (!read) {
        bad_ = true;
        return;
    }
    bytes = std::move(*read);
}

}  // namespace pakn::isolation

#include "core/http/request_body.hpp"

#include <simdjson.h>

#include <algorithm>
#include <charconv>

#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

static_assert(kRoomBehindBody >= simdjson::SIMDJSON_PADDING);
constexpr std::size_t kFirstRoom = 64U << 10U;
constexpr std::size_t kMostLine = 1024;     ///< A chunk's size with its extensions, or one line of the trailer.
constexpr std::size_t kMostTrailer = 8192;  ///< The trailer in all; it is read and dropped.

}  // namespace

RequestBody::RequestBody(const Framing& framing, std::size_t most) : most_{most} {
    if (framing.chunked) {
        part_ = Part::kChunkLine;
    } else if (framing.length > 0) {
        part_ = Part::kData;
        left_ = framing.length;
        most_ = framing.length;
    }
}

std::size_t RequestBody::roomFor(std::size_t more) const {
    const std::size_t wanted = std::min(text_.size() + more, most_) + kRoomBehindBody;
    if (wanted <= text_.capacity()) return text_.capacity();
    return std::max(wanted, std::min(most_, std::max(2 * text_.capacity(), kFirstRoom)) + kRoomBehindBody);
}

Result<std::size_t> RequestBody::take(std::string_view bytes) {
    if (!complete()) text_.reserve(roomFor(bytes.size()));
    std::size_t taken = 0;
    while (taken < bytes.size() && part_ != Part::kDone) {
        const std::string_view rest = bytes.substr(taken);
        if (part_ == Part::kData || part_ == Part::kChunkData) {
            const std::size_t count = std::min(left_, rest.size());
            text_.append(rest.substr(0, count));
            left_ -= count;
            taken += count;
            if (left_ == 0) part_ = part_ == Part::kData ? Part::kDone : Part::kChunkEnd;
            continue;
        }
        const std::size_t count = std::min(rest.find('\n'), rest.size() - 1) + 1;
        line_.append(rest.substr(0, count));
        taken += count;
        if (line_.size() > kMostLine) return problemError("request.malformed");
        if (line_.back() != '\n') continue;
        if (!line_.ends_with("\r\n")) return problemError("request.malformed");
        if (Status read = takeLine(std::string_view{line_}.substr(0, line_.size() - 2)); !read)
            return std::move(read).error();
        line_.clear();
    }
    return taken;
}

Status RequestBody::takeLine(std::string_view line) {
    if (line.find('\r') != std::string_view::npos) return problemError("request.malformed");
    if (part_ == Part::kChunkEnd) {
        if (!line.empty()) return problemError("request.malformed");
        part_ = Part::kChunkLine;
    } else if (part_ == Part::kTrailer) {
        trailer_ += line.size();
        if (trailer_ > kMostTrailer) return problemError("request.malformed");
        if (line.empty()) part_ = Part::kDone;
    } else {
        // RFC 9112 section 7.1: hex digits, then nothing, or white space and the extensions behind a ';'.
        const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
        if (error == std::errc::result_out_of_range) return problemError("request.too_large");
        if (error != std::errc{}) return problemError("request.malformed");
        std::string_view rest = line.substr(static_cast<std::size_t>(end - line.data()));
        const std::size_t behind_space = std::min(rest.find_first_not_of(" \t"), rest.size());
        if (!rest.empty() && (behind_space == rest.size() || rest[behind_space] != ';'))
            return problemError("request.malformed");
        if (left_ > most_ - text_.size()) return problemError("request.too_large");
        part_ = left_ == 0 ? Part::kTrailer : Part::kChunkData;
    }
    return Done{};
}

std::string RequestBody::release() {
    text_.reserve(text_.size() + kRoomBehindBody);
    return std::move(text_);
}

}  // namespace pakn::http

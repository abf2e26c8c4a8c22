#pragma once
/// @file
/// The body of a request, put together from the pieces that come over the wire. Pure.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/http/request_head.hpp"

namespace pakn::http {

/// Behind a body, for the JSON parser.
inline constexpr std::size_t kRoomBehindBody = 64;

class RequestBody {
public:
    RequestBody() = default;
    /// `most`: bytes of the decoded body.
    RequestBody(const Framing& framing, std::size_t most);

    /// Bytes of memory that this holds once it has taken `more` bytes. Grows with what comes: what is announced costs
    /// nothing.
    [[nodiscard]] std::size_t roomFor(std::size_t more) const;
    /// Takes what belongs to the body off the front of `bytes`; how much that was. Errors: "request.malformed" (broken
    /// chunks), "request.too_large".
    Result<std::size_t> take(std::string_view bytes);
    [[nodiscard]] bool complete() const { return part_ == Part::kDone; }
    /// Bytes of the body so far.
    [[nodiscard]] std::size_t size() const { return text_.size(); }
    /// The whole body, in a buffer with the room that the JSON parser wants behind it.
    std::string release();

private:
    /// Where in the framing the next byte stands.
    enum class Part : std::uint8_t { kData, kChunkLine, kChunkData, kChunkEnd, kTrailer, kDone };

    Status takeLine(std::string_view line);

    std::string text_;
    std::string line_;      // Of the framing, as far as it has come.
    std::size_t most_ = 0;  // Of the decoded body; what is announced, where that is known.
    std::size_t left_ = 0;  // Of the body, or of this chunk.
    std::size_t trailer_ = 0;
    Part part_ = Part::kDone;
};

}  // namespace pakn::http

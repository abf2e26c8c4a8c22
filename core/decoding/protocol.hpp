#pragma once
/// @file
/// What the hub and paknhub-decoder say to each other, over the frames of core/isolation on one socket. First an order
/// (Type::kStart), answered with a Started once the decoder is confined; then things to read (Type::kDecode: the kind,
/// the content), one at a time, each answered with a Result<Decoded>. A decoder asks for nothing.

#include "core/isolation/protocol.hpp"

namespace pakn::decoding {

/// Changes with everything that the two say to each other.
inline constexpr std::uint32_t kEdition = 1;
/// The descriptor that a decoder begins with.
inline constexpr int kSocket = 3;
/// Bytes of payload of one frame: files travel as descriptors beside it.
inline constexpr std::size_t kMostFrame = 1U << 20U;

/// What a decoder must keep to.
struct Order {
    std::uint32_t edition = kEdition;
    std::uint64_t memory = 0;  ///< Bytes of address space.
    std::uint32_t user = 0;    ///< Whom to become when started as root.
    std::uint64_t pixels = 0;  ///< The most that a picture may have.
    std::uint64_t output = 0;  ///< Bytes of one thing that it hands back.
};
template <isolation::Like<Order> T>
void fields(auto& archive, T& one) {
    archive(one.edition, one.memory, one.user, one.pixels, one.output);
}

}  // namespace pakn::decoding

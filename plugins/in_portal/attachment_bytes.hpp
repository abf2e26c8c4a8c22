#pragma once
/// @file
/// The bytes of an attachment, whichever of the SDK's two forms it has: a text, or a content.

#include <cstdint>
#include <string>
#include <utility>

#include "pakn/sdk/result.hpp"

namespace pakn::in_portal {

template <class Attachment>
void setBytes(Attachment& attachment, std::string bytes) {
    if constexpr (requires { attachment.data; })
        attachment.data = std::move(bytes);
    else
        attachment.content = std::move(bytes);
}

template <class Attachment>
Result<std::string> bytesOf(const Attachment& attachment) {
    constexpr std::uint64_t kMost = 64U << 20U;
    if constexpr (requires { attachment.data; })
        return attachment.data;
    else
        return attachment.content.bytes(kMost);
}

}  // namespace pakn::in_portal

#pragma once
/// @file
/// Photos: read, turned upright, brought to sRGB, made anew without anything but their picture.

#include <cstdint>

#include "pakn/sdk/host.hpp"

namespace pakn::decoder_process {

struct PhotoLimits {
    std::uint64_t pixels = 0;  ///< As the header says.
    std::uint64_t output = 0;  ///< Bytes.
    std::uint64_t memory = 0;  ///< Bytes of address space.
};

/// Makes libvips ready, with the few formats that the hub takes and no other. Opens files, starts no thread.
/// kMisconfigured.
Status preparePhotos();

/// A JPEG, PNG or WebP as a new one of the same format, a HEIC as a JPEG, the first picture of a GIF as a PNG, at most
/// 4096 pixels wide and high: in `parts` the file, in `attributes` its "width" and "height". kRejected
/// ("decode.not_a_photo", "decode.damaged"), kTooLarge
/// ("decode.too_many_pixels", "decode.output_too_large").
Result<Decoded> cleanPhoto(const Content& content, const PhotoLimits& limits);

}  // namespace pakn::decoder_process

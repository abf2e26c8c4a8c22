/// @file
/// Photos, in this process: what the decoder makes of them has nothing beside its picture and is as small as promised.
/// libvips and its readers are Debian's, not compiled to be watched; what they overrun the sanitizer sees only in part.

#include <sanitizer/lsan_interface.h>

#include "core/decoder_process/photo.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

constexpr std::uint64_t kPixels = 4'000'000;
constexpr std::uint64_t kOutput = 8U << 20U;

std::size_t numberAt(std::string_view bytes, std::size_t at, std::size_t size, bool little) {
    std::size_t number = 0;
    for (std::size_t i = 0; i < size; ++i)
        number = number << 8U | static_cast<unsigned char>(bytes[little ? at + size - 1 - i : at + i]);
    return number;
}

/// What stands before the picture in a JPEG: JFIF's own segment, tables and sizes.
bool isBareJpeg(std::string_view bytes) {
    for (std::size_t at = 2; at + 4 <= bytes.size();) {
        const auto marker = static_cast<unsigned char>(bytes[at + 1]);
        if (marker == 0xDA) return true;
        if ((marker >= 0xE1 && marker <= 0xEF) || marker == 0xFE) return false;
        at += 2 + numberAt(bytes, at + 2, 2, false);
    }
    return false;
}

bool isBarePng(std::string_view bytes) {
    constexpr std::string_view kPicture = "IHDR PLTE tRNS IDAT IEND pHYs";
    for (std::size_t at = 8; at + 12 <= bytes.size(); at += 12 + numberAt(bytes, at, 4, false))
        if (kPicture.find(bytes.substr(at + 4, 4)) == std::string_view::npos) return false;
    return true;
}

/// libvips puts Exif data of its own into a WebP, always the same few tags: nothing of the sender's fits in there.
bool isBareWebp(std::string_view bytes) {
    constexpr std::string_view kPicture = "VP8  VP8L VP8X ALPH";
    constexpr std::size_t kOwnExif = 186;
    for (std::size_t at = 12; at + 8 <= bytes.size();) {
        const std::string_view name = bytes.substr(at, 4);
        const std::size_t size = numberAt(bytes, at + 4, 4, true);
        if (name != "EXIF" && kPicture.find(name) == std::string_view::npos) return false;
        if (name == "EXIF" && size != kOwnExif) return false;
        at += 8 + (size + 1) / 2 * 2;
    }
    return true;
}

bool isBare(std::string_view bytes, std::string_view type) {
    if (type == "image/jpeg") return isBareJpeg(bytes);
    return type == "image/png" ? isBarePng(bytes) : isBareWebp(bytes);
}

}  // namespace

void tryOne(std::string_view bytes) {
    static const bool ready = [] {
        const __lsan::ScopedDisabler unseen;  // What libvips keeps for good is no leak of ours.
        return decoder_process::preparePhotos().ok();
    }();
    FUZZ_CHECK(ready);
    const Result<Decoded> photo =
        decoder_process::cleanPhoto(Content{std::string{bytes}}, {.pixels = kPixels, .output = kOutput});
    if (!photo) {
        FUZZ_CHECK(photo.error().code == Errc::kRejected || photo.error().code == Errc::kTooLarge);
        FUZZ_CHECK(photo.error().problem.starts_with("decode."));
        return;
    }
    FUZZ_CHECK(photo->parts.size() == 1 && photo->parts.front().content_type == photo->content_type);
    const Result<std::string> made = photo->parts.front().content.bytes(kOutput);
    FUZZ_CHECK(made.ok() && !made->empty());
    const int width = std::stoi(photo->attributes.at("width"));
    const int height = std::stoi(photo->attributes.at("height"));
    FUZZ_CHECK(width > 0 && height > 0 && width <= 4096 && height <= 4096);
    FUZZ_CHECK(isBare(*made, photo->content_type));
    // A photo again, of the same size.
    const Result<Decoded> again = decoder_process::cleanPhoto(Content{*made}, {.pixels = 1U << 30U, .output = kOutput});
    FUZZ_CHECK(again.ok() && again->content_type == photo->content_type);
    FUZZ_CHECK(again->attributes == photo->attributes);
}

}  // namespace pakn::fuzz

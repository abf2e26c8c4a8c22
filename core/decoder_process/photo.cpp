#include "core/decoder_process/photo.hpp"

#include <dlfcn.h>
#include <vips/vips.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "core/isolation/codec.hpp"

namespace pakn::decoder_process {

namespace {

/// Enough to read a photographed page; what is larger is made smaller while it is read.
constexpr int kLongestSide = 4096;
/// No side of a picture may be longer: JPEG's own bound.
constexpr int kMostSide = 65500;
constexpr int kQuality = 88;
// Little, because somebody waits for it: more takes many times as long for a few percent.
constexpr int kPngEffort = 3;
constexpr int kWebpEffort = 2;

struct Unref {
    void operator()(VipsImage* image) const { g_object_unref(image); }
};
using Image = std::unique_ptr<VipsImage, Unref>;

struct Format {
    const char* loader;     ///< What libvips calls the class that reads it.
    std::string_view type;  ///< Of the copy.
    std::string_view suffix;
    bool whole = false;  ///< It is decoded as a whole: in memory all at once.
};
constexpr std::array<Format, 5> kFormats{{{"VipsForeignLoadJpegBuffer", "image/jpeg", ".jpg"},
                                          {"VipsForeignLoadPngBuffer", "image/png", ".png"},
                                          {"VipsForeignLoadWebpBuffer", "image/webp", ".webp"},
                                          {"VipsForeignLoadHeifBuffer", "image/jpeg", ".jpg", true},
                                          {"VipsForeignLoadNsgifBuffer", "image/png", ".png"}}};

/// What a picture that is decoded as a whole takes of memory: so much for the libraries, the rest for its pixels.
constexpr std::uint64_t kLibraries = 224U << 20U;
constexpr std::uint64_t kBytesPerPixel = 8;

Error refuse(Errc code, const char* problem) {
    ::vips_error_clear();  // Says parts of the file.
    return {.code = code, .message = problem, .problem = problem};
}
Error damaged() { return refuse(Errc::kRejected, "decode.damaged"); }

const Format* formatOf(const std::string& bytes) {
    const char* const loader = ::vips_foreign_find_load_buffer(bytes.data(), bytes.size());
    for (const Format& format : kFormats)
        if (loader != nullptr && std::string_view{loader} == format.loader) return &format;
    return nullptr;
}

/// Whether its numbers mean colours of their own, which have to be brought to sRGB.
bool hasOwnColours(VipsImage* image) {
    return ::vips_image_get_typeof(image, VIPS_META_ICC_NAME) != 0 ||
           ::vips_image_get_interpretation(image) == VIPS_INTERPRETATION_CMYK;
}

std::uint64_t mostPixels(const Format& format, const PhotoLimits& limits) {
    if (!format.whole || limits.memory == 0) return limits.pixels;
    return std::min(limits.pixels, (limits.memory - std::min(limits.memory, kLibraries)) / kBytesPerPixel);
}

/// What the header says; nothing of the picture is read. Gives whether it has colours of its own.
Result<bool> checkHeader(const std::string& bytes, const Format& format, const PhotoLimits& limits) {
    const Image header{::vips_image_new_from_buffer(bytes.data(), bytes.size(), "", nullptr)};
    if (!header) return damaged();
    const int width = ::vips_image_get_width(header.get());
    const int height = ::vips_image_get_height(header.get());
    if (width > kMostSide || height > kMostSide ||
        static_cast<std::uint64_t>(width) * static_cast<std::uint64_t>(height) > mostPixels(format, limits))
        return refuse(Errc::kTooLarge, "decode.too_many_pixels");
    return hasOwnColours(header.get());
}

/// Upright, in sRGB, not larger than it may be; still to be computed. What was cut short fails then.
Image upright(const std::string& bytes, bool own_colours) {
    VipsImage* image = nullptr;
    // The loader's own option: the one of the same name of this operation reaches it in later versions only. The last
    // pair ends the list early where there is nothing to convert, because pictures without a profile would be bent.
    const int failed =
        ::vips_thumbnail_buffer(const_cast<char*>(bytes.data()), bytes.size(), &image, kLongestSide, "height",
                                kLongestSide, "size", VIPS_SIZE_DOWN, "option_string", "[fail_on=truncated]",
                                own_colours ? "export_profile" : nullptr, "srgb", nullptr);
    return failed == 0 ? Image{image} : Image{};
}

/// Eight bits, one or three channels, and a fourth for transparency.
Image plain(Image image) {
    const VipsInterpretation kind = ::vips_image_get_interpretation(image.get());
    if (kind == VIPS_INTERPRETATION_B_W || kind == VIPS_INTERPRETATION_sRGB) return image;
    VipsImage* converted = nullptr;
    const int failed = ::vips_colourspace(image.get(), &converted, VIPS_INTERPRETATION_sRGB, nullptr);
    return failed == 0 ? Image{converted} : Image{};
}

/// Without whatever the file said beside its picture. Not left to the encoders: the one
/// for WebP in libvips 8.14 keeps all of it, and writes the size into Exif data of its own.
Image bare(Image image) {
    VipsImage* copy = nullptr;
    if (::vips_copy(image.get(), &copy, nullptr) != 0) return {};
    gchar** const names = ::vips_image_get_fields(copy);
    for (gchar** name = names; name != nullptr && *name != nullptr; ++name) ::vips_image_remove(copy, *name);
    ::g_strfreev(names);
    return Image{copy};
}

struct Free {
    void operator()(void* bytes) const { g_free(bytes); }
};

std::optional<Content> encode(VipsImage* image, const Format& format, std::uint64_t most) {
    void* bytes = nullptr;
    std::size_t size = 0;
    int failed = 0;
    if (format.type == "image/png")
        failed = ::vips_pngsave_buffer(image, &bytes, &size, "strip", TRUE, "compression", kPngEffort, nullptr);
    else if (format.type == "image/webp")
        failed =
            ::vips_webpsave_buffer(image, &bytes, &size, "strip", TRUE, "Q", kQuality, "effort", kWebpEffort, nullptr);
    else
        failed = ::vips_jpegsave_buffer(image, &bytes, &size, "strip", TRUE, "Q", kQuality, "optimize_coding", TRUE,
                                        nullptr);
    const std::unique_ptr<void, Free> owned{bytes};
    if (failed != 0) return std::nullopt;
    ContentWriter writer{most};
    if (size > most || !writer.append({static_cast<const char*>(bytes), size})) return Content{};
    Result<Content> content = writer.finish();
    return content ? std::optional{std::move(*content)} : std::nullopt;
}

/// Debian keeps HEIF in a module beside libvips. It is loaded here because later no file can be opened; what it needs
/// of libheif is linked into that. Where there is none, such photos cannot be shown.
void loadHeif() {
    Dl_info vips{};
    if (::dladdr(reinterpret_cast<const void*>(&::vips_init), &vips) == 0 || vips.dli_fname == nullptr) return;
    const std::filesystem::path folder = std::filesystem::path{vips.dli_fname}.parent_path();
    const std::string version = std::to_string(VIPS_MAJOR_VERSION) + '.' + std::to_string(VIPS_MINOR_VERSION);
    void* const module = ::dlopen((folder / ("vips-modules-" + version) / "vips-heif.so").c_str(),
                                  RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (module == nullptr) return;
    if (void* const begin = ::dlsym(module, "g_module_check_init"))
        reinterpret_cast<const char* (*)(void*)>(begin)(nullptr);
}

}  // namespace

Status preparePhotos() {
    // Modules would bring formats that nobody may send, so none is loaded by libvips itself; a picture never goes to a
    // temporary file.
    ::setenv("VIPSHOME", "/nonexistent", 1);
    ::setenv("VIPS_DISC_THRESHOLD", "64g", 1);
    if (::vips_init("paknhub-decoder") != 0)
        return Error{.code = Errc::kMisconfigured, .message = "libvips cannot be started: install libvips42"};
    ::vips_concurrency_set(1);
    ::vips_cache_set_max(0);
    ::vips_block_untrusted_set(TRUE);
    ::vips_operation_block_set("VipsForeignLoad", TRUE);
    loadHeif();
    for (const char* loader : {"VipsForeignLoadJpeg", "VipsForeignLoadPng", "VipsForeignLoadWebp",
                               "VipsForeignLoadHeif", "VipsForeignLoadNsgif"})
        ::vips_operation_block_set(loader, FALSE);
    return Done{};
}

Result<Decoded> cleanPhoto(const Content& content, const PhotoLimits& limits) {
    const Result<std::string> bytes = content.bytes(isolation::kMostBytes);
    if (!bytes) return refuse(Errc::kTooLarge, "decode.input_too_large");
    const Format* const format = formatOf(*bytes);
    if (format == nullptr) return refuse(Errc::kRejected, "decode.not_a_photo");
    const Result<bool> own_colours = checkHeader(*bytes, *format, limits);
    if (!own_colours) return own_colours.error();
    Image image = upright(*bytes, *own_colours);
    if (image) image = plain(std::move(image));
    if (image) image = bare(std::move(image));
    if (!image) return damaged();
    std::optional<Content> clean = encode(image.get(), *format, limits.output);
    if (!clean) return damaged();
    if (clean->empty()) return refuse(Errc::kTooLarge, "decode.output_too_large");
    ::vips_error_clear();
    Decoded decoded{.content_type = std::string{format->type}};
    decoded.attributes["width"] = std::to_string(::vips_image_get_width(image.get()));
    decoded.attributes["height"] = std::to_string(::vips_image_get_height(image.get()));
    decoded.parts.push_back({.name = "photo" + std::string{format->suffix},
                             .content_type = decoded.content_type,
                             .content = std::move(*clean)});
    return decoded;
}

}  // namespace pakn::decoder_process

/// @file
/// Photos through the real decoder: what comes out is the picture and nothing else.

#include <gtest/gtest.h>
#include <vips/vips.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/decoding/pool.hpp"
#include "core/isolation/frame.hpp"
#include "test_paths.hpp"

namespace pakn::decoding {
namespace {

constexpr std::string_view kScript = "<script>alert('x')</script>";

/// A picture whose left half is red and whose right half is blue; with Exif data where the format keeps any.
std::string picture(int width, int height, const std::string& suffix, const std::string& exif = {}) {
    VipsImage* black = nullptr;
    EXPECT_EQ(::vips_black(&black, width, height, "bands", 3, nullptr), 0);
    black->Type = VIPS_INTERPRETATION_sRGB;
    VipsImage* left = nullptr;
    VipsImage* both = nullptr;
    std::array<double, 3> red{255, 0, 0};
    std::array<double, 3> blue{0, 0, 255};
    EXPECT_EQ(::vips_copy(black, &left, nullptr), 0);
    VipsImage* drawn = ::vips_image_copy_memory(left);
    EXPECT_EQ(::vips_draw_rect(drawn, red.data(), 3, 0, 0, width / 2, height, "fill", TRUE, nullptr), 0);
    EXPECT_EQ(::vips_draw_rect(drawn, blue.data(), 3, width / 2, 0, width - width / 2, height, "fill", TRUE, nullptr),
              0);
    both = drawn;
    if (!exif.empty()) ::vips_image_set_blob_copy(both, VIPS_META_EXIF_NAME, exif.data(), exif.size());
    void* bytes = nullptr;
    std::size_t size = 0;
    EXPECT_EQ(::vips_image_write_to_buffer(both, suffix.c_str(), &bytes, &size, nullptr), 0);
    std::string all{static_cast<const char*>(bytes), size};
    g_free(bytes);
    for (VipsImage* one : {black, left, both}) g_object_unref(one);
    return all;
}

/// The segment of a JPEG that a phone writes: held upright (orientation 6: turn right to see it), and where it was.
std::string exifSegment() {
    std::string tiff{"MM\0*\0\0\0\x08", 8};
    const auto number = [&tiff](std::uint32_t value, int bytes) {
        for (int i = bytes; i-- > 0;) tiff += static_cast<char>(value >> (8 * i));
    };
    const auto entry = [&](std::uint32_t tag, std::uint32_t type, std::uint32_t count) {
        number(tag, 2);
        number(type, 2);
        number(count, 4);
    };
    number(2, 2);  // Two entries.
    entry(0x0112, 3, 1);
    number(6, 2);
    number(0, 2);
    entry(0x8825, 4, 1);
    number(38, 4);  // The GPS entries begin there.
    number(0, 4);
    number(2, 2);
    entry(1, 2, 2);
    tiff += std::string{"N\0\0\0", 4};
    entry(2, 5, 3);
    number(38 + 2 + 24 + 4, 4);
    number(0, 4);
    for (const std::uint32_t part : {16U, 1U, 27U, 1U, 4987U, 100U}) number(part, 4);
    tiff += "CANARY-GPS";
    std::string body = std::string{"Exif\0\0", 6} + tiff;
    const std::size_t length = body.size() + 2;
    return std::string{"\xff\xe1"} + static_cast<char>(length >> 8U) + static_cast<char>(length) + body;
}

/// The same for an encoder that reads and writes it anew: all of it in entries that it knows.
std::string exifEntries() {
    const std::string canary = "CANARY-GPS at home";
    std::string tiff{"MM\0*\0\0\0\x08", 8};
    const auto number = [&tiff](std::uint32_t value, int bytes) {
        for (int i = bytes; i-- > 0;) tiff += static_cast<char>(value >> (8 * i));
    };
    const auto entry = [&](std::uint32_t tag, std::uint32_t type, std::size_t count, std::size_t value) {
        number(tag, 2);
        number(type, 2);
        number(static_cast<std::uint32_t>(count), 4);
        number(static_cast<std::uint32_t>(value), 4);
    };
    constexpr std::size_t kAfter = 8 + 2 + 24 + 4;
    const std::size_t gps = kAfter + canary.size() + 1 + (canary.size() + 1) % 2;
    number(2, 2);
    entry(0x010E, 2, canary.size() + 1, kAfter);
    entry(0x8825, 4, 1, gps);
    number(0, 4);
    tiff += canary;
    tiff.resize(gps, '\0');
    number(2, 2);
    entry(1, 2, 2, std::size_t{'N'} << 24U);
    entry(2, 5, 3, gps + 2 + 24 + 4);
    number(0, 4);
    for (const std::uint32_t part : {16U, 1U, 27U, 1U, 4987U, 100U}) number(part, 4);
    return std::string{"Exif\0\0", 6} + tiff;
}

std::string withExif(const std::string& jpeg) { return jpeg.substr(0, 2) + exifSegment() + jpeg.substr(2); }

std::uint32_t crc(std::string_view bytes) {
    std::uint32_t sum = 0xffffffffU;
    for (const char c : bytes) {
        sum ^= static_cast<unsigned char>(c);
        for (int i = 0; i < 8; ++i) sum = (sum >> 1U) ^ ((sum & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~sum;
}

std::string chunk(const std::string& type, const std::string& data) {
    const auto number = [](std::uint32_t value) {
        std::string text;
        for (int i = 4; i-- > 0;) text += static_cast<char>(value >> (8 * i));
        return text;
    };
    return number(static_cast<std::uint32_t>(data.size())) + type + data + number(crc(type + data));
}

/// A PNG that says it has so many pixels, and holds next to nothing.
std::string pngHeader(std::uint32_t width, std::uint32_t height) {
    std::string header;
    for (const std::uint32_t side : {width, height})
        for (int i = 4; i-- > 0;) header += static_cast<char>(side >> (8 * i));
    header += std::string{"\x08\x02\0\0\0", 5};
    return "\x89PNG\r\n\x1a\n" + chunk("IHDR", header) + chunk("IDAT", std::string{"x\x9c\x03\0\0\0\0\x01", 8}) +
           chunk("IEND", "");
}

class PhotoTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() { ASSERT_EQ(::vips_init("test"), 0); }

    Result<Decoded> read(const std::string& bytes) { return pool_.decode("photo", bytes); }
    /// The new file that comes of it.
    std::string cleaned(const std::string& bytes) {
        const Result<Decoded> decoded = read(bytes);
        EXPECT_TRUE(decoded) << decoded.error().problem;
        if (!decoded || decoded->parts.size() != 1) return {};
        seen_ = *decoded;
        return decoded->parts[0].content.bytes(64U << 20U).value();
    }
    static std::string colourAt(const std::string& file, int x, int y) {
        VipsImage* image = ::vips_image_new_from_buffer(file.data(), file.size(), "", nullptr);
        EXPECT_NE(image, nullptr);
        double* values = nullptr;
        int count = 0;
        EXPECT_EQ(::vips_getpoint(image, &values, &count, x, y, nullptr), 0);
        const std::string colour = values[0] > 200 && values[2] < 60   ? "red"
                                   : values[2] > 200 && values[0] < 60 ? "blue"
                                                                       : "other";
        g_free(values);
        g_object_unref(image);
        return colour;
    }
    void expectRefused(const std::string& bytes, Errc code, const std::string& problem) {
        const Result<Decoded> decoded = read(bytes);
        ASSERT_FALSE(decoded);
        EXPECT_EQ(decoded.error().code, code);
        EXPECT_EQ(decoded.error().problem, problem);
        EXPECT_EQ(pool_.totals().crashed, 0) << "it was read to its end, not crashed over";
        EXPECT_EQ(pool_.totals().late, 0);
    }

    Decoded seen_;
    Pool pool_{{.limits = {.processes = 1}, .program = PAKN_BINARY_DIR "/bin/paknhub-decoder"}};
};

TEST_F(PhotoTest, WhereItWasTakenIsGone) {
    const std::string sent = withExif(picture(64, 32, ".jpg"));
    ASSERT_NE(sent.find("CANARY-GPS"), std::string::npos);
    const std::string file = cleaned(sent);
    for (const char* trace : {"Exif", "CANARY", "ICC_PROFILE", "http://ns.adobe.com"})
        EXPECT_EQ(file.find(trace), std::string::npos) << trace;
    EXPECT_EQ(seen_.content_type, "image/jpeg");
    EXPECT_EQ(seen_.parts[0].content_type, "image/jpeg");
    EXPECT_TRUE(isolation::isSealed(seen_.parts[0].content.descriptor()) || seen_.parts[0].content.inMemory());
}

TEST_F(PhotoTest, WhereAWebPWasTakenIsGoneToo) {
    std::string sent = picture(64, 32, ".webp");
    sent.resize(sent.rfind("EXIF"));
    const auto little = [](std::size_t value) {
        std::string text;
        for (int i = 0; i < 4; ++i) text += static_cast<char>(value >> (8 * i));
        return text;
    };
    std::string exif = exifSegment().substr(4);
    if (exif.size() % 2 != 0) exif += '\0';
    sent += "EXIF" + little(exif.size()) + exif;
    sent.replace(4, 4, little(sent.size() - 8));
    const std::string file = cleaned(sent);
    EXPECT_EQ(seen_.content_type, "image/webp");
    EXPECT_EQ(seen_.attributes["height"], "64") << "turned upright";
    EXPECT_EQ(file.find("CANARY"), std::string::npos);
    for (const std::string& north : {std::string{"\0\x02\0\x05", 4}, std::string{"\x02\0\x05\0", 4}})
        EXPECT_EQ(file.find(north), std::string::npos) << "the entry of the latitude";
}

TEST_F(PhotoTest, WhereAHeicWasTakenIsGoneAndItIsAJpeg) {
    const std::string sent = picture(64, 32, ".heic", exifEntries());
    const std::string seconds{"\0\0\x13\x7b\0\0\0\x64", 8};  // 49.87 of the latitude.
    ASSERT_NE(sent.find("CANARY-GPS"), std::string::npos);
    ASSERT_NE(sent.find(seconds), std::string::npos);
    const std::string file = cleaned(sent);
    EXPECT_EQ(seen_.content_type, "image/jpeg");
    EXPECT_EQ(file.substr(0, 3), "\xff\xd8\xff");
    for (const char* trace : {"Exif", "CANARY", "ICC_PROFILE", "http://ns.adobe.com"})
        EXPECT_EQ(file.find(trace), std::string::npos) << trace;
    EXPECT_EQ(file.find(seconds), std::string::npos);
    EXPECT_EQ(seen_.attributes["width"], "64");
    EXPECT_EQ(colourAt(file, 10, 16), "red");
    EXPECT_EQ(colourAt(file, 54, 16), "blue");
    EXPECT_EQ(pool_.totals().crashed, 0) << "its codec needs nothing that is forbidden";
}

TEST_F(PhotoTest, AHeicOfAPhoneIsReadAndALargerOneIsRefusedBeforeItIs) {
    const std::string photo = picture(4032, 3024, ".heic[effort=0,Q=30]");
    cleaned(photo);
    EXPECT_EQ(seen_.attributes["height"], "3024");
    // It is in memory as a whole, and there is less of that.
    Pool narrow{{.limits = {.processes = 1, .memory = std::size_t{304} << 20U},
                 .program = PAKN_BINARY_DIR "/bin/paknhub-decoder"}};
    const Result<Decoded> refused = narrow.decode("photo", photo);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().problem, "decode.too_many_pixels");
    EXPECT_TRUE(narrow.decode("photo", picture(640, 480, ".heic[effort=0]")));
    EXPECT_EQ(narrow.totals().crashed, 0);
}

TEST_F(PhotoTest, OfAnAnimationTheFirstPictureIsShownAsAPng) {
    const std::string file = cleaned(picture(40, 30, ".gif"));
    EXPECT_EQ(seen_.content_type, "image/png");
    EXPECT_EQ(file.substr(1, 3), "PNG");
    EXPECT_EQ(colourAt(file, 5, 20), "red");
    EXPECT_EQ(colourAt(file, 35, 20), "blue");
    VipsImage* first = nullptr;
    const std::string one = picture(40, 30, ".png");
    first = ::vips_image_new_from_buffer(one.data(), one.size(), "", nullptr);
    VipsImage* grey = nullptr;
    ASSERT_EQ(::vips_invert(first, &grey, nullptr), 0);
    VipsImage* strip = nullptr;
    ASSERT_EQ(::vips_join(first, grey, &strip, VIPS_DIRECTION_VERTICAL, nullptr), 0);
    VipsImage* frames = ::vips_image_copy_memory(strip);
    ::vips_image_set_int(frames, VIPS_META_PAGE_HEIGHT, 30);
    void* bytes = nullptr;
    std::size_t size = 0;
    ASSERT_EQ(::vips_image_write_to_buffer(frames, ".gif", &bytes, &size, nullptr), 0);
    const std::string animation = cleaned({static_cast<const char*>(bytes), size});
    EXPECT_EQ(seen_.attributes["height"], "30") << "one picture of two";
    EXPECT_EQ(colourAt(animation, 5, 20), "red");
    ::g_free(bytes);
    for (VipsImage* image : {first, grey, strip, frames}) ::g_object_unref(image);
    expectRefused({"GIF89a\x01\0\x01\0\0\0\0;", 14}, Errc::kRejected, "decode.damaged");
}

TEST_F(PhotoTest, ATurnedPhotoStandsUpright) {
    const std::string file = cleaned(withExif(picture(64, 32, ".jpg")));
    EXPECT_EQ(seen_.attributes["width"], "32");
    EXPECT_EQ(seen_.attributes["height"], "64");
    EXPECT_EQ(colourAt(file, 16, 8), "red");
    EXPECT_EQ(colourAt(file, 16, 56), "blue");
}

TEST_F(PhotoTest, EachFormatStaysWhatItIs) {
    for (const auto& [suffix, type] :
         {std::pair{".jpg", "image/jpeg"}, std::pair{".png", "image/png"}, std::pair{".webp", "image/webp"}}) {
        const std::string file = cleaned(picture(50, 40, suffix));
        EXPECT_EQ(seen_.content_type, type);
        EXPECT_EQ(seen_.attributes["width"], "50");
        EXPECT_EQ(colourAt(file, 5, 20), "red") << type;
        EXPECT_EQ(colourAt(file, 45, 20), "blue") << type;
    }
}

TEST_F(PhotoTest, ColoursStayAndTheirProfileGoes) {
    for (const char* suffix : {".jpg[profile=srgb]", ".png[profile=srgb]", ".webp[profile=srgb]"}) {
        const std::string sent = picture(64, 64, suffix);
        const std::string file = cleaned(sent);
        for (const char* trace : {"ICC_PROFILE", "iCCP", "ICCP"})
            EXPECT_EQ(file.find(trace), std::string::npos) << suffix << ' ' << trace;
        EXPECT_EQ(colourAt(file, 5, 20), "red") << suffix;
        EXPECT_EQ(colourAt(file, 60, 20), "blue") << suffix;
    }
}

TEST_F(PhotoTest, WhatIsAlsoAPageIsAPictureOnly) {
    std::string comment{"\xff\xfe"};
    comment += '\0';
    comment += static_cast<char>(kScript.size() + 2);
    comment += kScript;
    const std::string jpeg = picture(40, 40, ".jpg");
    const std::string file = cleaned(jpeg.substr(0, 2) + comment + jpeg.substr(2) + std::string{kScript});
    EXPECT_EQ(file.find("<script>"), std::string::npos);
    EXPECT_EQ(colourAt(file, 5, 20), "red");
    const std::string png = picture(40, 40, ".png");
    const std::string text = chunk("tEXt", "Comment" + std::string(1, '\0') + std::string{kScript});
    EXPECT_EQ(cleaned(png.substr(0, 33) + text + png.substr(33) + std::string{kScript}).find("<script>"),
              std::string::npos);
}

TEST_F(PhotoTest, WhatIsTooLargeIsMadeSmaller) {
    cleaned(picture(6000, 3000, ".jpg"));
    EXPECT_EQ(seen_.attributes["width"], "4096");
    EXPECT_EQ(seen_.attributes["height"], "2048");
}

TEST_F(PhotoTest, ABombIsNotBlownUp) {
    expectRefused(pngHeader(30000, 30000), Errc::kTooLarge, "decode.too_many_pixels");
    expectRefused(pngHeader(1, 1'000'000), Errc::kTooLarge, "decode.too_many_pixels");
    expectRefused(pngHeader(0x7fffffff, 0x7fffffff), Errc::kRejected, "decode.damaged");
    // As many pixels as it may have, and nothing in them: unpacked, not kept.
    const std::string file = cleaned(picture(8000, 7900, ".png"));
    EXPECT_LT(file.size(), 4U << 20U);
}

TEST_F(PhotoTest, WhatWasCutShortIsDamaged) {
    for (const char* suffix : {".jpg", ".png", ".webp", ".heic"}) {
        const std::string whole = picture(400, 300, suffix);
        expectRefused(whole.substr(0, whole.size() / 2), Errc::kRejected, "decode.damaged");
    }
}

TEST_F(PhotoTest, OtherFormatsAreNotPhotos) {
    VipsImage* image = nullptr;
    ASSERT_EQ(::vips_black(&image, 10, 10, nullptr), 0);
    g_object_unref(image);
    for (const std::string& bytes :
         {std::string{"BM"} + std::string(60, '\0'), std::string{"<svg xmlns=\"http://www.w3.org/2000/svg\"/>"},
          std::string{"%PDF-1.4\n"}, std::string{"II*\0\x08\0\0\0\0\0", 10}, std::string{kScript}, std::string{"x"}})
        expectRefused(bytes, Errc::kRejected, "decode.not_a_photo");
}

TEST_F(PhotoTest, ThereIsNoOtherKindYet) {
    const Result<Decoded> decoded = pool_.decode("sheet", "PK");
    ASSERT_FALSE(decoded);
    EXPECT_EQ(decoded.error().code, Errc::kMisconfigured);
    EXPECT_EQ(decoded.error().problem, "decode.unknown_kind");
}

TEST_F(PhotoTest, AnyBrokenByteIsSurvived) {
    const std::string whole = withExif(picture(120, 90, ".jpg"));
    std::uint32_t random = 12345;
    for (int i = 0; i < 200; ++i) {
        std::string broken = whole;
        for (int flips = 0; flips < 6; ++flips) {
            random = random * 1664525U + 1013904223U;
            broken[(random >> 8U) % broken.size()] = static_cast<char>(random >> 3U);
        }
        const Result<Decoded> decoded = read(broken);
        EXPECT_TRUE(decoded || decoded.error().code != Errc::kUnavailable);
    }
    EXPECT_EQ(pool_.totals().crashed, 0);
}

}  // namespace
}  // namespace pakn::decoding

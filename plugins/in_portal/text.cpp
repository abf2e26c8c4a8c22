#include "text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>

namespace pakn::in_portal {
namespace {

constexpr std::array<std::string_view, 4> kEncodings{"utf-8", "utf-16", "windows-1258", "windows-1252"};

struct CloseConverter {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};

Error notInEncoding(const std::string& encoding) {
    return {.code = Errc::kInvalid, .message = "the file is not written in " + encoding, .problem = "portal.encoding"};
}

bool startsWith(std::string_view text, std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
}

std::string normalised(std::string_view text, bool fold_case) {
    if (!isUtf8(text)) return std::string{text};
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    if (U_FAILURE(status)) return std::string{text};
    icu::UnicodeString units = icu::UnicodeString::fromUTF8({text.data(), static_cast<std::int32_t>(text.size())});
    if (fold_case) units.foldCase();
    units = nfc->normalize(units, status);
    std::string composed;
    if (U_FAILURE(status)) return std::string{text};
    return units.toUTF8String(composed);
}

Result<std::string> converted(std::string_view bytes, const std::string& encoding) {
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, CloseConverter> converter{ucnv_open(encoding.c_str(), &status)};
    if (U_FAILURE(status)) return notInEncoding(encoding);
    // Bytes that mean nothing are an error, not a replacement character.
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::u16string units(bytes.size() + 1, u'\0');  // No encoding here makes more UTF-16 units than it has bytes.
    const std::int32_t length = ucnv_toUChars(converter.get(), units.data(), static_cast<std::int32_t>(units.size()),
                                              bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
    if (U_FAILURE(status)) return notInEncoding(encoding);
    std::string text;
    icu::UnicodeString{false, units.data(), length}.toUTF8String(text);
    return text;
}

}  // namespace

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view kBlank = " \t\r\n\v\f";
    const auto begin = text.find_first_not_of(kBlank);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(kBlank) - begin + 1);
}

std::string composed(std::string_view text) { return normalised(text, false); }

std::string comparable(std::string_view text) { return normalised(trimmed(text), true); }

bool isKnownEncoding(std::string_view name) {
    return name == "auto" || std::find(kEncodings.begin(), kEncodings.end(), name) != kEncodings.end();
}

Result<std::string> toUtf8(std::string_view bytes, const std::string& encoding) {
    if (bytes.size() > (1U << 30U)) return notInEncoding(encoding);
    const bool utf16 = startsWith(bytes, "\xFF\xFE") || startsWith(bytes, "\xFE\xFF");
    if (encoding == "utf-16" || (encoding == "auto" && utf16)) return converted(bytes, "UTF-16");
    if (encoding != "auto" && encoding != "utf-8") return converted(bytes, encoding);
    if (startsWith(bytes, "\xEF\xBB\xBF")) bytes.remove_prefix(3);
    if (!isUtf8(bytes)) return notInEncoding("utf-8");
    return std::string{bytes};
}

bool isUtf8(std::string_view text) {
    if (text.size() > (1U << 30U)) return false;
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t length = 0;
    u_strFromUTF8(nullptr, 0, &length, text.data(), static_cast<std::int32_t>(text.size()), &status);
    return status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status);
}

bool namesASecret(std::string_view name) {
    constexpr std::array<std::string_view, 7> kWords{"authori", "key",    "token",    "secret",
                                                     "passw",   "cookie", "signature"};
    const std::string lower = comparable(name);
    if (lower.find("idempotency") != std::string::npos) return false;
    return std::any_of(kWords.begin(), kWords.end(),
                       [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

std::string urlEncoded(std::string_view text) {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                           c == '_' || c == '.' || c == '~';
        if (plain) {
            encoded += c;
            continue;
        }
        const auto byte = static_cast<unsigned char>(c);
        encoded += '%';
        encoded += kHex[byte >> 4U];
        encoded += kHex[byte & 15U];
    }
    return encoded;
}

}  // namespace pakn::in_portal

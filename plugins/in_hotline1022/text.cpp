#include "text.hpp"

#include <unicode/ucnv.h>
#include <unicode/unistr.h>
#include <unicode/ustring.h>

#include <algorithm>
#include <memory>

namespace pakn::hotline {
namespace {

struct CloseConverter {
    void operator()(UConverter* converter) const { ucnv_close(converter); }
};

Error notInEncoding(const std::string& encoding) {
    return {.code = Errc::kInvalid, .message = "the file is not written in " + encoding, .problem = "hotline.encoding"};
}

constexpr std::string_view kBlanks[] = {" ", "\t", "\r", "\n", "\v", "\f", "\xC2\xA0", "\xEF\xBB\xBF"};

}  // namespace

std::string lowered(std::string_view text) {
    std::string lower{text};
    for (char& c : lower)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return lower;
}

std::string_view trimmed(std::string_view text) {
    for (bool cut = true; cut;) {
        cut = false;
        for (const std::string_view blank : kBlanks) {
            if (text.substr(0, blank.size()) == blank) {
                text.remove_prefix(blank.size());
                cut = true;
            }
            if (text.size() >= blank.size() && text.substr(text.size() - blank.size()) == blank) {
                text.remove_suffix(blank.size());
                cut = true;
            }
        }
    }
    return text;
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
        ((encoded += '%') += kHex[byte >> 4U]) += kHex[byte & 15U];
    }
    return encoded;
}

std::string originOf(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::string scheme = lowered(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return {};
    const std::string_view rest = url.substr(scheme_end + 3);
    std::string host = lowered(rest.substr(0, rest.find_first_of("/?#")));
    // A user name before the host, or a character that two readers of one address may read differently.
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    if (host.empty() || host.find_first_not_of(kAllowed) != std::string::npos) return {};
    const std::string usual = scheme == "https" ? ":443" : ":80";
    if (host.size() > usual.size() && host.compare(host.size() - usual.size(), usual.size(), usual) == 0)
        host.resize(host.size() - usual.size());
    return scheme + "://" + host;
}

bool isLoopback(std::string_view origin) {
    const auto scheme_end = origin.find("://");
    std::string_view host = scheme_end == std::string_view::npos ? origin : origin.substr(scheme_end + 3);
    if (host.substr(0, 5) == "[::1]") return host.size() == 5 || host[5] == ':';
    host = host.substr(0, host.find(':'));
    if (host == "localhost") return true;
    return host.substr(0, 4) == "127." && host.find_first_not_of("0123456789.") == std::string_view::npos;
}

Result<std::string> toUtf8(std::string_view bytes, const std::string& encoding) {
    if (bytes.size() > (1U << 30U)) return notInEncoding(encoding);
    if (encoding == "utf-8") {
        if (bytes.substr(0, 3) == "\xEF\xBB\xBF") bytes.remove_prefix(3);
        if (!isUtf8(bytes)) return notInEncoding(encoding);
        return std::string{bytes};
    }
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, CloseConverter> converter{ucnv_open(encoding.c_str(), &status)};
    if (U_FAILURE(status)) return notInEncoding(encoding);
    // Bytes that mean nothing are an error, not a replacement character.
    ucnv_setToUCallBack(converter.get(), UCNV_TO_U_CALLBACK_STOP, nullptr, nullptr, nullptr, &status);
    std::u16string units(bytes.size() + 1, u'\0');
    const std::int32_t length = ucnv_toUChars(converter.get(), units.data(), static_cast<std::int32_t>(units.size()),
                                              bytes.data(), static_cast<std::int32_t>(bytes.size()), &status);
    if (U_FAILURE(status)) return notInEncoding(encoding);
    std::string text;
    icu::UnicodeString{false, units.data(), length}.toUTF8String(text);
    return text;
}

bool isUtf8(std::string_view text) {
    if (text.size() > (1U << 30U)) return false;
    UErrorCode status = U_ZERO_ERROR;
    std::int32_t length = 0;
    u_strFromUTF8(nullptr, 0, &length, text.data(), static_cast<std::int32_t>(text.size()), &status);
    return status == U_BUFFER_OVERFLOW_ERROR || U_SUCCESS(status);
}

}  // namespace pakn::hotline

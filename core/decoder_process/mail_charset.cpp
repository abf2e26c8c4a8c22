#include "core/decoder_process/mail_charset.hpp"

#include <unicode/normalizer2.h>
#include <unicode/ucnv.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "core/decoder_process/mail_text.hpp"
#include "core/decoder_process/mail_vietnamese.hpp"

namespace pakn::decoder_process {

namespace {

/// Names that mails use and ICU does not know, or knows as something else.
constexpr std::array<std::pair<std::string_view, std::string_view>, 38> kNames{{{"utf8", "utf-8"},
                                                                                {"utf8mb4", "utf-8"},
                                                                                {"utf8mb3", "utf-8"},
                                                                                {"utf_8", "utf-8"},
                                                                                {"unicode-1-1-utf-8", "utf-8"},
                                                                                {"x-utf-8", "utf-8"},
                                                                                {"cp65001", "utf-8"},
                                                                                {"unicode-1-1-utf-7", "utf-7"},
                                                                                {"ascii", "us-ascii"},
                                                                                {"ansi_x3.4-1968", "us-ascii"},
                                                                                {"iso646-us", "us-ascii"},
                                                                                {"7bit", "us-ascii"},
                                                                                {"8bit", ""},
                                                                                {"unknown", ""},
                                                                                {"x-unknown", ""},
                                                                                {"unknown-8bit", ""},
                                                                                {"default", ""},
                                                                                {"default_charset", ""},
                                                                                {"binary", ""},
                                                                                {"latin1", "iso-8859-1"},
                                                                                {"iso8859-1", "iso-8859-1"},
                                                                                {"iso_8859-1", "iso-8859-1"},
                                                                                {"iso88591", "iso-8859-1"},
                                                                                {"cp1252", "windows-1252"},
                                                                                {"cp1258", "windows-1258"},
                                                                                {"x-cp1258", "windows-1258"},
                                                                                {"windows1258", "windows-1258"},
                                                                                {"tcvn", "tcvn5712-1"},
                                                                                {"tcvn3", "tcvn5712-1"},
                                                                                {"tcvn-5712", "tcvn5712-1"},
                                                                                {"tcvn5712", "tcvn5712-1"},
                                                                                {"x-viet-tcvn", "tcvn5712-1"},
                                                                                {"x-viet-tcvn5712", "tcvn5712-1"},
                                                                                {"csviscii", "viscii"},
                                                                                {"x-viet-vni", "vni"},
                                                                                {"vni-windows", "vni"},
                                                                                {"csviqr", "viqr"},
                                                                                {"gb2312", "gb18030"}}};

/// Encodings that a mail may name without meaning them.
bool isVague(std::string_view name) {
    return name.empty() || name == "us-ascii" || name == "iso-8859-1" || name == "windows-1252";
}

std::optional<Legacy> legacyOf(std::string_view name) {
    if (name == "windows-1258") return Legacy::kWindows1258;
    if (name == "tcvn5712-1") return Legacy::kTcvn;
    if (name == "viscii") return Legacy::kViscii;
    if (name == "vni") return Legacy::kVni;
    return std::nullopt;
}

/// In the order in which they are tried; the first of equals wins.
constexpr std::array<Legacy, 4> kVietnamese{Legacy::kWindows1258, Legacy::kTcvn, Legacy::kViscii, Legacy::kVni};

std::size_t highBytes(std::string_view bytes) {
    return static_cast<std::size_t>(
        std::count_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }));
}

/// Where there is something to judge: from the first byte beyond ASCII on.
std::string_view sample(std::string_view bytes) {
    constexpr std::size_t kBefore = 40;
    const auto high =
        std::find_if(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
    const auto at = static_cast<std::size_t>(high - bytes.begin());
    const std::size_t blank = bytes.substr(0, at).find_last_of(" \n\t>", at);
    const std::size_t first = blank == std::string_view::npos ? at - std::min(at, kBefore) : blank;
    return bytes.substr(first, 16'000);
}

/// The Vietnamese encoding that these bytes are in, if that is much likelier than `other`.
std::optional<Legacy> guessVietnamese(std::string_view bytes, Legacy other) {
    constexpr double kEnough = 0.75;  // Names and foreign words are no syllables.
    constexpr double kBetter = 0.15;
    const std::string_view some = sample(bytes);
    const Syllables now = countSyllables(decodeLegacy(some, other));
    const int enough = now.odd > 0 ? 1 : 2;  // Danish "på" alone could be anything.
    std::optional<Legacy> best;
    double best_share = std::max(kEnough, now.share() + kBetter);
    for (const Legacy candidate : kVietnamese) {
        if (candidate == other) continue;
        const Syllables found = countSyllables(decodeLegacy(some, candidate));
        if (found.different < enough || found.share() < best_share || (best && found.share() <= best_share)) continue;
        best = candidate;
        best_share = found.share();
    }
    return best;
}

struct CloseConverter {
    void operator()(UConverter* converter) const { ::ucnv_close(converter); }
};

/// By ICU's table of that name; nothing when there is none.
std::optional<std::string> convert(std::string_view bytes, const std::string& name) {
    UErrorCode error = U_ZERO_ERROR;
    const std::unique_ptr<UConverter, CloseConverter> converter{::ucnv_open(name.c_str(), &error)};
    if (U_FAILURE(error)) return std::nullopt;
    std::u16string text;
    std::array<char16_t, 4096> piece{};
    const char* from = bytes.data();
    const char* const end = from + bytes.size();
    do {
        error = U_ZERO_ERROR;
        char16_t* to = piece.data();
        ::ucnv_toUnicode(converter.get(), &to, piece.data() + piece.size(), &from, end, nullptr, true, &error);
        text.append(piece.data(), to);
    } while (error == U_BUFFER_OVERFLOW_ERROR);
    return toUtf8(text);
}

/// UTF-16 without a mark that says which byte comes first: the side on which the zeros of ASCII lie says it.
std::string whichUtf16(std::string_view bytes) {
    if (bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff")) return "utf-16";
    std::array<std::size_t, 2> zeros{};
    for (std::size_t i = 0; i < std::min<std::size_t>(bytes.size(), 4096); ++i)
        if (bytes[i] == '\0') ++zeros[i % 2];
    return zeros[1] > zeros[0] ? "utf-16le" : "utf-16be";
}

std::string replaced(std::string_view bytes) { return cleanText(bytes, bytes.size() * 3).text; }

/// Declared as UTF-8, and partly not.
DecodedText brokenUtf8(std::string_view bytes, const Utf8Check& check) {
    constexpr std::size_t kFew = 20;  // One in so many: cut in the middle of a character, a byte lost on the way.
    if (check.broken * kFew <= check.sound) return {replaced(bytes), false};
    if (const auto legacy = guessVietnamese(bytes, Legacy::kWindows1252))
        return {toUtf8(decodeLegacy(bytes, *legacy)), true};
    if (check.sound > 0) return {replaced(bytes), false};
    return {toUtf8(decodeLegacy(bytes, Legacy::kWindows1252)), true};
}

/// Declared as one of the encodings in which every byte means something.
DecodedText oneByteEach(std::string_view bytes, std::string_view name) {
    const std::optional<Legacy> declared = legacyOf(name);
    const Legacy so_far = declared.value_or(Legacy::kWindows1252);
    if (const auto legacy = guessVietnamese(bytes, so_far)) return {toUtf8(decodeLegacy(bytes, *legacy)), true};
    const bool promised = declared || name == "iso-8859-1" || name == "windows-1252";
    return {toUtf8(decodeLegacy(bytes, so_far)), !promised};
}

bool isMultiByte(std::string_view name) {
    constexpr std::array<std::string_view, 12> kBeginnings{
        "utf-16", "utf-32", "ucs", "iso-10646", "iso-2022", "hz", "gb", "big5", "shift", "sjis", "euc", "utf-7"};
    return std::any_of(kBeginnings.begin(), kBeginnings.end(), [&](auto start) { return name.starts_with(start); });
}

}  // namespace

Status prepareCharsets() {
    UErrorCode error = U_ZERO_ERROR;
    static_cast<void>(icu::Normalizer2::getNFCInstance(error));
    static_cast<void>(icu::Normalizer2::getNFDInstance(error));
    const bool tables = convert("\xb0\xa1", "gb18030") && convert("x", "utf-7") && convert("x", "koi8-r");
    if (U_FAILURE(error) || !tables)
        return Error{.code = Errc::kMisconfigured, .message = "ICU has no tables of encodings: install libicu72"};
    static_cast<void>(countSyllables(u"đã"));
    return Done{};
}

std::string canonicalCharset(std::string_view declared) {
    std::string name = asciiLower(trimmed(declared));
    std::erase_if(name, [](char c) { return c == '"' || c == '\''; });
    const auto known = std::find_if(kNames.begin(), kNames.end(), [&](const auto& one) { return one.first == name; });
    return known == kNames.end() ? name : std::string{known->second};
}

DecodedText decodeCharset(std::string_view bytes, std::string_view declared) {
    const std::string name = canonicalCharset(declared);
    if (name == "utf-16" || name == "ucs-2" || name == "unicode")
        return {convert(bytes, whichUtf16(bytes)).value_or(""), false};
    const std::size_t high = highBytes(bytes);
    if (isMultiByte(name)) {
        // Its own bytes are never sound UTF-8 but by accident.
        if (high > 0 && !name.starts_with("utf-") && checkUtf8(bytes).broken == 0) return {std::string{bytes}, true};
        if (auto text = convert(bytes, name)) return {std::move(*text), false};
        return decodeCharset(bytes, "");
    }
    if (name == "viqr") return {toUtf8(decodeViqr(bytes)), false};
    if (high == 0) {
        if (name == "viscii") return {toUtf8(decodeLegacy(bytes, Legacy::kViscii)), false};
        return {std::string{bytes}, false};
    }
    const Utf8Check check = checkUtf8(bytes);
    if (check.broken == 0) return {std::string{bytes}, name != "utf-8"};
    if (name == "utf-8") return brokenUtf8(bytes, check);
    if (isVague(name) || legacyOf(name)) return oneByteEach(bytes, name);
    if (auto text = convert(bytes, name)) return {std::move(*text), false};
    // Nobody knows that name. Mostly UTF-8 is UTF-8.
    return check.sound > check.broken * 20 ? DecodedText{replaced(bytes), true} : oneByteEach(bytes, "");
}

}  // namespace pakn::decoder_process

#include "core/decoder_process/mail_words.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "core/decoder_process/mail_charset.hpp"
#include "core/decoder_process/mail_text.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::size_t kMostValue = 64U << 10U;  ///< Of a field.
constexpr std::size_t kMostWords = 16U << 10U;  ///< Of a text that people read.

struct EncodedWord {
    std::string_view charset = {};
    bool base64 = false;
    std::string_view text = {};
    std::size_t end = 0;
};

std::optional<EncodedWord> encodedWord(std::string_view raw, std::size_t at) {
    constexpr std::size_t kLongestCharset = 60;
    constexpr std::size_t kLongestText = 4000;  // RFC 2047 allows 75; some programs never split.
    std::string_view rest = raw.substr(at);
    if (!rest.starts_with("=?")) return std::nullopt;
    rest.remove_prefix(2);
    const std::size_t charset = rest.substr(0, kLongestCharset).find('?');
    if (charset == std::string_view::npos || charset == 0 || rest.size() < charset + 3 || rest[charset + 2] != '?')
        return std::nullopt;
    const char encoding = rest[charset + 1];
    const bool base64 = encoding == 'B' || encoding == 'b';
    if (!base64 && encoding != 'Q' && encoding != 'q') return std::nullopt;
    const std::string_view text = rest.substr(charset + 3, kLongestText);
    const std::size_t end = text.find("?=");
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view name = rest.substr(0, charset);
    return EncodedWord{.charset = name.substr(0, name.find('*')),  // RFC 2231 adds a language.
                       .base64 = base64,
                       .text = text.substr(0, end),
                       .end = at + 2 + charset + 3 + end + 2};
}

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

/// Bytes written as `sign` and two digits; what is no such thing stays.
std::string decodeHex(std::string_view text, char sign) {
    std::string bytes;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool coded =
            text[i] == sign && i + 2 < text.size() && hexDigit(text[i + 1]) >= 0 && hexDigit(text[i + 2]) >= 0;
        if (!coded) {
            bytes += text[i];
            continue;
        }
        bytes += static_cast<char>(hexDigit(text[i + 1]) * 16 + hexDigit(text[i + 2]));
        i += 2;
    }
    return bytes;
}

std::string decodeBase64(std::string_view text) {
    std::string bytes(text.size() + 3, '\0');
    int state = 0;
    guint32 save = 0;
    const std::size_t size =
        ::g_mime_encoding_base64_decode_step(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                                             reinterpret_cast<unsigned char*>(bytes.data()), &state, &save);
    bytes.resize(size);
    return bytes;
}

std::string bytesOf(const EncodedWord& word) {
    if (word.base64) return decodeBase64(word.text);
    std::string text{word.text};
    std::replace(text.begin(), text.end(), '_', ' ');
    return decodeHex(text, '=');
}

bool isBlank(std::string_view text) { return trimmed(text).empty(); }

/// A line that was folded into several is one.
std::string unfolded(std::string_view raw) {
    std::string line{raw.substr(0, kMostValue)};
    std::erase_if(line, [](char c) { return c == '\r' || c == '\n'; });
    return line;
}

/// Puts words together. Those in one encoding are decoded when the last of them is there.
class WordReader {
public:
    /// What is no encoded word. Blanks between two of them mean nothing.
    void add(std::string_view plain, bool before_word) {
        if (before_word && in_words_ && isBlank(plain)) return;
        finish();
        text_ += decodeCharset(plain, "").utf8;
    }
    void add(const EncodedWord& word) {
        const std::string charset = canonicalCharset(word.charset);
        if (charset != charset_) finish();
        charset_ = charset;
        bytes_ += bytesOf(word);
        in_words_ = true;
    }
    std::string take() {
        finish();
        return std::move(text_);
    }

private:
    void finish() {
        text_ += decodeCharset(bytes_, charset_).utf8;
        bytes_.clear();
        in_words_ = false;
    }

    std::string text_ = {};
    std::string bytes_ = {};
    std::string charset_ = {};
    bool in_words_ = false;
};

/// What stands for the piece of a parameter that a program could not write in one.
struct Piece {
    int index = -1;  ///< -1: the whole.
    bool coded = false;
    std::string value = {};
};
using Pieces = std::vector<Piece>;

/// The value that begins at `at` (moves behind it): a quoted string, or everything up to the next semicolon, because
/// programs forget the quotes around names with spaces.
std::string takeValue(std::string_view line, std::size_t& at) {
    at = std::min(line.find_first_not_of(" \t", at), line.size());
    if (at == line.size() || line[at] != '"') {
        const std::size_t end = std::min(line.find(';', at), line.size());
        const std::string_view value = trimmed(line.substr(at, end - at));
        at = end;
        return std::string{value};
    }
    std::string value;
    for (++at; at < line.size() && line[at] != '"'; ++at) {
        // A path's backslashes escape nothing.
        const bool escapes = line[at] == '\\' && at + 1 < line.size() && (line[at + 1] == '"' || line[at + 1] == '\\');
        value += line[escapes ? ++at : at];
    }
    at = std::min(line.find(';', at), line.size());
    return value;
}

/// "filename*1*": which parameter, and which piece of it.
std::pair<std::string, Piece> pieceOf(std::string_view name) {
    Piece piece;
    if (name.ends_with('*')) {
        piece.coded = true;
        name.remove_suffix(1);
    }
    if (const std::size_t star = name.rfind('*'); star != std::string_view::npos) {
        const std::string_view digits = name.substr(star + 1);
        int index = -1;
        const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
        if (error == std::errc{} && end == digits.data() + digits.size() && index >= 0) {
            piece.index = index;
            name = name.substr(0, star);
        }
    }
    return {asciiLower(trimmed(name)), piece};
}

/// All pieces as one text. RFC 2231 goes before RFC 2047, which was never meant for parameters.
std::string joined(Pieces pieces) {
    const auto whole =
        std::find_if(pieces.begin(), pieces.end(), [](const Piece& p) { return p.index < 0 && p.coded; });
    const bool in_pieces = std::any_of(pieces.begin(), pieces.end(), [](const Piece& p) { return p.index >= 0; });
    if (whole != pieces.end())
        pieces = {*whole};
    else if (in_pieces)
        std::erase_if(pieces, [](const Piece& p) { return p.index < 0; });
    else
        pieces.resize(1);  // The first of those that are the same: as most programs do.
    std::stable_sort(pieces.begin(), pieces.end(), [](const Piece& a, const Piece& b) { return a.index < b.index; });
    std::string charset;
    std::string bytes;
    bool coded = false;
    for (const Piece& piece : pieces) {
        std::string_view value = piece.value;
        if (piece.coded && &piece == &pieces.front()) {
            const std::size_t first = value.find('\'');
            const std::size_t second = first == std::string_view::npos ? first : value.find('\'', first + 1);
            if (second != std::string_view::npos) {
                charset = value.substr(0, first);
                value.remove_prefix(second + 1);
            }
        }
        coded = coded || piece.coded;
        bytes += piece.coded ? decodeHex(value, '%') : std::string{value};
    }
    return coded ? decodeCharset(bytes, charset).utf8 : decodeWords(bytes);
}

}  // namespace

std::size_t encodedWordEnd(std::string_view raw, std::size_t at) {
    const auto word = encodedWord(raw, at);
    return word ? word->end : 0;
}

std::string decodeWords(std::string_view raw) {
    const std::string line = unfolded(raw.substr(0, kMostWords));
    WordReader reader;
    for (std::string_view rest = line; !rest.empty();) {
        std::size_t begin = rest.find("=?");
        std::optional<EncodedWord> word;
        for (; begin != std::string_view::npos; begin = rest.find("=?", begin + 2))
            if ((word = encodedWord(rest, begin))) break;
        reader.add(rest.substr(0, begin), word.has_value());
        if (!word) break;
        reader.add(*word);
        rest.remove_prefix(word->end);
    }
    return reader.take();
}

Parameterized parseParameterized(std::string_view raw) {
    constexpr std::size_t kMostPieces = 300;
    const std::string whole = unfolded(raw);
    const std::string_view line = whole;
    std::size_t at = std::min(line.find(';'), line.size());
    const std::string_view value = trimmed(line.substr(0, at));
    Parameterized result{.value = asciiLower(value.substr(0, value.find_first_of(" \t(")))};
    std::map<std::string, Pieces, std::less<>> all;
    for (std::size_t count = 0; at < line.size() && count < kMostPieces; ++count) {
        ++at;
        const std::size_t name_end = std::min(line.find_first_of("=;", at), line.size());
        const std::string_view name = trimmed(line.substr(at, name_end - at));
        at = name_end;
        if (at == line.size() || line[at] == ';') continue;
        ++at;
        auto [base, piece] = pieceOf(name);
        piece.value = takeValue(line, at);
        if (!base.empty()) all[base].push_back(std::move(piece));
    }
    for (auto& [name, pieces] : all) result.parameters[name] = joined(std::move(pieces));
    return result;
}

}  // namespace pakn::decoder_process

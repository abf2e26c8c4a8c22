#include "core/decoder_process/mail_transfer.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "core/decoder_process/mail_text.hpp"
#include "core/decoder_process/mail_words.hpp"

namespace pakn::decoder_process {

namespace {

GMimeContentEncoding encodingOf(std::string_view declared) {
    const std::string name = parseParameterized(declared).value;
    return ::g_mime_content_encoding_from_string(name.c_str());
}

/// Hands the decoded bytes on piece by piece until `take` returns false.
template <class Take>
void decodePieces(std::string_view raw, GMimeContentEncoding encoding, Take&& take) {
    GMimeEncoding state;
    ::g_mime_encoding_init_decode(&state, encoding);
    std::string piece;
    while (!raw.empty()) {
        const std::string_view some = raw.substr(0, Content::kPiece);
        raw.remove_prefix(some.size());
        piece.resize(::g_mime_encoding_outlen(&state, some.size()) + 16);
        const std::size_t size = ::g_mime_encoding_step(&state, some.data(), some.size(), piece.data());
        if (!take(std::string_view{piece}.substr(0, size))) return;
    }
}

bool isCoded(GMimeContentEncoding encoding) {
    return encoding == GMIME_CONTENT_ENCODING_BASE64 || encoding == GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
}

/// Lines one after the other, without their ends.
class LineReader {
public:
    explicit LineReader(std::string_view text) : text_{text} {}
    [[nodiscard]] bool isOver() const { return at_ >= text_.size(); }
    [[nodiscard]] std::size_t at() const { return at_; }
    std::string_view next() {
        const std::size_t end = std::min(text_.find('\n', at_), text_.size());
        std::string_view line = text_.substr(at_, end - at_);
        at_ = std::min(end + 1, text_.size());
        if (line.ends_with('\r')) line.remove_suffix(1);
        return line;
    }

private:
    std::string_view text_;
    std::size_t at_ = 0;
};

/// The name in "begin 644 name"; nothing when the line begins no file.
std::optional<std::string_view> beginsFile(std::string_view line) {
    constexpr std::string_view kBegin = "begin ";
    if (!line.starts_with(kBegin)) return std::nullopt;
    line.remove_prefix(kBegin.size());
    const std::size_t digits = std::min(line.find_first_not_of("01234567"), line.size());
    if (digits < 3 || digits > 4 || digits >= line.size() || line[digits] != ' ') return std::nullopt;
    const std::string_view name = trimmed(line.substr(digits));
    return name.empty() ? std::nullopt : std::optional{name};
}

/// The bytes of one line of a uuencoded file; nothing when it is no such line. The last line gives none.
std::optional<std::string> uuLine(std::string_view line) {
    if (line.empty()) return std::string{};
    const auto six = [](char c) { return static_cast<unsigned>(static_cast<unsigned char>(c) - 32U) & 63U; };
    const std::size_t count = six(line.front());
    line.remove_prefix(1);
    const bool printable = std::all_of(line.begin(), line.end(), [](char c) { return c >= ' ' && c <= '`'; });
    if (!printable || line.size() > (count + 2) / 3 * 4 + 2) return std::nullopt;
    std::string padded{line};
    padded.resize((count + 2) / 3 * 4, ' ');  // Blanks at its end were taken away on the way.
    std::string bytes;
    for (std::size_t i = 0; i < padded.size(); i += 4) {
        const unsigned all =
            six(padded[i]) << 18U | six(padded[i + 1]) << 12U | six(padded[i + 2]) << 6U | six(padded[i + 3]);
        for (const unsigned shift : {16U, 8U, 0U}) bytes += static_cast<char>(all >> shift & 0xffU);
    }
    bytes.resize(count);
    return bytes;
}

/// The rest of a file whose first line was read; nothing when it has no end.
std::optional<std::string> uuFile(LineReader& lines) {
    std::string bytes;
    while (!lines.isOver()) {
        const std::string_view line = lines.next();
        if (line == "end") return bytes;
        const std::optional<std::string> some = uuLine(line);
        if (!some) return std::nullopt;
        bytes += *some;
    }
    return std::nullopt;
}

/// All of it is one file, whatever stands before and after.
std::string uuOnly(std::string_view raw) {
    LineReader lines{raw};
    while (!lines.isOver())
        if (beginsFile(lines.next())) break;
    std::string bytes;
    for (bool more = true; more && !lines.isOver();) {
        const std::string_view line = lines.next();
        const std::optional<std::string> some = line == "end" ? std::nullopt : uuLine(line);
        more = some.has_value();
        if (more) bytes += *some;
    }
    return bytes;
}

}  // namespace

std::string decodeTransfer(std::string_view raw, std::string_view encoding, std::size_t most) {
    const GMimeContentEncoding kind = encodingOf(encoding);
    if (kind == GMIME_CONTENT_ENCODING_UUENCODE) return uuOnly(raw.substr(0, 2 * most));
    if (!isCoded(kind)) return std::string{raw.substr(0, most)};
    std::string bytes;
    decodePieces(raw, kind, [&](std::string_view piece) {
        bytes += piece;
        return bytes.size() < most;
    });
    return bytes;
}

Result<Content> decodeTransferTo(std::string_view raw, std::string_view encoding, std::uint64_t most) {
    const GMimeContentEncoding kind = encodingOf(encoding);
    ContentWriter writer{most};
    Status written = Done{};
    if (kind == GMIME_CONTENT_ENCODING_UUENCODE)
        written = writer.append(uuOnly(raw));
    else if (!isCoded(kind))
        written = writer.append(raw);
    else
        decodePieces(raw, kind, [&](std::string_view piece) {
            written = writer.append(piece);
            return written.ok();
        });
    if (!written) return std::move(written).error();
    return writer.finish();
}

UuText takeUuencoded(std::string_view text) {
    UuText result;
    LineReader lines{text};
    std::size_t kept = 0;
    while (!lines.isOver()) {
        const std::size_t begin = lines.at();
        const std::optional<std::string_view> name = beginsFile(lines.next());
        if (!name) continue;
        std::optional<std::string> bytes = uuFile(lines);
        if (!bytes) continue;
        result.text += text.substr(kept, begin - kept);
        kept = lines.at();
        result.files.push_back({.name = std::string{*name}, .bytes = std::move(*bytes)});
    }
    result.text += text.substr(kept);
    return result;
}

}  // namespace pakn::decoder_process

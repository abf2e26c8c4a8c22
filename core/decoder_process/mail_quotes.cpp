#include "core/decoder_process/mail_quotes.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "core/decoder_process/mail_text.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::size_t kLongestLine = 600;   ///< Bytes of a line that may introduce something.
constexpr std::size_t kLongestIntro = 800;  ///< Of several that were wrapped.

using Lines = std::vector<std::string_view>;

Lines split(std::string_view text) {
    Lines lines;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        lines.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return lines;
}

/// One blank between words, no signs of emphasis.
class Key {
public:
    void add(UChar32 point) {
        if ((point >= 0x300 && point < 0x370) || point == '*' || point == 0x200b) return;
        const bool blank = point == ' ' || point == '\t' || point == 0xa0 || point == 0x202f;
        if (blank && (key_.empty() || key_.back() == ' ')) return;
        const bool bar = point == 0x0111 || point == 0x0110;
        const UChar32 small = blank ? ' ' : bar ? 'd' : ::u_tolower(point);
        key_ += small < 0x80 ? static_cast<char>(small) : '?';
    }
    std::string take() {
        while (key_.ends_with(' ')) key_.pop_back();
        return std::move(key_);
    }

private:
    std::string key_ = {};
};

/// How a line is compared: small letters without marks. Empty for a line that introduces nothing.
std::string keyOf(std::string_view line) {
    if (line.size() > kLongestLine) return {};
    Key key;
    if (std::all_of(line.begin(), line.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; })) {
        for (const char c : line) key.add(static_cast<unsigned char>(c));
        return key.take();
    }
    UErrorCode error = U_ZERO_ERROR;
    icu::UnicodeString apart;
    icu::Normalizer2::getNFDInstance(error)->normalize(
        icu::UnicodeString::fromUTF8({line.data(), static_cast<std::int32_t>(line.size())}), apart, error);
    for (std::int32_t i = 0; i < apart.length(); ++i) key.add(apart.charAt(i));
    return key.take();
}

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool hasDigit(std::string_view text) { return std::any_of(text.begin(), text.end(), isDigit); }
/// "8:00", "08h00".
bool hasTime(std::string_view key) {
    for (std::size_t i = 1; i + 1 < key.size(); ++i)
        if ((key[i] == ':' || key[i] == 'h') && isDigit(key[i - 1]) && isDigit(key[i + 1])) return true;
    return false;
}

bool isQuoted(std::string_view line) {
    const std::size_t first = line.find_first_not_of(" \t");
    return first != std::string_view::npos && line[first] == '>';
}
bool isEmpty(std::string_view line) { return trimmed(line).empty(); }

template <std::size_t n>
bool startsWithOne(std::string_view key, const std::array<std::string_view, n>& starts) {
    return std::any_of(starts.begin(), starts.end(), [&](auto start) { return key.starts_with(start); });
}
template <std::size_t n>
bool endsWithOne(std::string_view key, const std::array<std::string_view, n>& ends) {
    return std::any_of(ends.begin(), ends.end(), [&](auto end) { return key.ends_with(end); });
}

constexpr std::array<std::string_view, 3> kIntroStarts{"on ", "vao ", "ngay "};
constexpr std::array<std::string_view, 5> kIntroEnds{"wrote:", "da viet:", "viet:", "writes:", "da viet :"};

/// "Vào Th 6, 6 thg 3, 2026 lúc 08:00 An <an@dan.example> đã viết:", all of it.
bool isIntro(std::string_view key) {
    if (!key.ends_with(':')) return false;
    if (startsWithOne(key, kIntroStarts) && endsWithOne(key, kIntroEnds))
        return hasDigit(key) && (hasTime(key) || key.find('@') != std::string_view::npos);
    // "An <an@dan.example> wrote:", and Gmail of old: "2026-03-06 8:00 GMT+07:00 An <an@dan.example>:".
    const std::size_t close = key.rfind('>');
    const std::size_t open = key.substr(0, close).rfind('<');
    if (close == std::string_view::npos || open == std::string_view::npos ||
        key.substr(open, close - open).find('@') == std::string_view::npos)
        return false;
    const std::string_view verb = trimmed(key.substr(close + 1));
    return endsWithOne(verb, kIntroEnds) ? verb.size() < 12 : verb == ":" && isDigit(key.front()) && hasTime(key);
}

/// How many lines from `at` on are an introduction that was wrapped; 0: none is.
std::size_t introLines(const Lines& lines, const std::vector<std::string>& keys, std::size_t at) {
    constexpr std::size_t kMost = 4;
    std::string joined;
    for (std::size_t count = 1; count <= kMost && at + count <= lines.size(); ++count) {
        const std::string& key = keys[at + count - 1];
        if (key.empty() || isQuoted(lines[at + count - 1])) return 0;
        joined += (joined.empty() ? "" : " ") + key;
        if (joined.size() > kLongestIntro) return 0;
        if (isIntro(joined)) return count;
        if (count == 1 && !startsWithOne(key, kIntroStarts) && key.find('<') == std::string::npos) return 0;
    }
    return 0;
}

/// Between its dashes: "-----Original Message-----".
std::string_view betweenDashes(std::string_view key) {
    const std::size_t first = key.find_first_not_of('-');
    if (first == std::string_view::npos || first < 2 || !key.ends_with("--")) return {};
    return trimmed(key.substr(first, key.find_last_not_of('-') - first + 1));
}

constexpr std::array<std::string_view, 8> kOriginal{"original message", "original appointment", "thu goc",
                                                    "thu ban dau",      "tin nhan goc",         "thong diep goc",
                                                    "thu tra loi",      "reply message"};
constexpr std::array<std::string_view, 5> kForwarded{"forwarded message", "thu da chuyen tiep", "thu chuyen tiep",
                                                     "tin nhan da chuyen tiep", "thu duoc chuyen tiep"};

constexpr std::array<std::string_view, 4> kFrom{"from:", "tu:", "nguoi gui:", "de:"};
constexpr std::array<std::string_view, 6> kSent{"sent:", "date:", "da gui:", "ngay gui:", "ngay:", "gui luc:"};
constexpr std::array<std::string_view, 5> kTo{"to:", "toi:", "den:", "cc:", "nguoi nhan:"};
constexpr std::array<std::string_view, 3> kSubject{"subject:", "chu de:", "tieu de:"};

/// Whether a line is that field, or holds it behind others.
template <std::size_t n>
bool holdsOne(std::string_view key, const std::array<std::string_view, n>& names) {
    return std::any_of(names.begin(), names.end(), [&](std::string_view name) {
        return key.starts_with(name) || key.find(' ' + std::string{name}) != std::string_view::npos;
    });
}

/// Fields of the mail that is answered, as Outlook and Zimbra copy them, from `at` on; also all on one line. Nobody
/// who writes of a journey ("Từ: … Ngày: … Đến: …") names a subject or an address with it.
bool isFieldBlock(const Lines& lines, const std::vector<std::string>& keys, std::size_t at) {
    constexpr std::size_t kLines = 9;
    if (!startsWithOne(keys[at], kFrom)) return false;
    bool sent = false;
    bool to = false;
    bool subject = false;
    for (std::size_t i = at; i < std::min(lines.size(), at + kLines) && !isEmpty(lines[i]); ++i) {
        sent = sent || (holdsOne(keys[i], kSent) && hasDigit(keys[i]));
        to = to || holdsOne(keys[i], kTo);
        subject = subject || holdsOne(keys[i], kSubject);
    }
    return sent && (subject || (to && keys[at].find('@') != std::string::npos));
}

std::size_t nextNotEmpty(const Lines& lines, std::size_t at) {
    while (at < lines.size() && isEmpty(lines[at])) ++at;
    return at;
}

/// Outlook's line above the copied fields.
bool isRule(std::string_view line) {
    const std::string_view rule = trimmed(line);
    return rule.size() >= 20 && rule.find_first_not_of('_') == std::string_view::npos;
}

/// "-- ", or the same after a program that takes blanks away, when little follows.
bool isSignature(const Lines& lines, std::size_t at) {
    constexpr std::size_t kLongest = 12;
    if (lines[at] == "-- ") return true;
    if (lines[at] != "--") return false;
    std::size_t after = 0;
    for (std::size_t i = at + 1; i < lines.size() && after <= kLongest; ++i) after += isEmpty(lines[i]) ? 0 : 1;
    return after <= kLongest;
}

enum class Verdict : std::uint8_t { kOwn, kQuoted, kEverythingBelow, kOwnToTheEnd };

class Cutter {
public:
    explicit Cutter(std::string_view text) : lines_{split(text)} {
        keys_.reserve(lines_.size());
        for (const std::string_view line : lines_) keys_.push_back(keyOf(line));
    }

    std::string own() {
        std::string own;
        std::size_t at = 0;
        for (bool below = false; at < lines_.size() && !below;) {
            std::size_t count = 1;
            const Verdict verdict = judge(at, count);
            below = verdict == Verdict::kEverythingBelow;
            if (verdict == Verdict::kOwn) own.append(lines_[at]) += '\n';
            if (below) own = withoutRule(own);
            if (verdict == Verdict::kOwnToTheEnd) {
                for (; at < lines_.size(); ++at) own.append(lines_[at]) += '\n';
                break;
            }
            at += count;
        }
        return withoutEmptyEnds(own);
    }

private:
    /// What the line at `at` is, and how many lines with it.
    Verdict judge(std::size_t at, std::size_t& count) const {
        const std::string_view line = lines_[at];
        if (isQuoted(line)) return Verdict::kQuoted;
        if (isSignature(lines_, at)) return Verdict::kEverythingBelow;
        const std::string& key = keys_[at];
        if (key.empty()) return Verdict::kOwn;
        const std::string_view title = betweenDashes(key);
        if (startsWithOne(title, kForwarded) || startsWithOne(key, kForwardedByApple)) return Verdict::kOwnToTheEnd;
        if (startsWithOne(title, kOriginal) || isFieldBlock(lines_, keys_, at)) return Verdict::kEverythingBelow;
        if (isRule(line)) {
            const std::size_t next = nextNotEmpty(lines_, at + 1);
            const bool fields = next < lines_.size() && startsWithOne(keys_[next], kFrom);
            return fields ? Verdict::kEverythingBelow : Verdict::kOwn;
        }
        const std::size_t intro = introLines(lines_, keys_, at);
        if (intro == 0) return Verdict::kOwn;
        // Answers between quoted lines are the writer's own.
        const std::size_t next = nextNotEmpty(lines_, at + intro);
        count = intro;
        return next < lines_.size() && isQuoted(lines_[next]) ? Verdict::kQuoted : Verdict::kEverythingBelow;
    }

    /// Without the line that set off what was cut.
    static std::string withoutRule(std::string_view text) {
        const std::size_t last = text.find_last_not_of("-_= \t\n");
        const std::size_t end = last == std::string_view::npos ? 0 : std::min(text.find('\n', last), text.size());
        return std::string{text.substr(0, end)};
    }

    static constexpr std::array<std::string_view, 2> kForwardedByApple{"begin forwarded message:",
                                                                       "bat dau thu da chuyen tiep:"};

    Lines lines_;
    std::vector<std::string> keys_ = {};
};

}  // namespace

std::string ownPart(std::string_view text) { return Cutter{text}.own(); }

}  // namespace pakn::decoder_process

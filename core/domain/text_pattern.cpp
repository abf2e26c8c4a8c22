#include "core/domain/text_pattern.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <utility>

#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

constexpr std::size_t kLongest = 1000;           ///< Bytes.
constexpr std::int64_t kMostMemory = 1U << 20U;  ///< Of one pattern; a repetition of repetitions needs more.

/// Bytes of the UTF-8 character that begins here.
std::size_t sizeOf(char first) {
    const auto byte = static_cast<unsigned char>(first);
    return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Letters as fold() makes them; what has a meaning in a pattern stays: escapes, `(?P<name>`, signs.
std::string foldPattern(std::string_view pattern) {
    std::string folded;
    for (std::size_t at = 0; at < pattern.size();) {
        std::size_t size = sizeOf(pattern[at]);
        if (pattern[at] == '\\')
            size = 2;
        else if (pattern.substr(at).starts_with("(?"))
            size = std::min(pattern.find_first_of(":)>", at), pattern.size()) - at;
        const std::string_view part = pattern.substr(at, size);
        at += part.size();
        const bool sign = part.size() == 1 && !(part[0] >= 'A' && part[0] <= 'Z');
        if (sign || part[0] == '\\' || part[0] == '(')
            folded += part;
        else
            folded += trimmed(fold(part));
    }
    return folded;
}

RE2::Options options() {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_never_capture(true);
    options.set_max_mem(kMostMemory);
    return options;
}

Error invalid(std::string message) { return {.code = Errc::kInvalid, .message = std::move(message)}; }

}  // namespace

Result<TextPattern> TextPattern::compile(std::string_view written) {
    if (written.size() > kLongest) return invalid("the pattern has more than 1000 bytes");
    if (!toNfc(written)) return invalid("the pattern is no text");
    auto compiled = std::make_shared<const RE2>(foldPattern(*toNfc(written)), options());
    if (!compiled->ok()) return invalid("the pattern cannot be read: " + compiled->error());
    if (RE2::PartialMatch("", *compiled)) return invalid("the pattern matches every text");
    return TextPattern{std::string{written}, std::move(compiled)};
}

bool TextPattern::in(std::string_view folded_text) const {
    return compiled_ && RE2::PartialMatch(re2::StringPiece{folded_text.data(), folded_text.size()}, *compiled_);
}

const std::string& TextPattern::folded() const { return compiled_->pattern(); }

}  // namespace pakn::domain

#include "core/store/storable_text.hpp"

#include <simdjson.h>

namespace pakn::store {

namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

/// Length of the valid sequence that text begins with; 0: none.
std::size_t sequenceLength(std::string_view text) {
    for (std::size_t length = 1; length <= 4 && length <= text.size(); ++length)
        if (simdjson::validate_utf8(text.data(), length)) return length;
    return 0;
}

}  // namespace

std::string_view storableText(std::string_view text, std::string& buffer, Nul nul) {
    const bool has_nul = nul == Nul::kReplaced && text.find('\0') != std::string_view::npos;
    if (!has_nul && simdjson::validate_utf8(text.data(), text.size())) return text;
    buffer.clear();
    while (!text.empty()) {
        const bool bad_nul = nul == Nul::kReplaced && text.front() == '\0';
        const std::size_t length = bad_nul ? 0 : sequenceLength(text);
        buffer += length == 0 ? kReplacement : text.substr(0, length);
        text.remove_prefix(length == 0 ? 1 : length);
    }
    return buffer;
}

}  // namespace pakn::store

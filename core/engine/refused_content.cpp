#include "core/engine/refused_content.hpp"

#include <charconv>
#include <optional>

namespace pakn::engine {

namespace {

constexpr std::string_view kBeginning = "refused 1\n";

/// "<length>:<bytes>", taken from the front of `text`.
std::optional<std::string> takePart(std::string_view& text) {
    std::size_t length = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), length);
    const auto digits = static_cast<std::size_t>(end - text.data());
    if (problem != std::errc{} || digits >= text.size() || text[digits] != ':' || length > text.size() - digits - 1)
        return std::nullopt;
    std::string part{text.substr(digits + 1, length)};
    text.remove_prefix(digits + 1 + length);
    return part;
}

}  // namespace

std::string writeRefused(const RefusedContent& content) {
    std::string text{kBeginning};
    for (const std::string* part : {&content.external_id, &content.field, &content.detail})
        text.append(std::to_string(part->size())).append(1, ':').append(*part);
    return text.append(content.raw);
}

RefusedContent readRefused(std::string_view text) {
    RefusedContent content{.raw = std::string{text}};
    if (!text.starts_with(kBeginning)) return content;
    text.remove_prefix(kBeginning.size());
    for (std::string* part : {&content.external_id, &content.field, &content.detail}) {
        std::optional<std::string> taken = takePart(text);
        if (!taken) return {.raw = std::move(content.raw)};
        *part = *std::move(taken);
    }
    content.raw = text;
    return content;
}

}  // namespace pakn::engine

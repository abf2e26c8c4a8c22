#include "core/http/json_reader.hpp"

#include <algorithm>
#include <memory>
#include <semaphore>
#include <string_view>

namespace pakn::http::json {
namespace {

/// A parser keeps room for the largest document it has seen; hundreds of threads must not keep 25 MB each.
constexpr std::size_t kKeepParserBelow = 256U << 10U;

/// What may stand outside of texts: each character there can cost the parser more than ten times its size, inside of
/// them once. No call of the API needs a tenth of it; what is large are files, and they are texts.
constexpr std::size_t kMostStructure = std::size_t{1} << 20U;
/// Documents larger than that are read a few at a time.
constexpr std::size_t kLarge = std::size_t{1} << 20U;
constexpr int kLargeAtOnce = 2;

/// Behind the text that begins at `from`, its quote already taken.
std::size_t endOfText(std::string_view json, std::size_t from) {
    for (std::size_t at = json.find('"', from); at != std::string_view::npos; at = json.find('"', at + 1)) {
        std::size_t slashes = 0;
        while (at - slashes > from && json[at - slashes - 1] == '\\') ++slashes;
        if (slashes % 2 == 0) return at + 1;
    }
    return json.size();
}

bool hasTooMuchStructure(std::string_view json) {
    if (json.size() <= kMostStructure) return false;
    std::size_t outside = 0;
    for (std::size_t at = 0; at < json.size() && outside <= kMostStructure;) {
        const std::size_t quote = std::min(json.find('"', at), json.size());
        outside += quote - at + 2;  // With the two quotes.
        at = endOfText(json, std::min(quote + 1, json.size()));
    }
    return outside > kMostStructure;
}

simdjson::dom::parser& threadParser() {
    thread_local simdjson::dom::parser parser;
    return parser;
}

Error parseError(simdjson::error_code code) {
    if (code == simdjson::UTF8_ERROR) return problemError("request.utf8_invalid");
    if (code == simdjson::MEMALLOC || code == simdjson::CAPACITY) return problemError("request.too_large");
    return problemError("request.json_malformed");
}

}  // namespace

Status parse(const std::string& text, const std::function<Status(Element root)>& read) {
    const auto read_from = [&](simdjson::dom::parser& parser) -> Status {
        const bool padded = text.capacity() - text.size() >= simdjson::SIMDJSON_PADDING;
        Element root;
        const simdjson::error_code code = parser.parse(text.data(), text.size(), !padded).get(root);
        if (code != simdjson::SUCCESS) return parseError(code);
        return read(root);
    };
    if (text.size() < kKeepParserBelow) return read_from(threadParser());
    if (hasTooMuchStructure(text)) return problemError("request.json_too_long");
    static std::counting_semaphore<kLargeAtOnce> places{kLargeAtOnce};
    const bool large = text.size() > kLarge;
    if (large) places.acquire();
    const std::unique_ptr<decltype(places), void (*)(decltype(places)*)> place{
        large ? &places : nullptr, [](decltype(places)* taken) { taken->release(); }};
    simdjson::dom::parser once;
    return read_from(once);
}

}  // namespace pakn::http::json

#include "core/http/json_reader.hpp"

namespace pakn::http::json {
namespace {

/// A parser keeps room for the largest document it has seen; hundreds of threads must not keep 25 MB each.
constexpr std::size_t kKeepParserBelow = 256U << 10U;

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
    simdjson::dom::parser once;
    return read_from(once);
}

}  // namespace pakn::http::json

#include "json.hpp"

#include <utility>

namespace pakn::in_zalo {

Result<JsonDocument> parseJson(std::string_view text) {
    Result<JsonDocument> document = bounded_json::parseJson(text, {}, bounded_json::JsonNumbers::kAsWritten);
    if (document) return document;
    return Error{.code = Errc::kInvalid, .message = std::move(document).error().message, .problem = "zalo.unreadable"};
}

}  // namespace pakn::in_zalo

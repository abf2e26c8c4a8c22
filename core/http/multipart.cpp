#include "core/http/multipart.hpp"

#include <optional>

#include "core/http/encoding.hpp"
#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

Error malformed() { return problemError("request.multipart_malformed"); }

/// Reads a part's header block; nullopt when it breaks a rule.
std::optional<Part> readHeader(std::string_view block) {
    Part part;
    bool named = false;
    while (!block.empty()) {
        const std::size_t end = block.find(kLineEnd);
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(end == std::string_view::npos ? block.size() : end + kLineEnd.size());
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return std::nullopt;
        if (line.find_first_of(kLineEnd) != std::string_view::npos) return std::nullopt;  // A name could break a line.
        const std::string_view name = line.substr(0, colon);
        const std::string_view value = line.substr(colon + 1);
        if (equalIgnoringCase(name, "Content-Disposition")) {
            if (named || mediaType(value) != "form-data") return std::nullopt;
            const std::optional<std::string> part_name = headerParameter(value, "name");
            if (!part_name) return std::nullopt;
            part.name = *part_name;
            part.file_name = headerParameter(value, "filename").value_or("");
            named = true;
        } else if (equalIgnoringCase(name, "Content-Type")) {
            part.content_type = mediaType(value);
        } else if (equalIgnoringCase(name, "Content-Transfer-Encoding")) {
            // RFC 7578 section 4.7: senders no longer encode; taking it as binary would store garbage.
            const std::string encoding = mediaType(value);
            if (encoding != "binary" && encoding != "8bit" && encoding != "7bit") return std::nullopt;
        }
    }
    return named ? std::optional{std::move(part)} : std::nullopt;
}

}  // namespace

Result<std::vector<Part>> splitMultipart(std::string_view content_type, std::string_view body) {
    const std::optional<std::string> boundary = headerParameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > 70) return malformed();
    const std::string opening = "--" + *boundary;
    const std::string delimiter = "\r\n" + opening;

    if (!body.starts_with(opening)) return malformed();
    body.remove_prefix(opening.size());
    std::vector<Part> parts;
    while (!body.starts_with("--")) {
        if (!body.starts_with(kLineEnd) || parts.size() == kMostParts) return malformed();
        body.remove_prefix(kLineEnd.size());
        const std::size_t header_end = body.substr(0, kMostPartHeader).find("\r\n\r\n");
        if (header_end == std::string_view::npos) return malformed();
        std::optional<Part> part = readHeader(body.substr(0, header_end));
        if (!part) return malformed();
        body.remove_prefix(header_end + 4);
        const std::size_t end = body.find(delimiter);
        if (end == std::string_view::npos) return malformed();
        part->data = body.substr(0, end);
        parts.push_back(std::move(*part));
        body.remove_prefix(end + delimiter.size());
    }
    // Nothing but a line end may follow: an epilogue would be bytes that nobody looks at.
    body.remove_prefix(2);
    if (!body.empty() && body != kLineEnd) return malformed();
    return parts;
}

}  // namespace pakn::http

/// @file
/// See form_body.hpp.

#include "form_body.hpp"

#include <algorithm>

#include "text.hpp"

namespace pakn::in_web {
namespace {

constexpr std::size_t kMostPartHead = 4096;
constexpr std::size_t kMostBoundary = 70;
constexpr std::string_view kLineEnd = "\r\n";

struct PartHead {
    std::string name = {};
    std::optional<std::string> file_name = {};
    std::string content_type = {};
};

std::optional<PartHead> readHead(std::string_view block) {
    PartHead head;
    bool named = false;
    while (!block.empty()) {
        const std::size_t end = block.find(kLineEnd);
        const std::string_view line = block.substr(0, end);
        block.remove_prefix(end == std::string_view::npos ? block.size() : end + kLineEnd.size());
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos || colon == 0) return std::nullopt;
        const std::string_view field = line.substr(0, colon);
        const std::string_view value = line.substr(colon + 1);
        if (equalIgnoringCase(field, "content-disposition")) {
            const std::optional<std::string> name = headerParameter(value, "name");
            if (named || mediaType(value) != "form-data" || !name) return std::nullopt;
            head.name = *name;
            head.file_name = headerParameter(value, "filename");
            named = true;
        } else if (equalIgnoringCase(field, "content-type")) {
            head.content_type = mediaType(value);
        } else if (equalIgnoringCase(field, "content-transfer-encoding")) {
            return std::nullopt;  // RFC 7578 section 4.7: no browser encodes, and what did would be stored as garbage.
        }
    }
    return named ? std::optional{std::move(head)} : std::nullopt;
}

/// The name without the folders that some browsers send, and without what could not stand in a header.
std::string plainName(std::string_view sent) {
    sent.remove_prefix(std::min(sent.find_last_of("/\\") + 1, sent.size()));  // npos + 1 is 0.
    std::string name = onOneLine(sent);
    for (const auto& [escaped, plain] : {std::pair{"%22", "\""}, {"%0D", " "}, {"%0A", " "}})
        for (std::size_t at = name.find(escaped); at != std::string::npos; at = name.find(escaped, at + 1))
            name.replace(at, 3, plain);
    return std::string{trimmed(firstBytes(name, kMostFileName))};
}

}  // namespace

std::string_view FormBody::value(std::string_view name) const {
    for (const auto& [own, value] : values_)
        if (own == name) return value;
    return {};
}

std::vector<std::string_view> FormBody::values(std::string_view name) const {
    std::vector<std::string_view> found;
    for (const auto& [own, value] : values_)
        if (own == name) found.push_back(value);
    return found;
}

bool FormBody::has(std::string_view name) const {
    return std::any_of(values_.begin(), values_.end(), [&](const auto& one) { return one.first == name; });
}

std::vector<const SentFile*> FormBody::files(std::string_view name) const {
    std::vector<const SentFile*> found;
    for (const auto& [own, file] : files_)
        if (own == name) found.push_back(&file);
    return found;
}

bool FormBody::add(std::string name, std::string value) {
    if (values_.size() + files_.size() >= kMostFields || name.size() > kMostName || value.size() > kMostField)
        return false;
    if (!isText(name) || !isText(value)) return false;
    values_.emplace_back(std::move(name), std::move(value));
    return true;
}

bool FormBody::addFile(std::string name, SentFile file) {
    if (values_.size() + files_.size() >= kMostFields || name.size() > kMostName || !isText(name)) return false;
    if (file.name.empty() && file.data.empty()) return true;  // Nothing was chosen.
    if (file.name.empty()) file.name = "tep";
    files_.emplace_back(std::move(name), std::move(file));
    return true;
}

std::optional<FormBody> FormBody::ofUrlEncoded(std::string_view text) {
    FormBody form;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        const std::size_t equals = std::min(pair.find('='), pair.size());
        std::optional<std::string> name = decodePercent(pair.substr(0, equals));
        std::optional<std::string> value = decodePercent(pair.substr(std::min(equals + 1, pair.size())));
        if (!name || !value || !form.add(std::move(*name), std::move(*value))) return std::nullopt;
    }
    return form;
}

std::optional<FormBody> FormBody::ofMultipart(std::string_view content_type, std::string_view body) {
    const std::optional<std::string> boundary = headerParameter(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kMostBoundary) return std::nullopt;
    const std::string opening = "--" + *boundary;
    const std::string delimiter = "\r\n" + opening;
    if (!body.starts_with(opening)) return std::nullopt;
    body.remove_prefix(opening.size());
    FormBody form;
    while (!body.starts_with("--")) {
        if (!body.starts_with(kLineEnd)) return std::nullopt;
        body.remove_prefix(kLineEnd.size());
        const std::size_t head_end = body.substr(0, kMostPartHead).find("\r\n\r\n");
        if (head_end == std::string_view::npos) return std::nullopt;
        std::optional<PartHead> head = readHead(body.substr(0, head_end));
        if (!head) return std::nullopt;
        body.remove_prefix(head_end + 4);
        const std::size_t end = body.find(delimiter);
        if (end == std::string_view::npos) return std::nullopt;
        const std::string_view data = body.substr(0, end);
        body.remove_prefix(end + delimiter.size());
        if (!head->file_name) {
            if (data.size() > kMostField || !form.add(head->name, std::string{data})) return std::nullopt;
            continue;
        }
        if (!isText(*head->file_name)) return std::nullopt;
        SentFile file{.name = plainName(*head->file_name), .content_type = std::move(head->content_type), .data = data};
        if (!form.addFile(head->name, std::move(file))) return std::nullopt;
    }
    body.remove_prefix(2);
    if (!body.empty() && body != kLineEnd) return std::nullopt;
    return form;
}

std::optional<FormBody> FormBody::of(std::string_view content_type, std::string_view body) {
    const std::string type = mediaType(content_type);
    if (type == "application/x-www-form-urlencoded") return ofUrlEncoded(body);
    if (type == "multipart/form-data") return ofMultipart(content_type, body);
    return std::nullopt;
}

}  // namespace pakn::in_web

#include "form.hpp"

#include <algorithm>
#include <optional>

#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMostPartHeader = 4096;
constexpr std::size_t kMostBoundary = 70;  // RFC 2046.

Problem badEncoding() { return {400, "Dữ liệu gửi đến không phải văn bản UTF-8 hợp lệ."}; }
Problem badMultipart() { return {400, "Không đọc được dữ liệu multipart/form-data."}; }
Problem tooMany() { return {413, "Yêu cầu có quá nhiều trường hoặc tệp."}; }

Outcome<std::vector<Field>> readPairs(std::string_view text) {
    std::vector<Field> fields;
    while (!text.empty()) {
        const std::string_view pair = text.substr(0, text.find('&'));
        text.remove_prefix(std::min(pair.size() + 1, text.size()));
        if (pair.empty()) continue;
        if (fields.size() == kMostFields) return tooMany();
        const std::size_t equals = pair.find('=');
        std::optional<std::string> name = percentDecoded(pair.substr(0, equals), true);
        std::optional<std::string> value =
            percentDecoded(equals == std::string_view::npos ? std::string_view{} : pair.substr(equals + 1), true);
        if (!name || !value || !isSound(*name) || !isSound(*value)) return badEncoding();
        if (name->size() > kMostFieldName) return tooMany();
        fields.push_back({*std::move(name), *std::move(value)});
    }
    return fields;
}

/// A parameter of a header: quoted, with backslashes before quotes, or bare.
std::optional<std::string> parameterOf(std::string_view header, std::string_view wanted) {
    std::size_t at = header.find(';');
    while (at != std::string_view::npos && at < header.size()) {
        header.remove_prefix(at + 1);
        const std::size_t equals = header.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const std::string name = lowered(trimmed(header.substr(0, equals)));
        header.remove_prefix(equals + 1);
        std::string value;
        if (header.starts_with('"')) {
            std::size_t i = 1;
            for (; i < header.size() && header[i] != '"'; ++i) {
                if (header[i] == '\\' && i + 1 < header.size() && (header[i + 1] == '"' || header[i + 1] == '\\')) ++i;
                value += header[i];
            }
            if (i >= header.size()) return std::nullopt;
            at = header.find(';', i);
        } else {
            at = header.find(';');
            value = trimmed(header.substr(0, at));
        }
        if (name == wanted) return value;
    }
    return std::nullopt;
}

std::string typeOf(std::string_view header) { return lowered(trimmed(header.substr(0, header.find(';')))); }

/// One part of a multipart body. `is_file`: its header names a file, if only by an empty name.
struct Part {
    std::string name = {};
    std::string file_name = {};
    std::string content_type = {};
    bool is_file = false;
    std::string_view data = {};
};

std::optional<Part> readPartHeader(std::string_view block) {
    Part part;
    bool named = false;
    while (!block.empty()) {
        const std::string_view line = block.substr(0, block.find(kLineEnd));
        block.remove_prefix(std::min(line.size() + kLineEnd.size(), block.size()));
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return std::nullopt;
        const std::string name = lowered(trimmed(line.substr(0, colon)));
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (name == "content-disposition") {
            const std::optional<std::string> field = parameterOf(value, "name");
            if (named || !field || typeOf(value) != "form-data") return std::nullopt;
            named = true;
            part.name = *field;
            const std::optional<std::string> file = parameterOf(value, "filename");
            part.is_file = file.has_value();
            part.file_name = file.value_or("");
        } else if (name == "content-type") {
            part.content_type = typeOf(value);
        } else if (name == "content-transfer-encoding") {
            const std::string encoding = lowered(value);  // RFC 7578, 4.7: none but these is written any more.
            if (encoding != "binary" && encoding != "8bit" && encoding != "7bit") return std::nullopt;
        }
    }
    return named ? std::optional{std::move(part)} : std::nullopt;
}

Outcome<std::vector<Part>> splitParts(std::string_view content_type, std::string_view body) {
    const std::optional<std::string> boundary = parameterOf(content_type, "boundary");
    if (!boundary || boundary->empty() || boundary->size() > kMostBoundary) return badMultipart();
    const std::string opening = "--" + *boundary;
    const std::string delimiter = "\r\n" + opening;
    if (!body.starts_with(opening)) return badMultipart();
    body.remove_prefix(opening.size());
    std::vector<Part> parts;
    while (!body.starts_with("--")) {
        if (!body.starts_with(kLineEnd)) return badMultipart();
        if (parts.size() == kMostFields + kMostFiles) return tooMany();
        body.remove_prefix(kLineEnd.size());
        const std::size_t header_end = body.substr(0, kMostPartHeader).find("\r\n\r\n");
        if (header_end == std::string_view::npos) return badMultipart();
        std::optional<Part> part = readPartHeader(body.substr(0, header_end));
        if (!part) return badMultipart();
        body.remove_prefix(header_end + 4);
        const std::size_t end = body.find(delimiter);
        if (end == std::string_view::npos) return badMultipart();
        part->data = body.substr(0, end);
        parts.push_back(*std::move(part));
        body.remove_prefix(end + delimiter.size());
    }
    return parts;
}

Outcome<Form> readMultipart(std::string_view content_type, std::string_view body) {
    Outcome<std::vector<Part>> parts = splitParts(content_type, body);
    if (!parts) return parts.problems();
    Form form;
    for (Part& part : *parts) {
        if (part.name.size() > kMostFieldName) return tooMany();
        if (!isSound(part.name) || !isSound(part.file_name)) return badEncoding();
        if (part.is_file) {
            if (part.file_name.empty() && part.data.empty()) continue;  // A file field that nobody filled in.
            if (form.files.size() == kMostFiles) return tooMany();
            form.files.push_back(
                {std::move(part.name), std::move(part.file_name), std::move(part.content_type), part.data});
            continue;
        }
        if (form.fields.size() == kMostFields) return tooMany();
        if (!isSound(part.data)) return badEncoding();
        form.fields.push_back({std::move(part.name), std::string{part.data}});
    }
    return form;
}

Outcome<Form> readBody(const HttpRequest& request) {
    const auto header = request.headers.find("content-type");
    const std::string_view content_type =
        header == request.headers.end() ? std::string_view{} : std::string_view{header->second};
    const std::string type = typeOf(content_type);
    if (type == "multipart/form-data") return readMultipart(content_type, request.body);
    const std::string charset = lowered(parameterOf(content_type, "charset").value_or("utf-8"));
    const bool readable = charset == "utf-8" || charset == "utf8" || charset == "us-ascii";
    const bool is_form = type == "application/x-www-form-urlencoded" || type.empty();
    if (!request.body.empty() && (!is_form || !readable))
        return Problem{415, "Chỉ nhận application/x-www-form-urlencoded (UTF-8) hoặc multipart/form-data."};
    return readQuery(request.body);
}

}  // namespace

std::string_view Form::first(std::string_view name) const {
    for (const Field& one : fields)
        if (one.name == name)
            if (const std::string_view value = trimmed(one.value); !value.empty()) return value;
    return {};
}

std::vector<std::string_view> Form::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (const Field& one : fields)
        if (one.name == name)
            if (const std::string_view value = trimmed(one.value); !value.empty()) values.push_back(value);
    return values;
}

Outcome<Form> readQuery(std::string_view query) {
    Outcome<std::vector<Field>> fields = readPairs(query);
    if (!fields) return fields.problems();
    return Form{.fields = *std::move(fields)};
}

Outcome<Form> readForm(const HttpRequest& request, std::string_view query) {
    Outcome<Form> form = readBody(request);
    if (!form) return form;
    Outcome<Form> address = readQuery(query);
    if (!address) return address;
    const std::vector<Field> said = form->fields;
    for (Field& one : address->fields) {
        const bool known =
            std::any_of(said.begin(), said.end(), [&](const Field& field) { return field.name == one.name; });
        if (!known && form->fields.size() < kMostFields) form->fields.push_back(std::move(one));
    }
    return form;
}

}  // namespace pakn::in_open311

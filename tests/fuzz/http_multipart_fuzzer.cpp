/// @file
/// multipart/form-data: the header that names the boundary, and the body. What is accepted can be written anew and says
/// the same.

#include "core/http/encoding.hpp"
#include "core/http/multipart.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::http;

std::string quoted(std::string_view text) {
    std::string made = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') made += '\\';
        made += c;
    }
    return made + '"';
}

/// A boundary that stands in none of the parts.
std::string boundaryFor(const std::vector<Part>& parts) {
    for (int number = 0;; ++number) {
        std::string boundary = "b" + std::to_string(number);
        bool free = true;
        for (const Part& part : parts) free = free && part.data.find(boundary) == std::string_view::npos;
        if (free) return boundary;
    }
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const Exact type{input.line()};
    const Exact body{input.rest()};
    const Result<std::vector<Part>> parts = splitMultipart(type.view(), body.view());
    if (!parts) {
        FUZZ_CHECK(parts.error().problem == "request.multipart_malformed");
        return;
    }
    FUZZ_CHECK(parts->size() <= kMostParts);
    std::size_t sum = 0;
    for (const Part& part : *parts) {
        // Views into the body, one behind the other.
        FUZZ_CHECK(part.data.data() >= body.view().data() + sum);
        sum = static_cast<std::size_t>(part.data.data() - body.view().data()) + part.data.size();
        FUZZ_CHECK(sum <= body.view().size());
        FUZZ_CHECK(part.name.size() + part.file_name.size() <= kMostPartHeader);
        FUZZ_CHECK((part.name + part.file_name + part.content_type).find_first_of("\r\n") == std::string::npos);
    }

    const std::string boundary = boundaryFor(*parts);
    std::string again;
    for (const Part& part : *parts) {
        again += "--" + boundary + "\r\nContent-Disposition: form-data; name=" + quoted(part.name);
        if (!part.file_name.empty()) again += "; filename=" + quoted(part.file_name);
        if (!part.content_type.empty()) again += "\r\nContent-Type: " + part.content_type;
        again.append("\r\n\r\n").append(part.data).append("\r\n");
    }
    again += "--" + boundary + "--\r\n";
    const Result<std::vector<Part>> second = splitMultipart("multipart/form-data; boundary=" + boundary, again);
    // Written with its signs escaped a header may be longer than it came.
    if (!second && again.size() > body.view().size()) return;
    FUZZ_CHECK(second.ok() && second->size() == parts->size());
    for (std::size_t i = 0; i < parts->size(); ++i) {
        const Part& one = (*parts)[i];
        const Part& other = (*second)[i];
        FUZZ_CHECK(one.name == other.name && one.file_name == other.file_name);
        FUZZ_CHECK(one.content_type == other.content_type && one.data == other.data);
    }
}

}  // namespace pakn::fuzz

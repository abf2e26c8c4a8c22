#include "answers.hpp"

#include <vector>

namespace pakn::in_open311 {
namespace {

HttpResponse withBody(Format format, const Tree& tree, int status) {
    const bool json = format == Format::kJson;
    return {.status = status,
            .headers = {{"content-type", json ? "application/json; charset=utf-8" : "text/xml; charset=utf-8"}},
            .body = json ? tree.toJson() : tree.toXml()};
}

}  // namespace

std::optional<Format> formatNamed(std::string_view ending) {
    if (ending == "xml") return Format::kXml;
    if (ending == "json") return Format::kJson;
    if (ending == "csv") return Format::kCsv;
    return std::nullopt;
}

HttpResponse answer(Format format, const Tree& tree) { return withBody(format, tree, 200); }

HttpResponse answer(Format format, const Problems& problems) {
    std::vector<Tree> entries;
    for (const Problem& one : problems)
        entries.push_back(
            Tree::object("error", {Tree::integer("code", one.code), Tree::text("description", one.description)}));
    const int status = problems.empty() ? 400 : problems.front().code;
    HttpResponse response = withBody(format, Tree::list("errors", std::move(entries)), status);
    if (status == 503) response.headers["retry-after"] = "30";
    return response;
}

HttpResponse readableByPages(HttpResponse response) {
    response.headers["access-control-allow-origin"] = "*";
    response.headers["cross-origin-resource-policy"] = "cross-origin";
    return response;
}

}  // namespace pakn::in_open311

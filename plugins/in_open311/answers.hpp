#pragma once
/// @file
/// Answers on their way out: the formats, the errors body, what browsers are told.

#include <optional>
#include <string>
#include <string_view>

#include "outcome.hpp"
#include "pakn/sdk/http.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {

enum class Format : unsigned char { kXml, kJson, kCsv };

/// By the end of a path: "xml", "json", "csv".
std::optional<Format> formatNamed(std::string_view ending);

/// 200 with the tree in XML or JSON.
HttpResponse answer(Format format, const Tree& tree);

/// The errors body; in XML unless JSON was asked for. The status is that of the first problem; 503 says when to come
/// again.
HttpResponse answer(Format format, const Problems& problems);

/// Lets pages of other sites read an answer: what everybody may see they may see, too.
HttpResponse readableByPages(HttpResponse response);

}  // namespace pakn::in_open311

#pragma once
/// @file
/// Every way in which a request can fail, in one table: stable code, HTTP status, and what people read. Answers are
/// RFC 9457 problem documents.

#include <span>
#include <string>
#include <string_view>

#include "core/http/exchange.hpp"
#include "pakn/sdk/records.hpp"

namespace pakn::http {

struct Problem {
    std::string_view code;  ///< Stable; clients and tests rely on it.
    int status;
    std::string_view title;      ///< Vietnamese, for the person at the screen.
    std::string_view detail;     ///< Vietnamese: what to do now.
    std::string_view detail_en;  ///< The same in English.
};

std::span<const Problem> problemCatalogue();

/// The entry of `code`, or null.
const Problem* findProblem(std::string_view code);

/// What people read of it, in both languages; of an unknown one, that something is wrong with the input.
PublicLabel problemLabel(std::string_view code);

/// The problem document of an error: by its `problem`, else by its Errc. `Error::message` never leaves the hub.
Response problemResponse(const Error& error);

/// The problem document of a catalogue entry; `field` is a JSON pointer or empty.
Response problemResponse(std::string_view code, std::string_view field = {});

/// An error that problemResponse() turns into that entry.
Error problemError(std::string_view code, std::string field = {});

}  // namespace pakn::http

#pragma once
/// @file
/// What a client sends: fields and files, of a query, a form or a multipart body. Bounded; every text is valid UTF-8
/// without NUL.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "outcome.hpp"
#include "pakn/sdk/http.hpp"

namespace pakn::in_open311 {

inline constexpr std::size_t kMostFields = 500;
inline constexpr std::size_t kMostFieldName = 300;  ///< Bytes.
inline constexpr std::size_t kMostFiles = 32;

struct Field {
    std::string name = {};
    std::string value = {};
};

/// A file of a multipart body; views into the request.
struct SentFile {
    std::string field = {};
    std::string name = {};  ///< As the sender called it.
    std::string content_type = {};
    std::string_view bytes = {};
};

/// In the order they were sent. `files` lives as long as the request.
struct Form {
    std::vector<Field> fields = {};
    std::vector<SentFile> files = {};

    /// The first field of that name with something in it, trimmed; empty when there is none: absent and empty are the
    /// same.
    [[nodiscard]] std::string_view first(std::string_view name) const;
    /// All of that name with something in them, trimmed.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const;
};

/// The fields behind the question mark of an address. 400.
Outcome<Form> readQuery(std::string_view query);

/// The body, then the query, which counts for what the body does not say: an old client puts all of a report into the
/// address. 400, 413 (too many), 415 (neither form nor multipart).
Outcome<Form> readForm(const HttpRequest& request, std::string_view query);

}  // namespace pakn::in_open311

#pragma once
/// @file
/// Reads JSON requests into structs by tables of fields: simdjson's DOM, which checks the whole document (UTF-8, form)
/// before anything is taken from it. Unknown fields are ignored, null is as good as absent, a wrong type is an error
/// with the field's JSON pointer.

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/civil_time.hpp"
#include "core/domain/text.hpp"
#include "core/http/problems.hpp"

namespace pakn::http::json {

using Element = simdjson::dom::element;

/// A text without U+0000.
inline Status readText(std::string& target, Element value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return problemError("request.field_type");
    if (text.find('\0') != std::string_view::npos) return problemError("petition.text_invalid");
    target = text;
    return Done{};
}

/// How one field of T is read.
template <class T>
struct Rule {
    std::string_view name;
    Status (*read)(T& target, Element value);
};

template <class T, std::string T::*Member>
constexpr Rule<T> text(std::string_view name) {
    return {name, [](T& target, Element value) { return readText(target.*Member, value); }};
}

/// For texts that are stored as they come; petitions are normalised by the hub.
template <class T, std::string T::*Member>
constexpr Rule<T> nfcText(std::string_view name) {
    return {name, [](T& target, Element value) -> Status {
                std::string given;
                if (Status read = readText(given, value); !read) return read;
                std::optional<std::string> text = domain::toNfc(given);
                if (!text) return problemError("petition.text_invalid");
                target.*Member = std::move(*text);
                return Done{};
            }};
}

template <class T, bool T::*Member>
constexpr Rule<T> truth(std::string_view name) {
    return {name, [](T& target, Element value) -> Status {
                if (value.get(target.*Member) != simdjson::SUCCESS) return problemError("request.field_type");
                return Done{};
            }};
}

template <class T, std::optional<Instant> T::*Member>
constexpr Rule<T> instant(std::string_view name) {
    return {name, [](T& target, Element value) -> Status {
                std::string_view written;
                if (value.get(written) != simdjson::SUCCESS) return problemError("request.field_type");
                target.*Member = domain::parseInstant(written);
                if (!(target.*Member)) return problemError("petition.field_invalid");
                return Done{};
            }};
}

/// Reads an object; errors carry the pointer from `target` on.
template <class T, std::size_t N>
Status readObject(T& target, Element value, const Rule<T> (&rules)[N]) {
    static_assert(N <= 32);
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return problemError("request.field_type");
    std::uint32_t seen = 0;
    for (const simdjson::dom::key_value_pair field : object) {
        for (std::size_t i = 0; i < N; ++i) {
            if (rules[i].name != field.key) continue;
            Status status = Done{};
            if (seen & (1U << i)) {
                status = problemError("request.json_duplicate");
            } else if (!field.value.is_null()) {
                status = rules[i].read(target, field.value);
            }
            if (!status) {
                Error error = status.error();
                error.field = '/' + std::string{field.key} + error.field;
                return error;
            }
            seen |= 1U << i;
            break;
        }
    }
    return Done{};
}

/// How many members an array may have, and the problem of one that has more.
struct Most {
    std::size_t count;
    std::string_view problem;
};

/// Reads an array of objects; of one that is too long nothing.
template <class T, std::size_t N>
Status readArray(std::vector<T>& target, Element value, const Rule<T> (&rules)[N], const Most& most) {
    simdjson::dom::array array;
    if (value.get(array) != simdjson::SUCCESS) return problemError("request.field_type");
    if (array.size() > most.count) return problemError(most.problem);
    for (const Element item : array) {
        Status status = readObject(target.emplace_back(), item, rules);
        if (!status) {
            Error error = status.error();
            error.field = '/' + std::to_string(target.size() - 1) + error.field;
            return error;
        }
    }
    return Done{};
}

/// Parses `text` and hands the root to `read`; the parser is this thread's and is used again.
/// Errors: "request.utf8_invalid", "request.json_malformed", "request.json_too_long" (a megabyte outside of texts), and
/// what `read` returns. A document of megabytes may wait for others.
Status parse(const std::string& text, const std::function<Status(Element root)>& read);

/// The whole of a request body as T.
template <class T, std::size_t N>
Result<T> parseAs(const std::string& text, const Rule<T> (&rules)[N]) {
    T target;
    Status status = parse(text, [&](Element root) { return readObject(target, root, rules); });
    if (!status) return status.error();
    return target;
}

}  // namespace pakn::http::json

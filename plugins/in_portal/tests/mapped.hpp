#pragma once
/// @file
/// Mappings and items out of texts, for tests.

#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <string_view>

#include "mapping.hpp"

namespace pakn::in_portal {

/// A mapping without mistakes; the test fails with them otherwise.
inline Mapping mappingOf(std::string_view yaml) {
    Mistakes mistakes{"portal.yaml"};
    const std::optional<Node> tree = parseYaml(yaml, mistakes);
    Mapping mapping;
    if (tree) {
        Section top{&*tree, mistakes};
        mapping = readMapping(top);
    }
    for (const std::string& line : mistakes.lines()) ADD_FAILURE() << line;
    return mapping;
}

inline JsonDocument jsonOf(std::string_view text) {
    Result<JsonDocument> document = parseJson(text);
    if (!document) throw std::invalid_argument{document.error().message};
    return *std::move(document);
}

inline Result<MappedItem> mapped(std::string_view yaml, std::string_view item) {
    return mapItem(mappingOf(yaml), jsonOf(item));
}

/// The error a mapping meets; a default error when it meets none.
inline Error problemOf(std::string_view yaml, std::string_view item) {
    const Result<MappedItem> result = mapped(yaml, item);
    return result ? Error{.problem = "none"} : result.error();
}

}  // namespace pakn::in_portal

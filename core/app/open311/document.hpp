#pragma once
/// @file
/// An answer as it is read: XML or JSON, in one form. Nothing is presumed of either; both are bounded.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::app::open311 {

struct Node {
    enum class Kind : std::uint8_t { kElement, kText, kFlag, kNumber, kNull, kList, kObject };
    Kind kind = Kind::kElement;  ///< Of XML always an element.
    std::string name = {};       ///< Of an element, or of a member of an object.
    std::string text = {};       ///< What stands in it; of a number and a flag as it was written.
    std::vector<Node> children = {};

    /// The first child of that name; null when there is none.
    [[nodiscard]] const Node* find(std::string_view wanted) const;
    /// What stands in it; empty when it is not there.
    [[nodiscard]] std::string_view textOf(std::string_view wanted) const;
    [[nodiscard]] bool has(std::string_view wanted) const { return find(wanted) != nullptr; }
    /// The children of that child.
    [[nodiscard]] const std::vector<Node>& listOf(std::string_view wanted) const;
};

/// The root element. Nothing when it is not well-formed, has a document type, or is nested deeper than 64.
std::optional<Node> readXml(std::string_view text);
/// Nothing when it is no JSON, or nested deeper than 64.
std::optional<Node> readJson(std::string_view text);

/// Where the JSON is not the mapping of the XML (Spark): in words; empty when it is.
std::string difference(const Node& xml, const Node& json);

}  // namespace pakn::app::open311

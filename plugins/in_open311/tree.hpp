#pragma once
/// @file
/// An answer before it is XML or JSON: one tree, two ways to write it, so that the two can never say different things.
/// The JSON is that of Open311's conversion (Spark): the root's name disappears, lists are arrays whatever their
/// length, an empty text is null.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pakn::in_open311 {

/// Value type. What a text holds that XML cannot say is gone when it is made (text.hpp, printable()).
class Tree {
public:
    static Tree text(std::string name, std::string_view value);
    static Tree flag(std::string name, bool value);
    static Tree integer(std::string name, std::int64_t value);
    /// A number of at most seven decimals; without a value it is empty.
    static Tree degrees(std::string name, const double* value);
    static Tree object(std::string name, std::vector<Tree> members);
    /// Each item's name is its element's in XML.
    static Tree list(std::string name, std::vector<Tree> items);

    /// A document with its declaration.
    [[nodiscard]] std::string toXml() const;
    /// The value; the root's own name does not show.
    [[nodiscard]] std::string toJson() const;

private:
    enum class Kind : std::uint8_t { kText, kBare, kObject, kList };

    Tree(std::string name, Kind kind, std::string value, std::vector<Tree> children = {});
    void writeXml(std::string& out) const;
    void writeJson(std::string& out) const;

    std::string name_;
    Kind kind_;
    std::string value_;  ///< Of kBare: as it stands in both.
    std::vector<Tree> children_;
};

}  // namespace pakn::in_open311

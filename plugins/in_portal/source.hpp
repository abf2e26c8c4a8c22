#pragma once
/// @file
/// Where the value of one field comes from in a portal's item, and how it is read: one line of a mapping.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "dates.hpp"
#include "json.hpp"
#include "template.hpp"
#include "yaml.hpp"

namespace pakn::in_portal {

using placed_yaml::Entry;
using placed_yaml::inQuotes;
using placed_yaml::lineOf;
using placed_yaml::Mark;
using placed_yaml::Mistake;
using placed_yaml::Mistakes;
using placed_yaml::nameHint;
using placed_yaml::Node;
using placed_yaml::parseYaml;
using placed_yaml::Section;

/// What a mapping says once for all its fields.
struct Defaults {
    DateFormats dates = {};
};

/// Constant data once read.
struct Source {
    enum class From : unsigned char { kNothing, kPlace, kConstant, kTemplate };
    From from = From::kNothing;
    Place place = {};
    std::string constant = {};
    Template text = {};
    bool required = false;
    std::optional<std::string> otherwise = {};      ///< Used when the item has no value, or a code is unknown.
    std::map<std::string, std::string> codes = {};  ///< Theirs (comparable) to ours; empty: no table.
    bool keep_unknown = false;                      ///< A code that is not in the table passes as it is.
    std::vector<std::string> yes = {};              ///< Comparable; empty: the usual words.
    std::vector<std::string> no = {};
    DateFormats dates = {};

    /// For people: "/a/b", "column Nội dung", "template".
    [[nodiscard]] std::string where() const;
};

/// Reads `place`, or `{ from | value | template, required, default, codes, unknown, yes, no, dates, zone }`.
Source readSource(const Node& node, const Defaults& defaults, Mistakes& mistakes);
/// `dates:` and `zone:` of a section.
DateFormats readDates(Section& section, const DateFormats& otherwise);
/// A place; reported when it is none.
Place readPlace(const Node& node, Mistakes& mistakes);

// The value of a source in an item. Nothing: the item has none. Errors: kInvalid with problem "portal.missing",
// "portal.not_text", "portal.code_unknown", "portal.flag", "portal.date", "portal.number"; the text names the place,
// never the value.
Result<std::optional<std::string>> textFrom(const Source& source, const Json& item);
Result<std::optional<bool>> flagFrom(const Source& source, const Json& item);
Result<std::optional<Instant>> dateFrom(const Source& source, const Json& item);
Result<std::optional<double>> numberFrom(const Source& source, const Json& item);

}  // namespace pakn::in_portal

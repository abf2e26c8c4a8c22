#pragma once
/// @file
/// XML from outside by expat: no document types, so no entities of its own; bounded depth, tags and attributes.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "pakn/sdk/result.hpp"

namespace pakn::spreadsheet {

using XmlAttributes = std::map<std::string, std::string, std::less<>>;

/// What happens while reading. Names are without their namespace's prefix.
struct XmlHandler {
    virtual ~XmlHandler() = default;
    virtual void begin(std::string_view name, const XmlAttributes& attributes) = 0;
    virtual void text(std::string_view text) = 0;
    virtual void end(std::string_view name) = 0;
    /// Set by a handler: reading ends with this error.
    Status outcome = Done{};
};

/// kInvalid: no well-formed XML, a document type, or nested too deep; else the handler's outcome.
/// Throws std::bad_alloc, and what a handler throws.
Status readXml(std::string_view text, XmlHandler& handler);

}  // namespace pakn::spreadsheet

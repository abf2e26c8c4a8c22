#pragma once
/// @file
/// The journal's payload format: the fields of an event as a JSON object, by the tables in core/domain/event.hpp. Empty
/// texts and lists and absent values are left out; unknown names are ignored, so that a field added later does no harm.

#include <stdexcept>
#include <string>
#include <string_view>

#include "core/domain/event.hpp"

namespace pakn::store {

/// A stored row that cannot be read. Never leaves the room: becomes kInternal.
class DamagedRow : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

std::string encodePayload(const domain::EventData& data);
/// Throws DamagedRow.
domain::EventData decodePayload(domain::EventKind kind, std::string_view json);

}  // namespace pakn::store

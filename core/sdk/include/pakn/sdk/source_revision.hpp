#pragma once
/// @file
/// How a channel says which version of an item it brings.

#include <string_view>

namespace pakn {
inline namespace sdk1 {

/// Attribute of an IncomingPetition with an external_id: another value says that the item changed at its source since
/// it was taken in, the same one that it did not, whatever files came along this time. Any text up to 1000 characters,
/// best a hash. Without it the hub compares texts and files. It is compared, not kept with the petition.
inline constexpr std::string_view kSourceRevision = "source_revision";

}  // namespace sdk1
}  // namespace pakn

#pragma once
/// @file
/// What would become of a sample: for whoever writes a mapping, before anything is stored.

#include <string_view>
#include <vector>

#include "pakn/sdk/preview.hpp"
#include "portal_file.hpp"

namespace pakn::in_portal {

/// Any of the files that the connector takes; a `.json` sample may be a page of the portal's list or a pushed body.
Result<std::vector<Previewed>> previewSample(const PortalFile& portal, std::string_view sample, std::string_view name);

}  // namespace pakn::in_portal

#pragma once
/// @file
/// Reads the AbiTag out of a shared object's bytes. The file is taken for hostile: every offset is checked.

#include "core/plugin_host/plugin_file.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::plugin_host {

/// The content of the section PAKN_ABI_SECTION, not yet judged. kMisconfigured: "plugin.not_elf" (no complete ELF64
/// shared object for this machine) or "plugin.no_tag" (no such section, or one of another size).
Result<AbiTag> readAbiTag(const PluginFile& file);

}  // namespace pakn::plugin_host

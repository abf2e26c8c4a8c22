#pragma once
/// @file
/// The mapping file as a whole: what the portal's items look like, and how the portal is talked to.

#include <string>
#include <string_view>
#include <vector>

#include "mapping.hpp"
#include "pull.hpp"
#include "push.hpp"
#include "table.hpp"
#include "write_back.hpp"

namespace pakn::in_portal {

struct PortalFile {
    Mapping mapping = {};
    TableShape files = {};
    PullShape pull = {};
    PushShape push = {};
    std::vector<WriteBack> write_back = {};
};

/// Reads a mapping file's text. What comes back counts only when there are no mistakes.
PortalFile readPortalFile(std::string_view text, Mistakes& mistakes);

}  // namespace pakn::in_portal

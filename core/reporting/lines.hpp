#pragma once
/// @file
/// The statistics that are lists: petitions with every field, and their senders. Whoever is behind a petition is
/// masked, always; in clear they are shown by looking at one petition, which is journalled.

#include "core/domain/rules.hpp"
#include "core/reporting/table.hpp"
#include "core/store/store.hpp"

namespace pakn::reporting {

/// A page: as many rows as there are, and where the next begins.
struct Lines {
    Table table = {};
    std::string next = {};  ///< Cursor of the next page; empty: this is the last.
};

std::vector<Column> listColumns();
std::vector<Column> senderColumns();

/// Errors of both: the store's; kInvalid (/cursor).
Result<Lines> list(store::Store& store, const domain::Rules& rules, const store::ReportFilter& filter,
                   const store::Page& page, Instant now);
/// Most petitions first. Petitions of unknown and of anonymous senders are not among them.
Result<Lines> senders(store::Store& store, const store::ReportFilter& filter, const store::Page& page, Instant now);

}  // namespace pakn::reporting

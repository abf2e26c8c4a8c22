#pragma once
/// @file
/// Reports as Open311 shows them. What is in them has passed the hub's disclosure; nothing is added here but names.

#include <chrono>
#include <string>
#include <vector>

#include "reports.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {

/// How they are shown.
struct Look {
    std::chrono::minutes offset{0};    ///< Of dates.
    std::string answered_status = {};  ///< Extended status of what is answered.
    bool extensions = false;           ///< With extended_attributes and notes.
};

/// "service_requests".
Tree listOfRequests(const std::vector<Row>& rows, const Look& look);

/// Open311's table for bulk (RFC 4180, with a header).
std::string tableOfRequests(const std::vector<Row>& rows, const Look& look);

/// "service_request_updates": the steps of these reports in that span, the oldest first, at most kMostRows.
Tree listOfUpdates(const std::vector<Row>& rows, const Span& span, const Look& look);

}  // namespace pakn::in_open311

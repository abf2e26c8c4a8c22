#pragma once
/// @file
/// How the hub's statuses are called in Open311 and its extensions: docs/contracts/open311.md, "Statuses".

#include <string>
#include <string_view>

namespace pakn::in_open311 {

/// mySociety's extended status of one of the hub's; "open" for one that is not known. `answered` is what "answered"
/// is called.
std::string_view extendedStatus(std::string_view status, std::string_view answered);

/// CitySDK's: PENDING, RECEIVED, IN_PROCESS, PROCESSED, REJECTED.
std::string_view detailedStatus(std::string_view status);

/// Whether a client may say it in an update, in whatever case.
bool isExtendedStatus(std::string_view status);

}  // namespace pakn::in_open311

#pragma once
/// @file
/// What statistics and search keep of a petition.

#include <array>
#include <string_view>

#include "core/store/reports.hpp"

namespace pakn::reporting {

/// How the sender of a petition is known:
///   anonymous     asked that nobody is told who they are
///   unidentified  left neither a phone number nor a citizen's id
///   private       is on record, and did not agree that everybody may know it
///   public        is on record, and agreed
inline constexpr std::array<std::string_view, 4> kIdentities{"anonymous", "unidentified", "private", "public"};

/// Pure. The words are those of code, title, text, place and released answer; drafts and comments between officials are
/// not found, nor is anything of the petitioner. Whoever asked for anonymity is nobody's sender.
store::ReportRow reportRow(const store::FollowedPetition& followed);

}  // namespace pakn::reporting

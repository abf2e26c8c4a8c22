#pragma once
/// @file
/// What a channel knows of a petition's sender besides what the sender wrote: how to reach them again, and what came in
/// before anything was made of it.

#include <string_view>

namespace pakn {
inline namespace sdk1 {

/// Attribute of an IncomingPetition: by what this channel finds its sender again - a chat user's id, an e-mail address,
/// an account of the app. At most 1000 characters. Kept sealed, shown to nobody; it comes back in
/// Delivery::reply_address of what goes to this sender (`to: reply`). Since SDK 1.4.
inline constexpr std::string_view kReplyAddress = "reply_address";

/// Content type of an Attachment that is no file of the petition, but what came in, as it came: a mail with its header.
/// At most one. It is kept beside the petitioner's identity and shown to whoever may see that. Since SDK 1.4.
inline constexpr std::string_view kOriginalType = "application/vnd.pakn.original";

/// Attribute of an IncomingPetition, or of an Update with the sender's words, of a connector: "true" says that files
/// the hub does not take (by type, size, number) are left out, and named in the petition for officers, instead of the
/// whole being refused. For channels whose sender cannot be asked. Since SDK 1.4.
inline constexpr std::string_view kLeaveOutFiles = "leave_out_files";

/// Attribute of an IncomingPetition of a connector: "true" says that a refusal is only answered (`refused`, with the
/// problem), not kept: its sender is there, reads what is wrong and sends it again. Never stored. Since SDK 1.5.
inline constexpr std::string_view kOnlyAnswered = "only_answered";

/// Attribute of an Update with the sender's words: the tracking secret of the petition named by `code`, which proves
/// who speaks, of whatever channel the petition is. A refusal is then only answered (`refused`, with the problem), as
/// the sender is there to read it. Never stored, never logged. Since SDK 1.5.
inline constexpr std::string_view kSenderSecret = "sender_secret";

}  // namespace sdk1
}  // namespace pakn

#pragma once
/// @file
/// A petition made of a mail. Pure.

#include <pakn/sdk/host.hpp>
#include <string>

#include "judge.hpp"
#include "mailbox.hpp"

namespace pakn::in_email {

/// The content type under which the decoder hands over what the sender wrote themselves, without what they quote.
inline constexpr std::string_view kOwnPart = "text/x-pakn-own";
/// Attribute of a petition that a person should look at: why, in stable words parted by blanks.
inline constexpr std::string_view kToCheck = "to_check";

/// `hash`: SHA-256 of the mail as it came, hex.
IncomingPetition petitionOf(const Decoded& decoded, const FetchedMail& mail, const std::string& hash,
                            const Judgement& judgement, const IntakeSettings& settings);
/// Of a mail that cannot be read: the file as it came, for a person to look at.
IncomingPetition unreadablePetition(const FetchedMail& mail, const std::string& hash, const std::string& problem,
                                    const IntakeSettings& settings);

/// The sender's word about a petition that the hub has: what they wrote themselves, as long as an update may be. Where
/// that is not all that stands in the mail (it is long, or an answer between quoted lines), a file holds the whole.
struct Supplement {
    std::string text = {};
    std::vector<Attachment> files = {};
};
/// At least one; the files that one update has no room for are in the next. The first says when parts of the mail are
/// missing.
std::vector<Supplement> supplementsOf(const Decoded& decoded, const FetchedMail& mail);

/// What its sender wrote, without quotes where there are; bounded to what a petition may hold.
std::string ownTextOf(const Decoded& decoded);
/// Its first nine files.
std::vector<Attachment> filesOf(const Decoded& decoded);
/// By Message-ID and content: two mails of one id with different words are two petitions.
std::string externalIdOf(const Decoded& decoded, const std::string& hash);
/// Where answers go, and to which mail: "address message-id"; the second part may be missing.
std::string replyAddressOf(const Decoded& decoded);

}  // namespace pakn::in_email

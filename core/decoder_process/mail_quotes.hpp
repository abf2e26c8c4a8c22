#pragma once
/// @file
/// What the writer of a mail wrote: its text without the mails that it answers and without a signature.

#include <string>
#include <string_view>

namespace pakn::decoder_process {

/// `text`: NFC, line ends \n. The rules stand in docs/contracts/email.md, §3a. What was forwarded stays, because the
/// writer shows it; so may nothing stay of an answer without a word of its own. Linear time.
std::string ownPart(std::string_view text);

}  // namespace pakn::decoder_process

#pragma once
/// @file
/// Mails (RFC 5322, MIME) as text, facts and files. What comes out is described in docs/contracts/email.md.

#include <cstdint>
#include <string>

#include "pakn/sdk/host.hpp"

namespace pakn::decoder_process {

struct MailLimits {
    std::uint64_t output = 32U << 20U;  ///< Bytes of one file that comes out.
};

/// Makes GMime and ICU ready. Opens files, starts no thread. kMisconfigured.
Status prepareMail();

/// A mail: in `text` its body to read, in `attributes` what its header says, in `parts` first what its writer wrote
/// (own.txt, text/x-pakn-own) and then its files. What is too much is left out and noted. kRejected
/// ("decode.not_a_mail"), kTooLarge ("decode.input_too_large", "decode.header_too_large"), kUnavailable.
Result<Decoded> readMail(const Content& content, const MailLimits& limits);

/// The same, of bytes in memory. One thread at a time.
Result<Decoded> readMail(std::string mail, const MailLimits& limits);

}  // namespace pakn::decoder_process

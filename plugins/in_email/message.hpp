#pragma once
/// @file
/// Our mails: a message (RFC 5322, MIME) made of a delivery, by GMime. Pure but for the files it reads.

#include <pakn/sdk/delivery.hpp>
#include <pakn/sdk/result.hpp>
#include <string>

#include "options.hpp"

namespace pakn::in_email {

struct Letter {
    std::string to = {};           ///< Sound address.
    std::string message_id = {};   ///< Without angle brackets.
    std::string in_reply_to = {};  ///< Of the sender's mail; may be empty.
    std::string subject = {};
    std::string text = {};
    bool html = false;
    bool automatic_reply = false;  ///< Answers a mail by itself (RFC 3834, auto-replied), else auto-generated.
    std::vector<Attachment> files = {};
    Instant at = {};
};

/// What an answer or a notice says, in the configuration's words.
Letter letterFor(const Delivery& delivery, const OutgoingSettings& settings);

/// In 7-bit characters with CRLF line ends. kUnavailable when a file cannot be read now, kInternal.
Result<std::string> composed(const Letter& letter, const OutgoingSettings& settings);

}  // namespace pakn::in_email

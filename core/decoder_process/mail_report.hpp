#pragma once
/// @file
/// What a mail server says about a mail of ours that it could not, or not yet, hand on (RFC 3464), and what a reader's
/// program says about one that it has shown (RFC 8098).

#include <string>

#include "core/decoder_process/mail_tree.hpp"

namespace pakn::decoder_process {

/// What cannot be read is empty.
struct DeliveryReport {
    std::string final_recipient = {};      ///< The original one where only that is there.
    std::string original_recipient = {};   ///< As the mail was addressed, before anybody forwarded it.
    std::string action = {};               ///< "failed", "delayed", …; lower case.
    std::string status = {};               ///< "5.1.1"
    std::string original_message_id = {};  ///< Of the mail that came back, or was read.
};
/// Of several recipients the first that failed, else the first.
DeliveryReport readDeliveryReport(const Tree& tree);

}  // namespace pakn::decoder_process

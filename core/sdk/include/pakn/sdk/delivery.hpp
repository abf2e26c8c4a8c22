#pragma once
/// @file
/// What leaves the hub over an output connector.

#include <chrono>
#include <string>
#include <vector>

#include "pakn/sdk/petition.hpp"

namespace pakn {
inline namespace sdk1 {

/// Whom a notice is for, with what is needed to reach them and nothing else. Personal data: not for logs.
struct Recipient {
    std::string kind = {};     ///< "petitioner"; "account": one officer; "queue": everybody of a role in a unit.
    std::string phone = {};    ///< Of a petitioner, E.164; may be empty when `email` is not.
    std::string email = {};    ///< Of a petitioner. Both empty: only Delivery::reply_address leads to them.
    std::string account = {};  ///< Login of an officer.
    std::string role = {};     ///< Of an officer or a queue.
    std::string unit = {};     ///< Of a queue; empty: the Centre.
};

/// One thing to send. Everything in it has passed the petition's disclosure rules: a connector may pass on all of it.
struct Delivery {
    std::string id = {};               ///< Of this delivery; stays.
    std::string idempotency_key = {};  ///< The same over every retry; a peer that honours it acts once.
    std::string kind = {};             ///< result, notice, sign_request, status_update, forward.
    std::string event = {};            ///< Kind of the event that caused it: released, approved, …
    Instant occurred_at = {};          ///< When that event happened.
    int attempt = 1;                   ///< 1 for the first.
    std::string petition_id = {};
    std::string code = {};
    std::string status = {};
    std::string channel = {};
    std::string external_id = {};  ///< The origin's own id of the petition, if it gave one.
    std::string unit = {};
    std::string unit_name = {};
    std::string title = {};        ///< Empty unless the petition is public and not anonymous.
    std::string result_text = {};  ///< With kind `result`: the approved answer.
    std::vector<Attachment> attachments = {};
    Attributes attributes = {};
    // Since SDK 1.3.
    Recipient recipient = {};       ///< With kind `notice`, as the next three.
    std::string subject = {};       ///< One line of plain text.
    std::string message = {};       ///< In full, as its reader is to see it.
    std::string message_type = {};  ///< "text/plain" or "text/html", UTF-8.
    // Since SDK 1.4. Of a delivery that goes back to the petition's sender (`to: reply`); `recipient` is set, too.
    std::string way = {};            ///< Which of the connector's own ways to take; empty: its usual one.
    std::string reply_address = {};  ///< As the petition's channel gave it (kReplyAddress). Personal data.
    std::string link = {};           ///< Where the sender looks the petition up, with their secret; may be empty.
};

/// Attribute of a Receipt: the peer took it, and nobody will ever tell whether the person saw it. An answer then goes
/// out by the next way as well. Any value but an empty one. Since SDK 1.5.
inline constexpr std::string_view kUnconfirmed = "unconfirmed";

/// Problem of a kFallback: nothing is known of this person by which they could be reached this way, a device for
/// example, and there is nothing to mend. An officer then reads the notice in the hub. Since SDK 1.5.
inline constexpr std::string_view kNobodyThere = "recipient.nobody_there";

/// The peer has it.
struct Receipt {
    bool already = false;        ///< The peer had it before: success all the same.
    std::string reference = {};  ///< The peer's own id or receipt, if it gave one. No secrets.
    Attributes attributes = {};
};

}  // namespace sdk1
}  // namespace pakn

#pragma once
/// @file
/// Citizens who come back: signing in by a one-time code, opening a petition whose secret is lost, one's own petitions,
/// and the devices that notices go to. Since SDK 1.5.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/records.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// Where a one-time code goes; exactly one of the first two is set.
struct CodeRequest {
    std::string contact = {};   ///< Telephone number or e-mail address, as typed: to sign in with it.
    std::string petition = {};  ///< Code of a petition: goes to the number, or else the address, on record.
    std::string client = {};    ///< HttpRequest::client of whoever asks, by which they are counted.
};

struct CodeSent {
    std::string challenge = {};  ///< Comes back with the code; opens nothing by itself.
    Instant until = {};          ///< The code is good until then, and for five tries.
};

/// A citizen's session. Its token goes to the citizen's device or browser and nowhere else.
struct SignedInCitizen {
    std::string token = {};
    Instant until = {};
    PublicCitizen citizen = {};
};

/// What opens one petition.
struct PetitionKey {
    std::string code = {};
    std::string secret = {};
};

/// A petition for its sender.
struct OwnPetition {
    PublicPetition petition = {};  ///< As PublicRecords::track() shows it, without steps unless asked for.
    std::string secret = {};       ///< For track() and kSenderSecret.
};

struct OwnSearch {
    std::string reply_address = {};       ///< As given to accept() (kReplyAddress) by this connector.
    std::vector<std::string> codes = {};  ///< One of these; at most 1000.
    bool steps = false;
    std::optional<Instant> changed_from = {};  ///< Changed last at or after; then within a second or so of the truth.
    std::optional<Instant> changed_to = {};    ///< Changed last at or before.
    std::string after = {};                    ///< Cursor of the last page; empty for the first.
    int limit = 20;                            ///< 1-100.
};

struct OwnPage {
    std::vector<OwnPetition> items = {};  ///< The newest first.
    std::string next = {};                ///< Cursor of the next page; empty: this is the last.
};

/// Where a person's notices are shown. Tokens are kept sealed.
struct Device {
    std::string owner = {};     ///< Delivery::reply_address of a citizen; the login of an officer.
    std::string channel = {};   ///< Delivery::channel of a citizen; empty for an officer.
    std::string platform = {};  ///< "fcm", "apns".
    std::string token = {};     ///< As its push service gave it. At most 4096 bytes.
    std::string session = {};   ///< Token of the session it was told with: its signing out forgets it. Not given back.
    Instant seen_at = {};       ///< When it was told last; set by the host.
};

/// Safe from any thread. Errors of every call: kUnavailable, kInternal.
class Citizens {
public:
    virtual ~Citizens() = default;

    /// Sends a code of six digits over the connector that `one_time_codes` names for such a contact, and waits until it
    /// is sent. An unknown petition, or one without a way to its sender, is answered the same and gets none. kInvalid
    /// ("code.contact_invalid"), kMisconfigured ("code.no_way": no connector is named for it), kUnavailable
    /// ("code.too_often" with retry_after; "code.not_sent").
    virtual Result<CodeSent> sendCode(const CodeRequest& request) = 0;
    /// A session for whoever typed the code that went to their number or address. Used up then. kUnauthenticated
    /// ("code.wrong"): not the code, or it is over.
    virtual Result<SignedInCitizen> signIn(std::string_view challenge, std::string_view code) = 0;
    /// What opens the petition whose sender typed the code. The same error.
    virtual Result<PetitionKey> openPetition(std::string_view challenge, std::string_view code) = 0;
    /// Whose session a token is. kUnauthenticated: nobody's, or it is over.
    virtual Result<PublicCitizen> citizen(std::string_view token) = 0;
    /// Ends a session, and notices to the devices that were told with it. An unknown one is no error.
    virtual Status signOut(std::string_view token) = 0;

    /// Petitions of this connector that came with this reply address. kInvalid: a cursor that is none, too
    /// many codes ("search.too_much").
    virtual Result<OwnPage> petitions(const OwnSearch& wanted) = 0;

    /// Notices for `owner` may go to this device from now on; `channel` is this connector. A token that was another
    /// owner's moves. At most 20 devices an owner: the one that was heard of longest ago goes. kInvalid, kTooLarge.
    virtual Status keepDevice(const Device& device) = 0;
    /// Devices of one owner, the one heard of last first.
    virtual Result<std::vector<Device>> devices(std::string_view channel, std::string_view owner) = 0;
    /// No notices go to this device (platform, token) any more: with an owner, if it is theirs on this connector; else
    /// whosever it is. An unknown one is no error.
    virtual Status forgetDevice(const Device& device) = 0;
};

}  // namespace sdk1
}  // namespace pakn

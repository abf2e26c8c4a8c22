#pragma once
/// @file
/// What a channel hands to the hub, and what it gets back. Field names follow the intake JSON of docs/api/openapi.yaml.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "pakn/sdk/content.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// For what a struct cannot say yet. Names are lower_snake_case; the hub keeps them with the petition.
using Attributes = std::map<std::string, std::string, std::less<>>;

/// A file that came with a petition or leaves with an answer. The hub decides the type by content, not by name.
struct Attachment {
    std::string name = {};          ///< As the sender called it; never used as a path.
    std::string content_type = {};  ///< As the sender declared it.
    Content content = {};           ///< The bytes, in memory or behind an open descriptor.
};

/// The person or organisation behind a petition, as typed. The hub normalises, encrypts and masks it.
struct Petitioner {
    std::string kind = {};  ///< "individual" (the default) or "organisation".
    std::string name = {};
    std::string phone = {};
    std::string email = {};
    std::string citizen_id = {};
    std::string address = {};
};

struct Location {
    std::string address = {};
    std::string area = {};  ///< Code of the commune or ward, opaque.
    std::optional<double> latitude = {};
    std::optional<double> longitude = {};
};

/// Consents that the petitioner gave; none is ever assumed.
struct Consent {
    bool process_personal_data = false;
    bool use_identity_in_handling = false;
    bool publish_identity = false;
};

/// One petition or field report, as a channel received it. Texts are UTF-8 in any normal form; the hub normalises to
/// NFC and checks lengths in code points.
struct IncomingPetition {
    std::string external_id = {};  ///< The channel's own id: the same id is the same petition. May be empty.
    std::string title = {};        ///< May be empty: the hub takes the beginning of the text.
    std::string text = {};         ///< What happened; required.
    std::string category = {};     ///< Id from the configuration; empty or unknown goes to triage.
    bool emergency = false;
    bool is_public = false;
    bool anonymous = false;
    bool declared_true = false;
    std::string petition_class = {};  ///< "PAHT" (field report), "PAKN" (petition); empty is PAHT.
    std::string complained_unit = {};
    Petitioner petitioner = {};
    Consent consent = {};
    Location location = {};
    std::optional<Instant> occurred_at = {};
    std::vector<Attachment> attachments = {};
    Attributes attributes = {};
};

/// The hub's answer once the petition is durable, or finally refused.
struct Accepted {
    enum class Outcome : std::uint8_t {
        kStored,     ///< New, committed to disk.
        kDuplicate,  ///< The hub has it already: `code` is the first one's. Done.
        kRefused,    ///< Unacceptable for ever; kept in the hub's refused list. `problem` says why. Go on.
    };
    Outcome outcome = Outcome::kStored;
    std::string code = {};
    std::string id = {};
    std::string tracking_token = {};
    std::optional<Error> problem = {};
};

}  // namespace sdk1
}  // namespace pakn

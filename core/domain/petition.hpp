#pragma once
/// @file
/// The petition as the fold of its events, and the rows that lists need of it.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::domain {

/// A file that lies in the blob store.
struct FileRef {
    std::string sha256 = {};  ///< Hex; its address.
    std::string name = {};    ///< As the sender called it, NFC, without path.
    std::string type = {};    ///< By content.
    std::int64_t size = 0;    ///< Bytes.
    friend bool operator==(const FileRef&, const FileRef&) = default;
};

/// An answer in one of its stages.
struct ResultText {
    std::string text = {};
    std::vector<FileRef> files = {};
    std::string by = {};  ///< Account id.
    Instant at = {};
    friend bool operator==(const ResultText&, const ResultText&) = default;
};

/// One thing to send, as the journal knows it. Leases and next attempts are the deliverer's business.
struct DeliveryRecord {
    std::string id = {};
    std::string connector = {};
    DeliveryKind kind = DeliveryKind::kResult;
    EventKind cause = EventKind::kReleased;
    DeliveryState state = DeliveryState::kQueued;
    Instant caused_at = {};  ///< When the cause happened, with the status and unit of that moment: what is sent says
                             ///< the same at every attempt.
    Status status = Status::kReceived;
    std::string unit = {};
    Instant queued_at = {};
    Instant next_at = {};  ///< Not before; meaningful while queued.
    int attempts = 0;
    std::string last_error = {};  ///< No personal data.
    std::string reference = {};
    friend bool operator==(const DeliveryRecord&, const DeliveryRecord&) = default;
};

/// State of one petition: `apply` over its events, nothing else. Personal data of the petitioner is not here.
struct Petition {
    std::string id = {};
    int version = 0;  ///< Number of events; 0: does not exist.
    std::string code = {};
    Status status = Status::kReceived;
    std::string step = {};
    std::optional<Role> holder = {};  ///< Whose turn it is; absent: nobody's.
    bool at_centre = true;            ///< The Centre's turn, else the unit's.
    std::string workflow = {};
    std::string workflow_config = {};  ///< Hash of the configuration whose workflow it keeps.
    std::string sla = {};
    std::string rule = {};               ///< Route that placed it.
    std::vector<std::string> tags = {};  ///< The route's marks.

    std::string channel = {};
    std::string external_id = {};
    std::string title = {};
    std::string content = {};
    std::string category = {};
    std::string petition_class = {};
    std::string complained_unit = {};
    bool emergency = false;
    bool is_public = false;
    bool anonymous = false;
    bool identity_usable = false;  ///< The petitioner agreed that handling uses who they are.
    Location location = {};
    std::optional<Instant> occurred_at = {};
    std::vector<FileRef> files = {};
    std::string tracking_token = {};
    Instant received_at = {};

    std::string suggested_unit = {};
    std::string unit = {};                           ///< Who has it; empty while at the Centre for triage.
    std::string officer = {};                        ///< Account id of who took it.
    std::map<Clock, Instant> due = {};               ///< Limits that run.
    std::map<Clock, Instant> missed = {};            ///< Limits that passed, and the instant they ended.
    std::optional<Instant> remind_at = {};           ///< Of the unit's limit, until it is done.
    std::optional<Instant> stopped_handle_due = {};  ///< The unit's limit as it was when approval stopped it.
    std::optional<Instant> return_until = {};        ///< A return after this is late.
    std::optional<Instant> finished_at = {};

    std::optional<ResultText> draft = {};
    std::optional<ResultText> approved = {};
    std::optional<ResultText> released = {};
    std::vector<DeliveryRecord> deliveries = {};
    std::vector<std::string> heard = {};  ///< News of connectors that are recorded: "<connector>:<the peer's id>".

    [[nodiscard]] const DeliveryRecord* delivery(std::string_view delivery_id) const;
    /// The instant lists sort by: the limit of whoever holds it now, else the citizen's.
    [[nodiscard]] std::optional<Instant> currentDue() const;
};

/// May what the petitioner wrote leave the hub over a connector? Only of a public, not anonymous petition.
inline bool mayDiscloseText(const Petition& petition) { return petition.is_public && !petition.anonymous; }

/// Finished: on time or late against the citizen's limit. Open: against currentDue(); due soon within a day.
Progress progressOf(const Petition& petition, Instant now);

}  // namespace pakn::domain

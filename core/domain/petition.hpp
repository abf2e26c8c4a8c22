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
    std::string standing_for = {};  ///< Account id of the colleague in whose place it was written; empty: nobody's.
    std::string article = {};       ///< Of the knowledge base, from which it was written; empty: none.
    int article_version = 0;

    [[nodiscard]] const std::string& inNameOf() const { return standing_for.empty() ? by : standing_for; }
    friend bool operator==(const ResultText&, const ResultText&) = default;
};

/// Whom a notice is for. The sender is the role `citizen`; an account is that one alone; else everybody of the role in
/// the unit.
struct Addressee {
    Role role = Role::kCitizen;
    std::string unit = {};  ///< Empty: the Centre, or the sender.
    std::string account = {};
    [[nodiscard]] bool isSender() const { return role == Role::kCitizen; }
    friend bool operator==(const Addressee&, const Addressee&) = default;
};

/// A notice as it was worded when its cause happened: what is sent says the same at every attempt, whatever the
/// templates say by then. Who the sender is does not stand in it (kSenderHere).
struct Notice {
    std::string name = {};  ///< Of the template.
    Addressee to = {};
    Markup markup = Markup::kText;
    std::string subject = {};
    std::string message = {};
    friend bool operator==(const Notice&, const Notice&) = default;
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
    std::optional<Notice> notice = {};  ///< With kind `notice`.
    std::string way = {};               ///< Of the connector's own ways; empty: its usual one.
    std::string chain = {};             ///< Of what goes back to the sender: the first delivery of all that try to.
    int failed_version = 0;  ///< The last event by which the peer said that it never arrived, since it was queued;
                             ///< 0: it has not.
    friend bool operator==(const DeliveryRecord&, const DeliveryRecord&) = default;
};

/// Where a petition has been since it came to its unit.
struct Visit {
    std::string step = {};
    bool at_centre = true;
    std::string officer = {};  ///< Whose it was there.
    friend bool operator==(const Visit&, const Visit&) = default;
};

/// A coordinating unit's part: a line of its own beside the petition's.
struct Branch {
    std::string unit = {};
    std::string request = {};  ///< What it was asked for.
    BranchState state = BranchState::kOpen;
    std::string step = {};
    Status status = Status::kDistributed;
    std::optional<Role> holder = {};
    std::string officer = {};
    Instant since = {};
    std::optional<Instant> due = {};
    std::string limit = {};  ///< Its limit as it was configured; empty: somebody named its end, or it ends …
    bool with_unit = false;  ///< … with the limit of the unit that asked.
    bool missed = false;
    std::optional<ResultText> draft = {};
    std::optional<ResultText> result = {};  ///< Approved by its own leader.
    std::string declined = {};              ///< Why it is not its matter.
    friend bool operator==(const Branch&, const Branch&) = default;
};

/// Somebody who is kept informed and has nothing to do: one account, or a whole unit.
struct Follower {
    std::string account = {};
    std::string unit = {};
    std::string content = {};
    Instant since = {};
    std::optional<Instant> until = {};  ///< Unseen after this: nobody waits for it any more.
    std::optional<Instant> seen_at = {};
    friend bool operator==(const Follower&, const Follower&) = default;
};

struct EscalationRecord {
    int level = 1;
    EscalationTarget to = EscalationTarget::kUnitLeader;
    std::string unit = {};  ///< Whose leader; empty: the Centre.
    Instant at = {};
    friend bool operator==(const EscalationRecord&, const EscalationRecord&) = default;
};

struct Rating {
    Satisfaction value = Satisfaction::kNeutral;
    std::string comment = {};
    Instant at = {};
    friend bool operator==(const Rating&, const Rating&) = default;
};

/// "Hẹn xử lý": the end that the unit named, with its grounds.
struct Appointment {
    std::string amount = {};
    std::string reason = {};
    std::vector<FileRef> files = {};
    std::string by = {};
    Instant at = {};
    Instant until = {};
    friend bool operator==(const Appointment&, const Appointment&) = default;
};

/// A time in which the unit's clock stood.
struct Standstill {
    Instant from = {};
    Instant to = {};
    friend bool operator==(const Standstill&, const Standstill&) = default;
};

/// How one of the shorter limits began, so that it can be computed anew.
struct LimitRun {
    Instant from = {};
    std::string limit = {};  ///< As it was configured then; empty in older journals.
    std::vector<Standstill> stood = {};
    friend bool operator==(const LimitRun&, const LimitRun&) = default;
};

/// What stands still while the petition waits.
struct Waiting {
    Instant since = {};
    std::optional<Instant> handle_due = {};
    std::optional<Instant> total_due = {};  ///< Only when the citizen's limit stands, too.
    friend bool operator==(const Waiting&, const Waiting&) = default;
};

/// Who is called to an emergency.
struct RosterCall {
    std::string account = {};              ///< The last who was called; empty: nobody was on duty then.
    std::vector<std::string> called = {};  ///< Everybody who was, in the order of the first time.
    int calls = 0;
    std::optional<Instant> next_at = {};  ///< Absent once somebody has answered.
    std::string acknowledged_by = {};
    std::optional<Instant> acknowledged_at = {};
    friend bool operator==(const RosterCall&, const RosterCall&) = default;
};

/// What a merged petition goes back to when it turns out to be a matter of its own.
struct BeforeMerge {
    Instant since = {};  ///< Of the merge.
    std::string step = {};
    Status status = Status::kReceived;
    std::optional<Role> holder = {};
    bool at_centre = true;
    std::map<Clock, Instant> due = {};
    std::vector<Instant> reminders = {};
    std::optional<Instant> escalate_at = {};
    std::optional<Instant> lapse_at = {};
    friend bool operator==(const BeforeMerge&, const BeforeMerge&) = default;
};

inline bool operator==(const Location& a, const Location& b) {
    return a.address == b.address && a.area == b.area && a.latitude == b.latitude && a.longitude == b.longitude;
}

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
    bool complaint_named = false;  ///< The Centre has settled which unit that is.
    bool emergency = false;
    bool emergency_claimed = false;  ///< Its sender says so; the Centre has not said so yet.
    bool is_public = false;
    bool anonymous = false;
    bool anonymous_to_public = false;  ///< Of an anonymous one: whoever handles it may know who the sender is.
    bool identity_usable = false;      ///< The petitioner agreed that handling uses who they are.
    bool unreachable = false;          ///< The petitioner left neither phone nor e-mail.
    bool answers_channel = false;      ///< Its channel can find the sender again by itself.
    Location location = {};            ///< As it stands, be it corrected.
    bool relocated = false;            ///< It was.
    Location location_as_sent = {};    ///< Then: as its sender said.
    std::optional<Instant> occurred_at = {};
    std::vector<FileRef> files = {};
    std::string tracking_token = {};
    Instant received_at = {};  ///< Where its clocks begin: of a paper that was written down later, when it came in.
    Instant recorded_at = {};  ///< When the hub got it.

    std::string suggested_unit = {};
    std::string suggested_because = {};
    std::string unit = {};                           ///< Who has it; empty while at the Centre for triage.
    std::string hours_of = {};                       ///< Whose working hours its limits count by: who got it, whoever
                                                     ///< has taken that unit over since.
    std::vector<std::string> parties = {};           ///< Every unit that ever had a part in it, however small.
    std::vector<std::string> held_by = {};           ///< Every unit that ever had it, in the order of the first time.
    std::string officer = {};                        ///< Account id of who took it.
    std::vector<std::string> coordinators = {};      ///< Account ids of the unit's people who help.
    std::string product = {};                        ///< Which kind of paper the leader expects; empty: undetermined.
    bool withheld = false;                           ///< The unit's leader keeps it from being published.
    std::vector<Visit> visited = {};                 ///< Since it came to the unit, in order, each step once.
    std::map<Clock, Instant> due = {};               ///< Limits that run.
    std::map<Clock, Instant> missed = {};            ///< Limits that passed, and the instant they ended.
    std::map<Clock, LimitRun> runs = {};             ///< Of triage, release, assign and step, the last of each.
    std::vector<Instant> reminders = {};             ///< Of the unit's limit, those to come, in order.
    std::string handle_limit = {};                   ///< The unit's limit as it was configured then: "7wd".
    std::optional<Instant> handle_from = {};         ///< Where the unit's limit began.
    std::optional<Instant> first_handle_due = {};    ///< Its end before any appointment.
    std::vector<Standstill> standstills = {};        ///< Of the unit's limit, in order.
    std::string total_limit = {};                    ///< The citizen's limit as it was configured then.
    std::optional<Instant> total_from = {};          ///< Where the citizen's limit began.
    std::vector<Standstill> total_standstills = {};  ///< Of the citizen's limit, in order.
    std::optional<Waiting> waiting = {};             ///< The clocks stand.
    std::optional<Appointment> appointment = {};     ///< The last one.
    int appointments = 0;                            ///< With this unit.
    std::optional<Instant> escalate_at = {};         ///< When the next level acts.
    std::optional<Instant> lapse_at = {};            ///< When the hub goes on from a step whose time is over.
    std::vector<EscalationRecord> escalations = {};  ///< Of the limit that runs or was missed last.
    std::optional<Instant> stopped_handle_due = {};  ///< The unit's limit as it was when approval stopped it …
    std::optional<Instant> handle_stopped_at = {};   ///< … then.
    std::optional<Instant> return_until = {};        ///< A return after this is late.
    std::string return_limit = {};                   ///< The time for it as it was configured.
    std::optional<Instant> with_unit_since = {};     ///< When its unit got it.
    std::vector<std::string> returned_by = {};       ///< Units that gave it back to the Centre, in order.
    int late_returns = 0;
    bool ping_pong = false;  ///< Came back so often that the Centre has to look into it.
    std::optional<Instant> finished_at = {};
    std::string closing_reason = {};  ///< Why it was refused or closed.

    std::optional<ResultText> draft = {};
    std::optional<ResultText> approved = {};
    std::optional<ResultText> released = {};
    std::vector<ResultText> former_answers = {};  ///< Released before it was opened again.
    std::vector<Branch> branches = {};            ///< Coordinating units, in the order in which they were asked.
    std::vector<Follower> followers = {};
    std::optional<RosterCall> roster = {};     ///< Of an emergency.
    bool external = false;                     ///< Its unit is not on the system: the Centre acts in its place.
    std::vector<ResultText> supplements = {};  ///< What the sender added.
    std::optional<Rating> rating = {};         ///< Of the answer that is out.
    int reopened = 0;
    std::string merged_into = {};  ///< Id of the petition whose answer it will share.
    std::string merged_code = {};
    std::optional<BeforeMerge> before_merge = {};
    std::vector<DeliveryRecord> deliveries = {};
    std::vector<std::string> heard = {};  ///< News of connectors that are recorded: "<connector>:<the peer's id>".

    [[nodiscard]] const DeliveryRecord* delivery(std::string_view delivery_id) const;
    /// The part of a coordinating unit, the last one it was asked for; null when none.
    [[nodiscard]] const Branch* branch(std::string_view of_unit) const;
    [[nodiscard]] int openBranches() const;
    friend bool operator==(const Petition&, const Petition&) = default;
    /// The instant lists sort by: the limit of whoever holds it now, else the citizen's.
    [[nodiscard]] std::optional<Instant> currentDue() const;
};

/// May what the petitioner wrote leave the hub over a connector? Only of a public, not anonymous petition.
inline bool mayDiscloseText(const Petition& petition) { return petition.is_public && !petition.anonymous; }

/// Is nobody told who the sender is, not even whoever handles it?
inline bool hidesSender(const Petition& petition) { return petition.anonymous && !petition.anonymous_to_public; }

/// Finished: on time or late against the citizen's limit. Open: against currentDue(); due soon within a day.
Progress progressOf(const Petition& petition, Instant now);

}  // namespace pakn::domain

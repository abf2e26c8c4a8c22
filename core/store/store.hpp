#pragma once
/// @file
/// The store's port: one journal, its projections, the outbox, accounts. Adapters: sqlite/ (embedded, one hub),
/// postgresql/ (several hubs on one database). The contract is tests/unit/store/store_contract.hpp, which every adapter
/// passes.
///
/// Errors of every call: kUnavailable (disk full or read-only, database locked or gone: nothing was stored, try again),
/// kInternal (a row that cannot be read). Nothing is acknowledged before commit() has returned Done. When a database
/// goes away in the middle of a write, kUnavailable may also mean that it was stored: the same inbox key finds it.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "core/domain/civil_time.hpp"
#include "core/domain/event.hpp"
#include "core/domain/projection.hpp"
#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"
#include "core/security/duties.hpp"
#include "core/store/calls.hpp"
#include "core/store/correspondents.hpp"
#include "core/store/knowledge.hpp"
#include "core/store/page.hpp"
#include "core/store/reports.hpp"
#include "pakn/sdk/inbox.hpp"

namespace pakn::store {

/// A consent, or the declaration that all is true, as it was given.
struct ConsentRecord {
    std::string purpose = {};  ///< Name of the member of Consent; "declared_true".
    std::string by = {};       ///< Through whom: "sender", "operator:<account id>", "connector:<id>".
    std::string channel = {};
    Instant at = {};
    std::string text_version = {};  ///< Of the text that was agreed to; empty: the channel names none.
    std::string proof = {};  ///< Where it can be looked up: "form", "external_id:…", "call:…", or the channel's word.
};

/// The petitioner as stored: sealed under the petition's data key.
struct Person {
    Petitioner petitioner = {};    ///< Normalised; phone E.164 when it could be.
    std::string phone_typed = {};  ///< As typed.
    Consent consent = {};
    bool declared_true = false;
    Attributes attributes = {};
    Attributes provenance = {};                ///< Where the value of each field comes from (engine/provenance.hpp).
    std::vector<ConsentRecord> consents = {};  ///< Of those that were given.
    std::string reply_address = {};            ///< By which the petition's channel finds them (kReplyAddress).
    std::optional<domain::FileRef> original = {};  ///< What came in, as it came (kOriginalType).
};

/// A petition is found again by these: "key:<caller>:<Idempotency-Key>", "ext:<channel>:<external_id>". The first kind
/// also finds a command again that was done to it.
struct InboxEntry {
    std::string petition_id = {};
    std::string body_hash = {};  ///< Of the request that came with it: the same key with another one is a conflict.
};

/// What a new petition brings besides its events.
struct Birth {
    Person person = {};
    std::vector<std::string> inbox_keys = {};
    std::string body_hash = {};
    std::string call_id = {};  ///< Of the call that it came by, as its operator named it (see Calls); may be empty.
};

/// All that one command changes; stored whole or not at all.
struct Change {
    domain::Petition before = {};
    domain::Petition after = {};
    std::vector<domain::Event> events = {};   ///< before.version + 1 … after.version.
    std::shared_ptr<const Birth> birth = {};  ///< Exactly when before.version is 0.
    std::string inbox_key = {};               ///< Of a command that may come again; empty: none.
    std::string body_hash = {};               ///< Of that command.
};

/// One write transaction. One thread. Destroyed without commit: rolled back.
/// Reads see what others have committed; the caller keeps what it appended itself.
class Transaction {
public:
    virtual ~Transaction() = default;
    /// Which of these keys are known.
    virtual Result<std::unordered_map<std::string, InboxEntry>> findInbox(std::span<const std::string> keys) = 0;
    /// The fold of the petition's journal; nullopt when there is none. Nobody else changes it until this transaction
    /// ends.
    virtual Result<std::optional<domain::Petition>> load(const std::string& petition_id) = 0;
    /// Last serial used on a day, 0 for none. Nobody else gets serials of that day until this transaction ends.
    virtual Result<int> lastSerial(domain::Date day) = 0;
    virtual void setSerial(domain::Date day, int last) = 0;
    /// Remembers the change; written by flush().
    virtual void append(Change change) = 0;
    /// Writes everything appended, in few statements. kConflict when a version, code or inbox key exists already
    /// (another node was faster): the transaction must then be dropped.
    virtual Status flush() = 0;
    /// flush() and make durable.
    virtual Status commit() = 0;
};

/// An accepted configuration.
struct KeptConfiguration {
    std::string hash = {};
    std::string text = {};
    Instant at = {};  ///< The first time.
};

/// That a hub took a configuration into effect.
struct Acceptance {
    std::int64_t sequence = 0;  ///< Given by the store; grows.
    Instant at = {};
    std::string hash = {};
    std::string actor = {};  ///< Who had it so: "start", "signal", "socket:USER", "account:LOGIN".
    std::string node = {};   ///< Host name of the hub.
};

/// A line of a list.
struct Summary {
    std::string id = {};
    std::string code = {};
    std::string title = {};  ///< From the payload.
    std::string channel = {};
    std::string category = {};
    std::string unit = {};
    std::string suggested_unit = {};
    std::string officer = {};
    std::string step = {};
    domain::Status status = domain::Status::kReceived;
    bool emergency = false;
    int version = 0;
    Instant received_at = {};
    std::optional<Instant> due_at = {};        ///< Of whoever holds it.
    std::optional<Instant> total_due_at = {};  ///< The citizen's.
    std::optional<Instant> finished_at = {};
};

/// Open tasks somebody may take up: of any of these queues, and not in another officer's hands.
struct TaskFilter {
    struct Queue {
        domain::Role role = domain::Role::kDispatcher;
        std::string unit = {};  ///< Empty: the Centre's.
    };
    std::vector<Queue> queues = {};
    std::string officer = {};
    std::vector<std::string> colleagues = {};  ///< In whose hands it may be, too: who stands in for them asks.
    std::vector<std::string> hide_complained_units = {};  ///< Petitions against these units stay hidden.
    std::string channel = {};
    std::string category = {};
    std::vector<std::string> held_by = {};  ///< One of these has the petition or ever had it.
    std::optional<domain::Status> status = {};
    std::optional<Instant> from = {};     ///< Received at or after.
    std::optional<Instant> to = {};       ///< Received before.
    std::vector<std::string> areas = {};  ///< One of these; known to the follower, as `tag`.
    std::string tag = {};
    std::optional<domain::Progress> progress = {};  ///< Of the task at `now`; no task is on time or late.
    Instant now = {};
    std::optional<std::vector<Phrase>> text = {};  ///< All of these; none: nothing is found.
};
struct TaskItem {
    Summary petition = {};
    domain::TaskRow task = {};
};

struct PetitionFilter {
    std::optional<std::string> unit = {};  ///< Held by, or ever distributed to, this unit.
    std::vector<std::string> hide_complained_units = {};
    std::string channel = {};
    std::string category = {};
    std::optional<domain::Status> status = {};
    std::optional<domain::Progress> progress = {};
    std::optional<Instant> from = {};  ///< Received at or after.
    std::optional<Instant> to = {};    ///< Received before.
};

struct DueTimer {
    std::string petition_id = {};
    domain::TimerRow timer = {};
};

/// A petition that waits for the answer of another one.
struct Merge {
    std::string petition = {};
    std::string into = {};
};

struct DeliveryFilter {
    std::string connector = {};
    std::optional<domain::DeliveryState> state = {};
    std::string id = {};  ///< This one only.
};
struct DeliveryItem {
    std::string petition_id = {};
    std::string code = {};
    domain::DeliveryRecord record = {};
};
struct ClaimedDelivery {
    std::string petition_id = {};
    std::string delivery_id = {};
    /// An earlier claim was never settled: the hub died between send and outcome.
    bool interrupted = false;
};

/// Notices of one account, and of everybody in these queues.
struct NoticeFilter {
    std::string account = {};
    std::vector<std::string> colleagues = {};  ///< In whose place the account is: what they are told it is told, too.
    std::vector<TaskFilter::Queue> queues = {};
    std::vector<std::string> hide_complained_units = {};  ///< Those about petitions against these units.
    std::optional<Instant> since = {};
    bool unread = false;  ///< Only those that this account has not read.
};
struct NoticeItem {
    std::string id = {};
    std::string petition_id = {};
    std::string code = {};
    Instant at = {};
    std::optional<Instant> read_at = {};  ///< By this account.
    domain::Notified told = {};
};

/// Something a channel brought that can never become a petition.
struct RefusedItem {
    std::string id = {};
    std::string channel = {};
    std::string external_id = {};
    Instant at = {};
    std::string problem = {};  ///< Stable id.
    std::string content = {};  ///< As received, sealed under the hub key when stored.
    std::int64_t bytes = 0;    ///< Of what is stored; known to lists, too.
};

struct RefusedFilter {
    std::string channel = {};
    std::string id = {};
    bool content = true;  ///< False: only how many bytes it has.
};

struct Counts {
    std::int64_t petitions = 0;
    std::int64_t events = 0;
    std::int64_t open_tasks = 0;
    std::map<domain::DeliveryState, std::int64_t> deliveries = {};
};

/// Values of one connector instance.
struct StateSize {
    std::int64_t values = 0;
    std::int64_t bytes = 0;  ///< Of keys and sealed values.
};

/// What waits.
struct Backlog {
    std::int64_t overdue = 0;                         ///< Petitions past their due instant and not finished.
    std::map<std::string, std::int64_t> queued = {};  ///< Deliveries, by connector.
};

/// What a rebuild() did.
struct Rebuilt {
    std::int64_t petitions = 0;
    bool equal = false;  ///< The rows were the same before.
};

/// Safe from any thread. Whoever writes the same waits for each other, within a process and between processes.
class Store : public security::AccountStore, public Reports, public Knowledge {
public:
    /// Takes the right to write; may block while other transactions of this process run.
    virtual Result<std::unique_ptr<Transaction>> begin() = 0;
    /// Several hubs may hold this store at the same time. Their common clock is clock().
    [[nodiscard]] virtual bool shared() const = 0;

    /// Shifts, substitutions, requests for a role. Lives as long as the store.
    virtual security::Duties& duties() = 0;

    /// The register of calls. Lives as long as the store.
    virtual Calls& calls() = 0;

    /// Citizens who come back. Lives as long as the store.
    virtual Correspondents& correspondents() = 0;

    virtual Result<std::optional<domain::Petition>> petition(const std::string& id) = 0;
    virtual Result<std::optional<domain::Petition>> petitionByCode(const std::string& code) = 0;
    virtual Result<std::vector<domain::Event>> history(const std::string& id) = 0;
    virtual Result<std::optional<Person>> person(const std::string& id) = 0;
    /// By due instant, earliest first (so overdue first), those without one last; then by id.
    virtual Result<Listing<TaskItem>> tasks(const TaskFilter& filter, const Page& page) = 0;
    /// Open ones first by due instant, then finished ones; then by id. `now` decides progress.
    virtual Result<Listing<Summary>> petitions(const PetitionFilter& filter, const Page& page, Instant now) = 0;
    /// The same of those that followers know of, by all that these know: words, area, tags. In the order of
    /// reportLines().
    virtual Result<Listing<Summary>> foundPetitions(const ReportFilter& filter, const Page& page, Instant now) = 0;
    /// Newest first.
    virtual Result<Listing<DeliveryItem>> deliveries(const DeliveryFilter& filter, const Page& page) = 0;

    /// Newest first.
    virtual Result<Listing<NoticeItem>> notices(const NoticeFilter& filter, const Page& page) = 0;
    /// How many there are, up to `most`.
    virtual Result<std::int64_t> countNotices(const NoticeFilter& filter, int most) = 0;
    /// The account has read these; without ids all of the filter. Others' notices stay as they are. How many are newly
    /// read; up to a thousand of a queue at once.
    virtual Result<std::int64_t> markNotices(const NoticeFilter& filter, const std::vector<std::string>& ids,
                                             Instant now) = 0;

    virtual Result<std::vector<DueTimer>> dueTimers(Instant now, int limit) = 0;
    /// Merged petitions whose other one is over, so that its answer can be shared; those of one stand together.
    virtual Result<std::vector<Merge>> sharable(int limit) = 0;
    /// Those that wait for this one's answer, up to `limit`.
    virtual Result<std::vector<std::string>> mergedInto(const std::string& petition_id, int limit) = 0;
    /// Ids of petitions that are not finished, in the order of their ids, after this one.
    virtual Result<std::vector<std::string>> openPetitions(const std::string& after, int limit) = 0;
    /// Leases up to `limit` queued deliveries of a connector that are due; durable when it returns.
    virtual Result<std::vector<ClaimedDelivery>> claimDeliveries(const std::string& connector, const std::string& owner,
                                                                 Instant now, Instant lease_until, int limit) = 0;
    /// Whoever is still at work on what it claimed keeps it until then. What another owner has claimed since stays his.
    virtual Status renewDeliveries(const std::string& owner, std::span<const ClaimedDelivery> claims,
                                   Instant lease_until) = 0;
    /// Gives back what `owner` claimed and never began to send: it is due again at once, and `interrupted` only if it
    /// was so before. What another owner has claimed since stays his.
    virtual Status returnDeliveries(const std::string& owner, std::span<const ClaimedDelivery> claims) = 0;
    /// A starting hub ends what its predecessor left behind, where it holds the store alone: all leases, also those of
    /// holdLease(); deliveries stay `interrupted`. On a store that several hubs share nothing: leases run out there.
    virtual Status endLeases() = 0;

    /// Gives `owner` the lease `name` until `until`, or prolongs it: true. False: another owner's runs until after
    /// `now`. For what one hub of several may do at a time, as polling a mail box.
    virtual Result<bool> holdLease(const std::string& name, const std::string& owner, Instant now, Instant until) = 0;
    /// Gives it back before its time. Another owner's stays.
    virtual Status releaseLease(const std::string& name, const std::string& owner) = 0;
    /// What the database says the time is: the clock that all hubs on it have in common.
    virtual Result<Instant> clock() = 0;

    virtual Status keepRefused(const RefusedItem& item) = 0;
    virtual Result<Listing<RefusedItem>> refused(const RefusedFilter& filter, const Page& page) = 0;
    /// Keeps the text of an accepted configuration by its hash, once, and that it was accepted, unless it is what this
    /// node accepted last. Both or neither.
    virtual Status keepConfiguration(const KeptConfiguration& configuration, const std::string& actor,
                                     const std::string& node) = 0;
    /// All that were kept, oldest first.
    virtual Result<std::vector<KeptConfiguration>> configurations() = 0;
    /// The last `most` acceptances, newest first.
    virtual Result<std::vector<Acceptance>> acceptances(int most) = 0;

    /// Durable values of one connector instance, sealed.
    virtual Result<std::optional<std::string>> stateValue(const std::string& connector, const std::string& key) = 0;
    virtual Status putStateValue(const std::string& connector, const std::string& key, const std::string& value) = 0;
    /// How much a connector's values take, but for the one of this key.
    virtual Result<StateSize> stateSize(const std::string& connector, const std::string& except) = 0;

    /// Keeps an event of a conversation, sealed; its (conversation, id) again changes nothing. All events of the
    /// conversation, oldest first. Durable when it returns.
    virtual Result<std::vector<KeptEvent>> keepEvent(const std::string& connector, const KeptEvent& event) = 0;
    virtual Result<std::vector<KeptEvent>> keptEvents(const std::string& connector,
                                                      const std::string& conversation) = 0;
    /// Up to this sequence number, which is never given again.
    virtual Status dropEvents(const std::string& connector, const std::string& conversation, std::int64_t sequence) = 0;
    /// Conversations whose last event is older than `before`, the oldest first.
    virtual Result<std::vector<std::string>> quietConversations(const std::string& connector, Instant before,
                                                                int most) = 0;

    virtual Result<Counts> counts() = 0;
    virtual Result<Backlog> backlog(Instant now) = 0;
    /// Can a transaction be written now? Tries one that changes nothing of meaning, durably.
    virtual Status checkWritable() = 0;
    /// Re-creates the projections from the journal in one transaction; nothing is sent again. Who is sending what stays
    /// known, so it may be done beside hubs. `progress(done, total)` may be null.
    virtual Result<Rebuilt> rebuild(const std::function<void(std::int64_t, std::int64_t)>& progress) = 0;
    /// All projection rows in a canonical text form, for comparing before and after rebuild().
    virtual Result<std::string> dumpProjections() = 0;
};

struct OpenOptions {
    std::string url;  ///< "sqlite:PATH" (a relative path starts at `base`), "postgresql://user@host/database".
    std::filesystem::path base;
    security::HubKey hub_key;
    bool exclusive = true;      ///< The hub itself. Commands beside a running hub open with false.
    std::string password = {};  ///< Of the database's user; may be empty.
    bool migrate = false;       ///< Brings the schema of a server up to date, whoever else is at work on it.
};

/// Opens the store. With `exclusive`, a second hub on the same embedded store gets kConflict and the message says who
/// holds it; a store that is shared() may have several. An empty store gets its schema. One that is behind is brought
/// up to date only when nobody else works with it: on an embedded store, whenever no hub holds it (else kConflict); on
/// a server, with `migrate` (else kMisconfigured). kMisconfigured also for an unknown URL scheme, a schema newer than
/// this program or another hub's key.
Result<std::unique_ptr<Store>> openStore(const OpenOptions& options);

}  // namespace pakn::store

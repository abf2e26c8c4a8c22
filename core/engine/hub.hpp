#pragma once
/// @file
/// The running hub: intake, actions, timers, deliveries over one store. What http and app talk to.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/config/effective.hpp"
#include "core/decoding/pool.hpp"
#include "core/domain/decide.hpp"
#include "core/engine/committer.hpp"
#include "core/engine/file_gate.hpp"
#include "core/engine/photos.hpp"
#include "core/plugin_host/plugin_host.hpp"
#include "core/store/blobs.hpp"
#include "core/store/store.hpp"

namespace pakn::engine {

class CitizenDesk;

/// A petition as an edge received it; texts unchecked.
struct IntakeRequest {
    IncomingPetition petition = {};
    std::string channel = {};                 ///< "web", or the source of an API key, or a connector's id.
    std::string caller = {};                  ///< Whose Idempotency-Key it is: the source, or the channel for anybody.
    std::string idempotency_key = {};         ///< May be empty.
    bool trust_external_id = false;           ///< external_id identifies the petition (API key or connector).
    bool by_operator = false;                 ///< Written down for whoever spoke, called or left a paper.
    bool by_connector = false;                ///< It may say how its sender is reached, and hand over what came in.
    std::optional<Instant> received_at = {};  ///< Of a paper that an operator writes down later.
    std::string call_id = {};                 ///< Of the call during which an operator writes it down.
    bool privileged = false;                  ///< From the hotline or the Centre: goes on under overload.
};

struct IntakeAnswer {
    bool duplicate = false;  ///< The same answer as the first time.
    std::string id = {};
    std::string code = {};
    std::string tracking_token = {};
    Instant received_at = {};
    std::optional<Instant> due_at = {};
    std::string emergency_line = {};  ///< To be called: it claims an emergency and could not declare one.
};

struct ConnectorHealth {
    std::string id = {};
    std::string plugin = {};
    std::string state = {};    ///< running, failing (tries again), unauthenticated, failed (does not start),
                               ///< restarting or tripped (its process crashed, or too often).
    std::string problem = {};  ///< What to mend; empty while running.
    std::int64_t received = 0;
    std::int64_t sent = 0;
    std::int64_t failures = 0;
    std::map<std::string, std::int64_t, std::less<>> counters = {};  ///< The plugin's own (HostServices::count).
    std::optional<isolation::ProcessHealth> process = {};            ///< Of an isolated one.
};

struct Health {
    bool writable = false;  ///< The store takes transactions: petitions can be acknowledged.
    std::string problem = {};
    std::vector<ConnectorHealth> connectors = {};
};

/// What became of the connectors when the configuration changed; ids.
struct ConnectorChanges {
    std::vector<std::string> kept = {};
    std::vector<std::string> started = {};
    std::vector<std::string> restarted = {};
    std::vector<std::string> stopped = {};
};

/// The outcome of a reload: the configuration on disk is in effect, or the one of before still is, and why.
struct ReloadReport {
    bool accepted = false;
    bool changed = false;   ///< Something is different from before.
    std::string hash = {};  ///< Of what is in effect now.
    Instant since = {};     ///< When that was accepted.
    ConnectorChanges connectors = {};
    std::vector<config::Diagnostic> diagnostics = {};  ///< Of the configuration on disk, as `check` reports them.
};

/// What is in effect, and how the files on disk differ from it.
struct ConfigurationState {
    std::string hash = {};
    Instant since = {};
    std::optional<std::string> disk_hash = {};  ///< Nothing when the files have mistakes.
    std::vector<config::Diagnostic> diagnostics = {};
    std::vector<config::ValueChange> changes = {};  ///< From what is in effect to the files.
};

/// A connector that signs people in.
struct SignInWay {
    std::string connector = {};
    std::string label = {};  ///< For the button.
    bool officers = false;
    bool citizens = false;
};

/// Running totals since start, for metrics.
struct Totals {
    std::int64_t commits = 0;
    std::int64_t commands = 0;
    std::int64_t accepted = 0;
    std::int64_t duplicates = 0;
    std::int64_t refused = 0;
    std::int64_t unavailable = 0;
};

using Now = std::function<Instant()>;

/// Lives from start to graceful stop. All calls are safe from any thread; those that change something return after the
/// change is on disk.
class Hub {
public:
    struct Parts {
        std::shared_ptr<const config::Configuration> configuration;
        std::shared_ptr<store::Store> store;
        std::shared_ptr<store::Blobs> blobs;
        std::shared_ptr<plugin_host::PluginHost> plugins;
        Now now;
        std::function<void(LogLevel, std::string_view id, std::string_view text)> log;
        /// Reads and checks the configuration on disk; may be empty where nothing is ever reloaded.
        std::function<config::LoadResult()> load = {};
        /// Reads foreign bytes in a child process (HostServices::decode). May be empty: then nothing can be decoded.
        std::function<Result<Decoded>(std::string_view kind, const Content&, std::string_view connector)> decode = {};
        std::function<decoding::Totals()> decode_totals = {};
        std::string node = {};  ///< Host name of this hub, for the journal of acceptances.
        /// What people read of a problem, by its id (PublicRecords::problem). May be empty: the id itself.
        std::function<PublicLabel(std::string_view id)> problem_label = {};
    };

    /// Starts the committer only: petitions can be taken in and acted on.
    explicit Hub(Parts parts);
    ~Hub();
    Hub(const Hub&) = delete;
    Hub& operator=(const Hub&) = delete;

    /// Starts timers, connectors and deliveries. A connector that fails to start is named in health(); the rest runs.
    void start();
    /// Stops connectors and timers, lets what is committing finish. Idempotent. False when a plugin did not come back
    /// from a call in time: its thread is left behind, and the process must end without destroying the hub.
    bool stop(std::chrono::steady_clock::duration patience = std::chrono::seconds{30});

    /// Build, check, swap: takes the configuration on disk into effect, or keeps the one of before whole and says why.
    /// Requests and commands in flight end by the rules they began with; connectors whose settings are the same are
    /// not touched. What only a start can change (address, store, key) refuses the whole, and so does a connector that
    /// has to go and hangs inside a call. One at a time; blocks until connectors that changed have finished what they
    /// were doing; requests to them wait for a few seconds for the new ones.
    /// `actor` is whom the journal of acceptances names: "signal", "socket:USER", "account:LOGIN".
    ReloadReport reload(const std::string& actor);
    /// Reads the files on disk and compares; changes nothing.
    [[nodiscard]] ConfigurationState inspectConfiguration() const;

    /// Takes a petition in; `done` is told when it is durable, or refused: on this thread or the committer's, once.
    /// Must be quick, must not throw. Errors: kInvalid (`field`, `problem`), kTooLarge, kConflict
    /// ("idempotency.key_reused"), kUnavailable (nothing stored).
    void submit(IntakeRequest request, std::function<void(Result<IntakeAnswer>)> done);
    /// The same, waiting for it.
    Result<IntakeAnswer> submit(IntakeRequest request);

    /// Lets the connector whose mount this path lies under answer; nothing when there is none. `path` is
    /// percent-encoded as it came; `request.url` is it with the query. Errors: kUnavailable (with retry_after: the
    /// connector does not run, or has its hands full), and those of Receiver::handle.
    std::optional<Result<HttpResponse>> handle(std::string_view path, HttpRequest request);
    /// The connector that handle() would ask; nothing when there is none.
    [[nodiscard]] std::optional<std::string> ownerOf(std::string_view path) const;

    /// Whom connectors of this configuration sign in; those without an Authenticator are not among them.
    [[nodiscard]] std::vector<SignInWay> signInWays() const;
    /// Nothing when no connector of this id signs people in.
    [[nodiscard]] std::optional<SignInWay> signInWay(const std::string& connector) const;
    /// Calls of that connector's Authenticator; may block as long as its plugin does. Errors: kUnavailable (with
    /// retry_after: it does not run, is paused, or has its hands full) and its own.
    Result<LoginStart> beginSignIn(const std::string& connector, const LoginRequest& request);
    Result<Identity> finishSignIn(const std::string& connector, const LoginCallback& callback);
    Result<std::string> endSignIn(const std::string& connector, const LogoutRequest& request);

    /// What citizens may see.
    [[nodiscard]] PublicRecords& records() const;
    /// Citizens who come back.
    [[nodiscard]] CitizenDesk& citizens() const;

    /// What people read of a problem.
    [[nodiscard]] PublicLabel problemLabel(std::string_view id) const;

    /// Stores a file that an action or a petition brings, durably. Errors of FileGate::keep().
    Result<domain::FileRef> keepFile(const Attachment& attachment, Pages pages = Pages::kAny);

    /// What may be shown of a file: a photo as a copy without anything but its picture, any other as it is. kRejected
    /// ("file.unreadable", "file.infected"), kUnavailable (not made yet, not looked at yet), kNotFound, kInternal.
    [[nodiscard]] Result<Content> openFile(const domain::FileRef& file) const;
    /// Nothing for what is no photo.
    [[nodiscard]] std::optional<PhotoState> photoState(const domain::FileRef& file) const;
    /// Nothing for what may be shown as far as the virus scanner is concerned.
    [[nodiscard]] std::optional<ScanState> scanState(const domain::FileRef& file) const;

    /// Decides and commits one command on an existing petition; the petition as it stands then. With a key that a
    /// command came with before nothing is done. kNotFound, kConflict ("idempotency.key_reused") and the errors of
    /// domain::decide.
    Result<domain::Petition> execute(const std::string& petition_id, domain::Command command, domain::Actor actor,
                                     RequestKey key = {});

    /// The same for the hub's own workers.
    Result<Committed> commit(Order order);

    [[nodiscard]] Health health() const;
    [[nodiscard]] Totals totals() const;
    [[nodiscard]] decoding::Totals decodes() const;
    [[nodiscard]] Instant now() const;
    /// What is in effect now. Whoever asks keeps it as long as the work at hand takes: a reload puts another one in its
    /// place, and what runs ends by the rules it began with.
    [[nodiscard]] std::shared_ptr<const config::Configuration> configuration() const;
    [[nodiscard]] std::shared_ptr<const domain::Rules> rules() const;
    /// The hotline and its like: `emergency.channels` names the channel.
    [[nodiscard]] bool mayDeclareEmergencies(std::string_view channel) const;
    [[nodiscard]] store::Store& store() const;
    [[nodiscard]] store::Blobs& blobs() const;

private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace pakn::engine

#pragma once
/// @file
/// The one place that decides what may happen to a petition. Pure: the same arguments give the same decision.

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "core/domain/actor.hpp"
#include "core/domain/event.hpp"
#include "core/domain/projection.hpp"
#include "core/domain/routing.hpp"
#include "core/domain/rules.hpp"
#include "pakn/sdk/delivery.hpp"
#include "pakn/sdk/descriptor.hpp"

namespace pakn::domain {

/// Kinds of paper that a leader can expect of an officer.
inline constexpr std::array<std::string_view, 6> kProducts{"letter", "notice", "plan", "report", "data", "contract"};

/// A new petition, normalised and checked, with its route found.
struct Submit {
    IncomingPetition petition = {};  ///< Texts NFC; the petitioner is not read here.
    std::vector<FileRef> files = {};
    std::string channel = {};
    std::string code = {};
    std::string tracking_token = {};
    RouteDecision route = {};
    std::optional<Instant> received_at = {};  ///< Of a paper that is written down later.
    bool unreachable = false;                 ///< The petitioner left neither phone nor e-mail.
    bool answers_channel = false;             ///< The channel can find its sender again by itself.
    bool emergency_claimed = false;           ///< Over a channel that may not declare an emergency.
};

/// Channels whose petitions may have come in before they are written down.
inline constexpr std::array<std::string_view, 2> kPaperChannels{"counter", "paper"};

/// What has to be known of another petition to merge one into it.
struct OtherPetition {
    std::string id = {};
    std::string code = {};
    std::string merged_into = {};
    std::string complained_unit = {};
    bool finished = false;

    static OtherPetition of(const Petition& petition) {
        return {.id = petition.id,
                .code = petition.code,
                .merged_into = petition.before_merge ? petition.merged_into : std::string{},
                .complained_unit = petition.complained_unit,
                .finished = petition.finished_at.has_value()};
    }
};

/// An article of the knowledge base in the version that was read.
struct ArticleRef {
    std::string id = {};
    int version = 0;
};

/// An action of the workflow with its input.
struct Act {
    std::string action = {};
    std::string comment = {};
    std::string result = {};
    std::vector<std::string> units = {};
    std::vector<FileRef> files = {};
    std::optional<int> expected_version = {};   ///< From If-Match.
    std::vector<Actor> officers = {};           ///< People that were named, looked up: the first does it, others help.
    std::vector<Actor> followers = {};          ///< People, looked up; units to follow stand in `units`.
    std::string step = {};                      ///< Of an action that goes back to a previous step.
    std::string product = {};                   ///< One of kProducts; empty: undetermined.
    bool withheld = false;                      ///< Not to be published.
    std::optional<Duration> amount = {};        ///< How long from now …
    std::optional<Instant> due = {};            ///< … or until when.
    std::optional<Duration> remind_after = {};  ///< Of an appointment: how long from now.
    std::optional<Satisfaction> rating = {};
    std::optional<OtherPetition> into = {};  ///< Of a merge.
    std::optional<bool> notify = {};         ///< No notices, or also those on request; absent: as configured.
    std::optional<ArticleRef> article = {};  ///< From which `result` was written.
};

/// The sender's petition shares the answer of the one it was merged into, which is over now.
struct Share {
    std::shared_ptr<const Petition> other = {};
};

/// A follower looked at it; or, by the hub, nobody waits for that any more.
struct Seen {
    bool let_off = false;  ///< Those whose time is over.
};

/// Whoever was called to an emergency is there.
struct Acknowledge {};

/// The calendar changed: what limits would be now.
struct Recompute {};

/// The unit that has it is no more, or it was given to the wrong successor. Empty: the Centre decides.
struct Transfer {
    std::string unit = {};
    std::string reason = {};
    std::string branch = {};  ///< Only the part of this coordinating unit; then empty `unit`: back to who asked.
};

/// Whoever handles it corrects where it happened. What is absent stays as it is; a point has both numbers.
struct Relocate {
    std::optional<std::string> address = {};
    std::optional<std::string> area = {};
    std::optional<double> latitude = {};
    std::optional<double> longitude = {};
    std::string reason = {};
    std::optional<int> expected_version = {};  ///< From If-Match.
};

/// Which unit the sender complains about, when they did not say it so that the hub knows it. Empty: none on the system.
struct NameComplained {
    std::string unit = {};
    std::string reason = {};
};

/// The Centre takes it for an emergency.
struct AcceptEmergency {
    std::string reason = {};
};

/// What became of one attempt to deliver.
struct Settle {
    std::string delivery = {};
    std::variant<Receipt, Error> outcome = {};
    int begun_version = 0;  ///< The petition's version when the attempt began; 0: the outcome is that of one before.
    Idempotency idempotency = Idempotency::kHonoured;
    std::chrono::milliseconds retry_for{std::chrono::hours{24 * 7}};   ///< Give up this long after it was queued.
    std::chrono::milliseconds backoff_first{1000};                     ///< Doubles from attempt to attempt …
    std::chrono::milliseconds backoff_most{std::chrono::minutes{15}};  ///< … up to this.
};

/// A person's word on a delivery that is dead or unknown.
struct Requeue {
    std::string delivery = {};
};
struct Discard {
    std::string delivery = {};
    std::string reason = {};
};

/// What a connector, as actor, heard from its peer about a petition or one of its deliveries.
struct Report {
    enum class Meaning : std::uint8_t {
        kNews,     ///< A line in the history.
        kArrived,  ///< The peer has the delivery.
        kFailed,   ///< The delivery never arrived, although sending it seemed to work.
    };
    Meaning meaning = Meaning::kNews;
    std::string kind = {};      ///< As the history calls it: "update_read".
    std::string id = {};        ///< The peer's id of the news.
    std::string delivery = {};  ///< May be empty.
    std::string text = {};
    std::vector<FileRef> files = {};
    bool by_sender = false;  ///< Of whoever has proven to be its sender, over whatever connector.
};

struct Reveal {
    std::string reason = {};
    bool recording = false;  ///< Of the call that it came by: auditors may hear it, too.
};

using Command = std::variant<Submit, Act, Fire, Settle, Requeue, Discard, Report, Reveal, Share, Seen, Acknowledge,
                             Recompute, Transfer, Relocate, NameComplained, AcceptEmergency>;

/// Everything decide() may know besides state and command. `new_id` yields a fresh UUIDv7 at each call.
struct Context {
    const Rules& rules;
    Instant now = {};
    Actor actor = {};
    std::function<std::string()> new_id;
    std::vector<std::string> on_duty =
        {};  ///< Account ids of the roster at `now`, in the order in which they are called.
    /// Which roles people of the unit have that a new petition would go to by itself; nothing: nobody has asked.
    std::optional<std::vector<Role>> staff = {};
};

/// Events to append, complete with ids, versions, instants; at least one. And the state that they lead to.
struct Decision {
    std::vector<Event> events = {};
    Petition after = {};
};

/// `petition.version == 0` for Submit, with `petition.id` set to the new id. Errors: kForbidden (not this actor's),
/// kConflict (not legal in this state), kStale (expected_version differs), kInvalid (input missing or wrong, `field`
/// set), kDeferred (a timer that must not act now, with the wait in retry_after).
Result<Decision> decide(const Petition& petition, const Command& command, const Context& context);
/// The same for a Submit that is in no Command: on the way that every petition takes, its texts are not copied for it.
Result<Decision> decide(const Petition& petition, const Submit& command, const Context& context);

/// The actions of the workflow that this actor may do now, in file order: the petition's, then those of the part that
/// the actor's unit has in it.
std::vector<const Action*> legalActions(const Petition& petition, const Rules& rules, const Actor& actor);
/// What `action` cannot do without now: as it says, and a reason where coordinating units are not waited for.
Needs needsNow(const Petition& petition, const Action& action);
/// Steps that an action with `to: previous` may go back to, the last one first: the unit's since it got the petition,
/// and from the Centre also the Centre's since then.
std::vector<const Visit*> previousSteps(const Petition& petition);

}  // namespace pakn::domain

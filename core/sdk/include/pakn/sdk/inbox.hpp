#pragma once
/// @file
/// Where a channel puts what it received: petitions, events of a conversation that is not a petition yet, and news
/// about what the hub already has.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/petition.hpp"

namespace pakn {
inline namespace sdk1 {

/// One event of a conversation that becomes a petition later: a message of a chat, a part of a call.
struct KeptEvent {
    std::string conversation = {};  ///< Whose: a user's id at the peer, a call's id. At most 200 bytes.
    std::string id = {};            ///< The peer's id of the event: the same again changes nothing. At most 200 bytes.
    std::string data = {};          ///< Raw, as the plugin wants it back. At most 1 MB; sealed at rest.
    Instant at = {};                ///< When the hub took it; set by the host.
    std::int64_t sequence = 0;      ///< Order within the instance, growing; set by the host.
};

/// What a connector heard about a petition or a delivery that the hub has.
struct Update {
    enum class Kind : std::uint8_t {
        kNote,     ///< Something worth a line in the petition's history.
        kStatus,   ///< The peer's own state changed: taken over, being processed, done.
        kArrived,  ///< The peer has the delivery after all: settles one that is queued, dead or of unknown outcome.
        kRead,     ///< Its reader opened it.
        kFailed,   ///< It never arrived (bounce), at any time after sending began: a dead letter, or the next way.
        kSigned,   ///< A signed document came back: in `attachments`.
        // What the petition's sender says over this channel; whoever calls has verified that it is the sender. Of a
        // petition of this channel alone, or of any with its secret (kSenderSecret). Since SDK 1.4.
        kSupplement,  ///< They add something: `text`, `attachments`. Not lost where the workflow has no place for it.
        kRated,       ///< attributes["rating"]: satisfied, neutral, dissatisfied; `text` is their comment.
        kReopen,      ///< They are not content with the answer: `text` says why.
    };
    Kind kind = Kind::kNote;
    std::string id = {};  ///< The peer's id of this news: the same again changes nothing. Required, at most 200 bytes.

    // What it is about: the first that is set counts.
    std::string delivery = {};     ///< Delivery::id; of this connector.
    std::string code = {};         ///< Code of a petition of this channel, or with a delivery of this connector.
    std::string external_id = {};  ///< As given to accept(), on this channel.

    std::string text = {};  ///< For officers; no personal data. The sender's own words may be what they are.
    std::vector<Attachment> attachments = {};
    Attributes attributes = {};
};

/// What a connector got and cannot make a petition of: no id, an unreadable date, no JSON at all.
struct Unacceptable {
    std::string external_id = {};  ///< May be empty.
    std::string raw = {};          ///< As it came; at most 64 MB are kept.
    Error problem = {};            ///< Why; `problem` is its stable id.
};

/// A telephone call of the hotline, as its call centre tells it. What is empty is not known yet: it stays as it was.
/// Since SDK 1.4.
struct Call {
    std::string id = {};      ///< Of the call as a whole, whatever its legs. Required, at most 200 bytes.
    std::string caller = {};  ///< As signalled; empty: hidden. Personal data.
    std::string called = {};
    std::string agent = {};   ///< Who took it: extension or login at the call centre.
    std::string result = {};  ///< answered, no_answer, abandoned, busy, failed.
    std::optional<Instant> started_at = {};
    std::optional<Instant> answered_at = {};
    std::optional<Instant> ended_at = {};
    std::optional<Attachment> recording = {};  ///< Personal data: only for whoever may listen to it.
    bool no_recording = false;                 ///< There is none and none will come.
    Attributes attributes = {};
};

/// What the hub has of a call. Since SDK 1.4.
struct CallState {
    bool has_petition = false;   ///< An operator wrote a petition during it.
    bool has_recording = false;  ///< Or knows that there is none.
};

/// Safe from any thread; every call blocks until its outcome is durable.
class Inbox {
public:
    virtual ~Inbox() = default;

    /// Takes a petition in. Returns after the transaction is on disk, so the channel may forget its copy.
    /// Errors: kUnavailable (try the same again later; nothing was stored, or the same external_id finds it),
    /// kInternal. An unacceptable petition is no error but the outcome `refused`: go on with the next one.
    virtual Result<Accepted> accept(IncomingPetition petition) = 0;

    /// Keeps an event durably, so that the peer may be told it arrived, and returns all kept events of its
    /// conversation, oldest first, this one among them. kTooLarge (the event, or more than 500 or 16 MB of one
    /// conversation), kInvalid (no conversation or id), kUnavailable.
    virtual Result<std::vector<KeptEvent>> keep(KeptEvent event) = 0;

    /// The kept events of a conversation, oldest first.
    virtual Result<std::vector<KeptEvent>> kept(std::string_view conversation) = 0;

    /// Forgets the events of a conversation up to `sequence`: what came meanwhile stays. Call it after accept():
    /// whoever dies between the two finds the events again, and the same external_id finds the petition.
    virtual Status drop(std::string_view conversation, std::int64_t sequence) = 0;

    /// Conversations whose last event is older than `before`, at most `most`, the oldest first: to ask again, to
    /// accept what is there, or to drop.
    virtual Result<std::vector<std::string>> quiet(Instant before, int most) = 0;

    /// Records news. `refused` when there is no such petition or delivery, or it is another connector's: kept in the
    /// hub's refused list. Errors as accept().
    virtual Result<Accepted> update(Update update) = 0;

    /// Keeps what cannot become a petition in the hub's refused list, sealed, so that a person can look at it and the
    /// peer may forget it. The outcome is `refused`, with the problem. kUnavailable.
    virtual Result<Accepted> refuse(Unacceptable item) = 0;

    /// Call it before looking into an item of a poll: what foreign bytes do to a library shows only then. It says which
    /// item is in hand until accept(), refuse(), the next call of this or the end of the poll. An isolated plugin that
    /// dies with the same item in hand twice is told so at the third time: kRejected ("connector.quarantined"). Then do
    /// not look into it; hand it to refuse() with that error, put it out of the way, and go on. `external_id`: any name
    /// that the item has again when it is polled again. Since SDK 1.1.
    virtual Status working(std::string_view external_id) {
        static_cast<void>(external_id);
        return Done{};
    }

    /// Records what is known of a call: for operators who are taking it, and beside the petitions that came of it. The
    /// same again changes nothing. kInvalid (no id, an unknown result), kTooLarge (a recording over 64 MB),
    /// kUnavailable. Since SDK 1.4.
    virtual Result<CallState> call(
        Call call) {  // NOLINT(performance-unnecessary-value-param): what overrides it keeps it.
        static_cast<void>(call);
        return Error{.code = Errc::kMisconfigured, .message = "this hub keeps no calls"};
    }
    /// Calls that ended at or after `since`, whose recording is neither there nor known to be missing, at most `most`,
    /// the oldest first; with `petition`: only those of which a petition came. Since SDK 1.4.
    virtual Result<std::vector<Call>> unrecorded(Instant since, bool petition, int most) {
        static_cast<void>(since);
        static_cast<void>(petition);
        static_cast<void>(most);
        return std::vector<Call>{};
    }
};

}  // namespace sdk1
}  // namespace pakn

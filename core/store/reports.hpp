#pragma once
/// @file
/// The part of the store's port that followers of the journal use, and what they keep: counts for statistics and an
/// index for search. Nothing here is written by the transaction of an intake or an action. A follower reads the journal
/// behind a position of its own, and what it writes moves that position in the same transaction: whatever is repeated
/// after a crash finds it moved.
///
/// Errors of every call: those of store.hpp.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/disclosure.hpp"
#include "core/domain/petition.hpp"
#include "core/store/page.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::store {

/// What happened in the journal behind a position.
struct JournalSlice {
    std::int64_t position = 0;                ///< After this slice. Nothing up to there will still appear.
    bool full = false;                        ///< There were as many events as were asked for.
    std::vector<std::string> petitions = {};  ///< Whose events are in it, each once.
};

/// An event by its name: also of a kind that this program does not know.
struct NamedEvent {
    int version = 0;
    std::string kind = {};
    std::string payload = {};  ///< Its fields as JSON (event_codec.hpp).
};

/// A petition as followers read it.
struct FollowedPetition {
    std::int64_t doc = 0;            ///< Number of its first event.
    domain::Petition petition = {};  ///< The fold of those events whose kind this program knows.
    bool anonymous = false;
    bool identified = false;  ///< A phone number or a citizen's id is on record.
    Petitioner petitioner = {};
    bool names_itself = false;            ///< Its sender agreed that everybody may know who they are.
    std::string sender = {};              ///< Keyed hash of the citizen's id, else of the phone number; may be empty.
    Instant changed_at = {};              ///< When what its sender sees of it changed last.
    std::vector<NamedEvent> events = {};  ///< Of the kinds that were asked for.
};

/// Something that happened to a petition and is counted by itself.
struct ReportMove {
    int version = 0;         ///< Of its event.
    std::string value = {};  ///< What it is called in statistics.
    std::string unit = {};   ///< Who had the petition.
    friend bool operator==(const ReportMove&, const ReportMove&) = default;
};

/// What statistics count of one petition, and the words by which it is found.
struct ReportRow {
    std::int64_t doc = 0;
    std::string petition_id = {};
    std::string channel = {};
    std::string category = {};
    std::string unit = {};
    std::string area = {};
    std::string complained_unit = {};
    std::string status = {};
    std::string identity = {};
    std::string rating = {};
    std::string rating_unit = {};  ///< Whose answer was rated.
    std::string progress = {};     ///< "on_time", "late"; "open": it depends on the hour.
    std::string sender = {};
    Instant received_at = {};
    std::optional<Instant> due_at = {};
    bool finished = false;
    domain::Shown shown = domain::Shown::kNothing;
    Instant changed_at = {};  ///< When what its sender sees of it changed last.
    std::vector<std::string> tags = {};
    std::vector<ReportMove> moves = {};
    std::vector<std::string> words =
        {};  ///< Folded, in their order; an empty one ends a field. None: not found by text.
    std::vector<std::string> units = {};  ///< All that ever had it.
};

/// Where a follower stands.
struct FollowerState {
    std::int64_t position = 0;
    std::int64_t behind = 0;                ///< Events that are not counted yet; no more than kMostCounted are counted.
    std::optional<Instant> oldest_at = {};  ///< When the first of them happened.
    static constexpr std::int64_t kMostCounted = 10'000;
};

/// What is counted; each petition has one value of each, but for kMoves.
enum class Measure : std::uint8_t { kStatus, kProgress, kIdentity, kRating, kMoves };
inline constexpr std::array<std::string_view, 5> kMeasureNames{"status", "progress", "identity", "rating", "moves"};
constexpr std::string_view nameOf(Measure measure) { return kMeasureNames[static_cast<std::size_t>(measure)]; }

/// By what it is counted apart.
enum class Grouping : std::uint8_t { kNone, kUnit, kCategory, kChannel, kArea };
inline constexpr std::array<std::string_view, 5> kGroupingNames{"none", "unit", "category", "channel", "area"};

/// A phrase: folded words that stand one after the other.
using Phrase = std::vector<std::string>;

/// Which petitions; everything that is set must hold.
struct ReportFilter {
    std::optional<Instant> from = {};       ///< Received at or after.
    std::optional<Instant> to = {};         ///< Received before.
    std::vector<std::string> units = {};    ///< One of these has it. (Of a move or rating: had it then.)
    std::vector<std::string> held_by = {};  ///< One of these has it or ever had it.
    std::string category = {};
    std::string channel = {};
    std::vector<std::string> areas = {};  ///< One of these.
    std::string tag = {};
    std::string identity = {};
    std::string rating = {};
    std::optional<domain::Status> status = {};
    std::optional<domain::Progress> progress = {};
    std::string sender = {};
    std::optional<std::vector<Phrase>> text = {};         ///< All of these; none: nothing is found.
    std::vector<std::string> hide_complained_units = {};  ///< Petitions against these units stay hidden.
};

/// Which of the petitions that everybody may see; everything that is set must hold.
struct ShownFilter {
    std::vector<std::string> ids = {};         ///< One of these.
    std::vector<std::string> categories = {};  ///< One of these.
    std::string area = {};
    std::optional<bool> finished = {};
    bool whole = false;                ///< Shown::kWhole alone.
    std::optional<Instant> from = {};  ///< Received at or after.
    std::optional<Instant> to = {};    ///< Received at or before.
    std::optional<Instant> changed_from = {};
    std::optional<Instant> changed_to = {};
};

struct ShownLine {
    std::string petition_id = {};
    Instant changed_at = {};
};

struct Tally {
    std::string group = {};  ///< Of the grouping; empty for kNone, and for what has none (no unit: the Centre).
    std::string value = {};
    std::int64_t count = 0;
};

struct SenderLine {
    std::string sender = {};
    std::int64_t petitions = 0;
    Instant first_at = {};
    Instant last_at = {};
    std::string last_petition = {};  ///< Id of the one that came last.
};

/// Safe from any thread.
class Reports {
public:
    virtual ~Reports() = default;

    /// Up to `limit` events behind a position. On a store that several hubs share, numbers are not committed in their
    /// order: nothing is given of which an earlier one may still come.
    virtual Result<JournalSlice> journalAfter(std::int64_t position, int limit) = 0;
    /// These petitions as they are now, with their events of these kinds. Those whose key was destroyed are left out.
    virtual Result<std::vector<FollowedPetition>> followed(std::span<const std::string> ids,
                                                           std::span<const std::string_view> kinds) = 0;
    /// Where a follower stands; 0: at the beginning.
    virtual Result<std::int64_t> followerPosition(const std::string& follower) = 0;
    /// The same with what is still before it.
    virtual Result<FollowerState> followerState(const std::string& follower) = 0;
    /// Puts these rows in the place of what was kept of their petitions, forgets `gone` ones' words and senders, and
    /// moves the follower from one position to the other, all or nothing. kConflict when it does not stand at `from`:
    /// somebody else follows, or it was reset.
    virtual Status keepReports(const std::string& follower, std::int64_t from, std::int64_t to,
                               std::span<const ReportRow> rows, std::span<const std::string> gone) = 0;
    /// Forgets all that reports keep; the follower begins anew.
    virtual Status resetReports(const std::string& follower) = 0;

    /// Counts petitions (kMoves: what happened to them) by value. `now` decides the progress of open ones.
    virtual Result<std::vector<Tally>> tally(Measure measure, Grouping by, const ReportFilter& filter, Instant now) = 0;
    /// Rows without tags, moves, words and units: open ones first by due instant, then finished ones; then in the order
    /// in which they came.
    virtual Result<Listing<ReportRow>> reportLines(const ReportFilter& filter, const Page& page, Instant now) = 0;
    /// Those that everybody may see, the newest first.
    virtual Result<Listing<ShownLine>> shown(const ShownFilter& filter, const Page& page) = 0;
    /// Who sent most first. Petitions whose sender is not known are not among them.
    virtual Result<Listing<SenderLine>> senders(const ReportFilter& filter, const Page& page, Instant now) = 0;
};

}  // namespace pakn::store

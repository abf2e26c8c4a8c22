#pragma once
/// @file
/// The closed lists of the domain with their stable names (docs/api/openapi.yaml uses the same). A name once published
/// never changes.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace pakn::domain {

enum class Status : std::uint8_t {
    kReceived,
    kAccepted,
    kDistributed,
    kAssigned,
    kInProgress,
    kAppointed,
    kAwaitingApproval,
    kApproved,
    kSigning,
    kAtCentre,
    kAnswered,
    kClosed,
    kReturned,
    kFollowing,
    kMerged,
    kRefused,
};
inline constexpr std::array<std::string_view, 16> kStatusNames{
    "received",          "accepted",  "distributed", "assigned",  "in_progress", "appointed",
    "awaiting_approval", "approved",  "signing",     "at_centre", "answered",    "closed",
    "returned",          "following", "merged",      "refused"};

enum class Role : std::uint8_t {
    kCitizen,
    kOperator,
    kDispatcher,
    kOfficer,
    kLeader,
    kFollower,
    kUnitAdmin,
    kIntegrator,
    kAdmin,
    kAuditor,
    kSystem,
};
/// `system` is the hub itself: no account has it.
inline constexpr std::array<std::string_view, 11> kRoleNames{"citizen", "operator", "dispatcher", "officer",
                                                             "leader",  "follower", "unit_admin", "integrator",
                                                             "admin",   "auditor",  "system"};

/// Kinds of journal events that exist so far; the full list of names is reserved in docs/events.md.
enum class EventKind : std::uint8_t {
    kReceived,
    kAccepted,
    kRouted,
    kDistributed,
    kAssigned,
    kStarted,
    kNoted,
    kResultDrafted,
    kSubmitted,
    kApproved,
    kReleased,
    kUnclaimed,
    kSentBack,
    kReturned,
    kAppointed,
    kReminded,
    kDeadlineMissed,
    kEscalated,
    kCoordinatingRequested,
    kCoordinatingDone,
    kFollowed,
    kFollowSeen,
    kRated,
    kReopened,
    kSupplemented,
    kMerged,
    kUnmerged,
    kIdentityRevealed,
    kRosterCalled,
    kRosterAcknowledged,
    kCalendarRecomputed,
    kRefused,
    kClosed,
    kPaused,
    kResumed,
    kRelocated,
    kComplaintNamed,
    kEmergencyAccepted,
    kUnitTransferred,
    kDeliveryQueued,
    kDeliverySent,
    kDeliveryFailed,
    kDeliveryDead,
    kDeliveryUnknown,
    kDeliveryDiscarded,
    kNotified,
    kDeliveryPassedOn,
};
inline constexpr std::array<std::string_view, 47> kEventKindNames{"received",
                                                                  "accepted",
                                                                  "routed",
                                                                  "distributed",
                                                                  "assigned",
                                                                  "started",
                                                                  "noted",
                                                                  "result_drafted",
                                                                  "submitted",
                                                                  "approved",
                                                                  "released",
                                                                  "unclaimed",
                                                                  "sent_back",
                                                                  "returned",
                                                                  "appointed",
                                                                  "reminded",
                                                                  "deadline_missed",
                                                                  "escalated",
                                                                  "coordinating_requested",
                                                                  "coordinating_done",
                                                                  "followed",
                                                                  "follow_seen",
                                                                  "rated",
                                                                  "reopened",
                                                                  "supplemented",
                                                                  "merged",
                                                                  "unmerged",
                                                                  "identity_revealed",
                                                                  "roster_called",
                                                                  "roster_acknowledged",
                                                                  "calendar_recomputed",
                                                                  "refused",
                                                                  "closed",
                                                                  "paused",
                                                                  "resumed",
                                                                  "relocated",
                                                                  "complaint_named",
                                                                  "emergency_accepted",
                                                                  "unit_transferred",
                                                                  "delivery_queued",
                                                                  "delivery_sent",
                                                                  "delivery_failed",
                                                                  "delivery_dead",
                                                                  "delivery_unknown",
                                                                  "delivery_discarded",
                                                                  "notified",
                                                                  "delivery_passed_on"};

enum class DeliveryKind : std::uint8_t { kResult, kNotice, kSignRequest, kStatusUpdate, kForward };
inline constexpr std::array<std::string_view, 5> kDeliveryKindNames{"result", "notice", "sign_request", "status_update",
                                                                    "forward"};

/// `passed_on`: this way does not reach the person, another delivery tries the next one.
enum class DeliveryState : std::uint8_t { kQueued, kSent, kDead, kUnknown, kDiscarded, kPassedOn };
inline constexpr std::array<std::string_view, 6> kDeliveryStateNames{"queued",  "sent",      "dead",
                                                                     "unknown", "discarded", "passed_on"};

enum class Progress : std::uint8_t { kNotDue, kDueSoon, kOverdue, kOnTime, kLate };
inline constexpr std::array<std::string_view, 5> kProgressNames{"not_due", "due_soon", "overdue", "on_time", "late"};

/// Which limit a timer or a missed deadline belongs to: the unit's, the citizen's, the Centre's two
/// (triage, release), from distribution to an officer (assign), of the step it stands at, of a coordinating unit, of
/// the officer whom the leader named (task).
enum class Clock : std::uint8_t { kTriage, kHandle, kRelease, kTotal, kAssign, kStep, kCoordinate, kTask };
inline constexpr std::array<std::string_view, 8> kClockNames{"triage", "handle", "release",    "total",
                                                             "assign", "step",   "coordinate", "task"};

/// Who takes over when a limit has passed.
enum class EscalationTarget : std::uint8_t { kUnitLeader, kParentLeader, kCentre, kOffice };
inline constexpr std::array<std::string_view, 4> kEscalationTargetNames{"unit.leader", "parent.leader", "centre",
                                                                        "office"};

/// How content the sender is with the answer.
enum class Satisfaction : std::uint8_t { kSatisfied, kNeutral, kDissatisfied };
inline constexpr std::array<std::string_view, 3> kSatisfactionNames{"satisfied", "neutral", "dissatisfied"};

/// What became of a coordinating unit's part.
enum class BranchState : std::uint8_t { kOpen, kDone, kDeclined };
inline constexpr std::array<std::string_view, 3> kBranchStateNames{"open", "done", "declined"};

/// Whom a notice is for: the sender; whoever has to act next; the leaders of the unit that has it; the Centre.
enum class Audience : std::uint8_t { kPetitioner, kNext, kLeader, kCentre };
inline constexpr std::array<std::string_view, 4> kAudienceNames{"petitioner", "next", "leader", "centre"};

/// When a notice goes out: unless whoever acts says no; whatever they say; only when they ask for it.
enum class NoticeSending : std::uint8_t { kUsually, kAlways, kOnRequest };
inline constexpr std::array<std::string_view, 3> kNoticeSendingNames{"usually", "always", "on_request"};

enum class Language : std::uint8_t { kVietnamese, kEnglish };
inline constexpr std::array<std::string_view, 2> kLanguageNames{"vi", "en"};

/// What a text made from a template is, and so how values are written into it.
enum class Markup : std::uint8_t { kText, kHtml, kPango };
inline constexpr std::array<std::string_view, 3> kMarkupNames{"text", "html", "pango"};

namespace detail {
template <class Enum, std::size_t N>
constexpr std::optional<Enum> find(const std::array<std::string_view, N>& names, std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name) return static_cast<Enum>(i);
    return std::nullopt;
}
}  // namespace detail

#define PAKN_NAMED(Enum, names)                                                                        \
    constexpr std::string_view nameOf(Enum value) { return (names)[static_cast<std::size_t>(value)]; } \
    constexpr std::optional<Enum> find##Enum(std::string_view name) { return detail::find<Enum>((names), name); }

PAKN_NAMED(Status, kStatusNames)
PAKN_NAMED(Role, kRoleNames)
PAKN_NAMED(EventKind, kEventKindNames)
PAKN_NAMED(DeliveryKind, kDeliveryKindNames)
PAKN_NAMED(DeliveryState, kDeliveryStateNames)
PAKN_NAMED(Progress, kProgressNames)
PAKN_NAMED(Clock, kClockNames)
PAKN_NAMED(EscalationTarget, kEscalationTargetNames)
PAKN_NAMED(Satisfaction, kSatisfactionNames)
PAKN_NAMED(BranchState, kBranchStateNames)
PAKN_NAMED(Audience, kAudienceNames)
PAKN_NAMED(NoticeSending, kNoticeSendingNames)
PAKN_NAMED(Language, kLanguageNames)
PAKN_NAMED(Markup, kMarkupNames)
#undef PAKN_NAMED

}  // namespace pakn::domain

#pragma once
/// @file
/// What actions of a workflow do to a petition: the events that lead from step to step.

#include <optional>
#include <string>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

// What an action does: the step it leads to, that step's status and holder (absent: nobody has to do anything more).
// The journal thus rebuilds queues without the workflow file of that day. `branch` is the coordinating unit whose part
// moves; empty: the petition itself does. `step_due` is where the limit of the step ends, `step_limit` what it was
// configured as. `standing_for` is the colleague in whose place the actor did it.
#define PAKN_MOVE_MEMBERS                 \
    std::string comment = {};             \
    std::string action = {};              \
    std::string step = {};                \
    Status status = Status::kReceived;    \
    std::optional<Role> holder = {};      \
    bool at_centre = true;                \
    std::string step_limit = {};          \
    std::optional<Instant> step_due = {}; \
    std::string branch = {};              \
    std::string standing_for = {}

template <class Move>
constexpr void moveFields(auto& each) {
    each("comment", &Move::comment);
    each("action", &Move::action);
    each("step", &Move::step);
    each("status", &Move::status);
    each("holder", &Move::holder);
    each("at_centre", &Move::at_centre);
    each("step_limit", &Move::step_limit);
    each("step_due", &Move::step_due);
    each("branch", &Move::branch);
    each("standing_for", &Move::standing_for);
}

struct AcceptedByCentre {
    static constexpr EventKind kKind = EventKind::kAccepted;
    PAKN_MOVE_MEMBERS;
    static constexpr void fields(auto&& each) { moveFields<AcceptedByCentre>(each); }
};

struct Distributed {
    static constexpr EventKind kKind = EventKind::kDistributed;
    PAKN_MOVE_MEMBERS;
    std::string unit = {};
    bool external = false;          ///< The unit is not on the system: the Centre writes down what it answers.
    std::string workflow = {};      ///< The unit's own, which the petition follows from here; empty: as before.
    std::string handle_limit = {};  ///< The unit's limit as it was configured: "7wd".
    std::optional<Instant> handle_due = {};
    std::string assign_limit = {};
    std::optional<Instant> assign_due = {};
    std::optional<Instant> remind_at = {};  ///< The first of all reminders; the others follow.
    std::vector<Instant> reminders = {};
    std::string return_limit = {};
    std::optional<Instant> return_until = {};
    static constexpr void fields(auto&& each) {
        moveFields<Distributed>(each);
        each("unit", &Distributed::unit);
        each("external", &Distributed::external);
        each("workflow", &Distributed::workflow);
        each("handle_limit", &Distributed::handle_limit);
        each("handle_due", &Distributed::handle_due);
        each("assign_limit", &Distributed::assign_limit);
        each("assign_due", &Distributed::assign_due);
        each("remind_at", &Distributed::remind_at);
        each("reminders", &Distributed::reminders);
        each("return_limit", &Distributed::return_limit);
        each("return_until", &Distributed::return_until);
    }
};

/// The unit's leader names who does it.
struct Assigned {
    static constexpr EventKind kKind = EventKind::kAssigned;
    PAKN_MOVE_MEMBERS;
    std::string officer = {};
    std::vector<std::string> coordinators = {};  ///< Account ids of colleagues who help.
    std::string product = {};                    ///< Which kind of paper is expected; empty: undetermined.
    bool withheld = false;                       ///< The petition and its answer are not published.
    std::optional<Instant> task_due = {};        ///< Until when the leader wants it.
    std::vector<FileRef> files = {};
    static constexpr void fields(auto&& each) {
        moveFields<Assigned>(each);
        each("officer", &Assigned::officer);
        each("coordinators", &Assigned::coordinators);
        each("product", &Assigned::product);
        each("withheld", &Assigned::withheld);
        each("task_due", &Assigned::task_due);
        each("files", &Assigned::files);
    }
};

struct Started {
    static constexpr EventKind kKind = EventKind::kStarted;
    PAKN_MOVE_MEMBERS;
    std::string officer = {};
    static constexpr void fields(auto&& each) {
        moveFields<Started>(each);
        each("officer", &Started::officer);
    }
};

struct Unclaimed {
    static constexpr EventKind kKind = EventKind::kUnclaimed;
    PAKN_MOVE_MEMBERS;
    static constexpr void fields(auto&& each) { moveFields<Unclaimed>(each); }
};

struct Noted {
    static constexpr EventKind kKind = EventKind::kNoted;
    PAKN_MOVE_MEMBERS;
    std::vector<FileRef> files = {};
    std::string heard = {};     ///< News of a connector: its peer's id of it, so that the same is taken once.
    std::string delivery = {};  ///< The delivery that the news is about.
    bool failed = false;        ///< That it never arrived, says the peer.
    bool question = false;      ///< Meant for the citizen, who is asked to answer.
    static constexpr void fields(auto&& each) {
        moveFields<Noted>(each);
        each("files", &Noted::files);
        each("heard", &Noted::heard);
        each("delivery", &Noted::delivery);
        each("failed", &Noted::failed);
        each("question", &Noted::question);
    }
};

struct ResultDrafted {
    static constexpr EventKind kKind = EventKind::kResultDrafted;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    std::string article = {};  ///< Of the knowledge base, from which it was written; empty: none.
    int article_version = 0;
    static constexpr void fields(auto&& each) {
        moveFields<ResultDrafted>(each);
        each("text", &ResultDrafted::text);
        each("files", &ResultDrafted::files);
        each("article", &ResultDrafted::article);
        each("article_version", &ResultDrafted::article_version);
    }
};

struct Submitted {
    static constexpr EventKind kKind = EventKind::kSubmitted;
    PAKN_MOVE_MEMBERS;
    static constexpr void fields(auto&& each) { moveFields<Submitted>(each); }
};

/// The approver may change the text; both stay on record.
struct Approved {
    static constexpr EventKind kKind = EventKind::kApproved;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    std::string release_limit = {};
    std::optional<Instant> release_due = {};
    static constexpr void fields(auto&& each) {
        moveFields<Approved>(each);
        each("text", &Approved::text);
        each("files", &Approved::files);
        each("release_limit", &Approved::release_limit);
        each("release_due", &Approved::release_due);
    }
};

struct SentBack {
    static constexpr EventKind kKind = EventKind::kSentBack;
    PAKN_MOVE_MEMBERS;
    std::optional<Instant> handle_due = {};  ///< The unit's limit, as it runs on from here.
    std::optional<Instant> remind_at = {};
    std::vector<Instant> reminders = {};
    std::optional<Instant> escalate_at = {};  ///< When the next level acts, of a limit that had passed before.
    std::string officer = {};                 ///< Whose it is again.
    bool anybodys = false;  ///< Nobody's in particular: the step was nobody's when the petition was there.
    static constexpr void fields(auto&& each) {
        moveFields<SentBack>(each);
        each("handle_due", &SentBack::handle_due);
        each("remind_at", &SentBack::remind_at);
        each("reminders", &SentBack::reminders);
        each("escalate_at", &SentBack::escalate_at);
        each("officer", &SentBack::officer);
        each("anybodys", &SentBack::anybodys);
    }
};

struct Returned {
    static constexpr EventKind kKind = EventKind::kReturned;
    PAKN_MOVE_MEMBERS;
    std::string unit = {};  ///< Who returned it.
    std::vector<FileRef> files = {};
    bool late = false;
    bool ping_pong = false;  ///< The petition has now come back so often that the Centre has to look into it.
    std::string triage_limit = {};
    std::optional<Instant> triage_due = {};
    static constexpr void fields(auto&& each) {
        moveFields<Returned>(each);
        each("unit", &Returned::unit);
        each("late", &Returned::late);
        each("ping_pong", &Returned::ping_pong);
        each("triage_limit", &Returned::triage_limit);
        each("triage_due", &Returned::triage_due);
        each("files", &Returned::files);
    }
};

/// "Hẹn xử lý": the unit names a new end of its limit, with its grounds. The first limit stays on record.
struct Appointed {
    static constexpr EventKind kKind = EventKind::kAppointed;
    PAKN_MOVE_MEMBERS;
    std::vector<FileRef> files = {};
    std::string amount = {};  ///< As it was given: "10d".
    std::optional<Instant> handle_due = {};
    std::vector<Instant> reminders = {};
    static constexpr void fields(auto&& each) {
        moveFields<Appointed>(each);
        each("files", &Appointed::files);
        each("amount", &Appointed::amount);
        each("handle_due", &Appointed::handle_due);
        each("reminders", &Appointed::reminders);
    }
};

/// Other units are asked to do a part: each gets a line of its own, which begins at `branch_step`.
struct CoordinatingRequested {
    static constexpr EventKind kKind = EventKind::kCoordinatingRequested;
    PAKN_MOVE_MEMBERS;
    std::vector<std::string> units = {};
    std::vector<FileRef> files = {};
    std::string branch_step = {};
    Status branch_status = Status::kDistributed;
    std::optional<Role> branch_holder = {};
    std::string branch_limit = {};  ///< As configured; empty: somebody named its end, or it ends …
    bool branch_with_unit = false;  ///< … with the limit of the unit that asks.
    std::optional<Instant> branch_due = {};
    std::vector<Instant> branch_dues =
        {};  ///< Of each unit by its own hours, in the order of `units`; none: branch_due.
    static constexpr void fields(auto&& each) {
        moveFields<CoordinatingRequested>(each);
        each("units", &CoordinatingRequested::units);
        each("files", &CoordinatingRequested::files);
        each("branch_step", &CoordinatingRequested::branch_step);
        each("branch_status", &CoordinatingRequested::branch_status);
        each("branch_holder", &CoordinatingRequested::branch_holder);
        each("branch_limit", &CoordinatingRequested::branch_limit);
        each("branch_with_unit", &CoordinatingRequested::branch_with_unit);
        each("branch_due", &CoordinatingRequested::branch_due);
        each("branch_dues", &CoordinatingRequested::branch_dues);
    }
};

/// A coordinating unit's leader has approved its part.
struct CoordinatingDone {
    static constexpr EventKind kKind = EventKind::kCoordinatingDone;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    bool late = false;
    static constexpr void fields(auto&& each) {
        moveFields<CoordinatingDone>(each);
        each("text", &CoordinatingDone::text);
        each("files", &CoordinatingDone::files);
        each("late", &CoordinatingDone::late);
    }
};

/// People or units are told of it and have nothing to do.
struct Followed {
    static constexpr EventKind kKind = EventKind::kFollowed;
    PAKN_MOVE_MEMBERS;
    std::vector<std::string> accounts = {};
    std::vector<std::string> units = {};
    std::optional<Instant> until = {};  ///< Whoever has not looked by then is not reminded any more.
    std::vector<FileRef> files = {};
    static constexpr void fields(auto&& each) {
        moveFields<Followed>(each);
        each("accounts", &Followed::accounts);
        each("units", &Followed::units);
        each("until", &Followed::until);
        each("files", &Followed::files);
    }
};

struct Released {
    static constexpr EventKind kKind = EventKind::kReleased;
    PAKN_MOVE_MEMBERS;
    std::string shared = {};  ///< Id of the petition whose answer this one shares; empty: its own.
    std::string text = {};    ///< Of a shared answer.
    std::vector<FileRef> files = {};
    bool withheld = false;  ///< A shared answer that is not public where it was given.
    static constexpr void fields(auto&& each) {
        moveFields<Released>(each);
        each("shared", &Released::shared);
        each("text", &Released::text);
        each("files", &Released::files);
        each("withheld", &Released::withheld);
    }
};

struct RefusedByCentre {
    static constexpr EventKind kKind = EventKind::kRefused;
    PAKN_MOVE_MEMBERS;
    static constexpr void fields(auto&& each) { moveFields<RefusedByCentre>(each); }
};

/// The sender's word on the answer.
struct Rated {
    static constexpr EventKind kKind = EventKind::kRated;
    PAKN_MOVE_MEMBERS;
    Satisfaction rating = Satisfaction::kNeutral;
    std::string unit = {};  ///< Whose answer it was.
    static constexpr void fields(auto&& each) {
        moveFields<Rated>(each);
        each("rating", &Rated::rating);
        each("unit", &Rated::unit);
    }
};

/// The sender adds to it, of their own accord or because they were asked.
struct Supplemented {
    static constexpr EventKind kKind = EventKind::kSupplemented;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    static constexpr void fields(auto&& each) {
        moveFields<Supplemented>(each);
        each("text", &Supplemented::text);
        each("files", &Supplemented::files);
    }
};

/// The answer did not settle it: it begins again, with limits of its own.
struct Reopened {
    static constexpr EventKind kKind = EventKind::kReopened;
    PAKN_MOVE_MEMBERS;
    std::string triage_limit = {};  ///< As configured now, as the next.
    std::optional<Instant> triage_due = {};
    std::string total_limit = {};
    std::optional<Instant> total_due = {};
    static constexpr void fields(auto&& each) {
        moveFields<Reopened>(each);
        each("triage_limit", &Reopened::triage_limit);
        each("triage_due", &Reopened::triage_due);
        each("total_limit", &Reopened::total_limit);
        each("total_due", &Reopened::total_due);
    }
};

/// It is about the same matter as another one, whose answer it will share. Its clocks stand meanwhile.
struct Merged {
    static constexpr EventKind kKind = EventKind::kMerged;
    PAKN_MOVE_MEMBERS;
    std::string into = {};  ///< Id of the other petition.
    std::string into_code = {};
    static constexpr void fields(auto&& each) {
        moveFields<Merged>(each);
        each("into", &Merged::into);
        each("into_code", &Merged::into_code);
    }
};

/// It is about a matter of its own after all: it goes on where it was, with what was left of every limit but its
/// sender's, who has waited meanwhile.
struct Unmerged {
    static constexpr EventKind kKind = EventKind::kUnmerged;
    PAKN_MOVE_MEMBERS;
    bool given_back = false;                ///< What follows says where limits end now; else they are what they were.
    std::optional<Instant> total_due = {};  ///< Only where the calendar has changed meanwhile.
    std::optional<Instant> triage_due = {};
    std::optional<Instant> handle_due = {};
    std::optional<Instant> release_due = {};
    std::optional<Instant> assign_due = {};
    std::optional<Instant> task_due = {};
    std::vector<Instant> reminders = {};
    std::optional<Instant> escalate_at = {};
    static constexpr void fields(auto&& each) {
        moveFields<Unmerged>(each);
        each("given_back", &Unmerged::given_back);
        each("total_due", &Unmerged::total_due);
        each("triage_due", &Unmerged::triage_due);
        each("handle_due", &Unmerged::handle_due);
        each("release_due", &Unmerged::release_due);
        each("assign_due", &Unmerged::assign_due);
        each("task_due", &Unmerged::task_due);
        each("reminders", &Unmerged::reminders);
        each("escalate_at", &Unmerged::escalate_at);
    }
};

struct Closed {
    static constexpr EventKind kKind = EventKind::kClosed;
    PAKN_MOVE_MEMBERS;
    static constexpr void fields(auto&& each) { moveFields<Closed>(each); }
};
#undef PAKN_MOVE_MEMBERS

}  // namespace pakn::domain

#pragma once
/// @file
/// What actions of a workflow do to a petition: the events that lead from step to step.

#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/event_field.hpp"
#include "core/domain/petition.hpp"

namespace pakn::domain {

// What an action does: the step it leads to, that step's status and holder (absent: nobody has to do anything more).
// The journal thus rebuilds queues without the workflow file of that day. `branch` is the coordinating unit whose part
// moves; empty: the petition itself does. `step_due` is the limit of the step. `standing_for` is the colleague in whose
// place the actor did it.
#define PAKN_MOVE_MEMBERS                 \
    std::string comment = {};             \
    std::string action = {};              \
    std::string step = {};                \
    Status status = Status::kReceived;    \
    std::optional<Role> holder = {};      \
    bool at_centre = true;                \
    std::optional<Instant> step_due = {}; \
    std::string branch = {};              \
    std::string standing_for = {}
#define PAKN_MOVE_FIELDS(Struct)                                                                                    \
    Field{"comment", &Struct::comment}, Field{"action", &Struct::action}, Field{"step", &Struct::step},             \
        Field{"status", &Struct::status}, Field{"holder", &Struct::holder}, Field{"at_centre", &Struct::at_centre}, \
        Field{"step_due", &Struct::step_due}, Field{"branch", &Struct::branch}, Field {                             \
        "standing_for", &Struct::standing_for                                                                       \
    }

struct AcceptedByCentre {
    static constexpr EventKind kKind = EventKind::kAccepted;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(AcceptedByCentre)}; }
};

struct Distributed {
    static constexpr EventKind kKind = EventKind::kDistributed;
    PAKN_MOVE_MEMBERS;
    std::string unit = {};
    bool external = false;          ///< The unit is not on the system: the Centre writes down what it answers.
    std::string workflow = {};      ///< The unit's own, which the petition follows from here; empty: as before.
    std::string handle_limit = {};  ///< The unit's limit as it was configured: "7wd".
    std::optional<Instant> handle_due = {};
    std::optional<Instant> assign_due = {};
    std::optional<Instant> remind_at = {};  ///< The first of all reminders; the others follow.
    std::vector<Instant> reminders = {};
    std::optional<Instant> return_until = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Distributed),
                          Field{"unit", &Distributed::unit},
                          Field{"external", &Distributed::external},
                          Field{"workflow", &Distributed::workflow},
                          Field{"handle_limit", &Distributed::handle_limit},
                          Field{"handle_due", &Distributed::handle_due},
                          Field{"assign_due", &Distributed::assign_due},
                          Field{"remind_at", &Distributed::remind_at},
                          Field{"reminders", &Distributed::reminders},
                          Field{"return_until", &Distributed::return_until}};
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
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Assigned),
                          Field{"officer", &Assigned::officer},
                          Field{"coordinators", &Assigned::coordinators},
                          Field{"product", &Assigned::product},
                          Field{"withheld", &Assigned::withheld},
                          Field{"task_due", &Assigned::task_due},
                          Field{"files", &Assigned::files}};
    }
};

struct Started {
    static constexpr EventKind kKind = EventKind::kStarted;
    PAKN_MOVE_MEMBERS;
    std::string officer = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Started), Field{"officer", &Started::officer}};
    }
};

struct Unclaimed {
    static constexpr EventKind kKind = EventKind::kUnclaimed;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Unclaimed)}; }
};

struct Noted {
    static constexpr EventKind kKind = EventKind::kNoted;
    PAKN_MOVE_MEMBERS;
    std::vector<FileRef> files = {};
    std::string heard = {};     ///< News of a connector: its peer's id of it, so that the same is taken once.
    std::string delivery = {};  ///< The delivery that the news is about.
    bool question = false;      ///< Meant for the citizen, who is asked to answer.
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Noted), Field{"files", &Noted::files}, Field{"heard", &Noted::heard},
                          Field{"delivery", &Noted::delivery}, Field{"question", &Noted::question}};
    }
};

struct ResultDrafted {
    static constexpr EventKind kKind = EventKind::kResultDrafted;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    std::string article = {};  ///< Of the knowledge base, from which it was written; empty: none.
    int article_version = 0;
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(ResultDrafted), Field{"text", &ResultDrafted::text},
                          Field{"files", &ResultDrafted::files}, Field{"article", &ResultDrafted::article},
                          Field{"article_version", &ResultDrafted::article_version}};
    }
};

struct Submitted {
    static constexpr EventKind kKind = EventKind::kSubmitted;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Submitted)}; }
};

/// The approver may change the text; both stay on record.
struct Approved {
    static constexpr EventKind kKind = EventKind::kApproved;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    std::optional<Instant> release_due = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Approved), Field{"text", &Approved::text}, Field{"files", &Approved::files},
                          Field{"release_due", &Approved::release_due}};
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
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(SentBack),
                          Field{"handle_due", &SentBack::handle_due},
                          Field{"remind_at", &SentBack::remind_at},
                          Field{"reminders", &SentBack::reminders},
                          Field{"escalate_at", &SentBack::escalate_at},
                          Field{"officer", &SentBack::officer},
                          Field{"anybodys", &SentBack::anybodys}};
    }
};

struct Returned {
    static constexpr EventKind kKind = EventKind::kReturned;
    PAKN_MOVE_MEMBERS;
    std::string unit = {};  ///< Who returned it.
    std::vector<FileRef> files = {};
    bool late = false;
    bool ping_pong = false;  ///< The petition has now come back so often that the Centre has to look into it.
    std::optional<Instant> triage_due = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Returned),
                          Field{"unit", &Returned::unit},
                          Field{"late", &Returned::late},
                          Field{"ping_pong", &Returned::ping_pong},
                          Field{"triage_due", &Returned::triage_due},
                          Field{"files", &Returned::files}};
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
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Appointed), Field{"files", &Appointed::files},
                          Field{"amount", &Appointed::amount}, Field{"handle_due", &Appointed::handle_due},
                          Field{"reminders", &Appointed::reminders}};
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
    std::optional<Instant> branch_due = {};
    static constexpr auto fields() {
        using Self = CoordinatingRequested;
        return std::tuple{PAKN_MOVE_FIELDS(Self),
                          Field{"units", &Self::units},
                          Field{"files", &Self::files},
                          Field{"branch_step", &Self::branch_step},
                          Field{"branch_status", &Self::branch_status},
                          Field{"branch_holder", &Self::branch_holder},
                          Field{"branch_due", &Self::branch_due}};
    }
};

/// A coordinating unit's leader has approved its part.
struct CoordinatingDone {
    static constexpr EventKind kKind = EventKind::kCoordinatingDone;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    bool late = false;
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(CoordinatingDone), Field{"text", &CoordinatingDone::text},
                          Field{"files", &CoordinatingDone::files}, Field{"late", &CoordinatingDone::late}};
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
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Followed), Field{"accounts", &Followed::accounts},
                          Field{"units", &Followed::units}, Field{"until", &Followed::until},
                          Field{"files", &Followed::files}};
    }
};

struct Released {
    static constexpr EventKind kKind = EventKind::kReleased;
    PAKN_MOVE_MEMBERS;
    std::string shared = {};  ///< Id of the petition whose answer this one shares; empty: its own.
    std::string text = {};    ///< Of a shared answer.
    std::vector<FileRef> files = {};
    bool withheld = false;  ///< A shared answer that is not public where it was given.
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Released), Field{"shared", &Released::shared},
                          Field{"text", &Released::text}, Field{"files", &Released::files},
                          Field{"withheld", &Released::withheld}};
    }
};

struct RefusedByCentre {
    static constexpr EventKind kKind = EventKind::kRefused;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(RefusedByCentre)}; }
};

/// The sender's word on the answer.
struct Rated {
    static constexpr EventKind kKind = EventKind::kRated;
    PAKN_MOVE_MEMBERS;
    Satisfaction rating = Satisfaction::kNeutral;
    std::string unit = {};  ///< Whose answer it was.
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Rated), Field{"rating", &Rated::rating}, Field{"unit", &Rated::unit}};
    }
};

/// The sender adds to it, of their own accord or because they were asked.
struct Supplemented {
    static constexpr EventKind kKind = EventKind::kSupplemented;
    PAKN_MOVE_MEMBERS;
    std::string text = {};
    std::vector<FileRef> files = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Supplemented), Field{"text", &Supplemented::text},
                          Field{"files", &Supplemented::files}};
    }
};

/// The answer did not settle it: it begins again, with limits of its own.
struct Reopened {
    static constexpr EventKind kKind = EventKind::kReopened;
    PAKN_MOVE_MEMBERS;
    std::optional<Instant> triage_due = {};
    std::string total_limit = {};  ///< As configured now.
    std::optional<Instant> total_due = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Reopened), Field{"triage_due", &Reopened::triage_due},
                          Field{"total_limit", &Reopened::total_limit}, Field{"total_due", &Reopened::total_due}};
    }
};

/// It is about the same matter as another one, whose answer it will share. Its clocks stand meanwhile.
struct Merged {
    static constexpr EventKind kKind = EventKind::kMerged;
    PAKN_MOVE_MEMBERS;
    std::string into = {};  ///< Id of the other petition.
    std::string into_code = {};
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Merged), Field{"into", &Merged::into},
                          Field{"into_code", &Merged::into_code}};
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
    static constexpr auto fields() {
        return std::tuple{PAKN_MOVE_FIELDS(Unmerged),
                          Field{"given_back", &Unmerged::given_back},
                          Field{"total_due", &Unmerged::total_due},
                          Field{"triage_due", &Unmerged::triage_due},
                          Field{"handle_due", &Unmerged::handle_due},
                          Field{"release_due", &Unmerged::release_due},
                          Field{"assign_due", &Unmerged::assign_due},
                          Field{"task_due", &Unmerged::task_due},
                          Field{"reminders", &Unmerged::reminders},
                          Field{"escalate_at", &Unmerged::escalate_at}};
    }
};

struct Closed {
    static constexpr EventKind kKind = EventKind::kClosed;
    PAKN_MOVE_MEMBERS;
    static constexpr auto fields() { return std::tuple{PAKN_MOVE_FIELDS(Closed)}; }
};
#undef PAKN_MOVE_MEMBERS
#undef PAKN_MOVE_FIELDS

}  // namespace pakn::domain

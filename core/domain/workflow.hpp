#pragma once
/// @file
/// A workflow as data: steps somebody holds, actions that lead from step to step. Files: config/**/workflows/*.yaml.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/catalogue.hpp"
#include "core/domain/deadline.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn::domain {

/// A text in Vietnamese, with English beside it.
struct Label {
    std::string vi = {};
    std::string en = {};
};

/// What an action does to the petition besides moving it; each is recorded as the event of the same meaning.
enum class Effect : std::uint8_t {
    kAccept,      ///< The Centre takes it on. -> accepted
    kDistribute,  ///< Gives it to one unit; the unit's clock starts. -> distributed
    kAssign,      ///< The unit's leader names who does it. -> assigned
    kStart,       ///< An officer of the unit takes it. -> started
    kUnclaim,     ///< The officer gives it back to the unit. -> unclaimed
    kNote,        ///< A remark. -> noted
    kAsk,         ///< A question to the sender. -> noted
    kDraft,       ///< A result is written, with files; replaces the last draft. -> result_drafted
    kSubmit,      ///< The draft goes to the approver. -> submitted
    kApprove,     ///< The approver's word: the draft becomes the approved result. -> approved
    kSendBack,    ///< Not good enough: back for rework; any approval is void. -> sent_back
    kReturn,      ///< Not this unit's: back to the Centre; the unit's clock ends. -> returned
    kAppoint,     ///< "Hẹn xử lý": a new end of the unit's limit, with grounds. -> appointed
    kCoordinate,  ///< Other units are asked to do a part. -> coordinating_requested
    kFollow,      ///< Others are told and have nothing to do. -> followed
    kAnswer,      ///< The Centre answers at once: draft, approval and release. -> released
    kRelease,     ///< The Centre sends the approved result out. -> released
    kRefuse,      ///< Not receivable, with a reason. -> refused
    kMerge,       ///< The same matter as another petition, whose answer it shares. -> merged
    kUnmerge,     ///< A matter of its own after all. -> unmerged
    kRate,        ///< The sender's word on the answer. -> rated
    kSupplement,  ///< The sender adds something. -> supplemented
    kReopen,      ///< The answer did not settle it. -> reopened
    kClose,       ///< Nothing more to do. -> closed
};
inline constexpr std::array<std::string_view, 24> kEffectNames{
    "accept",  "distribute", "assign",    "start",   "unclaim", "note",       "ask",    "draft",
    "submit",  "approve",    "send_back", "return",  "appoint", "coordinate", "follow", "answer",
    "release", "refuse",     "merge",     "unmerge", "rate",    "supplement", "reopen", "close"};
constexpr std::string_view nameOf(Effect value) { return kEffectNames[static_cast<std::size_t>(value)]; }
constexpr std::optional<Effect> findEffect(std::string_view name) { return detail::find<Effect>(kEffectNames, name); }

/// Input an action cannot do without.
struct Needs {
    bool comment = false;    ///< A reason.
    bool result = false;     ///< The text of the result.
    bool units = false;      ///< A unit: exactly one, or for `coordinate` and `follow` one or several.
    bool officers = false;   ///< People of the unit: the first does it, the others help.
    bool followers = false;  ///< People, or units in `units`.
    bool due = false;        ///< A time: how long, or until when.
    bool files = false;      ///< At least one file.
};

/// Which limits run while a petition stands at a step.
enum class StepClock : std::uint8_t {
    kRuns,
    kUnitStands,  ///< The unit's limit waits.
    kStands,      ///< The citizen's limit waits, too.
};
inline constexpr std::array<std::string_view, 3> kStepClockNames{"runs", "unit_stands", "stands"};

/// `to` of an action that goes back to a step of the unit where the petition has been; which one is said with it.
inline constexpr std::string_view kPreviousStep = "previous";

struct Step {
    std::string id = {};
    Label label = {};
    Role role = Role::kDispatcher;        ///< Who holds it.
    Status status = Status::kReceived;    ///< What the petition's status is while it is here.
    bool at_centre = true;                ///< Held by the Centre; else by the petition's unit.
    bool final = false;                   ///< Nobody has to do anything more.
    std::optional<Duration> budget = {};  ///< How long it may stay here.
    std::string when_over = {};           ///< Action that the hub does once the budget is over; empty: none.
    StepClock clock = StepClock::kRuns;
};

struct Action {
    std::string id = {};
    Label label = {};
    std::vector<std::string> from = {};  ///< Step ids.
    std::string to = {};                 ///< Step id; empty: stays; or kPreviousStep.
    Role role = Role::kDispatcher;
    Needs needs = {};
    Effect effect = Effect::kNote;
    bool join = false;  ///< Waits for all coordinating units; once their limit is over, goes on with a reason.
};

/// Steps and the ways between them.
struct Flow {
    std::string start = {};
    std::vector<Step> steps = {};
    std::vector<Action> actions = {};

    [[nodiscard]] const Step* step(std::string_view step_id) const;
    [[nodiscard]] const Action* action(std::string_view action_id) const;
    /// Actions that lead away from or stay in a step, in file order.
    [[nodiscard]] std::vector<const Action*> actionsFrom(std::string_view step_id) const;
};

/// The way of a petition; `start` is the step of a new one.
struct Workflow : Flow {
    std::string id = {};
    Label label = {};
    /// The way of a coordinating unit's part; `start` is where it begins. Names of actions differ from the petition's.
    std::optional<Flow> coordination = {};

    /// Whoever's it is: the petition's own or a coordinating unit's; null when there is none.
    [[nodiscard]] const Action* anyAction(std::string_view action_id) const;
};

/// A rule a workflow breaks; `element` names the step or action ("steps.approval", "actions.release").
struct WorkflowDefect {
    std::string element;
    std::string message;
    std::string hint;
};

/// Everything wrong with a workflow: unknown steps, unreachable steps, steps without exit, roles that could never act
/// where they are named, a result that could leave, or an `answered`, without approval and release. Empty: sound.
std::vector<WorkflowDefect> checkWorkflow(const Workflow& workflow);

/// Roles that hold a step of the unit, in file order: without somebody in each of them a petition gets stuck there.
std::vector<Role> unitRoles(const Workflow& workflow);
/// Is there one of these roles that nobody of `roles` has?
bool lacksPeople(const Workflow& workflow, const std::vector<Role>& roles);

}  // namespace pakn::domain

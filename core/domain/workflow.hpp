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
    kAccept,      ///< The Centre takes it on.                                     -> accepted
    kDistribute,  ///< Gives it to one unit; the unit's clock starts.              -> distributed
    kStart,       ///< An officer of the unit takes it.                            -> started
    kUnclaim,     ///< The officer gives it back to the unit.                      -> unclaimed
    kNote,        ///< A remark; nothing moves.                                    -> noted
    kDraft,       ///< A result is written, with files; replaces the last draft.   -> result_drafted
    kSubmit,      ///< The draft goes to the approver.                             -> submitted
    kApprove,     ///< The approver's word: the draft becomes the approved result. -> approved
    kSendBack,    ///< Not good enough: back for rework; any approval is void.     -> sent_back
    kReturn,      ///< Not this unit's: back to the Centre; the unit's clock ends. -> returned
    kRelease,     ///< The Centre sends the approved result out.                   -> released
    kRefuse,      ///< Not receivable, with a reason.                              -> refused
    kClose,       ///< Nothing more to do.                                         -> closed
};
inline constexpr std::array<std::string_view, 13> kEffectNames{
    "accept",  "distribute", "start",  "unclaim", "note",   "draft", "submit",
    "approve", "send_back",  "return", "release", "refuse", "close"};
constexpr std::string_view nameOf(Effect value) { return kEffectNames[static_cast<std::size_t>(value)]; }
constexpr std::optional<Effect> findEffect(std::string_view name) { return detail::find<Effect>(kEffectNames, name); }

/// Input an action cannot do without.
struct Needs {
    bool comment = false;  ///< A reason.
    bool result = false;   ///< The text of the result.
    bool units = false;    ///< Exactly one unit.
};

struct Step {
    std::string id = {};
    Label label = {};
    Role role = Role::kDispatcher;        ///< Who holds it.
    Status status = Status::kReceived;    ///< What the petition's status is while it is here.
    bool at_centre = true;                ///< Held by the Centre; else by the petition's unit.
    bool final = false;                   ///< Nobody has to do anything more.
    std::optional<Duration> budget = {};  ///< How long it may stay here.
};

struct Action {
    std::string id = {};
    Label label = {};
    std::vector<std::string> from = {};  ///< Step ids.
    std::string to = {};                 ///< Step id; empty: stays.
    Role role = Role::kDispatcher;
    Needs needs = {};
    Effect effect = Effect::kNote;
};

struct Workflow {
    std::string id = {};
    Label label = {};
    std::string start = {};  ///< Step of a new petition.
    std::vector<Step> steps = {};
    std::vector<Action> actions = {};

    [[nodiscard]] const Step* step(std::string_view step_id) const;
    [[nodiscard]] const Action* action(std::string_view action_id) const;
    /// Actions that lead away from or stay in a step, in file order.
    [[nodiscard]] std::vector<const Action*> actionsFrom(std::string_view step_id) const;
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

}  // namespace pakn::domain

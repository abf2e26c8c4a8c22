#include "core/config/workflow_file.hpp"

#include <algorithm>

#include "core/config/codecs.hpp"

namespace pakn::config {

namespace {

using domain::Action;
using domain::Flow;
using domain::Step;
using domain::Workflow;

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

constexpr std::array<std::string_view, 2> kHolders{"centre", "unit"};
constexpr std::array<std::string_view, 7> kNeeds{"comment", "result", "units", "officers", "followers", "due", "files"};

/// `centre` or `unit`, read into "is it the Centre".
struct Holder {
    static Shape shape() { return {.form = Shape::Form::kChoice, .word = "one of", .choices = kHolders}; }
    static void read(Reader& reader, const Node& node, bool& at_centre) {
        if (const auto index = readChoice(reader, node, kHolders)) at_centre = *index == 0;
    }
};

enum class Input : std::uint8_t { kComment, kResult, kUnits, kOfficers, kFollowers, kDue, kFiles };

/// `[comment, units]`.
struct NeedList {
    using Words = List<Choice<Input, kNeeds>>;
    static Shape shape() { return Words::shape(); }
    static void read(Reader& reader, const Node& node, domain::Needs& into) {
        std::vector<Input> needs;
        Words::read(reader, node, needs);
        const auto has = [&](Input one) { return std::find(needs.begin(), needs.end(), one) != needs.end(); };
        into = {.comment = has(Input::kComment),
                .result = has(Input::kResult),
                .units = has(Input::kUnits),
                .officers = has(Input::kOfficers),
                .followers = has(Input::kFollowers),
                .due = has(Input::kDue),
                .files = has(Input::kFiles)};
    }
};

/// A key of a flow, whatever it is part of.
template <class T, auto Member, class Codec>
constexpr Key<T> flowKey(std::string_view name, Need need, std::string_view help) {
    return {name, need, help, &Codec::shape,
            [](Reader& reader, const Node& value, T& into) { Codec::read(reader, value, into.*Member); }};
}

}  // namespace

template <>
std::span<const Key<domain::Label>> keysOf<domain::Label>() {
    using domain::Label;
    static constexpr Key<Label> kKeys[] = {
        key<&Label::vi, Text>("vi", kRequired, "In Vietnamese."),
        key<&Label::en, Text>("en", kOptional, "In English."),
    };
    return kKeys;
}

template <>
std::span<const Key<Step>> keysOf<Step>() {
    static constexpr Key<Step> kKeys[] = {
        key<&Step::id, Name>("id", kRequired, "Short name of the step, unique in the workflow."),
        key<&Step::label, Section<domain::Label>>("label", kRequired, "As officers read it."),
        key<&Step::role, Choice<domain::Role, domain::kRoleNames>>("role", kOptional,
                                                                   "Who has to act here. Default dispatcher."),
        key<&Step::status, Choice<domain::Status, domain::kStatusNames>>("status", kRequired,
                                                                         "Status of the petition while it is here."),
        key<&Step::at_centre, Holder>("at", kOptional, "Held by the Centre or by the petition's unit. Default centre."),
        key<&Step::final, Flag>("final", kOptional, "Nobody has to do anything more. Default false."),
        key<&Step::budget, Limit>("budget", kOptional, "How long a petition may stay here. Default no limit."),
        key<&Step::when_over, Name>(
            "when_over", kOptional,
            "Action that the hub does by itself once `budget` is over, in working time: one with the effect note, "
            "unclaim, return, refuse or close. Default none: it is recorded and shown."),
        key<&Step::clock, Choice<domain::StepClock, domain::kStepClockNames>>(
            "clock", kOptional,
            "Do limits run here? `unit_stands`: the unit's waits; `stands`: the citizen's, too. Default runs."),
    };
    return kKeys;
}

template <>
std::span<const Key<Action>> keysOf<Action>() {
    static constexpr Key<Action> kKeys[] = {
        key<&Action::id, Name>("id", kRequired, "Short name of the action, unique in the workflow."),
        key<&Action::label, Section<domain::Label>>("label", kRequired, "As the button reads."),
        key<&Action::from, List<Name>>("from", kRequired, "Steps in which it can be done."),
        key<&Action::to, Name>("to", kOptional,
                               "Step it leads to; `previous`: a step of the unit where it has been, said with the "
                               "action. Absent: the petition stays where it is."),
        key<&Action::role, Choice<domain::Role, domain::kRoleNames>>("role", kRequired, "Who may do it."),
        key<&Action::needs, NeedList>("needs", kOptional, "What must be given with it. Default nothing."),
        key<&Action::effect, Choice<domain::Effect, domain::kEffectNames>>("effect", kRequired,
                                                                           "What it does besides moving the petition."),
        key<&Action::join, Flag>("join", kOptional,
                                 "Waits for all coordinating units; once their limit is over it goes on with a "
                                 "reason. Default false."),
    };
    return kKeys;
}

template <>
std::span<const Key<Flow>> keysOf<Flow>() {
    static constexpr Key<Flow> kKeys[] = {
        key<&Flow::start, Name>("start", kRequired, "Step where a unit's part begins."),
        key<&Flow::steps, List<Section<Step>>>("steps", kRequired, "Where a part can be."),
        key<&Flow::actions, List<Section<Action>>>("actions", kRequired, "What can be done with it."),
    };
    return kKeys;
}

template <>
std::span<const Key<Workflow>> keysOf<Workflow>() {
    static constexpr Key<Workflow> kKeys[] = {
        key<&Workflow::id, OwnName<Kind::kWorkflow>>("id", kRequired, "Short name by which units and routes call it."),
        key<&Workflow::label, Section<domain::Label>>("label", kRequired, "As people read it."),
        flowKey<Workflow, &Workflow::start, Name>("start", kRequired, "Step of a new petition."),
        flowKey<Workflow, &Workflow::steps, List<Section<Step>>>("steps", kRequired, "Where a petition can be."),
        flowKey<Workflow, &Workflow::actions, List<Section<Action>>>("actions", kRequired, "What can be done with it."),
        key<&Workflow::coordination, Maybe<Section<Flow>>>(
            "coordination", kOptional, "How a coordinating unit does its part. Default no unit can be asked."),
    };
    return kKeys;
}

namespace {

/// Looks up what checkWorkflow calls "steps.approval", "start" or "coordination.actions.finish".
Mark markOf(const Node& root, std::string_view element) {
    constexpr std::string_view kPart = "coordination.";
    if (element.starts_with(kPart))
        if (const Entry* part = root.find("coordination")) return markOf(part->value, element.substr(kPart.size()));
    const std::size_t dot = element.find('.');
    const Entry* entry = root.find(element.substr(0, dot));
    if (!entry) return root.mark;
    if (dot == std::string_view::npos) return entry->value.mark;
    for (const Node& item : entry->value.items)
        if (const Entry* id = item.find("id"); id && id->value.text == element.substr(dot + 1)) return id->value.mark;
    return entry->value.mark;
}

/// Names of steps are checked here and not left to checkWorkflow, because here each has its own place.
class StepNames {
public:
    StepNames(Reader& reader, const Flow& flow) : reader_{reader} {
        for (const Step& step : flow.steps) known_.push_back(step.id);
    }

    /// All names of steps in a flow as it is written.
    void checkAll(const Node& flow) {
        check(flow.find("start")->value);
        for (const Node& action : flow.find("actions")->value.items) {
            if (const Entry* to = action.find("to"); to && to->value.text != domain::kPreviousStep) check(to->value);
            for (const Node& from : action.find("from")->value.items) check(from);
        }
    }

private:
    void check(const Node& step) {
        if (step.kind != Node::Kind::kScalar || std::find(known_.begin(), known_.end(), step.text) != known_.end())
            return;
        reader_.error(step.mark, "unknown step " + inQuotes(step.text), nameHint(step.text, known_));
    }

    Reader& reader_;
    std::vector<std::string> known_;
};

}  // namespace

domain::Workflow readWorkflow(Reader& reader, const Node& root) {
    Workflow workflow;
    const std::size_t errors = reader.diagnostics().errors();
    readSection(reader, root, workflow);
    // A workflow with holes in it would only produce errors that follow from the first ones.
    if (!root.complete || errors != reader.diagnostics().errors()) return workflow;

    StepNames{reader, workflow}.checkAll(root);
    if (workflow.coordination) StepNames{reader, *workflow.coordination}.checkAll(root.find("coordination")->value);
    if (errors != reader.diagnostics().errors()) return workflow;
    for (domain::WorkflowDefect& defect : domain::checkWorkflow(workflow))
        reader.error(markOf(root, defect.element), std::move(defect.message), std::move(defect.hint));
    return workflow;
}

}  // namespace pakn::config

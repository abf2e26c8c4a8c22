#include "core/config/workflow_file.hpp"

#include <algorithm>

#include "core/config/codecs.hpp"

namespace pakn::config {

namespace {

using domain::Action;
using domain::Step;
using domain::Workflow;

constexpr Need kRequired = Need::kRequired;
constexpr Need kOptional = Need::kOptional;

constexpr std::array<std::string_view, 2> kHolders{"centre", "unit"};
constexpr std::array<std::string_view, 3> kNeeds{"comment", "result", "units"};

/// `centre` or `unit`, read into "is it the Centre".
struct Holder {
    static Shape shape() { return {.form = Shape::Form::kChoice, .word = "one of", .choices = kHolders}; }
    static void read(Reader& reader, const Node& node, bool& at_centre) {
        if (const auto index = readChoice(reader, node, kHolders)) at_centre = *index == 0;
    }
};

enum class Input : std::uint8_t { kComment, kResult, kUnits };

/// `[comment, units]`.
struct NeedList {
    using Words = List<Choice<Input, kNeeds>>;
    static Shape shape() { return Words::shape(); }
    static void read(Reader& reader, const Node& node, domain::Needs& into) {
        std::vector<Input> needs;
        Words::read(reader, node, needs);
        const auto has = [&](Input one) { return std::find(needs.begin(), needs.end(), one) != needs.end(); };
        into = {.comment = has(Input::kComment), .result = has(Input::kResult), .units = has(Input::kUnits)};
    }
};

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
        key<&Step::budget, Later<Limit>>("budget", kOptional, "How long a petition may stay here. Default no limit."),
    };
    return kKeys;
}

template <>
std::span<const Key<Action>> keysOf<Action>() {
    static constexpr Key<Action> kKeys[] = {
        key<&Action::id, Name>("id", kRequired, "Short name of the action, unique in the workflow."),
        key<&Action::label, Section<domain::Label>>("label", kRequired, "As the button reads."),
        key<&Action::from, List<Name>>("from", kRequired, "Steps in which it can be done."),
        key<&Action::to, Name>("to", kOptional, "Step it leads to. Absent: the petition stays where it is."),
        key<&Action::role, Choice<domain::Role, domain::kRoleNames>>("role", kRequired, "Who may do it."),
        key<&Action::needs, NeedList>("needs", kOptional, "What must be given with it. Default nothing."),
        key<&Action::effect, Choice<domain::Effect, domain::kEffectNames>>("effect", kRequired,
                                                                           "What it does besides moving the petition."),
    };
    return kKeys;
}

template <>
std::span<const Key<Workflow>> keysOf<Workflow>() {
    static constexpr Key<Workflow> kKeys[] = {
        key<&Workflow::id, OwnName<Kind::kWorkflow>>("id", kRequired, "Short name by which units and routes call it."),
        key<&Workflow::label, Section<domain::Label>>("label", kRequired, "As people read it."),
        key<&Workflow::start, Name>("start", kRequired, "Step of a new petition."),
        key<&Workflow::steps, List<Section<Step>>>("steps", kRequired, "Where a petition can be."),
        key<&Workflow::actions, List<Section<Action>>>("actions", kRequired, "What can be done with it."),
    };
    return kKeys;
}

namespace {

/// Looks up what checkWorkflow calls "steps.approval" or "start".
Mark markOf(const Node& root, std::string_view element) {
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
    StepNames(Reader& reader, const Workflow& workflow) : reader_{reader} {
        for (const Step& step : workflow.steps) known_.push_back(step.id);
    }

    void check(const Node& step) {
        if (step.kind != Node::Kind::kScalar || std::find(known_.begin(), known_.end(), step.text) != known_.end())
            return;
        reader_.error(step.mark, "unknown step " + inQuotes(step.text), nameHint(step.text, known_));
    }

private:
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

    StepNames names{reader, workflow};
    names.check(root.find("start")->value);
    for (const Node& action : root.find("actions")->value.items) {
        if (const Entry* to = action.find("to")) names.check(to->value);
        for (const Node& from : action.find("from")->value.items) names.check(from);
    }
    if (errors != reader.diagnostics().errors()) return workflow;
    for (domain::WorkflowDefect& defect : domain::checkWorkflow(workflow))
        reader.error(markOf(root, defect.element), std::move(defect.message), std::move(defect.hint));
    return workflow;
}

}  // namespace pakn::config

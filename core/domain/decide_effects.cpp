/// @file
/// The events that an action of the workflow leads to, effect by effect.

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

/// Performs one action.
class Performer {
public:
    Performer(Recorder& recorder, const Stage& stage, const Act& input, const Context& context, Role role)
        : recorder_{recorder}, stage_{stage}, input_{input}, context_{context}, role_{role} {}

    void run() {
        const Effect effect = stage_.action->effect;
        if (!stage_.branch && leaves()) settleWaiting(recorder_, context_);
        if (effect == Effect::kAnswer) return answer();
        recorder_.record(event(effect), role_);
        // The leader who assigns it may also say who is kept informed.
        if (effect == Effect::kAssign && !input_.followers.empty()) recorder_.record(followed(), role_);
        if (!stage_.branch) followStepClock(recorder_, context_);
    }

private:
    /// Does the petition go on to another step?
    [[nodiscard]] bool leaves() const {
        return stage_.action->effect == Effect::kUnmerge ||
               (!stage_.action->to.empty() && stage_.action->to != petition().step);
    }
    [[nodiscard]] const Petition& petition() const { return recorder_.petition(); }
    /// Whose it is what the actor takes: a substitute's time ends, the case stays.
    [[nodiscard]] const std::string& inName() const {
        return stage_.standing_for.empty() ? context_.actor.id : stage_.standing_for;
    }
    [[nodiscard]] const Rules& rules() const { return context_.rules; }
    [[nodiscard]] const SlaPolicy& policy() const { return policyOf(rules(), petition().sla); }

    EventData event(Effect effect) {
        switch (effect) {
            case Effect::kAccept:
                return move<AcceptedByCentre>();
            case Effect::kDistribute:
                return distributed();
            case Effect::kAssign:
                return assigned();
            case Effect::kStart: {
                auto data = move<Started>();
                data.officer = inName();
                return data;
            }
            case Effect::kUnclaim:
                return move<Unclaimed>();
            case Effect::kNote:
            case Effect::kAsk: {
                auto data = withFiles<Noted>();
                data.question = effect == Effect::kAsk;
                return data;
            }
            case Effect::kDraft:
                return drafted();
            case Effect::kSubmit:
                return move<Submitted>();
            case Effect::kApprove:
                return stage_.branch ? EventData{coordinatingDone()} : EventData{approved()};
            case Effect::kSendBack:
                return sentBack();
            case Effect::kReturn:
                return returned();
            case Effect::kAppoint:
                return appointed();
            case Effect::kCoordinate:
                return coordinatingRequested();
            case Effect::kFollow:
                return followed();
            case Effect::kAnswer:
            case Effect::kRelease:
                return move<Released>();
            case Effect::kRefuse:
                return move<RefusedByCentre>();
            case Effect::kMerge: {
                auto data = move<Merged>();
                data.into = input_.into->id;
                data.into_code = input_.into->code;
                return data;
            }
            case Effect::kUnmerge:
                return unmerged();
            case Effect::kRate: {
                auto data = move<Rated>();
                data.rating = *input_.rating;
                data.unit = petition().unit;
                return data;
            }
            case Effect::kSupplement: {
                auto data = withFiles<Supplemented>();
                std::swap(data.text, data.comment);
                return data;
            }
            case Effect::kReopen: {
                auto data = move<Reopened>();
                data.triage_limit = written(policy().triage);
                data.triage_due = limitOf(rules(), policy(), policy().triage, context_.now);
                data.total_limit = written(policy().total);
                data.total_due = limitOf(rules(), policy(), policy().total, context_.now);
                return data;
            }
            case Effect::kClose:
                break;
        }
        return move<Closed>();
    }

    [[nodiscard]] ResultDrafted drafted() const {
        auto data = withFiles<ResultDrafted>();
        data.text = input_.result;
        if (input_.article) {
            data.article = input_.article->id;
            data.article_version = input_.article->version;
        }
        return data;
    }

    /// The Centre's own answer: written, approved and out in one.
    void answer() {
        ResultDrafted draft = drafted();
        auto approval = move<Approved>();
        approval.text = draft.text;
        approval.files = draft.files;
        for (const auto stay : {&draft.step, &approval.step}) *stay = petition().step;
        draft.status = approval.status = petition().status;
        draft.holder = approval.holder = petition().holder;
        draft.at_centre = approval.at_centre = petition().at_centre;
        draft.comment.clear();
        approval.comment.clear();
        recorder_.record(std::move(draft), role_);
        recorder_.record(std::move(approval), role_);
        recorder_.record(move<Released>(), role_);
    }

    /// Where the action leads, in the words of the move events.
    template <class Move>
    [[nodiscard]] Move move() const {
        const Action& action = *stage_.action;
        const std::string& here = stage_.step(petition());
        const bool back = action.to == kPreviousStep;
        return moveTo<Move>(*stage_.flow->step(action.to.empty() ? here : back ? input_.step : action.to));
    }

    template <class Move>
    [[nodiscard]] Move moveTo(const Step& target) const {
        Move data;
        data.comment = input_.comment;
        data.action = stage_.action->id;
        data.step = target.id;
        data.status = target.status;
        data.holder = target.final ? std::nullopt : std::optional{target.role};
        data.at_centre = target.at_centre;
        data.branch = stage_.branch ? stage_.branch->unit : std::string{};
        data.standing_for = stage_.standing_for;
        const std::string unit = data.branch.empty() ? petition().hours_of : data.branch;
        data.step_limit = written(target.budget);
        // A limit that runs is not begun anew by what does not move the petition.
        if (const auto running = petition().due.find(Clock::kStep);
            target.id == petition().step && running != petition().due.end())
            data.step_due = running->second;
        else
            data.step_due = limitOf(rules(), policy(), target.budget, context_.now, target.at_centre ? "" : unit);
        return data;
    }

    template <class Move>
    [[nodiscard]] Move withFiles() const {
        auto data = move<Move>();
        data.files = input_.files;
        return data;
    }

    /// A unit with a workflow of its own takes the petition into it, at the step its own distribution leads to; not
    /// where route or category have chosen one.
    [[nodiscard]] const Workflow& workflowAt(const Unit& unit) const {
        const Category* category = rules().category(petition().category);
        if (category && !category->workflow.empty()) return *stage_.workflow;
        for (const Route& route : rules().routes)
            if (route.name == petition().rule && !route.workflow.empty()) return *stage_.workflow;
        const Workflow* own = rules().workflow(unit.workflow.empty() ? rules().default_workflow : unit.workflow);
        return own && own->id != petition().workflow ? *own : *stage_.workflow;
    }

    [[nodiscard]] Distributed distributed() const {
        const std::string& unit = input_.units.front();
        const Workflow& workflow = workflowAt(*rules().unit(unit));
        const Step* target = stage_.flow->step(stage_.action->to);
        if (&workflow != stage_.workflow) {
            const auto own = std::find_if(workflow.actions.begin(), workflow.actions.end(),
                                          [](const Action& one) { return one.effect == Effect::kDistribute; });
            if (own != workflow.actions.end()) target = workflow.step(own->to);
        }
        auto data = moveTo<Distributed>(*target);
        data.unit = unit;
        data.external = rules().unit(unit)->external;
        if (workflow.step(target->id) == target && &workflow != stage_.workflow) data.workflow = workflow.id;
        data.step_limit = written(target->budget);
        data.step_due = limitOf(rules(), policy(), target->budget, context_.now, unit);
        data.handle_limit = written(policy().handle);
        data.handle_due = limitOf(rules(), policy(), policy().handle, context_.now, unit);
        data.assign_limit = written(policy().assign);
        data.assign_due = limitOf(rules(), policy(), policy().assign, context_.now, unit);
        data.return_limit = written(policy().give_back);
        data.return_until = limitOf(rules(), policy(), policy().give_back, context_.now, unit);
        data.reminders = remindersOf(rules(), policy(), unit, data.handle_due, context_.now);
        return data;
    }

    [[nodiscard]] Assigned assigned() const {
        auto data = withFiles<Assigned>();
        data.officer = input_.officers.empty() ? inName() : input_.officers.front().id;
        for (std::size_t i = 1; i < input_.officers.size(); ++i) data.coordinators.push_back(input_.officers[i].id);
        data.product = input_.product;
        data.withheld = input_.withheld;
        data.task_due = givenTime(petition().unit);
        return data;
    }

    /// Until when, as it was said with the action.
    [[nodiscard]] std::optional<Instant> givenTime(std::string_view unit) const {
        if (input_.due) return input_.due;
        return limitOf(rules(), policy(), input_.amount, context_.now, unit);
    }

    /// The approver's own words replace the draft's; files given are added to the draft's.
    template <class Move>
    [[nodiscard]] Move approvedFrom(const std::optional<ResultText>& draft) const {
        auto data = move<Move>();
        data.text = trimmed(input_.result).empty() && draft ? draft->text : input_.result;
        if (draft) data.files = draft->files;
        data.files.insert(data.files.end(), input_.files.begin(), input_.files.end());
        return data;
    }

    [[nodiscard]] Approved approved() const {
        auto data = approvedFrom<Approved>(petition().draft);
        data.release_limit = written(policy().release);
        data.release_due = limitOf(rules(), policy(), policy().release, context_.now);
        return data;
    }

    [[nodiscard]] CoordinatingDone coordinatingDone() const {
        auto data = approvedFrom<CoordinatingDone>(stage_.branch->draft);
        data.late = stage_.branch->due && context_.now > *stage_.branch->due;
        return data;
    }

    [[nodiscard]] SentBack sentBack() const {
        auto data = move<SentBack>();
        if (stage_.branch) {
            data.officer = stage_.branch->officer;
            return data;
        }
        data.officer = petition().officer;
        // Back to a step where somebody had it: it is theirs again.
        for (const Visit& visit : petition().visited)
            if (visit.step == data.step && stage_.action->to == kPreviousStep) {
                data.officer = visit.officer;
                data.anybodys = visit.officer.empty();
            }
        data.handle_due = resumedHandleDue(petition(), rules(), context_.now);
        data.reminders = remindersFor(petition(), rules(), data.handle_due, context_.now);
        data.escalate_at = resumedEscalation(petition(), rules(), data.handle_due, context_.now);
        return data;
    }

    [[nodiscard]] Returned returned() const {
        auto data = withFiles<Returned>();
        data.unit = stage_.branch ? stage_.branch->unit : petition().unit;
        if (stage_.branch) return data;
        data.late = petition().return_until && context_.now > *petition().return_until;
        data.ping_pong = static_cast<int>(petition().returned_by.size()) + 1 >= rules().ping_pong;
        data.triage_limit = written(policy().triage);
        data.triage_due = limitOf(rules(), policy(), policy().triage, context_.now);
        return data;
    }

    [[nodiscard]] Appointed appointed() const {
        const WorkingCalendar& calendar = rules().calendarOf(policy(), petition().hours_of);
        const AppointmentRules& how = rules().appointment;
        auto data = withFiles<Appointed>();
        if (input_.amount) data.amount = formatDuration(*input_.amount);
        const Instant until = input_.due ? *input_.due : appointmentAt(calendar, context_.now, *input_.amount, how.end);
        data.handle_due = until;
        // The message comes when it was asked for, else so long before the end: exact, not moved into working time.
        const Instant remind = input_.remind_after
                                   ? appointmentAt(calendar, context_.now, *input_.remind_after, how.end)
                                   : until - lengthOf(how.remind_before);
        if (remind > context_.now && remind < until) data.reminders = {remind};
        return data;
    }

    [[nodiscard]] CoordinatingRequested coordinatingRequested() const {
        auto data = withFiles<CoordinatingRequested>();
        const Flow& part = *stage_.workflow->coordination;
        const Step& first = *part.step(part.start);
        data.units = input_.units;
        data.branch_step = first.id;
        data.branch_status = first.status;
        data.branch_holder = first.role;
        data.branch_due = givenTime(petition().unit);
        if (data.branch_due) return data;
        if (policy().coordinate) {
            data.branch_limit = written(policy().coordinate);
            for (const std::string& unit : data.units)
                data.branch_dues.push_back(*limitOf(rules(), policy(), policy().coordinate, context_.now, unit));
            data.branch_due = data.branch_dues.front();
            return data;
        }
        const auto own = petition().due.find(Clock::kHandle);
        data.branch_with_unit = own != petition().due.end() && own->second > context_.now;
        if (data.branch_with_unit) data.branch_due = own->second;
        return data;
    }

    [[nodiscard]] Followed followed() const {
        auto data = withFiles<Followed>();
        for (const Actor& one : input_.followers) data.accounts.push_back(one.id);
        data.units = input_.units;
        data.until = limitOf(rules(), policy(), rules().follow_until, context_.now);
        return data;
    }

    [[nodiscard]] Unmerged unmerged() const {
        auto data = move<Unmerged>();
        const BeforeMerge& before = *petition().before_merge;
        data.step = before.step;
        data.status = before.status;
        data.holder = before.holder;
        data.at_centre = before.at_centre;
        giveBack(data, before);
        return data;
    }

    /// Nobody could do anything meanwhile: what was left of a limit is left. Its sender's alone ran on, from receipt to
    /// release.
    void giveBack(Unmerged& data, const BeforeMerge& before) const {
        const std::string unit = before.at_centre ? std::string{} : petition().hours_of;
        const auto moved = [&](Clock clock, const std::optional<Duration>& limit,
                               std::string_view whose) -> std::optional<Instant> {
            const auto running = before.due.find(clock);
            if (running == before.due.end()) return std::nullopt;
            if (const auto run = petition().runs.find(clock); run != petition().runs.end() && clock != Clock::kTask) {
                std::vector<Standstill> stood = run->second.stood;
                stood.push_back({before.since, context_.now});
                const std::optional<Instant> anew =
                    recomputed(rules().calendarOf(policy(), whose), run->second.from,
                               limitThatRuns(run->second.limit, limit), stood, rules().deadline_end);
                if (anew) return anew;
            }
            return dueAfter(rules().calendarOf(policy(), whose), running->second,
                            limit.value_or(Duration{0, Duration::Unit::kWorkingMinutes}), {before.since, context_.now},
                            rules().deadline_end);
        };
        const Step* step = stage_.flow->step(before.step);
        data.given_back = true;
        data.triage_due = moved(Clock::kTriage, policy().triage, {});
        data.release_due = moved(Clock::kRelease, policy().release, {});
        data.assign_due = moved(Clock::kAssign, policy().assign, petition().hours_of);
        data.task_due = moved(Clock::kTask, std::nullopt, petition().hours_of);
        data.step_due = moved(Clock::kStep, step ? step->budget : std::nullopt, unit);
        data.handle_due = moved(Clock::kHandle, std::nullopt, petition().hours_of);
        if (data.handle_due) data.handle_due = handleAfter(before);
        // Its sender's limit is where it was, but for a calendar that changed meanwhile.
        const std::optional<Instant> total = recomputed(rules().calendarOf(policy()), petition().total_from,
                                                        limitThatRuns(petition().total_limit, policy().total),
                                                        petition().total_standstills, rules().deadline_end);
        if (before.due.contains(Clock::kTotal) && total != before.due.at(Clock::kTotal)) data.total_due = total;
        data.reminders = remindersFor(petition(), rules(), data.handle_due, context_.now);
        // A limit that is not over any more, by another calendar, is nobody's yet.
        if (before.escalate_at && data.handle_due && hasPassed(*data.handle_due, context_.now))
            data.escalate_at = dueAfter(rules().calendarOf(policy(), petition().hours_of), *before.escalate_at,
                                        Duration{0, Duration::Unit::kWorkingMinutes}, {before.since, context_.now},
                                        rules().deadline_end);
    }

    /// The unit's limit after a merge in which it stood.
    [[nodiscard]] Instant handleAfter(const BeforeMerge& before) const {
        const Instant due = before.due.at(Clock::kHandle);
        if (petition().appointments > 0) return appointmentAfter(due, before.since, context_.now);
        const WorkingCalendar& calendar = rules().calendarOf(policy(), petition().hours_of);
        const std::optional<Duration> limit = limitThatRuns(petition().handle_limit, policy().handle);
        std::vector<Standstill> stood = petition().standstills;
        stood.push_back({before.since, context_.now});
        const std::optional<Instant> anew =
            recomputed(calendar, petition().handle_from, limit, stood, rules().deadline_end);
        return anew ? *anew
                    : dueAfter(calendar, due, limit.value_or(Duration{0, Duration::Unit::kWorkingMinutes}),
                               {before.since, context_.now}, rules().deadline_end);
    }

    Recorder& recorder_;
    const Stage& stage_;
    const Act& input_;
    const Context& context_;
    Role role_;
};

}  // namespace

void detail::perform(Recorder& recorder, const Stage& stage, const Act& input, const Context& context, Role role) {
    Performer{recorder, stage, input, context, role}.run();
}

}  // namespace pakn::domain

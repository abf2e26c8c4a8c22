#pragma once
/// @file
/// What must hold of every history that a walk leaves behind, whatever happened in it.

#include <array>
#include <map>
#include <set>

#include "tests/unit/domain/walk.hpp"

namespace pakn::domain::walk {

/// How often something happened in the walks of a test: what never happens says nothing of what would hold then.
class Occurred {
public:
    void count(const std::string& what) { ++times_[what]; }
    void expect(std::initializer_list<const char*> all) const {
        for (const char* what : all) EXPECT_TRUE(times_.contains(what)) << what << " never happened in these walks";
    }
    [[nodiscard]] const std::map<std::string, int>& times() const { return times_; }

private:
    std::map<std::string, int> times_;
};

/// Reads a history event by event. Of the state only what the event did not say is asked.
class Law {
public:
    Law(const Walk& walk, const World& world, Occurred& occurred) : walk_{walk}, world_{world}, occurred_{occurred} {}

    /// The state that the history leads to.
    Petition read() {
        Petition state;
        auto decided = walk_.decisions.begin();
        for (std::size_t i = 0; i < walk_.journal.size() && !testing::Test::HasFailure(); ++i) {
            const Event& event = walk_.journal[i];
            SCOPED_TRACE("event " + std::to_string(i + 1) + ", " + std::string{nameOf(event.kind())} + ", " +
                         formatInstant(event.at));
            const Petition before = state;
            state = apply(std::move(state), event);
            occurred_.count(std::string{nameOf(event.kind())});
            next({event, before, state, world_.of(event)});
            if (decided == walk_.decisions.end() || *decided != i + 1) continue;
            ++decided;
            rest(state, world_.of(event));
        }
        return state;
    }

private:
    struct Step {
        const Event& event;
        const Petition& before;
        const Petition& after;
        const Rules& rules;

        [[nodiscard]] const WorkingCalendar& calendarOf(std::string_view unit) const {
            return rules.calendarOf(policyOf(rules, after), unit);
        }
        template <class Data>
        [[nodiscard]] const Data* is() const {
            return std::get_if<Data>(&event.data);
        }
        /// The same where it happened to the petition itself, not in a coordinating unit's part.
        template <class Data>
        [[nodiscard]] const Data* own() const {
            return partOf(event.data).empty() ? is<Data>() : nullptr;
        }
    };

    /// One that has acted, and who had the petition then.
    struct Level {
        Instant acted = {};
        std::string unit = {};
    };

    static const SlaPolicy& policyOf(const Rules& rules, const Petition& petition) {
        static const SlaPolicy kNone{};
        const SlaPolicy* policy = rules.policy(petition.sla);
        return policy ? *policy : kNone;
    }

    void next(const Step& step) {
        EXPECT_GE(step.event.at, last_at_);
        last_at_ = step.event.at;
        other_calendar_ = other_calendar_ || &step.rules != &world_.usual || step.own<UnitTransferred>() ||
                          step.own<EmergencyAccepted>();
        results(step);
        wayBack(step);
        ladder(step);
        lapse(step);
        ends(step);
    }

    // One way back after the other, each once, and none beside one that may have reached the person.

    void wayBack(const Step& step) {
        const auto* queued = step.is<DeliveryQueued>();
        if (!queued || queued->replay || queued->chain.empty() || queued->chain == queued->delivery) return;
        const DeliveryRecord* last = nullptr;
        for (const DeliveryRecord& one : step.before.deliveries) {
            if (one.chain != queued->chain) continue;
            EXPECT_FALSE(one.connector == queued->connector && one.way == queued->way) << "the same way twice";
            last = &one;
        }
        ASSERT_TRUE(last) << "of no chain";
        EXPECT_TRUE(last->state == DeliveryState::kPassedOn || last->state == DeliveryState::kDead)
            << "beside one that is " << nameOf(last->state);
        occurred_.count("next way");
    }

    // A result leaves only approved and released, each time anew.

    void results(const Step& step) {
        if (step.own<Reopened>() || step.own<Returned>() || step.own<Distributed>() || step.own<SentBack>() ||
            step.own<ResultDrafted>()) {
            approved_.reset();
            released_ = shared_ = false;
        }
        if (const auto* approved = step.own<Approved>()) approved_ = approved->text;
        if (const auto* released = step.own<Released>()) release(step, *released);
        for (const DeliveryRecord& one : step.after.deliveries) {
            const bool pending = one.state == DeliveryState::kQueued || one.state == DeliveryState::kUnknown ||
                                 one.state == DeliveryState::kDead;
            // While the events of one decision follow each other, the one that drops it may still be to come.
            if (one.kind != DeliveryKind::kResult || !pending || step.own<Reopened>() || step.own<Released>() ||
                step.is<DeliveryDiscarded>())
                continue;
            EXPECT_TRUE(step.after.released && one.caused_at >= step.after.released->at)
                << "an answer waits that is none any more";
        }
        const auto* queued = step.is<DeliveryQueued>();
        if (!queued || queued->delivery_kind != DeliveryKind::kResult) return;
        occurred_.count(queued->replay ? "result sent again" : "result");
        if (queued->replay) {
            EXPECT_TRUE(results_.contains(queued->delivery)) << "a result that never was is sent again";
            return;
        }
        EXPECT_EQ(queued->cause, EventKind::kReleased) << "a result left for another reason";
        EXPECT_TRUE(released_) << "a result left before its release";
        EXPECT_TRUE(approved_ || shared_) << "a result left unapproved";
        results_.insert(queued->delivery);
        if (step.after.reopened > 0) occurred_.count("result after reopening");
    }

    void release(const Step& step, const Released& released) {
        released_ = true;
        shared_ = !released.shared.empty();
        ASSERT_TRUE(step.after.released);
        if (!shared_) {
            ASSERT_TRUE(approved_) << "released without approval";
            EXPECT_EQ(step.after.released->text, *approved_) << "not what was approved";
            return;
        }
        occurred_.count("shared");
        EXPECT_TRUE(step.before.before_merge) << "shares an answer without being merged";
        EXPECT_EQ(released.shared, step.before.merged_into) << "shares another one's answer";
        EXPECT_EQ(released.text, walk_.other.released->text);
    }

    // Levels act one after the other, each once, in working time, each after the time of the one before.

    void ladder(const Step& step) {
        const auto* moved = step.is<CalendarRecomputed>();
        const bool still_over =
            moved && moved->handle_due && step.before.missed.contains(Clock::kHandle) && *moved->handle_due <= last_at_;
        if (step.own<Distributed>() || step.own<Returned>() || step.own<Reopened>() || step.own<Appointed>() ||
            (moved && moved->handle_due && !still_over))
            startLadder();
        if (still_over) missed_ = moved->handle_due;
        const auto due = step.after.due.find(Clock::kHandle);
        if (missed_ && due != step.after.due.end() && due->second != *missed_ && !moved) moveMissed(step, due->second);
        if (const auto* missed = step.own<DeadlineMissed>(); missed && missed->clock == Clock::kHandle)
            missed_ = missed->due;
        if (const auto* escalated = step.is<Escalated>()) escalate(step, *escalated);
    }

    /// What is over stays over when it has stood, unless another calendar says that it was not: then it is another
    /// limit, whose levels begin anew.
    void moveMissed(const Step& step, Instant due) {
        EXPECT_TRUE(other_calendar_ && step.after.appointments == 0)
            << "a limit that was over at " << formatInstant(*missed_) << " ends at " << formatInstant(due) << " now";
        if (due <= last_at_) return;
        occurred_.count("not over any more");
        EXPECT_TRUE(step.after.escalations.empty()) << "levels of a limit that is not over";
        startLadder();
    }

    void startLadder() {
        missed_.reset();
        acted_.clear();
    }

    void escalate(const Step& step, const Escalated& escalated) {
        const Instant at = step.event.at;
        occurred_.count("level " + std::to_string(escalated.level));
        EXPECT_TRUE(step.calendarOf(step.before.unit).isWorkingTime(at)) << "outside working time";
        EXPECT_EQ(escalated.level, static_cast<int>(acted_.size()) + 1) << "a level again, or one left out";
        EXPECT_TRUE(last_level_at_ != at) << "two levels at once";
        ASSERT_TRUE(missed_) << "no limit was missed";
        EXPECT_GE(at, *missed_) << "before the limit ended";
        const auto due = step.before.due.find(Clock::kHandle);
        ASSERT_TRUE(due != step.before.due.end()) << "the unit's limit does not run";
        EXPECT_GE(at, due->second) << "before the limit that runs ended";
        if (!acted_.empty()) {
            const auto& budget = policyOf(step.rules, step.before).escalate.at(acted_.size() - 1).budget;
            ASSERT_TRUE(budget) << "the level before has all the time there is";
            EXPECT_GE(at, earliest(step, acted_.back(), *budget)) << "before the level above had its time";
        }
        acted_.push_back({at, step.before.unit});
        last_level_at_ = at;
    }

    /// When the budget of a level that acted then is used up, by whichever calendar held: that of the unit that had it
    /// then, or that of the one that has it now.
    [[nodiscard]] Instant earliest(const Step& step, const Level& level, Duration budget) const {
        Instant first = Instant::max();
        for (const Rules* rules : {&world_.usual, &world_.changed})
            for (const std::string& unit : {level.unit, step.before.unit})
                first = std::min(first, dueAt(rules->calendarOf(policyOf(*rules, step.before), unit),
                                              level.acted - kTimerLag, budget, rules->deadline_end));
        return first;
    }

    /// Between two decisions: a limit that was missed is on its way up, unless nobody above is left.
    void rest(const Petition& state, const Rules& rules) const {
        complained(state);
        if (state.finished_at || state.before_merge || state.waiting) return;
        EXPECT_TRUE(state.due.contains(Clock::kTriage) ? state.unit.empty() : true) << "the Centre's limit at a unit";
        EXPECT_TRUE(state.due.contains(Clock::kHandle) ? !state.unit.empty() && !state.approved : true)
            << "the unit's limit where it is not at work";
        EXPECT_TRUE(state.due.contains(Clock::kRelease) ? state.approved.has_value() : true)
            << "a limit for the release of nothing";
        const SlaPolicy& policy = policyOf(rules, state);
        if (!state.due.contains(Clock::kHandle) || !state.missed.contains(Clock::kHandle)) return;
        if (acted_.size() >= policy.escalate.size()) return;
        if (!acted_.empty() && !policy.escalate[acted_.size() - 1].budget) return;
        EXPECT_TRUE(state.escalate_at) << "missed, and nobody above will ever hear of it";
    }

    /// Where the hub goes on by itself: in working time, and only as the step says.
    void lapse(const Step& step) {
        const auto* noted = step.is<Noted>();
        if (!noted || step.event.role != Role::kSystem || noted->action.empty() || !noted->heard.empty()) return;
        occurred_.count("lapse");
        const std::string_view unit = step.before.at_centre ? std::string_view{} : step.before.unit;
        EXPECT_TRUE(step.calendarOf(unit).isWorkingTime(step.event.at)) << "went on outside working time";
        const Workflow* workflow = step.rules.workflow(step.before.workflow, step.before.workflow_config);
        ASSERT_TRUE(workflow && workflow->step(step.before.step));
        EXPECT_EQ(workflow->step(step.before.step)->when_over, noted->action);
        EXPECT_TRUE(step.before.missed.contains(Clock::kStep)) << "its time was not over";
    }

    // A limit in working time ends in working time, the end of an interval included.

    static bool inHours(const std::string& limit) {
        const Result<Duration> parsed = parseDuration(limit);
        return parsed &&
               (parsed->unit == Duration::Unit::kWorkingHours || parsed->unit == Duration::Unit::kWorkingMinutes);
    }

    void ends(const Step& step) {
        const Petition& now = step.after;
        const auto limitOf = [&](Clock clock) -> std::string {
            if (clock == Clock::kHandle) return now.appointments > 0 ? std::string{} : now.handle_limit;
            if (clock == Clock::kTotal) return now.total_limit;
            const auto run = now.runs.find(clock);
            return run == now.runs.end() ? std::string{} : run->second.limit;
        };
        for (const Clock clock :
             {Clock::kTriage, Clock::kHandle, Clock::kRelease, Clock::kTotal, Clock::kAssign, Clock::kStep})
            if (const auto due = now.due.find(clock); due != now.due.end() && inHours(limitOf(clock))) {
                const bool of_unit =
                    clock == Clock::kHandle || clock == Clock::kAssign || (clock == Clock::kStep && !now.at_centre);
                end(step, std::string{nameOf(clock)}, due->second, of_unit ? now.hours_of : std::string{});
            }
        for (std::size_t i = 0; i < now.branches.size(); ++i) {
            const Branch& one = now.branches[i];
            if (one.state == BranchState::kOpen && one.due && !one.with_unit && inHours(one.limit))
                end(step, "coordinate", *one.due, one.unit, i);
        }
    }

    /// Asked when an end is new: by the calendar of then.
    void end(const Step& step, const std::string& clock, Instant due, const std::string& unit, std::size_t part = 0) {
        Instant& known = known_ends_[{clock, part}];
        if (std::exchange(known, due) == due) return;
        occurred_.count(clock + " in hours");
        EXPECT_TRUE(step.calendarOf(unit).isWorkingTime(due))
            << "the limit " << clock << " ends at " << formatInstant(due);
    }

    static void complained(const Petition& now) {
        if (now.complained_unit.empty()) return;
        EXPECT_NE(now.unit, now.complained_unit);
        for (const Branch& one : now.branches)
            EXPECT_TRUE(one.state != BranchState::kOpen || one.unit != now.complained_unit);
        for (const EscalationRecord& one : now.escalations) EXPECT_NE(one.unit, now.complained_unit);
    }

    const Walk& walk_;
    const World& world_;
    Occurred& occurred_;
    Instant last_at_ = {};
    std::optional<std::string> approved_ = {};  ///< What was, since it was last written or sent back.
    bool other_calendar_ = false;  ///< One has held that did not when it began: another unit's, or a changed one.
    bool released_ = false;
    bool shared_ = false;
    std::set<std::string> results_ = {};  ///< Deliveries.
    std::optional<Instant> missed_ = {};  ///< Where the limit ended whose levels act.
    std::vector<Level> acted_ = {};       ///< Its levels, in their order.
    std::optional<Instant> last_level_at_ = {};
    std::map<std::pair<std::string, std::size_t>, Instant> known_ends_ = {};
};

/// What must hold of every history, whatever happened.
inline void expectLawful(const Walk& walk, const World& world, Occurred& occurred) {
    const Petition state = Law{walk, world, occurred}.read();
    EXPECT_TRUE(testing::Test::HasFailure() || state == walk.petition) << "the journal gives another state";
}

}  // namespace pakn::domain::walk

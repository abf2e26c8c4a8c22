#pragma once
/// @file
/// Walks petitions at random through a workflow: every legal action by everybody who could do it, and time that passes.
/// What must hold whatever happens is asked of what it leaves behind.

#include <gtest/gtest.h>

#include <random>

#include "core/domain/decide.hpp"
#include "core/domain/projection.hpp"

namespace pakn::domain::walk {

using namespace std::chrono_literals;

/// Everybody of a province who can act: the Centre, each unit's officer and leader, the sender.
inline std::vector<Actor> everybody(const Rules& rules) {
    std::vector<Actor> actors{{.id = "d1", .roles = {Role::kDispatcher}, .unit = {}},
                              {.id = "p1", .roles = {Role::kOperator}, .unit = {}},
                              Actor::citizen()};
    for (const auto& [id, unit] : rules.units) {
        actors.push_back({.id = "o1-" + id, .roles = {Role::kOfficer}, .unit = id});
        actors.push_back({.id = "o2-" + id, .roles = {Role::kOfficer}, .unit = id});
        actors.push_back({.id = "l-" + id, .roles = {Role::kLeader}, .unit = id});
        actors.push_back({.id = "a-" + id, .roles = {Role::kUnitAdmin}, .unit = id});
    }
    return actors;
}

class Walk {
public:
    Walk(const Rules& rules, unsigned seed, Instant start)
        : rules_{rules}, random_{seed}, actors_{everybody(rules)}, now_{start} {
        petition.id = "p" + std::to_string(seed);
        for (const auto& [id, unit] : rules.units) units_.push_back(id);
    }

    void begin() {
        IncomingPetition incoming{.title = "Hố ga", .text = "Hố ga mất nắp", .category = {}};
        if (!rules_.categories.empty()) incoming.category = any(names(rules_.categories));
        incoming.emergency = chance(10);
        if (chance(10)) incoming.complained_unit = any(units_);
        incoming.is_public = chance(50);
        RoutingFacts facts{.category = incoming.category,
                           .channel = "web",
                           .area = {},
                           .petition_class = {},
                           .complained_unit = incoming.complained_unit,
                           .emergency = incoming.emergency,
                           .folded_text = "ho ga mat nap"};
        Submit submit{.petition = std::move(incoming),
                      .files = {},
                      .channel = "web",
                      .code = "060326001",
                      .tracking_token = "t",
                      .route = route(rules_, facts)};
        ASSERT_TRUE(run(submit, Actor::citizen()));
    }

    /// One thing happens: somebody acts, or time passes and timers fire.
    void step() {
        if (chance(30)) return pass(std::chrono::minutes{std::uniform_int_distribution{1, 60 * 40}(random_)});
        std::vector<std::pair<const Actor*, const Action*>> possible;
        for (const Actor& actor : actors_)
            for (const Action* action : legalActions(petition, rules_, actor)) possible.emplace_back(&actor, action);
        if (possible.empty()) return pass(24h);
        const auto& [actor, action] = possible[index(possible.size())];
        static_cast<void>(run(input(*actor, *action), *actor));
    }

    /// Lets time pass; timers fire when they are due, now and then late as after an outage.
    void pass(std::chrono::milliseconds how_long) {
        const Instant until = now_ + how_long;
        const bool outage = chance(10);
        for (int guard = 0; guard < 100; ++guard) {
            std::optional<TimerRow> next;
            for (const TimerRow& row : project(petition).timers)
                if (row.due <= until && (!next || row.due < next->due)) next = row;
            if (!next) break;
            now_ = outage ? until : std::max(now_, next->due);
            const std::optional<Fire> fire = fireOf(*next);
            ASSERT_TRUE(fire) << next->kind;
            const Result<Decision> fired = run(*fire, Actor::system());
            // Outside working time an escalation waits for the opening.
            if (!fired && fired.error().code == Errc::kDeferred && now_ + *fired.error().retry_after <= until) {
                now_ += *fired.error().retry_after;
                continue;
            }
            if (!fired) break;
        }
        now_ = until;
    }

    /// Does some way lead from here to an end? Looks without leaving a trace.
    [[nodiscard]] bool canEnd(int depth) {
        if (petition.finished_at || petition.before_merge) return true;
        std::vector<std::pair<Petition, std::vector<Event>>> open{{petition, journal}};
        std::set<std::string> seen;
        const Petition kept = petition;
        const std::vector<Event> kept_journal = journal;
        // Late enough for every coordinating unit to be past its limit.
        const Instant before = std::exchange(now_, now_ + 24h * 365);
        bool ends = false;
        for (int level = 0; level < depth && !ends && !open.empty(); ++level) {
            std::vector<std::pair<Petition, std::vector<Event>>> next;
            for (auto& [state, events] : open) {
                petition = state;
                for (const Actor& actor : actors_) {
                    for (const Action* action : legalActions(state, rules_, actor)) {
                        petition = state;
                        journal = events;
                        if (!run(input(actor, *action), actor)) continue;
                        if (petition.finished_at) ends = true;
                        if (seen.insert(key(petition)).second) next.emplace_back(petition, journal);
                    }
                }
            }
            open = std::move(next);
        }
        petition = kept;
        journal = kept_journal;
        now_ = before;
        return ends;
    }

    Petition petition;
    std::vector<Event> journal;

private:
    bool chance(int percent) { return std::uniform_int_distribution{0, 99}(random_) < percent; }
    std::size_t index(std::size_t count) { return std::uniform_int_distribution<std::size_t>{0, count - 1}(random_); }
    template <class T>
    const T& any(const std::vector<T>& items) {
        return items[index(items.size())];
    }
    template <class Map>
    static std::vector<std::string> names(const Map& map) {
        std::vector<std::string> all;
        for (const auto& [name, value] : map) all.push_back(name);
        return all;
    }
    static std::string key(const Petition& petition) {
        std::string text = petition.workflow + petition.step + (petition.draft ? "d" : "") +
                           (petition.approved ? "a" : "") + petition.unit;
        for (const Branch& one : petition.branches)
            text += one.unit + one.step + (one.draft ? "d" : "") + std::string{nameOf(one.state)};
        return text;
    }

    Act input(const Actor& actor, const Action& action) {
        Act act{.action = action.id, .comment = "lý do", .result = action.needs.result ? "Kết quả" : "", .units = {}};
        if (action.effect == Effect::kAnswer || action.effect == Effect::kDraft) act.result = "Kết quả";
        if (action.effect == Effect::kDistribute || action.effect == Effect::kFollow) act.units = {any(units_)};
        if (action.effect == Effect::kCoordinate) {
            act.units = {any(units_)};
            if (const std::string& second = any(units_); second != act.units.front()) act.units.push_back(second);
        }
        if (action.effect == Effect::kAssign)
            act.officers = {{.id = "o1-" + actor.unit, .roles = {Role::kOfficer}, .unit = actor.unit}};
        if (action.needs.due || action.effect == Effect::kAppoint)
            act.amount = Duration{static_cast<int>(index(20)) + 1, Duration::Unit::kDays};
        if (action.effect == Effect::kRate) act.rating = Satisfaction::kNeutral;
        if (action.effect == Effect::kMerge)
            act.into = OtherPetition{.id = "other", .code = "060326999", .merged_into = {}, .finished = false};
        if (action.to == kPreviousStep)
            if (const auto steps = previousSteps(petition); !steps.empty()) act.step = steps[index(steps.size())]->step;
        return act;
    }

    Result<Decision> run(const Command& command, const Actor& actor) {
        const Context context{rules_, now_, actor, [this] { return "id" + std::to_string(++ids_); }};
        Result<Decision> decision = decide(petition, command, context);
        if (!decision) {
            EXPECT_NE(decision.error().code, Errc::kInternal) << decision.error().message;
            return decision;
        }
        for (const Event& event : decision->events) journal.push_back(event);
        petition = decision->after;
        return decision;
    }

    const Rules& rules_;
    std::mt19937 random_;
    std::vector<Actor> actors_;
    std::vector<std::string> units_;
    Instant now_;
    int ids_ = 0;
};

/// What must hold of every history, whatever happened.
inline void expectLawful(const Walk& walk, const Rules& rules) {
    Petition state;
    bool approved = false;
    bool released = false;
    std::optional<Instant> acted;
    for (const Event& event : walk.journal) {
        const Petition before = state;
        state = apply(std::move(state), event);
        const SlaPolicy* policy = rules.policy(state.sla);
        static const SlaPolicy kNone{};
        const WorkingCalendar& calendar = rules.calendarOf(policy ? *policy : kNone, before.unit);
        if (event.kind() == EventKind::kApproved) approved = true;
        if (event.kind() == EventKind::kReleased) released = true;
        if (const auto* queued = std::get_if<DeliveryQueued>(&event.data);
            queued && queued->delivery_kind == DeliveryKind::kResult) {
            EXPECT_TRUE(released && (approved || !state.merged_into.empty())) << "a result left unapproved";
        }
        if (const auto* escalated = std::get_if<Escalated>(&event.data)) {
            EXPECT_TRUE(calendar.isWorkingTime(event.at)) << "escalated at " << formatInstant(event.at);
            if (escalated->level > 1 && acted && policy) {
                const auto& budget = policy->escalate.at(static_cast<std::size_t>(escalated->level) - 2).budget;
                if (budget) {
                    EXPECT_GE(event.at, dueAt(calendar, *acted, *budget, rules.deadline_end));
                }
            }
            acted = event.at;
        }
        if (const auto* noted = std::get_if<Noted>(&event.data);
            noted && event.role == Role::kSystem && !noted->action.empty()) {
            EXPECT_TRUE(calendar.isWorkingTime(event.at)) << "went on at " << formatInstant(event.at);
            EXPECT_EQ(before.step, "waiting");
        }
        if (state.due.contains(Clock::kHandle) && !state.appointment && !state.handle_limit.empty()) {
            const Result<Duration> limit = parseDuration(state.handle_limit);
            const bool in_hours = limit && (limit->unit == Duration::Unit::kWorkingHours ||
                                            limit->unit == Duration::Unit::kWorkingMinutes);
            if (in_hours) {
                EXPECT_TRUE(
                    rules.calendarOf(policy ? *policy : kNone, state.unit).isWorkingTime(state.due.at(Clock::kHandle)))
                    << formatInstant(state.due.at(Clock::kHandle));
            }
        }
        if (!state.complained_unit.empty()) {
            EXPECT_NE(state.unit, state.complained_unit);
            for (const Branch& one : state.branches) EXPECT_NE(one.unit, state.complained_unit);
            for (const EscalationRecord& one : state.escalations) EXPECT_NE(one.unit, state.complained_unit);
        }
    }
    EXPECT_TRUE(state == walk.petition) << "the journal replayed gives another state";
}

}  // namespace pakn::domain::walk

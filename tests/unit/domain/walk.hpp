#pragma once
/// @file
/// Walks petitions at random through a workflow: every legal action by everybody who could do it, what others do beside
/// the workflow, and time that passes. What must hold whatever happens is asked of what it leaves behind (lawful.hpp).

#include <gtest/gtest.h>

#include <random>
#include <tuple>

#include "core/domain/decide.hpp"
#include "core/domain/projection.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain::walk {

using namespace std::chrono_literals;

/// A province, and the same with fewer and other working hours in the spring of 2026: between the two its calendar
/// changes.
struct World {
    explicit World(Rules given) : usual{std::move(given)}, changed{usual} {
        changed.hash = usual.hash + "-changed";
        WeekHours spring;
        for (std::size_t weekday = 2; weekday < 5; ++weekday) spring[weekday] = {{7h, 11h}, {13h, 16h}};
        const auto day = [](int year, unsigned month, unsigned number) {
            return Date{
                std::chrono::local_days{std::chrono::year{year} / static_cast<int>(month) / static_cast<int>(number)}};
        };
        const std::vector<DatedHours> own{{.from = day(2026, 2, 23), .to = day(2026, 4, 17), .hours = spring}};
        for (auto& [id, calendar] : changed.calendars) calendar = calendar.withHours(own).value();
        for (auto& [unit, calendars] : changed.unit_calendars)
            for (auto& [id, calendar] : calendars) calendar = calendar.withHours(own).value();
    }
    /// The rules by which an event was decided.
    [[nodiscard]] const Rules& of(const Event& event) const {
        return event.config_hash == changed.hash ? changed : usual;
    }

    Rules usual;
    Rules changed;
};

/// Everybody of a province who can act: the Centre, each unit's officers, leader and administrator, the sender.
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

/// What is said in petitions and answers.
inline const std::vector<std::string> kTitles{"Hố ga", "Đèn đường hỏng", "Rác thải"};
inline const std::vector<std::string> kContents{"Hố ga mất nắp", "Đèn không sáng", "Rác đổ ra đường"};
inline const std::vector<std::string> kAnswers{"Đã lắp nắp mới", "Đã thay đèn", "Đã thu gom"};
inline const std::vector<std::string> kAddresses{"", "12 Trần Phú", "Chợ Mới"};

class Walk {
public:
    /// How a petition comes in.
    struct Beginning {
        IncomingPetition petition = {};
        std::string channel = "web";
        std::string code = "060326001";
        std::optional<Instant> received_at = {};  ///< Of a paper that is written down later.
    };

    Walk(const World& world, unsigned seed, Instant start)
        : world_{world}, rules_{&world.usual}, random_{seed}, actors_{everybody(world.usual)}, now_{start} {
        petition.id = "p" + std::to_string(seed);
        for (const auto& [id, unit] : world.usual.units) units_.push_back(id);
        other.id = "other";
        other.code = "060326999";
        other.version = 1;
        other.is_public = true;
        other.finished_at = start;
        other.status = Status::kAnswered;
        other.released = ResultText{.text = "Đã trả lời chung", .at = start};
    }

    Beginning anything() {
        IncomingPetition incoming{.title = any(kTitles), .text = any(kContents), .category = {}};
        if (!world_.usual.categories.empty()) incoming.category = any(names(world_.usual.categories));
        incoming.emergency = chance(10);
        if (chance(10)) incoming.complained_unit = any(units_);
        incoming.is_public = chance(50);
        return {.petition = std::move(incoming)};
    }

    void begin() { begin(anything()); }
    void begin(Beginning with) {
        const RoutingFacts facts{.category = with.petition.category,
                                 .channel = with.channel,
                                 .area = with.petition.location.area,
                                 .petition_class = {},
                                 .complained_unit = with.petition.complained_unit,
                                 .emergency = with.petition.emergency,
                                 .folded_text = fold(with.petition.title + ' ' + with.petition.text)};
        const Submit submit{.petition = std::move(with.petition),
                            .files = {},
                            .channel = std::move(with.channel),
                            .code = std::move(with.code),
                            .tracking_token = "t",
                            .route = route(*rules_, facts),
                            .received_at = with.received_at};
        ASSERT_TRUE(run(submit, Actor::citizen()));
    }

    /// One thing happens: somebody acts, something happens beside the workflow, or time passes and timers fire.
    void step() {
        const int what = number(99);
        if (what < 28) return pass(std::chrono::minutes{1 + number(60 * 40)});
        // Much happens beside one that waits for another one, or for somebody.
        if (what < (petition.before_merge ? 70 : petition.waiting ? 60 : 45)) return beside();
        std::vector<std::pair<const Actor*, const Action*>> possible;
        for (const Actor& actor : actors_)
            if (isNear(petition, actor))
                for (const Action* action : legalActions(petition, *rules_, actor))
                    possible.emplace_back(&actor, action);
        if (possible.empty()) return pass(24h);
        auto [actor, action] = possible[index(possible.size())];
        // What ends a way early or leads round in circles comes less often, so that walks lead far.
        for (int again = 0; again < 2 && isShortCut(action->effect); ++again)
            std::tie(actor, action) = possible[index(possible.size())];
        static_cast<void>(run(input(petition, *actor, *action), *actor));
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

    /// Does some way lead from here to an end? A merged petition can get the other one's answer, and go on by itself
    /// where the workflow lets it. Looks without leaving a trace. `known`: from where one does, for the next question.
    [[nodiscard]] bool canEnd(std::set<std::string>& known) {
        const std::mt19937 random = random_;
        // Late enough for every coordinating unit to be past its limit.
        const Instant before = std::exchange(now_, now_ + 24h * 365);
        const bool ends = petition.before_merge ? leadsOn(petition, known) : canEnd(petition, known);
        now_ = before;
        random_ = random;
        return ends;
    }

    Petition petition;
    std::vector<Event> journal;
    std::vector<std::size_t> decisions;  ///< How many events there were after each.
    Petition other;                      ///< The one it is merged into; over.

private:
    int number(int most) { return std::uniform_int_distribution{0, most}(random_); }
    bool chance(int percent) { return number(99) < percent; }
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
    static bool isShortCut(Effect effect) {
        switch (effect) {
            case Effect::kMerge:
            case Effect::kRefuse:
            case Effect::kReturn:
            case Effect::kUnclaim:
            case Effect::kFollow:
            case Effect::kSupplement:
                return true;
            default:
                return false;
        }
    }
    /// Could this actor have anything to do with it?
    static bool isNear(const Petition& petition, const Actor& actor) {
        return actor.unit.empty() || actor.unit == petition.unit || petition.branch(actor.unit) != nullptr;
    }
    /// All that decides which ways lead on.
    static std::string key(const Petition& petition) {
        std::string text = petition.workflow + '/' + petition.step + (petition.draft ? "/d" : "/") +
                           (petition.approved ? "a" : "") + (petition.external ? "e" : "") +
                           (petition.before_merge ? "m" : "") + '/' + petition.unit + '/' + petition.officer + '/' +
                           petition.complained_unit;
        for (const Visit& one : petition.visited) text += '<' + one.step;
        for (const Branch& one : petition.branches)
            text += '|' + one.unit + '/' + one.step + '/' + one.officer + (one.draft ? "/d" : "/") +
                    std::string{nameOf(one.state)};
        return text;
    }

    /// Shows each state that an action leads to until `visit` has seen enough and says so.
    template <class VisitState>
    bool eachWay(const Petition& from, const VisitState& visit) {
        for (const Actor& actor : actors_) {
            if (!isNear(from, actor)) continue;
            for (const Action* action : legalActions(from, *rules_, actor)) {
                Result<Decision> done = ask(from, input(from, actor, *action), actor);
                // Another unit may be one that can have it.
                for (int again = 0; !done && again < 8 && action->effect == Effect::kDistribute; ++again)
                    done = ask(from, input(from, actor, *action), actor);
                if (done && visit(*action, std::move(done->after))) return true;
            }
        }
        return false;
    }

    bool canEnd(const Petition& from, std::set<std::string>& known) {
        if (from.finished_at || known.contains(key(from))) return true;
        struct Reached {
            Petition state;
            std::string where;
            std::size_t by;
        };
        constexpr std::size_t kFar = 3000;
        std::vector<Reached> reached{{from, key(from), 0}};
        std::set<std::string> seen{reached.front().where};
        for (std::size_t here = 0; here < reached.size() && reached.size() < kFar; ++here) {
            const Petition state = reached[here].state;
            const bool ends = eachWay(state, [&](const Action&, Petition next) {
                if (next.finished_at) return true;
                if (next.before_merge) return false;  // The other one would have to end.
                std::string where = key(next);
                if (known.contains(where)) return true;
                if (seen.insert(where).second) reached.push_back({std::move(next), std::move(where), here});
                return false;
            });
            if (!ends) continue;
            for (; here != 0; here = reached[here].by) known.insert(reached[here].where);
            known.insert(reached.front().where);
            return true;
        }
        return false;
    }

    bool leadsOn(const Petition& from, std::set<std::string>& known) {
        const Result<Decision> shared = ask(from, Share{std::make_shared<Petition>(other)}, Actor::system());
        if (!shared || !shared->after.finished_at) return false;
        bool can_leave = false;
        std::optional<Petition> apart;
        for (const Action& action : rules_->workflow(from.workflow, from.workflow_config)->actions)
            can_leave = can_leave || action.effect == Effect::kUnmerge;
        eachWay(from, [&](const Action& action, Petition next) {
            if (action.effect == Effect::kUnmerge) apart = std::move(next);
            return apart.has_value();
        });
        if (!apart) return !can_leave;
        return !apart->before_merge && apart->step == from.before_merge->step && canEnd(*apart, known);
    }

    Act input(const Petition& from, const Actor& actor, const Action& action) {
        Act act{
            .action = action.id, .comment = "lý do", .result = action.needs.result ? any(kAnswers) : "", .units = {}};
        if (action.needs.files) act.files = {{.sha256 = "ab", .name = "don.pdf", .type = "application/pdf", .size = 7}};
        if (action.effect == Effect::kAnswer || action.effect == Effect::kDraft) act.result = any(kAnswers);
        if (action.effect == Effect::kDistribute || action.effect == Effect::kFollow) act.units = {any(units_)};
        if (action.effect == Effect::kFollow) act.followers = {actors_[index(actors_.size())]};
        if (action.effect == Effect::kCoordinate) {
            act.units = {any(units_)};
            if (const std::string& second = any(units_); second != act.units.front()) act.units.push_back(second);
        }
        if (action.effect == Effect::kAssign && !actor.unit.empty())
            act.officers = {{.id = "o1-" + actor.unit, .roles = {Role::kOfficer}, .unit = actor.unit}};
        if (action.needs.due || action.effect == Effect::kAppoint)
            act.amount = Duration{number(19) + 1, Duration::Unit::kDays};
        if (action.effect == Effect::kRate) act.rating = static_cast<Satisfaction>(number(2));
        if (action.effect == Effect::kMerge)
            act.into = OtherPetition{.id = other.id, .code = other.code, .merged_into = {}, .finished = false};
        if (action.to == kPreviousStep)
            if (const auto steps = previousSteps(from); !steps.empty()) act.step = steps[index(steps.size())]->step;
        return act;
    }

    /// What is no action of the workflow.
    void beside() {
        if (petition.before_merge && chance(60)) return share();
        if (petition.roster && !petition.roster->acknowledged_at && chance(30)) {
            static_cast<void>(run(Acknowledge{}, actors_[index(3)]));
            return;
        }
        if (!waitingAnswers().empty() && chance(70)) return deliver();
        if (petition.waiting && chance(60)) return chance(50) ? changeCalendar() : transfer();
        switch (number(6)) {
            case 0:
                return transfer();
            case 1:
                return transferPart();
            case 2:
                for (const Follower& one : petition.followers)
                    if (!one.seen_at)
                        return static_cast<void>(run(Seen{}, {.id = one.account.empty() ? "a-" + one.unit : one.account,
                                                              .roles = {Role::kOfficer},
                                                              .unit = one.unit}));
                return;
            case 3:
                return changeCalendar();
            case 4:
                return relocate();
            default:
                return deliver();
        }
    }

    void share() {
        const bool answered = chance(70);
        Petition over = other;
        if (!answered) {
            over.released.reset();
            over.status = Status::kRefused;
            over.closing_reason = "Không thuộc thẩm quyền";
        }
        EXPECT_TRUE(run(Share{std::make_shared<Petition>(std::move(over))}, Actor::system()));
    }

    void transfer() {
        const Actor& who = chance(50) ? actors_.front() : kHub;
        static_cast<void>(
            run(Transfer{.unit = chance(20) ? std::string{} : any(units_), .reason = "sáp nhập", .branch = {}}, who));
    }

    void transferPart() {
        for (const Branch& one : petition.branches)
            if (one.state == BranchState::kOpen)
                return static_cast<void>(run(Transfer{.unit = chance(30) ? std::string{} : any(units_),
                                                      .reason = "sáp nhập",
                                                      .branch = std::string{one.unit}},
                                             kHub));
    }

    /// Every open limit follows it.
    void changeCalendar() {
        rules_ = rules_ == &world_.usual ? &world_.changed : &world_.usual;
        static_cast<void>(run(Recompute{}, kHub));
    }

    void relocate() {
        if (chance(8))
            return static_cast<void>(run(NameComplained{.unit = any(units_), .reason = "x"}, actors_.front()));
        if (chance(8)) return static_cast<void>(run(AcceptEmergency{.reason = "x"}, actors_.front()));
        Relocate place{.address = any(kAddresses), .reason = "người dân ghi nhầm"};
        if (!rules_->areas.empty()) place.area = any(names(rules_->areas));
        static_cast<void>(run(place, actors_.front()));
    }

    /// They are overtaken by the next one, so they have to be looked at while they wait.
    [[nodiscard]] std::vector<DeliveryRecord> waitingAnswers() const {
        std::vector<DeliveryRecord> answers;
        for (const DeliveryRecord& one : petition.deliveries)
            if (one.kind == DeliveryKind::kResult &&
                (one.state == DeliveryState::kQueued || one.state == DeliveryState::kUnknown ||
                 one.state == DeliveryState::kDead))
                answers.push_back(one);
        return answers;
    }

    /// What becomes of something that has to leave, and a person's word on what is stuck.
    void deliver() {
        static const Actor kIntegrator{.id = "i1", .roles = {Role::kIntegrator}, .unit = {}};
        if (petition.deliveries.empty()) return;
        const std::vector<DeliveryRecord> answers = waitingAnswers();
        const DeliveryRecord one = !answers.empty() && chance(70) ? any(answers) : any(petition.deliveries);
        // The peer has its say at any time, also before the hub knows that it took anything, and more than once.
        if (chance(20)) {
            const Actor peer{.id = one.connector, .roles = {Role::kSystem}, .unit = {}};
            const auto meaning = chance(70) ? Report::Meaning::kFailed : Report::Meaning::kArrived;
            return static_cast<void>(run(Report{.meaning = meaning,
                                                .kind = "update_of_a_peer",
                                                .id = "n" + std::to_string(number(40)),
                                                .delivery = one.id},
                                         peer));
        }
        if (one.state == DeliveryState::kQueued) {
            Settle settle{.delivery = one.id, .outcome = Receipt{.reference = "r"}};
            settle.idempotency = Idempotency::kNone;
            if (chance(20)) settle.outcome = Receipt{.already = true, .reference = "r"};
            settle.begun_version = chance(50) ? 0 : petition.version - number(6);
            const int what = number(4);
            if (what > 0) {
                constexpr std::array kWhy{Errc::kUnavailable, Errc::kRejected, Errc::kUnknownOutcome, Errc::kFallback};
                settle.outcome = Error{.code = kWhy[static_cast<std::size_t>(what) - 1], .message = "lỗi"};
            }
            return static_cast<void>(run(settle, kHub));
        }
        if (one.state != DeliveryState::kDead && one.state != DeliveryState::kUnknown) return;
        if (chance(70))
            static_cast<void>(run(Requeue{one.id}, kIntegrator));
        else
            static_cast<void>(run(Discard{.delivery = one.id, .reason = "lý do"}, kIntegrator));
    }

    Result<Decision> ask(const Petition& from, const Command& command, const Actor& actor) {
        Context context{*rules_, now_, actor, [this] { return "id" + std::to_string(++ids_); }};
        context.on_duty = {"d1", "p1"};
        Result<Decision> decision = decide(from, command, context);
        if (!decision) {
            EXPECT_NE(decision.error().code, Errc::kInternal) << decision.error().message;
        }
        return decision;
    }

    Result<Decision> run(const Command& command, const Actor& actor) {
        Result<Decision> decision = ask(petition, command, actor);
        if (!decision) return decision;
        for (const Event& event : decision->events) journal.push_back(event);
        decisions.push_back(journal.size());
        petition = decision->after;
        return decision;
    }

    inline static const Actor kHub = Actor::system();

    const World& world_;
    const Rules* rules_;
    std::mt19937 random_;
    std::vector<Actor> actors_;
    std::vector<std::string> units_;
    Instant now_;
    int ids_ = 0;
};

}  // namespace pakn::domain::walk

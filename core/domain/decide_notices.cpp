/// @file
/// Who is told of what has happened: the rules of the configuration, by audience and way.

#include "core/domain/decide_parts.hpp"
#include "core/domain/notice_values.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

bool among(const std::vector<std::string>& wanted, const std::string& one) {
    return wanted.empty() || std::find(wanted.begin(), wanted.end(), one) != wanted.end();
}

bool wanted(const NoticeRule& rule, const Happening& what) {
    if (rule.on != what.event.kind() || !among(rule.channel, what.after.channel)) return false;
    switch (rule.sending) {
        case NoticeSending::kAlways:
            return true;
        case NoticeSending::kUsually:
            return what.notify.value_or(true);
        case NoticeSending::kOnRequest:
            return what.notify.value_or(false);
    }
    return false;
}

Addressee addresseeOf(const TaskRow& task) {
    if (!task.officer.empty()) return {.role = task.role, .unit = {}, .account = task.officer};
    return {.role = task.role, .unit = task.unit, .account = {}};
}

Addressee leaderOf(const std::string& unit) {
    return unit.empty() ? Addressee{.role = Role::kDispatcher, .unit = {}, .account = {}}
                        : Addressee{.role = Role::kLeader, .unit = unit, .account = {}};
}

/// Of events that name whom they are about.
std::optional<std::vector<Addressee>> named(const EventData& data) {
    if (const auto* called = std::get_if<RosterCalled>(&data)) {
        if (called->account.empty()) return std::vector{leaderOf({})};
        return std::vector{Addressee{.role = Role::kFollower, .unit = {}, .account = called->account}};
    }
    if (const auto* escalated = std::get_if<Escalated>(&data)) return std::vector{leaderOf(escalated->unit)};
    if (const auto* followed = std::get_if<Followed>(&data)) {
        std::vector<Addressee> people;
        for (const std::string& account : followed->accounts)
            people.push_back({.role = Role::kFollower, .unit = {}, .account = account});
        for (const std::string& unit : followed->units)
            people.push_back({.role = Role::kFollower, .unit = unit, .account = {}});
        return people;
    }
    return std::nullopt;
}

/// Whoever has something to do by it; where it makes nobody's turn, whoever's turn it is.
std::vector<Addressee> next(const Happening& what) {
    if (auto people = named(what.event.data)) return *std::move(people);
    const std::vector<TaskRow> now = project(what.after).tasks;
    const auto is_new = [&](const TaskRow& task) {
        return std::none_of(what.tasks_before.begin(), what.tasks_before.end(), [&](const TaskRow& before) {
            return before.step == task.step && before.role == task.role && before.unit == task.unit &&
                   before.officer == task.officer;
        });
    };
    std::vector<Addressee> people;
    for (const TaskRow& task : now)
        if (is_new(task)) people.push_back(addresseeOf(task));
    if (!people.empty()) return people;
    const auto has_it = [&](std::string_view unit) {
        return std::find_if(now.begin(), now.end(), [&](const TaskRow& task) {
            const bool kept_informed =
                task.step == kFollowTask || task.step == kEscalationTask || task.step == kHelpTask;
            return !kept_informed && (unit.empty() || task.unit == unit);
        });
    };
    auto found = has_it(partOf(what.event.data));
    if (found == now.end()) found = has_it({});  // The part is done: the petition goes on.
    return found == now.end() ? std::vector<Addressee>{} : std::vector{addresseeOf(*found)};
}

/// The leaders of whoever let a limit pass: the Centre's are its own people.
std::optional<Addressee> leaderOfMiss(const EventData& data) {
    const auto* missed = std::get_if<DeadlineMissed>(&data);
    if (!missed) return std::nullopt;
    if (!missed->branch.empty()) return leaderOf(missed->branch);
    if (missed->clock == Clock::kTriage || missed->clock == Clock::kRelease) return leaderOf({});
    return std::nullopt;
}

std::vector<Addressee> audienceOf(const NoticeRule& rule, const Happening& what) {
    if (rule.audience == Audience::kLeader)
        if (const std::optional<Addressee> one = leaderOfMiss(what.event.data)) return {*one};
    // What a coordinating unit does inside its part is its own matter.
    const bool inside_part = isOfPart(what.event) && what.event.kind() != EventKind::kCoordinatingDone;
    if (inside_part && rule.audience != Audience::kNext) return {};
    switch (rule.audience) {
        case Audience::kPetitioner: {
            const auto* noted = std::get_if<Noted>(&what.event.data);
            // Remarks are the officers' own.
            if (noted && !noted->question) return {};
            return {Addressee{.role = Role::kCitizen, .unit = {}, .account = {}}};
        }
        case Audience::kNext:
            return next(what);
        case Audience::kLeader:
            if (what.after.unit.empty() || what.after.external) return {};
            return {Addressee{.role = Role::kLeader, .unit = what.after.unit, .account = {}}};
        case Audience::kCentre:
            return {Addressee{.role = Role::kDispatcher, .unit = {}, .account = {}}};
    }
    return {};
}

class Teller {
public:
    Teller(const Happening& what, const Context& context) : what_{what}, context_{context} {}

    void tell(const NoticeRule& rule, const NoticeTemplate& words) {
        for (const Addressee& one : audienceOf(rule, what_)) {
            if (!mayBeTold(one)) continue;
            if (!one.isSender()) add({}, rule, words, one);
            for (const std::string& connector : rule.to)
                if (mayBeLookedUp(one) || connector == kReplyTarget) add(connector, rule, words, one);
        }
    }

    std::vector<Told> take() { return std::move(told_); }

private:
    /// Who asked not to be known is not looked up; the way back looks for itself.
    [[nodiscard]] bool mayBeLookedUp(const Addressee& one) const {
        return !one.isSender() || (!what_.after.anonymous && !what_.after.unreachable);
    }

    /// Nobody is told of what they did, nor of what is said against their own house.
    [[nodiscard]] bool mayBeTold(const Addressee& one) const {
        if (!one.account.empty() && one.account == context_.actor.id) return false;
        return one.unit.empty() || what_.after.complained_unit.empty() ||
               !context_.rules.ofTheHouse(one.unit, what_.after.complained_unit);
    }

    void add(const std::string& connector, const NoticeRule& rule, const NoticeTemplate& words, const Addressee& to) {
        const bool before = std::any_of(told_.begin(), told_.end(), [&](const Told& one) {
            return one.connector == connector && one.notice.to == to;
        });
        if (before) return;
        told_.push_back({.connector = connector,
                         .notice = wordNotice(words, to, what_.after, context_.rules,
                                              {.purpose = purposeFor(rule.audience),
                                               .language = rule.language,
                                               .now = what_.event.at,
                                               .leaves = !connector.empty(),
                                               .cause = &what_.event})});
    }

    const Happening& what_;
    const Context& context_;
    std::vector<Told> told_;
};

}  // namespace

bool detail::tellsAnybody(const Rules& rules, EventKind kind) {
    return std::any_of(rules.notices.begin(), rules.notices.end(),
                       [&](const NoticeRule& rule) { return rule.on == kind; });
}

std::vector<Told> detail::noticesOf(const Happening& happening, const Context& context) {
    Teller teller{happening, context};
    for (const NoticeRule& rule : context.rules.notices) {
        if (!wanted(rule, happening)) continue;
        const auto words = context.rules.notice_templates.find(rule.notice);
        if (words != context.rules.notice_templates.end()) teller.tell(rule, words->second);
    }
    return teller.take();
}

}  // namespace pakn::domain

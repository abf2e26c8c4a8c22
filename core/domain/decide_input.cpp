/// @file
/// What an action takes and what it must be given.

#include "core/domain/decide_parts.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

using namespace detail;

namespace {

constexpr std::size_t kMaxResult = 50000;  ///< Code points.
constexpr std::size_t kMaxFiles = 20;
constexpr std::size_t kMaxUnits = 50;
constexpr std::size_t kMaxPeople = 50;
constexpr std::size_t kMaxSupplements = 50;

bool acceptsFiles(Effect effect) {
    switch (effect) {
        case Effect::kDraft:
        case Effect::kNote:
        case Effect::kAsk:
        case Effect::kApprove:
        case Effect::kAssign:
        case Effect::kReturn:
        case Effect::kFollow:
        case Effect::kAppoint:
        case Effect::kCoordinate:
        case Effect::kAnswer:
        case Effect::kSupplement:
            return true;
        default:
            return false;
    }
}

bool acceptsUnits(Effect effect) {
    return effect == Effect::kDistribute || effect == Effect::kCoordinate || effect == Effect::kFollow;
}

Error invalid(std::string problem, std::string message, std::string field) {
    return refuse(Errc::kInvalid, std::move(problem), std::move(message), std::move(field));
}

pakn::Status checkTexts(const Needs& needs, const Act& input) {
    if (needs.comment && trimmed(input.comment).empty())
        return invalid("action.comment_missing", "this action needs a comment", "/comment");
    if (codePoints(input.comment) > kMaxComment)
        return invalid("action.comment_too_long", "at most 5000 characters", "/comment");
    if (needs.result && trimmed(input.result).empty())
        return invalid("action.result_missing", "this action needs the text of the result", "/result");
    if (codePoints(input.result) > kMaxResult)
        return invalid("action.result_too_long", "at most 50000 characters", "/result");
    return Done{};
}

pakn::Status checkFiles(const Needs& needs, const Action& action, const Act& input) {
    if (!input.files.empty() && !acceptsFiles(action.effect))
        return invalid("action.files_not_taken", "this action takes no files", "/attachments");
    if (input.files.size() > kMaxFiles) return invalid("action.too_many_files", "at most 20 files", "/attachments");
    if (needs.files && input.files.empty())
        return invalid("action.files_missing", "this action needs a file", "/attachments");
    return Done{};
}

pakn::Status checkUnits(const Petition& petition, const Action& action, const Act& input, const Rules& rules,
                        Date today) {
    const bool gives = action.effect == Effect::kDistribute || action.effect == Effect::kCoordinate;
    if (gives && !petition.complained_unit.empty() && !petition.complaint_named &&
        !rules.unit(petition.complained_unit))
        return refuse(Errc::kConflict, "complaint.unnamed",
                      "first settle which unit \"" + petition.complained_unit + "\" is");
    const bool one = action.effect == Effect::kDistribute;
    if (one ? input.units.size() != 1 : action.effect == Effect::kCoordinate && input.units.empty())
        return invalid("action.unit_missing", one ? "name exactly one unit" : "name at least one unit", "/units");
    if (input.units.size() > kMaxUnits) return invalid("action.too_many_units", "at most 50 units", "/units");
    for (std::size_t i = 0; i < input.units.size(); ++i) {
        const std::string& id = input.units[i];
        const std::string field = "/units/" + std::to_string(i);
        const Unit* unit = rules.unit(id);
        if (!unit) return invalid("action.unit_unknown", "no such unit", field);
        if (!unit->existsOn(today)) return invalid("action.unit_ended", "this unit does not exist today", field);
        if (rules.ofTheHouse(id, petition.complained_unit))
            return invalid("action.unit_complained", "the petition complains about this unit", field);
        if (std::find(input.units.begin(), input.units.begin() + static_cast<std::ptrdiff_t>(i), id) !=
            input.units.begin() + static_cast<std::ptrdiff_t>(i))
            return invalid("action.unit_twice", "this unit is named twice", field);
        if (action.effect != Effect::kCoordinate) continue;
        if (unit->external)
            return invalid("action.unit_external", "this unit is not on the system: nobody could do its part", field);
        const Branch* branch = petition.branch(id);
        if (id == petition.unit || (branch && branch->state == BranchState::kOpen))
            return invalid("action.unit_at_work", "this unit is at work on it already", field);
    }
    return Done{};
}

/// People are of the unit that has the petition, or in a coordinating part of that one's.
pakn::Status checkPeople(const Petition& petition, const Stage& stage, const Act& input, const Rules& rules) {
    if (input.officers.size() > kMaxPeople || input.followers.size() > kMaxPeople)
        return invalid("action.too_many_people", "at most 50 people", "/officers");
    const std::string& unit = stage.branch ? stage.branch->unit : petition.unit;
    for (std::size_t i = 0; i < input.officers.size(); ++i) {
        const Actor& one = input.officers[i];
        const std::string field = "/officers/" + std::to_string(i);
        if (!one.has(Role::kOfficer)) return invalid("action.officer_role", "this person is no officer", field);
        if (one.unit != unit) return invalid("action.officer_unit", "this person is of another unit", field);
    }
    for (std::size_t i = 0; i < input.followers.size(); ++i)
        if (!maySee(petition, input.followers[i], rules))
            return invalid("action.unit_complained", "the petition complains about this person's unit",
                           "/followers/" + std::to_string(i));
    return Done{};
}

/// Is the regulated time long enough for an appointment? By working hours of a usual day.
bool longEnough(const Duration& regulated, const Duration& least) {
    const auto minutes = [](const Duration& one) -> std::int64_t {
        constexpr std::int64_t kHour = 60;
        constexpr std::int64_t kWorkingDay = 8 * kHour;
        switch (one.unit) {
            case Duration::Unit::kSeconds:
                return one.amount / 60;
            case Duration::Unit::kMinutes:
            case Duration::Unit::kWorkingMinutes:
                return one.amount;
            case Duration::Unit::kHours:
            case Duration::Unit::kWorkingHours:
                return one.amount * kHour;
            case Duration::Unit::kDays:
            case Duration::Unit::kWorkingDays:
                break;
        }
        return one.amount * kWorkingDay;
    };
    return minutes(regulated) > minutes(least);
}

pakn::Status checkAppointment(const Petition& petition, const Act& input, const Context& context) {
    const AppointmentRules& how = context.rules.appointment;
    const SlaPolicy& policy = policyOf(context.rules, petition.sla);
    if (how.least_regulated && (!policy.handle || !longEnough(*policy.handle, *how.least_regulated)))
        return refuse(Errc::kConflict, "appointment.too_short",
                      "a regulated time of up to " + formatDuration(*how.least_regulated) + " takes no appointment");
    if (petition.missed.contains(Clock::kHandle))
        return refuse(Errc::kConflict, "appointment.too_late", "the limit has passed already");
    if (petition.waiting)
        return refuse(Errc::kConflict, "appointment.clock_stands", "the unit's limit stands at this step");
    if (petition.appointments >= how.most)
        return refuse(Errc::kConflict, "appointment.too_many",
                      "the unit has named a new end " + std::to_string(how.most) + " times already");
    if (input.amount && input.due) return invalid("action.due_twice", "give `amount` or `due`, not both", "/due");
    if (!input.amount && !input.due) return invalid("action.due_missing", "say how long or until when", "/amount");
    if ((input.amount && input.amount->amount <= 0) || (input.due && *input.due <= context.now))
        return invalid("action.due_past", "the new end lies in the future", input.due ? "/due" : "/amount");
    const WorkingCalendar& calendar = context.rules.calendarOf(policy, petition.unit);
    const Instant until = input.due ? *input.due : appointmentAt(calendar, context.now, *input.amount, how.end);
    if (until > appointmentAt(calendar, context.now, how.longest, how.end))
        return invalid("appointment.too_long", "at most " + formatDuration(how.longest) + " from now",
                       input.due ? "/due" : "/amount");
    return Done{};
}

pakn::Status checkMerge(const Petition& petition, const Act& input) {
    if (!input.into) return invalid("merge.into_missing", "say which petition it is merged into", "/into");
    if (input.into->id == petition.id || input.into->merged_into == petition.id)
        return invalid("merge.into_itself", "a petition cannot be merged into itself", "/into");
    if (!input.into->merged_into.empty())
        return invalid("merge.into_merged", "that petition is merged into another one itself", "/into");
    // Who answers the other one must not be of the house that this one complains about.
    if (!petition.complained_unit.empty() && input.into->complained_unit != petition.complained_unit)
        return invalid("merge.complained_unit", "only into one that complains about the same unit", "/into");
    if (input.into->finished) return invalid("merge.into_finished", "that petition is finished", "/into");
    return Done{};
}

}  // namespace

pakn::Status detail::checkInput(const Petition& petition, const Stage& stage, const Act& input,
                                const Context& context) {
    const Action& action = *stage.action;
    const Needs needs = needsNow(petition, action);
    if (pakn::Status texts = checkTexts(needs, input); !texts) return texts;
    if (pakn::Status files = checkFiles(needs, action, input); !files) return files;
    if (acceptsUnits(action.effect))
        if (pakn::Status units = checkUnits(petition, action, input, context.rules, localDate(context.now)); !units)
            return units;
    if (pakn::Status people = checkPeople(petition, stage, input, context.rules); !people) return people;
    if (action.to == kPreviousStep) {
        const std::vector<const Visit*> open = previousSteps(petition);
        if (std::none_of(open.begin(), open.end(), [&](const Visit* one) { return one->step == input.step; }))
            return invalid("action.step_unknown", "the petition has not been at this step of the unit", "/step");
    }
    if (!input.product.empty() && std::find(kProducts.begin(), kProducts.end(), input.product) == kProducts.end())
        return invalid("action.product_unknown", "no such kind of paper", "/product");
    if (input.article && action.effect != Effect::kAnswer && action.effect != Effect::kDraft)
        return invalid("action.article_not_taken", "only what is written of an answer takes an article", "/article");
    switch (action.effect) {
        case Effect::kAssign:
            // In the place of a unit that is not on the system it is whoever acts.
            if (input.officers.empty() && !petition.external)
                return invalid("action.officer_missing", "say who does it", "/officers");
            break;
        case Effect::kFollow:
            if (input.followers.empty() && input.units.empty())
                return invalid("action.follower_missing", "say who is told", "/followers");
            break;
        case Effect::kAppoint:
            return checkAppointment(petition, input, context);
        case Effect::kMerge:
            return checkMerge(petition, input);
        case Effect::kSupplement:
            if (petition.supplements.size() >= kMaxSupplements)
                return refuse(Errc::kConflict, "supplement.too_many", "it was added to as often as can be");
            break;
        case Effect::kRate:
            if (!input.rating) return invalid("rating.missing", "say how content you are", "/rating");
            break;
        default:
            break;
    }
    if (input.due && *input.due <= context.now) return invalid("action.due_past", "that time has passed", "/due");
    return Done{};
}

}  // namespace pakn::domain

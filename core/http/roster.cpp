/// @file
/// The duty roster: whom an emergency calls. Everybody who handles petitions may read it; a unit's administrator keeps
/// the unit's, the hub's any, and the Centre's.

#include <algorithm>

#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/people.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"
#include "core/security/duty_rules.hpp"

namespace pakn::http {
namespace {

using json::Element;
using security::Shift;

constexpr json::Most kMostPeople{security::kMostOnShift, "roster.too_many_people"};
constexpr json::Most kMostShifts{500, "roster.too_many_shifts"};
constexpr int kMostListed = 2000;
constexpr std::chrono::hours kShown{24 * 14};          ///< From now, where nobody says otherwise.
constexpr std::chrono::hours kLongestPeriod{24 * 92};  ///< Of one call.

struct ShiftInput {
    std::string unit;
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::vector<std::string> people;
};

constexpr json::Rule<ShiftInput> kShiftFields[] = {
    json::text<ShiftInput, &ShiftInput::unit>("unit"),
    json::instant<ShiftInput, &ShiftInput::from>("from"),
    json::instant<ShiftInput, &ShiftInput::to>("to"),
    {"people", [](ShiftInput& target, Element value) { return json::readTexts(target.people, value, kMostPeople); }},
};

struct RosterInput {
    std::string unit;
    std::optional<Instant> from;
    std::optional<Instant> to;
    std::vector<ShiftInput> shifts;
};

constexpr json::Rule<RosterInput> kRosterFields[] = {
    json::text<RosterInput, &RosterInput::unit>("unit"),
    json::instant<RosterInput, &RosterInput::from>("from"),
    json::instant<RosterInput, &RosterInput::to>("to"),
    {"shifts", [](RosterInput& target,
                  Element value) { return json::readArray(target.shifts, value, kShiftFields, kMostShifts); }},
};

/// The caller looks after this roster, and there is such a unit.
Status mayKeep(const Call& call, const std::string& unit) {
    if (!unit.empty() && !call.hub().rules()->unit(unit)) return problemError("action.unit_unknown", "/unit");
    if (!security::administers(call.account(), unit)) return problemError("role.insufficient");
    return Done{};
}

/// `field` is where the shift stands in the request.
Result<Shift> shiftOf(const Call& call, const std::string& unit, const ShiftInput& input, const std::string& field) {
    const auto at = [&](Error error) {
        error.field.insert(0, field);
        return error;
    };
    if (!input.from) return problemError("request.field_missing", field + "/from");
    if (!input.to) return problemError("request.field_missing", field + "/to");
    const auto people = peopleNamed(call, input.people, "/people");
    if (!people) return at(people.error());
    Shift shift{.id = security::newId(call.now), .unit = unit, .from = *input.from, .to = *input.to, .people = {}};
    for (const security::Account& one : *people)
        if (std::find(shift.people.begin(), shift.people.end(), one.id) == shift.people.end())
            shift.people.push_back(one.id);
    if (const Status sound = security::checkShift(shift, *people); !sound) return at(sound.error());
    return shift;
}

void writeShift(JsonWriter& json, const Shift& shift, Names& names) {
    json.beginObject();
    json.field("id", shift.id);
    json.fieldOrNull("unit", shift.unit);
    json.field("from", shift.from);
    json.field("to", shift.to);
    json.beginArray("people");
    for (const std::string& id : shift.people) {
        json.beginObject();
        json.field("id", id);
        json.fieldOrNull("name", names.account(id));
        json.endObject();
    }
    json.endArray();
    json.endObject();
}

Response roster(const Call& call, const std::string& unit, Instant from, Instant to, int status = 200) {
    const auto shifts = call.hub().store().duties().shifts(unit, from, to, kMostListed);
    if (!shifts) return problemResponse(shifts.error());
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.fieldOrNull("unit", unit);
    json.field("from", from);
    json.field("to", to);
    json.beginArray("items");
    for (const Shift& shift : *shifts) writeShift(json, shift, names);
    json.endArray();
    json.beginArray("defects");
    for (const security::RosterDefect& defect : security::rosterDefects(*shifts, from, to)) {
        json.beginObject();
        json.field("kind", defect.gap ? "gap" : "overlap");
        json.field("from", defect.from);
        json.field("to", defect.to);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return {.status = status, .body = json.take()};
}

bool isSound(Instant from, Instant to) { return from < to && to - from <= kLongestPeriod; }

void tell(const Call& call, const std::string& unit) {
    call.services.log(LogLevel::kInfo, "ROSTER_CHANGED",
                      "the roster of " + (unit.empty() ? std::string{"the Centre"} : "unit " + unit) + ", by account " +
                          call.account().id);
}

}  // namespace

Response readRoster(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"unit", "from", "to"});
    if (!query) return problemResponse(query.error());
    const auto from = query->instant("from");
    if (!from) return problemResponse(from.error());
    const auto to = query->instant("to");
    if (!to) return problemResponse(to.error());
    const Instant begins = from->value_or(call.now);
    const Instant ends = to->value_or(begins + kShown);
    if (!isSound(begins, ends)) return problemResponse(Query::invalid("to"));
    return roster(call, query->text("unit"), begins, ends);
}

Response addShift(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<ShiftInput> input = json::parseAs(call.request.body, kShiftFields);
    if (!input) return problemResponse(input.error());
    if (const Status may = mayKeep(call, input->unit); !may) return problemResponse(may.error());
    const Result<Shift> shift = shiftOf(call, input->unit, *input, {});
    if (!shift) return problemResponse(shift.error());
    const Status added = call.hub().store().duties().addShift(*shift);
    if (!added && added.error().code == Errc::kConflict) return problemResponse("roster.exists");
    if (!added) return problemResponse(added.error());
    tell(call, shift->unit);
    Names names{call.hub()};
    JsonWriter json;
    writeShift(json, *shift, names);
    return {.status = 201, .body = json.take()};
}

Response replaceRoster(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<RosterInput> input = json::parseAs(call.request.body, kRosterFields);
    if (!input) return problemResponse(input.error());
    if (const Status may = mayKeep(call, input->unit); !may) return problemResponse(may.error());
    if (!input->from || !input->to) return problemResponse("request.field_missing", input->from ? "/to" : "/from");
    if (!isSound(*input->from, *input->to)) return problemResponse("roster.period_invalid", "/to");
    std::vector<Shift> shifts;
    for (const ShiftInput& one : input->shifts) {
        const std::string field = "/shifts/" + std::to_string(shifts.size());
        Result<Shift> shift = shiftOf(call, input->unit, one, field);
        if (!shift) return problemResponse(shift.error());
        if (shift->from < *input->from || shift->from >= *input->to)
            return problemResponse("roster.shift_outside", field + "/from");
        shifts.push_back(std::move(*shift));
    }
    const Status done = call.hub().store().duties().replaceShifts(input->unit, *input->from, *input->to, shifts);
    if (!done && done.error().code == Errc::kConflict) return problemResponse("roster.exists");
    if (!done) return problemResponse(done.error());
    tell(call, input->unit);
    return roster(call, input->unit, *input->from, *input->to);
}

}  // namespace pakn::http

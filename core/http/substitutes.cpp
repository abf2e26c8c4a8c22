/// @file
/// Substitutes: whose place is taken by whom, and until when. People name their own; who looks after a unit names
/// them for its people.

#include "core/http/encoding.hpp"
#include "core/http/handlers.hpp"
#include "core/http/people.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"
#include "core/security/duty_rules.hpp"

namespace pakn::http {
namespace {

using security::Substitution;

constexpr int kMostListed = 5000;
constexpr std::chrono::hours kAhead{24 * 366};

struct Input {
    std::string account;
    std::string substitute;
    std::optional<Instant> from;
    std::optional<Instant> to;
};

constexpr json::Rule<Input> kFields[] = {
    json::text<Input, &Input::account>("account"),
    json::text<Input, &Input::substitute>("substitute"),
    json::instant<Input, &Input::from>("from"),
    json::instant<Input, &Input::to>("to"),
};

void write(JsonWriter& json, const Substitution& one, Names& names) {
    json.beginObject();
    json.field("id", one.id);
    json.field("account", one.account);
    json.fieldOrNull("account_name", names.account(one.account));
    json.field("substitute", one.substitute);
    json.fieldOrNull("substitute_name", names.account(one.substitute));
    json.field("from", one.from);
    json.field("to", one.to);
    json.field("named_by", one.named_by);
    json.field("named_at", one.named_at);
    json.fieldOrNull("ended_by", one.ended_by);
    json.endObject();
}

Response answer(const Call& call, const Substitution& one, int status) {
    Names names{call.hub()};
    JsonWriter json;
    write(json, one, names);
    return {.status = status, .body = json.take()};
}

/// Theirs, or of people whom they look after.
Result<bool> concerns(const Call& call, const Substitution& one) {
    const security::Account& who = call.account();
    if (one.account == who.id || one.substitute == who.id) return true;
    const auto account = call.hub().store().accountById(one.account);
    if (!account) return account.error();
    return *account && security::administers(who, (*account)->unit);
}

}  // namespace

Response listSubstitutes(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"from", "to"});
    if (!query) return problemResponse(query.error());
    const auto from = query->instant("from");
    if (!from) return problemResponse(from.error());
    const auto to = query->instant("to");
    if (!to) return problemResponse(to.error());
    const Instant begins = from->value_or(call.now);
    const auto found = call.hub().store().duties().substitutions(begins, to->value_or(begins + kAhead), kMostListed);
    if (!found) return problemResponse(found.error());
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const Substitution& one : *found) {
        const Result<bool> shown = concerns(call, one);
        if (!shown) return problemResponse(shown.error());
        if (*shown) write(json, one, names);
    }
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

Response nameSubstitute(const Call& call) {
    if (mediaType(call.request.content_type) != "application/json") return problemResponse("request.media_type");
    const Result<Input> input = json::parseAs(call.request.body, kFields);
    if (!input) return problemResponse(input.error());
    if (input->substitute.empty()) return problemResponse("request.field_missing", "/substitute");
    if (!input->to) return problemResponse("request.field_missing", "/to");
    const security::Account& by = call.account();
    Result<security::Account> away =
        input->account.empty() ? Result<security::Account>{by} : personNamed(call, input->account, "/account");
    if (!away) return problemResponse(away.error());
    const Result<security::Account> substitute = personNamed(call, input->substitute, "/substitute");
    if (!substitute) return problemResponse(substitute.error());
    const Substitution one{.id = security::newId(call.now),
                           .account = away->id,
                           .substitute = substitute->id,
                           .from = std::max(input->from.value_or(call.now), call.now),  // Nobody stood in yesterday.
                           .to = *input->to,
                           .named_by = by.id,
                           .named_at = call.now,
                           .ended_by = {}};
    if (const Status may = security::checkSubstitution(one, by, *away, *substitute, *call.hub().rules(), call.now);
        !may)
        return problemResponse(may.error());
    if (const Status added = call.hub().store().duties().addSubstitution(one); !added)
        return problemResponse(added.error());
    call.services.log(LogLevel::kInfo, "SUBSTITUTE_NAMED",
                      "account " + one.substitute + " in the place of " + one.account + ", by account " + by.id);
    return answer(call, one, 201);
}

Response endSubstitute(const Call& call) {
    security::Duties& duties = call.hub().store().duties();
    const auto found = duties.substitution(call.parameters[0]);
    if (!found) return problemResponse(found.error());
    if (!*found) return problemResponse("substitute.not_found");
    const Result<bool> theirs = concerns(call, **found);
    if (!theirs) return problemResponse(theirs.error());
    if (!*theirs) return problemResponse("substitute.not_found");
    const Result<bool> ended = duties.endSubstitution((*found)->id, call.now, call.account().id);
    if (!ended) return problemResponse(ended.error());
    if (!*ended) return problemResponse("substitute.over");
    call.services.log(LogLevel::kInfo, "SUBSTITUTE_ENDED",
                      "account " + (*found)->substitute + " in the place of " + (*found)->account + ", by account " +
                          call.account().id);
    const auto after = duties.substitution((*found)->id);
    if (!after) return problemResponse(after.error());
    return answer(call, after->value_or(**found), 200);
}

}  // namespace pakn::http

/// @file
/// GET /api/v1/accounts: people to give work to, or to keep informed. Names, titles and roles; never how they are
/// reached.

#include <algorithm>

#include "core/domain/text.hpp"
#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

/// Every word of what is looked for begins a word of the name.
bool isNamed(const std::string& name, const std::string& wanted) {
    const std::string folded = domain::fold(name);  // With a blank before each word.
    for (std::size_t at = 1; at < wanted.size();) {
        const std::size_t end = std::min(wanted.find(' ', at), wanted.size());
        if (folded.find(' ' + wanted.substr(at, end - at)) == std::string::npos) return false;
        at = end + 1;
    }
    return true;
}

}  // namespace

Response listPeople(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"text", "unit", "role", "limit"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const auto role = query->oneOf<domain::Role>("role", &domain::findRole);
    if (!role) return problemResponse(role.error());
    const std::string unit = query->text("unit");
    const std::string wanted = domain::fold(query->text("text"));
    const auto accounts = call.hub().store().accounts();
    if (!accounts) return problemResponse(accounts.error());
    std::vector<const security::Account*> found;
    for (const security::Account& one : *accounts)
        if (!one.locked && !one.roles.empty() && (unit.empty() || one.unit == unit) &&
            (!*role || one.actor().has(**role)) && isNamed(one.name, wanted))
            found.push_back(&one);
    const bool more = found.size() > static_cast<std::size_t>(page->limit);
    if (more) found.resize(static_cast<std::size_t>(page->limit));
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const security::Account* one : found) {
        const auto contact = call.hub().store().contact(one->id);
        if (!contact) return problemResponse(contact.error());
        json.beginObject();
        json.field("id", one->id);
        json.field("name", one->name);
        json.fieldOrNull("title", contact->title);
        json.beginArray("roles");
        for (const domain::Role each : one->roles) json.value(nameOf(each));
        json.endArray();
        json.fieldOrNull("unit", one->unit);
        json.fieldOrNull("unit_name", names.unit(one->unit));
        json.endObject();
    }
    json.endArray();
    json.field("more", more);
    json.endObject();
    return {.body = json.take()};
}

}  // namespace pakn::http

/// @file
/// GET /api/v1/organisation: the units, and whom they ask at the Centre. For everybody who is signed in, with a role or
/// without one yet.

#include "core/http/handlers.hpp"
#include "core/http/json.hpp"

namespace pakn::http {
namespace {

void writeContact(JsonWriter& json, std::string_view name, const domain::Contact& contact) {
    json.beginObject(name);
    json.fieldOrNull("name", contact.name);
    json.fieldOrNull("phone", contact.phone);
    json.fieldOrNull("email", contact.email);
    json.endObject();
}

}  // namespace

Response organisation(const Call& call) {
    const auto rules = call.hub().rules();
    const domain::Date today = domain::localDate(call.now);
    JsonWriter json;
    json.beginObject();
    json.field("hub", rules->hub_name);
    writeContact(json, "centre", rules->centre);
    json.beginArray("units");
    for (const auto& [id, unit] : rules->units) {
        if (!unit.existsOn(today)) continue;
        json.beginObject();
        json.field("id", id);
        json.field("name", unit.name);
        json.fieldOrNull("parent", unit.parent);
        json.field("external", unit.external);
        writeContact(json, "contact", unit.contact);
        json.endObject();
    }
    json.endArray();
    json.endObject();
    return {.body = json.take()};
}

}  // namespace pakn::http

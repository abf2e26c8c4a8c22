#include "core/engine/petition_text.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include "core/domain/civil_time.hpp"

namespace pakn::engine {

namespace {

using Writer = rapidjson::Writer<rapidjson::StringBuffer>;

void text(Writer& json, std::string_view value) {
    json.String(value.empty() ? "" : value.data(), static_cast<rapidjson::SizeType>(value.size()));
}
void key(Writer& json, std::string_view name) { json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size())); }
void member(Writer& json, std::string_view name, std::string_view value) {
    if (value.empty()) return;
    key(json, name);
    text(json, value);
}
void member(Writer& json, std::string_view name, bool value) {
    key(json, name);
    json.Bool(value);
}
void member(Writer& json, std::string_view name, const std::optional<double>& value) {
    if (!value) return;
    key(json, name);
    text(json, std::to_string(*value));  // As a text: what was no number at all is refused, too.
}

void writePerson(Writer& json, const IncomingPetition& in) {
    key(json, "petitioner");
    json.StartObject();
    member(json, "kind", in.petitioner.kind);
    member(json, "name", in.petitioner.name);
    member(json, "phone", in.petitioner.phone);
    member(json, "email", in.petitioner.email);
    member(json, "citizen_id", in.petitioner.citizen_id);
    member(json, "address", in.petitioner.address);
    json.EndObject();
    key(json, "consent");
    json.StartObject();
    member(json, "process_personal_data", in.consent.process_personal_data);
    member(json, "use_identity_in_handling", in.consent.use_identity_in_handling);
    member(json, "publish_identity", in.consent.publish_identity);
    json.EndObject();
}

void writePlace(Writer& json, const Location& place) {
    key(json, "location");
    json.StartObject();
    member(json, "address", place.address);
    member(json, "area", place.area);
    member(json, "lat", place.latitude);
    member(json, "lon", place.longitude);
    json.EndObject();
}

void writeFiles(Writer& json, const std::vector<domain::FileRef>& files) {
    key(json, "attachments");
    json.StartArray();
    for (const domain::FileRef& file : files) {
        json.StartObject();
        member(json, "name", file.name);
        member(json, "content_type", file.type);
        key(json, "size");
        json.Int64(file.size);
        member(json, "sha256", file.sha256);
        json.EndObject();
    }
    json.EndArray();
}

}  // namespace

std::string intakeJson(const IncomingPetition& in, const std::vector<domain::FileRef>& files) {
    rapidjson::StringBuffer buffer;
    Writer json{buffer};
    json.StartObject();
    member(json, "external_id", in.external_id);
    member(json, "category", in.category);
    member(json, "class", in.petition_class);
    member(json, "complained_unit", in.complained_unit);
    member(json, "emergency", in.emergency);
    member(json, "public", in.is_public);
    member(json, "anonymous", in.anonymous);
    member(json, "declared_true", in.declared_true);
    if (in.occurred_at) member(json, "occurred_at", domain::formatInstant(*in.occurred_at));
    writePerson(json, in);
    writePlace(json, in.location);
    key(json, "attributes");
    json.StartObject();
    for (const auto& [name, value] : in.attributes) {
        key(json, name);
        text(json, value);
    }
    json.EndObject();
    writeFiles(json, files);
    member(json, "title", in.title);
    member(json, "content", in.text);
    json.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

}  // namespace pakn::engine

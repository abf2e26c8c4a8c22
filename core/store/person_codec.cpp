#include "core/store/person_codec.hpp"

#include "core/store/json.hpp"

namespace pakn::store {

namespace {

void writeFlag(JsonWriter& json, const char* name, bool value) {
    json.Key(name);
    json.Bool(value);
}

}  // namespace

std::string encodePerson(const Person& person) {
    rapidjson::StringBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    writeMember(json, "kind", person.petitioner.kind);
    writeMember(json, "name", person.petitioner.name);
    writeMember(json, "phone", person.petitioner.phone);
    writeMember(json, "email", person.petitioner.email);
    writeMember(json, "citizen_id", person.petitioner.citizen_id);
    writeMember(json, "address", person.petitioner.address);
    writeMember(json, "phone_typed", person.phone_typed);
    writeFlag(json, "process_personal_data", person.consent.process_personal_data);
    writeFlag(json, "use_identity_in_handling", person.consent.use_identity_in_handling);
    writeFlag(json, "publish_identity", person.consent.publish_identity);
    writeFlag(json, "declared_true", person.declared_true);
    if (!person.reply_address.empty()) writeMember(json, "reply_address", person.reply_address);
    if (person.original) {
        json.Key("original");
        json.StartObject();
        writeMember(json, "sha256", person.original->sha256);
        writeMember(json, "name", person.original->name);
        writeMember(json, "type", person.original->type);
        json.Key("size");
        json.Int64(person.original->size);
        json.EndObject();
    }
    if (!person.attributes.empty()) {
        json.Key("attributes");
        json.StartObject();
        for (const auto& [name, value] : person.attributes) {
            json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
            writeText(json, value);
        }
        json.EndObject();
    }
    json.EndObject();
    return {buffer.GetString(), buffer.GetSize()};
}

Person decodePerson(std::string_view text) {
    const JsonValue json = parseObject(text);
    Person person{
        .petitioner = {.kind = readText(json, "kind"),
                       .name = readText(json, "name"),
                       .phone = readText(json, "phone"),
                       .email = readText(json, "email"),
                       .citizen_id = readText(json, "citizen_id"),
                       .address = readText(json, "address")},
        .phone_typed = readText(json, "phone_typed"),
        .consent = {.process_personal_data = readBool(member(json, "process_personal_data")),
                    .use_identity_in_handling = readBool(member(json, "use_identity_in_handling")),
                    .publish_identity = readBool(member(json, "publish_identity"))},
        .declared_true = readBool(member(json, "declared_true")),
    };
    person.reply_address = readText(json, "reply_address");
    if (const auto original = findMember(json, "original"))
        person.original = domain::FileRef{.sha256 = readText(*original, "sha256"),
                                          .name = readText(*original, "name"),
                                          .type = readText(*original, "type"),
                                          .size = readInteger(member(*original, "size"))};
    if (const auto attributes = findMember(json, "attributes"))
        for (const auto& [name, value] : readObject(*attributes))
            person.attributes.emplace(std::string{name}, readText(value));
    return person;
}

}  // namespace pakn::store

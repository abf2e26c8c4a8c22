#include "core/store/person_codec.hpp"

#include "core/store/json.hpp"

namespace pakn::store {

namespace {

void writeFlag(JsonWriter& json, const char* name, bool value) {
    json.Key(name);
    json.Bool(value);
}

void writeAttributes(JsonWriter& json, const char* key, const Attributes& attributes) {
    if (attributes.empty()) return;
    json.Key(key);
    json.StartObject();
    for (const auto& [name, value] : attributes) {
        json.Key(name.data(), static_cast<rapidjson::SizeType>(name.size()));
        writeText(json, value);
    }
    json.EndObject();
}

Attributes readAttributes(const JsonValue& json, const char* key) {
    Attributes attributes;
    if (const auto found = findMember(json, key))
        for (const auto& [name, value] : readObject(*found)) attributes.emplace(std::string{name}, readText(value));
    return attributes;
}

void writeConsents(JsonWriter& json, const std::vector<ConsentRecord>& consents) {
    if (consents.empty()) return;
    json.Key("consents");
    json.StartArray();
    for (const ConsentRecord& one : consents) {
        json.StartObject();
        writeMember(json, "purpose", one.purpose);
        writeMember(json, "by", one.by);
        writeMember(json, "channel", one.channel);
        json.Key("at");
        json.Int64(one.at.time_since_epoch().count());
        writeMember(json, "text_version", one.text_version);
        writeMember(json, "proof", one.proof);
        json.EndObject();
    }
    json.EndArray();
}

std::vector<ConsentRecord> readConsents(const JsonValue& json) {
    std::vector<ConsentRecord> consents;
    const auto found = findMember(json, "consents");
    if (!found) return consents;
    for (const JsonValue one : readArray(*found))
        consents.push_back({.purpose = readText(one, "purpose"),
                            .by = readText(one, "by"),
                            .channel = readText(one, "channel"),
                            .at = Instant{std::chrono::milliseconds{readInteger(member(one, "at"))}},
                            .text_version = readText(one, "text_version"),
                            .proof = readText(one, "proof")});
    return consents;
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
    writeAttributes(json, "attributes", person.attributes);
    writeAttributes(json, "provenance", person.provenance);
    writeConsents(json, person.consents);
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
    person.attributes = readAttributes(json, "attributes");
    person.provenance = readAttributes(json, "provenance");
    person.consents = readConsents(json);
    return person;
}

}  // namespace pakn::store

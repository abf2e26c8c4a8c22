#include "core/http/provenance_view.hpp"

#include <algorithm>
#include <array>

#include "core/domain/citizen_id.hpp"

namespace pakn::http {

namespace {

/// Of the sender.
constexpr std::array<std::string_view, 5> kPersonal{"phone", "email", "citizen_id", "name", "address"};

}  // namespace

void writeProvenance(JsonWriter& json, const domain::Petition& petition, const store::Person* person) {
    if (person == nullptr || person->provenance.empty()) return json.null("provenance");
    const bool hidden = domain::hidesSender(petition);
    json.beginObject("provenance");
    for (const auto& [field, source] : person->provenance) {
        const bool personal = std::find(kPersonal.begin(), kPersonal.end(), field) != kPersonal.end();
        if (!hidden || !personal) json.field(field, source);
    }
    json.endObject();
}

void writeConsentRecords(JsonWriter& json, const store::Person* person) {
    json.beginArray("consents");
    if (person != nullptr) {
        for (const store::ConsentRecord& one : person->consents) {
            json.beginObject();
            json.field("purpose", one.purpose);
            json.field("by", one.by);
            json.field("channel", one.channel);
            json.field("at", one.at);
            json.fieldOrNull("text_version", one.text_version);
            json.fieldOrNull("proof", one.proof);
            json.endObject();
        }
    }
    json.endArray();
}

void writeCitizenIdKind(JsonWriter& json, const Petitioner& who) {
    constexpr std::array<std::string_view, 4> kKinds{"citizen_id", "CMND", "tax_code", "invalid"};
    if (who.citizen_id.empty()) {
        json.null("citizen_id_kind");
        return json.null("citizen_id_suggestion");
    }
    const domain::CitizenId id = domain::readCitizenId(who.citizen_id, {.organisation = who.kind == "organisation"});
    json.field("citizen_id_kind", kKinds[static_cast<std::size_t>(id.kind)]);
    json.fieldOrNull("citizen_id_suggestion", id.offered);
}

}  // namespace pakn::http

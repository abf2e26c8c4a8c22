#include "core/engine/provenance.hpp"

#include <array>
#include <utility>

namespace pakn::engine {

namespace {

bool agreed(const IncomingPetition& in) {
    return in.consent.process_personal_data || in.consent.use_identity_in_handling || in.consent.publish_identity ||
           in.declared_true;
}

bool placed(const Location& place) { return !place.address.empty() || place.latitude || place.longitude; }

}  // namespace

std::string_view nameOf(Origin origin) {
    constexpr std::array<std::string_view, 3> kNames{"sender", "operator", "connector"};
    return kNames[static_cast<std::size_t>(origin)];
}

Notes::Notes(const IncomingPetition& in, Origin origin) : origin_{origin} {
    const Petitioner& who = in.petitioner;
    const std::array<std::pair<std::string_view, bool>, 11> said{{{"title", !in.title.empty()},
                                                                  {"content", !in.text.empty()},
                                                                  {"category", !in.category.empty()},
                                                                  {"area", !in.location.area.empty()},
                                                                  {"location", placed(in.location)},
                                                                  {"occurred_at", in.occurred_at.has_value()},
                                                                  {"phone", !who.phone.empty()},
                                                                  {"email", !who.email.empty()},
                                                                  {"citizen_id", !who.citizen_id.empty()},
                                                                  {"name", !who.name.empty()},
                                                                  {"address", !who.address.empty()}}};
    for (const auto& [field, there] : said)
        if (there) came(field, std::string{nameOf(origin)});
    // A petition always has these.
    const std::array<std::pair<std::string_view, bool>, 5> always{{{"class", !in.petition_class.empty()},
                                                                   {"emergency", in.emergency},
                                                                   {"public", in.is_public},
                                                                   {"anonymous", in.anonymous},
                                                                   {"consents", agreed(in)}}};
    for (const auto& [field, there] : always) came(field, there ? std::string{nameOf(origin)} : "default");
}

void Notes::lost(std::string_view field) {
    if (const auto found = provenance_.find(field); found != provenance_.end()) provenance_.erase(found);
}

std::vector<store::ConsentRecord> consentsOf(const IncomingPetition& in, const ConsentProof& proof) {
    const std::array<std::pair<std::string_view, bool>, 4> purposes{
        {{"process_personal_data", in.consent.process_personal_data},
         {"use_identity_in_handling", in.consent.use_identity_in_handling},
         {"publish_identity", in.consent.publish_identity},
         {"declared_true", in.declared_true}}};
    std::vector<store::ConsentRecord> records;
    for (const auto& [purpose, given] : purposes)
        if (given)
            records.push_back({.purpose = std::string{purpose},
                               .by = proof.by,
                               .channel = proof.channel,
                               .at = proof.at,
                               .text_version = proof.text_version,
                               .proof = proof.proof});
    return records;
}

}  // namespace pakn::engine

#include "core/engine/intake.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "core/domain/identity.hpp"
#include "core/domain/phone.hpp"
#include "core/domain/text.hpp"
#include "pakn/sdk/source_revision.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kMaxAttachments = 10;
constexpr std::size_t kMaxContent = 20000;  ///< Code points, as all limits here.
constexpr std::size_t kMaxTitle = 300;
constexpr std::size_t kTitleFromContent = 100;
constexpr std::size_t kMaxKey = 200;  ///< Bytes.

Error invalid(std::string problem, std::string field, std::string message) {
    return {.code = Errc::kInvalid,
            .message = std::move(message),
            .problem = std::move(problem),
            .field = std::move(field)};
}

/// A text member of the petition with its limit and its place in the intake JSON.
struct TextRule {
    std::string& text;
    std::string_view field;
    std::size_t most;
    std::string_view too_long = "petition.field_too_long";
};

Status normaliseText(const TextRule& rule) {
    std::optional<std::string> nfc = domain::toNfc(rule.text);
    if (!nfc)
        return invalid("petition.text_invalid", std::string{rule.field}, "not valid UTF-8, or with a NUL character");
    if (domain::codePoints(*nfc) > rule.most)
        return invalid(std::string{rule.too_long}, std::string{rule.field},
                       "longer than " + std::to_string(rule.most) + " characters");
    rule.text = domain::trimmed(*nfc);
    return Done{};
}

Status normaliseTexts(IncomingPetition& in) {
    const std::array rules{
        TextRule{in.text, "/content", kMaxContent, "petition.content_too_long"},
        TextRule{in.title, "/title", kMaxTitle, "petition.title_too_long"},
        TextRule{in.external_id, "/external_id", 300},
        TextRule{in.category, "/category", 100},
        TextRule{in.petition_class, "/class", 20},
        TextRule{in.complained_unit, "/complained_unit", 100},
        TextRule{in.petitioner.kind, "/petitioner/kind", 20},
        TextRule{in.petitioner.name, "/petitioner/name", 200},
        TextRule{in.petitioner.phone, "/petitioner/phone", 40},
        TextRule{in.petitioner.email, "/petitioner/email", 254},
        TextRule{in.petitioner.citizen_id, "/petitioner/citizen_id", 40},
        TextRule{in.petitioner.address, "/petitioner/address", 500},
        TextRule{in.location.address, "/location/address", 500},
        TextRule{in.location.area, "/location/area", 40},
    };
    for (const TextRule& rule : rules)
        if (Status sound = normaliseText(rule); !sound) return sound;
    if (in.attributes.size() > 50) return invalid("petition.field_too_long", "/attributes", "more than 50 attributes");
    for (auto& [name, value] : in.attributes)
        if (Status sound = normaliseText({value, "/attributes", 1000}); !sound) return sound;
    return Done{};
}

bool inRange(const std::optional<double>& degrees, double most) {
    return !degrees || (std::isfinite(*degrees) && std::abs(*degrees) <= most);
}

/// The same request has the same hash; whoever sends it again under one key must send the same.
std::string bodyHash(const IncomingPetition& in, const std::vector<domain::FileRef>& files,
                     const std::optional<Instant>& received_at, const std::optional<std::string>& revision) {
    if (revision) return security::toHex(security::sha256("revision " + *revision));
    std::string all;
    const auto add = [&all](std::string_view text) {
        all += std::to_string(text.size());
        all += ':';
        all += text;
    };
    for (const std::string* text :
         {&in.external_id, &in.title, &in.text, &in.category, &in.petition_class, &in.complained_unit,
          &in.petitioner.kind, &in.petitioner.name, &in.petitioner.phone, &in.petitioner.email,
          &in.petitioner.citizen_id, &in.petitioner.address, &in.location.address, &in.location.area})
        add(*text);
    for (const bool flag :
         {in.emergency, in.is_public, in.anonymous, in.declared_true, in.consent.process_personal_data,
          in.consent.use_identity_in_handling, in.consent.publish_identity})
        all += flag ? '1' : '0';
    for (const std::optional<double>& degrees : {in.location.latitude, in.location.longitude})
        add(degrees ? std::to_string(*degrees) : "");
    add(in.occurred_at ? std::to_string(in.occurred_at->time_since_epoch().count()) : "");
    if (received_at) add("received " + std::to_string(received_at->time_since_epoch().count()));
    for (const auto& [name, value] : in.attributes) {
        add(name);
        add(value);
    }
    for (const domain::FileRef& file : files) {
        add(file.name);
        add(file.sha256);
    }
    return security::toHex(security::sha256(all));
}

Result<std::vector<domain::FileRef>> keepFiles(const std::vector<Attachment>& attachments, store::Blobs& blobs) {
    std::vector<domain::FileRef> files;
    files.reserve(attachments.size());
    for (std::size_t i = 0; i < attachments.size(); ++i) {
        Result<domain::FileRef> kept = keepFile(blobs, attachments[i]);
        if (!kept) {
            Error error = std::move(kept).error();
            error.field = "/attachments/" + std::to_string(i);
            return error;
        }
        files.push_back(std::move(*kept));
    }
    return files;
}

}  // namespace

std::string inboxKey(std::string_view kind, std::string_view who, std::string_view name) {
    return std::string{kind}.append(":").append(who).append(":").append(security::toHex(security::sha256(name)));
}

Result<store::Person> normalise(IncomingPetition& in, bool keep_bad_phone) {
    if (Status sound = normaliseTexts(in); !sound) return std::move(sound).error();
    if (in.text.empty()) return invalid("petition.content_missing", "/content", "a petition needs a content");
    if (in.title.empty()) in.title = domain::firstCodePoints(in.text.substr(0, in.text.find('\n')), kTitleFromContent);
    if (in.petition_class.empty()) in.petition_class = "PAHT";
    if (in.petitioner.kind.empty()) in.petitioner.kind = "individual";
    if (in.petitioner.kind != "individual" && in.petitioner.kind != "organisation")
        return invalid("petition.kind_unknown", "/petitioner/kind", "individual or organisation");
    if (!inRange(in.location.latitude, 90) || !inRange(in.location.longitude, 180))
        return invalid("petition.location_invalid", "/location", "degrees out of range");
    if (in.attachments.size() > kMaxAttachments)
        return invalid("petition.too_many_attachments", "/attachments", "more than 10 files");

    store::Person person;
    person.phone_typed = in.petitioner.phone;
    if (!in.petitioner.phone.empty()) {
        const domain::Phone phone = domain::normalisePhone(in.petitioner.phone);
        if (phone.e164.empty() && !keep_bad_phone)
            return invalid("petition.phone_invalid", "/petitioner/phone", "not a telephone number");
        in.petitioner.phone = phone.e164;
    }
    std::erase(in.petitioner.citizen_id, ' ');
    person.petitioner = in.petitioner;
    person.consent = in.consent;
    person.declared_true = in.declared_true;
    return person;
}

domain::RoutingFacts factsOf(IncomingPetition& in, const std::string& channel,
                             const config::Configuration& configuration, Instant at, Attributes& put_aside) {
    const domain::Rules& rules = *configuration.rules;
    if (!in.category.empty() && !rules.category(in.category)) {
        put_aside["category_as_sent"] = in.category;
        in.category.clear();
    }
    if (const domain::Unit* meant = domain::unitNamed(rules, in.complained_unit, domain::localDate(at));
        meant && !in.complained_unit.empty()) {
        in.complained_unit = meant->id;
    }
    const std::vector<std::string>& may_declare = configuration.emergency_channels;
    if (in.emergency && std::find(may_declare.begin(), may_declare.end(), channel) == may_declare.end()) {
        put_aside["emergency_claimed"] = "true";
        in.emergency = false;
    }
    return {.category = in.category,
            .channel = channel,
            .area = in.location.area,
            .petition_class = in.petition_class,
            .complained_unit = in.complained_unit,
            .emergency = in.emergency,
            .folded_text = domain::fold(in.title + ' ' + in.text),
            .on = domain::localDate(at)};
}

Result<Placement> explainPlacement(IncomingPetition in, const std::string& channel,
                                   const config::Configuration& configuration, Instant at) {
    const bool trusted = true;  // A file for the explanation stands for any channel.
    if (Result<store::Person> person = normalise(in, trusted); !person) return std::move(person).error();
    Attributes put_aside;
    const domain::RoutingFacts facts = factsOf(in, channel, configuration, at, put_aside);
    Placement placement;
    placement.route = domain::route(*configuration.rules, facts, &placement.why);
    in.attachments.clear();
    const domain::Submit submit{.petition = std::move(in),
                                .files = {},
                                .channel = channel,
                                .code = {},
                                .tracking_token = {},
                                .route = placement.route};
    Result<domain::Decision> decision = domain::decide(
        domain::Petition{}, submit, {*configuration.rules, at, domain::Actor::system(), [] { return std::string{}; }});
    if (!decision) return std::move(decision).error();
    placement.due = std::move(decision->after.due);
    placement.status = decision->after.status;
    return placement;
}

Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, store::Blobs& blobs,
                        Instant now) {
    IncomingPetition& in = request.petition;
    if (!request.trust_external_id) in.external_id.clear();
    if (request.idempotency_key.size() > kMaxKey)
        return invalid("idempotency.key_too_long", "", "an Idempotency-Key has at most 200 bytes");
    const domain::IdentityRule identity = configuration.rules->identityOf(request.channel);
    if (identity == domain::IdentityRule::kAnonymous) domain::forgetSender(in);
    Result<store::Person> person = normalise(in, request.trust_external_id);
    if (!person) return std::move(person).error();
    if (Status known = domain::checkIdentity(identity, in); !known) return std::move(known).error();
    Result<std::vector<domain::FileRef>> files = keepFiles(in.attachments, blobs);
    if (!files) return std::move(files).error();

    std::optional<std::string> revision;
    if (const auto named = in.attributes.find(kSourceRevision); named != in.attributes.end()) {
        if (request.trust_external_id && !in.external_id.empty()) revision = std::move(named->second);
        in.attributes.erase(named);
    }
    Arrival arrival;
    store::Birth birth;
    arrival.rules = configuration.rules;
    birth.body_hash = bodyHash(in, *files, request.received_at, revision);
    if (!request.idempotency_key.empty())
        birth.inbox_keys.push_back(inboxKey("key", request.caller, request.idempotency_key));
    if (!in.external_id.empty()) birth.inbox_keys.push_back(inboxKey("ext", request.channel, in.external_id));

    person->attributes = in.attributes;
    domain::RoutingFacts facts = factsOf(in, request.channel, configuration, now, person->attributes);
    facts.received = domain::localDate(request.received_at.value_or(now));
    birth.person = std::move(*person);
    arrival.birth = std::make_shared<const store::Birth>(std::move(birth));

    arrival.submit.route = domain::route(*configuration.rules, facts);
    arrival.submit.channel = request.channel;
    arrival.submit.received_at = request.received_at;
    arrival.submit.emergency_claimed = arrival.birth->person.attributes.contains("emergency_claimed");
    arrival.privileged = request.privileged;
    arrival.submit.files = std::move(*files);
    in.attachments.clear();
    arrival.submit.unreachable = in.petitioner.phone.empty() && in.petitioner.email.empty();
    in.petitioner = {};
    arrival.submit.petition = std::move(in);
    return arrival;
}

}  // namespace pakn::engine

#include "core/engine/intake.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <utility>

#include "core/domain/citizen_id.hpp"
#include "core/domain/identity.hpp"
#include "core/domain/phone.hpp"
#include "core/domain/places.hpp"
#include "core/domain/text.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"

namespace pakn::engine {

namespace {

constexpr std::size_t kMaxAttachments = 10;
constexpr std::size_t kMaxContent = 20000;  ///< Code points, as all limits here.
constexpr std::size_t kMaxTitle = 300;
constexpr std::size_t kTitleFromContent = 100;
constexpr std::size_t kMaxKey = 200;  ///< Bytes.
constexpr std::size_t kMaxConsentText = 100;
constexpr std::size_t kMaxProof = 200;

/// Attributes that the hub itself sets for officers. From outside they would be lies.
constexpr std::array<std::string_view, 6> kOwnAttributes{"category_as_sent", "emergency_claimed", "files_left_out",
                                                         kCitizenIdWarning,  kAreaWarning,        kLocationWarning};
/// Attributes about the sender: held against the citizen id, or kept with the consents, and never shown as they are.
constexpr std::string_view kBirthDate = "birth_date";
constexpr std::string_view kSex = "sex";
constexpr std::string_view kConsentText = "consent_text";
constexpr std::string_view kConsentProof = "consent_proof";

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

using KeepOne = std::function<Result<domain::FileRef>(const Attachment&)>;

bool isFinal(const Error& error) { return error.code == Errc::kInvalid || error.code == Errc::kTooLarge; }

/// What nobody can use: whoever cannot be asked for another one is spared the refusal.
bool isUseless(const Error& error) {
    constexpr std::array<std::string_view, 3> kUseless{"attachment.pdf_unreadable", "attachment.too_many_pages",
                                                       "attachment.infected"};
    return std::find(kUseless.begin(), kUseless.end(), error.problem) != kUseless.end();
}

/// Which files of a petition may be left out.
enum class LeaveOut : std::uint8_t { kNone, kUseless, kAny };

/// Files that the hub takes; what it leaves out is named: "don.docx: attachment.type_not_accepted".
struct Chosen {
    std::vector<domain::FileRef> files = {};
    std::string left_out = {};

    void leaveOut(const std::string& file, const std::string& problem) {
        const std::optional<std::string> name = domain::toNfc(file.substr(0, file.find('\0')));
        if (!left_out.empty()) left_out += "; ";
        left_out += domain::firstCodePoints(name.value_or("?"), 60);
        left_out += ": " + problem;
    }
};
Result<Chosen> chooseFiles(const std::vector<Attachment>& attachments, LeaveOut may, const KeepOne& keep) {
    Chosen chosen;
    for (std::size_t i = 0; i < attachments.size(); ++i) {
        Result<domain::FileRef> kept =
            chosen.files.size() < kMaxAttachments
                ? keep(attachments[i])
                : Result<domain::FileRef>{invalid("petition.too_many_attachments", {}, "more than 10 files")};
        if (kept) {
            chosen.files.push_back(std::move(*kept));
            continue;
        }
        Error error = std::move(kept).error();
        const bool out = isFinal(error) && (may == LeaveOut::kAny || (may == LeaveOut::kUseless && isUseless(error)));
        if (!out) {
            error.field = "/attachments/" + std::to_string(i);
            return error;
        }
        chosen.leaveOut(attachments[i].name, error.problem);
    }
    chosen.left_out = domain::firstCodePoints(chosen.left_out, 900);
    return chosen;
}

/// What came in, as it came: no file of the petition.
Result<std::optional<domain::FileRef>> takeOriginal(std::vector<Attachment>& attachments, store::Blobs& blobs) {
    const auto first = std::find_if(attachments.begin(), attachments.end(),
                                    [](const Attachment& one) { return one.content_type == kOriginalType; });
    if (first == attachments.end()) return std::optional<domain::FileRef>{};
    Result<domain::FileRef> kept = keepOriginal(blobs, *first);
    if (!kept) return std::move(kept).error();
    std::erase_if(attachments, [](const Attachment& one) { return one.content_type == kOriginalType; });
    return std::optional{std::move(*kept)};
}

std::string textOf(const Attributes& attributes, std::string_view name) {
    const auto found = attributes.find(name);
    return found == attributes.end() ? std::string{} : found->second;
}

std::string joined(const std::vector<std::string>& words) {
    std::string all;
    for (const std::string& word : words) all += (all.empty() ? "" : ",") + word;
    return all;
}

/// A number that is none is kept as typed beside the petitioner when a connector brings it.
Status normalisePhoneOf(IncomingPetition& in, Notes& notes) {
    if (in.petitioner.phone.empty()) return Done{};
    const domain::Phone phone = domain::normalisePhone(in.petitioner.phone);
    if (phone.e164.empty() && notes.origin() != Origin::kConnector)
        return invalid("petition.phone_invalid", "/petitioner/phone", "not a telephone number");
    in.petitioner.phone = phone.e164;
    if (!phone.flags.empty()) notes.came("phone", "repaired:" + joined(phone.flags));
    return Done{};
}

Status normaliseIdOf(IncomingPetition& in, Notes& notes) {
    Petitioner& who = in.petitioner;
    if (who.citizen_id.empty()) return Done{};
    using Kind = domain::CitizenId::Kind;
    const bool organisation = who.kind == "organisation";
    domain::CitizenId id =
        domain::readCitizenId(who.citizen_id, {.organisation = organisation,
                                               .birth = domain::parseDate(textOf(in.attributes, kBirthDate)),
                                               .sex = textOf(in.attributes, kSex)});
    if (id.kind == Kind::kInvalid && notes.origin() == Origin::kSender) {
        if (!id.offered.empty())
            return invalid("petition.citizen_id_lost_zero", "/petitioner/citizen_id", "a citizen id of 11 digits");
        return invalid(organisation ? "petition.tax_code_invalid" : "petition.citizen_id_invalid",
                       "/petitioner/citizen_id", "no number of a person or organisation");
    }
    if (!id.warnings.empty()) notes.warn(kCitizenIdWarning, joined(id.warnings));
    if (id.respaced) notes.came("citizen_id", "repaired:spaces");
    who.citizen_id = std::move(id.number);
    return Done{};
}

/// Takes an attribute out; empty when it is not there.
std::string take(Attributes& attributes, std::string_view name) {
    const auto found = attributes.find(name);
    if (found == attributes.end()) return {};
    std::string value = std::move(found->second);
    attributes.erase(found);
    return value;
}

Origin originOf(const IntakeRequest& request) {
    if (request.by_operator) return Origin::kOperator;
    // A portal with an API key is a channel like any other.
    return request.by_connector || request.trust_external_id ? Origin::kConnector : Origin::kSender;
}

/// A channel that keeps nothing of its senders keeps nothing of what they say of themselves.
void forgetSender(IncomingPetition& in) {
    domain::forgetSender(in);
    for (const std::string_view own : {kBirthDate, kSex}) take(in.attributes, own);
}

/// Through whom consents were given, and where that can be looked up.
ConsentProof proofOf(const IntakeRequest& request, Instant now) {
    const IncomingPetition& in = request.petition;
    const Origin origin = originOf(request);
    ConsentProof proof{.by = std::string{nameOf(origin)},
                       .channel = request.channel,
                       .at = request.received_at.value_or(now),
                       .text_version = textOf(in.attributes, kConsentText),
                       .proof = textOf(in.attributes, kConsentProof)};
    // "account:<id>"
    if (origin == Origin::kOperator)
        proof.by += request.caller.substr(std::min(request.caller.find(':'), request.caller.size()));
    if (origin == Origin::kConnector) proof.by += ':' + request.channel;
    proof.proof = domain::firstCodePoints(proof.proof, kMaxProof);
    if (!proof.proof.empty()) return proof;
    if (!in.external_id.empty())
        proof.proof = "external_id:" + in.external_id;
    else if (!request.call_id.empty())
        proof.proof = "call:" + request.call_id;
    else
        proof.proof = "form";
    return proof;
}

/// By what the petition is known again: what was asked, as it was asked. Takes the source's revision out.
store::Birth birthOf(IntakeRequest& request, const std::vector<domain::FileRef>& files) {
    IncomingPetition& in = request.petition;
    std::optional<std::string> revision;
    if (const auto named = in.attributes.find(kSourceRevision); named != in.attributes.end()) {
        if (request.trust_external_id && !in.external_id.empty()) revision = std::move(named->second);
        in.attributes.erase(named);
    }
    store::Birth birth{.body_hash = bodyHash(in, files, request.received_at, revision), .call_id = request.call_id};
    if (!request.idempotency_key.empty())
        birth.inbox_keys.push_back(inboxKey("key", request.caller, request.idempotency_key));
    if (!in.external_id.empty()) birth.inbox_keys.push_back(inboxKey("ext", request.channel, in.external_id));
    return birth;
}

}  // namespace

std::string inboxKey(std::string_view kind, std::string_view who, std::string_view name) {
    return std::string{kind}.append(":").append(who).append(":").append(security::toHex(security::sha256(name)));
}

Result<store::Person> normalise(IncomingPetition& in, Notes& notes) {
    if (Status sound = normaliseTexts(in); !sound) return std::move(sound).error();
    if (in.text.empty()) return invalid("petition.content_missing", "/content", "a petition needs a content");
    if (in.title.empty()) {
        in.title = domain::firstCodePoints(in.text.substr(0, in.text.find('\n')), kTitleFromContent);
        notes.came("title", "derived:content");
    }
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
    if (Status sound = normalisePhoneOf(in, notes); !sound) return std::move(sound).error();
    if (Status sound = normaliseIdOf(in, notes); !sound) return std::move(sound).error();
    person.petitioner = in.petitioner;
    person.consent = in.consent;
    person.declared_true = in.declared_true;
    return person;
}

Result<std::string> findArea(const IncomingPetition& in, const config::Configuration& configuration, Notes& notes) {
    if (!configuration.places) return std::string{};
    const domain::Places& places = *configuration.places;
    const Location& place = in.location;
    std::optional<domain::GeoPoint> point;
    if (place.latitude && place.longitude) point = domain::GeoPoint{*place.longitude, *place.latitude};
    if (point && places.outside(*point)) {
        if (configuration.intake.outside == config::OutsideRule::kRefuse && notes.origin() == Origin::kSender)
            return invalid("location.outside", "/location", "the point lies outside all areas");
        notes.warn(kLocationWarning, "outside");
    }
    if (!place.area.empty()) {
        if (!places.knows(place.area))
            notes.warn(kAreaWarning, "unknown");
        else if (point && !places.lies(*point, place.area).value_or(true))
            notes.warn(kAreaWarning, "differs_from_point");
        return std::string{};
    }
    std::string area = point ? places.at(*point) : std::string{};
    const bool by_point = !area.empty();
    if (!by_point) area = places.named(place.address);
    if (!area.empty()) notes.came("area", by_point ? "derived:point" : "derived:address");
    return area;
}

domain::RoutingFacts factsOf(IncomingPetition& in, const std::string& channel,
                             const config::Configuration& configuration, Instant at, Notes& notes) {
    const domain::Rules& rules = *configuration.rules;
    if (!in.category.empty() && !rules.category(in.category)) {
        notes.warn("category_as_sent", in.category);
        notes.lost("category");
        in.category.clear();
    }
    if (const domain::Unit* meant = domain::unitNamed(rules, in.complained_unit, domain::localDate(at));
        meant && !in.complained_unit.empty()) {
        in.complained_unit = meant->id;
    }
    const std::vector<std::string>& may_declare = configuration.emergency_channels;
    if (in.emergency && std::find(may_declare.begin(), may_declare.end(), channel) == may_declare.end()) {
        notes.warn("emergency_claimed", "true");
        notes.came("emergency", "derived:channel");
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
    Notes notes{in, Origin::kConnector};  // A file for the explanation stands for any channel.
    if (Result<store::Person> person = normalise(in, notes); !person) return std::move(person).error();
    Result<std::string> area = findArea(in, configuration, notes);
    if (!area) return std::move(area).error();
    if (!area->empty()) in.location.area = std::move(*area);
    const domain::RoutingFacts facts = factsOf(in, channel, configuration, at, notes);
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

Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, FileGate& gate,
                        store::Blobs& blobs, Instant now) {
    IncomingPetition& in = request.petition;
    if (!request.trust_external_id) in.external_id.clear();
    if (request.idempotency_key.size() > kMaxKey)
        return invalid("idempotency.key_too_long", "", "an Idempotency-Key has at most 200 bytes");
    for (const std::string_view own : kOwnAttributes) take(in.attributes, own);
    take(in.attributes, kOnlyAnswered);
    std::optional<domain::FileRef> original;
    if (request.by_connector) {
        Result<std::optional<domain::FileRef>> taken = takeOriginal(in.attachments, blobs);
        if (!taken) return std::move(taken).error();
        original = std::move(*taken);
    }
    const domain::IdentityRule identity = configuration.rules->identityOf(request.channel);
    if (identity == domain::IdentityRule::kAnonymous) forgetSender(in);
    Notes notes{in, originOf(request)};
    if (identity == domain::IdentityRule::kAnonymous) notes.came("anonymous", "derived:channel");
    LeaveOut may = notes.origin() == Origin::kConnector ? LeaveOut::kUseless : LeaveOut::kNone;
    const bool all = take(in.attributes, kLeaveOutFiles) == "true" && request.by_connector;
    if (all) may = LeaveOut::kAny;
    const std::vector<Attachment> sent = all ? std::exchange(in.attachments, {}) : in.attachments;
    Result<store::Person> person = normalise(in, notes);
    if (!person) return std::move(person).error();
    if (domain::codePoints(textOf(in.attributes, kConsentText)) > kMaxConsentText)
        return invalid("petition.field_too_long", "/attributes/consent_text", "longer than 100 characters");
    if (Status known = domain::checkIdentity(identity, in); !known) return std::move(known).error();
    Result<std::string> area = findArea(in, configuration, notes);
    if (!area) return std::move(area).error();
    Result<Chosen> files = chooseFiles(
        sent, may, [&](const Attachment& one) { return gate.keep(one, configuration.intake, Pages::kCounted); });
    if (!files) return std::move(files).error();
    if (!files->left_out.empty()) in.attributes["files_left_out"] = files->left_out;

    // Whoever is no connector cannot say whom the hub should write to.
    std::string reply_address = take(in.attributes, kReplyAddress);
    if (request.by_connector && identity != domain::IdentityRule::kAnonymous)
        person->reply_address = std::move(reply_address);
    person->original = std::move(original);

    store::Birth birth = birthOf(request, files->files);
    // From here on what the hub makes of it: the same request has the same hash whatever the rules are by then.
    person->consents = consentsOf(in, proofOf(request, now));
    for (const std::string_view own : {kBirthDate, kSex, kConsentText, kConsentProof}) take(in.attributes, own);
    if (!area->empty()) in.location.area = std::move(*area);
    domain::RoutingFacts facts = factsOf(in, request.channel, configuration, now, notes);
    facts.received = domain::localDate(request.received_at.value_or(now));
    person->attributes = in.attributes;
    for (const auto& [name, words] : notes.warnings()) person->attributes.insert_or_assign(name, words);
    person->provenance = notes.provenance();
    birth.person = std::move(*person);
    Arrival arrival;
    arrival.rules = configuration.rules;
    arrival.birth = std::make_shared<const store::Birth>(std::move(birth));
    arrival.submit.route = domain::route(*configuration.rules, facts);
    arrival.submit.channel = request.channel;
    arrival.submit.received_at = request.received_at;
    arrival.submit.emergency_claimed = notes.warnings().contains("emergency_claimed");
    arrival.privileged = request.privileged;
    arrival.submit.files = std::move(files->files);
    in.attachments.clear();
    arrival.submit.unreachable = in.petitioner.phone.empty() && in.petitioner.email.empty();
    arrival.submit.answers_channel = !arrival.birth->person.reply_address.empty();
    in.petitioner = {};
    arrival.submit.petition = std::move(in);
    return arrival;
}

Result<Arrival> prepare(IntakeRequest request, const config::Configuration& configuration, store::Blobs& blobs,
                        Instant now) {
    FileGate gate{{.blobs = blobs}};
    return prepare(std::move(request), configuration, gate, blobs, now);
}

}  // namespace pakn::engine

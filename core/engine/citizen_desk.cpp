#include "core/engine/citizen_desk.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <utility>

#include "core/domain/contact.hpp"
#include "core/domain/disclosure.hpp"
#include "core/domain/phone.hpp"
#include "core/security/crypto.hpp"
#include "core/security/logins.hpp"
#include "pakn/sdk/one_time_code.hpp"
#include "pakn/sdk/records.hpp"

namespace pakn::engine {

namespace {

constexpr std::string_view kByContact = "contact";
constexpr std::string_view kByPetition = "petition";
constexpr std::string_view kIssuer = "one-time-code";  ///< Of sessions that a code opened.
constexpr std::size_t kMostContact = 254;              ///< Bytes.
constexpr std::size_t kMostToken = 4096;               ///< Bytes, of a device.
constexpr std::size_t kMostOwner = 1000;               ///< Bytes.
constexpr int kMostSending = 2;                        ///< Codes at a time, of the threads of HTTP.
constexpr std::size_t kMostCodes = 1000;               ///< Of a search.
constexpr int kMostDevices = 20;                       ///< Of one owner.
constexpr std::chrono::hours kDeviceLife{24 * 270};    ///< Push services forget devices after as long a silence.

Error invalid(std::string problem, std::string field, std::string message) {
    return {.code = Errc::kInvalid,
            .message = std::move(message),
            .problem = std::move(problem),
            .field = std::move(field)};
}

/// By whom a client is counted: whoever has an IPv6 address has its network, too.
std::string networkOf(const std::string& client) {
    std::array<unsigned char, sizeof(in6_addr)> bytes{};
    if (::inet_pton(AF_INET6, client.c_str(), bytes.data()) != 1) return client;
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size() / 2};
}

/// The text that is sent, with the code in it.
std::string worded(std::string text, const std::string& code, std::chrono::milliseconds valid) {
    const auto put = [&](std::string_view name, const std::string& value) {
        for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + value.size()))
            text.replace(at, name.size(), value);
    };
    put("{code}", code);
    put("{minutes}", std::to_string(std::chrono::ceil<std::chrono::minutes>(valid).count()));
    return text;
}

}  // namespace

Result<CitizenDesk::Contact> CitizenDesk::typedContact(std::string_view typed) const {
    const Error none = invalid("code.contact_invalid", "/contact", "neither a telephone number nor an e-mail address");
    if (typed.empty() || typed.size() > kMostContact) return none;
    if (typed.find('@') != std::string_view::npos) {
        Result<std::string> email = domain::contactEmail(typed);
        if (!email || email->empty()) return none;
        return Contact{.email = std::move(*email)};
    }
    domain::Phone phone = domain::normalisePhone(typed);
    // Landlines take no message, and foreign ones cost whatever their owners like.
    if (phone.kind != domain::Phone::Kind::kMobile) return none;
    return Contact{.phone = std::move(phone.e164)};
}

std::string CitizenDesk::Contact::key() const { return phone.empty() ? security::lowered(email) : phone; }

/// Who asked to stay unknown is not written to, as with answers.
Result<CitizenDesk::Contact> CitizenDesk::contactOnRecord(const domain::Petition& petition) const {
    if (petition.anonymous) return Contact{};
    const Result<std::optional<store::Person>> person = store_.person(petition.id);
    if (!person) return person.error();
    if (!*person) return Contact{};
    const Petitioner& sender = (*person)->petitioner;
    const bool mobile = domain::normalisePhone(sender.phone).kind == domain::Phone::Kind::kMobile;
    return Contact{.phone = mobile ? sender.phone : std::string{}, .email = sender.email};
}

Result<CodeSent> CitizenDesk::sendCode(const CodeRequest& request) {
    const Instant now = hub_.now();
    const std::string client = networkOf(request.client);
    if (request.contact.empty() == request.petition.empty())
        return invalid("code.contact_invalid", "/contact", "a code is for a contact or for a petition");
    if (!request.contact.empty()) {
        const Result<Contact> contact = typedContact(request.contact);
        if (!contact) return contact.error();
        if (Status may = codes_.ask(contact->key(), client, now); !may) return std::move(may).error();
        return sendTo(*contact, {std::string{kByContact}, contact->key()});
    }
    if (Status may = codes_.ask(request.petition, client, now); !may) return std::move(may).error();
    // Whether there is such a petition, and whether it has a number, is nobody's business: the answer is the same.
    const Instant until = now + hub_.configuration()->one_time_codes.valid;
    const CodeSent nothing{.challenge = security::OneTimeCodes::none(until).challenge, .until = until};
    const Result<std::optional<domain::Petition>> petition = store_.petitionByCode(request.petition);
    if (!petition) return petition.error();
    if (!*petition) return nothing;
    const Result<Contact> contact = contactOnRecord(**petition);
    if (!contact) return contact.error();
    // Whoever goes through the codes of all petitions reaches nobody more often than whoever names the number.
    const std::string key = contact->key();
    if (key.empty() || !codes_.askAbout(key, client, now)) return nothing;
    Result<CodeSent> sent = sendTo(*contact, {std::string{kByPetition}, (*petition)->id});
    return sent || sent.error().problem == "code.busy" ? sent : nothing;
}

Result<CodeSent> CitizenDesk::sendTo(const Contact& contact, const security::CodePurpose& purpose) {
    const config::OneTimeCodes settings = hub_.configuration()->one_time_codes;
    const bool by_phone = !contact.phone.empty() && !settings.phone.empty();
    const bool by_email = !contact.email.empty() && !settings.email.empty();
    if (!by_phone && !by_email)
        return Error{.code = Errc::kMisconfigured,
                     .message = "one_time_codes names no connector for such a contact",
                     .problem = "code.no_way"};
    // A gateway that does not answer must not keep the threads that everybody's requests are answered by.
    struct Leave {
        std::atomic<int>& count;
        ~Leave() { --count; }
    } const leave{sending_};
    if (++sending_ > kMostSending)
        return Error{.code = Errc::kUnavailable,
                     .message = "as many codes are being sent as may be at a time",
                     .problem = "code.busy",
                     .retry_after = std::chrono::seconds{5}};
    const Instant now = hub_.now();
    const Result<security::OneTimeCode> made = codes_.issue(purpose, now, now + settings.valid);
    if (!made) return made.error();
    Status sent = by_phone ? deliver({.phone = contact.phone}, *made) : Status{Error{}};
    if (!sent && by_email) sent = deliver({.email = contact.email}, *made);
    if (!sent) return std::move(sent).error();
    return CodeSent{.challenge = made->challenge, .until = made->until};
}

Status CitizenDesk::deliver(const Contact& contact, const security::OneTimeCode& made) {
    const std::shared_ptr<const config::Configuration> running = hub_.configuration();
    const config::OneTimeCodes& settings = running->one_time_codes;
    const Instant now = hub_.now();
    const std::string id = security::newId(now);
    const Delivery delivery{.id = id,
                            .idempotency_key = id,
                            .kind = std::string{nameOf(domain::DeliveryKind::kNotice)},
                            .occurred_at = now,
                            .attributes = {{std::string{kOneTimeCode}, made.code}},
                            .recipient = {.kind = "petitioner", .phone = contact.phone, .email = contact.email},
                            .subject = running->hub_name,
                            .message = worded(settings.text, made.code, settings.valid),
                            .message_type = "text/plain"};
    const Result<Receipt> sent = send_(contact.phone.empty() ? settings.email : settings.phone, delivery);
    // It may have arrived where the outcome is not known: whoever has the code may use it.
    if (sent || sent.error().code == Errc::kUnknownOutcome) return Done{};
    return Error{.code = Errc::kUnavailable,
                 .message = "the code could not be sent: " + sent.error().message,
                 .problem = "code.not_sent",
                 .retry_after = sent.error().retry_after};
}

Result<SignedInCitizen> CitizenDesk::signIn(std::string_view connector, std::string_view challenge,
                                            std::string_view code) {
    const Instant now = hub_.now();
    Result<security::CodePurpose> proven = codes_.redeem(kByContact, challenge, code, now);
    if (!proven) return std::move(proven).error();
    const bool email = proven->what.find('@') != std::string::npos;
    Identity person{.issuer = std::string{kIssuer}, .subject = proven->what};
    (email ? person.email : person.phone) = proven->what;
    const auto life = std::chrono::ceil<std::chrono::hours>(hub_.configuration()->one_time_codes.session);
    security::Access access{store_, {.citizen_session = life}};
    Result<security::CitizenSession> session = access.signInCitizen(connector, person, now);
    if (!session) return std::move(session).error();
    return SignedInCitizen{
        .token = std::move(session->token),
        .until = session->expires_at,
        .citizen = {.issuer = person.issuer, .subject = person.subject, .phone = person.phone, .email = person.email}};
}

Result<PetitionKey> CitizenDesk::openPetition(std::string_view challenge, std::string_view code) {
    const Result<security::CodePurpose> proven = codes_.redeem(kByPetition, challenge, code, hub_.now());
    if (!proven) return proven.error();
    const Result<std::optional<domain::Petition>> petition = store_.petition(proven->what);
    if (!petition) return petition.error();
    if (!*petition)
        return Error{.code = Errc::kUnauthenticated, .message = "the petition is gone", .problem = "code.wrong"};
    return PetitionKey{(*petition)->code, (*petition)->tracking_token};
}

Result<PublicCitizen> CitizenDesk::citizen(std::string_view token) {
    return hub_.records().citizen(security::toHex(security::sha256(token)));
}

Status CitizenDesk::signOut(std::string_view token) {
    // First: who is signed out already cannot ask again.
    if (Status quiet = store_.correspondents().forgetDevicesOf(token); !quiet) return quiet;
    if (const Result<PublicCitizen> whose = citizen(token); !whose)
        return whose.error().code == Errc::kUnauthenticated ? Status{Done{}} : Status{whose.error()};
    security::Access access{store_, {}};
    const auto ended = access.signOut(token);
    return ended ? Status{Done{}} : Status{ended.error()};
}

Result<OwnPage> CitizenDesk::petitions(const std::string& channel, const OwnSearch& wanted) {
    if (wanted.reply_address.empty()) return OwnPage{};
    if (wanted.codes.size() > kMostCodes)
        return Error{
            .code = Errc::kInvalid, .message = "a search for more than 1000 codes", .problem = "search.too_much"};
    const auto found =
        store_.correspondents().petitionsOf({.channel = channel,
                                             .reply_address = wanted.reply_address,
                                             .codes = wanted.codes,
                                             .changed_from = wanted.changed_from,
                                             .changed_to = wanted.changed_to},
                                            {.after = wanted.after, .limit = std::clamp(wanted.limit, 1, 100)});
    if (!found) return found.error();
    const std::shared_ptr<const domain::Rules> rules = hub_.rules();
    OwnPage page{.next = found->next};
    for (const store::ShownLine& line : found->items) {
        const Result<std::optional<domain::Petition>> petition = store_.petition(line.petition_id);
        if (!petition) return petition.error();
        if (!*petition) continue;
        std::vector<domain::Event> history;
        if (wanted.steps) {
            Result<std::vector<domain::Event>> read = store_.history(line.petition_id);
            if (!read) return std::move(read).error();
            history = std::move(*read);
        }
        OwnPetition own{.petition = domain::sendersView(**petition, history, *rules),
                        .secret = (*petition)->tracking_token};
        own.petition.attributes[std::string{kChangedAt}] = std::to_string(line.changed_at.time_since_epoch().count());
        page.items.push_back(std::move(own));
    }
    return page;
}

Status CitizenDesk::keepDevice(Device device) {
    if (device.owner.empty() || device.owner.size() > kMostOwner)
        return invalid("device.invalid", "/owner", "a device has an owner of 1 to 1000 bytes");
    if (device.platform != "fcm" && device.platform != "apns")
        return invalid("device.invalid", "/platform", "fcm or apns");
    if (device.token.empty() || device.token.size() > kMostToken)
        return invalid("device.invalid", "/token", "a token of 1 to 4096 bytes");
    device.seen_at = hub_.now();
    return store_.correspondents().keepDevice(device, kMostDevices, device.seen_at - kDeviceLife);
}

Result<std::vector<Device>> CitizenDesk::devices(std::string_view channel, std::string_view owner) {
    return store_.correspondents().devices(channel, owner);
}

Status CitizenDesk::forgetDevice(const Device& device) { return store_.correspondents().forgetDevice(device); }

}  // namespace pakn::engine

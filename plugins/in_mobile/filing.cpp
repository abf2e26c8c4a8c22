#include "filing.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "petition_json.hpp"
#include "problems.hpp"
#include "views.hpp"

namespace pakn::in_mobile {
namespace {

constexpr std::size_t kMostName = 300;  ///< Bytes of a file's name, and of its type.
constexpr std::size_t kHashDigits = 64;
/// Attribute of an IncomingPetition: the version of the texts that the consents were given to.
constexpr std::string_view kConsentText = "consent_text";

bool isHash(std::string_view text) {
    return text.size() == kHashDigits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

Error unknownPart() { return invalid("mobile.part_unknown"); }

Result<Offer> readOffer(const Visit& visit, const Rules& rules) {
    const Result<JsonDocument> body = readBody(visit, kSmallBody);
    if (!body) return body.error();
    Fields fields{*body};
    Offer offer{.name = fields.neededText("name"),
                .content_type = fields.text("content_type"),
                .size = fields.integer("size").value_or(0),
                .sha256 = fields.neededText("sha256")};
    if (offer.size < 1) fields.reject("size", "attachment.empty");
    if (!isHash(offer.sha256)) fields.reject("sha256");
    if (offer.name.size() > kMostName) fields.reject("name", "petition.field_too_long");
    if (offer.content_type.size() > kMostName) fields.reject("content_type", "petition.field_too_long");
    if (fields.error()) return *fields.error();
    if (offer.size <= rules.max_file) return offer;
    return Error{.code = Errc::kTooLarge,
                 .message = "a file larger than max_file",
                 .problem = "attachment.too_large",
                 .field = "/size"};
}

/// What the hub knows the petition again by: another's key is another petition, and nothing leads back to the account.
std::string externalId(const Writer& writer, std::string_view key) {
    return "app-" + digestOf({"petition", writer.account ? std::string_view{writer.account->address} : "", key});
}

/// What the app need not ask for: who is signed in has proven the number or address. Not of whoever asks to stay
/// unknown.
void fillIn(Petitioner& petitioner, const PublicCitizen& citizen) {
    if (petitioner.name.empty()) petitioner.name = citizen.name;
    if (petitioner.phone.empty()) petitioner.phone = citizen.phone;
    if (petitioner.email.empty()) petitioner.email = citizen.email;
}

}  // namespace

Result<Writer> writerOf(const Visit& visit, const Rules& rules, HostServices& services) {
    if (!rules.sign_in_required && visit.header("authorization").empty())
        return Writer{.owner = Owner::ofClient(visit.request.client)};
    Result<Account> account = accountOf(visit, services);
    if (!account) return std::move(account).error();
    Writer writer{.owner = Owner::ofAccount(account->address)};
    writer.account = std::move(account).value();
    return writer;
}

Result<Gathered> gather(std::vector<Attachment> inline_files, const std::vector<std::string>& ids, const Owner& owner,
                        std::string_view what, const Rules& rules, Uploads& uploads, Inbox& inbox) {
    if (inline_files.size() + ids.size() > kMostFiles) return invalid("petition.too_many_attachments", "/uploads");
    Gathered gathered{.files = std::move(inline_files)};
    std::int64_t bytes = 0;
    for (const Attachment& file : gathered.files) bytes += static_cast<std::int64_t>(file.content.size());
    for (std::size_t i = 0; i < ids.size(); ++i) {
        Result<Upload> upload = uploads.find(ids[i], owner, inbox);
        if (!upload) {
            Error error = std::move(upload).error();
            error.field = "/uploads/" + std::to_string(i);
            return error;
        }
        gathered.again = gathered.again || upload->used_by == what;
        bytes += upload->offer.size;
        gathered.uploads.push_back(std::move(upload).value());
    }
    if (gathered.again) {
        gathered.files.clear();
        return gathered;
    }
    if (bytes > rules.max_files)
        return Error{.code = Errc::kTooLarge,
                     .message = "files larger than max_files together",
                     .problem = "mobile.files_too_large",
                     .field = "/uploads"};
    for (std::size_t i = 0; i < gathered.uploads.size(); ++i) {
        Result<Attachment> file = uploads.take(gathered.uploads[i], inbox);
        if (!file) {
            Error error = std::move(file).error();
            error.field = "/uploads/" + std::to_string(i);
            return error;
        }
        gathered.files.push_back(std::move(file).value());
    }
    return gathered;
}

void markUsed(const Gathered& gathered, std::string_view what, Uploads& uploads, Inbox& inbox, HostServices& services) {
    for (const Upload& upload : gathered.uploads) {
        if (!upload.used_by.empty()) continue;
        if (const Status marked = uploads.use(upload, what, inbox); !marked)
            services.log(LogLevel::kWarning,
                         "a file that is on record stays until it is swept: " + marked.error().message);
    }
}

Result<HttpResponse> Filing::beginUpload(const Visit& visit) {
    const Result<Writer> writer = writerOf(visit, rules_, services_);
    if (!writer) return writer.error();
    const Result<Offer> offer = readOffer(visit, rules_);
    if (!offer) return offer.error();
    std::string key;
    if (!visit.header("idempotency-key").empty()) {
        Result<std::string> given = visit.idempotencyKey();
        if (!given) return std::move(given).error();
        key = std::move(given).value();
    }
    const Result<Upload> upload = uploads_.begin(writer->owner, *offer, key, visit.inbox);
    if (!upload) return upload.error();
    Answer answer;
    writeUpload(answer, *upload);
    return answer.response(201);
}

Result<Upload> Filing::uploadOf(const Visit& visit) {
    const Result<Writer> writer = writerOf(visit, rules_, services_);
    if (!writer) return writer.error();
    return uploads_.find(visit.part("upload"), writer->owner, visit.inbox);
}

Result<HttpResponse> Filing::showUpload(const Visit& visit) {
    const Result<Upload> upload = uploadOf(visit);
    if (!upload) return upload.error();
    if (!upload->used_by.empty())
        return Error{.code = Errc::kConflict, .message = "the upload is used", .problem = "mobile.upload_used"};
    Answer answer;
    writeUpload(answer, *upload);
    return answer.response();
}

Result<HttpResponse> Filing::putPart(const Visit& visit) {
    Result<Upload> upload = uploadOf(visit);
    if (!upload) return std::move(upload).error();
    const std::string text = visit.part("part");
    int part = -1;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), part);
    if (problem != std::errc{} || end != text.data() + text.size()) return unknownPart();
    const Result<Upload> now = uploads_.put(std::move(upload).value(), part, visit.request.body, visit.inbox);
    if (!now) return now.error();
    Answer answer;
    writeUpload(answer, *now);
    return answer.response();
}

Result<HttpResponse> Filing::dropUpload(const Visit& visit) {
    const Result<Upload> upload = uploadOf(visit);
    if (!upload) return upload.error();
    if (Status dropped = uploads_.drop(*upload, visit.inbox); !dropped) return std::move(dropped).error();
    return done();
}

Result<HttpResponse> Filing::submit(const Visit& visit) {
    const Result<Writer> writer = writerOf(visit, rules_, services_);
    if (!writer) return writer.error();
    const Result<std::string> key = visit.idempotencyKey();
    if (!key) return key.error();
    const Result<JsonDocument> body = readBody(visit, kLargeBody);
    if (!body) return body.error();
    Result<Submission> submission = readSubmission(*body, rules_);
    if (!submission) return std::move(submission).error();
    const std::string id = externalId(*writer, *key);
    const std::string revision = revisionOf(*submission);
    Result<Gathered> gathered = gather(std::move(submission->petition.attachments), submission->uploads, writer->owner,
                                       id, rules_, uploads_, visit.inbox);
    if (!gathered) return std::move(gathered).error();

    IncomingPetition& petition = submission->petition;
    petition.external_id = id;
    petition.attachments = gathered->files;
    petition.attributes[std::string{kSourceRevision}] = revision;
    petition.attributes[std::string{kOnlyAnswered}] = "true";
    if (!submission->consent_version.empty())
        petition.attributes[std::string{kConsentText}] = submission->consent_version;
    if (writer->account) {
        petition.attributes[std::string{kReplyAddress}] = writer->account->address;
        if (!petition.anonymous) fillIn(petition.petitioner, writer->account->citizen);
    }
    const Result<Accepted> accepted = visit.inbox.accept(std::move(petition));
    if (!accepted) return accepted.error();
    if (accepted->outcome == Accepted::Outcome::kRefused) return accepted->problem.value_or(invalid("generic.invalid"));
    markUsed(*gathered, id, uploads_, visit.inbox, services_);
    services_.count(accepted->outcome == Accepted::Outcome::kStored ? "petitions" : "petitions_again", 1);
    return stored(*accepted);
}

HttpResponse Filing::stored(const Accepted& accepted) {
    Answer answer;
    answer.text("code", accepted.code);
    answer.text("tracking_token", accepted.tracking_token);
    const Result<PublicPetition> petition = services_.records().track(accepted.code, accepted.tracking_token);
    if (petition) {
        answer.begin("petition");
        writePetition(answer, *petition, Shown::kWhole);
        answer.end();
    } else {
        answer.null("petition");
    }
    return answer.response(accepted.outcome == Accepted::Outcome::kStored ? 201 : 200);
}

}  // namespace pakn::in_mobile

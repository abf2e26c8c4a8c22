#include "petition_json.hpp"

#include <algorithm>
#include <digest.hpp>
#include <utility>

#include "accounts.hpp"

namespace pakn::in_mobile {
namespace {

Petitioner readPetitioner(Fields fields) {
    return {.kind = fields.text("kind"),
            .name = fields.text("name"),
            .phone = fields.text("phone"),
            .email = fields.text("email"),
            .citizen_id = fields.text("citizen_id"),
            .address = fields.text("address")};
}

Location readLocation(Fields fields) {
    return {.address = fields.text("address"),
            .area = fields.text("area"),
            .latitude = fields.number("lat"),
            .longitude = fields.number("lon")};
}

bool has(const IncomingPetition& petition, std::string_view field) {
    if (field == "title") return !petition.title.empty();
    if (field == "category") return !petition.category.empty();
    if (field == "occurred_at") return petition.occurred_at.has_value();
    const Location& place = petition.location;
    return !place.address.empty() || !place.area.empty() || (place.latitude && place.longitude);
}

std::string written(const std::optional<double>& number) { return number ? std::to_string(*number) : std::string{}; }

}  // namespace

std::vector<Attachment> readAttachments(Fields& fields) {
    std::vector<Attachment> files;
    for (Fields& one : fields.objects("attachments", kMostFiles)) {
        Attachment file{.name = one.neededText("name"), .content_type = one.text("content_type")};
        Result<std::string> bytes = webhooks::fromBase64(one.neededText("data"));
        if (!bytes) one.reject("data", "attachment.base64_invalid");
        if (bytes) file.content = std::move(bytes).value();
        files.push_back(std::move(file));
    }
    return files;
}

Result<Submission> readSubmission(const Json& body, const Rules& rules) {
    Fields fields{body};
    Fields consent = fields.object("consent");
    Submission read;
    IncomingPetition& petition = read.petition;
    petition = {.title = fields.text("title"),
                .text = fields.neededText("content"),
                .category = fields.text("category"),
                .emergency = fields.flag("emergency"),
                .is_public = fields.flag("public"),
                .anonymous = fields.flag("anonymous"),
                .declared_true = fields.flag("declared_true"),
                .petition_class = fields.text("class"),
                .complained_unit = fields.text("complained_unit"),
                .petitioner = readPetitioner(fields.object("petitioner")),
                .consent = {.process_personal_data = consent.flag("process_personal_data"),
                            .use_identity_in_handling = consent.flag("use_identity_in_handling"),
                            .publish_identity = consent.flag("publish_identity")},
                .location = readLocation(fields.object("location")),
                .occurred_at = fields.instant("occurred_at"),
                .attachments = readAttachments(fields)};
    read.uploads = fields.texts("uploads", kMostFiles);
    read.consent_version = consent.text("version");
    for (const std::string& field : rules.required)
        if (!has(petition, field)) fields.reject(field, "request.field_missing");
    const Consent& given = petition.consent;
    const bool agreed = given.process_personal_data || given.use_identity_in_handling || given.publish_identity ||
                        petition.declared_true;
    if (agreed && read.consent_version.empty()) consent.reject("version", "mobile.consent_version_missing");
    if (petition.anonymous && !rules.anonymous_offered) fields.reject("anonymous", "mobile.anonymous_not_offered");
    if (fields.error()) return *fields.error();
    return read;
}

std::string revisionOf(const Submission& submission) {
    const IncomingPetition& in = submission.petition;
    std::string flags;
    for (const bool flag :
         {in.emergency, in.is_public, in.anonymous, in.declared_true, in.consent.process_personal_data,
          in.consent.use_identity_in_handling, in.consent.publish_identity})
        flags += flag ? '1' : '0';
    std::string files;
    for (const std::string& id : submission.uploads) files += id + '\n';
    for (const Attachment& file : in.attachments) files += file.name + '\n' + webhooks::sha256Hex(file.content) + '\n';
    const std::string at = in.occurred_at ? std::to_string(in.occurred_at->time_since_epoch().count()) : std::string{};
    return digestOf({in.title, in.text, in.category, in.petition_class, in.complained_unit, in.petitioner.kind,
                     in.petitioner.name, in.petitioner.phone, in.petitioner.email, in.petitioner.citizen_id,
                     in.petitioner.address, in.location.address, in.location.area, written(in.location.latitude),
                     written(in.location.longitude), at, flags, submission.consent_version, files});
}

}  // namespace pakn::in_mobile

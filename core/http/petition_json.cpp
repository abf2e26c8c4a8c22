#include "core/http/petition_json.hpp"

#include <algorithm>

#include "core/http/encoding.hpp"
#include "core/http/multipart.hpp"
#include "core/http/petition_text.hpp"

namespace pakn::http {
namespace {

using json::Element;

constexpr json::Most kMostAttachments{10, "petition.too_many_attachments"};
constexpr std::size_t kMostAttributes = 50;
constexpr std::size_t kLongestAttributeName = 64;
constexpr std::size_t kLongestCallId = 100;  ///< Bytes.

template <std::optional<double> Location::*Member, int kMost>
Status readDegrees(Location& target, Element value) {
    double degrees = 0;
    if (value.get(degrees) != simdjson::SUCCESS) return problemError("request.field_type");
    if (degrees < -kMost || degrees > kMost) return problemError("petition.field_invalid");
    target.*Member = degrees;
    return Done{};
}

/// A text out of a closed list.
template <class T, std::string T::*Member>
Status readOneOf(T& target, Element value, std::initializer_list<std::string_view> allowed) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return problemError("request.field_type");
    if (std::find(allowed.begin(), allowed.end(), text) == allowed.end()) return problemError("petition.field_invalid");
    target.*Member = text;
    return Done{};
}

Status readData(Attachment& target, Element value) {
    std::string_view text;
    if (value.get(text) != simdjson::SUCCESS) return problemError("request.field_type");
    std::optional<std::string> data = decodeBase64(text);
    if (!data) return problemError("attachment.base64_invalid");
    target.content = std::move(*data);
    return Done{};
}

bool isAttributeName(std::string_view name) {
    return !name.empty() && name.size() <= kLongestAttributeName && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    });
}

Status readAttributes(IncomingPetition& target, Element value) {
    simdjson::dom::object object;
    if (value.get(object) != simdjson::SUCCESS) return problemError("request.field_type");
    if (object.size() > kMostAttributes) return problemError("petition.field_invalid");
    for (const simdjson::dom::key_value_pair field : object) {
        // A name that is none is not repeated in the error: it can be of any length and hold anything.
        if (!isAttributeName(field.key)) return problemError("petition.field_invalid");
        std::string text;
        Status status = json::readText(text, field.value);
        if (!status) {
            Error error = status.error();
            error.field = "/" + std::string{field.key};
            return error;
        }
        target.attributes.insert_or_assign(std::string{field.key}, std::move(text));
    }
    return Done{};
}

constexpr json::Rule<Petitioner> kPetitionerFields[] = {
    {"kind",
     [](Petitioner& target, Element value) {
         return readOneOf<Petitioner, &Petitioner::kind>(target, value, {"individual", "organisation"});
     }},
    json::text<Petitioner, &Petitioner::name>("name"),
    json::text<Petitioner, &Petitioner::phone>("phone"),
    json::text<Petitioner, &Petitioner::email>("email"),
    json::text<Petitioner, &Petitioner::citizen_id>("citizen_id"),
    json::text<Petitioner, &Petitioner::address>("address"),
};

constexpr json::Rule<Consent> kConsentFields[] = {
    json::truth<Consent, &Consent::process_personal_data>("process_personal_data"),
    json::truth<Consent, &Consent::use_identity_in_handling>("use_identity_in_handling"),
    json::truth<Consent, &Consent::publish_identity>("publish_identity"),
};

constexpr json::Rule<Location> kLocationFields[] = {
    json::text<Location, &Location::address>("address"),
    json::text<Location, &Location::area>("area"),
    {"lat", &readDegrees<&Location::latitude, 90>},
    {"lon", &readDegrees<&Location::longitude, 180>},
};

constexpr json::Rule<Attachment> kAttachmentFields[] = {
    json::text<Attachment, &Attachment::name>("name"),
    json::text<Attachment, &Attachment::content_type>("content_type"),
    {"data", &readData},
};

constexpr json::Rule<IncomingPetition> kPetitionFields[] = {
    json::text<IncomingPetition, &IncomingPetition::external_id>("external_id"),
    json::text<IncomingPetition, &IncomingPetition::title>("title"),
    json::text<IncomingPetition, &IncomingPetition::text>("content"),
    json::text<IncomingPetition, &IncomingPetition::category>("category"),
    json::truth<IncomingPetition, &IncomingPetition::emergency>("emergency"),
    json::truth<IncomingPetition, &IncomingPetition::is_public>("public"),
    json::truth<IncomingPetition, &IncomingPetition::anonymous>("anonymous"),
    json::truth<IncomingPetition, &IncomingPetition::declared_true>("declared_true"),
    json::text<IncomingPetition, &IncomingPetition::complained_unit>("complained_unit"),
    json::instant<IncomingPetition, &IncomingPetition::occurred_at>("occurred_at"),
    {"class",
     [](IncomingPetition& target, Element value) {
         return readOneOf<IncomingPetition, &IncomingPetition::petition_class>(target, value, {"PAHT", "PAKN"});
     }},
    {"petitioner", [](IncomingPetition& target,
                      Element value) { return json::readObject(target.petitioner, value, kPetitionerFields); }},
    {"consent",
     [](IncomingPetition& target, Element value) { return json::readObject(target.consent, value, kConsentFields); }},
    {"location",
     [](IncomingPetition& target, Element value) { return json::readObject(target.location, value, kLocationFields); }},
    {"attachments", [](IncomingPetition& target,
                       Element value) { return readAttachments(target.attachments, value, kMostAttachments); }},
    {"attributes", &readAttributes},
};

constexpr json::Rule<OperatorFields> kOperatorFields[] = {
    json::instant<OperatorFields, &OperatorFields::received_at>("received_at"),
    {"channel",
     [](OperatorFields& target, Element value) {
         return readOneOf<OperatorFields, &OperatorFields::channel>(target, value, {"hotline1022", "counter", "paper"});
     }},
    {"call_id",
     [](OperatorFields& target, Element value) -> Status {
         if (Status read = json::readText(target.call_id, value); !read) return read;
         if (target.call_id.size() > kLongestCallId) return problemError("petition.field_too_long");
         return Done{};
     }},
};

}  // namespace

Status readAttachments(std::vector<Attachment>& target, Element value, const json::Most& most) {
    return json::readArray(target, value, kAttachmentFields, most);
}

Result<JsonAndFiles> splitJsonAndFiles(const Request& request, std::string_view json_part) {
    Result<std::vector<Part>> parts = splitMultipart(request.content_type, request.body);
    if (!parts) return parts.error();
    JsonAndFiles found;
    bool has_json = false;
    for (const Part& part : *parts) {
        if (part.name == json_part && !has_json) {
            found.json.reserve(part.data.size() + simdjson::SIMDJSON_PADDING);
            found.json = part.data;
            has_json = true;
        } else if (part.name == "attachments") {
            found.files.push_back(
                {.name = part.file_name, .content_type = part.content_type, .content = std::string{part.data}});
        } else {
            // A misspelt part would be a photo silently lost.
            return problemError("request.part_unknown");
        }
    }
    if (!has_json) return problemError("request.field_missing", '/' + std::string{json_part});
    return found;
}

Result<IncomingPetition> readPetition(const Request& request) {
    const std::string type = mediaType(request.content_type);
    if (type == "application/json") return json::parseAs(request.body, kPetitionFields);
    if (type != "multipart/form-data") return problemError("request.media_type");
    Result<JsonAndFiles> content = splitJsonAndFiles(request, "petition");
    if (!content) return content.error();
    Result<IncomingPetition> petition = json::parseAs(content->json, kPetitionFields);
    if (!petition) return petition;
    for (Attachment& file : content->files) petition->attachments.push_back(std::move(file));
    return petition;
}

Result<OperatorFields> readOperatorFields(const Request& request) {
    if (mediaType(request.content_type) == "application/json") return json::parseAs(request.body, kOperatorFields);
    Result<JsonAndFiles> content = splitJsonAndFiles(request, "petition");
    if (!content) return content.error();
    return json::parseAs(content->json, kOperatorFields);
}

Result<IncomingPetition> petitionFromJson(std::string json) {
    json.reserve(json.size() + simdjson::SIMDJSON_PADDING);
    return json::parseAs(json, kPetitionFields);
}

ProblemText problemText(const std::string& code) {
    const Problem* problem = findProblem(code);
    if (problem == nullptr) return {};
    return {std::string{problem->title}, std::string{problem->detail}, std::string{problem->detail_en}};
}

std::string describe(const Error& error) {
    const Problem* problem = findProblem(error.problem);
    if (problem == nullptr) return error.message;
    std::string text = std::string{problem->code} + ": " + std::string{problem->detail_en};
    if (!error.field.empty()) text += " (" + error.field + ')';
    return text;
}

}  // namespace pakn::http

#include "report.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "answers_to_questions.hpp"
#include "numbers.hpp"
#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "reports.hpp"
#include "status.hpp"
#include "text.hpp"
#include "times.hpp"
#include "tree.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::size_t kMostDescription = 4000;
constexpr std::size_t kMostId = 150;  ///< Bytes of what a portal calls things; with its name an id of the hub's.
constexpr std::size_t kMostValue = 1000;
constexpr std::size_t kMostUrl = 1000;
constexpr std::size_t kMostOriginal = 5000;  ///< Of a field, as it is kept beside the sender.

Problem tooLong(std::string_view name, std::size_t most) {
    return {400, std::string{name} + " dài quá " + std::to_string(most) + " ký tự."};
}

std::string limited(const Form& form, std::string_view name, std::size_t most, Problems& problems) {
    const std::string_view value = form.first(name);
    if (codePoints(value) > most) problems.push_back(tooLong(name, most));
    return std::string{value};
}

/// As forms send line ends, and as the hub keeps them.
std::string withLineFeeds(std::string_view text) {
    std::string plain;
    plain.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool of_two = text[i] == '\r' && i + 1 < text.size() && text[i + 1] == '\n';
        if (!of_two) plain += text[i] == '\r' ? '\n' : text[i];
    }
    return plain;
}

bool isTrue(std::string_view value) {
    const std::string word = lowered(value);
    return word == "true" || word == "1" || word == "yes";
}

bool isUrl(std::string_view text) {
    const std::string lower = lowered(text.substr(0, 8));
    const bool web = lower.starts_with("http://") || lower.starts_with("https://");
    return web && text.size() <= kMostUrl &&
           std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > ' '; });
}

/// The addresses of pictures that lie elsewhere, one in each line. They are for people: nothing is fetched from them.
std::string mediaOf(const Form& form, Problems& problems) {
    std::string all;
    for (const std::string_view name : {"media_url", "media"})
        for (const std::string_view url : form.all(name)) {
            if (!isUrl(url)) {
                problems.push_back({400, "media_url phải là địa chỉ http hoặc https."});
                return {};
            }
            all.append(all.empty() ? "" : "\n").append(url);
        }
    if (codePoints(all) > kMostValue) problems.push_back(tooLong("media_url", kMostValue));
    return all;
}

std::vector<Attachment> filesOf(const Form& form) {
    std::vector<Attachment> files;
    for (const SentFile& file : form.files)
        files.push_back({.name = file.name.empty() ? file.field : file.name,
                         .content_type = file.content_type,
                         .content = std::string{file.bytes}});
    return files;
}

/// All fields as they came, for those who may see who wrote: what has no place in a petition (an account, a device) is
/// not lost. Without the key.
Attachment originalOf(const Form& form) {
    std::vector<Tree> fields;
    for (const Field& one : form.fields)
        if (one.name != "api_key")
            fields.push_back(Tree::object(
                "field", {Tree::text("name", one.name), Tree::text("value", shortened(one.value, kMostOriginal))}));
    return {.name = "open311.json",
            .content_type = std::string{kOriginalType},
            .content = Tree::list("fields", std::move(fields)).toJson()};
}

std::string nameOf(const Form& form, const Rules& rules, Problems& problems) {
    std::string first = limited(form, "first_name", 100, problems);
    std::string last = limited(form, "last_name", 99, problems);
    if (last == "-") last.clear();  // FixMyStreet's word for none.
    if (!rules.first_name_first) std::swap(first, last);
    if (!first.empty() && !last.empty()) first += ' ';
    return first + last;
}

std::optional<double> degrees(std::string_view text, double most) {
    const std::optional<double> value = parseNumber(text);
    return value && std::abs(*value) <= most ? value : std::nullopt;
}

Location placeOf(const Form& form, const Rules& rules, Problems& problems) {
    Location place{.address = limited(form, "address_string", 500, problems)};
    const std::string_view latitude = form.first("lat");
    const std::string_view longitude = form.first("long");
    const std::string address_id = limited(form, "address_id", 200, problems);
    if (place.address.empty() && !address_id.empty()) place.address = "Mã địa chỉ: " + address_id;
    if (latitude.empty() || longitude.empty()) {
        if (place.address.empty())
            problems.push_back({400, "Thiếu vị trí: cần lat và long, hoặc address_string, hoặc address_id."});
        return place;
    }
    place.latitude = degrees(latitude, 90);
    place.longitude = degrees(longitude, 180);
    if (!place.latitude || !place.longitude)
        problems.push_back({400, "lat, long không phải là tọa độ WGS84 hợp lệ."});
    else if (rules.bounds && !rules.bounds->hold(*place.latitude, *place.longitude))
        problems.push_back({400, "Vị trí nằm ngoài địa bàn tiếp nhận."});
    return place;
}

/// The portal's name and what it says of the report: the same again is the same report. Empty: nothing was said.
std::string externalIdOf(const Sender& sender, std::string_view own_id, Problems& problems) {
    if (own_id.size() > kMostId) problems.push_back(tooLong("attribute[external_id]", kMostId));
    if (!own_id.empty()) return sender.portal + ":id:" + std::string{own_id};
    const std::string& key = sender.idempotency_key;
    if (key.size() > kMostId || !isSound(key)) problems.push_back(tooLong("Idempotency-Key", kMostId));
    return key.empty() ? std::string{} : sender.portal + ":key:" + key;
}

}  // namespace

Outcome<Report> readReport(const Form& form, const Sender& sender, const std::vector<Service>& services,
                           const Rules& rules) {
    Problems problems;
    const Service* service = nullptr;
    if (const std::string_view code = form.first("service_code"); code.empty())
        problems.push_back({400, "Thiếu service_code."});
    else if (service = findService(services, code); service == nullptr)
        problems.push_back({404, "Không có lĩnh vực (service_code) như đã nêu."});

    Report report{.petition = {.text = withLineFeeds(limited(form, "description", kMostDescription, problems))},
                  .account_id = limited(form, "account_id", 200, problems)};
    for (const char* name : {"device_id", "deviceid"}) limited(form, name, 200, problems);
    IncomingPetition& petition = report.petition;
    petition.location = placeOf(form, rules, problems);
    petition.petitioner = {.name = nameOf(form, rules, problems),
                           .phone = limited(form, "phone", 40, problems),
                           .email = limited(form, "email", 254, problems)};
    const QuestionAnswers answers = readAnswers(form, service, problems);
    petition.external_id = externalIdOf(sender, answers.first("external_id"), problems);
    const std::string media = mediaOf(form, problems);
    if (!problems.empty()) return problems;

    if (petition.text.empty()) petition.text = service->name;
    petition.category = service->code;
    const std::string_view published = answers.first("public");
    petition.is_public = published.empty() ? rules.public_reports : isTrue(published);
    petition.consent = {.process_personal_data = rules.consent, .use_identity_in_handling = rules.consent};
    petition.attachments = filesOf(form);
    petition.attachments.push_back(originalOf(form));
    petition.attributes = answers.attributes();
    if (!media.empty()) petition.attributes.emplace("open311_media_url", media);
    petition.attributes.emplace(kOnlyAnswered, "true");
    petition.attributes.emplace(kReplyAddress, replyAddressOf(sender.portal));
    petition.attributes.emplace(kLeaveOutFiles, "true");
    // Whatever else differs when it comes again, it is the same report.
    if (!petition.external_id.empty()) petition.attributes.emplace(kSourceRevision, petition.external_id);
    report.type = service->type;
    report.knows_all = answers.areAllKnown();
    return report;
}

Outcome<Addition> readAddition(const Form& form, const std::string& portal) {
    Problems problems;
    const auto need = [&](std::string_view name, std::size_t most) {
        std::string value = limited(form, name, most, problems);
        if (value.empty()) problems.push_back({400, "Thiếu " + std::string{name} + '.'});
        return value;
    };
    Addition addition{.update_id = need("update_id", kMostId), .code = need("service_request_id", 100)};
    if (addition.update_id.size() > kMostId && codePoints(addition.update_id) <= kMostId)
        problems.push_back(tooLong("update_id", kMostId));
    const std::string status = need("status", 40);
    if (!status.empty() && !isExtendedStatus(status))
        problems.push_back({400, "status không thuộc danh sách trạng thái mở rộng của Open311."});
    const std::string time = need("updated_datetime", 40);
    if (!time.empty() && !parseTime(time))
        problems.push_back({400, "updated_datetime không đúng dạng thời gian ISO 8601."});
    std::string text = withLineFeeds(need("description", kMostDescription));
    const std::string media = mediaOf(form, problems);
    if (!problems.empty()) return problems;

    if (!media.empty()) text += '\n' + media;
    const std::string state = lowered(status);
    if (state != "open" && state != "unchanged") text += "\n[Trạng thái ở cổng gửi: " + state + ']';
    addition.update = {.kind = Update::Kind::kSupplement,
                       .id = portal + ':' + addition.update_id,
                       .code = addition.code,
                       .text = std::move(text),
                       .attachments = filesOf(form),
                       .attributes = {{std::string{kLeaveOutFiles}, "true"}}};
    return addition;
}

}  // namespace pakn::in_open311

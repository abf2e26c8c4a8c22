#include "views.hpp"

#include <charconv>
#include <cmath>

#include "times.hpp"

namespace pakn::in_mobile {
namespace {

std::string attribute(const PublicPetition& petition, std::string_view name) {
    const auto found = petition.attributes.find(name);
    return found == petition.attributes.end() ? std::string{} : found->second;
}

void writeFiles(Answer& answer, std::string_view name, const std::vector<PublicFile>& files) {
    answer.beginList(name);
    for (const PublicFile& file : files) {
        answer.item();
        answer.text("sha256", file.sha256);
        answer.text("name", file.name);
        answer.text("content_type", file.content_type);
        answer.number("size", file.size);
        answer.end();
    }
    answer.endList();
}

void writeSteps(Answer& answer, const std::vector<PublicStep>& steps) {
    answer.beginList("steps");
    for (const PublicStep& step : steps) {
        answer.item();
        answer.instant("at", step.at);
        answer.text("status", step.status);
        answer.label("label", step.label);
        answer.text("unit_name", step.unit_name);
        answer.text("reason", step.reason);
        answer.end();
    }
    answer.endList();
}

/// RFC 5987: every byte that is no letter or digit is escaped.
std::string escaped(std::string_view name) {
    std::string text;
    for (const char c : name) {
        const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
                           c == '-' || c == '_';
        const auto byte = static_cast<unsigned char>(c);
        if (plain)
            text += c;
        else
            text.append("%").append(1, "0123456789ABCDEF"[byte / 16]).append(1, "0123456789ABCDEF"[byte % 16]);
    }
    return text;
}

}  // namespace

void Answer::text(std::string_view name, std::string_view value) {
    if (value.empty())
        null(name);
    else
        bounded_json::write(json_, name, value);
}

void Answer::number(std::string_view name, std::int64_t value) {
    bounded_json::writeName(json_, name);
    json_.Int64(value);
}

void Answer::degrees(std::string_view name, const std::optional<double>& value) {
    if (!value || !std::isfinite(*value)) return null(name);
    bounded_json::writeName(json_, name);
    json_.Double(*value);
}

void Answer::flag(std::string_view name, bool value) {
    bounded_json::writeName(json_, name);
    json_.Bool(value);
}

void Answer::instant(std::string_view name, const std::optional<Instant>& at) {
    text(name, at ? writeInstant(*at) : std::string{});
}

void Answer::label(std::string_view name, const PublicLabel& label) {
    begin(name);
    text("vi", label.vi);
    text("en", label.en);
    end();
}

void Answer::names(std::string_view name, const std::vector<PublicName>& all) {
    beginList(name);
    for (const PublicName& one : all) {
        item();
        text("id", one.id);
        text("name", one.name);
        end();
    }
    endList();
}

void Answer::texts(std::string_view name, const std::vector<std::string>& all) {
    beginList(name);
    for (const std::string& one : all) bounded_json::write(json_, one);
    endList();
}

void Answer::null(std::string_view name) {
    bounded_json::writeName(json_, name);
    json_.Null();
}

void Answer::begin(std::string_view name) {
    bounded_json::writeName(json_, name);
    json_.StartObject();
}

void Answer::beginList(std::string_view name) {
    bounded_json::writeName(json_, name);
    json_.StartArray();
}

void Answer::item() { json_.StartObject(); }

HttpResponse Answer::response(int status) {
    end();
    return {.status = status, .headers = {{"content-type", "application/json"}}, .body = bounded_json::textIn(buffer_)};
}

std::optional<Instant> instantIn(const PublicPetition& petition, std::string_view name) {
    const std::string digits = attribute(petition, name);
    std::int64_t ms = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), ms);
    if (digits.empty() || problem != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
    return Instant{std::chrono::milliseconds{ms}};
}

void writePetition(Answer& answer, const PublicPetition& petition, Shown shown) {
    answer.text("code", petition.code);
    answer.text("title", petition.title);
    answer.text("status", petition.status);
    answer.label("status_label", petition.status_label);
    answer.text("category", petition.category);
    answer.text("category_name", petition.category_name);
    answer.text("unit_name", petition.unit_name);
    answer.begin("location");
    answer.text("address", petition.address);
    answer.text("area", petition.area);
    answer.degrees("lat", petition.latitude);
    answer.degrees("lon", petition.longitude);
    answer.end();
    answer.instant("received_at", petition.received_at);
    answer.instant("due_at", petition.due_at);
    answer.instant("finished_at", petition.finished_at);
    answer.instant("changed_at", instantIn(petition, kChangedAt));
    answer.text("question", attribute(petition, "question"));
    answer.text("rating", attribute(petition, "rating"));
    answer.text("emergency_line", attribute(petition, "emergency_line"));
    answer.flag("answered", petition.answer.has_value());
    if (shown == Shown::kInList) return;
    answer.text("content", petition.content);
    writeSteps(answer, petition.steps);
    writeFiles(answer, "attachments", petition.attachments);
    if (!petition.answer) return answer.null("answer");
    answer.begin("answer");
    answer.text("text", petition.answer->text);
    writeFiles(answer, "files", petition.answer->files);
    answer.instant("at", petition.answer->at);
    answer.end();
}

void writeCitizen(Answer& answer, const PublicCitizen& citizen) {
    answer.begin("citizen");
    answer.text("name", citizen.name);
    answer.text("phone", citizen.phone);
    answer.text("email", citizen.email);
    answer.end();
}

void writeUpload(Answer& answer, const Upload& upload) {
    answer.text("id", upload.id);
    answer.text("name", upload.offer.name);
    answer.number("size", upload.offer.size);
    answer.number("part_size", kPartSize);
    answer.number("part_count", upload.partCount());
    answer.beginList("parts");
    // From and up to: a film has hundreds.
    for (auto from = upload.parts.begin(); from != upload.parts.end();) {
        auto last = from;
        for (auto next = std::next(from); next != upload.parts.end() && *next == *last + 1; ++next) last = next;
        answer.item();
        answer.number("from", *from);
        answer.number("to", *last);
        answer.end();
        from = std::next(last);
    }
    answer.endList();
    answer.flag("whole", upload.whole());
    answer.instant("until", upload.until);
}

HttpResponse done() { return {.status = 204}; }

HttpResponse fileResponse(const PublicFile& file, Content content) {
    return {.headers = {{"content-type", file.content_type.empty() ? "application/octet-stream" : file.content_type},
                        {"content-disposition", "attachment; filename*=UTF-8''" + escaped(file.name)}},
            .file = std::move(content)};
}

}  // namespace pakn::in_mobile

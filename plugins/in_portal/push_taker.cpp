#include <new>

#include "push.hpp"

namespace pakn::in_portal {
namespace {

using Writer = JsonWriter;

/// For the files of all items of a request: a hub gives up on a connector that does not answer within `limits.call`,
/// and so do portals that push. Where that is shorter than this, its stop counts.
constexpr std::chrono::seconds kFilesWithin{2};

void text(Writer& writer, const char* name, std::string_view value) {
    writer.Key(name);
    writer.String(value.empty() ? "" : value.data(), static_cast<rapidjson::SizeType>(value.size()));
}

HttpResponse answer(int status, const char* type, const JsonBuffer& body) {
    return {.status = status,
            .headers = {{"content-type", type}, {"cache-control", "no-store"}},
            .body = {body.GetString(), body.GetSize()}};
}

/// What people at the portal read, by status.
std::string_view titleOf(int status) {
    switch (status) {
        case 400:
            return "Nội dung gửi đến không đọc được";
        case 401:
            return "Chữ ký hoặc khóa không đúng, hoặc thời điểm gửi lệch quá 5 phút";
        case 405:
            return "Chỉ nhận phương thức POST";
        case 413:
            return "Nội dung gửi đến quá lớn";
        case 415:
            return "Chỉ nhận dữ liệu JSON";
        case 422:
            return "Phản ánh không hợp lệ";
        default:
            return "Hệ thống chưa lưu được, xin gửi lại sau";
    }
}

/// RFC 9457.
HttpResponse problem(int status, const Error& error) {
    JsonBuffer buffer;
    Writer writer{buffer};
    writer.StartObject();
    text(writer, "type", "about:blank");
    text(writer, "title", titleOf(status));
    writer.Key("status");
    writer.Int(status);
    text(writer, "code", error.problem.empty() ? errcName(error.code) : std::string_view{error.problem});
    if (!error.field.empty()) text(writer, "field", error.field);
    if (status != 503) text(writer, "detail", error.message);
    writer.EndObject();
    HttpResponse made = answer(status, "application/problem+json", buffer);
    if (status == 503) made.headers["retry-after"] = "30";
    if (status == 405) made.headers["allow"] = "POST";
    return made;
}

std::string_view nameOf(const Accepted& accepted) {
    if (accepted.outcome == Accepted::Outcome::kStored) return "stored";
    if (accepted.outcome == Accepted::Outcome::kDuplicate) return "duplicate";
    return isChanged(accepted) ? "changed" : "refused";
}

struct Taken {
    std::string external_id;
    Accepted accepted;
};

HttpResponse report(const std::vector<Taken>& items) {
    JsonBuffer buffer;
    Writer writer{buffer};
    writer.StartObject();
    writer.Key("items");
    writer.StartArray();
    for (const Taken& one : items) {
        writer.StartObject();
        text(writer, "external_id", one.external_id);
        text(writer, "outcome", nameOf(one.accepted));
        if (!one.accepted.code.empty()) text(writer, "code", one.accepted.code);
        if (one.accepted.problem && !isChanged(one.accepted)) {
            text(writer, "problem", one.accepted.problem->problem);
            text(writer, "field", one.accepted.problem->field);
        }
        writer.EndObject();
    }
    writer.EndArray();
    writer.EndObject();
    return answer(200, "application/json", buffer);
}

}  // namespace

HttpResponse PushTaker::handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop) try {
    if (request.method != "POST") return problem(405, {.message = "send with POST", .problem = "portal.method"});
    if (Status known = guard_.check(request, services_.now()); !known) {
        services_.count("push_refused", 1);
        return problem(401, known.error());
    }
    const auto type = request.headers.find("content-type");
    if (type != request.headers.end() && type->second.find("json") == std::string::npos)
        return problem(415, {.message = "application/json", .problem = "portal.content_type"});
    const Result<JsonDocument> document = parseJson(request.body);
    if (!document) return problem(document.error().code == Errc::kTooLarge ? 413 : 400, document.error());
    return takeAll(*document, inbox, stop);
} catch (const std::bad_alloc&) {
    return problem(413, outOfMemory());
}

HttpResponse PushTaker::takeAll(const JsonDocument& document, Inbox& inbox, const std::stop_token& stop) {
    const Result<std::vector<const Json*>> items = itemsOf(mapping_, document);
    if (!items) return problem(400, items.error());

    const Haste haste{.until = services_.now() + kFilesWithin, .stop = stop};
    std::vector<Taken> taken;
    std::size_t refused = 0;
    for (const Json* item : *items) {
        if (stop.stop_requested()) return problem(503, {.code = Errc::kUnavailable, .message = "the hub stops"});
        const std::string where = "push, item " + std::to_string(taken.size() + 1);
        Result<Accepted> accepted = intake_.take(*item, where, inbox, &haste);
        // What was stored before this one is found again by its id when the portal repeats the whole.
        if (!accepted) return problem(503, accepted.error());
        if (accepted->outcome == Accepted::Outcome::kRefused && !isChanged(*accepted)) ++refused;
        taken.push_back({externalIdOf(mapping_, *item), *std::move(accepted)});
    }
    if (refused > 0 && refused == taken.size())
        return problem(422, taken.front().accepted.problem.value_or(Error{.code = Errc::kInvalid}));
    return report(taken);
}

}  // namespace pakn::in_portal

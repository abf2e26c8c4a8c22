#include "api.hpp"

#include <charconv>

#include "digest.hpp"

namespace pakn::in_zalo {
namespace {

/// {"recipient":{"user_id":…},"message":{…}}; `message` writes what stands in the second.
template <class Message>
std::string messageTo(const std::string& user, Message message) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    writer.Key("recipient");
    writer.StartObject();
    write(writer, "user_id", user);
    writer.EndObject();
    writer.Key("message");
    writer.StartObject();
    message(writer);
    writer.EndObject();
    writer.EndObject();
    return textIn(buffer);
}

/// An attachment of the kind `template` with one element.
template <class Element>
void writeTemplate(JsonWriter& writer, std::string_view type, Element element) {
    writer.Key("attachment");
    writer.StartObject();
    write(writer, "type", "template");
    writer.Key("payload");
    writer.StartObject();
    write(writer, "template_type", type);
    writer.Key("elements");
    writer.StartArray();
    writer.StartObject();
    element();
    writer.EndObject();
    writer.EndArray();
    writer.EndObject();
    writer.EndObject();
}

std::string templateBody(std::string_view who, const std::string& to, const TemplateMessage& message) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    write(writer, who, to);
    write(writer, "template_id", message.id);
    writer.Key("template_data");
    writer.StartObject();
    for (const auto& [name, value] : message.data) write(writer, name, value);
    writer.EndObject();
    if (!message.tracking_id.empty()) write(writer, "tracking_id", message.tracking_id);
    writer.EndObject();
    return textIn(buffer);
}

/// What may stand between the quotes of a multipart header.
std::string plainName(const std::string& name) {
    std::string plain;
    for (const char c : name) plain += c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ? '_' : c;
    return plain.empty() ? "file" : plain;
}

Error httpError(Errc code, int status, std::string_view words = {}) {
    return {.code = code,
            .message = "Zalo answered HTTP " + std::to_string(status) + std::string{words},
            .problem = "zalo.http"};
}

std::optional<std::chrono::milliseconds> retryAfter(const HttpResponse& answer) {
    const auto header = answer.headers.find("retry-after");
    if (header == answer.headers.end()) return std::nullopt;
    std::int64_t seconds = 0;
    const std::string& text = header->second;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), seconds);
    constexpr std::int64_t kDay = 86400;
    if (problem != std::errc{} || end != text.data() + text.size() || seconds <= 0) return std::nullopt;
    return std::chrono::seconds{std::min(seconds, kDay)};
}

}  // namespace

Result<std::string> Api::sendText(const std::string& user, const std::string& text) {
    const std::string body = messageTo(user, [&](JsonWriter& writer) { write(writer, "text", text); });
    return idOf({.url = rules_.api_url + "/v3.0/oa/message/cs", .body = body}, "message_id");
}

Result<std::string> Api::sendImage(const std::string& user, const std::string& attachment_id) {
    const std::string body = messageTo(user, [&](JsonWriter& writer) {
        writeTemplate(writer, "media", [&] {
            write(writer, "media_type", "image");
            write(writer, "attachment_id", attachment_id);
        });
    });
    return idOf({.url = rules_.api_url + "/v3.0/oa/message/cs", .body = body}, "message_id");
}

Result<std::string> Api::sendFile(const std::string& user, const std::string& token) {
    const std::string body = messageTo(user, [&](JsonWriter& writer) {
        writer.Key("attachment");
        writer.StartObject();
        write(writer, "type", "file");
        writer.Key("payload");
        writer.StartObject();
        write(writer, "token", token);
        writer.EndObject();
        writer.EndObject();
    });
    return idOf({.url = rules_.api_url + "/v3.0/oa/message/cs", .body = body}, "message_id");
}

Result<std::string> Api::askIdentity(const std::string& user) {
    const std::string body = messageTo(user, [&](JsonWriter& writer) {
        writeTemplate(writer, "request_user_info", [&] {
            write(writer, "title", rules_.card_title);
            write(writer, "subtitle", rules_.card_text);
            write(writer, "image_url", rules_.card_image);
        });
    });
    return idOf({.url = rules_.api_url + "/v3.0/oa/message/cs", .body = body}, "message_id");
}

Result<std::string> Api::sendTemplate(const std::string& user, const TemplateMessage& message) {
    return idOf({.url = rules_.api_url + "/v3.0/oa/message/template", .body = templateBody("user_id", user, message)},
                "message_id");
}

Result<std::string> Api::sendTemplateByPhone(const std::string& phone, const TemplateMessage& message) {
    return idOf({.url = rules_.template_url + "/message/template",
                 .body = templateBody("phone", phone, message),
                 .path = Path::kPhone},
                "msg_id");
}

Result<std::string> Api::uploadImage(const std::string& name, std::string_view bytes) {
    return upload("/v2.0/oa/upload/image", name, bytes, "attachment_id");
}

Result<std::string> Api::uploadFile(const std::string& name, std::string_view bytes) {
    return upload("/v2.0/oa/upload/file", name, bytes, "token");
}

Result<std::string> Api::upload(std::string_view path, const std::string& name, std::string_view bytes,
                                std::string_view member) {
    // A boundary that does not occur in the bytes: their own digest.
    const std::string boundary = "pakn-" + webhooks::toHex(webhooks::sha256(bytes)).substr(0, 40);
    std::string body = "--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" +
                       plainName(name) + "\"\r\nContent-Type: application/octet-stream\r\n\r\n";
    body.append(bytes).append("\r\n--").append(boundary).append("--\r\n");
    const Result<std::string> id = idOf({.url = rules_.api_url + std::string{path},
                                         .content_type = "multipart/form-data; boundary=" + boundary,
                                         .body = std::move(body),
                                         .repeatable = true},
                                        member);
    if (id && id->empty())
        return Error{.code = Errc::kUnavailable,
                     .message = "Zalo took a file and did not say under which id",
                     .problem = "zalo.http"};
    return id;
}

/// What was sent is sent, with or without a name.
Result<std::string> Api::idOf(const Call& call, std::string_view member) {
    const Result<JsonDocument> answer = perform(call);
    if (!answer) return answer.error();
    const Json* const data = memberOf(*answer, "data");
    return data != nullptr ? std::string{textOf(*data, member)} : std::string{};
}

/// A token that the peer no longer takes is replaced, and the call made once more: it was refused, so nothing was sent.
Result<JsonDocument> Api::perform(const Call& call) {
    const Result<std::string> token = tokens_.token();
    if (!token) return token.error();
    Result<JsonDocument> answer = performWith(*token, call);
    if (answer || answer.error().problem != kTokenRefused) return answer;
    const Result<std::string> next = tokens_.insteadOf(*token);
    if (!next) return next.error();
    return performWith(*next, call);
}

Result<JsonDocument> Api::performWith(const std::string& token, const Call& call) {
    HttpRequest request{.method = "POST",
                        .url = call.url,
                        .headers = {{"access_token", token}, {"content-type", call.content_type}},
                        .body = call.body};
    if (rules_.prove) request.headers.emplace("appsecret_proof", appSecretProof(rules_.app_secret, token));
    Result<HttpResponse> answer = services_.http().perform(request, rules_.limits);
    if (answer) return judge(*answer, call);
    Error error = std::move(answer).error();
    if (call.repeatable && error.code == Errc::kUnknownOutcome) error.code = Errc::kUnavailable;
    return error;
}

Result<JsonDocument> Api::judge(const HttpResponse& answer, const Call& call) const {
    const Errc in_doubt = call.repeatable ? Errc::kUnavailable : Errc::kUnknownOutcome;
    const int status = answer.status;
    if (status == 401)
        return Error{
            .code = Errc::kUnauthenticated, .message = "Zalo answered HTTP 401", .problem = std::string{kTokenRefused}};
    if (status == 425 || status == 429 || status == 503) {
        Error later = httpError(Errc::kUnavailable, status);
        later.retry_after = retryAfter(answer);
        return later;
    }
    if (status == 408 || status >= 500) return httpError(in_doubt, status);
    if (status == 403) return httpError(Errc::kUnauthenticated, status, ": the app may not call it from here");
    if (status < 200 || status >= 300) return httpError(Errc::kRejected, status);
    Result<JsonDocument> json = parseJson(answer.body);
    if (!json || memberOf(*json, "error") == nullptr) return httpError(in_doubt, status, " with nothing to read");
    constexpr std::int64_t kNoNumber = -1;
    const std::int64_t code = integerOf(*json, "error", kNoNumber);
    if (code != 0) return errorOf(code, call.path, services_.now());
    return json;
}

}  // namespace pakn::in_zalo

#include "callback.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "driver.hpp"
#include "json.hpp"
#include "pakn/sdk/text.hpp"

namespace pakn::out_sms {
namespace {

using Fields = JsonScalars;

constexpr std::string_view kMount = "/esms/";
constexpr std::size_t kMostQuery = 8U << 10U;
constexpr std::size_t kMostBody = 16U << 10U;
constexpr std::size_t kMostFields = 50;
constexpr std::size_t kMostDelivery = 100;

bool isPlain(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_';
}
bool isDelivery(std::string_view id) {
    return !id.empty() && id.size() <= kMostDelivery && std::all_of(id.begin(), id.end(), &isPlain);
}

/// "%41+b" is "A b"; what is no hexadecimal stays as it is.
std::string decoded(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        if (text[i] == '%' && i + 3 <= text.size()) {
            const char* const end = text.data() + i + 3;
            const auto [rest, problem] = std::from_chars(text.data() + i + 1, end, byte, 16);
            if (problem == std::errc{} && rest == end) {
                plain += static_cast<char>(byte);
                i += 2;
                continue;
            }
        }
        plain += text[i] == '+' ? ' ' : text[i];
    }
    return plain;
}

Fields readForm(std::string_view form) {
    Fields fields;
    while (!form.empty() && fields.size() < kMostFields) {
        const std::string_view pair = form.substr(0, form.find('&'));
        form.remove_prefix(std::min(pair.size() + 1, form.size()));
        const std::size_t equals = pair.find('=');
        if (equals == std::string_view::npos) continue;
        fields.emplace(decoded(pair.substr(0, equals)), decoded(pair.substr(equals + 1)));
    }
    return fields;
}

Result<Fields> fieldsOf(const HttpRequest& request, std::string_view query) {
    if (query.size() > kMostQuery || request.body.size() > kMostBody)
        return Error{.code = Errc::kTooLarge, .message = "a callback of that size"};
    if (request.method == "GET" || request.body.empty()) return readForm(query);
    if (!request.body.starts_with('{')) return readForm(request.body);
    Result<JsonScalars> fields = readScalars(request.body);
    if (!fields) return Error{.code = Errc::kInvalid, .message = "a callback that is no JSON"};
    return fields;
}

/// One message goes to one number: what is said of "all" of its recipients is said of that one. "Sent" alone (5) means
/// that eSMS is done; whether it arrived is what the two counts say.
Report::State stateOf(const Fields& fields) {
    const std::string status = scalarAt(fields, "SendStatus");
    const auto any = [&](std::string_view name) {
        const std::string count = scalarAt(fields, name);
        return !count.empty() && count != "0";
    };
    constexpr std::string_view kRefused = "4";
    constexpr std::string_view kDone = "5";
    if (status == kRefused) return Report::State::kFailed;
    if (status != kDone) return Report::State::kNotFinal;
    if (any("SendSuccess")) return Report::State::kDelivered;
    return any("SendFailed") ? Report::State::kFailed : Report::State::kNotFinal;
}

}  // namespace

std::string callbackPath(std::string_view token, std::string_view delivery) {
    std::string path = std::string{kMount}.append(token);
    if (isDelivery(delivery)) path.append("/").append(delivery);
    return path;
}

Result<HttpResponse> Callbacks::handle(const HttpRequest& request, Inbox& inbox) {
    const std::string_view url = request.url;
    std::string_view path = url.substr(0, url.find('?'));
    const Error nothing{.code = Errc::kNotFound, .message = "no such address"};
    if (token_.empty() || !path.starts_with(kMount)) return nothing;
    path.remove_prefix(kMount.size());
    const std::string_view token = path.substr(0, path.find('/'));
    if (!sameSecret(token, token_)) {
        services_.count("strangers", 1);
        return nothing;
    }
    path.remove_prefix(std::min(token.size() + 1, path.size()));
    if (request.method != "GET" && request.method != "POST")
        return HttpResponse{.status = 405, .headers = {{"allow", "GET, POST"}}};

    const std::size_t question = url.find('?');
    const Result<Fields> fields =
        fieldsOf(request, question == std::string_view::npos ? std::string_view{} : url.substr(question + 1));
    if (!fields) return fields.error();
    const Report report{
        .delivery = isDelivery(path) ? std::string{path} : keyOfRequestId(scalarAt(*fields, "RequestId")),
        .message = scalarAt(*fields, "SMSID"),
        .state = stateOf(*fields)};
    if (!report.delivery.empty() && report.state != Report::State::kNotFinal) return tell(report, inbox);
    services_.count(report.delivery.empty() ? "callbacks_unknown" : "callbacks_not_final", 1);
    return HttpResponse{};
}

Result<HttpResponse> Callbacks::tell(const Report& report, Inbox& inbox) {
    const bool delivered = report.state == Report::State::kDelivered;
    // Each message tells once; one that is sent again is another message.
    const std::string once = shortHash(report.delivery + '\n' + report.message);
    const Result<Accepted> told = inbox.update({.kind = delivered ? Update::Kind::kArrived : Update::Kind::kFailed,
                                                .id = (delivered ? "esms-delivered:" : "esms-failed:") + once,
                                                .delivery = report.delivery});
    if (!told) return told.error();
    if (told->outcome == Accepted::Outcome::kRefused) {
        services_.count("callbacks_unknown", 1);
        return HttpResponse{};
    }
    if (told->outcome == Accepted::Outcome::kDuplicate) return HttpResponse{};
    services_.count(delivered ? "callbacks_delivered" : "callbacks_failed", 1);
    if (delivered) return HttpResponse{};
    const Result<std::optional<std::int64_t>> before = failures_.find(report.delivery);
    // Not worth telling eSMS: at worst somebody who sends it again within a day has to do it twice.
    if (!before || !failures_.put(report.delivery, before->value_or(0) + 1)) services_.count("failures_forgotten", 1);
    return HttpResponse{};
}

}  // namespace pakn::out_sms

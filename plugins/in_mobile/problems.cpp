#include "problems.hpp"

#include <algorithm>
#include <array>
#include <bounded_json.hpp>
#include <string>

namespace pakn::in_mobile {
namespace {

using bounded_json::JsonBuffer;
using bounded_json::JsonWriter;
using bounded_json::write;

constexpr std::chrono::seconds kDefaultRetry{5};

constexpr std::array kOwn{
    OwnProblem{"mobile.key_missing", 400, "Thiếu khóa yêu cầu (Idempotency-Key)", "Send an Idempotency-Key."},
    OwnProblem{"mobile.upload_unknown", 404, "Không tìm thấy tệp đang tải lên, hoặc đã quá hạn. Hãy tải lại tệp.",
               "There is no such upload, or not for this caller, or it is over: begin anew."},
    OwnProblem{"mobile.uploads_too_many", 409, "Có quá nhiều tệp đang tải lên. Hãy gửi hoặc bỏ bớt tệp.",
               "As many uploads are under way as may be: use or drop one."},
    OwnProblem{"mobile.part_unknown", 422, "Không có phần tệp này",
               "There is no such part: see `parts` of the upload."},
    OwnProblem{"mobile.part_length", 422, "Phần tệp không đủ dữ liệu. Hãy gửi lại phần này.",
               "The part has not the length that it must have."},
    OwnProblem{"mobile.part_differs", 409, "Phần tệp này đã được gửi với nội dung khác",
               "This part is there with another content."},
    OwnProblem{"mobile.upload_incomplete", 409, "Tệp chưa tải lên xong", "Parts of this upload are missing."},
    OwnProblem{"mobile.upload_used", 409, "Tệp này đã được gửi kèm một phản ánh khác",
               "This upload went with something else: begin anew."},
    OwnProblem{"mobile.upload_hash_differs", 422, "Tệp bị hỏng khi tải lên. Hãy tải lại tệp.",
               "What came is not what `sha256` says: all parts are wanted again."},
    OwnProblem{"mobile.files_too_large", 413, "Các tệp gửi kèm quá lớn. Hãy bớt tệp.",
               "The files are larger together than may be."},
    OwnProblem{"mobile.consent_version_missing", 422, "Thiếu phiên bản văn bản đồng ý",
               "Say which version of the texts was agreed to: `consent/version`."},
    OwnProblem{"mobile.anonymous_not_offered", 422, "Ứng dụng không nhận phản ánh ẩn danh",
               "This API takes no petition that is anonymous."},
};

// Where the remedy does not tell the status.
struct Exception {
    std::string_view problem;
    int status;
};
constexpr std::array kExceptions{
    Exception{"code.too_often", 429},          Exception{"sender.not_now", 409},
    Exception{"request.json_malformed", 400},  Exception{"request.parameter_invalid", 400},
    Exception{"idempotency.key_invalid", 400}, Exception{"request.method_not_allowed", 405},
    Exception{"request.media_type", 415},
};

template <class List>
const typename List::value_type* find(const List& list, std::string_view problem,
                                      std::string_view List::value_type::*name) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& one) { return one.*name == problem; });
    return found == list.end() ? nullptr : &*found;
}

/// What an error is called that names no problem, or one that is for operators.
std::string_view codeOf(int status) {
    switch (status) {
        case 401:
            return "session.required";
        case 403:
            return "generic.forbidden";
        case 404:
            return "generic.not_found";
        case 409:
        case 412:
            return "generic.conflict";
        case 413:
            return "generic.too_large";
        case 422:
            return "generic.invalid";
        case 503:
            return "store.unavailable";
        default:
            return "generic.internal";
    }
}

int statusOf(Errc code) {
    switch (code) {
        case Errc::kUnavailable:
        case Errc::kDeferred:
        case Errc::kMisconfigured:  // Somebody has to mend the hub; to the app it is away.
            return 503;
        case Errc::kUnauthenticated:
            return 401;
        case Errc::kInvalid:
            return 422;
        case Errc::kNotFound:
            return 404;
        case Errc::kForbidden:
            return 403;
        case Errc::kConflict:
            return 409;
        case Errc::kStale:
            return 412;
        case Errc::kTooLarge:
            return 413;
        default:
            return 500;
    }
}

}  // namespace

std::span<const OwnProblem> ownProblems() { return kOwn; }

int statusOf(const Error& error) {
    if (const OwnProblem* own = find(kOwn, error.problem, &OwnProblem::code)) return own->status;
    if (const Exception* other = find(kExceptions, error.problem, &Exception::problem)) return other->status;
    return statusOf(error.code);
}

HttpResponse problemResponse(const Error& error, PublicRecords& records) {
    const int status = statusOf(error);
    const std::string code = error.problem.empty() ? std::string{codeOf(status)} : error.problem;
    PublicLabel words{"Có lỗi xảy ra", "Something is wrong"};
    if (const OwnProblem* own = find(kOwn, code, &OwnProblem::code))
        words = {std::string{own->vi}, std::string{own->en}};
    else if (Result<PublicLabel> said = records.problem(code))
        words = *std::move(said);
    JsonBuffer buffer;
    JsonWriter json{buffer};
    json.StartObject();
    write(json, "type", "urn:pakn:problem:" + code);
    bounded_json::writeName(json, "status");
    json.Int(status);
    write(json, "code", code);
    write(json, "title", words.vi);
    write(json, "title_en", words.en);
    if (!error.field.empty()) write(json, "field", error.field);
    json.EndObject();
    HttpResponse response{.status = status,
                          .headers = {{"content-type", "application/problem+json"}},
                          .body = bounded_json::textIn(buffer)};
    if (status == 401) response.headers["www-authenticate"] = "Bearer realm=\"pakn\"";
    if (status == 429 || status == 503) {
        const auto wait = std::chrono::ceil<std::chrono::seconds>(error.retry_after.value_or(kDefaultRetry));
        response.headers["retry-after"] = std::to_string(std::max<std::int64_t>(1, wait.count()));
    }
    return response;
}

Error invalid(std::string_view problem, std::string_view field) {
    return {.code = Errc::kInvalid,
            .message = "the app sent what cannot be taken",
            .problem = std::string{problem},
            .field = std::string{field}};
}

}  // namespace pakn::in_mobile

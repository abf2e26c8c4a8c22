#include "fields.hpp"

#include <utility>

#include "problems.hpp"
#include "times.hpp"

namespace pakn::in_mobile {
namespace {

constexpr int kMostDepth = 8;
constexpr std::size_t kMostValues = 2000;

}  // namespace

Result<JsonDocument> readBody(const Visit& visit, std::size_t most) {
    const std::string& body = visit.request.body;
    const std::string type = visit.header("content-type");
    if (!body.empty() && !type.empty() && !type.starts_with("application/json")) return invalid("request.media_type");
    Result<JsonDocument> document = bounded_json::parseJson(
        body.empty() ? std::string_view{"{}"} : std::string_view{body},
        {.bytes = most, .depth = kMostDepth, .values = kMostValues}, bounded_json::JsonNumbers::kAsNumbers);
    if (document && document->IsObject()) return document;
    if (!document && document.error().code == Errc::kTooLarge)
        return Error{.code = Errc::kTooLarge, .message = document.error().message, .problem = "request.too_large"};
    return invalid("request.json_malformed");
}

Fields::Fields(const Json& object) : object_{&object}, error_{std::make_shared<std::optional<Error>>()} {}

const Json* Fields::member(std::string_view name) const {
    const Json* const value = object_ != nullptr && !*error_ ? bounded_json::memberOf(*object_, name) : nullptr;
    return value != nullptr && value->IsNull() ? nullptr : value;
}

void Fields::reject(std::string_view name, std::string_view problem) {
    if (!*error_) *error_ = invalid(problem, place_ + '/' + std::string{name});
}

std::string Fields::text(std::string_view name) {
    const Json* const value = member(name);
    if (value == nullptr) return {};
    if (!value->IsString()) reject(name);
    return std::string{bounded_json::textOf(*value)};
}

std::string Fields::neededText(std::string_view name) {
    std::string value = text(name);
    if (value.empty()) reject(name, "request.field_missing");
    return value;
}

bool Fields::flag(std::string_view name) {
    const Json* const value = member(name);
    if (value == nullptr) return false;
    if (!value->IsBool()) reject(name);
    return value->IsBool() && value->GetBool();
}

std::optional<double> Fields::number(std::string_view name) {
    const Json* const value = member(name);
    if (value == nullptr) return std::nullopt;
    if (value->IsNumber()) return value->GetDouble();
    reject(name);
    return std::nullopt;
}

std::optional<std::int64_t> Fields::integer(std::string_view name) {
    const Json* const value = member(name);
    if (value == nullptr) return std::nullopt;
    if (value->IsInt64()) return value->GetInt64();
    reject(name);
    return std::nullopt;
}

std::optional<Instant> Fields::instant(std::string_view name) {
    const std::string written = text(name);
    if (written.empty()) return std::nullopt;
    const std::optional<Instant> at = readInstant(written);
    if (!at) reject(name);
    return at;
}

std::vector<std::string> Fields::texts(std::string_view name, std::size_t most) {
    const Json* const value = member(name);
    if (value == nullptr) return {};
    std::vector<std::string> all;
    const bool list = value->IsArray() && value->Size() <= most;
    if (list)
        for (const Json& one : value->GetArray())
            if (one.IsString()) all.emplace_back(bounded_json::textOf(one));
    if (!list || all.size() < value->Size()) reject(name);
    return all;
}

Fields Fields::object(std::string_view name) {
    const Json* value = member(name);
    if (value != nullptr && !value->IsObject()) {
        reject(name);
        value = nullptr;
    }
    return {value, place_ + '/' + std::string{name}, error_};
}

std::vector<Fields> Fields::objects(std::string_view name, std::size_t most) {
    const Json* const value = member(name);
    if (value == nullptr) return {};
    if (!value->IsArray() || value->Size() > most) {
        reject(name);
        return {};
    }
    std::vector<Fields> all;
    for (rapidjson::SizeType i = 0; i < value->Size(); ++i) {
        if (!(*value)[i].IsObject()) reject(name);
        all.push_back(Fields{&(*value)[i], place_ + '/' + std::string{name} + '/' + std::to_string(i), error_});
    }
    return all;
}

}  // namespace pakn::in_mobile

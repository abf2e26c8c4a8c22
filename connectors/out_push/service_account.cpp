#include "service_account.hpp"

#include <algorithm>
#include <bounded_json.hpp>
#include <utility>

namespace pakn::out_push {
namespace {

using bounded_json::JsonDocument;

constexpr bounded_json::JsonBounds kBounds{.bytes = 64U << 10U, .depth = 4, .values = 200};

Error wrong(std::string why) { return {.code = Errc::kInvalid, .message = std::move(why)}; }

/// It becomes part of an address.
bool isProject(std::string_view id) {
    return !id.empty() && id.size() <= 63 && std::all_of(id.begin(), id.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == ':' || c == '.';
    });
}

}  // namespace

Result<ServiceAccount> readServiceAccount(std::string_view json) {
    const Result<JsonDocument> document = bounded_json::parseJson(json, kBounds, bounded_json::JsonNumbers::kAsNumbers);
    if (!document || !document->IsObject()) return wrong("is no JSON object");
    const auto member = [&](std::string_view name) { return std::string{bounded_json::textOf(*document, name)}; };
    if (member("type") != "service_account") return wrong("has no `type` service_account");
    std::string project = member("project_id");
    std::string email = member("client_email");
    std::string token_uri = member("token_uri");
    if (!isProject(project)) return wrong("has no usable `project_id`");
    if (email.empty()) return wrong("has no `client_email`");
    if (!token_uri.starts_with("https://")) return wrong("has no `token_uri` with https");
    Result<SigningKey> key = SigningKey::readRsa(member("private_key"));
    if (!key) return wrong("`private_key`: " + key.error().message);
    return ServiceAccount{.project = std::move(project),
                          .email = std::move(email),
                          .token_uri = std::move(token_uri),
                          .key = std::move(key).value()};
}

}  // namespace pakn::out_push

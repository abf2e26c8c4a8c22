#include "core/http/idempotency.hpp"

#include <algorithm>

#include "core/engine/intake.hpp"
#include "core/http/problems.hpp"
#include "core/security/crypto.hpp"

namespace pakn::http {

namespace {

/// A client that repeats a multipart request makes up another boundary for it.
std::string withoutBoundary(std::string_view body, std::string_view content_type) {
    constexpr std::string_view kParameter = "boundary=";
    const std::size_t at = content_type.find(kParameter);
    if (at == std::string_view::npos) return std::string{body};
    std::string_view boundary = content_type.substr(at + kParameter.size());
    boundary = boundary.substr(0, boundary.find(';'));
    if (boundary.size() > 2 && boundary.front() == '"') boundary = boundary.substr(1, boundary.size() - 2);
    std::string rest;
    for (std::size_t found; !boundary.empty() && (found = body.find(boundary)) != std::string_view::npos;) {
        rest.append(body.substr(0, found));
        body.remove_prefix(found + boundary.size());
    }
    return rest.append(body);
}

}  // namespace

bool isIdempotencyKey(std::string_view key) {
    return key.size() <= 200 && std::all_of(key.begin(), key.end(), [](char c) { return c > ' ' && c <= '~'; });
}

Result<engine::RequestKey> requestKey(const Call& call) { return requestKey(call, "account:" + call.account().id); }

Result<engine::RequestKey> requestKey(const Call& call, const std::string& caller) {
    const Request& request = call.request;
    if (!isIdempotencyKey(request.idempotency_key)) return problemError("idempotency.key_invalid");
    if (request.idempotency_key.empty()) return engine::RequestKey{};
    const std::string body = withoutBoundary(request.body, request.content_type);
    std::string asked;
    for (const std::string* part : {&request.method, &request.path, &request.if_match, &body})
        asked.append(std::to_string(part->size())).append(1, ':').append(*part);
    return engine::RequestKey{.inbox_key = engine::inboxKey("key", caller, request.idempotency_key),
                              .hash = security::toHex(security::sha256(asked))};
}

}  // namespace pakn::http

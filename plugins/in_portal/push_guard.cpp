/// @file
/// Signatures over the body as it came, before any of it is parsed. Standard Webhooks: docs/contracts/webhooks.md.

#include <pakn/sdk/text.hpp>
#include <stdexcept>

#include "push.hpp"

namespace pakn::in_portal {
namespace {

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

std::string headerOf(const HttpRequest& request, const std::string& name) {
    const auto found = request.headers.find(name);
    return found == request.headers.end() ? std::string{} : found->second;
}

Error refused(std::string problem, std::string why) {
    return {.code = Errc::kUnauthenticated, .message = std::move(why), .problem = std::move(problem)};
}

}  // namespace

PushShape readPushShape(const Node* node, Mistakes& mistakes) {
    PushShape shape;
    Section push{node, mistakes};
    if (node == nullptr) return shape;
    const std::string scheme = push.word("scheme", {"standard-webhooks", "hmac", "api-key"});
    const bool own_header = scheme != "standard-webhooks";
    shape.scheme = scheme == "hmac"      ? PushShape::Scheme::kHmac
                   : scheme == "api-key" ? PushShape::Scheme::kApiKey
                                         : PushShape::Scheme::kStandardWebhooks;
    shape.header = lowered(own_header ? push.needText("header") : push.text("header", "webhook-signature"));
    shape.timestamp_header = lowered(push.text("timestamp_header", own_header ? "" : "webhook-timestamp"));
    shape.id_header = lowered(push.text("id_header", own_header ? "" : "webhook-id"));
    shape.digest = push.word("algorithm", {"sha256", "sha512"}) == "sha512" ? webhooks::Digest::kSha512
                                                                            : webhooks::Digest::kSha256;
    shape.hex = push.word("encoding", {"hex", "base64"}) == "hex";
    shape.prefix = push.text("prefix");
    const std::string what = push.word("signed", {"body", "timestamp.body", "id.timestamp.body"});
    if (what == "timestamp.body") shape.what = PushShape::Signed::kTimestampBody;
    if (what == "id.timestamp.body") shape.what = PushShape::Signed::kIdTimestampBody;
    if (shape.what != PushShape::Signed::kBody && shape.timestamp_header.empty())
        mistakes.add(push.mark(), "the key \"timestamp_header\" is missing", "the header whose value is signed, too");
    if (shape.what == PushShape::Signed::kIdTimestampBody && shape.id_header.empty())
        mistakes.add(push.mark(), "the key \"id_header\" is missing", "the header whose value is signed, too");
    if (scheme == "hmac" && shape.what == PushShape::Signed::kBody && !shape.timestamp_header.empty())
        mistakes.add(push.mark(), "a timestamp that is not signed proves nothing", "signed: timestamp.body");
    return shape;
}

PushGuard::PushGuard(const PushShape& shape, const std::vector<std::string>& secrets)
    : shape_{shape}, secrets_{secrets} {
    if (secrets_.empty()) throw std::invalid_argument{"push_secret is needed: without it anybody could send"};
    for (const std::string& secret : secrets_) {
        if (secret.empty()) throw std::invalid_argument{"push_secret is empty"};
        if (shape_.scheme == PushShape::Scheme::kStandardWebhooks) keys_.emplace_back(secret);
    }
}

Status PushGuard::check(const HttpRequest& request, Instant now) const {
    const std::string given = headerOf(request, shape_.header);
    if (given.empty()) return refused("portal.signature", "the header " + shape_.header + " is missing");
    if (!signedByAny(request, given)) return refused("portal.signature", "the signature is not that of the body");
    if (shape_.timestamp_header.empty()) return Done{};
    if (webhooks::isTimely(headerOf(request, shape_.timestamp_header), now)) return Done{};
    return refused("portal.timestamp", "the timestamp is none, or more than 300 s off");
}

/// By the present secret or the one before, whichever fits; each is tried.
bool PushGuard::signedByAny(const HttpRequest& request, const std::string& given) const {
    bool found = false;
    for (const webhooks::SigningKey& key : keys_)
        if (key.signedBy(given, headerOf(request, shape_.id_header), headerOf(request, shape_.timestamp_header),
                         request.body))
            found = true;
    if (!keys_.empty()) return found;
    const bool hex = shape_.scheme == PushShape::Scheme::kHmac && shape_.hex;
    for (const std::string& secret : secrets_)
        if (sameSecret(hex ? lowered(given) : given, expected(secret, request))) found = true;
    return found;
}

/// What the header must say.
std::string PushGuard::expected(const std::string& key, const HttpRequest& request) const {
    if (shape_.scheme == PushShape::Scheme::kApiKey) return shape_.prefix + key;
    const std::string code = webhooks::hmac(shape_.digest, key, signedText(request));
    return shape_.hex ? lowered(shape_.prefix) + webhooks::toHex(code) : shape_.prefix + webhooks::toBase64(code);
}

std::string PushGuard::signedText(const HttpRequest& request) const {
    if (shape_.what == PushShape::Signed::kBody) return request.body;
    std::string stamped = headerOf(request, shape_.timestamp_header) + '.' + request.body;
    if (shape_.what == PushShape::Signed::kTimestampBody) return stamped;
    return headerOf(request, shape_.id_header) + '.' + stamped;
}

}  // namespace pakn::in_portal

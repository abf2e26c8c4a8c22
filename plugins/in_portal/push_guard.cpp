/// @file
/// Signatures over the body as it came, before any of it is parsed. Standard Webhooks: docs/contracts/webhooks.md.

#include <charconv>
#include <stdexcept>

#include "push.hpp"
#include "text.hpp"

namespace pakn::in_portal {
namespace {

constexpr std::chrono::seconds kMostOff{300};

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

/// Some signature of "v1,<base64> v1a,… v1,…" is the expected one. Unknown versions are skipped.
bool anyIs(std::string_view given, const std::string& expected) {
    bool found = false;
    while (!given.empty()) {
        const std::string_view one = given.substr(0, given.find(' '));
        given.remove_prefix(std::min(one.size() + 1, given.size()));
        if (equalInConstantTime(one, expected)) found = true;
    }
    return found;
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
    shape.digest = push.word("algorithm", {"sha256", "sha512"}) == "sha512" ? Digest::kSha512 : Digest::kSha256;
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

PushGuard::PushGuard(const PushShape& shape, const std::vector<std::string>& secrets) : shape_{shape} {
    for (const std::string& secret : secrets) {
        const bool standard = shape_.scheme == PushShape::Scheme::kStandardWebhooks;
        keys_.push_back(standard ? standardWebhooksKey(secret) : secret);
        if (keys_.back().empty()) throw std::invalid_argument{"push_secret is empty"};
    }
    if (keys_.empty()) throw std::invalid_argument{"push_secret is needed: without it anybody could send"};
}

Status PushGuard::check(const HttpRequest& request, Instant now) const {
    const std::string given = headerOf(request, shape_.header);
    if (given.empty()) return refused("portal.signature", "the header " + shape_.header + " is missing");
    bool sound = false;
    for (const std::string& key : keys_)
        if (signedBy(key, request, given)) sound = true;  // Each key, whichever fits.
    if (!sound) return refused("portal.signature", "the signature is not that of the body");
    if (shape_.timestamp_header.empty()) return Done{};
    const std::string stamp = headerOf(request, shape_.timestamp_header);
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(stamp.data(), stamp.data() + stamp.size(), seconds);
    const bool number =
        problem == std::errc{} && end == stamp.data() + stamp.size() && seconds > 0 && seconds < 100000000000;
    const auto off = number ? now - Instant{std::chrono::seconds{seconds}} : std::chrono::milliseconds::max();
    if (off > kMostOff || off < -kMostOff)
        return refused("portal.timestamp", "the timestamp is none, or more than 300 s off");
    return Done{};
}

bool PushGuard::signedBy(const std::string& key, const HttpRequest& request, const std::string& given) const {
    if (shape_.scheme == PushShape::Scheme::kApiKey) return equalInConstantTime(given, shape_.prefix + key);
    if (shape_.scheme == PushShape::Scheme::kStandardWebhooks) {
        const std::string text =
            headerOf(request, shape_.id_header) + '.' + headerOf(request, shape_.timestamp_header) + '.' + request.body;
        return anyIs(given, "v1," + toBase64(hmac(Digest::kSha256, key, text)));
    }
    const std::string code = hmac(shape_.digest, key, signedText(request));
    if (!shape_.hex) return equalInConstantTime(given, shape_.prefix + toBase64(code));
    return equalInConstantTime(lowered(given), lowered(shape_.prefix) + toHex(code));
}

std::string PushGuard::signedText(const HttpRequest& request) const {
    if (shape_.what == PushShape::Signed::kBody) return request.body;
    const std::string stamped = headerOf(request, shape_.timestamp_header) + '.' + request.body;
    if (shape_.what == PushShape::Signed::kTimestampBody) return stamped;
    return headerOf(request, shape_.id_header) + '.' + stamped;
}

}  // namespace pakn::in_portal

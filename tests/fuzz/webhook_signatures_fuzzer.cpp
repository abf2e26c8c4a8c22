/// @file
/// Whoever sends us something has to have signed it: Standard Webhooks, the schemes of portals, Zalo's, the call
/// centre's. What we sign is accepted; with one bit changed it is not; and nothing that a stranger sends ever is.

#include <array>

#include "digest.hpp"
#include "harness.hpp"
#include "plugins/in_portal/push.hpp"
#include "plugins/in_zalo/signature.hpp"
#include "standard_webhooks.hpp"

namespace pakn::fuzz {
namespace {

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};
constexpr std::string_view kSecret = "whsec_ZnV6ei1rZXktb2YtMjQtYnl0ZXMtYW5kLW1vcmU=";

std::string changed(std::string text, Cuts& cuts) {
    char& byte = text[cuts.next(text.size() - 1)];
    byte = static_cast<char>(static_cast<unsigned char>(byte) ^ (1U << cuts.next(6)));
    return text;
}

void checkStandard(const std::string& given, std::string_view id, std::string_view stamp, std::string_view body) {
    static const webhooks::SigningKey key{kSecret};
    const std::string signature = key.sign(id, stamp, body);
    FUZZ_CHECK(key.signedBy(signature, id, stamp, body));
    FUZZ_CHECK(key.signedBy("v1a,x  " + signature + " v1,y", id, stamp, body));
    Cuts cuts{body};
    FUZZ_CHECK(!key.signedBy(changed(signature, cuts), id, stamp, body));
    FUZZ_CHECK(!key.signedBy(signature, id, stamp, std::string{body} + '.'));
    // A stranger would have to have guessed it.
    if (given.find(signature) == std::string::npos) FUZZ_CHECK(!key.signedBy(given, id, stamp, body));
    if (webhooks::isTimely(stamp, kNow)) {
        const std::int64_t seconds = std::stoll(std::string{stamp});
        FUZZ_CHECK(std::abs(seconds - 1772755200) <= 300);
    }
}

void checkSecret(std::string_view secret) {
    try {
        const webhooks::SigningKey key{secret};
        FUZZ_CHECK(key.signedBy(key.sign("a", "1", "b"), "a", "1", "b"));
    } catch (const std::invalid_argument& refused) {
        // The same words for every secret.
        const std::string_view why = refused.what();
        FUZZ_CHECK(why == "the secret is empty" ||
                   why == "the secret begins with whsec_, but what follows is no base64");
    }
}

void checkPortals(const std::string& given, const std::string& stamp, const std::string& body) {
    using in_portal::PushShape;
    for (int number = 0; number < 12; ++number) {
        const PushShape shape{.scheme = number % 4 == 3 ? PushShape::Scheme::kApiKey : PushShape::Scheme::kHmac,
                              .header = "x-signature",
                              .digest = number % 2 == 0 ? webhooks::Digest::kSha256 : webhooks::Digest::kSha512,
                              .hex = number % 3 != 0,
                              .prefix = number % 5 == 0 ? "sha256=" : "",
                              .what = number < 6 ? PushShape::Signed::kBody : PushShape::Signed::kTimestampBody,
                              .timestamp_header = number < 6 ? "" : "x-time"};
        const in_portal::PushGuard guard{shape, {"secret-one-of-the-portal", "secret-two-of-the-portal"}};
        HttpRequest request{.method = "POST", .body = body};
        request.headers["x-signature"] = given;
        request.headers["x-time"] = stamp;
        const Status checked = guard.check(request, kNow);
        if (checked) {
            const std::string text = shape.what == PushShape::Signed::kBody ? body : stamp + '.' + body;
            FUZZ_CHECK(given.size() >= 24 && !text.empty());
        } else {
            FUZZ_CHECK(checked.error().code == Errc::kUnauthenticated);
        }
    }
}

void checkZalo(const std::string& given, const std::string& stamp, std::string_view body) {
    const in_zalo::SignatureRules rules{.first_term = "app", .keys = {"key-one", "key-two"}};
    const std::string mac = in_zalo::macOf("app", body, stamp, "key-two");
    const std::array<std::string, 2> stamps{"1", stamp};
    FUZZ_CHECK(mac.size() == 64);
    FUZZ_CHECK(in_zalo::isSigned(rules, "mac=" + mac, body, stamps) && in_zalo::isSigned(rules, mac, body, stamps));
    Cuts cuts{body};
    FUZZ_CHECK(!in_zalo::isSigned(rules, changed(mac, cuts), body, stamps));
    if (given.size() != 64 && given.size() != 68) FUZZ_CHECK(!in_zalo::isSigned(rules, given, body, stamps));
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const std::string given{input.line()};
    const std::string id{input.line()};
    const std::string stamp{input.line()};
    const std::string body{input.rest()};
    checkStandard(given, id, stamp, body);
    checkSecret(given);
    checkPortals(given, stamp, body);
    checkZalo(given, stamp, body);
}

}  // namespace pakn::fuzz

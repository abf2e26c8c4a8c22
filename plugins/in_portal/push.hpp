#pragma once
/// @file
/// The portal calls us: who it is must be certain before its words are read, and it is told "stored" only when it is.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "digest.hpp"
#include "intake.hpp"
#include "standard_webhooks.hpp"

namespace pakn::in_portal {

/// The section `push` of a mapping: how the portal signs what it sends.
struct PushShape {
    enum class Scheme : unsigned char { kNone, kStandardWebhooks, kHmac, kApiKey };
    /// What is signed, joined by dots.
    enum class Signed : unsigned char { kBody, kTimestampBody, kIdTimestampBody };
    Scheme scheme = Scheme::kNone;
    std::string header = {};  ///< Lower case, as all headers here.
    webhooks::Digest digest = webhooks::Digest::kSha256;
    bool hex = true;  ///< Else base64.
    std::string prefix = {};
    Signed what = Signed::kBody;
    std::string timestamp_header = {};
    std::string id_header = {};
};
PushShape readPushShape(const Node* node, Mistakes& mistakes);

/// Checks who sent a request. Constant data; safe from any thread.
class PushGuard {
public:
    /// `secrets`: the present one, and the one before while the portal changes over. Throws std::invalid_argument when
    /// none is given, or one is none.
    PushGuard(const PushShape& shape, const std::vector<std::string>& secrets);

    /// kUnauthenticated with problem "portal.signature" or "portal.timestamp" (more than 300 s off).
    [[nodiscard]] Status check(const HttpRequest& request, Instant now) const;

private:
    [[nodiscard]] bool signedByAny(const HttpRequest& request, const std::string& given) const;
    [[nodiscard]] std::string expected(const std::string& key, const HttpRequest& request) const;
    [[nodiscard]] std::string signedText(const HttpRequest& request) const;

    PushShape shape_;
    std::vector<std::string> secrets_;
    std::vector<webhooks::SigningKey> keys_;  ///< The same, when the scheme is that of Standard Webhooks.
};

/// Takes a request's items in. Safe from any thread.
class PushTaker {
public:
    PushTaker(PushGuard guard, const Mapping& mapping, Intake& intake, HostServices& services)
        : guard_{std::move(guard)}, mapping_{mapping}, intake_{intake}, services_{services} {}

    /// 200 with what became of each item, once all are durable; 400, 401, 405, 413, 415, 422, 503 as problem+json.
    /// Files are waited for a moment only, whatever their number: the others come later.
    HttpResponse handle(const HttpRequest& request, Inbox& inbox, const std::stop_token& stop = {});

private:
    HttpResponse takeAll(const JsonDocument& document, Inbox& inbox, const std::stop_token& stop);

    const PushGuard guard_;
    const Mapping& mapping_;
    Intake& intake_;
    HostServices& services_;
};

}  // namespace pakn::in_portal

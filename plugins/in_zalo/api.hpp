#pragma once
/// @file
/// Calls of the OA API: docs/contracts/zalo-oa.md, section 5. Errors come with HTTP 200; every error here has a class
/// that says what to do.

#include <string>
#include <string_view>

#include "errors.hpp"
#include "json.hpp"
#include "pakn/sdk/host.hpp"
#include "settings.hpp"
#include "token_keeper.hpp"

namespace pakn::in_zalo {

/// A template, filled in.
struct TemplateMessage {
    std::string id = {};
    Values data = {};
    std::string tracking_id = {};
};

/// Safe from any thread. Sends answer the id of the message. Errors: those of errors.hpp; kUnknownOutcome when a
/// message may have been sent; kUnavailable, kRejected "zalo.http".
class Api {
public:
    Api(HostServices& services, CallRules rules, TokenKeeper& tokens)
        : services_{services}, rules_{std::move(rules)}, tokens_{tokens} {}

    Result<std::string> sendText(const std::string& user, const std::string& text);
    Result<std::string> sendImage(const std::string& user, const std::string& attachment_id);
    Result<std::string> sendFile(const std::string& user, const std::string& token);
    /// A card that asks for name, phone and address.
    Result<std::string> askIdentity(const std::string& user);
    Result<std::string> sendTemplate(const std::string& user, const TemplateMessage& message);
    /// `phone`: "84912345678".
    Result<std::string> sendTemplateByPhone(const std::string& phone, const TemplateMessage& message);

    /// What sendImage and sendFile take. Repeating an upload does no harm, so nothing here is of unknown outcome.
    Result<std::string> uploadImage(const std::string& name, std::string_view bytes);
    Result<std::string> uploadFile(const std::string& name, std::string_view bytes);

private:
    struct Call {
        std::string url = {};
        std::string content_type = "application/json";
        std::string body = {};
        Path path = Path::kOa;
        bool repeatable = false;
    };

    Result<JsonDocument> perform(const Call& call);
    Result<JsonDocument> performWith(const std::string& token, const Call& call);
    Result<JsonDocument> judge(const HttpResponse& answer, const Call& call) const;
    Result<std::string> idOf(const Call& call, std::string_view member);
    Result<std::string> upload(std::string_view path, const std::string& name, std::string_view bytes,
                               std::string_view member);

    HostServices& services_;
    const CallRules rules_;
    TokenKeeper& tokens_;
};

}  // namespace pakn::in_zalo

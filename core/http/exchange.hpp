#pragma once
/// @file
/// A request and its answer as the handlers see them: plain values, no server library. front.cpp makes the one and
/// sends the other.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/engine/connector_test.hpp"
#include "core/engine/hub.hpp"
#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"

namespace pakn::http {

struct Request {
    std::string method = {};
    std::string path = {};   ///< Of the target, still percent-encoded.
    std::string query = {};  ///< After the '?', still percent-encoded; may hold a tracking token, so never logged.
    std::string body = {};   ///< Complete. Its capacity exceeds its size by what the JSON parser reads beyond the end.
    std::string content_type = {};
    std::string authorization = {};
    std::string session_cookie = {};
    std::string citizen_cookie = {};
    std::string csrf_token = {};
    std::string idempotency_key = {};
    std::string if_match = {};
    std::string accept = {};
    std::string trace = {};           ///< By which the log lines about it are found together.
    bool https = false;               ///< The citizen's side of the connection, as far as known.
    std::string client = {};          ///< Address of the citizen's side of the connection, as far as known.
    std::string client_network = {};  ///< As limits count it.
    HttpHeaders headers = {};         ///< All, names in lower case; only when a connector's plugin is to see it.
};

/// True when the request says who sends it; whether that is true is found out by identify().
bool showsCredentials(const Request& request);

struct Response {
    int status = 200;
    std::string body = {};
    std::string content_type = "application/json";
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::optional<Content> file = {};  ///< When set, this is the body, sent piece by piece.
};

struct Traffic;

/// Takes the answer to one request, from any thread; the first one counts.
using Respond = std::function<void(Response)>;

/// What handlers work with. Outlives every request.
struct Services {
    engine::Hub& hub;
    security::Access& access;
    std::string version;
    std::function<void(LogLevel, std::string_view id, std::string_view text)> log;
    /// Tries a connector of the configuration by its id; nothing when there is none.
    std::function<std::optional<std::vector<engine::TestStep>>(const std::string& id)> test_connector = {};
    const Traffic* traffic = nullptr;       ///< For metrics.
    const security::HubKey* key = nullptr;  ///< Seals what browsers carry.
    /// Runs a job that waits for this connector's plugin on a thread of the connector's share; false when it is full.
    std::function<bool(const std::string& connector, std::function<void()> job)> on_connector = {};
    std::string instance = {};  ///< Of this process: another hub on the same address says another.
};

/// One request on its way through a handler.
struct Call {
    const Services& services;
    const Request& request;
    const Result<security::Caller>& who;       ///< Nobody, or an error when the credentials shown open nothing.
    std::vector<std::string> parameters = {};  ///< Of the path, decoded, in order.
    Instant now = {};

    /// Who calls; only on routes that ask for somebody signed in.
    [[nodiscard]] const security::Caller& caller() const { return *who; }
    [[nodiscard]] const security::Account& account() const { return *who->account; }
    [[nodiscard]] engine::Hub& hub() const { return services.hub; }
};

}  // namespace pakn::http

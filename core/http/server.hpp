#pragma once
/// @file
/// The hub's HTTP server: API v1 (docs/api/openapi.yaml), health, metrics, sign-in page.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/engine/connector_test.hpp"
#include "core/engine/hub.hpp"
#include "core/security/accounts.hpp"
#include "core/security/crypto.hpp"

namespace pakn::http {

/// What the server works with; kept alive by it.
struct ServerParts {
    std::shared_ptr<engine::Hub> hub;
    std::shared_ptr<security::Access> access;
    std::shared_ptr<const security::HubKey> key;  ///< Seals what browsers carry.
    std::string version;
    std::string instance = {};  ///< What /readyz calls this process.
    /// "HTTP_REQUEST" (method, path without query, status, milliseconds) and what goes wrong.
    std::function<void(LogLevel, std::string_view id, std::string_view text)> log;
    bool access_log = true;  ///< A line for every request; false: only for those that the hub failed (5xx).
    /// Tries a connector of the configuration by its id; nothing when there is none. May block for seconds.
    std::function<std::optional<std::vector<engine::TestStep>>(const std::string& id)> test_connector = {};
};

/// Runs from start() to stop() or destruction.
class Server {
public:
    virtual ~Server() = default;

    /// Listens on `host` (an address) and `port` (0: any free one), within the limits of the hub's configuration as it
    /// is now. kMisconfigured when the address cannot be listened on.
    static Result<std::unique_ptr<Server>> start(ServerParts parts, const std::string& host, std::uint16_t port);

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// Takes no new connections, lets running requests finish for at most `grace`, then cuts them. Idempotent.
    virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace pakn::http

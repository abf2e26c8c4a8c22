#pragma once
/// @file
/// The hub's HTTP server: API v1 (docs/api/openapi.yaml), health, metrics, sign-in page.

#include <chrono>
#include <cstddef>
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

namespace pakn::http {

/// What the server works with; kept alive by it.
struct ServerParts {
    std::shared_ptr<engine::Hub> hub;
    std::shared_ptr<security::Access> access;
    std::string version;
    /// "HTTP_REQUEST" (method, path without query, status, milliseconds) and what goes wrong.
    std::function<void(LogLevel, std::string_view id, std::string_view text)> log;
    bool access_log = true;  ///< A line for every request; false: only for those that the hub failed (5xx).
    /// Tries a connector of the configuration by its id; nothing when there is none. May block for seconds.
    std::function<std::optional<std::vector<engine::TestStep>>(const std::string& id)> test_connector = {};
};

/// The most that one client, or all together, can ask for. The size of bodies is configuration (`http.max_body`).
struct ServerLimits {
    int threads = 256;  ///< A connection holds one; more connections than threads + queued get 503.
    int queued = 64;
    std::chrono::milliseconds receive{12000};  ///< Silence of a client in the middle of a request.
    std::chrono::milliseconds body{60000};     ///< For a whole body, however it drips.
    std::chrono::milliseconds keep_alive{15000};
    int keep_alive_requests = 1000;
    std::size_t target_length = 4096;
    /// Bytes of bodies in memory at once, over all connections; a request beyond gets 503. At least one body of the
    /// largest size fits, whatever this says.
    std::size_t bodies = 256U << 20U;
};

/// Runs from start() to stop() or destruction.
class Server {
public:
    virtual ~Server() = default;

    /// Listens on `host` (an address) and `port` (0: any free one). kMisconfigured when the address cannot be listened
    /// on.
    static Result<std::unique_ptr<Server>> start(ServerParts parts, const std::string& host, std::uint16_t port,
                                                 const ServerLimits& limits = {});

    [[nodiscard]] virtual std::uint16_t port() const = 0;
    /// Takes no new connections, lets running requests finish for at most `grace`, then cuts them. Idempotent.
    virtual void stop(std::chrono::milliseconds grace) = 0;
};

}  // namespace pakn::http

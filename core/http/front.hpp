#pragma once
/// @file
/// The front of the server: one thread that owns all connections. It waits for many at once (epoll), so that thousands
/// that idle or drip cost no thread; it puts requests together, holds clients to deadlines and limits, and hands on
/// only what is whole. Answers come back through a mailbox.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "core/http/mailbox.hpp"
#include "core/http/traffic.hpp"

namespace pakn::http {

struct FrontLimits {
    std::size_t connections = 4096;
    std::chrono::milliseconds head{10000};     ///< For a whole head, from its first byte or the connection's begin.
    std::chrono::milliseconds body{120000};    ///< For a whole body.
    std::chrono::milliseconds silence{12000};  ///< A body without a byte for so long is given up.
    std::size_t slowest = 512;                 ///< Bytes a second on average, after that: of a body that comes, of an
                                               ///< answer that is taken.
    std::chrono::milliseconds keep_alive{60000};  ///< Between two requests.
    std::chrono::milliseconds unread{30000};      ///< An answer of which the client takes nothing for so long.
    std::chrono::milliseconds lingering{5000};    ///< To read a refusal, while what still comes is thrown away.
};

class Front {
public:
    struct Parts {
        Gate& gate;
        Traffic& traffic;
        std::shared_ptr<Mailbox> mailbox;
        /// Gets each whole request on the front's thread; must not wait. The answer goes into the mailbox, once.
        std::function<void(std::shared_ptr<Exchange>)> handle;
        /// Every answer that has been made, and the time since the request's first byte; status 0: the client went
        /// away before.
        std::function<void(const Request&, int status, std::chrono::milliseconds took)> answered;
        FrontLimits limits;
    };

    /// Takes the listening socket; `connections` may be lowered to what the system's limit on open files allows.
    /// Throws std::system_error.
    Front(Parts parts, int listener);
    ~Front();
    Front(const Front&) = delete;
    Front& operator=(const Front&) = delete;

    /// Takes no new connections, ends idle ones, lets begun requests finish for at most `grace`, then cuts the rest.
    /// Idempotent.
    void stop(std::chrono::milliseconds grace);

private:
    class Loop;
    std::unique_ptr<Loop> loop_;
    std::thread thread_;
};

}  // namespace pakn::http

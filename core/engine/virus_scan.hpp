#pragma once
/// @file
/// A clamd that looks at files. Each goes over a connection of its own (INSTREAM: pieces with their length before
/// them), so nothing of the hub has to be readable for clamd's user.

#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

#include "pakn/sdk/content.hpp"
#include "pakn/sdk/host.hpp"

namespace pakn::engine {

/// Safe from any thread.
class VirusScanner {
public:
    using Log = std::function<void(LogLevel, std::string_view id, std::string_view text)>;

    struct Limits {
        std::chrono::milliseconds connect{2000};
        std::chrono::milliseconds whole{30000};  ///< Of one file.
        /// After a failure nobody is kept waiting for so long.
        std::chrono::milliseconds pause{5000};
    };
    struct Finding {
        bool infected = false;
        std::string signature = {};  ///< As clamd calls what it found.
    };

    explicit VirusScanner(Log log) : VirusScanner{std::move(log), Limits{}} {}
    VirusScanner(Log log, Limits limits);

    /// `socket`: a path, or "host:port". kUnavailable: nobody has looked ("scan.unavailable"), or will with clamd's
    /// settings as they are ("scan.too_large"); the errors of reading the content.
    Result<Finding> scan(const Content& content, const std::string& socket);

private:
    Result<Finding> ask(const Content& content, const std::string& socket) const;
    /// Tells the log when the scanner goes away and comes back.
    void remember(const Status& asked, const std::string& socket);

    const Log log_;
    const Limits limits_;
    std::mutex mutex_;
    bool failing_ = false;
    std::string socket_ = {};  ///< That failed.
    std::chrono::steady_clock::time_point not_before_ = {};
};

}  // namespace pakn::engine

#pragma once
/// @file
/// The verbs of a connector (Receiver, Sender) and what the host lends it (Inbox, HostServices).
/// Interfaces that plugins implement never change: a new ability is a new interface. Interfaces that the host
/// implements grow at their end only, with a new SDK minor.

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "pakn/sdk/delivery.hpp"
#include "pakn/sdk/http.hpp"
#include "pakn/sdk/options.hpp"
#include "pakn/sdk/petition.hpp"
#include "pakn/sdk/result.hpp"

namespace pakn {
inline namespace sdk1 {

/// Where a channel puts what it received. Safe from any thread; every call blocks until the outcome is durable.
class Inbox {
public:
    virtual ~Inbox() = default;

    /// Takes a petition in. Returns after the transaction is on disk, so the channel may forget its copy.
    /// Errors: kUnavailable (try the same again later; nothing was stored, or the same external_id finds it),
    /// kInternal. An unacceptable petition is no error but the outcome `refused`: go on with the next one.
    virtual Result<Accepted> accept(IncomingPetition petition) = 0;
};

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// Small durable values of one connector instance: cursors, rotating tokens. Durable when `put` returns.
class State {
public:
    virtual ~State() = default;
    virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
    virtual Status put(std::string_view key, std::string_view value) = 0;
};

/// What the host lends to a connector instance; lives longer than the connector. Safe from any thread.
class HostServices {
public:
    virtual ~HostServices() = default;

    /// One log line. `text` holds no personal data and no secrets.
    virtual void log(LogLevel level, std::string_view text) = 0;
    /// The hub's clock; a connector reads no other.
    [[nodiscard]] virtual Instant now() const = 0;
    virtual HttpClient& http() = 0;
    virtual State& state() = 0;
    /// Adds to a counter that appears in the hub's metrics under the connector's name.
    virtual void count(std::string_view counter, std::int64_t increment) = 0;
};

/// Brings petitions in.
class Receiver {
public:
    virtual ~Receiver() = default;

    /// Called on a thread of its own at the instance's interval; takes in what is there and returns. Errors are logged
    /// and counted, and the next call comes after a back-off. Returns early when stop is requested.
    virtual Status poll(Inbox& inbox, std::stop_token stop) = 0;
};

/// Takes deliveries out.
class Sender {
public:
    virtual ~Sender() = default;

    /// Sends one delivery; may block up to the instance's call limit. Called from the instance's workers, so several
    /// threads when `workers` is more than one. See Errc for what each error makes the host do.
    virtual Result<Receipt> send(const Delivery& delivery, std::stop_token stop) = 0;

    /// Asks the peer whether a delivery of unknown outcome arrived. kUnknownOutcome (the default): a person must look.
    // NOLINTNEXTLINE(performance-unnecessary-value-param): an override may keep the token
    virtual Result<Receipt> reconcile(const Delivery& delivery, std::stop_token stop) {
        static_cast<void>(delivery);
        static_cast<void>(stop);
        return Error{.code = Errc::kUnknownOutcome, .message = "this connector cannot ask its peer"};
    }
};

}  // namespace sdk1
}  // namespace pakn

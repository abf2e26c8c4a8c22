#pragma once
/// @file
/// What the host lends to a connector instance.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/citizens.hpp"
#include "pakn/sdk/content.hpp"
#include "pakn/sdk/http.hpp"
#include "pakn/sdk/petition.hpp"
#include "pakn/sdk/records.hpp"
#include "pakn/sdk/result.hpp"
#include "pakn/sdk/sign_in.hpp"

namespace pakn {
inline namespace sdk1 {

enum class LogLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

/// Small durable values of one connector instance: cursors, rotating tokens. Durable when `put` returns. At most 10,000
/// values and 16 MB: put() answers kTooLarge beyond; kUnavailable with `retry_after` to whoever writes without end.
class State {
public:
    virtual ~State() = default;
    virtual Result<std::optional<std::string>> get(std::string_view key) = 0;
    virtual Status put(std::string_view key, std::string_view value) = 0;
};

/// What a decoder made of foreign bytes.
struct Decoded {
    std::string content_type = {};       ///< What the bytes are.
    std::string text = {};               ///< Readable text, UTF-8: a mail's body, a document's words.
    Attributes attributes = {};          ///< By kind: a mail's "from", "subject", "message_id", …
    std::vector<Attachment> parts = {};  ///< A mail's attachments; the cleaned photo.
};

/// What the host lends to a connector instance; lives longer than the connector. Safe from any thread.
/// Grows at its end only, with a new SDK minor.
class HostServices {
public:
    virtual ~HostServices() = default;

    /// One log line. `text` holds no personal data and no secrets.
    virtual void log(LogLevel level, std::string_view text) = 0;
    /// The hub's clock; a connector reads no other.
    [[nodiscard]] virtual Instant now() const = 0;
    virtual HttpClient& http() = 0;
    virtual State& state() = 0;
    /// Adds to a counter that appears in the hub's metrics under the connector's name. Names: a-z, 0-9, _.
    virtual void count(std::string_view counter, std::int64_t increment) = 0;

    /// The public address of the instance's mount, without a slash at its end: "https://paht.mau.example/hooks/zalo".
    /// Empty when the hub has no public address.
    [[nodiscard]] virtual std::string address() const = 0;

    /// Takes or renews the right of that name for this instance, on all nodes of the hub: true until now() + `hold`,
    /// false while another node has it. For work that must not be done twice at a time: polling a mailbox, rotating a
    /// token. A node that dies loses it when the time is over. At most 10 minutes. kTooLarge (a
    /// hundred are held, or the name is over 200 bytes), kUnavailable.
    virtual Result<bool> lease(std::string_view name, std::chrono::milliseconds hold) = 0;
    /// Gives it back before its time. Not having it is no error.
    virtual Status release(std::string_view name) = 0;

    /// What citizens may see.
    virtual PublicRecords& records() = 0;

    /// Lets a child process without sockets read foreign bytes. `kind`: "mail", "photo", "pdf", "xml", "sheet".
    /// kRejected (not such a thing, or damaged), kTooLarge, kMisconfigured (no such kind), kUnavailable.
    virtual Result<Decoded> decode(std::string_view kind, const Content& content) = 0;

    /// Ends sessions that this instance opened, officers' and citizens': the provider's single logout, which comes to
    /// Receiver::handle. Whoever calls has verified that the provider says so. How many there were; none is no error.
    /// kInvalid when neither a subject nor a session is named, kUnavailable. Since SDK 1.3.
    virtual Result<std::int64_t> endSessions(const ProviderLogout& over) = 0;

    /// Citizens with an account of their own: signing in by one-time code, their petitions, their devices. Since
    /// SDK 1.5.
    virtual Citizens& citizens() = 0;
};

}  // namespace sdk1
}  // namespace pakn

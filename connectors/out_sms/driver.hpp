#pragma once
/// @file
/// What the three gateways have in common: a request is made of a message, an answer says what to do next. A driver
/// knows one gateway's protocol and nothing of the hub.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"
#include "pakn/sdk/http.hpp"
#include "pakn/sdk/result.hpp"
#include "phone.hpp"
#include "text.hpp"

namespace pakn::out_sms {

/// One short message to one number. Personal data.
struct Message {
    std::string delivery = {};    ///< Delivery::id.
    std::string key = {};         ///< What the request id is made of.
    std::string request_id = {};  ///< Driver::requestId(): the same over every retry.
    Number number = {};
    std::string text = {};
    Alphabet alphabet = Alphabet::kGsm;
    std::vector<std::string> parameters = {};  ///< Of the gateway's template, where it has one.
    const Kind* kind = nullptr;                ///< Never null.
};

/// What an answer asks for; README.md says what becomes of a delivery by each.
enum class Remedy : std::uint8_t {
    kSent,
    kSentBefore,
    kAgain,          ///< With growing pauses.
    kAgainTwice,     ///< The same, but a person looks after the third attempt.
    kLater,          ///< Not in these hours.
    kNotThisNumber,  ///< Another way to this person.
    kPlainer,        ///< Once more with fewer kinds of characters.
    kNever,          ///< A person looks; the next way is tried.
    kWording,        ///< kMend where the configuration gives all words, else kNever.
    kPause,          ///< A person mends it at the gateway; goes on by itself then.
    kMend,           ///< A person mends the configuration.
};

/// A line of a gateway's table of codes (docs/contracts/sms.md).
struct CodeRow {
    std::string_view code;
    Remedy remedy;
    std::string_view meaning;  ///< For operators.
};

struct Verdict {
    Remedy remedy = Remedy::kNever;
    std::string code = {};       ///< The gateway's own; digits.
    std::string meaning = {};    ///< For operators: no personal data, nothing that the message says.
    std::string reference = {};  ///< The gateway's id of the message.
};

class Driver {
public:
    virtual ~Driver() = default;
    Driver() = default;
    Driver(const Driver&) = delete;
    Driver& operator=(const Driver&) = delete;

    [[nodiscard]] virtual std::string_view name() const = 0;
    /// What ids of problems begin with that the gateway's codes are put behind: "sms.vnpt_".
    [[nodiscard]] virtual std::string_view problem() const = 0;

    /// Derived from the delivery's idempotency key, in the shape that the gateway takes. `plainer`: of the second
    /// request that Remedy::kPlainer asks for.
    [[nodiscard]] virtual std::string requestId(std::string_view key, bool plainer) const = 0;
    /// Whether the gateway says of a request id that it had it before.
    [[nodiscard]] virtual bool knowsIds() const = 0;
    [[nodiscard]] virtual bool takesUnicode(const Number& number) const = 0;

    [[nodiscard]] virtual HttpRequest request(const Message& message) const = 0;
    /// kInvalid: the answer cannot be read, so nobody knows what the gateway did.
    [[nodiscard]] virtual Result<Verdict> read(std::string_view body, const Message& message) const = 0;
    /// What an answer of status 500 says for certain; nothing when it leaves open what the gateway did.
    [[nodiscard]] virtual std::optional<Verdict> readFault(std::string_view body) const {
        static_cast<void>(body);
        return std::nullopt;
    }

    /// Asks what became of a message; nothing where the gateway cannot be asked.
    [[nodiscard]] virtual std::optional<HttpRequest> question(const Message& message) const {
        static_cast<void>(message);
        return std::nullopt;
    }
    /// Whether the gateway has that message; nothing when its answer does not tell.
    [[nodiscard]] virtual std::optional<Verdict> readState(std::string_view body) const {
        static_cast<void>(body);
        return std::nullopt;
    }
};

/// `callback`: where eSMS tells the final state, without a slash at its end; empty: nowhere. `options` outlive it.
std::unique_ptr<Driver> makeDriver(const Options& options, std::string callback);
std::unique_ptr<Driver> makeVnpt(const Options& options);
std::unique_ptr<Driver> makeViettel(const Options& options);
std::unique_ptr<Driver> makeEsms(const Options& options, std::string callback);

/// The tables, for those who hold them against the contract.
std::span<const CodeRow> vnptCodes();
std::span<const CodeRow> esmsCodes();

/// By the table; a code that is not in it is refused for good ("unknown code").
Verdict verdictOf(std::span<const CodeRow> table, std::string_view code);

/// `key` behind "pakn-" where it has only letters, digits and dashes and is short enough for 50 characters in all, else
/// a hash of it. The second request ends in "-s".
std::string readableRequestId(std::string_view key, bool plainer);
/// A key for sending again what failed so many times: "<key>-r1".
std::string repeatedKey(std::string_view key, std::int64_t failures);
/// The key that a readable request id was made of, without what was put behind it; empty when it is none of ours.
std::string keyOfRequestId(std::string_view request_id);

}  // namespace pakn::out_sms

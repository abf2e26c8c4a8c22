#pragma once
/// @file
/// Codes of six digits that are sent to somebody and typed back. Who asks gets a challenge, which opens nothing without
/// the code; both are kept as hashes, in the store, so that any hub on it takes the code.

#include <chrono>
#include <initializer_list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "core/security/accounts.hpp"
#include "core/security/attempts.hpp"

namespace pakn::security {

/// What a code proves.
struct CodePurpose {
    std::string kind = {};  ///< "contact", "petition".
    std::string what = {};  ///< The number or address; the petition's id.
};

struct OneTimeCode {
    std::string challenge = {};
    std::string code = {};  ///< For the person alone.
    Instant until = {};
};

/// Safe from any thread.
class OneTimeCodes {
public:
    static constexpr int kTries = 5;

    explicit OneTimeCodes(AccountStore& store) : store_{store} {}

    /// Counts that a code is asked for `about`, by `client`. kUnavailable ("code.too_often") with retry_after, and then
    /// nothing is counted: three have been within ten minutes for the same, or ten within a day (six of them by the
    /// same client, so that nobody alone uses up another's), or thirty within an hour by the same client.
    Status ask(std::string_view about, std::string_view client, Instant now);
    /// The same, and the client is counted already: of whom a petition that was named leads to.
    Status askAbout(std::string_view about, std::string_view client, Instant now);
    /// A challenge that no code fits: for what must not be told apart.
    [[nodiscard]] static OneTimeCode none(Instant until);
    /// A new code, good until then.
    Result<OneTimeCode> issue(const CodePurpose& purpose, Instant now, Instant until);
    /// What the code proves, if it is of this kind; it is used up then. kUnauthenticated ("code.wrong"): another code,
    /// or it is over, or was tried five times.
    Result<CodePurpose> redeem(std::string_view kind, std::string_view challenge, std::string_view code, Instant now);

private:
    struct Limit {
        AttemptCounter& counter;
        std::string_view name;
    };
    Status countAll(std::initializer_list<Limit> limits, Instant now);

    AccountStore& store_;
    std::mutex mutex_;  ///< Between looking at the counters and counting.
    AttemptCounter about_{3, std::chrono::minutes{10}};
    AttemptCounter about_in_a_day_{10, std::chrono::hours{24}};
    AttemptCounter about_by_client_{6, std::chrono::hours{24}};
    AttemptCounter clients_{30, std::chrono::hours{1}};
};

}  // namespace pakn::security

#pragma once
/// @file
/// Result<T>: a value or an Error whose code names what the caller should do next.
/// Exceptions are free inside a room and never cross a room or plugin border.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace pakn {
inline namespace sdk1 {

/// An instant in UTC, in milliseconds. Viet Nam civil time appears at the edges only.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// What the caller should do next. Connectors return the first group; the hub's own rooms use both.
enum class Errc : std::uint8_t {
    kUnavailable,      ///< Back off and retry, for days; may carry `retry_after`.
    kDeferred,         ///< Not before `not_before`; no attempt is counted.
    kFallback,         ///< This person cannot be reached this way: next in the chain.
    kUnauthenticated,  ///< Pause this connector, alert; it resumes when it works again. For a caller: sign in.
    kRejected,         ///< The peer will never take it: dead letter, a person looks.
    kUnknownOutcome,   ///< Sent, but nobody knows whether it arrived: ask the peer or park for a person.
    kMisconfigured,    ///< Do not start this one, or send no more over it; the text says what to mend.
    kInternal,         ///< A bug: count, few retries, dead letter.

    kInvalid,    ///< The input is wrong: mend `field` and send again (422).
    kNotFound,   ///< There is no such thing, or not for this caller (404).
    kForbidden,  ///< The caller has no right to it (403).
    kConflict,   ///< Not legal in the present state (409).
    kStale,      ///< Changed meanwhile: read again and decide anew (412).
    kTooLarge,   ///< Larger than a limit allows (413).
};

/// A stable lower-case name of a code, for logs and metrics.
constexpr std::string_view errcName(Errc code) {
    constexpr std::string_view kNames[] = {
        "unavailable", "deferred", "fallback",  "unauthenticated", "rejected", "unknown_outcome", "misconfigured",
        "internal",    "invalid",  "not_found", "forbidden",       "conflict", "stale",           "too_large"};
    return kNames[static_cast<std::size_t>(code)];
}

/// Why something failed. `message` is for operators and developers: it names place, cause and fix, and never holds
/// personal data or secrets. `problem` is a stable id such as "petition.content_too_long", by which the edge finds the
/// text that a citizen or officer reads.
struct Error {
    Errc code = Errc::kInternal;
    std::string message = {};
    std::string problem = {};
    std::string field = {};                                     ///< JSON pointer of the offending input, or empty.
    std::optional<std::chrono::milliseconds> retry_after = {};  ///< With kUnavailable.
    std::optional<Instant> not_before = {};                     ///< With kDeferred.
};

/// Success without a value.
struct Done {
    friend constexpr bool operator==(Done, Done) { return true; }
};

/// Either a T or an Error. Converts from both, so a function just returns one or the other.
template <class T>
class [[nodiscard]] Result {
public:
    using value_type = T;

    Result(T value) : content_{std::in_place_index<0>, std::move(value)} {}      // NOLINT(google-explicit-constructor)
    Result(Error error) : content_{std::in_place_index<1>, std::move(error)} {}  // NOLINT(google-explicit-constructor)

    [[nodiscard]] bool ok() const { return content_.index() == 0; }
    explicit operator bool() const { return ok(); }

    /// The value; undefined (asserts) when this holds an error.
    [[nodiscard]] T& value() & { return *std::get_if<0>(&content_); }
    [[nodiscard]] const T& value() const& { return *std::get_if<0>(&content_); }
    [[nodiscard]] T&& value() && { return std::move(*std::get_if<0>(&content_)); }
    T& operator*() & { return value(); }
    const T& operator*() const& { return value(); }
    T&& operator*() && { return std::move(*this).value(); }
    T* operator->() { return std::get_if<0>(&content_); }
    const T* operator->() const { return std::get_if<0>(&content_); }

    /// The error; undefined when this holds a value.
    [[nodiscard]] const Error& error() const& { return *std::get_if<1>(&content_); }
    [[nodiscard]] Error&& error() && { return std::move(*std::get_if<1>(&content_)); }

private:
    std::variant<T, Error> content_;
};

/// The outcome of something that yields no value.
using Status = Result<Done>;

}  // namespace sdk1
}  // namespace pakn

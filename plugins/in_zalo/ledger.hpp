#pragma once
/// @file
/// What this connector has to remember beyond its conversations, in the hub's State, which forgets nothing by itself
/// and holds 10,000 values: so each of these is a table of fixed size that drops the oldest.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pakn/sdk/host.hpp"

namespace pakn::in_zalo {

/// Texts by a key, one per slot: a key takes the place of whatever was in its slot. Writing looks at nothing that was
/// there, so several nodes may write at a time. Safe from any thread.
class Slots {
public:
    Slots(State& state, std::string name, std::size_t count) : state_{state}, name_{std::move(name)}, count_{count} {}

    Result<std::optional<std::string>> find(std::string_view key);
    Status put(std::string_view key, std::string_view value);

private:
    State& state_;
    const std::string name_;
    const std::size_t count_;
};

/// Keys of events that are done with, so that a repetition which comes hours later is known. One writer at a time.
class SeenKeys {
public:
    explicit SeenKeys(State& state) : state_{state} {}

    /// Whether this event of the user is done with, in the last `kRemembered`.
    Result<bool> has(std::string_view user, std::string_view key, Instant now);
    Status add(std::string_view user, const std::vector<std::string>& keys, Instant now);

    static constexpr std::chrono::hours kRemembered{72};

private:
    State& state_;
};

/// One petition of a user.
struct KnownPetition {
    std::string code = {};
    std::string token = {};
    Instant at = {};  ///< When it was taken in.
    Instant last_word =
        {};  ///< Zalo's time of its last message: what was written before and comes later belongs to it.
};

/// The last petitions of each user, with the secrets by which they are looked up. One writer at a time.
class KnownUsers {
public:
    explicit KnownUsers(State& state) : state_{state} {}

    static constexpr std::size_t kPetitions = 5;  ///< Of one user.

    /// The newest first.
    Result<std::vector<KnownPetition>> of(std::string_view user);
    /// The same code again changes nothing.
    Status add(std::string_view user, const KnownPetition& petition);

private:
    State& state_;
};

}  // namespace pakn::in_zalo

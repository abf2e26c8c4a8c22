#pragma once
/// @file
/// What this connector has to remember beyond its conversations, in the hub's State, which forgets nothing by itself
/// and holds 10,000 values: so each of these is a table of fixed size that drops the oldest.

#include <cstddef>
#include <cstdint>
#include <mutex>
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

/// Texts by a key, of which those that are still needed must not get lost: a key is looked for in the slots behind its
/// own, too. What is over stays until it makes room, the oldest first; what goes on makes room only where nothing else
/// is left. Safe from any thread and for several nodes: one at a time takes a slot.
class Notes {
public:
    enum class Work : std::uint8_t { kGoesOn, kOver };
    static constexpr std::size_t kProbes = 8;  ///< Slots that a key may be in.

    Notes(HostServices& services, std::string name, std::size_t count)
        : services_{services}, name_{std::move(name)}, count_{count} {}

    Result<std::optional<std::string>> find(std::string_view key);
    /// kDeferred while another node takes a slot, and it has none that it keeps.
    Status put(std::string_view key, std::string_view value, Work work, Instant now);

private:
    struct Place {
        std::string slot;
        bool taken = false;  ///< By the key's own note, which goes on: made room of last.
    };
    [[nodiscard]] std::vector<std::string> slotsOf(const std::string& digest) const;
    [[nodiscard]] Result<Place> placeFor(const std::string& digest) const;

    HostServices& services_;
    const std::string name_;
    const std::size_t count_;
    std::mutex mutex_;  ///< One writer of this process at a time.
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
    /// The same code again changes nothing but what was not known of it.
    Status add(std::string_view user, const KnownPetition& petition) { return addAll(user, {petition}); }
    /// The newest first.
    Status addAll(std::string_view user, const std::vector<KnownPetition>& petitions);

private:
    State& state_;
};

/// What the hub itself knows of a user's petitions, for those of whom KnownUsers holds nothing (any more). The newest
/// first; with `code` that one at most. When their last words were written is not known.
Result<std::vector<KnownPetition>> petitionsAtHub(Citizens& hub, const std::string& user, const std::string& code = {});

}  // namespace pakn::in_zalo

#pragma once
/// @file
/// The part of the store's port that keeps the register of calls: what call centres told of telephone calls, piece by
/// piece and in any order, and which petitions came of them. Who called is sealed under the hub key, and found again by
/// a blind index of the number, the same one that petitioners have.
///
/// Errors of every call: those of store.hpp.

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/domain/petition.hpp"
#include "core/store/page.hpp"
#include "pakn/sdk/petition.hpp"

namespace pakn::store {

inline constexpr std::array<std::string_view, 5> kCallResults{"answered", "no_answer", "abandoned", "busy", "failed"};

/// A telephone call. What is empty is not known.
struct PhoneCall {
    std::string id = {};  ///< The hub's own.
    std::string connector = {};
    std::string call_id = {};    ///< The call centre's, of the call as a whole.
    std::string caller = {};     ///< As signalled.
    std::string phone = {};      ///< The caller's, E.164; empty: hidden, or no number that can be called.
    std::string called = {};     ///< The number that was called.
    Attributes attributes = {};  ///< Of the plugin that told it.
    std::string agent = {};      ///< Extension or login at the call centre.
    std::string result = {};     ///< One of kCallResults.
    std::optional<Instant> started_at = {};
    std::optional<Instant> answered_at = {};
    std::optional<Instant> ended_at = {};
    std::optional<domain::FileRef> recording = {};
    bool no_recording = false;  ///< There is none and none will come.
    Instant updated_at = {};
    bool has_petition = false;  ///< One came of it; only read.
};

/// What is known after `told` came, too, whatever came first: what is empty takes nothing away, a call begins with the
/// first that was heard of it and ends with the last, one that was answered stays so, and a number is not replaced by
/// none.
PhoneCall merged(PhoneCall known, const PhoneCall& told);

/// Which calls; everything that is set must hold.
struct CallFilter {
    std::string agent = {};
    std::string result = {};
    std::optional<Instant> from = {};  ///< Begun at or after.
    std::optional<Instant> to = {};    ///< Begun before.
};

/// Safe from any thread.
class Calls {
public:
    virtual ~Calls() = default;

    /// Adds what `told` says of the call (connector, call_id), which gets the id of `told` when it is new. What changes
    /// nothing is not written. As it is known then; durable when it returns.
    virtual Result<PhoneCall> putCall(const PhoneCall& told) = 0;
    /// By the hub's id.
    virtual Result<std::optional<PhoneCall>> call(std::string_view id) = 0;
    /// The newest first; one whose beginning is not known stands where it was first heard of.
    virtual Result<Listing<PhoneCall>> calls(const CallFilter& filter, const Page& page) = 0;
    /// Calls of this connector that ended at or after `since` and have no recording and may still get one, the oldest
    /// first; with `petition`, only those of which one came.
    virtual Result<std::vector<PhoneCall>> unrecordedCalls(std::string_view connector, Instant since, bool petition,
                                                           int most) = 0;
    /// The calls of which a petition came, the oldest first; at most a hundred.
    virtual Result<std::vector<PhoneCall>> callsOf(std::string_view petition_id) = 0;
    /// The ids of the petitions that came of a call, at most a hundred.
    virtual Result<std::vector<std::string>> petitionsOf(const PhoneCall& call) = 0;
    /// Ids of the petitions of whoever has this number (E.164): open ones first, then the newest.
    virtual Result<std::vector<std::string>> petitionsOfPhone(std::string_view phone, int most) = 0;
};

}  // namespace pakn::store

#pragma once
/// @file
/// The reports that a client may see: everybody's public ones, and with a key those that its portal sent.

#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "outcome.hpp"
#include "pakn/sdk/connector.hpp"
#include "wanted.hpp"

namespace pakn::in_open311 {

/// Code points of what a report and its answer say, as Open311 bounds them.
inline constexpr std::size_t kMostShown = 4000;

struct Row {
    PublicPetition petition = {};  ///< Texts of at most kMostShown.
    bool own = false;              ///< The portal that asks sent it.
};

/// As Open311 has it: over, or merged into one that goes on.
bool isClosed(const PublicPetition& petition);

/// When it changed last; of one that is over, when that was.
Instant changedAt(const PublicPetition& petition);

/// Under which name the hub knows a portal's reports again.
std::string replyAddressOf(const std::string& portal);

/// Safe from any thread.
class Reports {
public:
    explicit Reports(HostServices& services) : services_{services} {}

    /// A page, the newest first. `portal`: whose key came with the request; nothing: nobody's. 500, 503.
    Outcome<std::vector<Row>> list(const Wanted& wanted, const std::optional<std::string>& portal,
                                   const std::stop_token& stop);
    /// Everything that changed at or after `from`, with its steps; of the 10,000 newest.
    Outcome<std::vector<Row>> changedSince(Seconds from, const std::optional<std::string>& portal,
                                           const std::stop_token& stop);
    /// One with its steps; nothing: there is none, or not for this client. 500, 503.
    Outcome<std::optional<Row>> find(const std::string& code, const std::optional<std::string>& portal,
                                     const std::stop_token& stop);
    /// One that this portal sent. The same errors.
    Outcome<std::optional<Row>> findOwn(const std::string& code, const std::string& portal,
                                        const std::stop_token& stop);
    /// Spares looking for it. `secret`: its tracking token.
    void remember(const std::string& portal, const std::string& code, const std::string& secret);

private:
    using Name = std::pair<std::string, std::string>;    ///< Of a portal, and a code.
    using Secrets = std::map<std::string, std::string>;  ///< Tracking tokens by code.

    Outcome<std::vector<Row>> publicOnes(const Wanted& wanted, std::size_t most, const std::stop_token& stop);
    Outcome<std::vector<Row>> ownOnes(const Wanted& wanted, const std::string& portal, std::size_t most,
                                      const std::stop_token& stop);
    Outcome<std::vector<Row>> byIds(const Wanted& wanted, const std::optional<std::string>& portal,
                                    const std::stop_token& stop);
    /// Of those of the codes whose reports this portal sent.
    Outcome<Secrets> secretsOf(const std::vector<std::string>& codes, const std::string& portal,
                               const std::stop_token& stop);
    Outcome<std::optional<Row>> tracked(const std::string& code, const std::string& secret);
    std::optional<std::string> remembered(const Name& name);

    HostServices& services_;
    std::mutex mutex_;
    std::map<Name, std::string> secrets_;  ///< Tracking tokens of what portals sent; the oldest go.
    std::deque<Name> order_;
};

}  // namespace pakn::in_open311

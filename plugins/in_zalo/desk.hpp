#pragma once
/// @file
/// The work on conversations: drafts grow, are asked about, and become petitions; receipts become news of deliveries.
/// One poll at a time, on one node; everything that must survive is in the inbox and in the state.

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "api.hpp"
#include "fetcher.hpp"
#include "ledger.hpp"
#include "settings.hpp"
#include "talk.hpp"

namespace pakn::in_zalo {

/// What a message of ours was about: written when it is sent, looked up when somebody quotes it or a receipt comes.
struct SentMessage {
    std::string delivery = {};  ///< Empty for what the chat said.
    std::string code = {};
};
std::string written(const SentMessage& message);
SentMessage readSentMessage(const std::string& text);
/// How many messages are remembered.
inline constexpr std::size_t kMessageSlots = 4000;

class Desk {
public:
    Desk(HostServices& services, const Rules& rules, TokenKeeper& tokens, Api& api);

    /// Something came into this conversation: it is looked at first. Safe from any thread.
    void notice(const std::string& conversation);

    /// Works through what there is. kUnauthenticated when the OA's consent is gone: what can be done without it is
    /// done.
    Status poll(Inbox& inbox, const std::stop_token& stop);

private:
    friend class Session;

    /// What became of words to a user.
    enum class Said : std::uint8_t {
        kYes,    ///< Or perhaps: they are not said twice.
        kLater,  ///< Nothing was sent.
        kNever,  ///< This user cannot be told.
    };
    Said say(const std::string& user, const std::string& text, const SentMessage& about);
    Said askIdentity(const std::string& user);
    Said judged(const Result<std::string>& sent, const SentMessage& about);

    std::vector<std::string> due(Inbox& inbox, Status& outcome);
    Result<std::vector<KnownPetition>> petitionsOf(const std::string& user);
    Status attend(const std::string& conversation, Inbox& inbox, const std::stop_token& stop);
    Status putAside(const std::string& conversation, const Error& why, Inbox& inbox);
    Status takeReceipts(const std::string& conversation, Inbox& inbox);
    Result<bool> takeReceipt(const KeptEvent& kept, Inbox& inbox);
    Status sweep(const std::string& conversation, Inbox& inbox);

    HostServices& services_;
    const IntakeRules rules_;
    TokenKeeper& tokens_;
    Api& api_;
    Fetcher fetcher_;
    KnownUsers users_;
    SeenKeys seen_;
    Slots messages_;

    std::mutex noticed_mutex_;
    std::set<std::string> noticed_;

    // Of the polling thread.
    Instant mute_until_ = {};                     ///< Zalo did not answer: nobody is told anything until then.
    std::optional<Error> no_token_ = {};          ///< Of this poll.
    std::map<std::string, Instant> fetch_again_;  ///< By file conversation: not before.
    std::set<std::int64_t> looked_up_;            ///< Events that are known to be new.
    std::map<std::string, Instant> strangers_;    ///< Users of whom the hub knows nothing: not asked before.
    Instant next_sweep_ = {};
};

}  // namespace pakn::in_zalo

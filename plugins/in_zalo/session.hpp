#pragma once
/// @file
/// One look at one conversation: what is due is done, in an order in which dying at any point loses and doubles
/// nothing.

#include <stop_token>
#include <string>
#include <vector>

#include "desk.hpp"
#include "petition.hpp"
#include "phrases.hpp"

namespace pakn::in_zalo {

class Session {
public:
    Session(Desk& desk, Inbox& inbox, const std::stop_token& stop, Talk talk, std::vector<KnownPetition> known)
        : desk_{desk},
          inbox_{inbox},
          stop_{stop},
          talk_{std::move(talk)},
          known_{std::move(known)},
          now_{desk.services_.now()} {}

    /// True: something changed, look again. Errors of inbox and state; then nothing is lost.
    Result<bool> step();
    /// When the conversation is so full that no mark finds room.
    Status rescue();

private:
    /// What the items amount to.
    struct Draft {
        bool has_content = false;
        bool all_late = true;          ///< Everything was written before the last petition was closed.
        const Item* send = nullptr;    ///< The first word that sends what was written before it,
        const Item* cancel = nullptr;  ///< or throws it away; only one of the two.
        std::string target = {};       ///< Named by the user, or by what they quote.
        bool fresh = false;
        std::vector<const Item*> queries = {};  ///< Not answered yet.
        Instant heard = {};
        phrases::Inventory has = {};
    };

    // session.cpp: drafts that grow.
    Status forgetSeen();
    Result<Draft> read();
    Status readItem(const Item& item, Draft& draft);
    Result<bool> advance(const Draft& draft);
    Result<bool> advanceContent(const Draft& draft);
    Result<bool> waitOrClose(const Draft& draft);
    Result<bool> close(const Draft& draft, const Item* at);
    [[nodiscard]] std::int64_t extentOf(const Item& word) const;
    Result<std::string> targetOf(const Draft& draft);
    Status greet(const Draft& draft);
    Status sayOnce(const std::string& kind, const Item& about, const std::string& text);
    Status throwAway(std::int64_t until, const std::string& kind, const Item& about, const std::string& text);
    Status setMark(const std::string& name, const std::string& data = {});

    // session_queries.cpp: questions and ratings.
    /// False: it cannot be said now.
    Result<bool> answer(const Item& query);
    Result<std::string> answerTo(const Item& query);
    Result<std::string> standingsFor(const std::string& code);
    Result<std::string> rate(const Item& query);
    Result<const KnownPetition*> lastAnswered();
    std::string linkOf(const KnownPetition& petition) const;

    // session_files.cpp
    /// True when no file is waited for any more.
    Result<bool> fetchFiles();
    Result<bool> fetchFile(const Item& item, std::size_t number);
    Result<DraftFile> fileOf(const Item& item, std::size_t number);
    Result<std::vector<DraftItem>> itemsWithFiles(std::int64_t until);
    Status settleFiles(std::int64_t until);
    Status clearFiles(std::int64_t until);

    // session_closing.cpp: drafts that are complete.
    struct Handed {
        std::string code = {};
        std::string token = {};
        bool added = false;  ///< To a petition that was there.
    };
    Result<bool> finish(const Closing& closing);
    Result<std::optional<Handed>> handIn(const Closing& closing);
    Result<std::optional<Handed>> offer(IncomingPetition petition, const std::vector<DraftItem>& items);
    Status markUnfit(const std::vector<DraftItem>& items, const std::string& field);
    Result<bool> confirm(const Closing& closing, const Handed& handed);
    Status forget(std::int64_t until);

    Desk& desk_;
    Inbox& inbox_;
    const std::stop_token& stop_;
    Talk talk_;
    const std::vector<KnownPetition> known_;
    const Instant now_;  ///< To ask costs an isolated plugin a round trip.
};

}  // namespace pakn::in_zalo

/// @file
/// Drafts that grow: what the items of a conversation amount to, and what is due next.

#include "session.hpp"

#include <algorithm>

#include "shelf.hpp"

namespace pakn::in_zalo {
namespace {

using std::chrono::minutes;

/// A word without a draft stays for so long: what it was meant for may come after it.
constexpr minutes kGrace{2};
/// What is this old and comes now is no straggler of a petition.
constexpr std::chrono::hours kLateFor{24};
// One conversation holds 500 events and 16 MB: before that it is closed, with room for our own marks.
constexpr std::size_t kMostEvents = 400;
constexpr std::size_t kMostBytes = 12U << 20U;

std::int64_t lastOf(const Talk& talk) {
    std::int64_t last = 0;
    for (const Item& item : talk.items) last = std::max(last, item.sequence);
    return last;
}

}  // namespace

Result<bool> Session::step() {
    if (const Status forgotten = forgetSeen(); !forgotten) return forgotten.error();
    if (const std::optional<Closing> closing = talk_.closing()) return finish(*closing);
    if (talk_.items.empty()) {  // Only our own marks are left, or repetitions of what is done with.
        const Status dropped = inbox_.drop(talk_.conversation, talk_.last);
        return dropped ? Result<bool>{false} : dropped.error();
    }
    const Result<Draft> draft = read();
    if (!draft) return draft.error();
    bool answered_any = false;
    for (const Item* query : draft->queries) {
        const Result<bool> answered = answer(*query);
        if (!answered) return answered.error();
        answered_any = answered_any || *answered;
    }
    return answered_any ? Result<bool>{true} : advance(*draft);
}

/// More came than one conversation can hold our marks for: all of it is handed in as it is. Without marks it is the
/// same petition all the same, by its id; only a confirmation may be said twice.
Status Session::rescue() {
    // What was closed may be handed in already: then it is found again, and what came behind it has room.
    const std::optional<Closing> closing = talk_.closing();
    const std::int64_t until = closing ? closing->until : lastOf(talk_);
    if (!std::any_of(talk_.items.begin(), talk_.items.end(), [](const Item& item) { return item.hasContent(); }))
        return forget(until);
    const Result<std::vector<DraftItem>> items = itemsWithFiles(until);
    if (!items) return items.error();
    const Result<Accepted> accepted = inbox_.accept(petitionOf(*items, talk_, desk_.rules_));
    if (!accepted) return accepted.error();
    desk_.services_.count("conversations_overflown", 1);
    const KnownPetition petition{
        .code = accepted->code, .token = accepted->tracking_token, .at = now_, .last_word = now_};
    if (!petition.code.empty() && !talk_.anonymous) {
        if (Status known = desk_.users_.add(talk_.user, petition); !known) return known;
        static_cast<void>(desk_.say(talk_.user, phrases::accepted(petition.code, linkOf(petition), desk_.rules_), {}));
    }
    if (Status cleared = clearFiles(until); !cleared) return cleared;
    return forget(until);
}

/// A repetition that came while its original was being done with. Each is looked up once.
Status Session::forgetSeen() {
    std::set<std::string> seen;
    for (const Item& item : talk_.items) {
        if (desk_.looked_up_.find(item.sequence) != desk_.looked_up_.end()) continue;
        const Result<bool> known = desk_.seen_.has(talk_.conversation, item.id, now_);
        if (!known) return known.error();
        if (*known)
            seen.insert(item.id);
        else
            desk_.looked_up_.insert(item.sequence);
    }
    std::erase_if(talk_.items, [&](const Item& item) { return seen.find(item.id) != seen.end(); });
    return Done{};
}

Result<Session::Draft> Session::read() {
    Draft draft;
    for (const Item& item : talk_.items) {
        draft.heard = std::max(draft.heard, item.heard);
        if (const Status done = readItem(item, draft); !done) return done.error();
        if (draft.send != nullptr || draft.cancel != nullptr) break;
    }
    for (const Item& item : talk_.items) draft.heard = std::max(draft.heard, item.heard);
    return draft;
}

Status Session::readItem(const Item& item, Draft& draft) {
    const bool answered = talk_.mark("answered/" + item.key) != nullptr;
    const bool late = !known_.empty() && item.said < known_.front().last_word && now_ < known_.front().at + kLateFor;
    switch (item.command) {
        case Command::kSend:
            if (draft.has_content) draft.send = &item;
            // One that comes after its draft was sent without it needs no answer.
            else if (!answered && !late && !talk_.anonymous)
                draft.queries.push_back(&item);
            return Done{};
        case Command::kCancel:
            if (draft.has_content)
                draft.cancel = &item;
            else if (!answered && !late && !talk_.anonymous)
                draft.queries.push_back(&item);
            return Done{};
        case Command::kNew:
            draft.fresh = true;
            draft.target.clear();
            return Done{};
        case Command::kSupplement:
            draft.fresh = false;
            draft.target = item.argument.empty() && !known_.empty() ? known_.front().code : item.argument;
            return Done{};
        case Command::kTrack:
        case Command::kRate:
            if (!answered) draft.queries.push_back(&item);
            return Done{};
        case Command::kNone:
            break;
    }
    if (!item.event.hasContent()) return Done{};
    draft.has_content = true;
    draft.all_late = draft.all_late && late;
    draft.has.texts += item.event.text.empty() || item.event.place ? 0 : 1;
    draft.has.files += item.event.files.size();
    draft.has.place = draft.has.place || item.event.place.has_value();
    if (item.event.quote_id.empty() || draft.fresh || !draft.target.empty()) return Done{};
    const Result<std::optional<std::string>> quoted = desk_.messages_.find(item.event.quote_id);
    if (!quoted) return quoted.error();
    if (*quoted) draft.target = readSentMessage(**quoted).code;
    return Done{};
}

Result<bool> Session::advance(const Draft& draft) {
    if (draft.has_content) return advanceContent(draft);
    if (now_ < draft.heard + kGrace && talk_.events < kMostEvents) return false;
    const Status forgotten = forget(lastOf(talk_));
    return forgotten ? Result<bool>{true} : forgotten.error();
}

Result<bool> Session::advanceContent(const Draft& draft) {
    if (draft.cancel != nullptr) {
        const Status gone = throwAway(extentOf(*draft.cancel), "cancelled", *draft.cancel, phrases::cancelled());
        return gone ? Result<bool>{true} : gone.error();
    }
    const Result<bool> settled = fetchFiles();
    if (!settled) return settled.error();
    if (draft.send != nullptr) {
        // A host of files that hiccups costs a photo, unless it is given a moment.
        constexpr std::chrono::seconds kPatience{30};
        if (!*settled && now_ < draft.send->heard + kPatience) return false;
        return close(draft, draft.send);
    }
    const bool late = draft.all_late && draft.target.empty() && !draft.fresh && !known_.empty();
    if (late || talk_.events >= kMostEvents || talk_.bytes >= kMostBytes) return close(draft, nullptr);
    if (const Status greeted = greet(draft); !greeted) return greeted.error();
    return waitOrClose(draft);
}

Result<bool> Session::waitOrClose(const Draft& draft) {
    if (now_ < draft.heard + desk_.rules_.window) return false;
    if (!desk_.rules_.drop_unconfirmed || talk_.anonymous) return close(draft, nullptr);
    const Item& last = talk_.items.back();
    if (now_ < draft.heard + desk_.rules_.drop_after) {
        const Status said = sayOnce("remind", last, phrases::reminder(desk_.rules_));
        return said ? Result<bool>{false} : said.error();
    }
    const Status gone = throwAway(lastOf(talk_), "dropped", last, phrases::dropped());
    return gone ? Result<bool>{true} : gone.error();
}

/// From here on it is fixed what belongs to the draft: whoever dies and comes again makes the same petition of it.
Result<bool> Session::close(const Draft& draft, const Item* at) {
    Closing closing{.until = at != nullptr ? extentOf(*at) : lastOf(talk_)};
    for (const Item& item : talk_.items)
        if (item.sequence <= closing.until) closing.last_word = std::max(closing.last_word, item.said);
    Result<std::string> target = targetOf(draft);
    if (!target) return target.error();
    closing.target = std::move(*target);
    if (const Status settled = settleFiles(closing.until); !settled) return settled.error();
    const Status marked = setMark(closeMark(closing.until), written(closing));
    return marked ? Result<bool>{true} : marked.error();
}

/// Up to which event everything was written no later than the word that ends the draft.
std::int64_t Session::extentOf(const Item& word) const {
    std::int64_t until = word.sequence;
    for (const Item& item : talk_.items)
        if (item.said <= word.said) until = std::max(until, item.sequence);
    return until;
}

/// To which petition a draft belongs: the one that the user names or quotes; of what came late the last one; the one
/// about which an officer waits for an answer. None: it is a petition of its own.
Result<std::string> Session::targetOf(const Draft& draft) {
    if (talk_.anonymous || draft.fresh) return std::string{};
    const auto is_known = [&](const std::string& code) {
        return std::any_of(known_.begin(), known_.end(), [&](const KnownPetition& one) { return one.code == code; });
    };
    if (!draft.target.empty()) return is_known(draft.target) ? draft.target : std::string{};
    if (draft.all_late && !known_.empty()) return known_.front().code;
    for (const KnownPetition& one : known_) {
        const Result<PublicPetition> shown = desk_.services_.records().track(one.code, one.token);
        if (!shown && shown.error().code == Errc::kUnavailable) return shown.error();
        if (shown && shown->attributes.find("question") != shown->attributes.end()) return one.code;
    }
    return std::string{};
}

/// What the chat says at the beginning of a draft, once.
Status Session::greet(const Draft& draft) {
    if (talk_.anonymous || talk_.isMarked("welcome")) return Done{};
    const Item& first = talk_.items.front();
    const Result<std::string> target = targetOf(draft);
    if (!target) return target.error();
    if (Status said = sayOnce("welcome", first, phrases::welcome(draft.has, desk_.rules_, *target)); !said) return said;
    const bool asks = desk_.rules_.ask_identity && target->empty() && talk_.mark("welcome/" + first.key) != nullptr;
    if (!asks || talk_.isMarked("card")) return Done{};
    if (desk_.askIdentity(talk_.user) == Desk::Said::kLater) return Done{};
    return setMark("card/" + first.key);
}

/// The mark comes after the words: to say something twice does less harm than never to say it.
Status Session::sayOnce(const std::string& kind, const Item& about, const std::string& text) {
    const std::string name = kind + '/' + about.key;
    if (talk_.anonymous || talk_.mark(name) != nullptr) return Done{};
    if (desk_.say(talk_.user, text, {}) == Desk::Said::kLater) return Done{};
    return setMark(name);
}

Status Session::throwAway(std::int64_t until, const std::string& kind, const Item& about, const std::string& text) {
    // At most once, and never in the way: whoever threw it away knows.
    if (!talk_.anonymous && talk_.mark(kind + '/' + about.key) == nullptr) {
        if (Status marked = setMark(kind + '/' + about.key); !marked) return marked;
        static_cast<void>(desk_.say(talk_.user, text, {}));
    }
    desk_.services_.count("drafts_dropped", 1);
    if (Status cleared = clearFiles(until); !cleared) return cleared;
    return forget(until);
}

Status Session::setMark(const std::string& name, const std::string& data) {
    const Result<std::vector<KeptEvent>> kept = inbox_.keep(
        {.conversation = talk_.conversation, .id = std::string{kMarkPrefix} + name, .data = data.empty() ? "-" : data});
    if (!kept) return kept.error();
    talk_.marks.emplace(name, Mark{.data = data, .at = now_});
    return Done{};
}

}  // namespace pakn::in_zalo

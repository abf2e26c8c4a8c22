#include "desk.hpp"

#include <algorithm>

#include "digest.hpp"
#include "plan.hpp"
#include "session.hpp"
#include "shelf.hpp"

namespace pakn::in_zalo {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr int kMostConversations = 1000;  ///< Of one poll, besides those that were noticed.
constexpr std::size_t kMostNoticed = 10000;
constexpr std::size_t kMostLookedUp = 100000;
constexpr std::size_t kMostStrangers = 100000;
constexpr int kMostSteps = 12;
constexpr seconds kMute{30};
constexpr seconds kReceiptPatience{30};  ///< A receipt may be quicker than the note of what was sent.
constexpr minutes kSweepEvery{10};
constexpr minutes kStrangerFor{10};
constexpr std::chrono::hours kOrphanAge{1};

bool startsWith(std::string_view text, std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
}

}  // namespace

std::string written(const SentMessage& message) { return message.delivery + '\n' + message.code; }

SentMessage readSentMessage(const std::string& text) {
    const std::size_t line = text.find('\n');
    if (line == std::string::npos) return {};
    return {.delivery = text.substr(0, line), .code = text.substr(line + 1)};
}

Desk::Desk(HostServices& services, const Rules& rules, TokenKeeper& tokens, Api& api)
    : services_{services},
      rules_{rules.intake},
      tokens_{tokens},
      api_{api},
      fetcher_{services, rules.fetch},
      users_{services.state()},
      seen_{services.state()},
      messages_{services.state(), "message", kMessageSlots} {}

void Desk::notice(const std::string& conversation) {
    const std::lock_guard lock{noticed_mutex_};
    if (noticed_.size() < kMostNoticed) noticed_.insert(conversation);
}

Status Desk::poll(Inbox& inbox, const std::stop_token& stop) {
    if (stop.stop_requested()) return Done{};
    no_token_.reset();
    if (looked_up_.size() > kMostLookedUp) looked_up_.clear();
    if (const Result<std::string> token = tokens_.token(); !token) {
        mute_until_ = services_.now() + kMute;
        if (token.error().code == Errc::kUnauthenticated) no_token_ = token.error();
    }
    Status outcome = Done{};
    const bool sweeping = services_.now() >= next_sweep_;
    for (const std::string& conversation : due(inbox, outcome)) {
        if (stop.stop_requested()) break;
        Status done = Done{};
        if (startsWith(conversation, kReceiptPrefix))
            done = takeReceipts(conversation, inbox);
        else if (!startsWith(conversation, kFilePrefix))
            done = attend(conversation, inbox, stop);
        else if (sweeping)
            done = sweep(conversation, inbox);
        if (done) continue;
        outcome = done;
        notice(conversation);
        if (done.error().code == Errc::kUnavailable) break;  // The hub is not well: all wait.
    }
    if (sweeping && outcome) next_sweep_ = services_.now() + kSweepEvery;
    if (!outcome) return outcome;
    return no_token_ ? Status{*no_token_} : outcome;
}

/// What this node heard of since the last time, then everything else, the longest silent first. With thousands of
/// drafts at a time those that other nodes took in wait until older ones are done.
std::vector<std::string> Desk::due(Inbox& inbox, Status& outcome) {
    std::vector<std::string> names;
    {
        const std::lock_guard lock{noticed_mutex_};
        names.assign(noticed_.begin(), noticed_.end());
        noticed_.clear();
    }
    const std::set<std::string> first{names.begin(), names.end()};
    Result<std::vector<std::string>> all = inbox.quiet(services_.now() + seconds{1}, kMostConversations);
    if (!all) {
        outcome = all.error();
        return names;
    }
    for (std::string& name : *all)
        if (first.find(name) == first.end()) names.push_back(std::move(name));
    return names;
}

Status Desk::attend(const std::string& conversation, Inbox& inbox, const std::stop_token& stop) {
    const std::string in_hand = "conversation-" + webhooks::toHex(webhooks::sha256(conversation)).substr(0, 16);
    if (const Status may = inbox.working(in_hand); !may) {
        return may.error().code == Errc::kRejected ? putAside(conversation, may.error(), inbox) : may;
    }
    for (int step = 0; step < kMostSteps && !stop.stop_requested(); ++step) {
        const Result<std::vector<KeptEvent>> events = inbox.kept(conversation);
        if (!events) return events.error();
        if (events->empty()) return Done{};
        std::vector<KnownPetition> known;
        if (!startsWith(conversation, kAnonymousPrefix)) {
            Result<std::vector<KnownPetition>> of_user = petitionsOf(conversation);
            if (!of_user) return of_user.error();
            known = std::move(*of_user);
        }
        Talk talk = readTalk(conversation, *events, rules_.words, known);
        Session session{*this, inbox, stop, std::move(talk), std::move(known)};
        const Result<bool> again = session.step();
        if (!again) return again.error().problem == "kept.too_many" ? session.rescue() : again.error();
        if (!*again) return Done{};
    }
    return Done{};
}

/// Whoever has not written for long is forgotten here, not in the hub: asked once, it is known here again.
Result<std::vector<KnownPetition>> Desk::petitionsOf(const std::string& user) {
    Result<std::vector<KnownPetition>> known = users_.of(user);
    if (!known || !known->empty()) return known;
    const Instant now = services_.now();
    if (const auto stranger = strangers_.find(user); stranger != strangers_.end() && now < stranger->second)
        return known;
    known = petitionsAtHub(services_.citizens(), user);
    if (!known) return known;
    if (known->empty()) {
        if (strangers_.size() >= kMostStrangers) strangers_.clear();
        strangers_.insert_or_assign(user, now + kStrangerFor);
        return known;
    }
    if (const Status kept = users_.addAll(user, *known); !kept) return kept.error();
    return known;
}

/// It killed this connector's process twice: not a byte of it is looked at again.
Status Desk::putAside(const std::string& conversation, const Error& why, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> events = inbox.kept(conversation);
    if (!events) return events.error();
    std::string raw;
    for (const KeptEvent& event : *events)
        if (startsWith(event.id, kEventPrefix)) raw += event.data + '\n';
    const Result<Accepted> kept = inbox.refuse({.external_id = {}, .raw = std::move(raw), .problem = why});
    if (!kept) return kept.error();
    return events->empty() ? Status{Done{}} : inbox.drop(conversation, events->back().sequence);
}

/// Zalo takes what is too much for it as an error: one that cannot be reached is left alone for a while, so that a poll
/// does not wait for it with each user.
Desk::Said Desk::say(const std::string& user, const std::string& text, const SentMessage& about) {
    if (services_.now() < mute_until_) return Said::kLater;
    return judged(api_.sendText(user, firstCodePoints(cleaned(text), kMostMessage)), about);
}

Desk::Said Desk::askIdentity(const std::string& user) {
    if (services_.now() < mute_until_) return Said::kLater;
    return judged(api_.askIdentity(user), {});
}

Desk::Said Desk::judged(const Result<std::string>& sent, const SentMessage& about) {
    if (sent) {
        services_.count("chat_messages", 1);
        if (sent->empty() || about.code.empty()) return Said::kYes;
        // Without the note a quotation of this message is not understood; it is said all the same.
        if (const Status noted = messages_.put(*sent, written(about)); !noted) services_.count("notes_lost", 1);
        return Said::kYes;
    }
    const Error& error = sent.error();
    if (error.code == Errc::kUnknownOutcome) {
        services_.count("chat_unknown", 1);
        mute_until_ = services_.now() + kMute;
        return Said::kYes;
    }
    services_.count("chat_failures", 1);
    const bool later =
        error.code == Errc::kUnavailable || error.code == Errc::kUnauthenticated || error.code == Errc::kDeferred;
    if (!later || error.problem == kUnknownCode) return Said::kNever;
    mute_until_ = services_.now() + kMute;
    if (error.code == Errc::kUnauthenticated) no_token_ = error;
    return Said::kLater;
}

Status Desk::takeReceipts(const std::string& conversation, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> events = inbox.kept(conversation);
    if (!events) return events.error();
    std::int64_t done = 0;
    for (const KeptEvent& event : *events) {
        const Result<bool> taken = takeReceipt(event, inbox);
        if (!taken) return taken.error();
        if (!*taken) break;
        done = event.sequence;
    }
    return done == 0 ? Status{Done{}} : inbox.drop(conversation, done);
}

/// False: not yet.
Result<bool> Desk::takeReceipt(const KeptEvent& kept, Inbox& inbox) {
    const Result<Event> receipt = readEvent(kept.data);
    if (!receipt) return true;
    std::vector<std::string> names = receipt->msg_ids;
    if (!receipt->tracking_id.empty()) names.push_back(receipt->tracking_id);
    std::set<std::string> deliveries;
    for (const std::string& name : names) {
        const Result<std::optional<std::string>> note = messages_.find(name);
        if (!note) return note.error();
        if (*note) deliveries.insert(readSentMessage(**note).delivery);
    }
    if (deliveries.empty() && services_.now() < kept.at + kReceiptPatience) return false;
    const bool seen = receipt->kind == EventKind::kSeen;
    for (const std::string& delivery : deliveries) {
        if (delivery.empty()) continue;
        // One line of each kind in the history, however many messages a delivery was.
        const Result<Accepted> told = inbox.update(
            {.kind = seen ? Update::Kind::kRead : Update::Kind::kArrived,
             .id = (seen ? "seen/" : "received/") + delivery,
             .delivery = delivery,
             .text = seen ? "Người gửi đã xem tin nhắn trên Zalo." : "Tin nhắn đã tới Zalo của người gửi."});
        if (!told) return told.error();
        services_.count(seen ? "seen" : "received", 1);
    }
    return true;
}

/// Files whose conversation does not know them (any more): somebody died between two writes.
Status Desk::sweep(const std::string& conversation, Inbox& inbox) {
    const Result<std::vector<KeptEvent>> pieces = inbox.kept(conversation);
    if (!pieces) return pieces.error();
    if (pieces->empty() || services_.now() < pieces->back().at + kOrphanAge) return Done{};
    const Result<std::vector<KeptEvent>> owner = inbox.kept(userOfFile(conversation));
    if (!owner) return owner.error();
    const std::string_view name = nameOfFile(conversation);
    const bool wanted = std::any_of(owner->begin(), owner->end(), [&](const KeptEvent& event) {
        return startsWith(event.id, kEventPrefix) &&
               startsWith(name, webhooks::toHex(webhooks::sha256(event.id)).substr(0, 16));
    });
    return wanted ? Status{Done{}} : clearShelf(conversation, inbox);
}

}  // namespace pakn::in_zalo

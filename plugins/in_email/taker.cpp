#include "taker.hpp"

#include <algorithm>
#include <pakn/sdk/reply_address.hpp>

#include "digest.hpp"  // of standard_webhooks
#include "petition.hpp"

namespace pakn::in_email {

namespace {

constexpr int kMostAtATime = 100;
constexpr int kMostTries = 3;    ///< Of a mail over which the hub stumbles, before it is put aside.
constexpr int kMostOthers = 10;  ///< Asked for when the server does not give a mail.

/// The hub is not well, or the mailbox: everything waits.
bool isTemporary(Errc code) { return code == Errc::kUnavailable || code == Errc::kDeferred; }

}  // namespace

/// A folder that is read for the first time holds old mails: of those only what nobody has seen is taken in. One whose
/// UIDs have lost their meaning is read anew, but for what was passed over then; the hub knows what it has.
Result<Position> Taker::positionFor(Mailbox& mailbox, std::uint32_t validity) {
    Result<std::optional<Position>> known = memory_.position();
    if (!known) return std::move(known).error();
    if (*known && (*known)->validity == validity) return **known;
    Position position{.validity = validity, .first_look = services_.now()};
    if (*known) {
        services_.log(LogLevel::kWarning, "UIDVALIDITY has changed: the folder is read again");
        position.first_look = (*known)->first_look;
        position.again = true;
    }
    const Result<std::vector<std::uint32_t>> all = mailbox.since(0, false);
    if (!all) return all.error();
    if (!all->empty()) position.old = all->back();
    if (Status kept = memory_.setPosition(position); !kept) return std::move(kept).error();
    return position;
}

/// Ascending; of the mails that lay there before, those that nobody has seen. When they are read again, also those that
/// came since the first look: they were new whether seen or not, and the hub may not have had the last of them.
Result<std::vector<std::uint32_t>> Taker::newOnes(Mailbox& mailbox, const Position& position) {
    Result<std::vector<std::uint32_t>> uids = mailbox.since(position.last, false);
    if (!uids || position.last >= position.old) return uids;
    const Result<std::vector<std::uint32_t>> unseen = mailbox.since(position.last, true);
    if (!unseen) return unseen.error();
    const Result<std::vector<std::uint32_t>> came =
        position.again ? mailbox.arrivedSince(position.first_look) : std::vector<std::uint32_t>{};
    if (!came) return came.error();
    const auto among = [](const std::vector<std::uint32_t>& all, std::uint32_t uid) {
        return std::binary_search(all.begin(), all.end(), uid);
    };
    std::erase_if(*uids,
                  [&](std::uint32_t uid) { return uid <= position.old && !among(*unseen, uid) && !among(*came, uid); });
    return uids;
}

Status Taker::takeNew(Mailbox& mailbox, Inbox& inbox, const ThreadIds& ids, const std::stop_token& stop) {
    const Result<std::uint32_t> validity = mailbox.open();
    if (!validity) return validity.error();
    Result<Position> known = positionFor(mailbox, *validity);
    if (!known) return std::move(known).error();
    Position position = *known;
    const Result<std::vector<std::uint32_t>> uids = newOnes(mailbox, position);
    if (!uids) return uids.error();
    int done = 0;
    for (std::span<const std::uint32_t> rest{*uids}; !rest.empty(); rest = rest.subspan(1)) {
        if (stop.stop_requested() || ++done > kMostAtATime) break;
        const std::uint32_t uid = rest.front();
        Status taken = take(mailbox, inbox, ids, uid, rest.subspan(1));
        if (!taken && (isTemporary(taken.error().code) || ++position.tries < kMostTries)) {
            // Counts tries over restarts, too; where even that cannot be written, the hub is not well.
            if (!isTemporary(taken.error().code)) static_cast<void>(memory_.setPosition(position).ok());
            return taken;
        }
        if (!taken)
            if (Status left = leaveBehind(mailbox, inbox, position, uid, taken.error()); !left) return left;
        position.last = uid;
        position.tries = 0;
        if (Status kept = memory_.setPosition(position); !kept) return kept;
    }
    return Done{};
}

/// It stays unread in the folder, and stands in the hub's list of refused items: nothing vanishes.
Status Taker::leaveBehind(Mailbox& mailbox, Inbox& inbox, const Position& position, std::uint32_t uid,
                          const Error& why) {
    Unacceptable item{.external_id = "uid " + std::to_string(position.validity) + '/' + std::to_string(uid),
                      .problem = {.code = Errc::kRejected,
                                  .message = "after " + std::to_string(kMostTries) + " tries: " + why.message,
                                  .problem = "email.left_behind"}};
    const Result<FetchedMail> mail = mailbox.fetch(uid, max_mail_);
    if (!mail && isTemporary(mail.error().code)) return mail.error();
    Result<std::string> raw = mail ? mail->raw.bytes(max_mail_) : std::string{};
    if (raw) item.raw = std::move(*raw);
    const Result<Accepted> kept = inbox.refuse(std::move(item));
    if (!kept && isTemporary(kept.error().code)) return kept.error();
    services_.log(LogLevel::kError,
                  "a mail is left in the folder after " + std::to_string(kMostTries) + " tries: " + why.message);
    services_.count("left_behind", 1);
    return Done{};
}

/// What a server says no to (RFC 5530: SERVERBUG, INUSE, LIMIT …) is its own trouble, and everything waits, unless it
/// gives another mail: then it is this one that it cannot give.
Result<FetchedMail> Taker::fetch(Mailbox& mailbox, std::uint32_t uid, std::span<const std::uint32_t> later) const {
    Result<FetchedMail> mail = mailbox.fetch(uid, max_mail_);
    if (mail || mail.error().code != Errc::kRejected) return mail;
    // The newest first: however many are broken, one that comes shows it.
    const std::size_t others = std::min<std::size_t>(later.size(), kMostOthers);
    for (std::size_t i = 1; i <= others; ++i) {
        Result<FetchedMail> other = mailbox.fetch(later[later.size() - i], max_mail_);
        if (other) return mail;
        if (isTemporary(other.error().code)) return other;
    }
    return Error{.code = Errc::kUnavailable, .message = mail.error().message, .problem = mail.error().problem};
}

Status Taker::take(Mailbox& mailbox, Inbox& inbox, const ThreadIds& ids, std::uint32_t uid,
                   std::span<const std::uint32_t> later) {
    const Status may = inbox.working("uid " + std::to_string(uid));
    if (!may && may.error().code != Errc::kRejected) return may.error();
    Result<FetchedMail> mail = fetch(mailbox, uid, later);
    if (!mail) return mail.error().code == Errc::kNotFound ? Status{Done{}} : Status{std::move(mail).error()};
    const Result<std::string> hash = [&]() -> Result<std::string> {
        try {
            return webhooks::sha256Hex(mail->raw);
        } catch (const std::runtime_error& failure) {
            return Error{.code = Errc::kInternal, .message = failure.what()};
        }
    }();
    if (!hash) return hash.error();

    Status handed = Done{};
    if (!may) {  // It killed this connector's process twice: not a byte of it is read again.
        handed = acceptPetition(inbox, unreadablePetition(*mail, *hash, may.error().problem, settings_));
    } else {
        Result<Decoded> decoded = services_.decode("mail", mail->raw);
        if (decoded)
            handed = handOver(inbox, ids, *decoded, *mail, *hash);
        else if (isTemporary(decoded.error().code) || decoded.error().code == Errc::kMisconfigured)
            return std::move(decoded).error();
        else
            handed = acceptPetition(inbox, unreadablePetition(*mail, *hash, decoded.error().problem, settings_));
    }
    if (!handed) return handed;
    if (Status marked = mailbox.done(uid); !marked) {
        if (isTemporary(marked.error().code)) return marked;
        services_.count("not_marked", 1);  // A folder that is read-only to us: the position says what is done.
    }
    return Done{};
}

Status Taker::handOver(Inbox& inbox, const ThreadIds& ids, const Decoded& decoded, const FetchedMail& mail,
                       const std::string& hash) {
    const Judgement judgement = judge(decoded, settings_, ids);
    using Kind = Judgement::Kind;
    switch (judgement.kind) {
        case Kind::kPetition:
            return acceptPetition(inbox, petitionOf(decoded, mail, hash, judgement, settings_));
        case Kind::kAnswer:
            return tell(inbox, {.kind = Update::Kind::kSupplement, .code = judgement.ours->code}, mail, decoded, hash);
        case Kind::kBounce:
            services_.count("bounces", 1);
            if (Status noted = noteBounce(ids, decoded, *judgement.ours); !noted) return noted;
            return tell(inbox,
                        {.kind = Update::Kind::kFailed,
                         .delivery = judgement.ours->delivery,
                         .text = "email: " + attributeOf(decoded, "dsn_status").substr(0, 20)},
                        mail, decoded, hash);
        case Kind::kDelayed:
            return tell(inbox,
                        {.kind = Update::Kind::kNote,
                         .delivery = judgement.ours->delivery,
                         .text = "email: " + attributeOf(decoded, "dsn_status").substr(0, 20)},
                        mail, decoded, hash);
        case Kind::kRead:
            return tell(inbox, {.kind = Update::Kind::kRead, .delivery = judgement.ours->delivery}, mail, decoded,
                        hash);
        case Kind::kAutomatic:
            break;
    }
    services_.count("automatic", 1);
    if (!settings_.keep_automatic) return Done{};
    Result<std::string> raw = mail.raw.bytes(max_mail_);
    if (!raw) return std::move(raw).error();
    const Result<Accepted> kept = inbox.refuse(
        {.external_id = externalIdOf(decoded, hash),
         .raw = std::move(*raw),
         .problem = {
             .code = Errc::kRejected, .message = "a machine's mail: " + judgement.why, .problem = "email.automatic"}});
    return kept ? Status{Done{}} : Status{kept.error()};
}

/// The address is bad where it is one that our mail went to (whoever sends such a report may be anybody) and will never
/// take another: 5.x.x, RFC 3463.
Status Taker::noteBounce(const ThreadIds& ids, const Decoded& decoded, const ThreadIds::Ours& ours) {
    if (!attributeOf(decoded, "dsn_status").starts_with('5')) return Done{};
    for (const char* name : {"dsn_final_recipient", "dsn_original_recipient"}) {
        const std::string address = attributeOf(decoded, name);
        if (!address.empty() && ids.wentTo(ours, address)) return memory_.markBad(ids.hashOf(address));
    }
    return Done{};
}

/// A refused petition is in the hub's list of refused items: done with.
Status Taker::acceptPetition(Inbox& inbox, IncomingPetition petition) {
    const Result<Accepted> accepted = inbox.accept(std::move(petition));
    return accepted ? Status{Done{}} : Status{accepted.error()};
}

Status Taker::tell(Inbox& inbox, Update update, const FetchedMail& mail, const Decoded& decoded,
                   const std::string& hash) {
    update.id = hash;
    if (update.kind != Update::Kind::kSupplement) {
        const Result<Accepted> told = inbox.update(std::move(update));
        return told ? Status{Done{}} : Status{told.error()};
    }
    update.attributes[std::string{kLeaveOutFiles}] = "true";
    int number = 0;
    for (Supplement& said : supplementsOf(decoded, mail)) {
        Update part = update;
        if (++number > 1) part.id += '#' + std::to_string(number);
        part.text = std::move(said.text);
        part.attachments = std::move(said.files);
        const Result<Accepted> told = inbox.update(std::move(part));
        if (!told) return told.error();
        if (told->outcome != Accepted::Outcome::kRefused) continue;
        // The petition is not there for it, whatever the reason: then it is one of its own, which names the other.
        const Judgement alone{.mentions = update.code};
        return acceptPetition(inbox, petitionOf(decoded, mail, hash, alone, settings_));
    }
    return Done{};
}

}  // namespace pakn::in_email

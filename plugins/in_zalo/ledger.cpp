#include "ledger.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

#include "digest.hpp"
#include "json.hpp"
#include "lease.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::size_t kSeenBuckets = 256;
constexpr std::size_t kSeenPerBucket = 1000;  ///< 27 bytes each: all buckets together stay under 7 MB.
constexpr std::chrono::seconds kHold{10};
constexpr std::size_t kUserBuckets = 512;
constexpr std::size_t kUsersPerBucket = 16;  ///< Up to a KB each.

std::string digestOf(std::string_view key) { return webhooks::toHex(webhooks::sha256(key)); }

/// The number of the bucket that a key belongs to.
std::size_t bucketOf(const std::string& digest, std::size_t count) {
    std::uint64_t number = 0;
    std::from_chars(digest.data(), digest.data() + 8, number, 16);
    return static_cast<std::size_t>(number % count);
}

std::string nameOf(std::string_view table, std::size_t bucket) {
    return std::string{table} + '.' + std::to_string(bucket);
}

constexpr std::size_t kShort = 16;  ///< Hex digits that tell two keys apart.

/// A line of SeenKeys: digest, a blank, minutes since the epoch.
struct SeenLine {
    std::string_view digest;
    std::int64_t minute = 0;
};
std::vector<SeenLine> linesOf(std::string_view text) {
    std::vector<SeenLine> lines;
    while (!text.empty()) {
        const std::string_view line = text.substr(0, text.find('\n'));
        text.remove_prefix(std::min(text.size(), line.size() + 1));
        if (line.size() < kShort + 2) continue;
        SeenLine one{.digest = line.substr(0, kShort)};
        std::from_chars(line.data() + kShort + 1, line.data() + line.size(), one.minute);
        lines.push_back(one);
    }
    return lines;
}

std::int64_t minuteOf(Instant at) { return std::chrono::floor<std::chrono::minutes>(at).time_since_epoch().count(); }
std::int64_t millisecondsOf(Instant at) { return at.time_since_epoch().count(); }

/// A text of Notes: digest, "live" or "over", and milliseconds since the epoch; on the next lines the value.
struct Note {
    std::string digest;
    bool live = false;
    std::int64_t at = 0;
    std::string value;
};
constexpr std::string_view kLive = " live ";
constexpr std::string_view kOver = " over ";

/// One without a mark, as Slots writes them, is over and old.
Note noteIn(const std::string& text) {
    const std::string_view head = std::string_view{text}.substr(0, text.find('\n'));
    const std::string_view digest = head.substr(0, head.find(' '));
    const std::string_view mark = head.substr(digest.size());
    Note note{.digest = std::string{digest},
              .live = mark.substr(0, kLive.size()) == kLive,
              .value = text.substr(std::min(text.size(), head.size() + 1))};
    if (mark.size() > kLive.size()) std::from_chars(mark.data() + kLive.size(), mark.data() + mark.size(), note.at);
    return note;
}

struct KnownUser {
    std::string digest;
    std::vector<KnownPetition> petitions;  ///< The newest first.
};

std::vector<KnownUser> usersIn(const std::optional<std::string>& text) {
    std::vector<KnownUser> users;
    const Result<JsonDocument> document = parseJson(text.value_or(std::string{}));
    if (!document || !document->IsArray()) return users;
    for (const Json& one : document->GetArray()) {
        KnownUser user{.digest = std::string{textOf(one, "u")}, .petitions = {}};
        const Json* const list = memberOf(one, "p");
        if (list == nullptr || !list->IsArray()) continue;
        for (const Json& petition : list->GetArray())
            user.petitions.push_back({.code = std::string{textOf(petition, "code")},
                                      .token = std::string{textOf(petition, "token")},
                                      .at = Instant{std::chrono::milliseconds{integerOf(petition, "at", 0)}},
                                      .last_word = Instant{std::chrono::milliseconds{integerOf(petition, "last", 0)}}});
        users.push_back(std::move(user));
    }
    return users;
}

/// False: all of it was known.
bool remember(const KnownPetition& petition, KnownUser& user) {
    const auto again = std::find_if(user.petitions.begin(), user.petitions.end(),
                                    [&](const KnownPetition& one) { return one.code == petition.code; });
    if (again != user.petitions.end()) {
        // The hub told of it before the conversation did.
        const bool later = again->last_word == Instant{} && petition.last_word != Instant{};
        if (later) again->last_word = petition.last_word;
        return later;
    }
    user.petitions.insert(user.petitions.begin(), petition);
    if (user.petitions.size() > KnownUsers::kPetitions) user.petitions.resize(KnownUsers::kPetitions);
    return true;
}

std::string written(const std::vector<KnownUser>& users) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartArray();
    for (const KnownUser& user : users) {
        writer.StartObject();
        write(writer, "u", user.digest);
        writer.Key("p");
        writer.StartArray();
        for (const KnownPetition& petition : user.petitions) {
            writer.StartObject();
            write(writer, "code", petition.code);
            write(writer, "token", petition.token);
            writer.Key("at");
            writer.Int64(millisecondsOf(petition.at));
            writer.Key("last");
            writer.Int64(millisecondsOf(petition.last_word));
            writer.EndObject();
        }
        writer.EndArray();
        writer.EndObject();
    }
    writer.EndArray();
    return textIn(buffer);
}

}  // namespace

Result<std::optional<std::string>> Slots::find(std::string_view key) {
    const std::string digest = digestOf(key);
    Result<std::optional<std::string>> text = state_.get(nameOf(name_, bucketOf(digest, count_)));
    if (!text || !*text) return text;
    const std::string_view whole = **text;
    if (whole.substr(0, digest.size()) != digest) return std::optional<std::string>{};
    return std::optional{std::string{whole.substr(std::min(whole.size(), digest.size() + 1))}};
}

Status Slots::put(std::string_view key, std::string_view value) {
    const std::string digest = digestOf(key);
    return state_.put(nameOf(name_, bucketOf(digest, count_)), digest + '\n' + std::string{value});
}

std::vector<std::string> Notes::slotsOf(const std::string& digest) const {
    const std::size_t own = bucketOf(digest, count_);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < std::min(kProbes, count_); ++i) names.push_back(nameOf(name_, (own + i) % count_));
    return names;
}

Result<std::optional<std::string>> Notes::find(std::string_view key) {
    const std::string digest = digestOf(key);
    for (const std::string& slot : slotsOf(digest)) {
        Result<std::optional<std::string>> text = services_.state().get(slot);
        if (!text || !*text) return text;  // No slot is ever given back: behind one that is free there is nothing.
        Note note = noteIn(**text);
        if (note.digest == digest) return std::optional{std::move(note.value)};
    }
    return std::optional<std::string>{};
}

/// Where its note is, or else where it may go: a free slot, or the one that is missed least.
Result<Notes::Place> Notes::placeFor(const std::string& digest) const {
    std::string place;
    Note held;  // By what is there now.
    for (std::string& slot : slotsOf(digest)) {
        const Result<std::optional<std::string>> text = services_.state().get(slot);
        if (!text) return text.error();
        Note note = noteIn(text->value_or(std::string{}));
        if (!*text) return Place{.slot = std::move(slot)};
        if (note.digest == digest) return Place{.slot = std::move(slot), .taken = note.live};
        const bool better = note.live != held.live ? held.live : note.at < held.at;
        if (!place.empty() && !better) continue;
        place = std::move(slot);
        held = std::move(note);
    }
    return Place{.slot = std::move(place)};
}

Status Notes::put(std::string_view key, std::string_view value, Work work, Instant now) {
    const std::string digest = digestOf(key);
    const std::lock_guard lock{mutex_};
    Result<Place> place = placeFor(digest);
    if (!place) return place.error();
    Lease lease{services_, name_, kHold};
    if (!place->taken) {
        const Result<bool> mine = lease.take();
        if (!mine) return mine.error();
        if (!*mine)
            return Error{.code = Errc::kDeferred,
                         .message = "another node takes a place for its notes",
                         .problem = "zalo.notes_wait",
                         .not_before = services_.now() + std::chrono::seconds{1}};
        place = placeFor(digest);  // Another node may have taken that one before.
        if (!place) return place.error();
    }
    std::string text = digest;
    text.append(work == Work::kGoesOn ? kLive : kOver).append(std::to_string(millisecondsOf(now))).append("\n");
    return services_.state().put(place->slot, text.append(value));
}

Result<bool> SeenKeys::has(std::string_view user, std::string_view key, Instant now) {
    const Result<std::optional<std::string>> text = state_.get(nameOf("seen", bucketOf(digestOf(user), kSeenBuckets)));
    if (!text) return text.error();
    const std::string digest = digestOf(key).substr(0, kShort);
    const std::int64_t since = minuteOf(now - kRemembered);
    const std::string all = text->value_or(std::string{});
    const std::vector<SeenLine> lines = linesOf(all);
    return std::any_of(lines.begin(), lines.end(),
                       [&](const SeenLine& line) { return line.digest == digest && line.minute >= since; });
}

Status SeenKeys::add(std::string_view user, const std::vector<std::string>& keys, Instant now) {
    if (keys.empty()) return Done{};
    const std::string name = nameOf("seen", bucketOf(digestOf(user), kSeenBuckets));
    const Result<std::optional<std::string>> text = state_.get(name);
    if (!text) return text.error();
    const std::string before = text->value_or(std::string{});
    const std::int64_t since = minuteOf(now - kRemembered);
    std::vector<std::string> fresh;
    for (const std::string& key : keys) fresh.push_back(digestOf(key).substr(0, kShort));
    std::vector<SeenLine> lines = linesOf(before);
    std::erase_if(lines, [&](const SeenLine& line) {
        return line.minute < since || std::find(fresh.begin(), fresh.end(), line.digest) != fresh.end();
    });
    for (const std::string& digest : fresh) lines.push_back({.digest = digest, .minute = minuteOf(now)});
    const std::size_t first = lines.size() > kSeenPerBucket ? lines.size() - kSeenPerBucket : 0;
    std::string after;
    for (std::size_t i = first; i < lines.size(); ++i)
        after.append(lines[i].digest).append(" ").append(std::to_string(lines[i].minute)).append("\n");
    return after == before ? Status{Done{}} : state_.put(name, after);
}

Result<std::vector<KnownPetition>> KnownUsers::of(std::string_view user) {
    const std::string digest = digestOf(user);
    const Result<std::optional<std::string>> text = state_.get(nameOf("user", bucketOf(digest, kUserBuckets)));
    if (!text) return text.error();
    for (KnownUser& one : usersIn(*text))
        if (one.digest == digest) return std::move(one.petitions);
    return std::vector<KnownPetition>{};
}

Status KnownUsers::addAll(std::string_view user, const std::vector<KnownPetition>& petitions) {
    const std::string digest = digestOf(user);
    const std::string name = nameOf("user", bucketOf(digest, kUserBuckets));
    const Result<std::optional<std::string>> text = state_.get(name);
    if (!text) return text.error();
    std::vector<KnownUser> users = usersIn(*text);
    const auto found =
        std::find_if(users.begin(), users.end(), [&](const KnownUser& one) { return one.digest == digest; });
    KnownUser known{.digest = digest, .petitions = {}};
    if (found != users.end()) {
        known = std::move(*found);
        users.erase(found);
    }
    bool changed = false;
    for (auto one = petitions.rbegin(); one != petitions.rend(); ++one) changed = remember(*one, known) || changed;
    if (!changed) return Done{};
    // Who wrote last stands first, and who has not written for longest makes room.
    users.insert(users.begin(), std::move(known));
    if (users.size() > kUsersPerBucket) users.erase(users.begin() + kUsersPerBucket, users.end());
    return state_.put(name, written(users));
}

Result<std::vector<KnownPetition>> petitionsAtHub(Citizens& hub, const std::string& user, const std::string& code) {
    OwnSearch wanted{.reply_address = user, .limit = static_cast<int>(KnownUsers::kPetitions)};
    if (!code.empty()) wanted.codes = {code};
    Result<OwnPage> page = hub.petitions(wanted);
    if (!page) return std::move(page).error();
    std::vector<KnownPetition> known;
    for (OwnPetition& one : page->items)
        known.push_back(
            {.code = std::move(one.petition.code), .token = std::move(one.secret), .at = one.petition.received_at});
    if (known.size() > KnownUsers::kPetitions) known.resize(KnownUsers::kPetitions);
    return known;
}

}  // namespace pakn::in_zalo

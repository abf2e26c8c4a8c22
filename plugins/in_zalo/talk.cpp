#include "talk.hpp"

#include <algorithm>
#include <charconv>

#include "digest.hpp"
#include "json.hpp"
#include "text.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::string_view kClose = "close/";
constexpr std::size_t kLongestCode = 40;

bool startsWith(std::string_view text, std::string_view beginning) {
    return text.substr(0, beginning.size()) == beginning;
}

bool isOneOf(std::string_view word, const std::vector<std::string>& words) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// What stands behind one of the words, when that looks like a code; nothing when the text is something else.
std::optional<std::string> codeBehind(std::string_view plain, const std::vector<std::string>& words) {
    for (const std::string& word : words) {
        if (plain == word) return std::string{};
        if (!startsWith(plain, word + ' ')) continue;
        const std::string_view rest = plain.substr(word.size() + 1);
        const bool code = rest.size() <= kLongestCode && rest.find(' ') == std::string_view::npos &&
                          rest.find_first_of("0123456789") != std::string_view::npos;
        if (code) return std::string{rest};
    }
    return std::nullopt;
}

/// The code as the hub writes it, when it is one of the user's; as it is otherwise.
std::string asKnown(const std::string& code, const std::vector<KnownPetition>& known) {
    for (const KnownPetition& one : known)
        if (folded(one.code) == code) return one.code;
    return code;
}

struct Reading {
    Command command = Command::kNone;
    std::string argument = {};
};

/// Only a message that is nothing but the word is a command.
Reading readCommand(const Event& event, const Words& words, const std::vector<KnownPetition>& known) {
    constexpr std::size_t kLongestCommand = 200;
    if (event.text.empty() || event.text.size() > kLongestCommand || !event.files.empty() || event.place) return {};
    const std::string plain = folded(event.text);
    if (isOneOf(plain, words.send)) return {.command = Command::kSend};
    if (isOneOf(plain, words.cancel)) return {.command = Command::kCancel};
    if (event.kind == EventKind::kAnonymous) return {};  // The rest is a dialogue, and nobody is there to answer to.
    if (isOneOf(plain, words.fresh)) return {.command = Command::kNew};
    if (isOneOf(plain, words.satisfied)) return {.command = Command::kRate, .argument = "satisfied"};
    if (isOneOf(plain, words.neutral)) return {.command = Command::kRate, .argument = "neutral"};
    if (isOneOf(plain, words.dissatisfied)) return {.command = Command::kRate, .argument = "dissatisfied"};
    if (const auto code = codeBehind(plain, words.track))
        return {.command = Command::kTrack, .argument = asKnown(*code, known)};
    if (const auto code = codeBehind(plain, words.supplement))
        return {.command = Command::kSupplement, .argument = asKnown(*code, known)};
    for (const KnownPetition& one : known)
        if (folded(one.code) == plain) return {.command = Command::kTrack, .argument = one.code};
    return {};
}

/// In the middle of a draft a word that rates is part of what happened; so it is where there is nothing to rate.
void readRatings(Talk& talk) {
    bool draft = false;
    for (Item& item : talk.items) {
        if (item.command == Command::kSend || item.command == Command::kCancel) draft = false;
        if (item.command == Command::kRate && talk.mark("answered/" + item.key) == nullptr &&
            (draft || talk.mark("text/" + item.key) != nullptr))
            item.command = Command::kNone;
        draft = draft || item.hasContent();
    }
}

Closing readClosing(std::string_view name, const Mark& mark) {
    Closing closing{.at = mark.at};
    std::from_chars(name.data() + kClose.size(), name.data() + name.size(), closing.until);
    const Result<JsonDocument> json = parseJson(mark.data);
    if (!json) return closing;
    closing.target = std::string{textOf(*json, "target")};
    closing.last_word = Instant{std::chrono::milliseconds{integerOf(*json, "last", 0)}};
    return closing;
}

}  // namespace

const Mark* Talk::mark(std::string_view name) const {
    const auto found = marks.find(name);
    return found == marks.end() ? nullptr : &found->second;
}

bool Talk::isMarked(std::string_view kind) const {
    return std::any_of(items.begin(), items.end(),
                       [&](const Item& item) { return mark(std::string{kind} + '/' + item.key) != nullptr; });
}

std::optional<Closing> Talk::closing() const {
    std::optional<Closing> oldest;
    for (auto at = marks.lower_bound(kClose); at != marks.end() && startsWith(at->first, kClose); ++at) {
        Closing one = readClosing(at->first, at->second);
        const bool open =
            std::any_of(items.begin(), items.end(), [&](const Item& item) { return item.sequence <= one.until; });
        if (open && (!oldest || one.until < oldest->until)) oldest = std::move(one);
    }
    return oldest;
}

std::vector<const Item*> Talk::upTo(std::int64_t sequence) const {
    std::vector<const Item*> found;
    for (const Item& item : items)
        if (item.sequence <= sequence) found.push_back(&item);
    return found;
}

Talk readTalk(std::string_view conversation, const std::vector<KeptEvent>& events, const Words& words,
              const std::vector<KnownPetition>& known) {
    Talk talk{.conversation = std::string{conversation}, .anonymous = startsWith(conversation, kAnonymousPrefix)};
    talk.user = talk.anonymous ? talk.conversation.substr(kAnonymousPrefix.size()) : talk.conversation;
    talk.events = events.size();
    for (const KeptEvent& kept : events) {
        talk.last = std::max(talk.last, kept.sequence);
        talk.bytes += kept.data.size();
        if (startsWith(kept.id, kMarkPrefix)) {
            talk.marks.emplace(kept.id.substr(kMarkPrefix.size()), Mark{.data = kept.data, .at = kept.at});
            continue;
        }
        Result<Event> event = readEvent(kept.data);
        if (!event) continue;  // It was readable when it came; what is not is no item and goes with the others.
        Item item{.event = std::move(*event),
                  .id = kept.id,
                  .key = webhooks::toHex(webhooks::sha256(kept.id)).substr(0, 16),
                  .raw = kept.data,
                  .sequence = kept.sequence,
                  .heard = kept.at};
        item.said = item.event.at.value_or(kept.at);
        if (item.event.kind != EventKind::kSubmitInfo) {
            const Reading reading = readCommand(item.event, words, known);
            item.command = reading.command;
            item.argument = reading.argument;
        }
        talk.items.push_back(std::move(item));
    }
    std::stable_sort(talk.items.begin(), talk.items.end(),
                     [](const Item& a, const Item& b) { return a.said < b.said; });
    readRatings(talk);
    return talk;
}

std::string closeMark(std::int64_t until) { return std::string{kClose} + std::to_string(until); }

std::string written(const Closing& closing) {
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    write(writer, "target", closing.target);
    writer.Key("last");
    writer.Int64(closing.last_word.time_since_epoch().count());
    writer.EndObject();
    return textIn(buffer);
}

}  // namespace pakn::in_zalo

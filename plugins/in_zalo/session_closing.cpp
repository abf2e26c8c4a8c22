/// @file
/// Drafts that are complete: handed in, confirmed, forgotten, in this order. A mark stands between any two steps of
/// which the first must not be done again.

#include "json.hpp"
#include "session.hpp"

namespace pakn::in_zalo {
namespace {

using std::chrono::minutes;

constexpr minutes kConfirmFor{15};  ///< So long a confirmation is tried; the next draft waits behind it.
constexpr std::chrono::seconds kConfirmPause{30};

constexpr std::string_view kOfFile = "/attachments/";  ///< Where the hub says which file it does not want.

std::string handedMark(std::int64_t until) { return "handed/" + std::to_string(until); }
std::string confirmMark(std::int64_t until, int number) {
    return "confirm/" + std::to_string(until) + '/' + std::to_string(number);
}
std::string unsentMark(std::int64_t until, int number) {
    return "unsent/" + std::to_string(until) + '/' + std::to_string(number);
}

}  // namespace

Result<bool> Session::finish(const Closing& closing) {
    Handed handed;
    if (const Mark* const mark = talk_.mark(handedMark(closing.until))) {
        if (const Result<JsonDocument> json = parseJson(mark->data))
            handed = {.code = std::string{textOf(*json, "code")},
                      .token = std::string{textOf(*json, "token")},
                      .added = textOf(*json, "added") == "yes"};
    } else {
        Result<std::optional<Handed>> now_handed = handIn(closing);
        if (!now_handed) return now_handed.error();
        if (!*now_handed) return true;  // A file was left out: look again.
        handed = std::move(**now_handed);
    }
    const Result<bool> confirmed = confirm(closing, handed);
    if (!confirmed) return confirmed.error();
    if (!*confirmed) return false;
    if (const Status cleared = clearFiles(closing.until); !cleared) return cleared.error();
    if (const Status forgotten = forget(closing.until); !forgotten) return forgotten.error();
    return true;
}

/// Nothing: a file was found unfit, and the petition is another one now.
Result<std::optional<Session::Handed>> Session::handIn(const Closing& closing) {
    const Result<std::vector<DraftItem>> items = itemsWithFiles(closing.until);
    if (!items) return items.error();
    std::optional<Handed> handed;
    if (!closing.target.empty()) {
        const Result<Accepted> told = inbox_.update(supplementOf(*items, closing.target));
        if (!told) return told.error();
        // What the petition does not take is one of its own: nothing that was written gets lost.
        if (told->outcome != Accepted::Outcome::kRefused) handed = Handed{.code = closing.target, .added = true};
    }
    if (!handed) {
        Result<std::optional<Handed>> offered = offer(petitionOf(*items, talk_, desk_.rules_), *items);
        if (!offered || !*offered) return offered;
        handed = std::move(**offered);
    }
    if (!handed->code.empty()) desk_.services_.count(handed->added ? "supplements" : "petitions", 1);
    if (!handed->added && !handed->code.empty() && !talk_.anonymous) {
        const Status known = desk_.users_.add(
            talk_.user, {.code = handed->code, .token = handed->token, .at = now_, .last_word = closing.last_word});
        if (!known) return known.error();
    }
    JsonBuffer buffer;
    JsonWriter writer{buffer};
    writer.StartObject();
    write(writer, "code", handed->code);
    write(writer, "token", handed->token);
    write(writer, "added", handed->added ? "yes" : "no");
    writer.EndObject();
    if (const Status marked = setMark(handedMark(closing.until), textIn(buffer)); !marked) return marked.error();
    return handed;
}

Result<std::optional<Session::Handed>> Session::offer(IncomingPetition petition, const std::vector<DraftItem>& items) {
    const Result<Accepted> accepted = inbox_.accept(std::move(petition));
    if (!accepted) return accepted.error();
    if (accepted->outcome != Accepted::Outcome::kRefused)
        return std::optional{Handed{.code = accepted->code, .token = accepted->tracking_token}};
    const Error problem = accepted->problem.value_or(Error{});
    if (std::string_view{problem.field}.substr(0, kOfFile.size()) == kOfFile) {
        const Status marked = markUnfit(items, problem.field);
        if (marked) return std::optional<Handed>{};
        if (marked.error().code != Errc::kNotFound) return marked.error();
    }
    desk_.services_.count("petitions_refused", 1);
    return std::optional{Handed{}};
}

/// True: said, or given up. Marked before it is sent: whoever dies in between has perhaps sent it, and it is not sent
/// again. What certainly was not sent is.
Result<bool> Session::confirm(const Closing& closing, const Handed& handed) {
    if (talk_.anonymous) return true;
    int tries = 0;
    while (talk_.mark(confirmMark(closing.until, tries)) != nullptr) ++tries;
    const Mark* const failed = tries > 0 ? talk_.mark(unsentMark(closing.until, tries - 1)) : nullptr;
    if (tries > 0 && failed == nullptr) return true;
    const bool given_up = now_ >= closing.at + kConfirmFor;
    if (given_up && tries > 0) return true;
    if (failed != nullptr && now_ < failed->at + kConfirmPause) return false;
    if (now_ < desk_.mute_until_ && !given_up) return false;

    if (const Status marked = setMark(confirmMark(closing.until, tries)); !marked) return marked.error();
    const std::string text =
        handed.code.empty() ? phrases::refused()
        : handed.added
            ? phrases::added(handed.code)
            : phrases::accepted(handed.code, linkOf({.code = handed.code, .token = handed.token}), desk_.rules_);
    if (desk_.say(talk_.user, text, {.delivery = {}, .code = handed.code}) != Desk::Said::kLater) return true;
    if (const Status marked = setMark(unsentMark(closing.until, tries)); !marked) return marked.error();
    return false;
}

/// Their keys stay known, so that a repetition hours later is one.
Status Session::forget(std::int64_t until) {
    std::vector<std::string> keys;
    for (const Item* item : talk_.upTo(until)) keys.push_back(item->id);
    if (Status known = desk_.seen_.add(talk_.conversation, keys, now_); !known) return known;
    return inbox_.drop(talk_.conversation, until);
}

}  // namespace pakn::in_zalo

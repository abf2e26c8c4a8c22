/// @file
/// What a user asks in the chat, and what they think of an answer.

#include "session.hpp"

namespace pakn::in_zalo {

Result<bool> Session::answer(const Item& query) {
    const Result<std::string> text = answerTo(query);
    if (!text) return text.error();
    // A rating of nothing is a text like any other.
    const bool is_text = text->empty();
    if (!is_text && desk_.say(talk_.user, *text, {}) == Desk::Said::kLater) return false;
    const Status marked = setMark((is_text ? "text/" : "answered/") + query.key);
    return marked ? Result<bool>{true} : marked.error();
}

Result<std::string> Session::answerTo(const Item& query) {
    switch (query.command) {
        case Command::kSend:
            return phrases::nothingToSend(known_.empty() ? std::string{} : known_.front().code);
        case Command::kCancel:
            return phrases::nothingToCancel();
        case Command::kRate:
            return rate(query);
        default:
            return standingsFor(query.argument);
    }
}

/// Of one's own petitions only: whoever asks for another's code learns nothing.
Result<std::string> Session::standingsFor(const std::string& code) {
    std::vector<phrases::Standing> standings;
    for (const KnownPetition& one : known_) {
        if (!code.empty() && one.code != code) continue;
        const Result<PublicPetition> shown = desk_.services_.records().track(one.code, one.token);
        if (!shown && shown.error().code == Errc::kUnavailable) return shown.error();
        if (!shown) continue;
        const auto question = shown->attributes.find("question");
        standings.push_back({.code = shown->code,
                             .status = shown->status_label.vi,
                             .unit = shown->unit_name,
                             .answered = shown->answer.has_value(),
                             .question = question == shown->attributes.end() ? std::string{} : question->second,
                             .link = linkOf(one)});
    }
    return standings.empty() ? phrases::noPetitions() : phrases::standings(standings);
}

/// Empty: there is no answer to rate.
Result<std::string> Session::rate(const Item& query) {
    const Result<const KnownPetition*> answered = lastAnswered();
    if (!answered) return answered.error();
    if (*answered == nullptr) return std::string{};
    const std::string& code = (*answered)->code;
    const Result<Accepted> told = inbox_.update({.kind = Update::Kind::kRated,
                                                 .id = "rating/" + query.key,
                                                 .code = code,
                                                 .attributes = {{"rating", query.argument}}});
    if (!told) return told.error();
    const bool taken = told->outcome != Accepted::Outcome::kRefused;
    if (taken) desk_.services_.count("ratings", 1);
    return taken ? phrases::rated(code) : phrases::notRated(code);
}

Result<const KnownPetition*> Session::lastAnswered() {
    for (const KnownPetition& one : known_) {
        const Result<PublicPetition> shown = desk_.services_.records().track(one.code, one.token);
        if (!shown && shown.error().code == Errc::kUnavailable) return shown.error();
        if (shown && shown->answer) return &one;
    }
    return nullptr;
}

std::string Session::linkOf(const KnownPetition& petition) const {
    return filled(desk_.rules_.tracking_url,
                  {{"code", urlEncoded(petition.code)}, {"token", urlEncoded(petition.token)}});
}

}  // namespace pakn::in_zalo

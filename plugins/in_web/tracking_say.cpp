/// @file
/// What the sender says about the petition: a supplement, a rating, a request to look again. See tracking.hpp.

#include <algorithm>
#include <array>
#include <utility>

#include "pakn/sdk/reply_address.hpp"
#include "text.hpp"
#include "tracking.hpp"

namespace pakn::in_web {
namespace {

constexpr std::size_t kMostText = 5000;  ///< Code points, as the hub takes them.

struct SayingForm {
    std::string_view address;  ///< Also what the page after it says was done.
    std::string_view field;    ///< Where its text stands.
    Update::Kind kind;
};
constexpr std::array<SayingForm, 3> kForms{{{"bo-sung", "text", Update::Kind::kSupplement},
                                            {"danh-gia", "comment", Update::Kind::kRated},
                                            {"xem-lai", "reason", Update::Kind::kReopen}}};

const SayingForm& formFor(Saying saying) { return kForms.at(static_cast<std::size_t>(saying)); }

std::string purposeOf(Saying saying, const std::string& code) {
    return std::string{formFor(saying).address} + ' ' + code;
}

std::string attributeOf(const PublicPetition& petition, std::string_view name) {
    const auto found = petition.attributes.find(name);
    return found == petition.attributes.end() ? std::string{} : found->second;
}

/// At which field the hub's refusal is to be mended.
std::string_view fieldOf(const Error& problem, Saying saying) {
    if (problem.problem.starts_with("attachment.") || problem.problem == "update.too_many_attachments") return "files";
    if (problem.problem.starts_with("update.text") || problem.problem == "action.comment_missing")
        return formFor(saying).field;
    if (problem.problem == "rating.missing") return "rating";
    return {};
}

}  // namespace

Offered offeredIn(const PublicPetition& petition) {
    constexpr std::array<std::string_view, 4> kOver{"answered", "closed", "merged", "refused"};
    const bool over = std::find(kOver.begin(), kOver.end(), petition.status) != kOver.end();
    const bool answered = petition.status == "answered" && petition.answer.has_value();
    return {.supplement = !over, .rating = answered && attributeOf(petition, "rating").empty(), .reopening = answered};
}

Result<Data> Tracking::sayingsOf(Visit& visit, const PublicPetition& petition, const Typed& typed) const {
    const Language language = visit.language();
    const Offered offered = offeredIn(petition);
    const auto wasTyped = [&](Saying saying) { return typed.saying == saying; };
    const auto field = [&](const char* name, Saying saying) {
        const bool own = wasTyped(saying);
        return object({{"id", name},
                       {"value", own ? typed.text : std::string{}},
                       {"error", own ? parts_.errorAt(typed.errors, name, language) : std::string{}}});
    };
    Data all =
        object({{"rate", flag(false)}, {"rated", flag(false)}, {"supplement", flag(false)}, {"reopen", flag(false)}});
    if (offered.rating) {
        const Result<std::string> token = parts_.token(visit, purposeOf(Saying::kRating, petition.code));
        if (!token) return token.error();
        Data rating = field("rating", Saying::kRating);
        for (const char* name : {"satisfied", "neutral", "dissatisfied"}) rating.set(name, flag(typed.rating == name));
        all.set("rate", object({{"token", *token},
                                {"f", object({{"rating", rating}, {"comment", field("comment", Saying::kRating)}})}}));
    }
    if (const std::string given = attributeOf(petition, "rating"); !given.empty())
        all.set("rated", std::string{words("rate." + given, language)});
    if (offered.supplement) {
        const Result<std::string> token = parts_.token(visit, purposeOf(Saying::kSupplement, petition.code));
        if (!token) return token.error();
        all.set("supplement", object({{"token", *token},
                                      {"question", attributeOf(petition, "question")},
                                      {"f", object({{"text", field("text", Saying::kSupplement)},
                                                    {"files", field("files", Saying::kSupplement)}})}}));
    }
    if (offered.reopening) {
        const Result<std::string> token = parts_.token(visit, purposeOf(Saying::kReopening, petition.code));
        if (!token) return token.error();
        all.set("reopen",
                object({{"token", *token}, {"f", object({{"reason", field("reason", Saying::kReopening)}})}}));
    }
    return all;
}

HttpResponse Tracking::say(Visit& visit, Inbox& inbox, const std::string& code, Saying saying) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    Entry entry = parts_.entry(visit, *body, purposeOf(saying, code));
    if (entry.refusal) return std::move(*entry.refusal);
    const std::string secret{visit.cookie(kKeyCookie)};
    if (!isToken(secret, 1, 200)) return askForSecret(visit, code);
    if (auto refusal = parts_.tooMany(visit, Counted::kSaid, parts_.rules.flood.said)) return std::move(*refusal);
    const Result<PublicPetition> petition = parts_.services.records().track(code, secret);
    if (!petition && petition.error().code == Errc::kNotFound) return askForSecret(visit, code);
    if (!petition) return parts_.pages.trouble(visit, petition.error());

    const SayingForm& form = formFor(saying);
    Typed typed{.saying = saying,
                .text = std::string{trimmed(withPlainLines(body->value(form.field)))},
                .rating = std::string{body->value("rating")},
                .status = 422};
    const auto wrong = [&](FieldError error) {
        typed.errors.push_back(std::move(error));
        return page(visit, *petition, typed);
    };
    // The form's id: sent twice, it is the same news.
    Update update{.kind = form.kind,
                  .id = "web-" + nameOf("say", entry.token.id, 40),
                  .code = code,
                  .text = typed.text,
                  .attributes = {{std::string{kSenderSecret}, secret}}};
    if (codePoints(typed.text) > kMostText)
        return wrong({.field = std::string{form.field}, .key = "error.text_too_long"});
    if (saying == Saying::kRating) {
        if (typed.rating != "satisfied" && typed.rating != "neutral" && typed.rating != "dissatisfied")
            return wrong({.field = "rating", .problem = "rating.missing"});
        update.attributes["rating"] = typed.rating;
    }
    if (saying == Saying::kReopening && typed.text.empty())
        return wrong({.field = "reason", .key = "error.reason_missing"});
    if (saying == Saying::kSupplement) {
        const std::vector<const SentFile*> files = body->files("files");
        if (files.size() > kMostFiles) return wrong({.field = "files", .problem = "petition.too_many_attachments"});
        if (typed.text.empty() && files.empty()) return wrong({.field = "text", .key = "error.supplement_missing"});
        double bytes = 0;
        for (const SentFile* file : files) bytes += static_cast<double>(file->data.size());
        if (!files.empty() && parts_.limits.use(Counted::kBytes, visit.network(), bytes, parts_.rules.flood.bytes,
                                                parts_.services.now())) {
            for (const SentFile* file : files)
                typed.errors.push_back({.field = "files", .key = "error.too_many_bytes", .about = file->name});
            return page(visit, *petition, typed);
        }
        for (const SentFile* file : files)
            update.attachments.push_back(
                {.name = file->name,
                 .content_type = isText(file->content_type) ? file->content_type : std::string{},
                 .content = std::string{file->data}});
    }
    const Result<Accepted> accepted = inbox.update(std::move(update));
    if (!accepted) return parts_.pages.trouble(visit, accepted.error());
    if (accepted->outcome != Accepted::Outcome::kRefused)
        return Pages::redirect(visit, "/phan-anh/" + code + "?xong=" + std::string{form.address});
    parts_.services.count("sayings_refused", 1);
    const Error problem = accepted->problem.value_or(Error{});
    if (problem.code == Errc::kConflict || problem.problem == "sender.not_now") typed.status = 409;
    return wrong({.field = std::string{fieldOf(problem, saying)}, .problem = problem.problem});
}

}  // namespace pakn::in_web

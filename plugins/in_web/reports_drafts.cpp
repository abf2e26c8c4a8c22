/// @file
/// Drafts go on, are checked and sent. See reports.hpp.

#include <utility>

#include "reports.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr auto kSentKeep = 1h;
constexpr std::size_t kExternalIdLength = 40;

}  // namespace

HttpResponse Reports::gone(Visit& visit) const {
    return parts_.pages.failure(visit, 404, "failure.draft_title", "failure.draft");
}

HttpResponse Reports::drafts(Visit& visit, Inbox& inbox) const {
    Data all = emptyList();
    bool any = false;
    for (const std::string& id : draftIds(visit)) {
        const Result<std::optional<Draft>> draft = DraftBox::load(inbox, id);
        if (!draft) return parts_.pages.trouble(visit, draft.error());
        if (!*draft || (*draft)->sent) continue;
        const Result<std::string> token = parts_.tokens.make("delete", visit.browser(), {.id = id});
        if (!token) return parts_.pages.trouble(visit, token.error());
        const Form& form = (*draft)->form;
        const std::size_t files = (*draft)->files.size();
        any = true;
        all.push_back(
            object({{"title", form.title.empty() ? std::string{firstBytes(onOneLine(form.content), 120)} : form.title},
                    {"at", shownTime((*draft)->saved_at)},
                    {"at_machine", machineTime((*draft)->saved_at)},
                    {"files", files == 0 ? std::string{} : std::to_string(files)},
                    {"handle", DraftBox::handleOf(id)},
                    {"token", *token}}));
    }
    const auto days = std::chrono::duration_cast<std::chrono::days>(parts_.rules.keep_drafts).count();
    const std::string_view done = visit.query().value("xong");
    return parts_.pages.page(visit, "drafts", "nav.drafts",
                             object({{"has_drafts", flag(any)},
                                     {"drafts", all},
                                     {"intro", words("drafts.intro", visit.language(), std::to_string(days))},
                                     {"saved", flag(done == "luu")},
                                     {"deleted", flag(done == "xoa")}}));
}

HttpResponse Reports::edit(Visit& visit, Inbox& inbox, std::string_view handle) const {
    const std::optional<std::string> id = idOf(visit, handle);
    if (!id) return gone(visit);
    const Result<std::optional<Draft>> draft = DraftBox::load(inbox, *id);
    if (!draft) return parts_.pages.trouble(visit, draft.error());
    if (!*draft) return gone(visit);
    if ((*draft)->sent) return finish(visit, *(*draft)->sent);
    return show(visit, {.form = (*draft)->form, .files = (*draft)->files, .errors = {}}, {.id = *id}, 200);
}

HttpResponse Reports::check(Visit& visit, Inbox& inbox, std::string_view handle) const {
    const std::optional<std::string> id = idOf(visit, handle);
    if (!id) return gone(visit);
    const Result<std::optional<Draft>> draft = DraftBox::load(inbox, *id);
    if (!draft) return parts_.pages.trouble(visit, draft.error());
    if (!*draft) return gone(visit);
    if ((*draft)->sent) return finish(visit, *(*draft)->sent);
    const Result<std::string> token = parts_.tokens.make("send", visit.browser(), {.id = *id});
    if (!token) return parts_.pages.trouble(visit, token.error());
    return parts_.pages.page(visit, "check", "check.page",
                             object({{"answers", checkedAnswers(parts_, **draft, visit.language())},
                                     {"handle", std::string{handle}},
                                     {"token", *token}}));
}

HttpResponse Reports::send(Visit& visit, Inbox& inbox, std::string_view handle) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    Entry entry = parts_.entry(visit, *body, "send");
    if (entry.refusal) return std::move(*entry.refusal);
    // The token names the draft; the cookie may have lost it already, when the button was pressed twice.
    const std::string& id = entry.token.id;
    if (DraftBox::handleOf(id) != handle) return gone(visit);
    if (auto refusal = parts_.tooMany(visit, Counted::kSaved, parts_.rules.flood.saved)) return std::move(*refusal);
    Result<std::optional<Draft>> draft = DraftBox::load(inbox, id);
    if (!draft) return parts_.pages.trouble(visit, draft.error());
    if (!*draft) return gone(visit);
    if ((*draft)->sent) return finish(visit, *(*draft)->sent);
    return handIn(visit, inbox, id, std::move(**draft));
}

HttpResponse Reports::remove(Visit& visit, Inbox& inbox, std::string_view handle) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    Entry entry = parts_.entry(visit, *body, "delete");
    if (entry.refusal) return std::move(*entry.refusal);
    const std::string& id = entry.token.id;
    if (DraftBox::handleOf(id) != handle) return gone(visit);
    const Result<std::optional<Draft>> draft = DraftBox::load(inbox, id);
    if (!draft) return parts_.pages.trouble(visit, draft.error());
    // What was sent stays known as long as its form could come again.
    if (*draft && !(*draft)->sent)
        if (const Status dropped = DraftBox::drop(inbox, id, **draft); !dropped)
            return parts_.pages.trouble(visit, dropped.error());
    forgetDraft(visit, id);
    return Pages::redirect(visit, "/nhap?xong=xoa");
}

HttpResponse Reports::mend(Visit& visit, const std::string& id, const Draft& draft,
                           const std::vector<FieldError>& errors) const {
    return show(visit, {.form = draft.form, .files = draft.files, .errors = errors}, {.id = id}, 422);
}

HttpResponse Reports::handIn(Visit& visit, Inbox& inbox, const std::string& id, Draft draft) const {
    std::vector<FieldError> mistakes = mistakesIn(draft.form, parts_.rules, draft.files.size(), parts_.services.now());
    if (!mistakes.empty()) return mend(visit, id, draft, mistakes);
    IncomingPetition petition = petitionOf(draft.form, parts_.rules, "web-" + nameOf("petition", id, kExternalIdLength),
                                           consentsVersion(visit.language()));
    std::vector<std::string> names;
    for (auto file = draft.files.begin(); file != draft.files.end(); ++file) {
        Result<Content> content = DraftBox::open(inbox, id, *file);
        if (!content && content.error().code == Errc::kNotFound) {
            mistakes.push_back({.field = "files", .key = "error.file_lost", .about = file->name});
            draft.files.erase(file);
            if (Status saved = DraftBox::save(inbox, id, draft); !saved)
                return parts_.pages.trouble(visit, saved.error());
            return mend(visit, id, draft, mistakes);
        }
        if (!content) return parts_.pages.trouble(visit, content.error());
        names.push_back(file->name);
        petition.attachments.push_back(
            {.name = file->name, .content_type = file->content_type, .content = std::move(*content)});
    }
    const Result<Accepted> accepted = inbox.accept(std::move(petition));
    if (!accepted) return parts_.pages.trouble(visit, accepted.error());
    if (accepted->outcome == Accepted::Outcome::kRefused) {
        parts_.services.count("petitions_refused", 1);
        return mend(visit, id, draft, {errorOf(accepted->problem.value_or(Error{}), names)});
    }
    const SentReport sent{.code = accepted->code, .secret = accepted->tracking_token};
    if (accepted->outcome == Accepted::Outcome::kStored) parts_.services.count("petitions", 1);
    // The petition is on disk. Where this fails the draft stays, and sending it again shows the same code.
    if (const Status settled = DraftBox::settle(inbox, id, draft, sent); !settled)
        parts_.services.log(LogLevel::kWarning, "a draft stays although it was sent: " + settled.error().message);
    forgetDraft(visit, id);
    return finish(visit, sent);
}

HttpResponse Reports::finish(Visit& visit, const SentReport& sent) const {
    if (!isCode(sent.code) || !isToken(sent.secret, 1, 200))
        return parts_.pages.failure(visit, 500, "failure.broken_title", "failure.broken");
    visit.setCookie(kSentCookie, sent.code + '.' + sent.secret, {.path = "/da-gui", .keep = kSentKeep});
    visit.setCookie(kKeyCookie, sent.secret,
                    {.path = "/phan-anh/" + sent.code,
                     .keep = std::chrono::duration_cast<std::chrono::seconds>(parts_.rules.keep_keys)});
    return Pages::redirect(visit, "/da-gui");
}

HttpResponse Reports::sent(Visit& visit) const {
    const std::string_view cookie = visit.cookie(kSentCookie);
    const std::size_t dot = cookie.find('.');
    const std::string code{cookie.substr(0, dot)};
    const std::string secret{dot == std::string_view::npos ? std::string_view{} : cookie.substr(dot + 1)};
    if (!isCode(code) || !isToken(secret, 1, 200)) return Pages::redirect(visit, "/");
    const Result<PublicPetition> petition = parts_.services.records().track(code, secret);
    if (!petition && petition.error().code == Errc::kNotFound) return Pages::redirect(visit, "/");
    const std::string path = "/phan-anh/" + code + "?token=" + secret;
    Data data = object({{"code", code},
                        {"secret", secret},
                        {"path", path},
                        {"link", parts_.services.address() + path},
                        {"due", flag(false)},
                        {"urgent_line", flag(false)}});
    if (petition && petition->due_at) {
        data.set("due", shownTime(*petition->due_at));
        data.set("due_machine", machineTime(*petition->due_at));
    }
    if (petition)
        if (const auto line = petition->attributes.find("emergency_line"); line != petition->attributes.end())
            data.set("urgent_line", words("view.emergency", visit.language(), line->second));
    return parts_.pages.page(visit, "sent", "sent.page", data);
}

}  // namespace pakn::in_web

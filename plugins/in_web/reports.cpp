/// @file
/// A form is opened and comes back. See reports.hpp.

#include "reports.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kPurpose = "report";
/// Forms that cost no more work than the first.
constexpr double kFree = 3;
/// By how many bits the work may have risen since a form was opened, until it is asked for anew.
constexpr int kRisen = 2;

}  // namespace

int Reports::bitsFor(const Visit& visit) const {
    const FloodRules& flood = parts_.rules.flood;
    const double used = parts_.limits.used(Counted::kProven, visit.network(), flood.proven, parts_.services.now());
    const int more = static_cast<int>(std::floor(std::log2(1 + used / kFree)));
    return std::min(flood.bits + more, flood.bits_most);
}

HttpResponse Reports::show(Visit& visit, FormPage page, FormToken token, int status) const {
    token.bits = page.bits;
    Result<std::string> text = parts_.tokens.make(kPurpose, visit.browser(), std::move(token));
    if (!text) return parts_.pages.trouble(visit, text.error());
    page.token = std::move(*text);
    return parts_.pages.page(visit, "form", "form.page", formData(parts_, page, visit.language()), status);
}

HttpResponse Reports::blank(Visit& visit) const {
    const Form form;
    return show(visit, {.form = form, .files = {}, .errors = {}, .wants_proof = true, .bits = bitsFor(visit)}, {}, 200);
}

HttpResponse Reports::showAgain(Visit& visit, const Incoming& incoming, const std::vector<DraftFile>& files) const {
    const FormPage page{.form = incoming.form,
                        .files = files,
                        .errors = incoming.errors,
                        .wants_proof = !incoming.admitted,
                        .bits = bitsFor(visit)};
    HttpResponse response = show(visit, page, incoming.token, incoming.status);
    if (incoming.wait) response.headers["retry-after"] = std::to_string(incoming.wait->count());
    return response;
}

bool Reports::admit(Visit& visit, Incoming& incoming) const {
    const FloodRules& flood = parts_.rules.flood;
    const Instant now = parts_.services.now();
    const auto turnAway = [&](std::string_view key, std::chrono::seconds wait) {
        incoming.errors.push_back({.key = std::string{key}});
        incoming.status = 429;
        incoming.wait = wait;
        parts_.services.count("forms_refused", 1);
        return false;
    };
    const int wanted = bitsFor(visit);
    const int proven = provenBits(incoming.token_text, incoming.body.value("proof"));
    const bool kept_up = incoming.token.bits + kRisen >= wanted && proven >= incoming.token.bits;
    if (proven > 0 && (proven >= wanted || kept_up)) {
        if (const auto wait = parts_.limits.use(Counted::kProven, visit.network(), 1, flood.proven, now))
            return turnAway("error.too_many", *wait);
        parts_.services.count("forms_proven", 1);
        return true;
    }
    const auto age = now - incoming.token.issued;
    if (age < flood.waiting)
        return turnAway("error.too_soon", std::chrono::ceil<std::chrono::seconds>(flood.waiting - age));
    if (const auto wait = parts_.limits.use(Counted::kWaited, visit.network(), 1, flood.waited, now))
        return turnAway("error.too_many_unproven", *wait);
    parts_.services.count("forms_waited", 1);
    return true;
}

Status Reports::takeFiles(Visit& visit, Inbox& inbox, Incoming& incoming, Draft& draft) const {
    const Instant now = parts_.services.now();
    const auto wrong = [&](const SentFile& file, std::string_view problem) {
        incoming.errors.push_back({.field = "files", .problem = std::string{problem}, .about = file.name});
    };
    const std::vector<std::string_view> unwanted = incoming.body.values("remove");
    for (auto file = draft.files.begin(); file != draft.files.end();) {
        if (std::find(unwanted.begin(), unwanted.end(), file->id) == unwanted.end()) {
            ++file;
            continue;
        }
        if (Status forgotten = DraftBox::forget(inbox, incoming.token.id, *file); !forgotten) return forgotten;
        file = draft.files.erase(file);
    }
    for (const SentFile* file : incoming.body.files("files")) {
        const auto bytes = static_cast<double>(file->data.size());
        if (file->data.empty()) {
            wrong(*file, "attachment.empty");
        } else if (draft.files.size() >= kMostFiles) {
            wrong(*file, "petition.too_many_attachments");
        } else if (draft.bytes() + file->data.size() > kMostDraftBytes) {
            wrong(*file, "attachment.too_large");
        } else if (parts_.limits.use(Counted::kBytes, visit.network(), bytes, parts_.rules.flood.bytes, now)) {
            incoming.errors.push_back({.field = "files", .key = "error.too_many_bytes", .about = file->name});
        } else {
            Result<DraftFile> kept = DraftBox::keep(inbox, incoming.token.id, *file, now);
            if (!kept) return kept.error();
            draft.files.push_back(std::move(*kept));
        }
    }
    return Done{};
}

Status Reports::keepDraft(Visit& visit, Inbox& inbox, const std::string& id, Draft& draft) const {
    const Instant now = parts_.services.now();
    if (Status touched = DraftBox::touch(inbox, id, draft, now - parts_.rules.keep_drafts / 2, now); !touched)
        return touched;
    if (Status saved = DraftBox::save(inbox, id, draft); !saved) return saved;
    std::vector<std::string> ids = draftIds(visit);
    std::erase(ids, id);
    ids.insert(ids.begin(), id);
    for (; ids.size() > kMostDrafts; ids.pop_back()) {
        const Result<std::optional<Draft>> oldest = DraftBox::load(inbox, ids.back());
        if (!oldest) return oldest.error();
        if (!*oldest) continue;
        if (Status dropped = DraftBox::drop(inbox, ids.back(), **oldest); !dropped) return dropped;
    }
    setDraftIds(visit, ids);
    parts_.services.count("drafts_saved", 1);
    return Done{};
}

HttpResponse Reports::take(Visit& visit, Inbox& inbox) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    Incoming incoming{.body = *body, .token_text = body->value("token")};
    Result<FormToken> token = parts_.tokens.read(incoming.token_text, kPurpose, visit.knownBrowser());
    if (!token && token.error().code != Errc::kForbidden) return parts_.pages.trouble(visit, token.error());
    if (!token) {
        parts_.services.count("strangers", 1);
        return parts_.pages.failure(visit, 403, "failure.stranger_title", "failure.stranger");
    }
    incoming.token = std::move(*token);
    incoming.form = readForm(*body);
    Result<std::optional<Draft>> known = DraftBox::load(inbox, incoming.token.id);
    if (!known) return showBusy(visit, incoming, {}, known.error());
    if (*known && (*known)->sent) return finish(visit, *(*known)->sent);
    incoming.admitted = known->has_value();
    Draft draft = known->value_or(Draft{});
    if (!letIn(visit, incoming)) return showAgain(visit, incoming, draft.files);
    return keepAndGoOn(visit, inbox, incoming, std::move(draft));
}

bool Reports::letIn(Visit& visit, Incoming& incoming) const {
    const Instant now = parts_.services.now();
    if (now - incoming.token.issued > parts_.rules.form_life) {
        incoming.errors = {{.key = "error.expired"}};
        incoming.status = 403;
        incoming.token.issued = {};
        return false;
    }
    if (!incoming.admitted && !admit(visit, incoming)) return false;
    incoming.admitted = true;
    const auto wait = parts_.limits.use(Counted::kSaved, visit.network(), 1, parts_.rules.flood.saved, now);
    if (!wait) return true;
    incoming.errors = {{.key = "error.too_many"}};
    incoming.status = 429;
    incoming.wait = wait;
    return false;
}

HttpResponse Reports::keepAndGoOn(Visit& visit, Inbox& inbox, Incoming& incoming, Draft draft) const {
    draft.form = incoming.form;
    const Status kept = takeFiles(visit, inbox, incoming, draft);
    // What could be kept of the files stays, whatever happened to the rest.
    const Status saved = keepDraft(visit, inbox, incoming.token.id, draft);
    if (!kept || !saved) return showBusy(visit, incoming, draft.files, kept ? saved.error() : kept.error());
    const bool checks = incoming.body.value("action") == "check";
    if (checks) {
        const std::vector<FieldError> mistakes =
            mistakesIn(draft.form, parts_.rules, draft.files.size(), parts_.services.now());
        incoming.errors.insert(incoming.errors.begin(), mistakes.begin(), mistakes.end());
    }
    if (!incoming.errors.empty()) return showAgain(visit, incoming, draft.files);
    return Pages::redirect(
        visit, checks ? "/nhap/" + DraftBox::handleOf(incoming.token.id) + "/kiem-tra" : std::string{"/nhap?xong=luu"});
}

HttpResponse Reports::showBusy(Visit& visit, Incoming& incoming, const std::vector<DraftFile>& files,
                               const Error& error) const {
    incoming.errors = {{.key = "error.busy"}};
    incoming.status = 503;
    incoming.wait = std::chrono::ceil<std::chrono::seconds>(error.retry_after.value_or(5s));
    return showAgain(visit, incoming, files);
}

// --- The cookie ---

std::vector<std::string> Reports::draftIds(const Visit& visit) {
    std::vector<std::string> ids;
    for (std::string_view rest = visit.cookie(kDraftsCookie); !rest.empty() && ids.size() < kMostDrafts;) {
        const std::string_view id = rest.substr(0, rest.find('.'));
        rest.remove_prefix(std::min(id.size() + 1, rest.size()));
        if (isToken(id, 22, 22)) ids.emplace_back(id);
    }
    return ids;
}

void Reports::setDraftIds(Visit& visit, const std::vector<std::string>& ids) const {
    std::string value;
    for (const std::string& id : ids) value += (value.empty() ? "" : ".") + id;
    if (ids.empty()) return visit.forgetCookie(kDraftsCookie, "/");
    visit.setCookie(kDraftsCookie, value,
                    {.keep = std::chrono::duration_cast<std::chrono::seconds>(parts_.rules.keep_drafts)});
}

std::optional<std::string> Reports::idOf(const Visit& visit, std::string_view handle) {
    for (const std::string& id : draftIds(visit))
        if (DraftBox::handleOf(id) == handle) return id;
    return std::nullopt;
}

void Reports::forgetDraft(Visit& visit, const std::string& id) const {
    std::vector<std::string> ids = draftIds(visit);
    std::erase(ids, id);
    setDraftIds(visit, ids);
}

}  // namespace pakn::in_web

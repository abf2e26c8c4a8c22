/// @file
/// A petition is found and shown. See tracking.hpp.

#include "tracking.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "text.hpp"

namespace pakn::in_web {
namespace {

constexpr std::string_view kFindPurpose = "find";
constexpr std::size_t kMostSecret = 200;

std::string folderOf(const std::string& code) { return "/phan-anh/" + code; }

std::string attributeOf(const PublicPetition& petition, std::string_view name) {
    const auto found = petition.attributes.find(name);
    return found == petition.attributes.end() ? std::string{} : found->second;
}

/// Of what was done, by the page that comes after it.
std::string doneText(std::string_view done, Language language) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kTexts{
        {{"bo-sung", "supplement.done"}, {"danh-gia", "rate.done"}, {"xem-lai", "reopen.done"}}};
    for (const auto& [name, key] : kTexts)
        if (done == name) return std::string{words(key, language)};
    return {};
}

std::string timeOrNothing(const std::optional<Instant>& at) { return at ? shownTime(*at) : std::string{}; }
std::string machineTimeOrNothing(const std::optional<Instant>& at) { return at ? machineTime(*at) : std::string{}; }

}  // namespace

/// Only what was wrong counts: many people may sit behind one address.
void Tracking::countWrong(const Visit& visit, std::string_view counter) const {
    parts_.limits.use(Counted::kTries, visit.network(), 1, parts_.rules.flood.tries, parts_.services.now());
    parts_.services.count(counter, 1);
}

// --- Finding it ---

HttpResponse Tracking::findPage(Visit& visit, const Look& look) const {
    const Language language = visit.language();
    const Result<std::string> token = parts_.token(visit, kFindPurpose);
    if (!token) return parts_.pages.trouble(visit, token.error());
    const auto field = [&](const char* name, const std::string& value) {
        return object({{"id", name}, {"value", value}, {"error", parts_.errorAt(look.errors, name, language)}});
    };
    return parts_.pages.page(
        visit, "find", "nav.track",
        object({{"errors", parts_.summary(look.errors, language)},
                {"token", *token},
                {"one_time_codes", flag(parts_.rules.one_time_codes)},
                {"f", object({{"code", field("code", look.code)}, {"secret", field("secret", "")}})}}),
        look.status);
}

HttpResponse Tracking::find(Visit& visit) const {
    const std::string code{visit.query().value("ma")};
    return findPage(visit, {.code = isCode(code) ? code : std::string{}});
}

HttpResponse Tracking::lookUp(Visit& visit) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    Entry entry = parts_.entry(visit, *body, kFindPurpose);
    if (entry.refusal) return std::move(*entry.refusal);
    const std::string code = onOneLine(body->value("code"));
    Look look{.code = std::string{firstBytes(code, 40)}, .status = 422};
    if (!isCode(code)) {
        look.errors.push_back({.field = "code", .key = code.empty() ? "error.code_missing" : "error.code_invalid"});
        return findPage(visit, look);
    }
    if (auto refusal = parts_.exhausted(visit, Counted::kTries, parts_.rules.flood.tries)) return std::move(*refusal);
    if (body->value("action") == "code" && parts_.rules.one_time_codes) return sendCode(visit, code);
    const std::string secret = onOneLine(body->value("secret"));
    if (secret.empty()) {
        look.errors.push_back({.field = "secret", .key = "error.secret_missing"});
        return findPage(visit, look);
    }
    Result<PublicPetition> petition = Error{.code = Errc::kNotFound};
    if (isToken(secret, 1, kMostSecret)) petition = parts_.services.records().track(code, secret);
    if (petition) return opened(visit, petition->code, secret);
    if (petition.error().code != Errc::kNotFound) return parts_.pages.trouble(visit, petition.error());
    countWrong(visit, "secrets_wrong");
    look.errors.push_back({.field = "secret", .key = "error.secret_wrong"});
    look.status = 404;
    return findPage(visit, look);
}

HttpResponse Tracking::opened(Visit& visit, const std::string& code, const std::string& secret) const {
    if (!isCode(code) || !isToken(secret, 1, kMostSecret))
        return parts_.pages.failure(visit, 404, "failure.not_found_title", "failure.not_found");
    visit.setCookie(
        kKeyCookie, secret,
        {.path = folderOf(code), .keep = std::chrono::duration_cast<std::chrono::seconds>(parts_.rules.keep_keys)});
    return Pages::redirect(visit, folderOf(code));
}

// --- By a one-time code ---

HttpResponse Tracking::codePage(Visit& visit, const std::string& code, const std::string& challenge,
                                const std::vector<FieldError>& errors, int status) const {
    const Language language = visit.language();
    const Result<std::string> token = parts_.token(visit, "code " + code);
    if (!token) return parts_.pages.trouble(visit, token.error());
    return parts_.pages.page(
        visit, "code", "otp.page",
        object({{"errors", parts_.summary(errors, language)},
                {"token", *token},
                {"code", code},
                {"challenge", challenge},
                {"f", object({{"one_time", object({{"id", "one_time"},
                                                   {"error", parts_.errorAt(errors, "one_time", language)}})}})}}),
        status);
}

HttpResponse Tracking::sendCode(Visit& visit, const std::string& code) const {
    if (auto refusal = parts_.tooMany(visit, Counted::kTries, parts_.rules.flood.tries)) return std::move(*refusal);
    const Result<CodeSent> sent = parts_.services.citizens().sendCode({.petition = code, .client = visit.client()});
    if (sent) return codePage(visit, code, sent->challenge, {}, 200);
    const Error& error = sent.error();
    if (error.problem.empty()) return parts_.pages.trouble(visit, error);
    const bool later = error.code == Errc::kUnavailable;
    HttpResponse response = findPage(visit, {.code = code,
                                             .errors = {{.problem = error.problem}},
                                             .status = later ? (error.problem == "code.too_often" ? 429 : 503) : 422});
    if (error.retry_after)
        response.headers["retry-after"] =
            std::to_string(std::chrono::ceil<std::chrono::seconds>(*error.retry_after).count());
    return response;
}

HttpResponse Tracking::openByCode(Visit& visit) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    const std::string code{body->value("code")};
    if (!isCode(code)) return parts_.pages.failure(visit, 404, "failure.not_found_title", "failure.not_found");
    Entry entry = parts_.entry(visit, *body, "code " + code);
    if (entry.refusal) return std::move(*entry.refusal);
    if (auto refusal = parts_.exhausted(visit, Counted::kTries, parts_.rules.flood.tries)) return std::move(*refusal);
    const std::string challenge{firstBytes(body->value("challenge"), 2000)};
    std::string typed{body->value("one_time")};
    std::erase_if(typed, [](char c) { return c == ' ' || c == '-'; });
    const Result<PetitionKey> key = parts_.services.citizens().openPetition(challenge, firstBytes(typed, 20));
    if (key) return opened(visit, key->code, key->secret);
    if (key.error().code != Errc::kUnauthenticated) return parts_.pages.trouble(visit, key.error());
    countWrong(visit, "codes_wrong");
    return codePage(visit, code, challenge, {{.field = "one_time", .key = "error.one_time_wrong"}}, 422);
}

// --- Showing it ---

HttpResponse Tracking::askForSecret(Visit& visit, const std::string& code) const {
    return Pages::redirect(visit, "/tra-cuu?ma=" + code);
}

HttpResponse Tracking::show(Visit& visit, const std::string& code) const {
    if (visit.query().has("token")) {
        const std::string secret{visit.query().value("token")};
        if (auto refusal = parts_.exhausted(visit, Counted::kTries, parts_.rules.flood.tries))
            return std::move(*refusal);
        Result<PublicPetition> petition = Error{.code = Errc::kNotFound};
        if (isToken(secret, 1, kMostSecret)) petition = parts_.services.records().track(code, secret);
        if (petition) return opened(visit, code, secret);
        if (petition.error().code != Errc::kNotFound) return parts_.pages.trouble(visit, petition.error());
        countWrong(visit, "secrets_wrong");
        return findPage(visit,
                        {.code = code, .errors = {{.field = "secret", .key = "error.secret_wrong"}}, .status = 404});
    }
    const std::string secret{visit.cookie(kKeyCookie)};
    if (!isToken(secret, 1, kMostSecret)) return askForSecret(visit, code);
    const Result<PublicPetition> petition = parts_.services.records().track(code, secret);
    if (petition) return page(visit, *petition, {});
    if (petition.error().code != Errc::kNotFound) return parts_.pages.trouble(visit, petition.error());
    visit.forgetCookie(kKeyCookie, folderOf(code));
    return askForSecret(visit, code);
}

HttpResponse Tracking::page(Visit& visit, const PublicPetition& petition, const Typed& typed) const {
    const Language language = visit.language();
    const std::string files = folderOf(petition.code) + "/tep/";
    const std::string line = attributeOf(petition, "emergency_line");
    const Result<std::string> token = parts_.token(visit, "forget " + petition.code);
    if (!token) return parts_.pages.trouble(visit, token.error());
    Data data = object({{"code", petition.code},
                        {"errors", parts_.summary(typed.errors, language)},
                        {"done", doneText(visit.query().value("xong"), language)},
                        {"emergency_line", line.empty() ? std::string{} : words("view.emergency", language, line)},
                        {"title", petition.title},
                        {"status", in(language, petition.status_label)},
                        {"unit", petition.unit_name},
                        {"category", petition.category_name},
                        {"address", petition.address},
                        {"content", petition.content},
                        {"received", shownTime(petition.received_at)},
                        {"received_machine", machineTime(petition.received_at)},
                        {"due", petition.finished_at ? std::string{} : timeOrNothing(petition.due_at)},
                        {"due_machine", machineTimeOrNothing(petition.due_at)},
                        {"finished", timeOrNothing(petition.finished_at)},
                        {"finished_machine", machineTimeOrNothing(petition.finished_at)},
                        {"answer", answerData(petition, files, language)},
                        {"steps", stepList(petition.steps, language)},
                        {"has_files", flag(!petition.attachments.empty())},
                        {"files", fileList(petition.attachments, files, language)},
                        {"token_forget", *token}});
    const Result<Data> sayings = sayingsOf(visit, petition, typed);
    if (!sayings) return parts_.pages.trouble(visit, sayings.error());
    for (const char* name : {"rate", "rated", "supplement", "reopen"}) data.set(name, *sayings->get(name));
    return parts_.pages.page(visit, "tracking", "view.page", data, typed.status);
}

HttpResponse Tracking::file(Visit& visit, const std::string& code, std::string_view sha256) const {
    const auto missing = [&] {
        return parts_.pages.failure(visit, 404, "failure.not_found_title", "failure.not_found");
    };
    const std::string secret{visit.cookie(kKeyCookie)};
    if (!isToken(secret, 1, kMostSecret)) return askForSecret(visit, code);
    const Result<PublicPetition> petition = parts_.services.records().track(code, secret);
    if (!petition && petition.error().code == Errc::kNotFound) return missing();
    if (!petition) return parts_.pages.trouble(visit, petition.error());
    std::vector<PublicFile> files = petition->attachments;
    if (petition->answer) files.insert(files.end(), petition->answer->files.begin(), petition->answer->files.end());
    const auto found =
        std::find_if(files.begin(), files.end(), [&](const PublicFile& one) { return one.sha256 == sha256; });
    if (found == files.end()) return missing();
    Result<Content> content = parts_.services.records().file(code, secret, sha256);
    if (content) return Pages::file(std::move(*content), *found);
    return content.error().code == Errc::kNotFound ? missing() : parts_.pages.trouble(visit, content.error());
}

HttpResponse Tracking::forget(Visit& visit, const std::string& code) const {
    const std::optional<FormBody> body = formOf(visit);
    if (!body) return parts_.pages.failure(visit, 400, "failure.malformed_title", "failure.malformed");
    if (Entry entry = parts_.entry(visit, *body, "forget " + code); entry.refusal) return std::move(*entry.refusal);
    visit.forgetCookie(kKeyCookie, folderOf(code));
    visit.forgetCookie(kSentCookie, "/da-gui");
    return Pages::redirect(visit, "/");
}

}  // namespace pakn::in_web

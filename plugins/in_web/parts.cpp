/// @file
/// See parts.hpp.

#include "parts.hpp"

#include <algorithm>
#include <cmath>

#include "text.hpp"

namespace pakn::in_web {

std::string Parts::textOf(const FieldError& error, Language language) const {
    std::string text;
    if (!error.problem.empty()) {
        const Result<PublicLabel> label = services.records().problem(error.problem);
        text = label ? in(language, *label) : std::string{words("error.unknown", language)};
    } else {
        text = words(error.key, language, error.about);
    }
    return error.about.empty() || error.problem.empty() ? text : error.about + ": " + text;
}

Data Parts::summary(const std::vector<FieldError>& errors, Language language) const {
    if (errors.empty()) return flag(false);
    Data items = emptyList();
    for (const FieldError& one : errors)
        items.push_back(object({{"anchor", one.field}, {"text", textOf(one, language)}}));
    return object({{"items", items}});
}

std::string Parts::errorAt(const std::vector<FieldError>& errors, std::string_view field, Language language) const {
    std::string text;
    for (const FieldError& one : errors) {
        if (one.field != field) continue;
        if (!text.empty()) text += ' ';
        text += textOf(one, language);
    }
    return text;
}

std::optional<HttpResponse> Parts::tooMany(Visit& visit, Counted what, double most) const {
    const auto wait = limits.use(what, visit.network(), 1, most, services.now());
    if (!wait) return std::nullopt;
    services.count("too_many", 1);
    return pages.tooMany(visit, *wait);
}

std::optional<HttpResponse> Parts::exhausted(Visit& visit, Counted what, double most) const {
    const double used = limits.used(what, visit.network(), most, services.now());
    if (used + 1 <= most) return std::nullopt;
    services.count("too_many", 1);
    constexpr double kSecondsOfHour = 3600;
    return pages.tooMany(visit, std::chrono::seconds{std::lround((used + 1 - most) / most * kSecondsOfHour) + 1});
}

Result<std::string> Parts::token(Visit& visit, std::string_view purpose) const {
    return tokens.make(purpose, visit.browser());
}

Entry Parts::entry(Visit& visit, const FormBody& body, std::string_view purpose) const {
    Result<FormToken> read = tokens.read(body.value("token"), purpose, visit.knownBrowser());
    if (!read && read.error().code != Errc::kForbidden) return {.refusal = pages.trouble(visit, read.error())};
    if (read && services.now() - read->issued <= rules.form_life) return {.token = std::move(*read)};
    services.count("strangers", 1);
    return {.refusal = pages.failure(visit, 403, "failure.stranger_title", "failure.stranger")};
}

Data choices(const std::vector<PublicName>& names, std::string_view chosen) {
    Data all = emptyList();
    for (const PublicName& one : names)
        all.push_back(object({{"id", one.id}, {"name", one.name}, {"chosen", flag(one.id == chosen)}}));
    return all;
}

std::string nameIn(const std::vector<PublicName>& names, std::string_view id) {
    const auto found = std::find_if(names.begin(), names.end(), [&](const PublicName& one) { return one.id == id; });
    return found == names.end() ? std::string{id} : found->name;
}

Data fileList(const std::vector<PublicFile>& files, const std::string& folder, Language language) {
    Data all = emptyList();
    for (const PublicFile& one : files)
        all.push_back(object({{"name", one.name.empty() ? one.sha256.substr(0, 12) : one.name},
                              {"size", shownSize(one.size, language == Language::kVietnamese)},
                              {"address", folder + one.sha256}}));
    return all;
}

Data answerData(const PublicPetition& petition, const std::string& folder, Language language) {
    if (!petition.answer) return flag(false);
    return object({{"text", petition.answer->text},
                   {"unit", petition.unit_name},
                   {"at", shownTime(petition.answer->at)},
                   {"at_machine", machineTime(petition.answer->at)},
                   {"has_files", flag(!petition.answer->files.empty())},
                   {"files", fileList(petition.answer->files, folder, language)}});
}

Data stepList(const std::vector<PublicStep>& steps, Language language) {
    Data all = emptyList();
    for (std::size_t i = 0; i < steps.size(); ++i)
        all.push_back(object({{"label", in(language, steps[i].label)},
                              {"at", shownTime(steps[i].at)},
                              {"at_machine", machineTime(steps[i].at)},
                              {"unit", steps[i].unit_name},
                              {"reason", steps[i].reason},
                              {"last", flag(i + 1 == steps.size())}}));
    return all;
}

const std::string& in(Language language, const PublicLabel& label) {
    return language == Language::kEnglish && !label.en.empty() ? label.en : label.vi;
}

std::optional<FormBody> formOf(const Visit& visit) { return FormBody::of(visit.header("content-type"), visit.body()); }

}  // namespace pakn::in_web

/// @file
/// See form_view.hpp.

#include "form_view.hpp"

#include <utility>

#include "text.hpp"

namespace pakn::in_web {
namespace {

/// Code points of a question that has a line of its own.
constexpr std::size_t kLongQuestion = 60;

/// One field of the form: its value, and what is wrong with it.
class Fields {
public:
    Fields(const Parts& parts, const FormPage& page, Language language)
        : parts_{parts}, page_{page}, language_{language} {}

    void text(const char* name, const std::string& value, bool required = false) {
        put(name, object({{"value", value}, {"required", flag(required)}}));
    }
    void tick(const char* name, bool checked) { put(name, object({{"checked", flag(checked)}})); }
    void put(const char* name, Data field) {
        field.set("id", std::string{name});
        const std::string error = parts_.errorAt(page_.errors, name, language_);
        field.set("error", error.empty() ? flag(false) : Data{error});
        all_.set(name, field);
    }
    Data take() { return std::move(all_); }

private:
    const Parts& parts_;
    const FormPage& page_;
    const Language language_;
    Data all_{Data::type::object};
};

Data keptFiles(const std::vector<DraftFile>& files, Language language) {
    Data all = emptyList();
    for (const DraftFile& one : files)
        all.push_back(
            object({{"id", one.id},
                    {"name", one.name},
                    {"size", shownSize(static_cast<std::int64_t>(one.size), language == Language::kVietnamese)}}));
    return all;
}

/// The answers of a form, each under its question.
class Answers {
public:
    explicit Answers(Language language) : language_{language} {}

    void add(std::string_view key, const std::string& value, bool several_lines = false, bool vietnamese = false) {
        const bool given = !value.empty();
        all_.push_back(object({{"name", std::string{words(key, language_)}},
                               {"value", given ? value : std::string{words("check.nothing", language_)}},
                               {"long", flag(several_lines)},
                               {"vietnamese", flag(given && vietnamese)},
                               {"stacked", flag(codePoints(words(key, language_)) > kLongQuestion)}}));
    }
    void add(std::string_view key, bool value) {
        add(key, std::string{words(value ? "check.yes" : "check.no", language_)});
    }
    /// Names of ours and what people write: Vietnamese on English pages too.
    void inVietnamese(std::string_view key, const std::string& value, bool several_lines = false) {
        add(key, value, several_lines, true);
    }
    Data take() { return std::move(all_); }

private:
    const Language language_;
    Data all_ = emptyList();
};

}  // namespace

Choices choicesOf(HostServices& services) {
    Choices choices;
    if (Result<std::vector<PublicName>> names = services.records().categories()) choices.categories = std::move(*names);
    if (Result<std::vector<PublicName>> names = services.records().areas()) choices.areas = std::move(*names);
    return choices;
}

Data formData(const Parts& parts, const FormPage& page, Language language) {
    const Form& form = page.form;
    const Rules& rules = parts.rules;
    const Choices offered = choicesOf(parts.services);
    const bool all = rules.identity == IdentityRule::kRequired;
    const bool some = all || rules.identity == IdentityRule::kAnonymousToPublic;
    const bool organisation = form.kind == "organisation";

    Fields fields{parts, page, language};
    fields.text("title", form.title, rules.required.title);
    fields.text("content", form.content, true);
    fields.text("category", form.category, rules.required.category);
    fields.text("occurred_at", form.occurred_at, rules.required.occurred_at);
    fields.text("place", form.place, rules.required.place);
    fields.text("area", form.area);
    fields.put("point", object({{"latitude", form.latitude}, {"longitude", form.longitude}}));
    fields.put("files",
               object({{"has_files", flag(!page.files.empty())}, {"kept_files", keptFiles(page.files, language)}}));
    fields.put("kind", object({{"individual", flag(!organisation)}, {"organisation", flag(organisation)}}));
    fields.text("name", form.name, some);
    fields.text("phone", form.phone, some);
    fields.text("email", form.email);
    fields.text("citizen_id", form.citizen_id, all);
    fields.text("contact_address", form.contact_address, all);
    fields.tick("anonymous", form.anonymous);
    fields.tick("declared_true", form.declared_true);
    fields.tick("consent_process", form.consent_process);
    fields.tick("consent_use", form.consent_use);
    fields.tick("consent_publish", form.consent_publish);

    const auto days = std::chrono::duration_cast<std::chrono::days>(rules.keep_drafts).count();
    return object({{"f", fields.take()},
                   {"errors", parts.summary(page.errors, language)},
                   {"token", page.token},
                   {"proof", flag(page.wants_proof)},
                   {"bits", std::to_string(page.bits)},
                   {"urgent", words("urgent.text", language, rules.hotline)},
                   {"draft_hint", words("form.draft_hint", language, std::to_string(days))},
                   {"categories", choices(offered.categories, form.category)},
                   {"has_areas", flag(!offered.areas.empty())},
                   {"areas", choices(offered.areas, form.area)},
                   {"asks_identity", flag(rules.identity != IdentityRule::kAnonymous)},
                   {"offers_anonymity", flag(!all)},
                   {"is_public", flag(form.is_public)}});
}

Data checkedAnswers(const Parts& parts, const Draft& draft, Language language) {
    const Form& form = draft.form;
    const Choices offered = choicesOf(parts.services);
    Answers answers{language};
    answers.inVietnamese("form.title", form.title);
    answers.inVietnamese("form.content", form.content, true);
    if (form.category.empty())
        answers.add("form.category", std::string{words("form.category_unknown", language)});
    else
        answers.inVietnamese("form.category", nameIn(offered.categories, form.category));
    const std::optional<Instant> at = readTime(form.occurred_at);
    answers.add("form.occurred_at", at ? shownTime(*at) : std::string{});
    answers.inVietnamese("form.place", form.place);
    if (!form.area.empty()) answers.inVietnamese("form.area", nameIn(offered.areas, form.area));
    if (!form.latitude.empty()) answers.add("form.point", form.latitude + "; " + form.longitude);
    std::string files;
    for (const DraftFile& file : draft.files) {
        if (!files.empty()) files += '\n';
        files +=
            file.name + " (" + shownSize(static_cast<std::int64_t>(file.size), language == Language::kVietnamese) + ')';
    }
    answers.add("form.files_title", files, true);
    const bool asked = parts.rules.identity != IdentityRule::kAnonymous;
    if (asked) {
        answers.add("form.kind", std::string{words(
                                     form.kind == "organisation" ? "form.organisation" : "form.individual", language)});
        answers.inVietnamese("form.name", form.name);
        answers.add("form.phone", form.phone);
        answers.add("form.email", form.email);
        answers.add("form.citizen_id", form.citizen_id);
        answers.inVietnamese("form.contact_address", form.contact_address);
        if (parts.rules.identity != IdentityRule::kRequired) answers.add("form.anonymous", form.anonymous);
    }
    answers.add("form.publicity", std::string{words(form.is_public ? "form.public_yes" : "form.public_no", language)});
    answers.add("consent.declared_true", form.declared_true);
    if (asked) {
        answers.add("consent.process", form.consent_process);
        answers.add("consent.use", form.consent_use);
        answers.add("consent.publish", form.consent_publish && form.is_public);
    }
    return answers.take();
}

}  // namespace pakn::in_web

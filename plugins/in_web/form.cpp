/// @file
/// See form.hpp.

#include "form.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "pakn/sdk/reply_address.hpp"
#include "pakn/sdk/source_revision.hpp"
#include "pakn/sdk/text.hpp"
#include "text.hpp"

namespace pakn::in_web {
namespace {

using namespace std::chrono_literals;

/// The hub's limits, in code points.
constexpr std::size_t kMostContent = 20'000;
constexpr std::size_t kMostTitle = 300;
constexpr auto kClocksDiffer = 10min;

struct TextField {
    const char* name;
    std::string Form::*text;
    std::size_t most;
};
constexpr TextField kTexts[] = {
    {"title", &Form::title, kMostTitle},
    {"content", &Form::content, kMostContent},
    {"category", &Form::category, 100},
    {"occurred_at", &Form::occurred_at, 40},
    {"place", &Form::place, 500},
    {"area", &Form::area, 40},
    {"latitude", &Form::latitude, 30},
    {"longitude", &Form::longitude, 30},
    {"kind", &Form::kind, 20},
    {"name", &Form::name, 200},
    {"phone", &Form::phone, 40},
    {"email", &Form::email, 254},
    {"citizen_id", &Form::citizen_id, 40},
    {"contact_address", &Form::contact_address, 500},
};

struct TickField {
    const char* name;
    bool Form::*ticked;
};
constexpr TickField kTicks[] = {
    {"public", &Form::is_public},
    {"anonymous", &Form::anonymous},
    {"declared_true", &Form::declared_true},
    {"consent_process", &Form::consent_process},
    {"consent_use", &Form::consent_use},
    {"consent_publish", &Form::consent_publish},
};

bool allDigits(std::string_view text) {
    return std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

bool isEmail(std::string_view text) {
    const std::size_t at = text.find('@');
    if (at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return false;
    const std::string_view domain = text.substr(at + 1);
    return domain.find('.') != std::string_view::npos && domain.front() != '.' && domain.back() != '.' &&
           text.find_first_of(" \t,;<>\"") == std::string_view::npos;
}

/// The problem of a citizen id or a tax code; empty when it has the form of one.
std::string_view problemOfId(std::string_view typed, bool organisation) {
    std::string id{typed};
    std::erase(id, ' ');
    if (organisation) {
        const bool branch = id.size() == 14 && id[10] == '-' && allDigits(id.substr(11));
        const bool sound = allDigits(id.substr(0, 10)) && (id.size() == 10 || branch);
        return sound ? "" : "petition.tax_code_invalid";
    }
    if (allDigits(id) && (id.size() == 9 || (id.size() == 12 && id.front() == '0'))) return "";
    return allDigits(id) && id.size() == 11 ? "petition.citizen_id_lost_zero" : "petition.citizen_id_invalid";
}

class Examiner {
public:
    Examiner(const Form& form, const Rules& rules) : form_{form}, rules_{rules} {}

    std::vector<FieldError> examine(std::size_t files, Instant now) {
        what();
        when(now);
        where();
        if (files > kMostFiles) problem("files", "petition.too_many_attachments");
        if (rules_.identity != IdentityRule::kAnonymous) who();
        if (!form_.declared_true) own("declared_true", "error.declared_true");
        if (rules_.identity != IdentityRule::kAnonymous && form_.namesSender() && !form_.consent_process)
            own("consent_process", "error.consent_process");
        return std::move(errors_);
    }

private:
    void problem(std::string_view field, std::string_view id) {
        errors_.push_back({.field = std::string{field}, .problem = std::string{id}});
    }
    void own(std::string_view field, std::string_view key) {
        errors_.push_back({.field = std::string{field}, .key = std::string{key}});
    }
    /// False, and said so, when a text is longer than the hub takes.
    bool fits(std::string_view field) {
        const auto* const found =
            std::find_if(std::begin(kTexts), std::end(kTexts), [&](const TextField& one) { return one.name == field; });
        if (codePoints(form_.*(found->text)) <= found->most) return true;
        problem(field, field == "content" ? "petition.content_too_long"
                       : field == "title" ? "petition.title_too_long"
                                          : "petition.field_too_long");
        return false;
    }
    void missing(std::string_view field, bool required, const std::string& text, std::string_view key) {
        if (required && text.empty()) own(field, key);
    }

    void what() {
        missing("title", rules_.required.title, form_.title, "error.title_missing");
        fits("title");
        if (form_.content.empty()) problem("content", "petition.content_missing");
        fits("content");
        missing("category", rules_.required.category, form_.category, "error.category_missing");
        fits("category");
    }

    void when(Instant now) {
        missing("occurred_at", rules_.required.occurred_at, form_.occurred_at, "error.time_missing");
        if (form_.occurred_at.empty()) return;
        const std::optional<Instant> at = readTime(form_.occurred_at);
        if (!at)
            own("occurred_at", "error.time_invalid");
        else if (*at > now + kClocksDiffer)
            own("occurred_at", "error.time_future");
    }

    void where() {
        const bool located = !form_.latitude.empty() && !form_.longitude.empty();
        if (rules_.required.place && form_.place.empty() && form_.area.empty() && !located)
            own("place", "error.place_missing");
        fits("place");
        fits("area");
        if (form_.latitude.empty() && form_.longitude.empty()) return;
        const std::optional<double> latitude = readDegrees(form_.latitude);
        const std::optional<double> longitude = readDegrees(form_.longitude);
        const bool sound = latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180;
        if (!sound) problem("point", "petition.location_invalid");
    }

    void who() {
        const bool all = rules_.identity == IdentityRule::kRequired;
        const bool some = all || rules_.identity == IdentityRule::kAnonymousToPublic;
        const bool organisation = form_.kind == "organisation";
        if (!form_.kind.empty() && form_.kind != "individual" && !organisation)
            problem("kind", "petition.kind_unknown");
        if (some && form_.name.empty()) problem("name", "identity.name_missing");
        fits("name");
        if (some && form_.phone.empty())
            problem("phone", "identity.phone_missing");
        else if (!form_.phone.empty() && !isPhone(form_.phone))
            problem("phone", "petition.phone_invalid");
        if (!form_.email.empty() && fits("email") && !isEmail(form_.email)) problem("email", "contact.email_invalid");
        if (all && !organisation && form_.citizen_id.empty()) problem("citizen_id", "identity.citizen_id_missing");
        if (!form_.citizen_id.empty())
            if (const std::string_view id = problemOfId(form_.citizen_id, organisation); !id.empty())
                problem("citizen_id", id);
        if (all && form_.contact_address.empty()) problem("contact_address", "identity.address_missing");
        fits("contact_address");
        if (all && form_.anonymous) problem("anonymous", "identity.anonymous_not_taken");
    }

    const Form& form_;
    const Rules& rules_;
    std::vector<FieldError> errors_;
};

/// Without what people write between the digits.
std::string phoneDigits(std::string_view typed) {
    std::string digits;
    for (const char c : typed)
        if (std::string_view{" .-/()'\t"}.find(c) == std::string_view::npos) digits += c;
    if (digits.starts_with("00")) digits.replace(0, 2, "+");
    return digits;
}

}  // namespace

bool Form::namesSender() const {
    return !(name.empty() && phone.empty() && email.empty() && citizen_id.empty() && contact_address.empty());
}

bool Form::empty() const {
    return std::all_of(std::begin(kTexts), std::end(kTexts), [this](const TextField& one) {
        return std::string_view{one.name} == "kind" || (this->*one.text).empty();
    });
}

Form readForm(const FormBody& body) {
    Form form;
    for (const TextField& one : kTexts) {
        const std::string_view value = body.value(one.name);
        form.*(one.text) = one.text == &Form::content ? std::string{trimmed(withPlainLines(value))} : onOneLine(value);
    }
    for (std::string Form::*const number : {&Form::phone, &Form::citizen_id}) form.*number = plainNumber(form.*number);
    for (const TickField& one : kTicks) form.*(one.ticked) = body.value(one.name) == "yes";
    return form;
}

std::string writeForm(const Form& form) {
    std::string text;
    const auto add = [&text](const char* name, std::string_view value) {
        if (!text.empty()) text += '&';
        text.append(name).append("=").append(encodePercent(value));
    };
    for (const TextField& one : kTexts)
        if (!(form.*(one.text)).empty()) add(one.name, form.*(one.text));
    for (const TickField& one : kTicks)
        if (form.*(one.ticked)) add(one.name, "yes");
    return text;
}

std::vector<FieldError> mistakesIn(const Form& form, const Rules& rules, std::size_t files, Instant now) {
    return Examiner{form, rules}.examine(files, now);
}

IncomingPetition petitionOf(const Form& form, const Rules& rules, std::string external_id, std::string consents) {
    IncomingPetition petition{.external_id = std::move(external_id),
                              .title = form.title,
                              .text = form.content,
                              .category = form.category,
                              .is_public = form.is_public,
                              .declared_true = form.declared_true,
                              .location = {.address = form.place,
                                           .area = form.area,
                                           .latitude = readDegrees(form.latitude),
                                           .longitude = readDegrees(form.longitude)},
                              .occurred_at = readTime(form.occurred_at)};
    if (rules.identity != IdentityRule::kAnonymous) {
        petition.anonymous = form.anonymous;
        petition.petitioner = {.kind = form.kind,
                               .name = form.name,
                               .phone = form.phone,
                               .email = form.email,
                               .citizen_id = form.citizen_id,
                               .address = form.contact_address};
        petition.consent = {.process_personal_data = form.consent_process,
                            .use_identity_in_handling = form.consent_use,
                            .publish_identity = form.consent_publish && form.is_public};
    }
    petition.attributes[std::string{kOnlyAnswered}] = "true";
    petition.attributes["consent_text"] = std::move(consents);
    // A form that comes twice is the same petition, whatever was typed into it meanwhile.
    petition.attributes[std::string{kSourceRevision}] = "1";
    return petition;
}

std::string consentsVersion(Language language) {
    std::string all;
    for (const std::string_view key : {"consent.declared_true", "consent.process", "consent.use", "consent.publish"})
        all.append(words(key, language)).push_back('\n');
    return std::string{"in_web/"} + (language == Language::kEnglish ? "en/" : "vi/") + shortHash(all);
}

FieldError errorOf(const Error& problem, const std::vector<std::string>& file_names) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kFields{{
        {"/content", "content"},
        {"/title", "title"},
        {"/category", "category"},
        {"/occurred_at", "occurred_at"},
        {"/location", "point"},
        {"/location/address", "place"},
        {"/location/area", "area"},
        {"/petitioner/kind", "kind"},
        {"/petitioner/name", "name"},
        {"/petitioner/phone", "phone"},
        {"/petitioner/email", "email"},
        {"/petitioner/citizen_id", "citizen_id"},
        {"/petitioner/address", "contact_address"},
        {"/anonymous", "anonymous"},
        {"/attachments", "files"},
        {"/declared_true", "declared_true"},
    }};
    FieldError error{.problem = problem.problem};
    for (const auto& [pointer, field] : kFields)
        if (problem.field == pointer) error.field = field;
    constexpr std::string_view kFile = "/attachments/";
    if (std::string_view{problem.field}.starts_with(kFile)) {
        error.field = "files";
        const std::string index = problem.field.substr(kFile.size());
        if (!index.empty() && index.size() < 3 && allDigits(index) && std::stoul(index) < file_names.size())
            error.about = file_names[std::stoul(index)];
    }
    return error;
}

bool isPhone(std::string_view text) {
    std::string digits = phoneDigits(plainNumber(text));
    const bool abroad = digits.starts_with('+');
    if (abroad) digits.erase(0, 1);
    if (digits.empty() || digits.size() > 20 || !allDigits(digits)) return false;
    if (abroad && !digits.starts_with("84")) return digits.size() >= 7 && digits.size() <= 15;
    if (digits.starts_with("84") && digits.size() >= 11) {
        digits.erase(0, 2);
        if (digits.starts_with("84") && (digits.size() == 11 || digits.size() == 12)) digits.erase(0, 2);
        if (digits.starts_with('0')) digits.erase(0, 1);
    } else if (abroad) {
        return false;
    } else if (digits.starts_with('0')) {
        digits.erase(0, 1);
    }
    // Mobile numbers from before 2018 had a digit more: 162 123 4567.
    constexpr std::array<std::string_view, 17> kBefore2018{"120", "121", "122", "123", "124", "125",
                                                           "126", "127", "128", "129", "162", "163",
                                                           "164", "165", "166", "167", "168"};
    constexpr std::array<std::string_view, 4> kFewer{"169", "186", "188", "199"};
    const std::string_view prefix = std::string_view{digits}.substr(0, 3);
    const auto has = [&](const auto& all) { return std::find(all.begin(), all.end(), prefix) != all.end(); };
    if (digits.size() == 10) return digits.front() == '2' || has(kBefore2018) || has(kFewer);
    return digits.size() == 9 && std::string_view{"35789"}.find(digits.front()) != std::string_view::npos;
}

}  // namespace pakn::in_web

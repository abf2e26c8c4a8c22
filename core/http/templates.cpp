#include "core/http/templates.hpp"

#include <algorithm>

#include "core/domain/notice_values.hpp"
#include "core/domain/phone.hpp"
#include "core/domain/text.hpp"
#include "core/http/case_access.hpp"
#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/query.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

using domain::Effect;

/// Is it the answer that such an action takes, or a reason?
bool takesAnswer(Effect effect) {
    return effect == Effect::kAnswer || effect == Effect::kDraft || effect == Effect::kApprove;
}

std::string filled(const Call& call, const domain::PreparedText& text, const domain::Petition& petition,
                   const domain::Rules& rules, domain::Language language) {
    const domain::TemplateValues values = domain::templateValues(
        petition, rules, {.purpose = domain::Purpose::kPrepared, .language = language, .now = call.now});
    return domain::onLines(text.text.in(language).render(values));
}

Result<domain::Language> languageOf(const Query& query) {
    const auto language = query.oneOf<domain::Language>("language", &domain::findLanguage);
    if (!language) return language.error();
    return language->value_or(domain::Language::kVietnamese);
}

}  // namespace

Status fillWords(const Call& call, const domain::Petition& petition, const std::string& name, domain::Act& act) {
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    const auto text = rules->prepared_texts.find(name);
    if (text == rules->prepared_texts.end()) return problemError("template.not_found", "/template");
    const domain::Workflow* workflow = rules->workflow(petition.workflow, petition.workflow_config);
    const domain::Action* action = workflow ? workflow->anyAction(act.action) : nullptr;
    if (!action) return Done{};  // The hub finds the right words for the refusal.
    const std::vector<Effect>& effects = text->second.effects;
    if (std::find(effects.begin(), effects.end(), action->effect) == effects.end())
        return problemError("template.unfit", "/template");
    std::string& words = takesAnswer(action->effect) ? act.result : act.comment;
    if (domain::trimmed(words).empty())
        words = filled(call, text->second, petition, *rules, domain::Language::kVietnamese);
    return Done{};
}

Response listTemplates(const Call& call) {
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const auto& [id, text] : rules->prepared_texts) {
        json.beginObject();
        json.field("id", id);
        json.field("kind", "text");
        writeLabel(json, "label", text.label);
        json.beginArray("effects");
        for (const Effect effect : text.effects) json.value(nameOf(effect));
        json.endArray();
        json.endObject();
    }
    for (const auto& [id, notice] : rules->notice_templates) {
        json.beginObject();
        json.field("id", id);
        json.field("kind", "notice");
        writeLabel(json, "label", notice.label);
        json.beginArray("effects");
        json.endArray();
        json.endObject();
    }
    json.endArray();
    json.null("next");
    json.endObject();
    return {.body = json.take()};
}

Response filledText(const Call& call) {
    const Result<Query> query = Query::parse(call.request.query, {"language"});
    if (!query) return problemResponse(query.error());
    const Result<domain::Language> language = languageOf(*query);
    if (!language) return problemResponse(language.error());
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    const auto text = rules->prepared_texts.find(call.parameters[1]);
    if (text == rules->prepared_texts.end()) return problemResponse("template.not_found");
    JsonWriter json;
    json.beginObject();
    json.field("id", text->first);
    json.field("text", filled(call, text->second, *petition, *rules, *language));
    json.endObject();
    return withVersion({.body = json.take()}, *petition);
}

Response letter(const Call& call) {
    const Result<domain::Petition> petition = petitionForOfficer(call, call.parameters[0]);
    if (!petition) return problemResponse(petition.error());
    const std::shared_ptr<const domain::Rules> rules = call.hub().rules();
    if (!rules->letter) return problemResponse("template.not_found");
    const Result<std::optional<store::Person>> person = call.hub().store().person(petition->id);
    if (!person) return problemResponse(person.error());
    domain::TemplateValues values =
        domain::templateValues(*petition, *rules, {.purpose = domain::Purpose::kLetter, .now = call.now});
    // Who it is for is as masked here as in every view of officers.
    const bool shown = *person && !petition->anonymous;
    const std::string name = shown ? domain::maskName((*person)->petitioner.name) : std::string{};
    JsonWriter json;
    json.beginObject();
    json.field("markup", domain::withSender(rules->letter->render(values), domain::Markup::kPango, name));
    json.endObject();
    return withVersion({.body = json.take()}, *petition);
}

}  // namespace pakn::http

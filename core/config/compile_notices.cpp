#include "core/config/compile_notices.hpp"

namespace pakn::config {

namespace {

bool mayBeSaid(std::string_view name, const domain::NoticeRule& rule) {
    const domain::TemplateField* field = domain::findTemplateField(name);
    if (!field) return true;  // A comment, or reported where it stands.
    const domain::Purpose purpose = domain::purposeFor(rule.audience);
    if (!field->isFor(purpose)) return false;
    if (purpose != domain::Purpose::kForSender) return true;
    return (name != "reason" || domain::senderMayReadReason(rule.on)) &&
           (name != "answer" || domain::senderMayReadAnswer(rule.on));
}

/// False (and reported) when the words say something that is not for whoever the rule tells.
bool saysOnlyWhatItMay(Reader& reader, const Mark& at, const domain::NoticeRule& rule,
                       const domain::NoticeTemplate& words) {
    for (const domain::Wording* wording : {&words.subject, &words.message})
        for (const domain::TemplateTag& tag : wording->in(rule.language).tags()) {
            if (mayBeSaid(tag.name, rule)) continue;
            reader.error(at,
                         "the notice " + inQuotes(rule.notice) + " says {{" + std::string{tag.name} +
                             "}}, which is not for " + std::string{nameOf(rule.audience)} + " on " +
                             std::string{nameOf(rule.on)},
                         "word another notice for them");
            return false;
        }
    return true;
}

/// Null (and reported) when there are none of that name.
const domain::NoticeTemplate* findWords(Reader& reader, const Marked<std::string>& notice, const domain::Rules& rules) {
    if (notice.value.empty()) return nullptr;
    const auto words = rules.notice_templates.find(notice.value);
    if (words != rules.notice_templates.end()) return &words->second;
    std::vector<std::string> known;
    for (const auto& [id, one] : rules.notice_templates) known.push_back(id);
    if (known.empty() && reader.diagnostics().errors() > 0) return nullptr;  // Its file could not be read.
    reader.error(notice.mark, "unknown notice " + inQuotes(notice.value),
                 known.empty() ? "list the file that words it under templates.notices"
                               : nameHint(notice.value, std::move(known)));
    return nullptr;
}

}  // namespace

void compileNotices(Reader& reader, const std::vector<NoticeRuleSection>& sections, domain::Rules& rules,
                    const std::function<void(const Marked<std::string>&)>& check_sends) {
    for (const NoticeRuleSection& section : sections) {
        domain::NoticeRule rule{.audience = section.audience,
                                .notice = section.notice.value,
                                .channel = section.when.channel,
                                .sending = section.sending,
                                .language = section.language};
        for (const Marked<std::string>& connector : section.to) {
            if (connector.value != domain::kReplyTarget)
                check_sends(connector);
            else if (rule.audience != domain::Audience::kPetitioner)
                reader.error(connector.mark, "only the sender has a way back", "name a connector");
            rule.to.push_back(connector.value);
        }
        if (rule.audience == domain::Audience::kPetitioner && rule.to.empty())
            reader.error(section.mark, "the sender has no place in the hub to read a notice",
                         "name the connector it leaves by: to: …");
        const domain::NoticeTemplate* words = findWords(reader, section.notice, rules);
        for (const domain::EventKind on : section.on) {
            rule.on = on;
            if (words && !saysOnlyWhatItMay(reader, section.notice.mark, rule, *words)) words = nullptr;
            rules.notices.push_back(rule);
        }
    }
}

}  // namespace pakn::config

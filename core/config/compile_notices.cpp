#include "core/config/compile_notices.hpp"

namespace pakn::config {

namespace {

bool mayBeSaid(std::string_view name, const NoticeRuleSection& rule) {
    const domain::TemplateField* field = domain::findTemplateField(name);
    if (!field) return true;  // A comment, or reported where it stands.
    const domain::Purpose purpose = domain::purposeFor(rule.audience);
    if (!field->isFor(purpose)) return false;
    if (purpose != domain::Purpose::kForSender) return true;
    return (name != "reason" || domain::senderMayReadReason(rule.on)) &&
           (name != "answer" || domain::senderMayReadAnswer(rule.on));
}

void checkFields(Reader& reader, const NoticeRuleSection& rule, const domain::NoticeTemplate& words) {
    for (const domain::Wording* wording : {&words.subject, &words.message})
        for (const domain::TemplateTag& tag : wording->in(rule.language).tags())
            if (!mayBeSaid(tag.name, rule))
                return reader.error(rule.notice.mark,
                                    "the notice " + inQuotes(rule.notice.value) + " says {{" + std::string{tag.name} +
                                        "}}, which is not for " + std::string{nameOf(rule.audience)} + " on " +
                                        std::string{nameOf(rule.on)},
                                    "word another notice for them");
}

void checkWords(Reader& reader, const NoticeRuleSection& rule, const domain::Rules& rules) {
    if (rule.notice.value.empty()) return;
    if (const auto words = rules.notice_templates.find(rule.notice.value); words != rules.notice_templates.end())
        return checkFields(reader, rule, words->second);
    std::vector<std::string> known;
    for (const auto& [id, one] : rules.notice_templates) known.push_back(id);
    reader.error(rule.notice.mark, "unknown notice " + inQuotes(rule.notice.value),
                 known.empty() ? "list the file that words it under templates.notices"
                               : nameHint(rule.notice.value, std::move(known)));
}

}  // namespace

void compileNotices(Reader& reader, const std::vector<NoticeRuleSection>& sections, domain::Rules& rules,
                    const std::function<void(const Marked<std::string>&)>& check_sends) {
    for (const NoticeRuleSection& section : sections) {
        domain::NoticeRule rule{.on = section.on,
                                .audience = section.audience,
                                .notice = section.notice.value,
                                .channel = section.when.channel,
                                .sending = section.sending,
                                .language = section.language};
        for (const Marked<std::string>& connector : section.to) {
            check_sends(connector);
            rule.to.push_back(connector.value);
        }
        if (rule.audience == domain::Audience::kPetitioner && rule.to.empty())
            reader.error(section.mark, "the sender has no place in the hub to read a notice",
                         "name the connector it leaves by: to: …");
        checkWords(reader, section, rules);
        rules.notices.push_back(std::move(rule));
    }
}

}  // namespace pakn::config

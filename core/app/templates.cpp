/// @file
/// `paknhub template list|show`: the texts of the configuration, and how they read for a petition that nobody sent.

#include <algorithm>
#include <iostream>
#include <utility>

#include "core/app/json_output.hpp"
#include "core/app/registry.hpp"
#include "core/app/selection.hpp"
#include "core/domain/notice_values.hpp"

namespace pakn::app {

namespace {

using domain::Audience;
using domain::EventKind;
using domain::Language;
using domain::Rules;

constexpr std::string_view kLetter = "letter";

struct ShowOptions {
    std::string name = {};
    std::string language = "vi";
};

/// A text as it is shown.
struct Sample {
    std::string kind = {};
    std::string subject = {};  ///< Of a notice.
    std::string text = {};
    std::string type = "text/plain";
};

template <std::size_t Index = 0>
domain::EventData sampleOf(EventKind kind) {
    if constexpr (Index < std::variant_size_v<domain::EventData>) {
        using Event = std::variant_alternative_t<Index, domain::EventData>;
        if (Event::kKind != kind) return sampleOf<Index + 1>(kind);
        Event event{};
        if constexpr (requires { event.comment; }) event.comment = "Lý do hoặc ý kiến của người xử lý.";
        if constexpr (requires { event.question; }) event.question = true;
        if constexpr (std::is_same_v<Event, domain::DeadlineMissed>) event.due = systemNow();
        return event;
    } else {
        return domain::Distributed{};
    }
}

/// A petition of the province's own categories and units, with everything that a field can say.
domain::Petition samplePetition(const Rules& rules) {
    using std::chrono::hours;
    const Instant now = systemNow();
    domain::Petition petition{.id = "00000000-0000-7000-8000-000000000000",
                              .code = domain::makeCode(rules.codes, domain::localDate(now), 1),
                              .status = domain::Status::kDistributed,
                              .workflow = rules.default_workflow,
                              .channel = "web",
                              .title = "Hố ga mất nắp trước số 12 đường <Mẫu> & hẻm 3",
                              .is_public = true,
                              .tracking_token = "ma-tra-cuu-vi-du",
                              .received_at = now - hours{26}};
    if (!rules.categories.empty()) petition.category = rules.categories.begin()->first;
    if (!rules.units.empty()) petition.unit = petition.suggested_unit = rules.units.begin()->first;
    if (const domain::Workflow* workflow = rules.workflow(petition.workflow)) petition.step = workflow->start;
    petition.due = {{domain::Clock::kHandle, now + hours{48}}, {domain::Clock::kTotal, now + hours{120}}};
    petition.appointment = domain::Appointment{.amount = "5wd", .reason = "Chờ vật tư", .until = now + hours{96}};
    petition.released = domain::ResultText{.text = "Đơn vị đã thay nắp hố ga và dọn mặt đường.", .at = now};
    return petition;
}

Sample sampleOf(const domain::NoticeTemplate& words, const Rules& rules, Language language) {
    const auto rule = std::find_if(rules.notices.begin(), rules.notices.end(),
                                   [&](const domain::NoticeRule& one) { return one.notice == words.id; });
    const bool used = rule != rules.notices.end();
    const domain::Event cause{.at = systemNow(), .data = sampleOf(used ? rule->on : EventKind::kDistributed)};
    const domain::Notice notice =
        domain::wordNotice(words, {}, samplePetition(rules), rules,
                           {.purpose = domain::purposeFor(used ? rule->audience : Audience::kNext),
                            .language = language,
                            .now = cause.at,
                            .cause = &cause});
    return {.kind = "notice",
            .subject = domain::withSender(notice.subject, domain::Markup::kText, "Nguyễn Văn Mẫu"),
            .text = domain::withSender(notice.message, words.markup, "Nguyễn Văn Mẫu"),
            .type = words.markup == domain::Markup::kHtml ? "text/html" : "text/plain"};
}

std::string rendered(const domain::TextTemplate& words, domain::Purpose purpose, const Rules& rules,
                     Language language) {
    const domain::TemplateValues values = domain::templateValues(
        samplePetition(rules), rules, {.purpose = purpose, .language = language, .now = systemNow()});
    return domain::withSender(words.render(values), words.markup(), "Nguyễn Văn Mẫu");
}

Result<Sample> sample(const std::string& name, const Rules& rules, Language language) {
    if (name == kLetter && rules.letter)
        return Sample{.kind = "letter",
                      .text = rendered(*rules.letter, domain::Purpose::kLetter, rules, language),
                      .type = "text/x-pango-markup"};
    if (const auto text = rules.prepared_texts.find(name); text != rules.prepared_texts.end())
        return Sample{.kind = "text",
                      .text = rendered(text->second.text.in(language), domain::Purpose::kPrepared, rules, language)};
    if (const auto notice = rules.notice_templates.find(name); notice != rules.notice_templates.end())
        return sampleOf(notice->second, rules, language);
    return usage("no text \"" + name + "\" in the configuration; `paknhub template list` names all");
}

/// The rules of this configuration; what is wrong with it is printed.
std::shared_ptr<const Rules> loadRules(const Common& common) {
    const auto plugins = loadPlugins(common);
    const config::LoadResult loaded = loadConfiguration(common, *plugins, false);
    for (const config::Diagnostic& diagnostic : loaded.diagnostics) std::cerr << config::format(diagnostic) << '\n';
    return loaded.configuration ? loaded.configuration->rules : nullptr;
}

int showTemplate(const Common& common, const ShowOptions& options) {
    const std::optional<Language> language = domain::findLanguage(options.language);
    if (!language) return complain(usage("--language is vi or en"));
    const std::shared_ptr<const Rules> rules = loadRules(common);
    if (!rules) return kUsage;
    const Result<Sample> shown = sample(options.name, *rules, *language);
    if (!shown) return complain(shown.error());
    if (common.json) {
        JsonOutput out;
        out.member("id", options.name);
        out.member("kind", shown->kind);
        out.memberOrNull("subject", shown->subject);
        out.member("content_type", shown->type);
        out.member("text", shown->text);
    } else {
        if (!shown->subject.empty()) std::cout << shown->subject << "\n\n";
        std::cout << shown->text << '\n';
    }
    return kOk;
}

int listTemplates(const Common& common) {
    const std::shared_ptr<const Rules> rules = loadRules(common);
    if (!rules) return kUsage;
    struct Line {
        std::string id;
        std::string kind;
        std::string label;
    };
    std::vector<Line> lines;
    if (rules->letter) lines.push_back({std::string{kLetter}, "letter", "Công văn trả lời"});
    for (const auto& [id, text] : rules->prepared_texts) lines.push_back({id, "text", text.label.vi});
    for (const auto& [id, notice] : rules->notice_templates) lines.push_back({id, "notice", notice.label.vi});
    if (!common.json) {
        for (const Line& line : lines) std::cout << line.kind << "  " << line.id << "  " << line.label << '\n';
        return kOk;
    }
    JsonOutput out;
    out.key("items");
    out.writer().StartArray();
    for (const Line& line : lines) {
        out.writer().StartObject();
        out.member("id", line.id);
        out.member("kind", line.kind);
        out.member("label", line.label);
        out.writer().EndObject();
    }
    out.writer().EndArray();
    return kOk;
}

struct NoOptions {};

}  // namespace

void addTemplates(const Registry& registry) {
    CLI::App& group = registry.group("template", "Texts of notices, letters and officers' answers");
    registry.verb<NoOptions>(
        group, "list", "All that the configuration words", [](CLI::App&, NoOptions&) {},
        [](const Common& common, const NoOptions&) { return listTemplates(common); });
    registry.verb<ShowOptions>(
        group, "show", "How one reads, for a petition that nobody sent",
        [](CLI::App& verb, ShowOptions& options) {
            verb.add_option("NAME", options.name, "Its id; `letter`: the official letter")->required();
            verb.add_option("--language", options.language, "vi or en; default vi");
        },
        showTemplate);
}

}  // namespace pakn::app

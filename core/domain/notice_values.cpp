#include "core/domain/notice_values.hpp"

#include <utility>

#include "core/domain/civil_time.hpp"
#include "core/domain/text.hpp"

namespace pakn::domain {

namespace {

constexpr std::size_t kMostSubject = 200;  ///< Code points.
constexpr std::size_t kMostMessage = 10000;

std::string nameOfUnit(const Rules& rules, std::string_view id) {
    const Unit* unit = rules.unit(id);
    return unit ? unit->name : std::string{id};
}

std::string nameOfCategory(const Rules& rules, std::string_view id) {
    const Category* category = rules.category(id);
    return category ? category->name : std::string{id};
}

std::string labelOfStep(const Petition& petition, const Rules& rules, Language language) {
    const Workflow* workflow = rules.workflow(petition.workflow, petition.workflow_config);
    const Step* step = workflow ? workflow->step(petition.step) : nullptr;
    if (!step) return std::string{nameOf(petition.status)};
    return language == Language::kEnglish && !step->label.en.empty() ? step->label.en : step->label.vi;
}

/// What whoever caused it said with it.
std::string reasonOf(const EventData& data) {
    return std::visit(
        [](const auto& one) -> std::string {
            if constexpr (requires { one.comment; })
                return one.comment;
            else if constexpr (requires { one.reason; })
                return one.reason;
            else
                return {};
        },
        data);
}

class Values {
public:
    Values(const Petition& petition, const Rules& rules, const ValuesFor& wanted)
        : petition_{petition}, rules_{rules}, wanted_{wanted} {}

    TemplateValues take() {
        setCommon();
        setDates();
        if (wanted_.cause) setCause(*wanted_.cause);
        switch (wanted_.purpose) {
            case Purpose::kForSender:
                line("token", petition_.tracking_token);
                values_["petitioner"] = kSenderHere;
                break;
            case Purpose::kForOfficers:
            case Purpose::kPrepared:
                instant("due", petition_.currentDue());
                line("suggested_unit", nameOfUnit(rules_, petition_.suggested_unit));
                flag("emergency", petition_.emergency);
                flag("ping_pong", petition_.ping_pong);
                break;
            case Purpose::kLetter:
                values_["petitioner"] = kSenderHere;
                answerIn({&petition_.released, &petition_.approved, &petition_.draft});
        }
        setLink();
        std::erase_if(values_, [&](const auto& one) {
            const TemplateField* field = findTemplateField(one.first);
            return !field || !field->isFor(wanted_.purpose);
        });
        return std::move(values_);
    }

private:
    void setCommon() {
        line("hub", rules_.hub_name);
        line("hub_url", rules_.public_url);
        line("code", petition_.code);
        if (!wanted_.leaves || mayDiscloseText(petition_)) line("title", petition_.title);
        line("category", nameOfCategory(rules_, petition_.category));
        line("unit", nameOfUnit(rules_, petition_.unit));
        line("status", labelOfStep(petition_, rules_, wanted_.language));
        if (petition_.before_merge) line("into", petition_.merged_code);
    }

    void setDates() {
        const std::string now = formatForPeople(wanted_.now);  // dd/MM/yyyy hh:mm
        values_["now"] = now;
        values_["day"] = now.substr(0, 2);
        values_["month"] = now.substr(3, 2);
        values_["year"] = now.substr(6, 4);
        instant("received_at", petition_.received_at);
        if (const auto total = petition_.due.find(Clock::kTotal); total != petition_.due.end())
            instant("total_due", total->second);
        if (petition_.appointment) instant("appointment", petition_.appointment->until);
    }

    void setCause(const Event& cause) {
        const bool to_sender = wanted_.purpose == Purpose::kForSender;
        // Officers' own words may quote the sender's, so they stay in the hub where those would.
        if (to_sender ? senderMayReadReason(cause.kind()) : !wanted_.leaves || mayDiscloseText(petition_))
            lines("reason", reasonOf(cause.data));
        if (to_sender && senderMayReadAnswer(cause.kind())) answerIn({&petition_.released});
        if (const auto* missed = std::get_if<DeadlineMissed>(&cause.data)) instant("missed", missed->due);
        if (const auto* escalated = std::get_if<Escalated>(&cause.data))
            line("level", std::to_string(escalated->level));
        if (const std::string_view part = partOf(cause.data); !part.empty())
            line("coordinating_unit", nameOfUnit(rules_, part));
    }

    void setLink() {
        if (rules_.public_url.empty()) return;
        const std::string api = rules_.public_url + "/api/v1/";
        if (wanted_.purpose == Purpose::kForSender)
            line("link", api + "track/" + petition_.code + "?token=" + petition_.tracking_token);
        else
            line("link", api + "petitions/" + petition_.id);
    }

    /// The first that is there.
    void answerIn(std::initializer_list<const std::optional<ResultText>*> stages) {
        for (const std::optional<ResultText>* stage : stages)
            if (*stage) return lines("answer", (*stage)->text);
    }

    void line(std::string_view name, std::string_view value) { put(name, onOneLine(value)); }
    void lines(std::string_view name, std::string_view value) { put(name, onLines(value)); }
    void flag(std::string_view name, bool set) {
        if (set) put(name, "1");
    }
    void instant(std::string_view name, const std::optional<Instant>& at) {
        if (at) put(name, formatForPeople(*at));
    }
    /// Nobody's words put a name where none belongs.
    void put(std::string_view name, std::string value) {
        for (std::size_t at = value.find(kSenderHere); at != std::string::npos; at = value.find(kSenderHere))
            value.erase(at, kSenderHere.size());
        values_.insert_or_assign(std::string{name}, std::move(value));
    }

    const Petition& petition_;
    const Rules& rules_;
    const ValuesFor& wanted_;
    TemplateValues values_;
};

std::string upTo(std::size_t most, std::string text) {
    if (codePoints(text) <= most) return text;
    return std::string{firstCodePoints(text, most - 1)} + "…";
}

}  // namespace

TemplateValues templateValues(const Petition& petition, const Rules& rules, const ValuesFor& wanted) {
    return Values{petition, rules, wanted}.take();
}

Notice wordNotice(const NoticeTemplate& words, const Addressee& to, const Petition& petition, const Rules& rules,
                  const ValuesFor& wanted) {
    const TemplateValues values = templateValues(petition, rules, wanted);
    std::string message = words.message.in(wanted.language).render(values);
    // Cut markup is no markup; its values are bounded where they came in.
    if (words.markup == Markup::kText) message = upTo(kMostMessage, std::move(message));
    return {.name = words.id,
            .to = to,
            .markup = words.markup,
            .subject = upTo(kMostSubject, onOneLine(words.subject.in(wanted.language).render(values))),
            .message = std::string{trimmed(message)}};
}

}  // namespace pakn::domain

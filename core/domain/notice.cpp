#include "core/domain/notice.hpp"

#include <algorithm>

namespace pakn::domain {

namespace {

// Columns: the sender, officers, prepared texts, letters.
constexpr TemplateField kFields[] = {
    {"hub", "Name of the hub.", {true, true, true, true}},
    {"hub_url", "Where it is reached (`hub.public_url`).", {true, true, true, true}},
    {"code", "Code of the petition.", {true, true, true, true}},
    {"title", "Its title; over a connector only of a public petition that is not anonymous.", {true, true, true, true}},
    {"category", "Name of its category.", {true, true, true, true}},
    {"unit", "Name of the unit that has it.", {true, true, true, true}},
    {"status", "The step where it stands, as the workflow labels it.", {true, true, true, true}},
    {"received_at", "When it came in.", {true, true, true, true}},
    {"now", "When this was written.", {true, true, true, true}},
    {"day", "The day of `now`, two digits.", {true, true, true, true}},
    {"month", "Its month, two digits.", {true, true, true, true}},
    {"year", "Its year.", {true, true, true, true}},
    {"total_due", "When the sender's limit ends.", {true, true, true, true}},
    {"appointment", "The end that the unit named (hẹn xử lý).", {true, true, true, true}},
    {"link", "Where it can be looked up: the sender's with its secret, officers' without.", {true, true, false, false}},
    {"reason",
     "What was given as reason or remark; the sender's only on refused, closed, appointed and for a question.",
     {true, true, false, false}},
    {"answer", "The answer; the sender's only on released.", {true, false, false, true}},
    {"token", "The secret by which the sender looks it up.", {true, false, false, false}},
    {"petitioner", "The sender's name, else \"Quý Ông/Bà\".", {true, false, false, true}},
    {"due", "When the limit of whoever has it ends.", {false, true, true, false}},
    {"missed", "The end of the limit that has passed.", {false, true, false, false}},
    {"level", "Number of the level of escalation.", {false, true, false, false}},
    {"suggested_unit", "Name of the unit that routing suggests.", {false, true, false, false}},
    {"coordinating_unit", "Name of the unit whose part it is about.", {false, true, false, false}},
    {"emergency", "Set only for an emergency.", {false, true, false, false}},
    {"ping_pong", "Set only when it came back too often.", {false, true, false, false}},
    {"into", "Code of the petition it was merged into.", {true, true, false, false}},
};

}  // namespace

std::span<const TemplateField> templateFields() { return kFields; }

const TemplateField* findTemplateField(std::string_view name) {
    const auto* const found = std::find_if(std::begin(kFields), std::end(kFields),
                                           [&](const TemplateField& field) { return field.name == name; });
    return found == std::end(kFields) ? nullptr : found;
}

bool senderMayReadReason(EventKind on) {
    return on == EventKind::kRefused || on == EventKind::kClosed || on == EventKind::kAppointed ||
           on == EventKind::kNoted;
}

bool senderMayReadAnswer(EventKind on) { return on == EventKind::kReleased; }

std::string withSender(std::string_view text, Markup markup, std::string_view name) {
    const std::string known = onOneLine(name);
    const std::string inserted = escapedFor(markup, known.empty() ? "Quý Ông/Bà" : known);
    std::string result;
    for (std::size_t at = text.find(kSenderHere); at != std::string_view::npos; at = text.find(kSenderHere)) {
        result.append(text.substr(0, at)).append(inserted);
        text.remove_prefix(at + kSenderHere.size());
    }
    return result.append(text);
}

}  // namespace pakn::domain

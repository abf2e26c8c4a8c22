#include "judge.hpp"

#include <algorithm>
#include <array>

#include "addresses.hpp"

namespace pakn::in_email {

namespace {

constexpr std::array<std::string_view, 4> kMachines{"mailer-daemon", "postmaster", "no-reply", "noreply"};
constexpr std::array<std::string_view, 3> kBulk{"bulk", "list", "junk"};

bool has(const Decoded& mail, std::string_view name) { return !attributeOf(mail, name).empty(); }

/// Calls `each` with every word of a text that blanks part; true as soon as one is what it looks for.
template <class Each>
bool anyWord(std::string_view text, const Each& each) {
    while (!text.empty()) {
        const std::size_t end = std::min(text.find(' '), text.size());
        if (end > 0 && each(text.substr(0, end))) return true;
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return false;
}

/// The newest of our own mails that this one answers.
std::optional<ThreadIds::Ours> answered(const Decoded& mail, const ThreadIds& ids) {
    std::optional<ThreadIds::Ours> found;
    const auto look = [&](std::string_view id) {
        if (std::optional<ThreadIds::Ours> ours = ids.read(id)) found = std::move(ours);
        return false;
    };
    anyWord(attributeOf(mail, "references"), look);
    anyWord(attributeOf(mail, "in_reply_to"), look);  // Last: it names the one that is answered.
    return found;
}

/// Why a mail is a machine's; empty when it is a person's.
std::string machine(const Decoded& mail, const IntakeSettings& settings) {
    const std::string submitted = attributeOf(mail, "auto_submitted");
    if (!submitted.empty() && !submitted.starts_with("no")) return "auto_submitted";
    const std::string precedence = folded(attributeOf(mail, "precedence"));
    if (std::find(kBulk.begin(), kBulk.end(), precedence) != kBulk.end()) return "precedence";
    if (has(mail, "list_id") || has(mail, "list_unsubscribe")) return "list";
    const std::string suppress = folded(attributeOf(mail, "x_auto_response_suppress"));
    if (!suppress.empty() && suppress != "none") return "auto_response_suppress";
    if (attributeOf(mail, "return_path") == "<>") return "empty_return_path";
    const std::string from = folded(attributeOf(mail, "from"));
    const auto& own = settings.own_addresses;
    if (std::find(own.begin(), own.end(), from) != own.end()) return "own_address";
    const std::string_view local = localOf(from);
    if (std::find(kMachines.begin(), kMachines.end(), local) != kMachines.end()) return "machine_address";
    return {};
}

Judgement about(Judgement::Kind kind, std::optional<ThreadIds::Ours> ours, std::string why) {
    if (!ours) return {.kind = Judgement::Kind::kAutomatic, .why = std::move(why)};
    return {.kind = kind, .why = std::move(why), .ours = std::move(ours)};
}

Judgement judgeReport(const Decoded& mail, const ThreadIds& ids) {
    std::optional<ThreadIds::Ours> ours = ids.read(attributeOf(mail, "dsn_original_message_id"));
    if (!ours) ours = answered(mail, ids);
    const std::string action = attributeOf(mail, "dsn_action");
    if (action == "failed") return about(Judgement::Kind::kBounce, std::move(ours), "bounce");
    if (action == "delayed") return about(Judgement::Kind::kDelayed, std::move(ours), "bounce_delayed");
    return {.kind = Judgement::Kind::kAutomatic, .why = "delivery_report"};
}

}  // namespace

std::string attributeOf(const Decoded& mail, std::string_view name) {
    const auto found = mail.attributes.find(name);
    return found == mail.attributes.end() ? std::string{} : found->second;
}

Judgement judge(const Decoded& mail, const IntakeSettings& settings, const ThreadIds& ids) {
    const std::string report = attributeOf(mail, "report_type");
    if (report == "delivery-status") return judgeReport(mail, ids);
    if (report == "disposition-notification") {
        std::optional<ThreadIds::Ours> ours = ids.read(attributeOf(mail, "dsn_original_message_id"));
        if (!ours) ours = answered(mail, ids);
        return about(Judgement::Kind::kRead, std::move(ours), "read_receipt");
    }
    if (std::string why = machine(mail, settings); !why.empty())
        return {.kind = Judgement::Kind::kAutomatic, .why = std::move(why)};

    Judgement judgement;
    std::optional<ThreadIds::Ours> ours = answered(mail, ids);
    if (ours && ids.wentTo(*ours, attributeOf(mail, "from")))
        return {.kind = Judgement::Kind::kAnswer, .ours = std::move(ours)};
    judgement.mentions = ours ? ours->code : ThreadIds::codeInSubject(attributeOf(mail, "subject"));
    return judgement;
}

std::string trustedResults(const Decoded& mail, const IntakeSettings& settings) {
    if (settings.authserv_id.empty()) return {};
    // Our own server adds its header on top; whatever stands below may be forged.
    std::string top = attributeOf(mail, "authentication_results");
    top = top.substr(0, top.find(" | "));
    const std::size_t semicolon = top.find(';');
    std::string name = folded(std::string_view{top}.substr(0, semicolon));
    name = name.substr(0, name.find(' '));  // A version may follow.
    if (name != settings.authserv_id || semicolon == std::string::npos) return {};
    std::string results;
    anyWord(folded(std::string_view{top}.substr(semicolon + 1)), [&](std::string_view word) {
        for (const std::string_view method : {"spf=", "dkim=", "dmarc="})
            if (word.starts_with(method)) {
                if (!results.empty()) results += ' ';
                results += word.substr(0, std::min<std::size_t>(word.find(';'), 40));
            }
        return false;
    });
    return results;
}

}  // namespace pakn::in_email

#include "core/decoder_process/mail_report.hpp"

#include <algorithm>
#include <optional>
#include <string_view>

#include "core/decoder_process/mail_text.hpp"
#include "core/decoder_process/mail_transfer.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::size_t kMostReport = 64U << 10U;

std::string oneWord(std::string_view raw) {
    const std::string line = asciiLower(cleanLine(raw, 100));
    return line.substr(0, line.find_first_of(" ;("));
}

/// "rfc822; an@dan.example"
std::string addressOf(std::string_view raw) {
    const std::size_t type = raw.find(';');
    return parseAddress(type == std::string_view::npos ? raw : raw.substr(type + 1));
}

/// "5.1.1 (no such user)"; empty when it is no status.
std::string statusOf(std::string_view raw) {
    const std::string word = oneWord(raw);
    const bool sound = word.size() >= 5 && word[0] >= '2' && word[0] <= '5' && word[1] == '.' &&
                       word.find_first_not_of("0123456789.") == std::string::npos;
    return sound ? word : std::string{};
}

void readRecipients(std::string_view text, DeliveryReport& report) {
    constexpr int kMostGroups = 200;
    for (int group = 0; group < kMostGroups && !text.empty(); ++group) {
        const Header fields = parseHeader(text);
        if (fields.too_large) return;
        text.remove_prefix(fields.body);
        const std::string action = oneWord(fields["action"]);
        const std::string status = statusOf(fields["status"]);
        if (action.empty() && status.empty()) continue;
        const bool better = report.action != "failed" && action == "failed";
        if (!report.action.empty() && !better) continue;
        report.action = action;
        report.status = status;
        report.final_recipient = addressOf(fields["final-recipient"]);
        report.original_recipient = addressOf(fields["original-recipient"]);
        if (report.final_recipient.empty()) report.final_recipient = report.original_recipient;
        if (action == "failed") return;
    }
}

}  // namespace

DeliveryReport readDeliveryReport(const Tree& tree) {
    DeliveryReport report;
    for (const Leaf& leaf : tree.files) {
        const bool returned = leaf.type == "message/rfc822" || leaf.type == "message/global" ||
                              leaf.type == "text/rfc822-headers" || leaf.type == "message/global-headers";
        const bool status = leaf.type == "message/delivery-status" || leaf.type == "message/global-delivery-status";
        const bool receipt = leaf.type == "message/disposition-notification";
        if (!returned && !status && !receipt) continue;
        const std::string text = decodeTransfer(leaf.raw, leaf.encoding, kMostReport);
        if (status) readRecipients(text, report);
        if (status || !report.original_message_id.empty()) continue;
        const Header header = parseHeader(text);
        const std::vector<std::string> ids = parseMessageIds(header[receipt ? "original-message-id" : "message-id"]);
        if (!ids.empty()) report.original_message_id = ids.front();
    }
    return report;
}

}  // namespace pakn::decoder_process

#include "plan.hpp"

#include <algorithm>

#include "digest.hpp"
#include "petition.hpp"
#include "text.hpp"

namespace pakn::in_zalo {
namespace {

std::string noticeOf(const Delivery& delivery) {
    return delivery.message_type == "text/html" ? plainText(delivery.message) : delivery.message;
}

Values valuesOf(const Delivery& delivery, const std::string& link) {
    return {{"code", delivery.code},
            {"link", link},
            {"answer", cleaned(delivery.result_text)},
            {"message", cleaned(noticeOf(delivery))},
            {"status", delivery.status},
            {"unit", cleaned(delivery.unit_name)},
            {"title", cleaned(delivery.title)}};
}

/// Without lines that had nothing but a value that is not there.
std::string tidied(std::string_view text) {
    std::string made;
    int blank_lines = 0;
    for (std::string_view rest = trimmed(text); !rest.empty();) {
        const std::string_view line = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(std::min(rest.size(), line.size() + 1));
        blank_lines = trimmed(line).empty() ? blank_lines + 1 : 0;
        if (blank_lines > 1) continue;
        made.append(line).append("\n");
    }
    return std::string{trimmed(made)};
}

std::string textOf(const Delivery& delivery, const ReplyRules& rules, const std::string& link) {
    if (!delivery.message.empty()) return tidied(cleaned(noticeOf(delivery)));
    const std::string& pattern = delivery.kind == "result" ? rules.result_text : rules.status_text;
    return tidied(cleaned(filled(pattern, valuesOf(delivery, link))));
}

bool endsWith(std::string_view text, std::string_view end) {
    return text.size() >= end.size() && text.substr(text.size() - end.size()) == end;
}

/// Word files and tables are told by their names: their contents are archives and text.
bool isDocument(const Attachment& file) {
    const std::string name = folded(file.name);
    return file.content_type == "application/pdf" || endsWith(name, ".pdf") || endsWith(name, ".doc") ||
           endsWith(name, ".docx") || endsWith(name, ".csv");
}

bool isImage(const Attachment& file) { return file.content_type == "image/jpeg" || file.content_type == "image/png"; }

}  // namespace

std::vector<Part> partsOf(const Delivery& delivery, const ReplyRules& rules, const std::string& link) {
    std::vector<Part> files;
    std::string missing;
    for (std::size_t i = 0; i < delivery.attachments.size(); ++i) {
        const Attachment& file = delivery.attachments[i];
        if (isImage(file) && file.content.size() <= kMostImage && !file.content.empty())
            files.push_back({.kind = Part::Kind::kImage, .attachment = i});
        else if (isDocument(file) && file.content.size() <= kMostDocument && !file.content.empty())
            files.push_back({.kind = Part::Kind::kDocument, .attachment = i});
        else
            missing += (missing.empty() ? "" : ", ") + cleaned(file.name);
    }
    std::string text = textOf(delivery, rules, link);
    if (!missing.empty()) {
        text += "\n\nTệp kèm theo không gửi được qua Zalo: " + missing + ".";
        if (!link.empty()) text += " Xem tại: " + link;
    }
    if (codePoints(text) > kMostMessage && !rules.split && !link.empty())
        text = tidied(cleaned(filled(rules.short_text, valuesOf(delivery, link))));
    std::vector<Part> parts;
    for (std::string& piece : inPieces(text, kMostMessage)) parts.push_back({.text = std::move(piece)});
    if (parts.empty()) parts.push_back({.text = delivery.code});
    parts.insert(parts.end(), files.begin(), files.end());
    return parts;
}

std::string digestOf(const std::vector<Part>& parts, const Delivery& delivery) {
    std::string all;
    for (const Part& part : parts) {
        all += std::to_string(static_cast<int>(part.kind)) + ':' + std::to_string(part.text.size()) + ':' + part.text;
        if (part.kind == Part::Kind::kText) continue;
        const Attachment& file = delivery.attachments[part.attachment];
        all += std::to_string(file.content.size()) + ':' + file.name;
    }
    return webhooks::toHex(webhooks::sha256(all)).substr(0, 16);
}

std::optional<TemplateMessage> templateOf(const Delivery& delivery, const TemplateRule& result,
                                          const TemplateRule& other, const std::string& link) {
    const TemplateRule& rule = delivery.kind == "result" ? result : other;
    if (rule.id.empty()) return std::nullopt;
    TemplateMessage message{.id = rule.id, .data = {}, .tracking_id = trackingIdOf(delivery.idempotency_key)};
    const Values values = valuesOf(delivery, link);
    for (const std::string& field : rule.data) {
        const std::size_t equals = field.find('=');
        if (equals == std::string::npos) continue;
        message.data.emplace(field.substr(0, equals), filled(field.substr(equals + 1), values));
    }
    return message;
}

std::string trackingIdOf(const std::string& idempotency_key) {
    return "PAKN-" + webhooks::toHex(webhooks::sha256(idempotency_key)).substr(0, 32);
}

std::string zaloPhone(const std::string& e164) {
    constexpr std::string_view kVietNam = "+84";
    if (e164.compare(0, kVietNam.size(), kVietNam) != 0) return {};
    std::string digits = e164.substr(1);
    return digits.size() >= 11 && digits.find_first_not_of("0123456789") == std::string::npos ? digits : std::string{};
}

}  // namespace pakn::in_zalo

/// @file
/// The section `write_back` of a mapping.

#include <algorithm>

#include "intake.hpp"
#include "text.hpp"
#include "write_back.hpp"

namespace pakn::in_portal {
namespace {

std::string lowered(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return text;
}

Template readTemplate(Section& section, std::string_view key, Escape escape) {
    const Node* const node = section.take(key);
    if (node == nullptr) return {};
    Template made{node->text, escape};
    if (const auto problem = made.problem()) section.mistakes().add(node->mark, "no template: " + *problem);
    return made;
}

/// Where requests go is the mapping's word alone: no value of an item may stand in the host.
void checkHost(Section& section) {
    const Node* const url = section.take("url");
    if (url == nullptr) {
        section.mistakes().add(section.mark(), "the key \"url\" is missing");
        return;
    }
    const std::string fixed = url->text.substr(0, url->text.find("{{"));
    const auto host_end = fixed.find('/', std::min(fixed.find("://"), fixed.size() - 1) + 3);
    if (originOf(fixed).empty() || host_end == std::string::npos)
        section.mistakes().add(url->mark, "an absolute http or https address is expected here",
                               "values may stand in its path and query: https://portal.example/p/{{external_id}}");
}

void readHeaders(Section& section, WriteBack& rule) {
    const Node* const headers = section.take("headers");
    if (headers == nullptr) return;
    for (const Entry& entry : headers->entries) {
        if (namesASecret(entry.key))
            section.mistakes().add(entry.mark, "a secret does not stand in this file",
                                   "auth, auth_header and auth_secret of the connector send it");
        else
            rule.headers[lowered(entry.key)] = entry.value.text;
    }
}

void readStatuses(Section& section, WriteBack& rule) {
    const Node* const table = section.take("status");
    if (table == nullptr) return;
    if (table->kind != Node::Kind::kMap)
        section.mistakes().add(table->mark, "status is a table: ours, a colon, theirs");
    static const std::vector<std::string> kOurs{
        "received",          "accepted",  "distributed", "assigned",  "in_progress", "appointed",
        "awaiting_approval", "approved",  "signing",     "at_centre", "answered",    "closed",
        "returned",          "following", "merged",      "refused"};
    for (const Entry& entry : table->entries) {
        if (entry.key == "other") {
            rule.other_status = entry.value.text;
            continue;
        }
        if (std::find(kOurs.begin(), kOurs.end(), entry.key) == kOurs.end())
            section.mistakes().add(entry.mark, inQuotes(entry.key) + " is no status", nameHint(entry.key, kOurs));
        rule.status[entry.key] = entry.value.text;
    }
    if (rule.kind == "result" && !rule.status.empty() && !rule.other_status && !rule.status.contains("answered"))
        section.mistakes().add(table->mark, "status says nothing for \"answered\": no answer would ever leave",
                               "answered: \"…\", or other");
}

WriteBack readRule(const Node& node, const Defaults& defaults, Mistakes& mistakes) {
    WriteBack rule;
    Section section{&node, mistakes};
    rule.kind = section.word("on", {"result", "status_update", "notice", "forward", "sign_request"});
    rule.events = section.texts("events");
    rule.method = section.word("method", {"POST", "PUT", "PATCH"});
    checkHost(section);
    rule.url = readTemplate(section, "url", Escape::kUrl);
    rule.content_type = section.text("content_type", "application/json");
    const bool form = rule.content_type.find("x-www-form-urlencoded") != std::string::npos;
    const bool json = rule.content_type.find("json") != std::string::npos;
    rule.body = readTemplate(section, "body", json ? Escape::kJson : form ? Escape::kUrl : Escape::kNone);
    readHeaders(section, rule);
    readStatuses(section, rule);
    rule.idempotency_header = lowered(section.text("idempotency_header"));
    rule.repeatable = section.flag("repeatable", false) || !rule.idempotency_header.empty();
    for (const std::string& code : section.texts("already")) {
        if (code.size() == 3 && code.find_first_not_of("0123456789") == std::string::npos)
            rule.already.push_back(std::stoi(code));
        else
            mistakes.add(section.mark(), inQuotes(code) + " is no HTTP status", "like 409");
    }
    if (const Node* reference = section.take("reference")) rule.reference = readPlace(*reference, mistakes);
    rule.dates = readDates(section, defaults.dates);
    return rule;
}

}  // namespace

std::vector<WriteBack> readWriteBack(const Node* node, const Defaults& defaults, Mistakes& mistakes) {
    std::vector<WriteBack> rules;
    if (node == nullptr) return rules;
    if (node->kind != Node::Kind::kList) mistakes.add(node->mark, "write_back is a list of { on, url, body, … }");
    for (const Node& item : node->items) rules.push_back(readRule(item, defaults, mistakes));
    return rules;
}

}  // namespace pakn::in_portal

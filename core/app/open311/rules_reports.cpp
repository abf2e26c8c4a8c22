/// @file
/// c.6 and c.7 of the checklist: reports that are sent, and tokens. What is refused is tried wherever the server says;
/// what would be taken goes to its test endpoint if it has one.

#include <algorithm>
#include <optional>
#include <utility>

#include "core/app/open311/rule.hpp"

namespace pakn::app::open311 {

namespace {

constexpr const char* kTest = "open311-check: phản ánh thử, xin bỏ qua";

std::optional<Verdict> notAsked(const Site& site) {
    if (site.options().post && !site.options().key.empty()) return std::nullopt;
    return skipped("needs --post and --api-key-file");
}

/// A value that an attribute takes.
std::string valueFor(const Node& attribute) {
    const std::string_view type = attribute.textOf("datatype");
    if (type == "number") return "1";
    if (type == "datetime") return "2026-01-01T00:00:00Z";
    if (const auto& values = attribute.listOf("values"); !values.empty())
        return std::string{values.front().textOf("key")};
    return "open311-check";
}

/// The definition of a service; null: it has none.
const Node* definitionOf(Site& site, std::string_view code) {
    for (const Node* one : site.definitions())
        if (one->textOf("service_code") == code) return one;
    return nullptr;
}

/// A report that is complete: the key, the service with what it asks for, a place, a text.
Fields reportFor(Site& site, const Node& service) {
    Fields fields{{"api_key", site.options().key},
                  {"service_code", std::string{service.textOf("service_code")}},
                  {"lat", "16.4637"},
                  {"long", "107.5909"},
                  {"description", kTest}};
    const Node* const definition = definitionOf(site, service.textOf("service_code"));
    if (definition == nullptr) return fields;
    for (const Node& attribute : definition->listOf("attributes"))
        if (attribute.textOf("required") == "true" && attribute.textOf("variable") != "false")
            fields.emplace_back("attribute[" + std::string{attribute.textOf("code")} + ']', valueFor(attribute));
    return fields;
}

const Node* serviceOf(Site& site, std::string_view type) {
    for (const Node& service : site.services())
        if (service.textOf("type") == type) return &service;
    return nullptr;
}

/// A service whose reports get an id at once; else the first one.
const Node* anyService(Site& site) {
    if (const Node* const realtime = serviceOf(site, "realtime")) return realtime;
    return site.services().empty() ? nullptr : &site.services().front();
}

Fields report(Site& site) {
    const Node* const service = anyService(site);
    return service == nullptr ? Fields{} : reportFor(site, *service);
}

Fields with(Fields fields, const std::string& name, std::string value) {
    std::erase_if(fields, [&](const auto& one) { return one.first == name; });
    fields.emplace_back(name, std::move(value));
    return fields;
}
Fields without(Fields fields, const std::string& name) {
    std::erase_if(fields, [&](const auto& one) { return one.first == name; });
    return fields;
}

bool isTaken(const Answer& answer) { return answer.status == 200 || answer.status == 201; }

Answer sent(Site& site, const Fields& fields, HttpHeaders headers = {}) {
    return site.post("/requests.xml", fields, true, std::move(headers));
}

/// The id or token that came back.
std::string toldIn(const Answer& answer, std::string_view name) {
    if (!answer.document || answer.document->children.empty()) return {};
    return std::string{answer.document->children.front().textOf(name)};
}

Verdict refusedWith(Site& site, const Fields& fields, int status, const char* what) {
    const std::string wrong = notErrors(sent(site, fields), {status});
    return wrong.empty() ? passed() : failed(std::string{what} + ": " + wrong);
}

Verdict forms(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const Answer form = sent(site, report(site));
    if (!isTaken(form)) return failed("a form: " + form.summary());
    constexpr const char* kBoundary = "open311-check-7d1f";
    std::string body;
    Fields fields = report(site);
    if (!site.options().jurisdiction.empty()) fields.emplace_back("jurisdiction_id", site.options().jurisdiction);
    for (const auto& [name, value] : fields)
        body += std::string{"--"} + kBoundary + "\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" +
                value + "\r\n";
    body += std::string{"--"} + kBoundary + "--\r\n";
    const std::string type = std::string{"multipart/form-data; boundary="} + kBoundary;
    const Answer multipart = site.postWhole("/requests.xml", {{"content-type", type}}, std::move(body), true);
    return isTaken(multipart) ? passed() : failed("multipart/form-data: " + multipart.summary());
}

Verdict required(Site& site) {
    if (auto no = notAsked(site)) return *no;
    Verdict verdict = refusedWith(site, without(report(site), "service_code"), 400, "no service_code");
    if (verdict.result == Grade::kPass)
        verdict = refusedWith(site, without(without(report(site), "lat"), "long"), 400, "no place");
    if (verdict.result == Grade::kPass) {
        const Fields address = with(without(without(report(site), "lat"), "long"), "address_string", "12 Lê Lợi, Huế");
        if (const Answer answer = sent(site, address); !isTaken(answer))
            verdict = failed("address_string: " + answer.summary());
    }
    return verdict;
}

Verdict halfAPoint(Site& site) {
    if (auto no = notAsked(site)) return *no;
    return refusedWith(site, without(report(site), "long"), 400, "lat without long");
}

Verdict coordinates(Site& site) {
    if (auto no = notAsked(site)) return *no;
    Verdict verdict = refusedWith(site, with(report(site), "lat", "91"), 400, "lat=91");
    return verdict.result == Grade::kPass ? refusedWith(site, with(report(site), "lat", "x"), 400, "lat=x") : verdict;
}

Verdict optional(Site& site) {
    if (auto no = notAsked(site)) return *no;
    Fields whole = report(site);
    for (const auto& [name, value] : Fields{{"email", "a@mau.example"},
                                            {"phone", "0912345678"},
                                            {"first_name", "Nguyễn"},
                                            {"last_name", "Văn A"},
                                            {"device_id", "open311-check"},
                                            {"media_url", "https://mau.example/1.jpg"}})
        whole.emplace_back(name, value);
    if (const Answer answer = sent(site, whole); !isTaken(answer)) return failed("all fields: " + answer.summary());
    return refusedWith(site, with(report(site), "description", std::string(4001, 'x')), 400, "4001 characters");
}

/// A list among the attributes of a service, with that service.
std::pair<const Node*, const Node*> aList(Site& site, bool may_be_required) {
    for (const Node& service : site.services())
        if (const Node* const definition = definitionOf(site, service.textOf("service_code")))
            for (const Node& attribute : definition->listOf("attributes"))
                if (attribute.textOf("datatype") == "singlevaluelist" &&
                    (may_be_required || attribute.textOf("required") != "true"))
                    return {&service, &attribute};
    return {nullptr, nullptr};
}

Verdict attributes(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const Answer unknown = sent(site, with(report(site), "attribute[open311-check]", "1"));
    if (!isTaken(unknown)) return failed("an attribute that nobody asks for: " + unknown.summary());
    const auto [service, attribute] = aList(site, true);
    if (attribute == nullptr) return passed();
    const std::string name = "attribute[" + std::string{attribute->textOf("code")} + ']';
    return refusedWith(site, with(reportFor(site, *service), name, "open311-check-none"), 400,
                       "a value that is not on its list");
}

Verdict emptyChoice(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const auto [service, attribute] = aList(site, false);
    if (attribute == nullptr) return skipped("no service has a list that need not be answered");
    const std::string name = "attribute[" + std::string{attribute->textOf("code")} + ']';
    const Answer answer = sent(site, with(reportFor(site, *service), name, ""));
    return isTaken(answer) ? passed() : failed(answer.summary());
}

Verdict answerShape(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const Node* const service = serviceOf(site, "realtime");
    if (service == nullptr) return skipped("no service is realtime");
    const Answer xml = sent(site, reportFor(site, *service));
    if (!isTaken(xml) || !xml.document) return failed(xml.summary());
    if (xml.document->name != "service_requests" || xml.document->children.size() != 1 ||
        xml.document->children.front().name != "request")
        return failed("not one request in service_requests");
    if (toldIn(xml, "service_request_id").empty()) return failed("no service_request_id");
    for (const char* name : {"service_notice", "account_id"})
        if (!xml.document->children.front().has(name)) return failed(std::string{"no "} + name);
    const Answer json = site.post("/requests.json", reportFor(site, *service), true);
    const bool list = json.document && json.document->kind == Node::Kind::kList && json.document->children.size() == 1;
    return list ? passed() : failed("no array of one in JSON");
}

Verdict neverBoth(Site& site) {
    if (auto no = notAsked(site)) return *no;
    for (const char* type : {"realtime", "batch", "blackbox"}) {
        const Node* const service = serviceOf(site, type);
        if (service == nullptr) continue;
        const Answer answer = sent(site, reportFor(site, *service));
        if (!isTaken(answer)) return failed(std::string{type} + ": " + answer.summary());
        const bool id = !toldIn(answer, "service_request_id").empty();
        const bool token = !toldIn(answer, "token").empty();
        const bool as_promised = *type == 'r'                        ? id && !token
                                 : type == std::string_view{"batch"} ? token && !id
                                                                     : !token && !id;
        if (!as_promised)
            return failed(std::string{type} + (id ? ": an id" : "") + (token ? ": a token" : "") +
                          (!id && !token ? ": neither" : ""));
    }
    return passed();
}

Verdict wrongKey(Site& site) {
    if (auto no = notAsked(site)) return *no;
    return refusedWith(site, with(report(site), "api_key", "open311-check-is-no-key"), 403, "an unknown api_key");
}

Verdict again(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const std::string mark = "open311-check-" + std::to_string(site.now().time_since_epoch().count());
    for (const bool by_header : {true, false}) {
        Fields fields = report(site);
        HttpHeaders headers;
        if (by_header)
            headers["idempotency-key"] = mark;
        else
            fields.emplace_back("attribute[external_id]", mark);
        const std::string first = toldIn(sent(site, fields, headers), "service_request_id");
        const std::string second = toldIn(sent(site, fields, headers), "service_request_id");
        if (first.empty() || first != second)
            return failed(by_header ? "another report under the same Idempotency-Key"
                                    : "another report under the same attribute[external_id]");
    }
    return passed();
}

Verdict allInTheAddress(Site& site) {
    if (auto no = notAsked(site)) return *no;
    Fields fields = report(site);
    if (!site.options().jurisdiction.empty()) fields.emplace_back("jurisdiction_id", site.options().jurisdiction);
    const Answer answer = site.postWhole("/requests.xml?" + encoded(fields), {}, {}, true);
    return isTaken(answer) ? passed() : failed(answer.summary());
}

/// What the token of a report of a batch service leads to; nothing when no service is one.
std::optional<std::pair<std::string, Answer>> tokenAndAnswer(Site& site) {
    const Node* const service = serviceOf(site, "batch");
    if (service == nullptr) return std::nullopt;
    const std::string token = toldIn(sent(site, reportFor(site, *service)), "token");
    return std::pair{token, site.getAtTest("/tokens/" + token + ".xml")};
}

Verdict tokens(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const auto got = tokenAndAnswer(site);
    if (!got) return skipped("no service is batch");
    const auto& [token, answer] = *got;
    if (token.empty()) return failed("no token");
    if (!answer.ok() || !answer.document) return failed("tokens/" + token + ".xml: " + answer.summary());
    if (answer.document->name != "service_requests" || answer.document->children.size() != 1)
        return failed("not one request in service_requests");
    return toldIn(answer, "token") == token ? passed() : failed("another token");
}

Verdict unknownToken(Site& site) {
    const std::string wrong = notErrors(site.get("/tokens/open311-check-none.xml"), {404});
    return wrong.empty() ? passed() : failed(wrong);
}

Verdict tokenInTime(Site& site) {
    if (auto no = notAsked(site)) return *no;
    const auto got = tokenAndAnswer(site);
    if (!got) return skipped("no service is batch");
    return toldIn(got->second, "service_request_id").empty() ? failed("no id yet") : passed();
}

constexpr Rule kRules[] = {
    {"O-60", "a report as a form and as multipart/form-data is taken", &forms},
    {"O-61", "400 without service_code or place; an address is a place", &required},
    {"O-62", "400 for lat without long", &halfAPoint},
    {"O-63", "400 for coordinates that are none", &coordinates},
    {"O-64", "all optional fields are taken; 400 for 4001 characters", &optional},
    {"O-65", "unknown attributes are taken; 400 for a value that is not on its list", &attributes},
    {"O-66", "a list that need not be answered may be empty", &emptyChoice},
    {"O-67", "service_requests/request with service_request_id, service_notice, account_id", &answerShape},
    {"O-68", "an id of realtime services, a token of batch, neither of blackbox", &neverBoth},
    {"O-69", "403 for an unknown api_key", &wrongKey},
    {"O-70", "the same Idempotency-Key or attribute[external_id] gives the first id again", &again},
    {"O-71", "a report all of which stands in the address is taken", &allInTheAddress},
    {"O-80", "tokens/TOKEN.xml: one request with the token", &tokens},
    {"O-81", "404 for an unknown token", &unknownToken},
    {"O-82", "a token has its id at once", &tokenInTime},
};

}  // namespace

std::span<const Rule> reportRules() { return kRules; }

std::string sendReport(Site& site) { return toldIn(sent(site, report(site)), "service_request_id"); }

}  // namespace pakn::app::open311

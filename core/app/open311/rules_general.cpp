/// @file
/// c.1 and c.2 of the checklist: formats, dates, texts, methods, errors.

#include <algorithm>
#include <array>

#include "core/app/open311/rule.hpp"
#include "core/domain/civil_time.hpp"
#include "core/domain/text.hpp"

namespace pakn::app::open311 {

namespace {

constexpr const char* kNobody = "open311-check-none";
constexpr std::array kLists{"/services", "/requests"};

Verdict typesAndEncoding(Site& site) {
    for (const char* list : kLists) {
        const Answer& xml = site.get(std::string{list} + ".xml");
        const Answer& json = site.get(std::string{list} + ".json");
        if (!xml.ok() || xml.type() != "text/xml" || xml.charset() != "utf-8")
            return failed(std::string{list} + ".xml: " + xml.summary() + "; charset=" + xml.charset());
        if (!json.ok() || json.type() != "application/json" || json.charset() != "utf-8")
            return failed(std::string{list} + ".json: " + json.summary() + "; charset=" + json.charset());
        const std::string_view head = std::string_view{xml.body}.substr(0, 100);
        if (!head.starts_with("<?xml") || head.find("UTF-8") == std::string_view::npos)
            return failed(std::string{list} + ".xml does not begin with an XML declaration of UTF-8");
        if (xml.body.find("xmlns") != std::string::npos) return failed(std::string{list} + ".xml has a namespace");
        if (!domain::toNfc(xml.body) || !domain::toNfc(json.body)) return failed(std::string{list} + ": no UTF-8");
    }
    return passed();
}

Verdict formats(Site& site) {
    for (const char* path : {"/services.foo", "/services"})
        if (std::string wrong = notErrors(site.get(path), {400}); !wrong.empty()) return failed(path + (": " + wrong));
    return passed();
}

/// The first date below a node that is none; empty when all are.
std::string wrongDate(const Node& node) {
    const bool date = node.name.ends_with("_datetime") || node.name == "changeset";
    if (date && !node.text.empty() && !domain::parseInstant(node.text)) return node.name + ": " + node.text;
    for (const Node& child : node.children)
        if (std::string wrong = wrongDate(child); !wrong.empty()) return wrong;
    return {};
}

Verdict dates(Site& site) {
    for (const Answer* answer : {&site.get("/requests.xml"), &site.get("/requests.json")})
        if (answer->document)
            if (std::string wrong = wrongDate(*answer->document); !wrong.empty()) return failed(wrong);
    return site.requests().empty() ? skipped("there are no reports") : passed();
}

std::string idsOf(const Answer& answer) {
    std::string ids;
    if (answer.document)
        for (const Node& one : answer.document->children) ids.append(one.textOf("service_request_id")).append(" ");
    return ids;
}

Verdict emptyParameters(Site& site) {
    const Answer& plain = site.get("/requests.xml");
    const Answer& empty = site.get("/requests.xml?status=&service_code=&start_date=&end_date=");
    if (empty.status != plain.status)
        return failed(empty.summary() + " with empty parameters, else " + plain.summary());
    return idsOf(empty) == idsOf(plain) ? passed() : failed("other reports with empty parameters");
}

Verdict jurisdiction(Site& site) {
    if (!site.get("/services.xml").ok()) return failed("services.xml: " + site.get("/services.xml").summary());
    const Answer& other = site.get("/services.xml?jurisdiction_id=open311-check.invalid");
    if (other.ok() && site.options().jurisdiction.empty()) return passed();  // One, and it is not looked at.
    const std::string wrong = notErrors(other, {404});
    return wrong.empty() ? passed() : failed("an unknown jurisdiction: " + wrong);
}

Verdict sameInBoth(Site& site) {
    std::vector<std::string> paths{"/services", "/requests"};
    for (const Node& service : site.services())
        if (service.textOf("metadata") == "true") {
            paths.push_back("/services/" + std::string{service.textOf("service_code")});
            break;
        }
    for (const std::string& path : paths) {
        const Answer& xml = site.get(path + ".xml");
        const Answer& json = site.get(path + ".json");
        if (!xml.document || !json.document) return failed(path + ": one of both cannot be read");
        if (std::string other = difference(*xml.document, *json.document); !other.empty())
            return failed(path + ": " + other);
    }
    return passed();
}

Verdict booleans(Site& site) {
    const Answer& json = site.get("/services.json");
    if (!json.document) return failed("services.json cannot be read");
    for (const Node& service : json.document->children) {
        const Node* const metadata = service.find("metadata");
        if (metadata == nullptr || metadata->kind != Node::Kind::kFlag) return failed("metadata is no boolean in JSON");
    }
    for (const Node& service : site.services())
        if (const std::string_view word = service.textOf("metadata"); word != "true" && word != "false")
            return failed("metadata in XML: " + std::string{word});
    return passed();
}

Verdict idsAreTexts(Site& site) {
    for (const auto& [path, name] :
         {std::pair{"/services.json", "service_code"}, std::pair{"/requests.json", "service_request_id"}}) {
        const Answer& json = site.get(path);
        if (!json.document) return failed(std::string{path} + " cannot be read");
        for (const Node& one : json.document->children) {
            const Node* const id = one.find(name);
            if (id == nullptr || id->kind != Node::Kind::kText)
                return failed(std::string{name} + " is no text in JSON");
        }
    }
    return passed();
}

Verdict wellFormed(Site& site) {
    for (const char* path : {"/services.xml", "/requests.xml", "/services.json", "/requests.json"}) {
        const Answer& answer = site.get(path);
        if (!answer.document) return failed(std::string{path} + " is not well-formed");
        const bool controls = std::any_of(answer.body.begin(), answer.body.end(), [](char c) {
            return static_cast<unsigned char>(c) < ' ' && c != '\t' && c != '\n' && c != '\r';
        });
        if (controls) return failed(std::string{path} + " has control characters");
    }
    return passed();
}

Verdict headAndOtherSites(Site& site) {
    const Answer head = site.send("HEAD", "/services.json");
    if (head.status != site.get("/services.json").status) return failed("HEAD: " + head.summary());
    const auto allowed = site.get("/services.json").headers.find("access-control-allow-origin");
    if (allowed == site.get("/services.json").headers.end()) return failed("no Access-Control-Allow-Origin");
    return allowed->second == "*" ? passed() : failed("Access-Control-Allow-Origin: " + allowed->second);
}

Verdict otherMethods(Site& site) {
    for (const char* method : {"PUT", "DELETE"})
        if (std::string wrong = notErrors(site.send(method, "/services.xml"), {405, 400}); !wrong.empty())
            return failed(method + (": " + wrong));
    return passed();
}

/// Such a report can never be taken: it names no service that there is, and no place.
Verdict withoutKey(Site& site) {
    const Answer answer = site.post("/requests.xml", {{"service_code", kNobody}}, false);
    const std::string wrong = notErrors(answer, {403});
    return wrong.empty() ? passed() : failed("a report without api_key: " + wrong);
}

Verdict unknownThings(Site& site) {
    for (const char* kind : {"/services/", "/requests/", "/tokens/"})
        for (const char* format : {".xml", ".json"})
            if (std::string wrong = notErrors(site.get(kind + std::string{kNobody} + format), {404}); !wrong.empty())
                return failed(std::string{kind} + kNobody + format + ": " + wrong);
    return passed();
}

Verdict badParameters(Site& site) {
    for (const char* query : {"start_date=yesterday", "status=open311-check"})
        if (std::string wrong = notErrors(site.get(std::string{"/requests.xml?"} + query), {400}); !wrong.empty())
            return failed(std::string{query} + ": " + wrong);
    return passed();
}

Verdict severalProblems(Site& site) {
    const Answer& answer = site.get("/requests.json?start_date=yesterday&status=open311-check");
    if (std::string wrong = notErrors(answer, {400}); !wrong.empty()) return failed(wrong);
    const std::size_t entries = answer.document->children.size();
    return entries >= 2 ? passed() : failed("one entry for two problems");
}

Verdict descriptions(Site& site) {
    const Answer& answer = site.get("/services/" + std::string{kNobody} + ".xml");
    if (!answer.document) return failed("no errors body");
    constexpr std::array<std::string_view, 8> kInner{
        "Traceback", "Exception", "stack trace", ".java:", ".rb:", "SQLSTATE", "Fatal error", "undefined method"};
    for (const Node& error : answer.document->children) {
        const std::string_view words = error.textOf("description");
        if (words.empty()) return failed("an entry without description");
        for (const std::string_view inner : kInner)
            if (answer.body.find(inner) != std::string::npos)
                return failed("shows inner workings: " + std::string{inner});
    }
    return answer.document->children.empty() ? failed("no entry") : passed();
}

Verdict unknownJurisdictionOfRequests(Site& site) {
    const Answer& other = site.get("/requests.xml?jurisdiction_id=open311-check.invalid");
    if (other.ok() && site.options().jurisdiction.empty()) return skipped("jurisdictions are not looked at");
    const std::string wrong = notErrors(other, {404});
    return wrong.empty() ? passed() : failed(wrong);
}

constexpr Rule kRules[] = {
    {"O-01", "text/xml and application/json, both charset=utf-8, XML declared and without namespace",
     &typesAndEncoding},
    {"O-02", "400 with the errors body for an unknown format or none", &formats},
    {"O-03", "dates with seconds and Z or an offset", &dates},
    {"O-04", "an empty parameter is as good as none", &emptyParameters},
    {"O-05", "an unknown jurisdiction_id is 404, or there is one and it is not looked at", &jurisdiction},
    {"O-06", "JSON is the Spark mapping of the XML", &sameInBoth},
    {"O-07", "booleans are true/false in XML and real ones in JSON", &booleans},
    {"O-08", "ids are texts in JSON", &idsAreTexts},
    {"O-09", "well-formed, without control characters", &wellFormed},
    {"O-10", "HEAD as GET; Access-Control-Allow-Origin: *", &headAndOtherSites},
    {"O-11", "PUT and DELETE are 405 or 400 with the errors body", &otherMethods},
    {"O-20", "403 with the errors body for a report without api_key", &withoutKey},
    {"O-21", "404 with the errors body for an unknown service, request, token", &unknownThings},
    {"O-22", "400 with the errors body for a bad parameter", &badParameters},
    {"O-23", "one errors body with an entry for each problem", &severalProblems},
    {"O-24", "descriptions for people, no inner workings", &descriptions},
    {"O-25", "404 (not 401) for an unknown jurisdiction of requests", &unknownJurisdictionOfRequests},
};

}  // namespace

std::span<const Rule> generalRules() { return kRules; }

std::string notErrors(const Answer& answer, std::initializer_list<int> statuses) {
    if (std::find(statuses.begin(), statuses.end(), answer.status) == statuses.end()) return answer.summary();
    if (!answer.document) return answer.summary() + ", a body that cannot be read";
    const Node& root = *answer.document;
    const bool xml = root.kind == Node::Kind::kElement;
    if (xml ? root.name != "errors" : root.kind != Node::Kind::kList) return answer.summary() + ", no errors body";
    if (root.children.empty()) return answer.summary() + ", an errors body without entries";
    for (const Node& entry : root.children) {
        if (xml && entry.name != "error") return answer.summary() + ", an entry that is no error";
        const std::string_view code = entry.textOf("code");
        if (code.size() != 3 || code.find_first_not_of("0123456789") != std::string_view::npos)
            return answer.summary() + ", an entry without a code";
        if (entry.textOf("description").empty()) return answer.summary() + ", an entry without a description";
    }
    return {};
}

}  // namespace pakn::app::open311

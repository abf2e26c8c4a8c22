/// @file
/// c.8 and c.9 of the checklist: reports that are asked for.

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include "core/app/open311/rule.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app::open311 {

namespace {

constexpr std::array<std::string_view, 17> kFields{"service_request_id",
                                                   "status",
                                                   "status_notes",
                                                   "service_name",
                                                   "service_code",
                                                   "description",
                                                   "agency_responsible",
                                                   "service_notice",
                                                   "requested_datetime",
                                                   "updated_datetime",
                                                   "expected_datetime",
                                                   "address",
                                                   "address_id",
                                                   "zipcode",
                                                   "lat",
                                                   "long",
                                                   "media_url"};
constexpr std::size_t kMostRows = 1000;
constexpr const char* kNoReports = "there are no reports";

std::string idOf(const Node& request) { return std::string{request.textOf("service_request_id")}; }

/// A list of requests of that query; null when it is none.
const std::vector<Node>* listed(Site& site, const std::string& query) {
    const Answer& answer = site.get("/requests.xml?" + query);
    const bool list = answer.ok() && answer.document && answer.document->name == "service_requests";
    return list ? &answer.document->children : nullptr;
}

/// Whether all of a list are as wanted, and it is one.
template <class Wanted>
std::string notAll(Site& site, const std::string& query, Wanted wanted) {
    const std::vector<Node>* const list = listed(site, query);
    if (list == nullptr) return query + ": " + site.get("/requests.xml?" + query).summary();
    const bool all = std::all_of(list->begin(), list->end(), wanted);
    return all ? std::string{} : query + ": a report that was not asked for";
}

Verdict parameters(Site& site) {
    if (site.requests().empty()) return skipped(kNoReports);
    const Node first = site.requests().front();
    const std::string id = idOf(first);
    const std::vector<Node>* const one = listed(site, encoded({{"service_request_id", id}}) + "&status=closed,open");
    if (one == nullptr || one->size() != 1 || idOf(one->front()) != id)
        return failed("service_request_id=" + id + ": not that one report");
    const std::string code{first.textOf("service_code")};
    std::string wrong = notAll(site, encoded({{"service_code", code}}),
                               [&](const Node& request) { return request.textOf("service_code") == code; });
    for (const char* status : {"open", "closed"})
        if (wrong.empty())
            wrong = notAll(site, std::string{"status="} + status,
                           [&](const Node& request) { return request.textOf("status") == status; });
    const std::optional<Instant> at = domain::parseInstant(first.textOf("requested_datetime"));
    if (wrong.empty() && at) {
        const std::string time{first.textOf("requested_datetime")};
        wrong = notAll(site, encoded({{"start_date", time}, {"end_date", time}}), [&](const Node& request) {
            return domain::parseInstant(request.textOf("requested_datetime")) == at;
        });
    }
    return wrong.empty() ? passed() : failed(wrong);
}

Verdict window(Site& site) {
    const std::vector<Node>& all = site.requests();
    if (all.size() > kMostRows) return failed(std::to_string(all.size()) + " reports at once");
    constexpr std::chrono::days kSpan{91};  // Their clock need not be ours.
    for (const Node& request : all) {
        const std::optional<Instant> at = domain::parseInstant(request.textOf("requested_datetime"));
        if (at && *at < site.now() - kSpan) return failed("older than 90 days: " + idOf(request));
    }
    return all.empty() ? skipped(kNoReports) : passed();
}

Verdict fields(Site& site) {
    const Answer& answer = site.get("/requests.xml");
    if (!answer.ok() || !answer.document) return failed("requests.xml: " + answer.summary());
    if (answer.document->name != "service_requests") return failed("the root is " + answer.document->name);
    for (const Node& request : answer.document->children) {
        if (request.name != "request") return failed("an element " + request.name);
        for (const char* name : {"service_request_id", "status", "service_code", "requested_datetime"})
            if (request.textOf(name).empty()) return failed(std::string{"a report without "} + name);
        const std::string_view status = request.textOf("status");
        if (status != "open" && status != "closed") return failed("status: " + std::string{status});
    }
    return answer.document->children.empty() ? skipped(kNoReports) : passed();
}

Verdict everyElement(Site& site) {
    for (const char* path : {"/requests.xml", "/requests.json"}) {
        const Answer& answer = site.get(path);
        if (!answer.document) return failed(std::string{path} + " cannot be read");
        for (const Node& request : answer.document->children)
            for (const std::string_view name : kFields)
                if (!request.has(name)) return failed(std::string{path} + ": a report without " + std::string{name});
    }
    return site.requests().empty() ? skipped(kNoReports) : passed();
}

Verdict closedOnes(Site& site) {
    const std::vector<Node>* const closed = listed(site, "status=closed");
    if (closed == nullptr || closed->empty()) return skipped("there are no closed reports");
    for (const Node& request : *closed) {
        const std::optional<Instant> updated = domain::parseInstant(request.textOf("updated_datetime"));
        const std::optional<Instant> requested = domain::parseInstant(request.textOf("requested_datetime"));
        if (!updated) return failed("closed without updated_datetime: " + idOf(request));
        if (requested && *updated < *requested) return failed("closed before it came: " + idOf(request));
    }
    return passed();
}

Verdict nothing(Site& site) {
    const std::string query = "start_date=1970-01-01T00:00:00Z&end_date=1970-01-02T00:00:00Z";
    const std::vector<Node>* const list = listed(site, query);
    if (list == nullptr || !list->empty())
        return failed("reports of 1970, in XML: " + site.get("/requests.xml?" + query).summary());
    const Answer& json = site.get("/requests.json?" + query);
    const bool empty =
        json.ok() && json.document && json.document->kind == Node::Kind::kList && json.document->children.empty();
    return empty ? passed() : failed("reports of 1970, in JSON: " + json.summary());
}

/// An element anywhere below that is a person's; empty: none.
std::string personal(const Node& node) {
    constexpr std::array<std::string_view, 9> kPersonal{
        "email", "phone", "first_name", "last_name", "account_id", "device_id", "citizen_id", "name", "api_key"};
    if (std::find(kPersonal.begin(), kPersonal.end(), node.name) != kPersonal.end()) return node.name;
    for (const Node& child : node.children)
        if (std::string found = personal(child); !found.empty()) return found;
    return {};
}

Verdict privacy(Site& site) {
    for (const char* path : {"/requests.xml", "/requests.xml?extensions=true", "/requests.json"}) {
        const Answer& answer = site.get(path);
        if (!answer.document) continue;
        for (const Node& request : answer.document->children)
            if (std::string found = personal(request); !found.empty()) return failed("an element " + found);
    }
    return site.requests().empty() ? skipped(kNoReports) : passed();
}

Verdict pages(Site& site) {
    const std::vector<Node>* const first = listed(site, "page=1&page_size=1");
    if (first == nullptr)
        return failed("page=1&page_size=1: " + site.get("/requests.xml?page=1&page_size=1").summary());
    if (site.requests().size() < 2) return skipped("there are not two reports");
    if (first->size() != 1) return skipped("pages are not known here");
    const std::vector<Node>* const second = listed(site, "page=2&page_size=1");
    if (second == nullptr || second->size() != 1) return failed("no second page");
    return idOf(first->front()) != idOf(second->front()) ? passed() : failed("the second page is the first");
}

Verdict oneRequest(Site& site) {
    if (site.requests().empty()) return skipped(kNoReports);
    const std::string id = idOf(site.requests().front());
    const Answer& xml = site.get("/requests/" + id + ".xml");
    if (!xml.ok() || !xml.document) return failed("requests/" + id + ".xml: " + xml.summary());
    if (xml.document->name != "service_requests" || xml.document->children.size() != 1)
        return failed("not one report in service_requests");
    if (idOf(xml.document->children.front()) != id) return failed("another report");
    const Answer& json = site.get("/requests/" + id + ".json");
    const bool one = json.document && json.document->kind == Node::Kind::kList && json.document->children.size() == 1;
    return one ? passed() : failed("requests/" + id + ".json is no array of one");
}

Verdict unknownRequests(Site& site) {
    const Answer& one = site.get("/requests/open311-check-none.xml");
    const Answer& other = site.get("/requests/open311-check-nobody.xml");
    for (const Answer* answer : {&one, &other})
        if (std::string wrong = notErrors(*answer, {404}); !wrong.empty()) return failed(wrong);
    return one.body == other.body ? passed() : failed("two unknown ids are answered differently");
}

Verdict idsStay(Site& site) {
    if (site.requests().empty()) return skipped(kNoReports);
    const auto zero = std::find_if(site.requests().begin(), site.requests().end(),
                                   [](const Node& request) { return idOf(request).starts_with('0'); });
    const Node& chosen = zero == site.requests().end() ? site.requests().front() : *zero;
    const std::string id = idOf(chosen);
    const Answer& json = site.get("/requests/" + id + ".json");
    if (!json.document || json.document->children.empty()) return failed("requests/" + id + ".json: " + json.summary());
    const Node* const told = json.document->children.front().find("service_request_id");
    const bool same = told != nullptr && told->kind == Node::Kind::kText && told->text == id;
    return same ? passed() : failed("the id is not the text " + id);
}

constexpr Rule kRules[] = {
    {"O-90", "service_request_id, service_code, status, start_date and end_date narrow the list", &parameters},
    {"O-91", "without dates the last 90 days, at most 1000 reports", &window},
    {"O-92", "reports with id, status open or closed, service_code, requested_datetime", &fields},
    {"O-93", "all 17 elements in each report, in XML and in JSON", &everyElement},
    {"O-94", "closed reports say when they were closed", &closedOnes},
    {"O-95", "200 and an empty list when there is nothing", &nothing},
    {"O-96", "no element that is about a person", &privacy},
    {"O-97", "page and page_size give one report after the other", &pages},
    {"O-100", "one report by its id, in a list of one", &oneRequest},
    {"O-101", "404 for unknown ids, each with the same body", &unknownRequests},
    {"O-102", "ids as texts, zeros at their beginning and all", &idsStay},
};

}  // namespace

std::span<const Rule> requestRules() { return kRules; }

}  // namespace pakn::app::open311

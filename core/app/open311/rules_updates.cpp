/// @file
/// c.10 and c.11 of the checklist: mySociety's updates, and the table for bulk.

#include <algorithm>
#include <array>
#include <chrono>

#include "core/app/open311/rule.hpp"
#include "core/domain/civil_time.hpp"

namespace pakn::app::open311 {

namespace {

constexpr std::string_view kColumns =
    "service_request_id,requested_datetime,updated_datetime,closed_date,status_description,status_notes,source,"
    "service_name,service_subtype,description,agency_responsible,address,lat,long";

struct Window {
    Instant from;
    Instant to;
    std::string query;
};

/// The last week, in whole seconds.
Window lastWeek(const Site& site) {
    const Instant to = std::chrono::floor<std::chrono::seconds>(site.now());
    const Instant from = to - std::chrono::days{7};
    return {from, to,
            "/servicerequestupdates.xml?" +
                encoded({{"start_date", domain::formatInstant(from)}, {"end_date", domain::formatInstant(to)}})};
}

const Answer& updates(Site& site) { return site.get(lastWeek(site).query); }

bool isOffered(Site& site) {
    const int status = updates(site).status;
    return status != 404 && status != 501;
}

constexpr const char* kNotOffered = "the extension is not offered";

Verdict listOfUpdates(Site& site) {
    const Answer& answer = updates(site);
    if (!isOffered(site)) return skipped(kNotOffered);
    if (!answer.ok() || !answer.document) return failed("servicerequestupdates.xml: " + answer.summary());
    if (answer.document->name != "service_request_updates") return failed("the root is " + answer.document->name);
    for (const Node& one : answer.document->children) {
        if (one.name != "request_update") return failed("an element " + one.name);
        for (const char* name : {"update_id", "service_request_id", "status", "description", "updated_datetime"})
            if (one.textOf(name).empty()) return failed(std::string{"an update without "} + name);
        if (!one.has("media_url")) return failed("an update without media_url");
    }
    const Answer& half = site.get("/servicerequestupdates.xml?start_date=2026-01-01T00:00:00Z");
    const std::string wrong = notErrors(half, {400});
    return wrong.empty() ? passed() : failed("start_date alone: " + wrong);
}

Verdict statuses(Site& site) {
    constexpr std::array<std::string_view, 15> kKnown{"unchanged",
                                                      "open",
                                                      "closed",
                                                      "fixed",
                                                      "in_progress",
                                                      "planned",
                                                      "action_scheduled",
                                                      "investigating",
                                                      "duplicate",
                                                      "not_councils_responsibility",
                                                      "no_further_action",
                                                      "internal_referral",
                                                      "cancelled",
                                                      "reopen",
                                                      "for_triage"};
    const Answer& answer = updates(site);
    if (!isOffered(site)) return skipped(kNotOffered);
    if (!answer.document || answer.document->children.empty()) return skipped("there are no updates of the last week");
    for (const Node& one : answer.document->children)
        if (std::find(kKnown.begin(), kKnown.end(), one.textOf("status")) == kKnown.end())
            return failed(std::string{one.textOf("status")});
    return passed();
}

Verdict withinWindow(Site& site) {
    const Answer& answer = updates(site);
    if (!isOffered(site)) return skipped(kNotOffered);
    if (!answer.document || answer.document->children.empty()) return skipped("there are no updates of the last week");
    const Window window = lastWeek(site);
    for (const Node& one : answer.document->children) {
        const std::optional<Instant> at = domain::parseInstant(one.textOf("updated_datetime"));
        if (!at) return failed("updated_datetime: " + std::string{one.textOf("updated_datetime")});
        if (*at < window.from || *at > window.to) return failed("outside: " + std::string{one.textOf("update_id")});
    }
    return passed();
}

/// An update that is complete but for what `left_out` names.
Fields update(const Site& site, const std::string& request, std::string_view left_out) {
    Fields fields{{"api_key", site.options().key},
                  {"service_request_id", request},
                  {"update_id", "open311-check"},
                  {"status", "OPEN"},
                  {"updated_datetime", domain::formatInstant(std::chrono::floor<std::chrono::seconds>(site.now()))},
                  {"description", "open311-check: thử gửi bổ sung"}};
    std::erase_if(fields, [&](const auto& one) { return one.first == left_out; });
    return fields;
}

Verdict sentUpdates(Site& site) {
    if (!site.options().post || site.options().key.empty()) return skipped("needs --post and --api-key-file");
    if (!isOffered(site)) return skipped(kNotOffered);
    for (const char* name : {"service_request_id", "update_id", "status", "updated_datetime", "description"}) {
        const Answer answer = site.post("/servicerequestupdates.xml", update(site, "open311-check-none", name), true);
        if (std::string wrong = notErrors(answer, {400}); !wrong.empty())
            return failed(std::string{"an update without "} + name + ": " + wrong);
    }
    const Answer answer = site.post("/servicerequestupdates.xml", update(site, "open311-check-none", ""), true);
    const std::string wrong = notErrors(answer, {404, 400});
    if (!wrong.empty()) return failed("an update of an unknown report: " + wrong);
    const Answer keyless = site.post("/servicerequestupdates.xml", update(site, "open311-check-none", "api_key"), true);
    const std::string let_in = notErrors(keyless, {403});
    if (!let_in.empty()) return failed("an update without api_key: " + let_in);
    const std::string report = sendReport(site);
    if (report.empty()) return failed("no report to add to");
    for (const char* time : {"an update: ", "the same again: "}) {
        const Answer taken = site.post("/servicerequestupdates.xml", update(site, report, ""), true);
        const bool told = taken.ok() && taken.document && taken.document->children.size() == 1 &&
                          taken.document->children.front().textOf("update_id") == "open311-check";
        if (!told) return failed(time + taken.summary());
    }
    return passed();
}

Verdict bulk(Site& site) {
    const Answer& answer = site.get("/requests.csv");
    if (!answer.ok()) {
        const bool offered = answer.status != 404 && answer.status != 400 && answer.status != 501;
        return offered ? failed("requests.csv: " + answer.summary()) : skipped("not offered");
    }
    if (answer.type() != "text/csv" || answer.charset() != "utf-8")
        return failed(answer.summary() + "; charset=" + answer.charset());
    const std::string_view header = std::string_view{answer.body}.substr(0, answer.body.find("\r\n"));
    return header == kColumns ? passed() : failed("other columns: " + std::string{header.substr(0, 200)});
}

constexpr Rule kRules[] = {
    {"O-110", "service_request_updates with all fields; 400 for one date alone", &listOfUpdates},
    {"O-111", "extended statuses of the list", &statuses},
    {"O-112",
     "an update is answered with its id, twice the same; 400 for half of one, 403 without api_key, 404 or 400 for "
     "an unknown report",
     &sentUpdates},
    {"O-113", "updates of the span that was asked for, both ends included", &withinWindow},
    {"O-120", "requests.csv: text/csv; charset=utf-8, the columns of the table", &bulk},
};

}  // namespace

std::span<const Rule> updateRules() { return kRules; }

}  // namespace pakn::app::open311

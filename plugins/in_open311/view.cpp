#include "view.hpp"

#include <algorithm>
#include <optional>

#include "csv.hpp"
#include "numbers.hpp"
#include "status.hpp"
#include "text.hpp"

namespace pakn::in_open311 {
namespace {

/// A day that its unit has named goes before the limit.
std::optional<Instant> expectedAt(const PublicPetition& petition) {
    const auto named = petition.attributes.find(kAppointedAt);
    if (named != petition.attributes.end())
        if (const std::optional<std::int64_t> since_1970 = parseWhole(named->second))
            return Instant{std::chrono::milliseconds{*since_1970}};
    return petition.due_at;
}

std::string timeOf(const std::optional<Instant>& at, const Look& look) {
    return at ? formatTime(*at, look.offset) : std::string{};
}

/// What the answer says; before there is one, how it stands.
std::string notesOf(const PublicPetition& petition) {
    return petition.answer && !petition.answer->text.empty() ? petition.answer->text : petition.status_label.vi;
}

std::string descriptionOf(const PublicPetition& petition) {
    return petition.content.empty() ? petition.title : petition.content;
}

std::string_view statusOf(const PublicPetition& petition) { return isClosed(petition) ? "closed" : "open"; }

const double* degreesOf(const std::optional<double>& degrees) { return degrees ? &*degrees : nullptr; }

/// What people read of a step.
std::string wordsOf(const PublicStep& step) {
    std::string words = step.label.vi;
    if (!step.unit_name.empty()) words += ": " + step.unit_name;
    if (!step.reason.empty()) words += ". " + step.reason;
    return words;
}

Tree notesOfSteps(const PublicPetition& petition, const Look& look) {
    std::vector<Tree> notes;
    for (const PublicStep& step : petition.steps)
        notes.push_back(
            Tree::object("note", {Tree::text("datetime", formatTime(step.at, look.offset)),
                                  Tree::text("description", wordsOf(step)), Tree::text("type", step.status)}));
    return Tree::list("notes", std::move(notes));
}

Tree treeOf(const PublicPetition& petition, const Look& look) {
    std::vector<Tree> members{
        Tree::text("service_request_id", petition.code),
        Tree::text("status", statusOf(petition)),
        Tree::text("status_notes", notesOf(petition)),
        Tree::text("service_name", petition.category_name),
        Tree::text("service_code", petition.category),
        Tree::text("description", descriptionOf(petition)),
        Tree::text("agency_responsible", petition.unit_name),
        Tree::text("service_notice", ""),
        Tree::text("requested_datetime", formatTime(petition.received_at, look.offset)),
        Tree::text("updated_datetime", formatTime(changedAt(petition), look.offset)),
        Tree::text("expected_datetime", timeOf(expectedAt(petition), look)),
        Tree::text("address", petition.address),
        Tree::text("address_id", ""),
        Tree::text("zipcode", ""),
        Tree::degrees("lat", degreesOf(petition.latitude)),
        Tree::degrees("long", degreesOf(petition.longitude)),
        Tree::text("media_url", ""),
    };
    if (look.extensions) {
        members.push_back(
            Tree::object("extended_attributes",
                         {Tree::text("detailed_status", detailedStatus(petition.status)),
                          Tree::text("extended_status", extendedStatus(petition.status, look.answered_status)),
                          Tree::text("external_status_code", petition.status), Tree::text("area", petition.area)}));
        members.push_back(notesOfSteps(petition, look));
    }
    return Tree::object("request", std::move(members));
}

/// One step of one report.
struct News {
    const PublicPetition* petition = nullptr;
    const PublicStep* step = nullptr;
    bool has_answer = false;  ///< It is the one with which the present answer came.
};

std::vector<News> newsOf(const PublicPetition& petition, const Span& span) {
    std::vector<News> news;
    for (const PublicStep& step : petition.steps)
        if (span.holds(step.at)) news.push_back({&petition, &step});
    if (!petition.answer || petition.steps.empty() || news.empty()) return news;
    const auto last = std::find_if(petition.steps.rbegin(), petition.steps.rend(),
                                   [](const PublicStep& step) { return step.status == "answered"; });
    for (News& one : news) one.has_answer = last != petition.steps.rend() && one.step == &*last;
    return news;
}

Tree treeOf(const News& news, const Look& look) {
    const PublicPetition& petition = *news.petition;
    const PublicStep& step = *news.step;
    const bool answers = news.has_answer && !petition.answer->text.empty();
    const std::string id = petition.code + '-' + std::to_string(step.at.time_since_epoch().count()) + '-' + step.status;
    return Tree::object("request_update",
                        {
                            Tree::text("update_id", id),
                            Tree::text("service_request_id", petition.code),
                            Tree::text("status", extendedStatus(step.status, look.answered_status)),
                            Tree::text("description", answers ? petition.answer->text : wordsOf(step)),
                            Tree::text("updated_datetime", formatTime(step.at, look.offset)),
                            Tree::text("media_url", ""),
                            Tree::text("external_status_code", step.status),
                        });
}

}  // namespace

Tree listOfRequests(const std::vector<Row>& rows, const Look& look) {
    std::vector<Tree> requests;
    for (const Row& row : rows) requests.push_back(treeOf(row.petition, look));
    return Tree::list("service_requests", std::move(requests));
}

std::string tableOfRequests(const std::vector<Row>& rows, const Look& look) {
    CsvTable table{{"service_request_id", "requested_datetime", "updated_datetime", "closed_date", "status_description",
                    "status_notes", "source", "service_name", "service_subtype", "description", "agency_responsible",
                    "address", "lat", "long"}};
    for (const Row& row : rows) {
        const PublicPetition& one = row.petition;
        table.text(one.code);
        table.text(formatTime(one.received_at, look.offset));
        table.text(formatTime(changedAt(one), look.offset));
        table.text(timeOf(one.finished_at, look));
        table.text(one.status_label.vi);
        table.text(notesOf(one));
        table.text(row.own ? "open311" : "");  // The hub tells nobody over which channel another's report came.
        table.text(one.category_name);
        table.text("");
        table.text(descriptionOf(one));
        table.text(one.unit_name);
        table.text(one.address);
        table.degrees(degreesOf(one.latitude));
        table.degrees(degreesOf(one.longitude));
    }
    return table.take();
}

Tree listOfUpdates(const std::vector<Row>& rows, const Span& span, const Look& look) {
    std::vector<News> all;
    for (const Row& row : rows)
        for (const News& one : newsOf(row.petition, span)) all.push_back(one);
    std::stable_sort(all.begin(), all.end(), [](const News& a, const News& b) { return a.step->at < b.step->at; });
    if (all.size() > kMostRows) all.resize(kMostRows);
    std::vector<Tree> updates;
    for (const News& one : all) updates.push_back(treeOf(one, look));
    return Tree::list("service_request_updates", std::move(updates));
}

}  // namespace pakn::in_open311

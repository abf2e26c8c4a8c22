/// @file
/// What officers read: their tasks, petitions, history, files.

#include <algorithm>

#include "core/http/case_access.hpp"
#include "core/http/handlers.hpp"
#include "core/http/problems.hpp"
#include "core/http/report_query.hpp"
#include "core/http/router.hpp"
#include "core/http/views.hpp"

namespace pakn::http {
namespace {

void writeNext(JsonWriter& json, const std::string& next) { json.fieldOrNull("next", next); }

/// What the rows of petitions know themselves, to the moment.
store::PetitionFilter petitionFilter(const store::ReportFilter& asked) {
    store::PetitionFilter filter{.hide_complained_units = asked.hide_complained_units,
                                 .channel = asked.channel,
                                 .category = asked.category,
                                 .status = asked.status,
                                 .progress = asked.progress,
                                 .from = asked.from,
                                 .to = asked.to};
    if (!asked.held_by.empty()) filter.unit = asked.held_by.front();
    return filter;
}

/// Words, place and marks are known to the follower alone, which is a moment behind.
bool needsFollower(const store::ReportFilter& asked) {
    return asked.text || !asked.areas.empty() || !asked.tag.empty() || !asked.identity.empty() ||
           !asked.rating.empty() || asked.held_by.size() > 1;
}

Result<store::TaskFilter> taskFilter(const Query& query, const Call& call) {
    const security::Account& account = call.account();
    const auto progress = query.oneOf<domain::Progress>("progress", &domain::findProgress);
    if (!progress) return progress.error();
    auto text = query.search("text");
    if (!text) return text.error();
    const auto status = query.oneOf<domain::Status>("status", &domain::findStatus);
    if (!status) return status.error();
    const auto from = query.instant("from");
    if (!from) return from.error();
    const auto to = query.instant("to");
    if (!to) return to.error();
    const Result<bool> children = query.flag("children");
    if (!children) return children.error();
    const auto rules = call.hub().rules();
    std::vector<std::string> colleagues;
    for (const domain::Colleague& one : account.standing_for) colleagues.push_back(one.id);
    return store::TaskFilter{.queues = queuesOf(account),
                             .officer = account.id,
                             .colleagues = std::move(colleagues),
                             .hide_complained_units = rules->hiddenFrom(account.unit),
                             .channel = query.text("channel"),
                             .category = query.text("category"),
                             .held_by = unitsOf(*rules, query.text("unit"), *children),
                             .status = *status,
                             .from = *from,
                             .to = *to,
                             .areas = areasOf(*rules, query.text("area")),
                             .tag = query.text("tag"),
                             .progress = *progress,
                             .now = call.now,
                             .text = std::move(*text)};
}

}  // namespace

Response listTasks(const Call& call) {
    const Result<Query> query =
        Query::parse(call.request.query, {"after", "limit", "channel", "category", "unit", "children", "status",
                                          "progress", "from", "to", "area", "tag", "text"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    const Result<store::TaskFilter> filter = taskFilter(*query, call);
    if (!filter) return problemResponse(filter.error());
    const Result<store::Listing<store::TaskItem>> tasks = call.hub().store().tasks(*filter, *page);
    if (!tasks) return listProblem(tasks.error());
    const Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const store::TaskItem& item : tasks->items) {
        json.beginObject();
        json.field("role", nameOf(item.task.role));
        json.field("step", item.task.step);
        json.field("mine", !item.task.officer.empty());
        json.fieldOrNull("standing_for", item.task.officer == call.account().id ? std::string{} : item.task.officer);
        json.field("due_at", item.task.due);
        json.beginObject("petition");
        writeSummary(json, item.petition, call.now, names);
        json.endObject();
        json.endObject();
    }
    json.endArray();
    writeNext(json, tasks->next);
    json.endObject();
    return {.body = json.take()};
}

Response listPetitions(const Call& call) {
    const Result<Query> query =
        Query::parse(call.request.query, {"after", "limit", "channel", "category", "unit", "children", "status",
                                          "progress", "from", "to", "area", "tag", "identity", "rating", "text"});
    if (!query) return problemResponse(query.error());
    const Result<store::Page> page = query->page();
    if (!page) return problemResponse(page.error());
    Result<store::ReportFilter> filter = reportFilter(*query, call.account(), *call.hub().rules());
    if (!filter) return problemResponse(filter.error());
    const Result<bool> children = query->flag("children");
    if (!children) return problemResponse(children.error());
    filter->held_by = unitsOf(*call.hub().rules(), query->text("unit"), *children);
    if (!seesEveryPetition(call.account())) {
        // Their own unit's, or those of one where they take somebody's place.
        std::vector<std::string> units;
        for (const domain::Actor& name : call.account().actor().names())
            if (!name.unit.empty()) units.push_back(name.unit);
        if (units.empty()) return problemResponse("role.insufficient");
        if (filter->held_by.empty()) filter->held_by = {units.front()};
        if (filter->held_by.size() > 1 || std::find(units.begin(), units.end(), filter->held_by.front()) == units.end())
            return problemResponse("role.insufficient");
    }
    store::Store& store = call.hub().store();
    const Result<store::Listing<store::Summary>> petitions =
        needsFollower(*filter) ? store.foundPetitions(*filter, *page, call.now)
                               : store.petitions(petitionFilter(*filter), *page, call.now);
    if (!petitions) return listProblem(petitions.error());
    const Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    for (const store::Summary& summary : petitions->items) {
        json.beginObject();
        writeSummary(json, summary, call.now, names);
        json.endObject();
    }
    json.endArray();
    writeNext(json, petitions->next);
    json.endObject();
    return {.body = json.take()};
}

Response petition(const Call& call) {
    const Result<domain::Petition> found = petitionForOfficer(call, call.parameters[0]);
    if (!found) return problemResponse(found.error());
    const Result<std::optional<store::Person>> person = call.hub().store().person(found->id);
    return person ? officersResponse(call, *found, *person) : problemResponse(person.error());
}

Response petitionEvents(const Call& call) {
    const Result<domain::Petition> found = petitionForOfficer(call, call.parameters[0]);
    if (!found) return problemResponse(found.error());
    const Result<std::vector<domain::Event>> history = call.hub().store().history(found->id);
    if (!history) return problemResponse(history.error());
    Names names{call.hub()};
    JsonWriter json;
    json.beginObject();
    json.beginArray("items");
    domain::Petition before;
    for (const domain::Event& event : *history) {
        domain::Petition after = apply(before, event);
        writeEvent(json, event, names, before, after);
        before = std::move(after);
    }
    json.endArray();
    json.null("next");
    json.endObject();
    return withVersion({.body = json.take()}, *found);
}

Response petitionFile(const Call& call) {
    const Result<domain::Petition> found = petitionForOfficer(call, call.parameters[0]);
    if (!found) return problemResponse(found.error());
    const Result<std::vector<domain::Event>> history = call.hub().store().history(found->id);
    if (!history) return problemResponse(history.error());
    // The history knows every file that ever belonged to the case, replaced drafts too.
    for (const domain::Event& event : *history) {
        const std::vector<domain::FileRef>* files = std::visit(
            [](const auto& data) -> const std::vector<domain::FileRef>* {
                if constexpr (requires { data.files; }) return &data.files;
                return nullptr;
            },
            event.data);
        if (files == nullptr) continue;
        const auto file = std::find_if(files->begin(), files->end(),
                                       [&](const domain::FileRef& one) { return one.sha256 == call.parameters[1]; });
        if (file != files->end()) return fileResponse(call, *file);
    }
    return problemResponse("file.not_found");
}

}  // namespace pakn::http

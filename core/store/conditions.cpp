#include "core/store/conditions.hpp"

#include <algorithm>
#include <tuple>

#include "core/store/batch_rows.hpp"

namespace pakn::store {

namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;

/// domain::progressOf as conditions on a row.
void addProgress(Conditions& where, domain::Progress progress, Instant now) {
    const std::int64_t at = millis(now);
    switch (progress) {
        case domain::Progress::kNotDue:
            return where.add("p.finished = 0 AND (p.due_at IS NULL OR p.due_at > ?)", at + kDayMs);
        case domain::Progress::kDueSoon:
            return where.add("p.finished = 0 AND p.due_at > ? AND p.due_at <= ?", at, at + kDayMs);
        case domain::Progress::kOverdue:
            return where.add("p.finished = 0 AND p.due_at <= ?", at);
        case domain::Progress::kOnTime:
            return where.add("p.finished = 1 AND (p.total_due_at IS NULL OR p.finished_at <= p.total_due_at)");
        case domain::Progress::kLate:
            return where.add("p.finished = 1 AND p.finished_at > p.total_due_at");
    }
}

/// The same of a task, which is open.
void addTaskProgress(Conditions& where, domain::Progress progress, Instant now) {
    const std::int64_t at = millis(now);
    switch (progress) {
        case domain::Progress::kNotDue:
            return where.add("due > ?", at + kDayMs);
        case domain::Progress::kDueSoon:
            return where.add("due > ? AND due <= ?", at, at + kDayMs);
        case domain::Progress::kOverdue:
            return where.add("due <= ?", at);
        case domain::Progress::kOnTime:
        case domain::Progress::kLate:
            return where.add("1 = 0");
    }
}

/// What is asked of a task's petition.
void addPetitionOf(Conditions& where, const TaskFilter& filter) {
    Conditions petition;
    petition.add("p.id = tasks.petition_id");
    const std::size_t none = petition.values().size();
    if (!filter.channel.empty()) petition.add("p.channel = ?", filter.channel);
    if (!filter.category.empty()) petition.add("p.category = ?", filter.category);
    if (filter.status) petition.add("p.status = ?", nameOf(*filter.status));
    if (filter.from) petition.add("p.received_at >= ?", *filter.from);
    if (filter.to) petition.add("p.received_at < ?", *filter.to);
    if (petition.values().size() > none) where.addNested("EXISTS (SELECT 1 FROM petitions p", petition, ")");
    if (!filter.held_by.empty()) {
        Conditions units;
        units.add("u.petition_id = tasks.petition_id");
        units.addIn("u.unit", filter.held_by);
        where.addNested("EXISTS (SELECT 1 FROM petition_units u", units, ")");
    }
    if (filter.areas.empty() && filter.tag.empty()) return;
    Conditions row;
    row.add("r.petition_id = tasks.petition_id");
    if (!filter.areas.empty()) row.addIn("r.area", filter.areas);
    if (!filter.tag.empty())
        row.add("EXISTS (SELECT 1 FROM report_tags t WHERE t.tag = ? AND t.doc = r.doc)", filter.tag);
    where.addNested("EXISTS (SELECT 1 FROM report_petitions r", row, ")");
}

}  // namespace

int limitOf(const Page& page) { return std::clamp(page.limit, 1, 200); }

Conditions conditionsOf(const PetitionFilter& filter, const Page& page, Instant now) {
    Conditions where;
    if (filter.unit) where.add("u.unit = ?", *filter.unit);
    where.addNotIn("p.complained_unit", filter.hide_complained_units);
    if (!filter.channel.empty()) where.add("p.channel = ?", filter.channel);
    if (!filter.category.empty()) where.add("p.category = ?", filter.category);
    if (filter.status) where.add("p.status = ?", nameOf(*filter.status));
    if (filter.from) where.add("p.received_at >= ?", *filter.from);
    if (filter.to) where.add("p.received_at < ?", *filter.to);
    if (filter.progress) addProgress(where, *filter.progress, now);
    if (!page.after.empty()) {
        const Cursor after{page.after, 3};
        where.add("(p.finished, p.sort_at, p.id) > (?, ?, ?)", after.number(0), after.number(1), after.text(2));
    }
    return where;
}

Conditions conditionsOf(const DeliveryFilter& filter, const Page& page) {
    Conditions where;
    if (!filter.connector.empty()) where.add("d.connector = ?", filter.connector);
    if (filter.state) where.add("d.state = ?", nameOf(*filter.state));
    if (!filter.id.empty()) where.add("d.id = ?", filter.id);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(d.queued_at, d.id) < (?, ?)", after.number(0), after.text(1));
    }
    return where;
}

Conditions conditionsOf(const RefusedFilter& filter, const Page& page) {
    Conditions where;
    if (!filter.channel.empty()) where.add("channel = ?", filter.channel);
    if (!filter.id.empty()) where.add("id = ?", filter.id);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(at, id) < (?, ?)", after.number(0), after.text(1));
    }
    return where;
}

Conditions conditionsOf(const security::RequestFilter& filter) {
    Conditions where;
    if (!filter.account.empty()) where.add("account = ?", filter.account);
    if (filter.unit) where.add("unit = ?", *filter.unit);
    if (filter.state) where.add("state = ?", nameOf(*filter.state));
    if (!filter.after.empty()) where.add("id < ?", filter.after);
    return where;
}

Conditions conditionsOf(const TaskFilter& filter, const TaskFilter::Queue& queue, const std::optional<Cursor>& after) {
    Conditions where;
    where.add("role = ? AND unit = ?", nameOf(queue.role), queue.unit);
    std::vector<std::string> hands{"", filter.officer};
    hands.insert(hands.end(), filter.colleagues.begin(), filter.colleagues.end());
    where.addIn("officer", hands);
    where.addNotIn("complained_unit", filter.hide_complained_units);
    if (filter.progress) addTaskProgress(where, *filter.progress, filter.now);
    addPetitionOf(where, filter);
    if (after)
        where.add("(due, petition_id, position) > (?, ?, ?)", after->number(0), after->text(1), after->number(2));
    return where;
}

Conditions conditionsOf(const NoticeFilter& filter, const std::string& reader, const Page& page) {
    Conditions where;
    where.add("n.reader = ?", reader);
    where.addNotIn("n.complained_unit", filter.hide_complained_units);
    if (filter.since) where.add("n.at >= ?", *filter.since);
    if (filter.unread)
        where.add("NOT EXISTS (SELECT 1 FROM notices_read x WHERE x.account = ? AND x.notice = n.id)", filter.account);
    if (!page.after.empty()) {
        const Cursor after{page.after, 2};
        where.add("(n.at, n.id) < (?, ?)", after.number(0), after.text(1));
    }
    return where;
}

std::vector<std::string> readersOf(const NoticeFilter& filter) {
    std::vector<std::string> readers{filter.account};
    readers.insert(readers.end(), filter.colleagues.begin(), filter.colleagues.end());
    for (const TaskFilter::Queue& queue : filter.queues) {
        std::string reader = readerOf({.role = queue.role, .unit = queue.unit, .account = {}});
        if (std::find(readers.begin(), readers.end(), reader) == readers.end()) readers.push_back(std::move(reader));
    }
    return readers;
}

Listing<NoticeItem> newestOf(std::vector<NoticeItem> found, int limit) {
    std::sort(found.begin(), found.end(),
              [](const NoticeItem& a, const NoticeItem& b) { return std::tie(a.at, a.id) > std::tie(b.at, b.id); });
    Listing<NoticeItem> listing{.items = std::move(found), .next = {}};
    const auto most = static_cast<std::size_t>(limit);
    if (listing.items.size() <= most) return listing;
    listing.items.resize(most);
    listing.next = makeCursor(millis(listing.items.back().at), listing.items.back().id);
    return listing;
}

std::vector<TaskFilter::Queue> distinctQueues(const TaskFilter& filter) {
    std::vector<TaskFilter::Queue> queues;
    for (const TaskFilter::Queue& queue : filter.queues) {
        const auto same = [&](const TaskFilter::Queue& one) {
            return one.role == queue.role && one.unit == queue.unit;
        };
        if (std::none_of(queues.begin(), queues.end(), same)) queues.push_back(queue);
    }
    return queues;
}

}  // namespace pakn::store

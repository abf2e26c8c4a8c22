#include "core/store/conditions.hpp"

#include <algorithm>

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

}  // namespace

int limitOf(const Page& page) { return std::clamp(page.limit, 1, 200); }

Conditions conditionsOf(const PetitionFilter& filter, const Page& page, Instant now) {
    Conditions where;
    if (filter.unit) where.add("u.unit = ?", *filter.unit);
    if (!filter.hide_complained_unit.empty()) where.add("p.complained_unit <> ?", filter.hide_complained_unit);
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

Conditions conditionsOf(const TaskFilter& filter, const TaskFilter::Queue& queue, const std::optional<Cursor>& after) {
    Conditions where;
    where.add("role = ? AND unit = ? AND officer IN ('', ?)", nameOf(queue.role), queue.unit, filter.officer);
    if (!filter.hide_complained_unit.empty()) where.add("complained_unit <> ?", filter.hide_complained_unit);
    if (filter.progress) addTaskProgress(where, *filter.progress, filter.now);
    if (!filter.channel.empty() || !filter.category.empty()) {
        Conditions petition;
        petition.add("p.id = tasks.petition_id");
        if (!filter.channel.empty()) petition.add("p.channel = ?", filter.channel);
        if (!filter.category.empty()) petition.add("p.category = ?", filter.category);
        where.addNested("EXISTS (SELECT 1 FROM petitions p", petition, ")");
    }
    if (after)
        where.add("(due, petition_id, position) > (?, ?, ?)", after->number(0), after->text(1), after->number(2));
    return where;
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

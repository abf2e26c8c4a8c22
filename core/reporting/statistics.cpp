#include "core/reporting/statistics.hpp"

#include <algorithm>
#include <map>
#include <span>

#include "core/domain/disclosure.hpp"
#include "core/reporting/percent.hpp"

namespace pakn::reporting {

namespace {

using store::Grouping;
using store::Measure;

/// How many of each value.
using Counts = std::map<std::string, std::int64_t, std::less<>>;

std::int64_t of(const Counts& counts, std::string_view value) {
    const auto found = counts.find(value);
    return found == counts.end() ? 0 : found->second;
}
std::int64_t sum(const Counts& counts) {
    std::int64_t all = 0;
    for (const auto& [value, count] : counts) all += count;
    return all;
}

/// A number of a row: what it is called, and its formula.
struct Number {
    std::string_view id;
    std::string_view vi;
    std::string_view en;
    CellKind kind;
    std::int64_t (*formula)(const Counts& counts);
};

constexpr auto kCount = CellKind::kCount;
constexpr auto kPercent = CellKind::kPercent;

std::int64_t finished(const Counts& n) { return of(n, "on_time") + of(n, "late"); }
std::int64_t identified(const Counts& n) { return of(n, "private") + of(n, "public"); }
std::int64_t returned(const Counts& n) { return of(n, "returned") + of(n, "returned_late"); }

constexpr Number kIdentityNumbers[] = {
    {"total", "Tổng số", "Total", kCount, &sum},
    {"identified", "Có định danh", "Identified", kCount, &identified},
    {"identified_percent", "Có định danh (%)", "Identified (%)", kPercent,
     [](const Counts& n) { return percent(identified(n), sum(n)); }},
    {"not_identified", "Không định danh", "Not identified", kCount,
     [](const Counts& n) { return sum(n) - identified(n); }},
    {"anonymous", "Ẩn danh", "Anonymous", kCount, [](const Counts& n) { return of(n, "anonymous"); }},
    {"public", "Công khai danh tính", "Identity public", kCount, [](const Counts& n) { return of(n, "public"); }},
    {"public_percent", "Công khai danh tính (%)", "Identity public (%)", kPercent,
     [](const Counts& n) { return percent(of(n, "public"), sum(n)); }},
    {"not_public", "Không công khai danh tính", "Identity not public", kCount,
     [](const Counts& n) { return sum(n) - of(n, "public"); }},
};

constexpr Number kRatingNumbers[] = {
    {"total", "Tổng số đánh giá", "Ratings", kCount, &sum},
    {"satisfied", "Hài lòng", "Satisfied", kCount, [](const Counts& n) { return of(n, "satisfied"); }},
    {"neutral", "Bình thường", "Neutral", kCount, [](const Counts& n) { return of(n, "neutral"); }},
    {"dissatisfied", "Không hài lòng", "Dissatisfied", kCount, [](const Counts& n) { return of(n, "dissatisfied"); }},
    {"satisfied_percent", "Hài lòng (%)", "Satisfied (%)", kPercent,
     [](const Counts& n) { return percent(of(n, "satisfied"), sum(n)); }},
    {"neutral_percent", "Bình thường (%)", "Neutral (%)", kPercent,
     [](const Counts& n) { return percent(of(n, "neutral"), sum(n)); }},
    {"dissatisfied_percent", "Không hài lòng (%)", "Dissatisfied (%)", kPercent,
     [](const Counts& n) { return percent(of(n, "dissatisfied"), sum(n)); }},
};

constexpr Number kProgressNumbers[] = {
    {"total", "Tổng số", "Total", kCount, &sum},
    {"not_due", "Chưa đến hạn", "Not due", kCount, [](const Counts& n) { return of(n, "not_due"); }},
    {"due_soon", "Sắp đến hạn", "Due soon", kCount, [](const Counts& n) { return of(n, "due_soon"); }},
    {"overdue", "Quá hạn", "Overdue", kCount, [](const Counts& n) { return of(n, "overdue"); }},
    {"finished", "Đã xong", "Finished", kCount, &finished},
    {"on_time", "Đúng hạn", "On time", kCount, [](const Counts& n) { return of(n, "on_time"); }},
    {"late", "Trễ hạn", "Late", kCount, [](const Counts& n) { return of(n, "late"); }},
    {"on_time_percent", "Đúng hạn (%)", "On time (%)", kPercent,
     [](const Counts& n) { return percent(of(n, "on_time"), finished(n)); }},
    {"late_percent", "Trễ hạn (%)", "Late (%)", kPercent,
     [](const Counts& n) { return percent(of(n, "late"), finished(n)); }},
};

constexpr Number kReturnNumbers[] = {
    {"returned", "Trả lại (chuyển sai)", "Returned (wrong routing)", kCount, &returned},
    {"returned_late", "Trả lại quá hạn", "Returned late", kCount,
     [](const Counts& n) { return of(n, "returned_late"); }},
    {"sent_back", "Yêu cầu xử lý lại", "Sent back for rework", kCount,
     [](const Counts& n) { return of(n, "sent_back"); }},
    {"unclaimed", "Bỏ nhận xử lý", "Unclaimed", kCount, [](const Counts& n) { return of(n, "unclaimed"); }},
    {"reopened", "Mở lại", "Reopened", kCount, [](const Counts& n) { return of(n, "reopened"); }},
    {"merged", "Gộp", "Merged", kCount, [](const Counts& n) { return of(n, "merged"); }},
};

std::span<const Number> numbersOf(Statistic what) {
    switch (what) {
        case Statistic::kIdentity:
            return kIdentityNumbers;
        case Statistic::kRatings:
            return kRatingNumbers;
        case Statistic::kProgress:
            return kProgressNumbers;
        case Statistic::kReturns:
            return kReturnNumbers;
        default:
            return {};
    }
}

Measure measureOf(Statistic what) {
    switch (what) {
        case Statistic::kIdentity:
            return Measure::kIdentity;
        case Statistic::kRatings:
            return Measure::kRating;
        case Statistic::kProgress:
            return Measure::kProgress;
        case Statistic::kReturns:
            return Measure::kMoves;
        default:
            return Measure::kStatus;
    }
}

domain::Label labelOfGrouping(Grouping by) {
    switch (by) {
        case Grouping::kUnit:
            return {"Đơn vị", "Unit"};
        case Grouping::kCategory:
            return {"Chuyên mục", "Category"};
        case Grouping::kChannel:
            return {"Hình thức tiếp nhận", "Channel"};
        case Grouping::kArea:
            return {"Địa bàn", "Area"};
        case Grouping::kNone:
            break;
    }
    return {};
}

std::string nameOfGroup(const domain::Rules& rules, Grouping by, const std::string& id) {
    if (by == Grouping::kUnit) {
        if (id.empty()) return "Trung tâm";
        const domain::Unit* unit = rules.unit(id);
        return unit ? unit->name : std::string{};
    }
    const domain::Category* category = by == Grouping::kCategory ? rules.category(id) : nullptr;
    return category ? category->name : std::string{};
}

/// Every status has its row, also when there is none.
Table byStatus(const Counts& counts) {
    Table table{.columns = columnsOf(Statistic::kStatus, Grouping::kNone)};
    const std::int64_t all = sum(counts);
    for (std::size_t i = 0; i < domain::kStatusNames.size(); ++i) {
        const std::string_view status = domain::kStatusNames[i];
        const std::int64_t count = of(counts, status);
        table.rows.push_back(
            {std::string{status}, domain::labelOf(static_cast<domain::Status>(i)).vi, count, percent(count, all)});
    }
    table.total = {Cell{}, std::string{"Tổng số"}, all, percent(all, all)};
    return table;
}

Cells channelCells(const Counts& counts) {
    Cells cells{sum(counts)};
    for (const std::string_view status : domain::kStatusNames) cells.emplace_back(of(counts, status));
    return cells;
}

Cells numberCells(Statistic what, const Counts& counts) {
    if (what == Statistic::kChannels) return channelCells(counts);
    Cells cells;
    for (const Number& number : numbersOf(what)) cells.emplace_back(number.formula(counts));
    return cells;
}

Cells withKey(Cells key, Cells numbers) {
    std::move(numbers.begin(), numbers.end(), std::back_inserter(key));
    return key;
}

}  // namespace

std::optional<Statistic> findStatistic(std::string_view name) {
    return domain::detail::find<Statistic>(kStatisticNames, name);
}

std::optional<Grouping> findGrouping(std::string_view name) {
    return domain::detail::find<Grouping>(store::kGroupingNames, name);
}

Grouping usualGrouping(Statistic one) {
    switch (one) {
        case Statistic::kChannels:
            return Grouping::kChannel;
        case Statistic::kRatings:
        case Statistic::kProgress:
        case Statistic::kReturns:
            return Grouping::kUnit;
        default:
            return Grouping::kNone;
    }
}

std::vector<Column> columnsOf(Statistic what, Grouping by) {
    const auto column = [](std::string_view id, std::string_view vi, std::string_view en, CellKind kind) {
        return Column{std::string{id}, {std::string{vi}, std::string{en}}, kind};
    };
    if (what == Statistic::kStatus)
        return {column("status", "Trạng thái", "Status", CellKind::kText),
                column("name", "Tên trạng thái", "Name", CellKind::kText), column("count", "Số lượng", "Count", kCount),
                column("percent", "Tỷ lệ (%)", "Share (%)", kPercent)};
    std::vector<Column> columns;
    if (by != Grouping::kNone) {
        columns.push_back(
            {std::string{store::kGroupingNames[static_cast<std::size_t>(by)]}, labelOfGrouping(by), CellKind::kText});
        columns.push_back(column("name", "Tên", "Name", CellKind::kText));
    }
    if (what == Statistic::kChannels) {
        columns.push_back(column("total", "Tổng số", "Total", kCount));
        for (std::size_t i = 0; i < domain::kStatusNames.size(); ++i)
            columns.push_back(
                {std::string{domain::kStatusNames[i]}, domain::labelOf(static_cast<domain::Status>(i)), kCount});
    }
    for (const Number& number : numbersOf(what))
        columns.push_back(column(number.id, number.vi, number.en, number.kind));
    return columns;
}

Result<Table> numbers(store::Store& store, const domain::Rules& rules, Statistic what, Grouping by,
                      const store::ReportFilter& filter, Instant now) {
    const Result<std::vector<store::Tally>> tallies = store.tally(measureOf(what), by, filter, now);
    if (!tallies) return tallies.error();
    std::map<std::string, Counts> groups;
    Counts all;
    for (const store::Tally& one : *tallies) {
        groups[one.group][one.value] += one.count;
        all[one.value] += one.count;
    }
    if (what == Statistic::kStatus) return byStatus(all);
    Table table{.columns = columnsOf(what, by)};
    if (by == Grouping::kNone) {
        table.rows.push_back(numberCells(what, all));
        return table;
    }
    const auto add = [&](const std::string& id, const Counts& counts) {
        table.rows.push_back(withKey({textCell(id), textCell(nameOfGroup(rules, by, id))}, numberCells(what, counts)));
    };
    for (const auto& [id, counts] : groups)
        if (!id.empty()) add(id, counts);
    if (const auto nobody = groups.find(std::string{}); nobody != groups.end()) add({}, nobody->second);
    table.total = withKey({Cell{}, std::string{"Tổng số"}}, numberCells(what, all));
    return table;
}

}  // namespace pakn::reporting

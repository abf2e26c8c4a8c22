#include "core/reporting/lines.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include "core/domain/phone.hpp"
#include "core/reporting/event_facts.hpp"

namespace pakn::reporting {

namespace {

using store::FollowedPetition;

constexpr CellKind kText = CellKind::kText;
constexpr CellKind kInstant = CellKind::kInstant;

std::string progressName(const store::ReportRow& row, Instant now) {
    if (row.finished) return row.progress;
    if (!row.due_at || *row.due_at - now > std::chrono::hours{24}) return "not_due";
    return domain::hasPassed(*row.due_at, now) ? "overdue" : "due_soon";
}

std::string unitName(const domain::Rules& rules, const std::string& id) {
    const domain::Unit* unit = rules.unit(id);
    return unit ? unit->name : id;
}

/// How often this happened to it, as statistics count it.
std::int64_t countOf(const EventFacts& facts, std::string_view value) {
    return std::count_if(facts.moves.begin(), facts.moves.end(),
                         [&](const store::ReportMove& move) { return move.value == value; });
}

std::string listed(const std::vector<std::string>& values) {
    std::string text;
    for (const std::string& value : values) text.append(text.empty() ? "" : ", ").append(value);
    return text;
}

Cell truthCell(bool truth) { return std::string{truth ? "true" : "false"}; }

/// "10.776", as people copy it into a map.
Cell degreesCell(const std::optional<double>& degrees) {
    if (!degrees) return {};
    char text[32];
    const int length = std::snprintf(text, sizeof text, "%.6f", *degrees);
    return std::string{text, static_cast<std::size_t>(length)};
}

Cells lineOf(const store::ReportRow& row, const FollowedPetition* known, const std::string& officer,
             const domain::Rules& rules, Instant now) {
    static const FollowedPetition kErased;
    const FollowedPetition& one = known ? *known : kErased;
    const domain::Petition& petition = one.petition;
    const domain::Category* category = rules.category(row.category);
    const bool nameless = row.identity == "anonymous";
    const Petitioner nobody;
    const Petitioner& sender = nameless ? nobody : one.petitioner;
    const EventFacts facts = factsOf(one.events);
    const std::int64_t late = countOf(facts, "returned_late");
    return {textCell(petition.code),
            row.received_at,
            textCell(sender.name.empty() ? std::string{} : domain::maskName(sender.name)),
            textCell(domain::maskPhone(sender.phone)),
            textCell(sender.email.empty() ? std::string{} : domain::maskEmail(sender.email)),
            textCell(sender.citizen_id.empty() ? std::string{} : domain::maskCitizenId(sender.citizen_id)),
            textCell(domain::maskAddress(sender.address)),
            textCell(one.petitioner.kind),
            textCell(row.identity),
            textCell(row.complained_unit.empty() ? std::string{} : unitName(rules, row.complained_unit)),
            textCell(petition.title),
            textCell(petition.content),
            textCell(petition.location.address),
            textCell(row.area),
            degreesCell(petition.location.latitude),
            degreesCell(petition.location.longitude),
            instantCell(petition.occurred_at),
            textCell(category ? category->name : row.category),
            textCell(petition.petition_class),
            textCell(row.channel),
            truthCell(petition.is_public),
            truthCell(petition.emergency),
            known ? Cell{petition.recorded_at} : Cell{},
            textCell(listed(petition.tags)),
            textCell(row.unit.empty() ? std::string{} : unitName(rules, row.unit)),
            textCell(officer),
            textCell(row.status),
            textCell(progressName(row, now)),
            instantCell(row.due_at),
            instantCell(petition.finished_at),
            textCell(row.rating),
            countOf(facts, "returned") + late,
            late,
            countOf(facts, "reopened"),
            petition.released ? textCell(petition.released->text) : Cell{},
            textCell(row.petition_id)};
}

Result<std::map<std::string, FollowedPetition, std::less<>>> read(store::Store& store,
                                                                  const std::vector<std::string>& ids) {
    Result<std::vector<FollowedPetition>> found = store.followed(ids, kCountedKinds);
    if (!found) return found.error();
    std::map<std::string, FollowedPetition, std::less<>> by_id;
    for (FollowedPetition& one : *found) {
        std::string id = one.petition.id;
        by_id.emplace(std::move(id), std::move(one));
    }
    return by_id;
}

template <class Map>
const FollowedPetition* find(const Map& by_id, const std::string& id) {
    const auto found = by_id.find(id);
    return found == by_id.end() ? nullptr : &found->second;
}

}  // namespace

std::vector<Column> listColumns() {
    return {{"code", {"Mã phản ánh", "Code"}, kText},
            {"received_at", {"Ngày tạo phản ánh", "Received"}, kInstant},
            {"sender", {"Người phản ánh", "Sender"}, kText},
            {"phone", {"Số điện thoại", "Phone"}, kText},
            {"email", {"Thư điện tử", "E-mail"}, kText},
            {"citizen_id", {"Số định danh cá nhân", "Citizen's id"}, kText},
            {"sender_address", {"Địa chỉ người phản ánh", "Sender's address"}, kText},
            {"sender_kind", {"Đối tượng", "Kind of sender"}, kText},
            {"identity", {"Định danh", "Identity"}, kText},
            {"complained_unit", {"Đơn vị bị phản ánh", "Unit complained about"}, kText},
            {"title", {"Tiêu đề", "Title"}, kText},
            {"content", {"Nội dung", "Content"}, kText},
            {"address", {"Địa điểm", "Place"}, kText},
            {"area", {"Địa bàn", "Area"}, kText},
            {"lat", {"Vĩ độ", "Latitude"}, kText},
            {"lon", {"Kinh độ", "Longitude"}, kText},
            {"occurred_at", {"Thời gian xảy ra", "Time of the event"}, kInstant},
            {"category", {"Chuyên mục", "Category"}, kText},
            {"class", {"Loại", "Class"}, kText},
            {"channel", {"Hình thức tiếp nhận", "Channel"}, kText},
            {"public", {"Công khai", "Public"}, kText},
            {"emergency", {"Khẩn cấp", "Emergency"}, kText},
            {"recorded_at", {"Ngày ghi nhận", "Written down"}, kInstant},
            {"tags", {"Nhãn", "Marks"}, kText},
            {"unit", {"Đơn vị xử lý", "Unit"}, kText},
            {"officer", {"Cán bộ xử lý", "Officer"}, kText},
            {"status", {"Trạng thái", "Status"}, kText},
            {"progress", {"Tiến độ", "Progress"}, kText},
            {"due_at", {"Hạn xử lý", "Due"}, kInstant},
            {"finished_at", {"Ngày xong", "Finished"}, kInstant},
            {"rating", {"Đánh giá", "Rating"}, kText},
            {"returns", {"Số lần trả lại", "Returns"}, CellKind::kCount},
            {"late_returns", {"Trả lại quá hạn", "Returned late"}, CellKind::kCount},
            {"reopened", {"Số lần mở lại", "Reopened"}, CellKind::kCount},
            {"answer", {"Kết quả trả lời", "Answer"}, kText},
            {"id", {"Định danh hệ thống", "Id"}, kText}};
}

std::vector<Column> senderColumns() {
    return {{"sender", {"Người gửi", "Sender"}, kText},
            {"phone", {"Số điện thoại", "Phone"}, kText},
            {"sender_kind", {"Đối tượng", "Kind of sender"}, kText},
            {"petitions", {"Số phản ánh", "Petitions"}, CellKind::kCount},
            {"first_at", {"Lần đầu", "First"}, kInstant},
            {"last_at", {"Lần gần nhất", "Last"}, kInstant},
            {"last_code", {"Mã gần nhất", "Last code"}, kText},
            {"key", {"Khóa người gửi", "Key of the sender"}, kText}};
}

Result<Lines> list(store::Store& store, const domain::Rules& rules, const store::ReportFilter& filter,
                   const store::Page& page, Instant now) {
    Result<store::Listing<store::ReportRow>> found = store.reportLines(filter, page, now);
    if (!found) return found.error();
    std::vector<std::string> ids;
    for (const store::ReportRow& row : found->items) ids.push_back(row.petition_id);
    const auto petitions = read(store, ids);
    if (!petitions) return petitions.error();
    Lines lines{.table = {.columns = listColumns()}, .next = std::move(found->next)};
    std::map<std::string, std::string, std::less<>> officers{{"", ""}};  // By account.
    for (const store::ReportRow& row : found->items) {
        const FollowedPetition* known = find(*petitions, row.petition_id);
        const std::string officer = known ? known->petition.officer : std::string{};
        if (!officers.contains(officer)) {
            const auto account = store.accountById(officer);
            if (!account) return account.error();
            officers.emplace(officer, *account ? (*account)->name : officer);
        }
        lines.table.rows.push_back(lineOf(row, known, officers.at(officer), rules, now));
    }
    return lines;
}

Result<Lines> senders(store::Store& store, const store::ReportFilter& filter, const store::Page& page, Instant now) {
    Result<store::Listing<store::SenderLine>> found = store.senders(filter, page, now);
    if (!found) return found.error();
    std::vector<std::string> ids;
    for (const store::SenderLine& one : found->items) ids.push_back(one.last_petition);
    const auto petitions = read(store, ids);
    if (!petitions) return petitions.error();
    Lines lines{.table = {.columns = senderColumns()}, .next = std::move(found->next)};
    for (const store::SenderLine& one : found->items) {
        static const FollowedPetition kErased;
        const FollowedPetition* known = find(*petitions, one.last_petition);
        const FollowedPetition& last = known ? *known : kErased;
        lines.table.rows.push_back(
            {textCell(domain::maskName(last.petitioner.name)),
             last.petitioner.phone.empty() ? Cell{} : textCell(domain::maskPhone(last.petitioner.phone)),
             textCell(last.petitioner.kind), one.petitions, one.first_at, one.last_at, textCell(last.petition.code),
             textCell(one.sender)});
    }
    return lines;
}

}  // namespace pakn::reporting

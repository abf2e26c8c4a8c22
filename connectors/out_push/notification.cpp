#include "notification.hpp"

namespace pakn::out_push {
namespace {

constexpr std::string_view kEvent = "event/";
constexpr std::string_view kOther = "other";  ///< Of a status that there are no words for.

std::string filled(std::string_view pattern, std::string_view code) {
    constexpr std::string_view kCode = "{code}";
    std::string text{pattern};
    if (const std::size_t at = text.find(kCode); at != std::string::npos) text.replace(at, kCode.size(), code);
    return text;
}

/// An officer is told what there is to do, a sender how the petition stands.
std::string_view wordsFor(const Delivery& delivery, const Words& words) {
    const auto find = [&](const std::string& name) -> std::string_view {
        const auto found = words.find(name);
        return found == words.end() ? std::string_view{} : std::string_view{found->second};
    };
    if (delivery.kind == "result") return find("answered");
    const bool officer = delivery.recipient.kind == "account";
    // Of remarks only questions to the sender leave the hub.
    if (officer || delivery.event == "noted")
        if (const std::string_view said = find(std::string{kEvent} + delivery.event); !said.empty()) return said;
    const std::string_view said = find(delivery.status);
    return said.empty() ? find(std::string{kOther}) : said;
}

}  // namespace

const Words& usualWords() {
    static const Words kWords{
        {"received", "Đã tiếp nhận"},
        {"accepted", "Đã chấp nhận"},
        {"distributed", "Đã chuyển đơn vị xử lý"},
        {"assigned", "Đang xử lý"},
        {"in_progress", "Đang xử lý"},
        {"appointed", "Đã hẹn thời gian xử lý"},
        {"awaiting_approval", "Đang xử lý"},
        {"approved", "Đang xử lý"},
        {"signing", "Đang xử lý"},
        {"at_centre", "Đang xử lý"},
        {"answered", "Đã có kết quả xử lý"},
        {"closed", "Đã kết thúc"},
        {"returned", "Đang xử lý"},
        {"following", "Đang theo dõi"},
        {"merged", "Đã gộp với phản ánh khác"},
        {"refused", "Không tiếp nhận"},
        {"other", "Có cập nhật mới"},
        {"event/noted", "Cần bổ sung thông tin"},
        {"event/distributed", "Có việc mới"},
        {"event/assigned", "Có việc mới"},
        {"event/unit_transferred", "Có việc mới"},
        {"event/coordinating_requested", "Có đề nghị phối hợp"},
        {"event/coordinating_done", "Đơn vị phối hợp đã trả kết quả"},
        {"event/submitted", "Chờ phê duyệt"},
        {"event/sent_back", "Bị trả lại bước trước"},
        {"event/returned", "Bị trả lại Trung tâm"},
        {"event/reminded", "Sắp đến hạn"},
        {"event/deadline_missed", "Đã quá hạn"},
        {"event/escalated", "Được chuyển lên cấp trên"},
        {"event/followed", "Cần theo dõi"},
        {"event/roster_called", "Khẩn cấp: cần xác nhận trực"},
        {"event/reopened", "Được đề nghị xem lại"},
        {"event/supplemented", "Người gửi đã bổ sung"},
    };
    return kWords;
}

std::optional<Notification> notificationOf(const Delivery& delivery, std::string_view title, const Words& words) {
    if (delivery.kind != "result" && delivery.kind != "notice" && delivery.kind != "status_update") return std::nullopt;
    return Notification{.id = delivery.idempotency_key,
                        .title = filled(title, delivery.code),
                        .body = std::string{wordsFor(delivery, words)},
                        .code = delivery.code,
                        .status = delivery.status};
}

}  // namespace pakn::out_push

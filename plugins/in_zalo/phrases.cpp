#include "phrases.hpp"

namespace pakn::in_zalo::phrases {
namespace {

std::string quoted(const std::string& word) { return "“" + word + "”"; }

std::string counted(const Inventory& has) {
    std::string list;
    const auto add = [&list](const std::string& what) { list += (list.empty() ? "" : ", ") + what; };
    if (has.texts > 0) add(std::to_string(has.texts) + " tin nhắn");
    if (has.files > 0) add(std::to_string(has.files) + " tệp/ảnh");
    if (has.place) add("vị trí");
    return list;
}

/// "10 phút", "1 giờ".
std::string spoken(std::chrono::milliseconds time) {
    using namespace std::chrono;
    if (time >= hours{1} && time % hours{1} == milliseconds{0})
        return std::to_string(duration_cast<hours>(time).count()) + " giờ";
    if (time >= minutes{1}) return std::to_string(duration_cast<minutes>(time).count()) + " phút";
    return std::to_string(duration_cast<seconds>(time).count()) + " giây";
}

}  // namespace

std::string welcome(const Inventory& has, const IntakeRules& rules, const std::string& target) {
    std::string text = "Đã nhận: " + counted(has) + ".\n";
    if (!target.empty())
        text += "Nội dung này sẽ được bổ sung vào phản ánh " + target + ". Nếu là phản ánh khác, xin soạn " +
                quoted(rules.words.fresh_shown) + ".\n";
    text += "Ông/Bà có thể gửi thêm nội dung, ảnh, tệp hoặc vị trí. Soạn " + quoted(rules.words.send_shown) +
            " để gửi, " + quoted(rules.words.cancel_shown) + " để bỏ.";
    if (rules.drop_unconfirmed)
        text += " Nội dung chỉ được gửi khi Ông/Bà soạn " + quoted(rules.words.send_shown) + ".";
    else
        text += " Nếu không, nội dung tự được gửi sau " + spoken(rules.window) + " kể từ tin nhắn cuối.";
    return text;
}

std::string reminder(const IntakeRules& rules) {
    return "Nội dung của Ông/Bà chưa được gửi. Soạn " + quoted(rules.words.send_shown) + " để gửi, " +
           quoted(rules.words.cancel_shown) + " để bỏ. Sau " + spoken(rules.drop_after) +
           " không có tin nhắn mới, nội dung sẽ bị bỏ.";
}

std::string dropped() { return "Nội dung chưa gửi trước đó đã được bỏ. Ông/Bà có thể nhắn lại bất cứ lúc nào."; }
std::string cancelled() { return "Đã bỏ nội dung chưa gửi."; }

std::string nothingToSend(const std::string& last_code) {
    const std::string latest = last_code.empty() ? "" : " Phản ánh gần nhất của Ông/Bà có mã " + last_code + ".";
    return "Chưa có nội dung nào chờ gửi." + latest + " Xin nhắn nội dung cần phản ánh, kèm ảnh và vị trí nếu có.";
}

std::string nothingToCancel() { return "Không có nội dung nào chờ gửi."; }

std::string fileLost(const std::string& why) {
    return "Một tệp chưa nhận được (" + why + "). Xin gửi lại bằng cách khác hoặc mô tả bằng lời.";
}

std::string accepted(const std::string& code, const std::string& link, const IntakeRules& rules) {
    std::string text = "Đã tiếp nhận phản ánh của Ông/Bà. Mã phản ánh: " + code + ".";
    if (!link.empty()) text += "\nTheo dõi tại: " + link;
    return text + "\nSoạn " + quoted(rules.words.track_shown) + " để xem tình trạng, " +
           quoted(rules.words.supplement_shown) + " để bổ sung.";
}

std::string refused() {
    return "Nội dung này chưa thể tiếp nhận. Cán bộ sẽ xem lại; Ông/Bà có thể gửi lại với nội dung rõ hơn.";
}

std::string added(const std::string& code) { return "Đã bổ sung vào phản ánh " + code + "."; }
std::string rated(const std::string& code) { return "Cảm ơn Ông/Bà đã đánh giá kết quả phản ánh " + code + "."; }
std::string notRated(const std::string& code) {
    return "Kết quả phản ánh " + code + " lúc này không nhận đánh giá, hoặc đã được đánh giá.";
}
std::string noPetitions() { return "Chưa có phản ánh nào được gửi từ tài khoản này."; }

std::string standings(const std::vector<Standing>& petitions) {
    std::string text;
    for (const Standing& one : petitions) {
        if (!text.empty()) text += "\n\n";
        text += "Phản ánh " + one.code + ": " + one.status;
        if (!one.unit.empty()) text += "\nĐơn vị: " + one.unit;
        if (one.answered) text += "\nĐã có kết quả trả lời.";
        if (!one.question.empty()) text += "\nCơ quan xử lý đang hỏi: " + one.question;
        if (!one.link.empty()) text += "\n" + one.link;
    }
    return text;
}

std::string onlyFiles() { return "(Người gửi chỉ gửi tệp, ảnh hoặc vị trí, không có lời.)"; }

std::string lostInPetition(const std::string& kind, const std::string& why) {
    return "[Thiếu tệp đính kèm: " + kind + " - " + why + "]";
}

std::string placeInPetition(const std::string& title, const std::string& coordinates) {
    return "[Vị trí: " + (title.empty() ? "" : title + " ") + "(" + coordinates + ")]";
}

std::string textGoesOn(bool attached) {
    return attached ? "[Nội dung dài: toàn văn trong tệp đính kèm]"
                    : "[Nội dung dài: toàn văn trong bản gốc của tin nhắn]";
}

std::string whyExpired() { return "không tải được hoặc liên kết đã hết hạn"; }
std::string whyNotAllowed() { return "nguồn tệp không được phép"; }
std::string whyType() { return "loại tệp không được hỗ trợ"; }
std::string whyTooMany() { return "vượt quá số tệp cho phép"; }
std::string whyRefused() { return "hệ thống không nhận tệp này"; }

std::string fileKind(const std::string& type) {
    if (type == "image" || type == "gif") return "ảnh";
    if (type == "audio") return "tin nhắn thoại";
    if (type == "video") return "video";
    return "tệp";
}

}  // namespace pakn::in_zalo::phrases

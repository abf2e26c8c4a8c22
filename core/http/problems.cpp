#include "core/http/problems.hpp"

#include <algorithm>

#include "core/http/configuration_api.hpp"
#include "core/http/json.hpp"

namespace pakn::http {
namespace {

constexpr std::string_view kCheckInput = "Hãy sửa nội dung và gửi lại.";
constexpr std::string_view kCheckInputEn = "Mend the input and send it again.";

// Grouped by what they are about; the last group is what an Errc becomes that names no problem.
constexpr Problem kProblems[] = {
    {"petition.content_missing", 422, "Chưa có nội dung phản ánh", "Hãy ghi rõ sự việc cần phản ánh.",
     "Say what happened in `content`."},
    {"petition.content_too_long", 422, "Nội dung phản ánh quá dài", "Hãy rút gọn nội dung rồi gửi lại.",
     "The content is too long; shorten it."},
    {"petition.title_too_long", 422, "Tiêu đề quá dài", "Hãy rút gọn tiêu đề rồi gửi lại.",
     "The title is too long; shorten it."},
    {"petition.text_invalid", 422, "Văn bản có ký tự không hợp lệ", "Hãy nhập lại phần văn bản này.",
     "The text is not valid UTF-8 or holds U+0000."},
    {"petition.phone_invalid", 422, "Số điện thoại không hợp lệ", "Hãy kiểm tra lại số điện thoại.",
     "The phone number is not a number that can be called."},
    {"petition.citizen_id_invalid", 422, "Số căn cước không hợp lệ",
     "Số căn cước gồm 12 chữ số, bắt đầu bằng 0; số chứng minh nhân dân cũ gồm 9 chữ số.",
     "A citizen id has 12 digits and begins with 0; the identity card before it had 9."},
    {"petition.citizen_id_lost_zero", 422, "Số căn cước thiếu một chữ số",
     "Số chỉ có 11 chữ số, có thể thiếu số 0 ở đầu. Hãy đối chiếu với thẻ căn cước rồi gửi lại đủ 12 chữ số.",
     "The citizen id has 11 digits; a leading zero may be lost. Look at the card and send all 12 (see `suggestion`)."},
    {"petition.tax_code_invalid", 422, "Mã số thuế không hợp lệ",
     "Mã số thuế gồm 10 chữ số, đơn vị phụ thuộc thêm dấu gạch và 3 chữ số.",
     "The number of an organisation is its tax code: 10 digits, or 10, a dash and 3."},
    {"location.outside", 422, "Vị trí nằm ngoài địa bàn",
     "Hãy chọn lại vị trí trong địa bàn, hoặc ghi địa chỉ bằng chữ.",
     "The point lies outside all areas of this province."},
    {"contact.email_invalid", 422, "Địa chỉ thư điện tử không hợp lệ", "Hãy kiểm tra lại địa chỉ thư điện tử.",
     "The e-mail address is not one of a mailbox."},
    {"petition.field_too_long", 422, "Một mục quá dài", "Hãy rút gọn mục được chỉ ra rồi gửi lại.",
     "The named field is too long; shorten it."},
    {"petition.field_invalid", 422, "Một mục có giá trị không hợp lệ", "Hãy sửa mục được chỉ ra rồi gửi lại.",
     "The named field has a value outside its list or range."},
    {"petition.kind_unknown", 422, "Loại người gửi không hợp lệ", "Hãy chọn cá nhân hoặc tổ chức.",
     "`kind` is individual or organisation."},
    {"petition.location_invalid", 422, "Vị trí không hợp lệ", "Hãy chọn lại vị trí trên bản đồ.",
     "The coordinates are out of range."},
    {"petition.too_many_attachments", 422, "Quá nhiều tệp đính kèm", "Hãy bớt số tệp rồi gửi lại.",
     "There are more attachments than one petition may bring."},
    {"identity.name_missing", 422, "Chưa có họ tên người gửi", "Hãy ghi họ tên của người hoặc tổ chức gửi.",
     "This channel asks for the sender's name."},
    {"identity.phone_missing", 422, "Chưa có số điện thoại người gửi", "Hãy ghi số điện thoại liên hệ.",
     "This channel asks for the sender's telephone number."},
    {"identity.citizen_id_missing", 422, "Chưa có số căn cước công dân", "Hãy ghi số căn cước công dân của người gửi.",
     "This channel asks for the sender's citizen id."},
    {"identity.address_missing", 422, "Chưa có địa chỉ liên hệ", "Hãy ghi địa chỉ liên hệ của người gửi.",
     "This channel asks for the sender's address."},
    {"identity.anonymous_not_taken", 422, "Kênh này không nhận phản ánh ẩn danh",
     "Hãy ghi danh tính, hoặc gửi qua kênh khác. Danh tính không được công khai.",
     "This channel takes nobody who is anonymous; an identity is not published."},
    {"received_at.channel", 422, "Kênh này không ghi lùi ngày nhận",
     "Chỉ đơn giấy và tiếp nhận trực tiếp được ghi lùi.", "Only `paper` and `counter` are written down later."},
    {"received_at.future", 422, "Thời điểm nhận ở tương lai", "Hãy ghi thời điểm đã nhận.",
     "`received_at` is still to come."},
    {"received_at.too_old", 422, "Thời điểm nhận đã quá lâu", "Hãy kiểm tra ngày nhận; nếu đúng, hãy báo quản trị.",
     "`received_at` is further back than the configuration allows (intake.back_dated)."},
    {"location.unchanged", 409, "Địa điểm không thay đổi", "Phản ánh đang ghi đúng như vậy.",
     "That is what the petition says already."},
    {"location.area_unknown", 422, "Mã địa bàn không tồn tại", "Hãy chọn địa bàn trong danh sách.",
     "There is no such area."},
    {"location.finished", 409, "Phản ánh đã kết thúc", "Không sửa địa điểm của phản ánh đã kết thúc.",
     "The petition is finished; its place is not corrected any more."},
    {"knowledge.not_found", 404, "Không có bài này", "Hãy tìm lại trong kho tri thức.", "There is no such article."},
    {"knowledge.id_invalid", 422, "Mã bài không hợp lệ", "Mã gồm chữ thường không dấu, chữ số và dấu gạch, tối đa 64.",
     "An article's id has lower-case letters, digits and dashes, at most 64."},
    {"knowledge.title_missing", 422, "Chưa có tiêu đề", "Hãy ghi tiêu đề của bài.", "An article needs a title."},
    {"knowledge.text_missing", 422, "Chưa có nội dung", "Hãy ghi nội dung của bài.", "An article needs a text."},
    {"knowledge.category_unknown", 422, "Chuyên mục không tồn tại", "Hãy chọn chuyên mục trong danh sách.",
     "There is no such category."},
    {"knowledge.period_invalid", 422, "Ngày hết hiệu lực sớm hơn ngày bắt đầu", "Hãy kiểm tra lại hai ngày.",
     "The last day lies before the first one."},
    {"knowledge.exists", 409, "Mã bài đã có", "Hãy mở bài đó để sửa, hoặc chọn mã khác.",
     "There is such an article; send If-Match with its version to change it."},
    {"knowledge.changed_meanwhile", 412, "Bài vừa được người khác sửa", "Hãy tải lại rồi sửa tiếp.",
     "The article changed since it was read; read it again."},
    {"knowledge.full", 409, "Kho tri thức đã đầy", "Hãy sửa một bài đã hết hiệu lực thay vì thêm bài.",
     "There are 10000 articles; write into one that is not valid any more."},
    {"petition.not_found", 404, "Không tìm thấy phản ánh", "Hãy kiểm tra lại mã và đường dẫn.",
     "There is no such petition, or not for this caller."},
    {"file.not_found", 404, "Không tìm thấy tệp", "Hãy mở lại trang phản ánh và chọn tệp ở đó.",
     "There is no such file, or not for this caller."},
    {"file.unreadable", 422, "Không đọc được ảnh", "Ảnh bị hỏng; hãy xin người gửi ảnh khác.",
     "The photo is damaged or too large to read; what was sent is kept, and there is nothing to show."},
    {"decode.unavailable", 503, "Chưa xem được tệp", "Hãy thử lại sau ít giây; tệp vẫn được giữ.",
     "The copy of this photo is not made yet; try again later."},
    {"attachment.unreadable", 422, "Không đọc được ảnh", "Ảnh bị hỏng; hãy chọn ảnh khác.",
     "The photo cannot be read; choose another one."},
    {"attachment.type_not_accepted", 422, "Loại tệp không được chấp nhận",
     "Hãy gửi ảnh, âm thanh, video, PDF hoặc văn bản thuần.", "Files of this type are not accepted."},
    {"attachment.pdf_unreadable", 422, "Không đọc được tệp PDF",
     "Tệp bị hỏng, không có trang nào hoặc đặt mật khẩu; hãy gửi tệp khác.",
     "The PDF is damaged, has no pages, or asks for a password."},
    {"attachment.too_many_pages", 422, "Tệp PDF có quá nhiều trang", "Hãy gửi phần cần thiết của tài liệu.",
     "The PDF has more pages than accepted (intake.max_pages)."},
    {"attachment.infected", 422, "Tệp có mã độc", "Tệp không được nhận; hãy quét thiết bị và gửi tệp khác.",
     "The virus scanner has found something in this file."},
    {"file.infected", 422, "Tệp có mã độc", "Không mở tệp này; hãy xin người gửi tệp khác.",
     "The virus scanner has found something in this file; it is kept and shown to nobody."},
    {"scan.pending", 503, "Tệp chưa được quét mã độc", "Hãy thử lại sau ít phút; tệp vẫn được giữ.",
     "The virus scanner has not looked at this file yet; try again later."},
    {"attachment.too_large", 413, "Tệp quá lớn", "Hãy gửi tệp nhỏ hơn.", "The file is larger than accepted."},
    {"attachment.empty", 422, "Tệp rỗng", "Hãy chọn lại tệp rồi gửi.", "The file has no content."},
    {"attachment.base64_invalid", 422, "Tệp đính kèm không đọc được", "Dữ liệu tệp phải ở dạng base64.",
     "`data` is not base64."},
    {"idempotency.key_reused", 409, "Khóa yêu cầu đã dùng cho nội dung khác", "Hãy dùng khóa mới cho phản ánh mới.",
     "This key or external id came before with another body."},
    {"idempotency.key_invalid", 400, "Khóa yêu cầu không hợp lệ", "Khóa gồm tối đa 200 ký tự ASCII in được.",
     "Idempotency-Key takes at most 200 printable ASCII characters."},
    {"idempotency.key_too_long", 400, "Khóa yêu cầu quá dài", "Khóa gồm tối đa 200 ký tự ASCII in được.",
     "Idempotency-Key takes at most 200 printable ASCII characters."},

    {"action.files_missing", 422, "Chưa có tệp", "Hãy đính kèm ít nhất một tệp.", "This action needs a file."},
    {"action.too_many_units", 422, "Quá nhiều đơn vị", "Hãy chọn tối đa 50 đơn vị.", "At most 50 units."},
    {"action.unit_twice", 422, "Đơn vị bị chọn hai lần", "Hãy bỏ bớt một lần chọn.", "A unit is named twice."},
    {"action.unit_ended", 422, "Đơn vị không còn hoạt động", "Hãy chọn đơn vị kế thừa.",
     "This unit does not exist today; choose its successor."},
    {"action.unit_at_work", 422, "Đơn vị này đang xử lý", "Hãy chọn đơn vị khác.",
     "This unit is at work on the petition already."},
    {"action.too_many_people", 422, "Quá nhiều người", "Hãy chọn tối đa 50 người.", "At most 50 people."},
    {"action.person_unknown", 422, "Không có tài khoản này", "Hãy chọn người trong danh sách.",
     "There is no such account, or it is locked."},
    {"action.officer_missing", 422, "Chưa chọn người xử lý", "Hãy chọn một chuyên viên của đơn vị.",
     "Say who does it: `officers`, the first is in charge."},
    {"action.officer_role", 422, "Người này không phải chuyên viên", "Hãy chọn người có vai trò chuyên viên.",
     "This person has not the role of an officer."},
    {"action.officer_unit", 422, "Người này thuộc đơn vị khác", "Hãy chọn người của đơn vị đang xử lý.",
     "This person is of another unit."},
    {"action.follower_missing", 422, "Chưa chọn người theo dõi", "Hãy chọn người hoặc đơn vị theo dõi.",
     "Say who is told: `followers` or `units`."},
    {"action.step_unknown", 422, "Không thể trả về bước này", "Hãy chọn một bước mà phản ánh đã đi qua.",
     "The petition has not been at this step of the unit."},
    {"action.product_unknown", 422, "Loại sản phẩm không hợp lệ", "Hãy chọn loại văn bản trong danh sách.",
     "`product` is letter, notice, plan, report, data or contract."},
    {"action.due_missing", 422, "Chưa có thời hạn", "Hãy nhập thời hạn.", "Say how long or until when: `due`."},
    {"action.due_invalid", 422, "Thời hạn không hợp lệ", "Hãy nhập thời điểm hoặc số ngày, giờ.",
     "An instant (RFC 3339), or an amount as 10d, 8wh, 3wd."},
    {"action.due_past", 422, "Thời hạn đã qua", "Hãy chọn thời điểm trong tương lai.", "That time has passed."},
    {"action.due_twice", 422, "Thời hạn được nhập hai lần", "Hãy nhập một trong hai.",
     "Give an amount or an instant, not both."},
    {"action.coordination_open", 409, "Đơn vị phối hợp chưa trả kết quả",
     "Hãy chờ đơn vị phối hợp, hoặc đến hết hạn của họ.",
     "Coordinating units have not answered; once their limit is over, go on with a reason."},
    {"action.article_unknown", 422, "Không có bài này trong kho tri thức", "Hãy chọn bài trong danh sách.",
     "There is no such article in the knowledge base."},
    {"action.article_expired", 422, "Bài không còn hiệu lực", "Hãy chọn bài đang có hiệu lực.",
     "The article is not valid today."},
    {"action.article_not_taken", 422, "Việc này không dùng bài tri thức", "Hãy bỏ bài đã chọn.",
     "Only what is written of an answer takes an article."},
    {"appointment.too_short", 409, "Thời hạn quy định ngắn, không được hẹn", "Hãy xử lý trong thời hạn quy định.",
     "The regulated time is too short for an appointment."},
    {"appointment.too_many", 409, "Đã hẹn đủ số lần cho phép", "Hãy hoàn thành trong thời hạn đã hẹn.",
     "A new end was named as often as allowed."},
    {"merge.into_missing", 422, "Chưa chọn phản ánh để gộp vào", "Hãy nhập mã phản ánh chính.",
     "Say which petition it is merged into: `into`."},
    {"merge.into_unknown", 422, "Không tìm thấy phản ánh chính", "Hãy kiểm tra lại mã phản ánh chính.",
     "There is no petition of this id or code."},
    {"merge.into_itself", 422, "Không thể gộp phản ánh vào chính nó", "Hãy chọn phản ánh khác.",
     "A petition cannot be merged into itself."},
    {"merge.into_merged", 422, "Phản ánh chính đã được gộp", "Hãy chọn phản ánh mà nó được gộp vào.",
     "That petition is merged into another one itself."},
    {"merge.complained_unit", 422, "Phản ánh này nói về một đơn vị",
     "Chỉ gộp vào phản ánh cũng nói về chính đơn vị đó.",
     "It complains about a unit: merge it only into one that complains about the same."},
    {"complaint.unnamed", 409, "Chưa xác định đơn vị bị phản ánh", "Hãy xác định đơn vị đó trước khi chuyển.",
     "Settle first which unit it complains about: POST …/complained-unit."},
    {"complaint.unchanged", 409, "Đơn vị bị phản ánh đã được xác định như vậy", "Không cần làm gì thêm.",
     "That is settled already."},
    {"emergency.already", 409, "Phản ánh đã là khẩn cấp", "Không cần làm gì thêm.", "It is an emergency already."},
    {"merge.into_finished", 422, "Phản ánh chính đã kết thúc", "Hãy chọn phản ánh đang xử lý.",
     "That petition is finished."},
    {"incident.too_many", 422, "Quá nhiều phản ánh trong một lần", "Hãy gộp tối đa 500 phản ánh mỗi lần.",
     "At most 500 petitions at a time."},
    {"rating.missing", 422, "Chưa chọn mức hài lòng", "Hãy chọn hài lòng, bình thường hoặc không hài lòng.",
     "`rating` is satisfied, neutral or dissatisfied."},
    {"rating.given", 409, "Kết quả này đã được đánh giá", "Mỗi kết quả được đánh giá một lần.",
     "This answer has been rated."},
    {"reopen.too_late", 409, "Đã hết thời gian đề nghị xem lại", "Hãy gửi phản ánh mới.",
     "The time in which it can be opened again is over."},
    {"sender.not_now", 409, "Chưa thực hiện được ở bước này", "Hãy xem tình trạng phản ánh rồi thử lại.",
     "The petition is not where its sender can do this."},
    {"follow.nothing", 409, "Không có thông tin chờ xem", "Bạn đã xem thông tin này.",
     "Nobody waits for this to be looked at."},
    {"roster.nothing", 409, "Không có cuộc gọi trực", "Phản ánh này không cần xác nhận trực.",
     "Nobody is called to this petition."},
    {"roster.period_invalid", 422, "Ca trực có thời gian không hợp lệ",
     "Ca trực kết thúc sau khi bắt đầu, tối đa 31 ngày.",
     "A shift ends after it begins, within 31 days; a roster is replaced for at most 92 days at once."},
    {"roster.people_missing", 422, "Chưa chọn người trực", "Hãy chọn ít nhất một người.",
     "Say who is on duty: `people`."},
    {"roster.too_many_people", 422, "Quá nhiều người trong một ca", "Hãy chọn tối đa 20 người mỗi ca.",
     "At most 20 people a shift."},
    {"roster.too_many_shifts", 422, "Quá nhiều ca trực trong một lần", "Hãy gửi tối đa 500 ca mỗi lần.",
     "At most 500 shifts at once."},
    {"roster.person_unit", 422, "Người này thuộc đơn vị khác", "Hãy chọn người của đơn vị có lịch trực.",
     "A roster has people of its own unit; the Centre's those of the Centre."},
    {"roster.shift_outside", 422, "Ca trực nằm ngoài khoảng thời gian",
     "Hãy chọn ca bắt đầu trong khoảng thời gian đã nêu.", "Each shift begins within the period that is replaced."},
    {"roster.exists", 409, "Ca trực này đã có", "Hãy tải lại lịch trực.",
     "The roster has a shift of these very hours."},
    {"substitute.period_invalid", 422, "Thời gian thay thế không hợp lệ",
     "Hãy chọn thời gian kết thúc trong tương lai.", "It ends after it begins, in the future, within a year."},
    {"substitute.self", 422, "Không thể tự thay thế mình", "Hãy chọn người khác.", "Nobody stands in for themselves."},
    {"substitute.nothing", 422, "Người này không có việc để thay thế", "Chỉ vai trò xử lý phản ánh mới có người thay.",
     "This person has no role that somebody could take over."},
    {"substitute.other_unit", 422, "Người thay thế thuộc đơn vị khác",
     "Hãy chọn người cùng đơn vị hoặc đơn vị cấp trên.", "Only somebody of the same unit, or of the one above it."},
    {"substitute.overlap", 409, "Đã có người thay thế trong thời gian này", "Hãy kết thúc lần thay thế cũ trước.",
     "Somebody takes this place in part of the period already."},
    {"substitute.chain", 409, "Người thay thế không thể đồng thời vắng mặt", "Hãy chọn người khác hoặc thời gian khác.",
     "Who takes a place cannot be away at the same time."},
    {"substitute.not_found", 404, "Không tìm thấy lần thay thế", "Hãy tải lại danh sách.",
     "There is no such substitution, or not for this caller."},
    {"substitute.over", 409, "Lần thay thế này đã kết thúc", "Không cần làm gì.", "It is over already."},
    {"role_request.role_invalid", 422, "Vai trò không hợp lệ", "Hãy chọn vai trò trong danh sách.",
     "No such role can be asked for, or not in a unit, or not without one."},
    {"role_request.other_unit", 422, "Tài khoản thuộc đơn vị khác", "Hãy liên hệ quản trị hệ thống để chuyển đơn vị.",
     "The account belongs to another unit; an administrator moves it."},
    {"role_request.has_role", 409, "Tài khoản đã có vai trò này", "Không cần đề nghị.", "The account has this role."},
    {"role_request.waits", 409, "Đề nghị này đang chờ duyệt", "Hãy đợi quản trị đơn vị.",
     "The account waits for this role already."},
    {"role_request.too_many", 409, "Đã có nhiều đề nghị đang chờ", "Hãy đợi quản trị duyệt các đề nghị trước.",
     "Five requests of this account wait already."},
    {"role_request.reason_missing", 422, "Chưa có lý do", "Hãy ghi lý do.", "Say why: `reason`."},
    {"role_request.reason_too_long", 422, "Lý do quá dài", "Hãy rút gọn trong 1000 ký tự.", "At most 1000 characters."},
    {"role_request.own", 403, "Không tự duyệt đề nghị của mình", "Người quản trị khác sẽ duyệt.",
     "Nobody decides on what they have asked for themselves."},
    {"role_request.decided", 409, "Đề nghị đã được quyết định", "Hãy tải lại danh sách.",
     "Somebody has decided on this request already."},
    {"role_request.account_gone", 409, "Tài khoản không còn", "Hãy từ chối đề nghị này.",
     "There is no such account any more."},
    {"role_request.not_found", 404, "Không tìm thấy đề nghị", "Hãy tải lại danh sách.",
     "There is no such request, or not for this caller."},
    {"roster.not_yours", 403, "Bạn không trong ca trực", "Người đang trực xác nhận cuộc gọi này.",
     "Whoever is on duty answers the call."},
    {"action.unit_external", 422, "Đơn vị này chưa dùng hệ thống", "Hãy chọn đơn vị khác để phối hợp.",
     "This unit is not on the system: nobody could do its part."},
    {"appointment.too_late", 409, "Đã quá thời hạn, không được hẹn", "Hãy hoàn thành xử lý.",
     "The limit has passed; it takes no appointment any more."},
    {"appointment.clock_stands", 409, "Giờ của đơn vị đang dừng ở bước này", "Hãy hẹn khi phản ánh được xử lý tiếp.",
     "The unit's limit stands at this step; name a later end once it runs."},
    {"appointment.too_long", 422, "Thời hạn hẹn quá dài", "Hãy chọn thời hạn ngắn hơn.",
     "The new end is further away than the configuration allows."},
    {"supplement.too_many", 409, "Đã bổ sung quá nhiều lần", "Hãy gửi phản ánh mới.",
     "It was added to as often as can be."},
    {"transfer.nothing", 409, "Không có gì để chuyển", "Phản ánh không ở đơn vị nào, hoặc đã ở đơn vị này.",
     "No unit has this petition, or that one has it already."},
    {"transfer.no_way_back", 409, "Quy trình không có bước trả về Trung tâm", "Hãy chọn đơn vị kế thừa.",
     "The workflow has no way back to the Centre; name a unit."},

    {"action.not_yours", 403, "Việc này không thuộc quyền của bạn", "Hãy chuyển cho người được phân công.",
     "This action belongs to another role or unit."},
    {"action.own_work", 403, "Không tự duyệt việc mình đã làm", "Người khác có thẩm quyền sẽ duyệt.",
     "What somebody wrote in one name is not passed by them in another."},
    {"action.not_legal_now", 409, "Chưa thể làm việc này lúc này", "Hãy tải lại phản ánh để xem các bước có thể làm.",
     "The action does not exist or is not legal in the present state."},
    {"action.changed_meanwhile", 412, "Phản ánh vừa được người khác cập nhật", "Hãy tải lại rồi quyết định lại.",
     "The petition changed since it was read; read it again."},
    {"action.unknown", 404, "Không có việc này", "Hãy tải lại phản ánh để xem các bước có thể làm.",
     "The workflow has no such action."},
    {"action.workflow_gone", 409, "Quy trình của phản ánh không còn trong cấu hình", "Hãy báo quản trị hệ thống.",
     "The workflow that this petition runs on is no longer configured; tell the administrator."},
    {"action.draft_missing", 409, "Chưa có dự thảo kết quả", "Hãy soạn kết quả trước.",
     "There is no drafted result yet."},
    {"action.not_approved", 409, "Kết quả chưa được phê duyệt", "Hãy trình phê duyệt trước.",
     "The result is not approved."},
    {"action.comment_too_long", 422, "Ý kiến quá dài", "Hãy rút gọn ý kiến.", "The comment is too long; shorten it."},
    {"action.result_too_long", 422, "Nội dung kết quả quá dài", "Hãy rút gọn nội dung trả lời.",
     "The result is too long; shorten it."},
    {"action.files_not_taken", 422, "Việc này không nhận tệp", "Hãy bỏ tệp đính kèm.", "This action takes no files."},
    {"action.too_many_files", 422, "Quá nhiều tệp", "Hãy bớt số tệp.", "There are too many files."},
    {"action.unit_complained", 422, "Đơn vị này đang bị phản ánh", "Hãy chọn đơn vị khác.",
     "The petition complains about this unit; choose another."},
    {"action.comment_missing", 422, "Thiếu lý do", "Hãy ghi lý do.", "The action needs a comment."},
    {"action.result_missing", 422, "Thiếu nội dung kết quả", "Hãy ghi nội dung trả lời.",
     "The action needs the text of the result."},
    {"action.unit_missing", 422, "Thiếu đơn vị xử lý", "Hãy chọn đúng một đơn vị.",
     "The action needs exactly one unit."},
    {"action.unit_unknown", 422, "Đơn vị không tồn tại", "Hãy chọn đơn vị trong danh sách.", "There is no such unit."},
    {"reveal.reason_missing", 422, "Thiếu lý do xem danh tính", "Hãy ghi lý do cần biết người gửi là ai.",
     "Looking at an identity needs a reason."},
    {"reveal.reason_too_long", 422, "Lý do quá dài", "Hãy rút gọn lý do.", "The reason is too long; shorten it."},
    {"reveal.not_yours", 403, "Bạn không phụ trách phản ánh này", "Chỉ người đang xử lý mới xem được danh tính.",
     "Only those who handle the petition now may look."},
    {"reveal.anonymous", 409, "Người gửi đã chọn ẩn danh", "Danh tính của phản ánh ẩn danh không được cung cấp.",
     "The petition is anonymous: its sender is shown to nobody."},
    {"reveal.no_consent", 409, "Người gửi chưa đồng ý cho dùng danh tính", "Hãy xử lý mà không cần biết người gửi.",
     "The petitioner did not agree that handling uses their identity."},
    {"call.not_found", 404, "Không tìm thấy cuộc gọi", "Hãy tải lại danh sách cuộc gọi.", "There is no such call."},
    {"caller.one_of", 422, "Chưa rõ cần tìm ai", "Hãy nhập một số điện thoại, hoặc chọn một cuộc gọi.",
     "Say either `phone` or `call`."},
    {"recording.not_there", 404, "Cuộc gọi chưa có bản ghi âm", "Bản ghi âm có thể đến sau; hãy thử lại.",
     "The call has no recording; it may still come."},
    {"recording.not_yours", 403, "Bạn không được nghe bản ghi âm này",
     "Chỉ điều phối viên, kiểm tra viên và người đang xử lý phản ánh của cuộc gọi được nghe.",
     "For dispatchers, auditors and whoever handles a petition that came of the call."},
    {"template.not_found", 404, "Không có mẫu này", "Hãy chọn mẫu trong danh sách.",
     "The configuration has no such text."},
    {"template.unfit", 422, "Mẫu này không dùng cho việc này", "Hãy chọn mẫu khác.",
     "This text is for other actions; GET /api/v1/templates names their effects."},
    {"delivery.not_found", 404, "Không tìm thấy lượt gửi chờ quyết định", "Hãy tải lại danh sách lượt gửi.",
     "No delivery that waits for a person's word has this id."},
    {"delivery.not_legal_now", 409, "Lượt gửi không còn ở trạng thái này", "Hãy tải lại danh sách lượt gửi.",
     "Only a dead or unknown delivery can be replayed or discarded."},
    {"delivery.not_yours", 403, "Bạn không có quyền với lượt gửi này", "Hãy liên hệ quản trị kết nối.",
     "Only integrators and administrators decide about deliveries."},
    {"connector.not_found", 404, "Không tìm thấy kết nối", "Hãy tải lại danh sách kết nối.",
     "The configuration has no connector with this id."},
    {"delivery.reason_missing", 422, "Thiếu lý do bỏ lượt gửi", "Hãy ghi lý do.", "Discarding needs a reason."},

    {"configuration.refused", 422, "Cấu hình mới không được chấp nhận",
     "Cấu hình cũ vẫn đang dùng. Hãy sửa các lỗi được liệt kê rồi nạp lại.",
     "The configuration of before is still in effect; mend what `errors` lists and reload again."},

    {"code.contact_invalid", 422, "Số điện thoại hoặc địa chỉ thư không hợp lệ",
     "Hãy nhập số di động Việt Nam hoặc địa chỉ thư điện tử.", "Give a Vietnamese mobile number or an e-mail address."},
    {"code.no_way", 422, "Không gửi được mã theo cách này", "Hãy dùng số điện thoại hoặc địa chỉ thư khác.",
     "This hub sends no codes to such a contact."},
    {"code.too_often", 429, "Xin mã quá nhiều lần", "Hãy đợi ít phút rồi xin mã lại.",
     "Too many codes were asked for; wait."},
    {"code.busy", 503, "Đang gửi nhiều mã", "Hãy thử lại sau vài giây.",
     "As many codes are being sent as may be; wait."},
    {"code.not_sent", 503, "Chưa gửi được mã", "Hãy thử lại sau ít phút.", "The code could not be sent; try again."},
    {"code.wrong", 401, "Mã không đúng hoặc đã hết hạn", "Hãy kiểm tra lại mã, hoặc xin mã mới.",
     "Not the code, or it is over or was tried too often."},
    {"device.invalid", 422, "Thiết bị không hợp lệ", "Hãy mở lại ứng dụng.", "No such platform, or no such token."},
    {"search.too_much", 422, "Tìm quá nhiều mã cùng lúc", "Hãy tìm tối đa 1000 mã.", "At most 1000 codes at once."},

    {"session.invalid", 401, "Thông tin đăng nhập không đúng", "Hãy thử lại hoặc xin liên kết đăng nhập mới.",
     "The link is used up or expired, or account and password do not fit."},
    {"session.locked_out", 429, "Thử đăng nhập quá nhiều lần", "Hãy đợi một lát rồi thử lại.",
     "Too many attempts to sign in; wait."},
    {"session.required", 401, "Cần đăng nhập", "Hãy đăng nhập rồi thử lại.",
     "Sign in, or send `Authorization: Bearer` with a valid token."},
    {"sign_in.connector_unknown", 404, "Không có cách đăng nhập này", "Hãy chọn cách đăng nhập trên trang đăng nhập.",
     "No connector of this name signs these people in."},
    {"sign_in.return_invalid", 400, "Địa chỉ quay lại không hợp lệ", "Hãy mở lại trang đăng nhập.",
     "`return` is no path of this site."},
    {"sign_in.not_begun", 400, "Lượt đăng nhập đã hết hạn hoặc đã dùng",
     "Hãy bắt đầu đăng nhập lại trên trình duyệt này.", "This browser began no sign-in that still lasts; begin anew."},
    {"sign_in.rejected", 400, "Không xác nhận được lượt đăng nhập", "Hãy bắt đầu đăng nhập lại.",
     "What came back is not the provider's word for this browser; begin anew."},
    {"sign_in.not_admitted", 403, "Hệ thống đăng nhập không cho phép bạn vào đây", "Hãy liên hệ quản trị hệ thống.",
     "The provider, or the hub, does not admit this person; ask the administrator."},
    {"sign_in.locked", 403, "Tài khoản đã bị khóa", "Hãy liên hệ quản trị hệ thống.",
     "The account is locked; ask the administrator."},
    {"sign_in.too_many_waiting", 503, "Quá nhiều tài khoản đang chờ phê duyệt", "Hãy báo quản trị hệ thống.",
     "Too many accounts wait for an administrator; tell them."},
    {"sign_in.unavailable", 503, "Chưa đăng nhập được qua hệ thống này", "Hãy thử lại sau ít phút.",
     "The provider or its connector cannot be reached now; try again later."},
    {"password.current_wrong", 422, "Mật khẩu hiện tại không đúng", "Hãy nhập lại mật khẩu hiện tại.",
     "The present password does not fit."},
    {"password.too_short", 422, "Mật khẩu quá ngắn", "Mật khẩu có ít nhất 10 ký tự.",
     "A password has at least 10 characters."},
    {"password.too_long", 422, "Mật khẩu quá dài", "Mật khẩu có nhiều nhất 200 ký tự.",
     "A password has at most 200 characters."},
    {"password.bad_text", 422, "Mật khẩu không hợp lệ", "Hãy chọn mật khẩu khác.",
     "The password is not text, or much too long."},
    {"password.is_login", 422, "Mật khẩu trùng tên đăng nhập", "Hãy chọn mật khẩu khác.", "The password is the login."},
    {"metrics.not_yours", 403, "Không được đọc số đo từ địa chỉ này", "Hãy thêm địa chỉ vào http.metrics_readers.",
     "Only the addresses of http.metrics_readers may read the metrics."},
    {"statistics.busy", 503, "Đang xuất một bảng khác", "Hãy thử lại sau ít phút.",
     "Another workbook is being written; try again later."},
    {"statistics.too_many_rows", 413, "Quá nhiều dòng cho một bảng", "Hãy chọn khoảng thời gian ngắn hơn.",
     "More rows than a sheet holds; ask for a shorter time."},
    {"session.csrf", 403, "Yêu cầu không xác thực được nguồn gốc", "Hãy tải lại trang rồi thử lại.",
     "A change by cookie needs the session's token in X-CSRF-Token."},
    {"role.insufficient", 403, "Tài khoản không có quyền này", "Hãy liên hệ quản trị đơn vị.",
     "The account's roles do not include this."},

    {"request.malformed", 400, "Yêu cầu không đọc được", kCheckInput, "The request is not well-formed HTTP."},
    {"request.incomplete", 400, "Yêu cầu chưa gửi hết", "Hãy gửi lại.",
     "The connection ended or stalled before the whole body had come."},
    {"request.json_malformed", 400, "Dữ liệu JSON không hợp lệ", kCheckInput, "The body is not well-formed JSON."},
    {"request.json_too_long", 413, "Dữ liệu JSON có quá nhiều giá trị", "Hãy gửi ít trường và ít giá trị hơn.",
     "The JSON has more than 1 MB outside of texts: send fewer fields and values."},
    {"request.json_duplicate", 400, "Dữ liệu JSON lặp tên trường", kCheckInput, "A JSON object names a field twice."},
    {"request.utf8_invalid", 400, "Dữ liệu không phải UTF-8", "Hãy gửi lại ở dạng UTF-8.", "The body is not UTF-8."},
    {"request.field_type", 422, "Một trường sai kiểu dữ liệu", kCheckInput, "The named field has the wrong JSON type."},
    {"request.field_missing", 422, "Thiếu một trường bắt buộc", kCheckInput, "The named field is required."},
    {"request.multipart_malformed", 400, "Biểu mẫu nhiều phần không hợp lệ", kCheckInput,
     "The multipart body is not well-formed or not complete."},
    {"request.part_unknown", 422, "Biểu mẫu có phần không dùng đến", kCheckInput,
     "The multipart body has a part with a name that means nothing here."},
    {"request.parameter_unknown", 400, "Tham số không tồn tại", "Hãy kiểm tra lại địa chỉ.",
     "The query has a parameter that this call does not know, or has it twice."},
    {"request.parameter_invalid", 400, "Tham số có giá trị không hợp lệ", "Hãy kiểm tra lại địa chỉ.",
     "A query parameter has a value outside its list or range."},
    {"request.if_match_invalid", 400, "Phiên bản không đọc được", "Hãy tải lại phản ánh rồi thử lại.",
     "If-Match takes the ETag of the petition, such as \"7\"."},
    {"request.too_large", 413, "Nội dung gửi lên quá lớn", "Hãy gửi ít tệp hơn hoặc tệp nhỏ hơn.",
     "The body is larger than this hub accepts."},
    {"request.head_too_large", 431, "Phần đầu của yêu cầu quá lớn", "Hãy xóa bớt cookie của trang này rồi thử lại.",
     "The request line and header fields are larger than this hub accepts."},
    {"request.timeout", 408, "Yêu cầu gửi quá chậm", "Hãy kiểm tra đường truyền rồi gửi lại.",
     "The request did not come in whole within the time for it; nothing was stored."},
    {"request.target_too_long", 414, "Địa chỉ quá dài", "Hãy kiểm tra lại địa chỉ.", "The request target is too long."},
    {"request.media_type", 415, "Kiểu nội dung không được hỗ trợ", "Hãy gửi JSON hoặc biểu mẫu nhiều phần.",
     "Send application/json, or multipart/form-data where it is offered."},
    {"request.not_found", 404, "Không có địa chỉ này", "Hãy kiểm tra lại địa chỉ.",
     "There is nothing at this address."},
    {"request.method_not_allowed", 405, "Phương thức không được phép", "Xem phương thức cho phép ở trường Allow.",
     "This address takes the methods named in Allow."},
    {"store.unavailable", 503, "Hệ thống tạm thời chưa nhận được", "Chưa có gì được lưu. Hãy gửi lại sau ít phút.",
     "Nothing was stored; send the same again later."},
    {"client.too_many_requests", 429, "Gửi quá nhiều yêu cầu", "Chưa có gì được lưu. Hãy đợi một lát rồi gửi lại.",
     "This address sends more than it may; wait as Retry-After says."},
    {"client.too_many_connections", 429, "Quá nhiều kết nối", "Chưa có gì được lưu. Hãy đợi một lát rồi gửi lại.",
     "This address has more connections open than it may."},
    {"server.busy", 503, "Hệ thống đang quá tải", "Chưa có gì được lưu. Hãy gửi lại sau ít phút.",
     "Too many connections or bodies at once; try again later."},

    {"generic.invalid", 422, "Dữ liệu không hợp lệ", kCheckInput, kCheckInputEn},
    {"generic.not_found", 404, "Không tìm thấy", "Hãy kiểm tra lại địa chỉ.",
     "There is no such thing, or not for this caller."},
    {"generic.forbidden", 403, "Không có quyền", "Hãy liên hệ quản trị đơn vị.", "The caller has no right to this."},
    {"generic.conflict", 409, "Không thể thực hiện ở trạng thái hiện tại", "Hãy tải lại rồi thử lại.",
     "Not legal in the present state."},
    {"generic.too_large", 413, "Nội dung quá lớn", "Hãy gửi ít hơn.", "Larger than a limit allows."},
    {"generic.internal", 500, "Lỗi của hệ thống", "Lỗi đã được ghi lại. Hãy thử lại sau.",
     "A fault of the hub; it was logged."},
};

std::string_view codeOf(Errc code) {
    switch (code) {
        case Errc::kUnavailable:
        case Errc::kDeferred:
            return "store.unavailable";
        case Errc::kUnauthenticated:
            return "session.required";
        case Errc::kInvalid:
        case Errc::kRejected:
            return "generic.invalid";
        case Errc::kNotFound:
            return "generic.not_found";
        case Errc::kForbidden:
            return "generic.forbidden";
        case Errc::kConflict:
            return "generic.conflict";
        case Errc::kStale:
            return "action.changed_meanwhile";
        case Errc::kTooLarge:
            return "generic.too_large";
        case Errc::kFallback:
        case Errc::kUnknownOutcome:
        case Errc::kMisconfigured:
        case Errc::kInternal:
            break;
    }
    return "generic.internal";
}

Errc errcOf(int status) {
    switch (status) {
        case 401:
            return Errc::kUnauthenticated;
        case 403:
            return Errc::kForbidden;
        case 404:
            return Errc::kNotFound;
        case 409:
            return Errc::kConflict;
        case 412:
            return Errc::kStale;
        case 413:
            return Errc::kTooLarge;
        case 429:
        case 503:
            return Errc::kUnavailable;
        case 500:
            return Errc::kInternal;
        default:
            return Errc::kInvalid;
    }
}

Response write(const Problem& problem, std::string_view field, std::chrono::milliseconds retry_after,
               const std::function<void(JsonWriter&)>& more = {}) {
    JsonWriter json;
    json.beginObject();
    json.field("type", "urn:pakn:problem:" + std::string{problem.code});
    json.field("title", problem.title);
    json.field("status", problem.status);
    json.field("detail", problem.detail);
    json.field("code", problem.code);
    json.field("detail_en", problem.detail_en);
    if (!field.empty()) json.field("field", field);
    if (more) more(json);
    json.endObject();
    Response response{.status = problem.status, .body = json.take(), .content_type = "application/problem+json"};
    if (problem.status == 401) response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"pakn\"");
    if (problem.status == 429 || problem.status == 503) {
        const auto seconds = std::chrono::ceil<std::chrono::seconds>(retry_after).count();
        response.headers.emplace_back("Retry-After", std::to_string(std::max<std::int64_t>(1, seconds)));
    }
    return response;
}

constexpr std::chrono::seconds kDefaultRetry{5};

/// Of a code that there is not: a fault of the hub.
constexpr const Problem& kFault = *std::find_if(std::begin(kProblems), std::end(kProblems),
                                                [](const Problem& one) { return one.code == "generic.internal"; });

const Problem& problemOf(std::string_view code) {
    const Problem* problem = findProblem(code);
    return problem != nullptr ? *problem : kFault;
}

}  // namespace

std::span<const Problem> problemCatalogue() { return kProblems; }

const Problem* findProblem(std::string_view code) {
    const auto* found =
        std::find_if(std::begin(kProblems), std::end(kProblems), [&](const Problem& one) { return one.code == code; });
    return found == std::end(kProblems) ? nullptr : found;
}

PublicLabel problemLabel(std::string_view code) {
    const Problem* found = findProblem(code);
    const Problem& problem = found ? *found : *findProblem("generic.invalid");
    return {std::string{problem.title}.append(". ").append(problem.detail), std::string{problem.detail_en}};
}

Response problemResponse(const Error& error) {
    const Problem* problem = findProblem(error.problem);
    return write(problem != nullptr ? *problem : problemOf(codeOf(error.code)), error.field,
                 error.retry_after.value_or(kDefaultRetry));
}

Response problemResponse(std::string_view code, std::string_view field) {
    return write(problemOf(code), field, kDefaultRetry);
}

Response problemWith(std::string_view code, const std::function<void(JsonWriter&)>& more) {
    return write(problemOf(code), {}, kDefaultRetry, more);
}

Error problemError(std::string_view code, std::string field) {
    const Problem* problem = findProblem(code);
    return Error{.code = errcOf(problem != nullptr ? problem->status : 500),
                 .message = std::string{code},
                 .problem = std::string{code},
                 .field = std::move(field)};
}

}  // namespace pakn::http

#include "petition.hpp"

#include <algorithm>
#include <pakn/sdk/reply_address.hpp>

#include "addresses.hpp"

namespace pakn::in_email {

namespace {

constexpr std::size_t kMostText = 60000;  ///< Bytes: what goes beyond stands in the mail as it came.
constexpr std::size_t kMostCodePoints = 19000;
constexpr std::size_t kMostSubject = 290;  ///< Code points.
constexpr std::size_t kMostFiles = 9;
constexpr std::size_t kMostSupplement = 5000;  ///< Code points of an update with the hub's notes on left-out files,
constexpr std::size_t kRoomForNote = 110;      ///< each "\n[", 60 of the file's name, ": ", a problem's id, "]".
constexpr std::string_view kNoText = "(Thư không có nội dung; xem tệp đính kèm hoặc thư gốc.)";
constexpr std::string_view kWholeText = "noi-dung-thu.txt";
constexpr std::string_view kMoreFiles = "(Các tệp tiếp theo của cùng thư.)";
constexpr std::string_view kNotAllHere = "\n[Thư quá lớn: có phần không lấy được; thư nguyên vẹn còn ở hộp thư.]";
constexpr std::string_view kUnreadable = "(Không đọc được thư này; xem thư gốc.)";

bool isBlank(std::string_view text) { return text.find_first_not_of(" \t\r\n") == std::string_view::npos; }

/// At most so many code points; cut where one ends.
std::string upTo(std::string_view text, std::size_t points) {
    std::size_t seen = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool begins = (static_cast<unsigned char>(text[i]) & 0xc0U) != 0x80U;
        if (begins && seen++ == points) return std::string{text.substr(0, i)} + "…";
    }
    return std::string{text};
}

/// At most so many code points, the sign that it is cut among them.
std::string within(std::string_view text, std::size_t points) {
    std::string whole = upTo(text, points);
    return whole == text ? whole : upTo(text, points - 1);
}

void note(Attributes& attributes, std::string_view word) {
    std::string& all = attributes[std::string{kToCheck}];
    if (!all.empty()) all += ' ';
    all += word;
}

/// The decoder hands over files and text up to its bounds, and the mail itself may be longer than `max_mail`.
bool isAllHere(const Decoded& decoded, const FetchedMail& mail) {
    return mail.whole && attributeOf(decoded, "text_cut") != "true" &&
           attributeOf(decoded, "notes").find("cut_parts") == std::string::npos;
}

bool isFile(const Attachment& part) { return part.content_type != kOwnPart; }

Attachment originalOf(const FetchedMail& mail) {
    return {.name = "thu-goc.eml", .content_type = std::string{kOriginalType}, .content = mail.raw};
}

}  // namespace

std::string ownTextOf(const Decoded& decoded) {
    std::string text = decoded.text;
    const auto own = std::find_if(decoded.parts.begin(), decoded.parts.end(),
                                  [](const Attachment& part) { return part.content_type == kOwnPart; });
    if (own != decoded.parts.end()) {
        Result<std::string> bytes = own->content.bytes(kMostText * 20);
        if (bytes && !isBlank(*bytes)) text = std::move(*bytes);
    }
    if (isBlank(text)) return std::string{kNoText};
    return upTo(text, kMostCodePoints);
}

std::vector<Attachment> filesOf(const Decoded& decoded) {
    std::vector<Attachment> files;
    for (const Attachment& part : decoded.parts)
        if (isFile(part) && files.size() < kMostFiles) files.push_back(part);
    return files;
}

std::vector<Supplement> supplementsOf(const Decoded& decoded, const FetchedMail& mail) {
    Supplement made{.text = ownTextOf(decoded), .files = filesOf(decoded)};
    const bool all_here = isAllHere(decoded, mail);
    const std::size_t most = kMostSupplement - (all_here ? 0 : kRoomForNote);
    const auto cut = [&] { return within(made.text, most - made.files.size() * kRoomForNote); };
    if (!isBlank(decoded.text) && cut() != decoded.text)
        made.files.push_back(
            {.name = std::string{kWholeText}, .content_type = "text/plain", .content = Content{decoded.text}});
    made.text = cut();
    if (!all_here) made.text += kNotAllHere;
    std::vector<Supplement> all{std::move(made)};
    std::size_t seen = 0;
    for (const Attachment& part : decoded.parts) {
        if (!isFile(part) || seen++ < kMostFiles) continue;
        if (all.size() == 1 || all.back().files.size() == kMostFiles)
            all.push_back({.text = std::string{kMoreFiles}, .files = {}});
        all.back().files.push_back(part);
    }
    return all;
}

std::string externalIdOf(const Decoded& decoded, const std::string& hash) {
    const std::string id = attributeOf(decoded, "message_id").substr(0, 200);
    return id.empty() ? "sha256:" + hash : id + ' ' + hash;
}

std::string replyAddressOf(const Decoded& decoded) {
    const std::optional<std::string> address = plainAddress(attributeOf(decoded, "from"));
    if (!address) return {};
    const std::string id = attributeOf(decoded, "message_id");
    const bool sound = !id.empty() && id.size() <= 500 && id.find_first_of(" <>\t\r\n") == std::string::npos;
    return sound ? *address + ' ' + id : *address;
}

IncomingPetition petitionOf(const Decoded& decoded, const FetchedMail& mail, const std::string& hash,
                            const Judgement& judgement, const IntakeSettings& settings) {
    IncomingPetition petition{
        .external_id = externalIdOf(decoded, hash),
        .title = upTo(attributeOf(decoded, "subject"), kMostSubject),
        .text = ownTextOf(decoded),
        .category = settings.category,
        .petitioner = {.name = upTo(attributeOf(decoded, "from_name"), 190),
                       .email = plainAddress(attributeOf(decoded, "from")).value_or("")},
        .consent = {.process_personal_data = settings.consent, .use_identity_in_handling = settings.consent},
        .attachments = filesOf(decoded)};
    petition.attachments.push_back(originalOf(mail));
    Attributes& attributes = petition.attributes;
    attributes[std::string{kLeaveOutFiles}] = "true";
    if (std::string address = replyAddressOf(decoded); !address.empty())
        attributes[std::string{kReplyAddress}] = std::move(address);
    else
        note(attributes, "no_sender");
    if (attributeOf(decoded, "encoding_guessed") == "true") note(attributes, "encoding_guessed");
    if (!attributeOf(decoded, "notes").empty()) note(attributes, attributeOf(decoded, "notes"));
    if (!mail.whole || attributeOf(decoded, "text_cut") == "true") note(attributes, "cut");
    if (!judgement.mentions.empty()) {
        note(attributes, "mentions");
        attributes["mentions"] = judgement.mentions;
    }
    if (const std::string results = trustedResults(decoded, settings); !results.empty()) {
        attributes["authentication"] = results;
        if (results.find("dmarc=fail") != std::string::npos) note(attributes, "sender_forged");
    }
    return petition;
}

IncomingPetition unreadablePetition(const FetchedMail& mail, const std::string& hash, const std::string& problem,
                                    const IntakeSettings& settings) {
    IncomingPetition petition{.external_id = "sha256:" + hash,
                              .text = std::string{kUnreadable},
                              .category = settings.category,
                              .attachments = {originalOf(mail)}};
    note(petition.attributes, problem);
    return petition;
}

}  // namespace pakn::in_email

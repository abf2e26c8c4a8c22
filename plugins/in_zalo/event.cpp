#include "event.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "digest.hpp"
#include "json.hpp"
#include "text.hpp"

namespace pakn::in_zalo {
namespace {

constexpr std::size_t kMostIdBytes = 150;
constexpr std::size_t kMostUrlBytes = 2000;
constexpr std::size_t kMostReceipts = 50;

struct KnownName {
    std::string_view name;
    EventKind kind;
};
constexpr std::array<KnownName, 18> kNames{{{"user_send_text", EventKind::kMessage},
                                            {"user_send_image", EventKind::kMessage},
                                            {"user_send_link", EventKind::kMessage},
                                            {"user_send_audio", EventKind::kMessage},
                                            {"user_send_video", EventKind::kMessage},
                                            {"user_send_sticker", EventKind::kMessage},
                                            {"user_send_gif", EventKind::kMessage},
                                            {"user_send_location", EventKind::kMessage},
                                            {"user_send_business_card", EventKind::kMessage},
                                            {"user_send_file", EventKind::kMessage},
                                            {"anonymous_send_text", EventKind::kAnonymous},
                                            {"user_submit_info", EventKind::kSubmitInfo},
                                            {"user_received_message", EventKind::kReceived},
                                            {"user_seen_message", EventKind::kSeen},
                                            {"follow", EventKind::kRelation},
                                            {"unfollow", EventKind::kRelation},
                                            {"add_user_to_tag", EventKind::kRelation},
                                            {"user_click_button", EventKind::kOther}}};

EventKind kindOf(std::string_view name) {
    constexpr std::string_view kEcho = "oa_send_";
    if (name.substr(0, kEcho.size()) == kEcho) return EventKind::kEcho;
    for (const KnownName& known : kNames)
        if (known.name == name) return known.kind;
    return EventKind::kOther;
}

std::string bounded(std::string_view id) { return id.size() <= kMostIdBytes ? std::string{id} : std::string{}; }

std::string idAt(const Json& event, std::string_view who) {
    const Json* const person = memberOf(event, who);
    return person != nullptr ? bounded(textOf(*person, "id")) : std::string{};
}

std::optional<double> degrees(std::string_view text, double most) {
    double value = 0;
    const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (problem != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return std::isfinite(value) && std::abs(value) <= most ? std::optional{value} : std::nullopt;
}

std::optional<Instant> instantOf(std::string_view digits) {
    std::int64_t milliseconds = 0;
    const auto [end, problem] = std::from_chars(digits.data(), digits.data() + digits.size(), milliseconds);
    constexpr std::int64_t kLatest = 32503680000000;  // The year 3000: what is later is no time.
    if (problem != std::errc{} || end != digits.data() + digits.size() || milliseconds <= 0 || milliseconds > kLatest)
        return std::nullopt;
    return Instant{std::chrono::milliseconds{milliseconds}};
}

/// The words that are there, with a separator between them.
std::string joined(const std::vector<std::string_view>& parts, std::string_view separator) {
    std::string all;
    for (const std::string_view part : parts) {
        const std::string word = cleaned(part);
        if (trimmed(word).empty()) continue;
        if (!all.empty()) all += separator;
        all += trimmed(word);
    }
    return all;
}

/// What this project calls a kind of file; empty for what is none.
std::string fileTypeOf(std::string_view type) {
    if (type == "photo" || type == "image") return "image";
    if (type == "audio" || type == "voice") return "audio";
    if (type == "video" || type == "file" || type == "gif") return std::string{type};
    return {};
}

class MessageReader {
public:
    MessageReader(const Json& envelope, Event& event) : envelope_{envelope}, event_{event} {}

    void read() {
        const Json* const message = memberOf(envelope_, "message");
        if (message != nullptr) {
            event_.text = std::string{trimmed(cleaned(textOf(*message, "text")))};
            event_.quote_id = quoteOf(*message);
        }
        // Real traffic has them inside the message.
        const Json* list = message != nullptr ? memberOf(*message, "attachments") : nullptr;
        if (list == nullptr) list = memberOf(envelope_, "attachments");
        if (list != nullptr && list->IsArray()) {
            for (const Json& attachment : list->GetArray()) readAttachment(attachment);
        } else if (message != nullptr) {
            add("image", textOf(*message, "photo_url"), {});
            add(fileTypeOf(wordBehind("user_send_")), textOf(*message, "url"), {});
        }
    }

private:
    static std::string quoteOf(const Json& message) {
        for (const std::string_view name : {"quote_msg_id", "quote_message_id"})
            if (const std::string_view id = textOf(message, name); !id.empty()) return bounded(id);
        return {};
    }

    [[nodiscard]] std::string_view wordBehind(std::string_view prefix) const {
        const std::string_view name = event_.name;
        return name.substr(0, prefix.size()) == prefix ? name.substr(prefix.size()) : std::string_view{};
    }

    void readAttachment(const Json& attachment) {
        const std::string_view type = textOf(attachment, "type");
        const Json* const payload = memberOf(attachment, "payload");
        if (payload == nullptr) return;
        if (type == "location") return readPlace(*payload);
        if (type == "link") return readLink(*payload);
        add(fileTypeOf(type), textOf(*payload, "url"), textOf(*payload, "name"));
    }

    void readPlace(const Json& payload) {
        const Json* const coordinates = memberOf(payload, "coordinates");
        if (coordinates == nullptr) return;
        const std::optional<double> latitude = degrees(textOf(*coordinates, "latitude"), 90);
        const std::optional<double> longitude = degrees(textOf(*coordinates, "longitude"), 180);
        if (latitude && longitude) event_.place = SentPlace{*latitude, *longitude};
    }

    /// A link is a text; what it leads to is nobody's attachment.
    void readLink(const Json& payload) {
        const std::string url = cleaned(textOf(payload, "url"));
        if (url.empty() || url.size() > kMostUrlBytes || event_.text.find(url) != std::string::npos) return;
        if (!event_.text.empty()) event_.text += '\n';
        event_.text += url;
    }

    void add(std::string type, std::string_view url, std::string_view name) {
        if (type.empty() || url.empty() || event_.files.size() >= kMostFilesOfMessage) return;
        // An address that is too long stays in the list: a file that is lost is to be seen.
        event_.files.push_back({.type = std::move(type),
                                .url = url.size() <= kMostUrlBytes ? std::string{url} : std::string{},
                                .name = firstCodePoints(trimmed(cleaned(name)), 200)});
    }

    const Json& envelope_;
    Event& event_;
};

UserInfo infoOf(const Json& info) {
    UserInfo who{.name = joined({textOf(info, "name")}, ""), .phone = joined({textOf(info, "phone")}, "")};
    const Json* const full = memberOf(info, "full_address");
    who.address =
        full != nullptr
            ? joined({textOf(*full, "user_address"), textOf(*full, "user_ward"), textOf(*full, "user_city")}, ", ")
            : joined({textOf(info, "address"), textOf(info, "ward"), textOf(info, "district"), textOf(info, "city")},
                     ", ");
    who.name = firstCodePoints(who.name, 200);
    who.phone = firstCodePoints(who.phone, 40);
    who.address = firstCodePoints(who.address, 500);
    return who;
}

void readIds(const Json& envelope, Event& event) {
    const Json* const message = memberOf(envelope, "message");
    if (message == nullptr) return;
    if (const std::string_view id = textOf(*message, "msg_id"); !id.empty()) event.msg_ids.push_back(bounded(id));
    event.tracking_id = bounded(textOf(*message, "tracking_id"));
    event.delivery_time = bounded(textOf(*message, "delivery_time"));
    const Json* const several = memberOf(*message, "msg_ids");
    if (several == nullptr || !several->IsArray()) return;
    for (const Json& id : several->GetArray())
        if (!textOf(id).empty() && event.msg_ids.size() < kMostReceipts) event.msg_ids.push_back(bounded(textOf(id)));
}

/// User to OA: the user is the sender. OA to user and receipts: the other way round.
void readParties(const Json& envelope, Event& event) {
    const bool from_oa =
        event.kind == EventKind::kReceived || event.kind == EventKind::kSeen || event.kind == EventKind::kEcho;
    event.user_id = idAt(envelope, from_oa ? "recipient" : "sender");
    event.oa_id = idAt(envelope, from_oa ? "sender" : "recipient");
    if (event.user_id.empty()) event.user_id = idAt(envelope, "follower");
    if (event.oa_id.empty()) event.oa_id = bounded(textOf(envelope, "oa_id"));
}

}  // namespace

Result<Event> readEvent(std::string_view body) {
    const Result<JsonDocument> envelope = parseJson(body);
    if (!envelope) return envelope.error();
    Event event;
    event.name = bounded(textOf(*envelope, "event_name"));
    if (event.name.empty())
        return Error{.code = Errc::kInvalid, .message = "the event has no name", .problem = "zalo.unreadable"};
    event.kind = kindOf(event.name);
    event.timestamp = bounded(textOf(*envelope, "timestamp"));
    event.at = instantOf(event.timestamp);
    readParties(*envelope, event);
    readIds(*envelope, event);
    if (event.kind == EventKind::kMessage || event.kind == EventKind::kAnonymous)
        MessageReader{*envelope, event}.read();
    if (const Json* const info = memberOf(*envelope, "info"); info != nullptr && event.kind == EventKind::kSubmitInfo)
        event.info = infoOf(*info);
    return event;
}

std::string timestampOf(std::string_view body) {
    const Result<JsonDocument> envelope = parseJson(body);
    return envelope ? bounded(textOf(*envelope, "timestamp")) : std::string{};
}

std::string keyOf(const Event& event, std::string_view body) {
    constexpr std::size_t kLongestKey = 190;
    std::string key = event.oa_id + '|' + event.name;
    for (const std::string& id : event.msg_ids) key += '|' + id;
    const bool receipt = event.kind == EventKind::kReceived || event.kind == EventKind::kSeen;
    if (event.msg_ids.empty()) key += '|' + event.user_id;
    if (event.msg_ids.empty() || receipt)
        key += '|' + (receipt && !event.delivery_time.empty() ? event.delivery_time : event.timestamp);
    if (event.msg_ids.empty() && event.timestamp.empty()) key += '|' + webhooks::toHex(webhooks::sha256(body));
    return key.size() <= kLongestKey ? key : webhooks::toHex(webhooks::sha256(key));
}

bool isUserId(std::string_view id) {
    constexpr std::string_view kAlphabet = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ+-_.";
    return !id.empty() && id.size() <= 80 && id.find_first_not_of(kAlphabet) == std::string_view::npos;
}

}  // namespace pakn::in_zalo

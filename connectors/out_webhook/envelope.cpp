/// @file
/// Writes the event with rapidjson, which checks the encoding on the way.

#include "envelope.hpp"

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <chrono>
#include <cstdio>
#include <stdexcept>
#include <string_view>

#include "digest.hpp"

namespace pakn::out_webhook {
namespace {

namespace json = rapidjson;

using Writer =
    json::Writer<json::StringBuffer, json::UTF8<>, json::UTF8<>, json::CrtAllocator, json::kWriteValidateEncodingFlag>;

class EventWriter {
public:
    std::string write(const Delivery& delivery, const EnvelopeOptions& options) {
        writer_.StartObject();
        text("specversion", "1.0");
        text("id", delivery.idempotency_key);
        text("source", options.source);
        text("type", "vn.pakn.petition." + delivery.event + ".v1");
        text("subject", delivery.code);
        text("time", rfc3339(delivery.occurred_at));
        text("datacontenttype", "application/json");
        key("data");
        data(delivery, options.include_files);
        writer_.EndObject();
        return {buffer_.GetString(), buffer_.GetSize()};
    }

    /// False when some text was not UTF-8; what was written is then no JSON.
    [[nodiscard]] bool sound() const { return sound_; }

private:
    void data(const Delivery& delivery, bool include_files) {
        writer_.StartObject();
        text("code", delivery.code);
        text("petition_id", delivery.petition_id);
        text("status", delivery.status);
        textOrNull("unit", delivery.unit);
        textOrNull("unit_name", delivery.unit_name);
        text("channel", delivery.channel);
        textOrNull("external_id", delivery.external_id);
        text("title", delivery.title);
        if (delivery.kind == "result") {
            key("result");
            result(delivery, include_files);
        }
        if (delivery.kind == "notice") {
            key("notice");
            notice(delivery);
        }
        writer_.EndObject();
    }

    void notice(const Delivery& delivery) {
        writer_.StartObject();
        key("to");
        writer_.StartObject();
        text("kind", delivery.recipient.kind);
        textOrNull("phone", delivery.recipient.phone);
        textOrNull("email", delivery.recipient.email);
        textOrNull("account", delivery.recipient.account);
        textOrNull("role", delivery.recipient.role);
        textOrNull("unit", delivery.recipient.unit);
        writer_.EndObject();
        text("subject", delivery.subject);
        text("content_type", delivery.message_type);
        text("text", delivery.message);
        writer_.EndObject();
    }

    void result(const Delivery& delivery, bool include_files) {
        writer_.StartObject();
        text("text", delivery.result_text);
        key("files");
        writer_.StartArray();
        for (const Attachment& file : delivery.attachments) {
            writer_.StartObject();
            text("name", file.name);
            text("content_type", file.content_type);
            key("size");
            writer_.Uint64(file.content.size());
            text("sha256", webhooks::sha256Hex(file.content));
            if (include_files) text("data", webhooks::toBase64(wholeOf(file.content)));
            writer_.EndObject();
        }
        writer_.EndArray();
        writer_.EndObject();
    }

    /// The receiver gets the file inside the event, so here it has to be in memory.
    static std::string wholeOf(const Content& content) {
        constexpr std::uint64_t kMost = 64U << 20U;
        Result<std::string> bytes = content.bytes(kMost);
        if (!bytes) throw std::runtime_error{"cannot read a file of the answer"};
        return std::move(bytes).value();
    }

    void key(std::string_view name) { writer_.Key(name.data(), static_cast<json::SizeType>(name.size())); }

    void text(std::string_view name, std::string_view value) {
        key(name);
        sound_ = writer_.String(value.data(), static_cast<json::SizeType>(value.size())) && sound_;
    }

    void textOrNull(std::string_view name, std::string_view value) {
        if (!value.empty()) return text(name, value);
        key(name);
        writer_.Null();
    }

    json::StringBuffer buffer_;
    Writer writer_{buffer_};
    bool sound_ = true;
};

}  // namespace

Result<std::string> envelope(const Delivery& delivery, const EnvelopeOptions& options) try {
    EventWriter writer;
    std::string body = writer.write(delivery, options);
    if (!writer.sound()) {
        return Error{.code = Errc::kInternal,
                     .message = "a text of delivery " + delivery.id + " is not UTF-8",
                     .problem = "webhook.not_utf8"};
    }
    return body;
} catch (const std::runtime_error& failure) {  // A file that cannot be read now may be readable later.
    return Error{.code = Errc::kUnavailable, .message = failure.what(), .problem = "webhook.file_unreadable"};
}

std::string rfc3339(Instant at) {
    using namespace std::chrono;
    const auto local = at.time_since_epoch() + hours{7};
    const auto day = floor<days>(local);
    const year_month_day date{sys_days{day}};
    const hh_mm_ss<milliseconds> time{local - day};
    char text[48];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                  static_cast<int>(time.seconds().count()));
    std::string stamp = text;
    if (const auto rest = time.subseconds().count(); rest != 0) {
        std::snprintf(text, sizeof text, ".%03d", static_cast<int>(rest));
        stamp += text;
    }
    return stamp + "+07:00";
}

}  // namespace pakn::out_webhook

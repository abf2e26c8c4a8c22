#include "message.hpp"

#include <gmime/gmime.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>

#include "thread_ids.hpp"

namespace pakn::in_email {

namespace {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

void prepareLibrary() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

/// `{name}` by its value. A line in which only an empty value would stand is left out.
std::string filled(std::string_view text, const std::vector<std::pair<std::string_view, std::string_view>>& values) {
    std::string result;
    while (!text.empty()) {
        const std::size_t end = text.find('\n');
        std::string line{text.substr(0, end)};
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        bool empty = false;
        for (const auto& [name, value] : values) {
            const std::string field = "{" + std::string{name} + "}";
            // From behind: what a value says is not looked into.
            for (std::size_t at = line.rfind(field); at != std::string::npos;
                 at = at == 0 ? std::string::npos : line.rfind(field, at - 1)) {
                line.replace(at, field.size(), value);
                empty = empty || value.empty();
            }
        }
        if (empty) continue;
        result.append(line).append(1, '\n');
    }
    while (!result.empty() && result.back() == '\n') result.pop_back();
    return result;
}

std::string onOneLine(std::string text) {
    for (char& c : text)
        if (static_cast<unsigned char>(c) < ' ' || c == 0x7f) c = ' ';
    return text;
}

/// What a mailer shows that does not know RFC 2231: letters of ASCII alone.
std::string plainName(const std::string& name) {
    std::string plain;
    for (const char c : name) {
        const auto byte = static_cast<unsigned char>(c);
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
                            c == '-' || c == '_';
        if (letter || (byte & 0xc0U) != 0x80U) plain += letter ? c : '_';  // One for every other character.
    }
    return plain;
}

void setHeader(GMimeObject* object, const char* name, const std::string& value) {
    g_mime_object_set_header(object, name, value.c_str(), "utf-8");
}

Owned<GMimePart> textPart(const Letter& letter) {
    Owned<GMimeTextPart> part{g_mime_text_part_new_with_subtype(letter.html ? "html" : "plain")};
    g_mime_text_part_set_charset(part.get(), "utf-8");
    g_mime_text_part_set_text(part.get(), letter.text.c_str());
    return Owned<GMimePart>{GMIME_PART(part.release())};
}

Result<Owned<GMimePart>> filePart(const Attachment& file, std::int64_t most) {
    const Result<std::string> bytes = file.content.bytes(static_cast<std::uint64_t>(most));
    if (!bytes)
        return Error{
            .code = Errc::kUnavailable, .message = "a file of the answer cannot be read", .problem = "email.file"};
    const std::size_t slash = file.content_type.find('/');
    const bool typed = slash != std::string::npos && slash > 0;
    Owned<GMimePart> part{
        g_mime_part_new_with_type(typed ? file.content_type.substr(0, slash).c_str() : "application",
                                  typed ? file.content_type.substr(slash + 1).c_str() : "octet-stream")};
    const Owned<GMimeStream> stream{g_mime_stream_mem_new_with_buffer(bytes->data(), bytes->size())};
    const Owned<GMimeDataWrapper> content{
        g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT)};
    g_mime_part_set_content(part.get(), content.get());
    g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_BASE64);
    GMimeObject* const object = GMIME_OBJECT(part.get());
    g_mime_object_set_content_type_parameter(object, "name", plainName(file.name).c_str());
    g_mime_object_set_disposition(object, GMIME_DISPOSITION_ATTACHMENT);
    g_mime_object_set_content_disposition_parameter(object, "filename", onOneLine(file.name).c_str());
    return part;
}

std::string written(GMimeMessage* message) {
    const Owned<GMimeStream> stream{g_mime_stream_mem_new()};
    GMimeFormatOptions* const format = g_mime_format_options_new();
    g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
    g_mime_format_options_set_param_encoding_method(format, GMIME_PARAM_ENCODING_METHOD_RFC2231);
    g_mime_object_write_to_stream(GMIME_OBJECT(message), format, stream.get());
    g_mime_format_options_free(format);
    const GByteArray* const bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(stream.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

/// "Fri, 06 Mar 2026 08:00:00 +0700"
std::string mailDate(Instant at) {
    using namespace std::chrono;
    constexpr std::array<const char*, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    constexpr std::array<const char*, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const auto local = at + hours{7};
    const auto day = floor<days>(local);
    const year_month_day date{day};
    const hh_mm_ss<seconds> time{floor<seconds>(local - day)};
    char text[48];
    std::snprintf(text, sizeof text, "%s, %02u %s %04d %02d:%02d:%02d +0700", kDays[weekday{day}.c_encoding()],
                  static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                  static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                  static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
    return text;
}

}  // namespace

Letter letterFor(const Delivery& delivery, const OutgoingSettings& settings) {
    const std::string tag = ThreadIds::tag(delivery.code) + ' ';
    Letter letter;
    if (delivery.kind == "notice") {
        const std::string subject = onOneLine(delivery.subject);
        letter.subject = subject.starts_with(tag) ? subject : tag + subject;
        letter.text = delivery.message;
        letter.html = delivery.message_type == "text/html";
        letter.automatic_reply = delivery.event == "received";
        return letter;
    }
    letter.subject = tag + onOneLine(settings.result_subject);
    letter.text = filled(settings.result_text,
                         {{"link", delivery.link}, {"code", delivery.code}, {"answer", delivery.result_text}});
    std::int64_t left = settings.max_size;
    for (const Attachment& file : delivery.attachments) {
        left -= static_cast<std::int64_t>(file.content.size());
        if (left < 0) break;  // The link leads to them.
        letter.files.push_back(file);
    }
    return letter;
}

Result<std::string> composed(const Letter& letter, const OutgoingSettings& settings) {
    prepareLibrary();
    const Owned<GMimeMessage> message{g_mime_message_new(FALSE)};
    GMimeObject* const head = GMIME_OBJECT(message.get());
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM,
                               settings.from.name.empty() ? nullptr : settings.from.name.c_str(),
                               settings.from.address.c_str());
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, nullptr, letter.to.c_str());
    g_mime_message_set_subject(message.get(), letter.subject.c_str(), "utf-8");
    setHeader(head, "Date", mailDate(letter.at));
    g_mime_message_set_message_id(message.get(), letter.message_id.c_str());
    if (!letter.in_reply_to.empty()) {
        setHeader(head, "In-Reply-To", '<' + letter.in_reply_to + '>');
        setHeader(head, "References", '<' + letter.in_reply_to + '>');
    }
    setHeader(head, "Auto-Submitted", letter.automatic_reply ? "auto-replied" : "auto-generated");
    setHeader(head, "X-Auto-Response-Suppress", "All");

    Owned<GMimePart> text = textPart(letter);
    if (letter.files.empty()) {
        g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(text.get()));
    } else {
        const Owned<GMimeMultipart> parts{g_mime_multipart_new_with_subtype("mixed")};
        g_mime_multipart_add(parts.get(), GMIME_OBJECT(text.get()));
        for (const Attachment& file : letter.files) {
            Result<Owned<GMimePart>> part = filePart(file, settings.max_size);
            if (!part) return std::move(part).error();
            g_mime_multipart_add(parts.get(), GMIME_OBJECT(part->get()));
        }
        g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(parts.get()));
    }
    g_mime_object_encode(head, GMIME_ENCODING_CONSTRAINT_7BIT);
    return written(message.get());
}

}  // namespace pakn::in_email

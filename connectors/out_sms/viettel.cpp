/// @file
/// Viettel `bulkSms`: SOAP, one operation, and an answer that says 1 or, in words, why not. Nothing tells whether a
/// request id is known, so what may have arrived is never sent again by itself.

#include <algorithm>

#include "core/spreadsheet/xml.hpp"
#include "driver.hpp"
#include "pakn/sdk/text.hpp"

namespace pakn::out_sms {
namespace {

constexpr std::size_t kMostAnswer = 64U << 10U;
constexpr std::size_t kMostText = 2000;
constexpr std::size_t kMostShown = 80;
/// So much of the message's own words in a row is an echo of it.
constexpr std::size_t kEcho = 8;

std::string escaped(std::string_view text) {
    std::string xml;
    for (const char c : text) {
        switch (c) {
            case '&':
                xml += "&amp;";
                break;
            case '<':
                xml += "&lt;";
                break;
            case '>':
                xml += "&gt;";
                break;
            case '"':
                xml += "&quot;";
                break;
            case '\'':
                xml += "&apos;";
                break;
            default:
                // Other control characters have no place in XML, not even as references.
                if (static_cast<unsigned char>(c) >= ' ') xml += c;
        }
    }
    return xml;
}

/// The texts of the answer's elements, by name; the first of each counts.
struct AnswerReader final : spreadsheet::XmlHandler {
    void begin(std::string_view name, const spreadsheet::XmlAttributes&) override {
        inside.assign(name);
        if (name == "result" || name == "message" || name == "faultcode") wanted = texts.try_emplace(inside).second;
    }
    void text(std::string_view piece) override {
        if (!wanted) return;
        std::string& whole = texts[inside];
        whole += piece.substr(0, kMostText - std::min(kMostText, whole.size()));
    }
    void end(std::string_view) override { wanted = false; }

    std::string inside;
    bool wanted = false;
    std::map<std::string, std::string, std::less<>> texts;
};

std::string trimmed(std::string_view text) {
    const std::size_t from = text.find_first_not_of(" \t\r\n");
    if (from == std::string_view::npos) return {};
    return std::string{text.substr(from, text.find_last_not_of(" \t\r\n") - from + 1)};
}

bool isLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// Whether a word of the text begins with one of `words`; whatever is no letter is between words.
bool saysAny(std::string_view text, const std::vector<std::string>& words) {
    const std::string small = lower(text);
    for (std::size_t i = 0; i < small.size(); ++i) {
        const bool begins = isLetter(small[i]) && (i == 0 || !isLetter(small[i - 1]));
        if (begins && std::any_of(words.begin(), words.end(), [&](const std::string& word) {
                return std::string_view{small}.substr(i).starts_with(word);
            }))
            return true;
    }
    return false;
}

bool repeats(const std::string& said, const std::string& content) {
    for (std::size_t i = 0; i + kEcho <= said.size(); ++i)
        if (content.find(said.substr(i, kEcho)) != std::string::npos) return true;
    return false;
}

/// What an operator may read of the gateway's words: letters and signs, no digits (a number, a code), and nothing when
/// they repeat what the message says or how we signed in.
std::string shown(std::string_view said, const Message& message, const Options& options) {
    const std::string small = lower(said);
    const bool tells = small.find(lower(options.user)) != std::string::npos ||
                       small.find(lower(options.password)) != std::string::npos;
    if (tells || repeats(small, lower(message.text))) return {};
    std::string text;
    for (const char c : said.substr(0, kMostShown))
        text += isLetter(c) || std::string_view{" _:.,-/"}.find(c) != std::string_view::npos ? c : '#';
    return text;
}

class Viettel final : public Driver {
public:
    explicit Viettel(const Options& options) : options_{options} {}

    [[nodiscard]] std::string_view name() const override { return "viettel"; }
    [[nodiscard]] std::string_view problem() const override { return "sms.viettel_"; }
    /// Digits alone: the one id that is known to be taken is "1".
    [[nodiscard]] std::string requestId(std::string_view key, bool) const override {
        constexpr std::uint64_t kDigits18 = 1000000000000000000ULL;
        const std::uint64_t number = std::stoull(shortHash(key), nullptr, 16) % kDigits18;
        return std::to_string(std::max<std::uint64_t>(number, 1));
    }
    [[nodiscard]] bool knowsIds() const override { return false; }
    [[nodiscard]] bool takesUnicode(const Number&) const override { return true; }

    [[nodiscard]] HttpRequest request(const Message& message) const override {
        std::string xml = R"(<?xml version="1.0" encoding="UTF-8"?>)"
                          R"(<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/")"
                          R"( xmlns:impl="http://impl.bulkSms.ws/"><soapenv:Header/><soapenv:Body><impl:wsCpMt>)";
        const auto field = [&](std::string_view name, std::string_view value) {
            xml.append("<").append(name).append(">").append(escaped(value)).append("</").append(name).append(">");
        };
        field("User", options_.user);
        field("Password", options_.password);
        field("CPCode", options_.viettel_cp_code);
        field("RequestID", message.request_id);
        field("UserID", internationalForm(message.number));
        field("ReceiverID", internationalForm(message.number));
        field("ServiceID", options_.brand);
        field("CommandCode", options_.viettel_command);
        field("Content", message.text);
        field("ContentType",
              message.alphabet == Alphabet::kGsm ? options_.viettel_plain_type : options_.viettel_unicode_type);
        xml += "</impl:wsCpMt></soapenv:Body></soapenv:Envelope>";
        return {.method = "POST",
                .url = options_.url,
                .headers = {{"content-type", "text/xml; charset=utf-8"}, {"soapaction", R"("")"}},
                .body = std::move(xml)};
    }

    [[nodiscard]] Result<Verdict> read(std::string_view body, const Message& message) const override {
        const Result<std::map<std::string, std::string, std::less<>>> texts = textsOf(body);
        if (!texts) return texts.error();
        const auto result = texts->find("result");
        if (result == texts->end()) return Error{.code = Errc::kInvalid, .message = "an answer without a result"};
        if (trimmed(result->second) == "1") return Verdict{.remedy = Remedy::kSent, .code = "1", .meaning = "queued"};
        const auto said = texts->find("message");
        return refusal(said == texts->end() ? std::string{} : trimmed(said->second), message);
    }

    /// A fault of the client's side: the request was not understood, so nothing was sent.
    [[nodiscard]] std::optional<Verdict> readFault(std::string_view body) const override {
        const auto texts = textsOf(body);
        if (!texts) return std::nullopt;
        const auto code = texts->find("faultcode");
        if (code == texts->end() || !trimmed(code->second).ends_with("Client")) return std::nullopt;
        return Verdict{.remedy = Remedy::kMend, .code = "fault", .meaning = "it does not understand the request"};
    }

private:
    static Result<std::map<std::string, std::string, std::less<>>> textsOf(std::string_view body) {
        if (body.size() > kMostAnswer) return Error{.code = Errc::kInvalid, .message = "an answer of more than 64 KB"};
        AnswerReader reader;
        if (const Status read = spreadsheet::readXml(body, reader); !read)
            return Error{.code = Errc::kInvalid, .message = "an answer that is no XML"};
        return std::move(reader.texts);
    }

    [[nodiscard]] Verdict refusal(const std::string& said, const Message& message) const {
        Remedy remedy = Remedy::kNever;
        if (saysAny(said, options_.viettel_pause_words))
            remedy = Remedy::kPause;
        else if (saysAny(said, options_.viettel_retry_words))
            remedy = Remedy::kAgain;
        const std::string words = shown(said, message, options_);
        return {.remedy = remedy,
                .code = "refused",
                .meaning = words.empty() ? "it does not say why" : "it says: " + words};
    }

    const Options& options_;
};

}  // namespace

std::unique_ptr<Driver> makeViettel(const Options& options) { return std::make_unique<Viettel>(options); }

}  // namespace pakn::out_sms

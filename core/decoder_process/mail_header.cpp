#include "core/decoder_process/mail_header.hpp"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>

#include "core/decoder_process/mail_text.hpp"
#include "core/decoder_process/mail_words.hpp"

namespace pakn::decoder_process {

namespace {

constexpr std::size_t kMostName = 1000;    ///< Code points.
constexpr std::size_t kMostAddress = 254;  ///< Bytes (RFC 5321).
constexpr std::size_t kMostValue = 64U << 10U;

/// "Local@DOMAIN" as it is compared; empty when it is none.
std::string soundAddress(std::string_view raw) {
    std::string address = cleanLine(raw, kMostAddress + 1);
    if (const std::size_t route = address.find(':'); address.starts_with('@') && route != std::string::npos)
        address.erase(0, route + 1);
    if (std::erase_if(address, [](char c) { return c == '<' || c == '>'; }) > 0)
        address = cleanLine(address, kMostAddress + 1);  // A mark behind it may compose with what stood before.
    const std::size_t at = address.rfind('@');
    const bool blank = !address.starts_with('"') && address.find(' ') != std::string::npos;
    if (blank || at == std::string::npos || at == 0 || at + 1 == address.size() || address.size() > kMostAddress)
        return {};
    // Some marks compose with small letters only.
    return cleanLine(address.substr(0, at + 1) + asciiLower(std::string_view{address}.substr(at + 1)), kMostAddress);
}

/// Reads a list of addresses in one pass. Broken ones cost themselves, not their neighbours.
class AddressReader {
public:
    AddressReader(std::string_view text, std::size_t most) : text_{text}, most_{most} {}

    std::vector<Mailbox> read() {
        while (at_ < text_.size() && found_.size() < most_) step();
        finish();
        if (found_.size() > most_) found_.resize(most_);
        return std::move(found_);
    }

private:
    void step() {
        const char c = text_[at_];
        if (const std::size_t end = c == '=' ? encodedWordEnd(text_, at_) : 0; end > 0) {
            phrase_ += text_.substr(at_, end - at_);
            at_ = end;
            return;
        }
        ++at_;
        switch (c) {
            case '"':
                quoted();
                return;
            case '(':
                comment();
                return;
            case '<':
                angle();
                return;
            case ',':
            case ';':
                finish();
                return;
            case ':':  // What stood before is the name of a group.
                phrase_.clear();
                bare_.clear();
                return;
            default:
                phrase_ += c;
                bare_ += c;
        }
    }

    void quoted() {
        bare_ += '"';
        for (; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            phrase_ += text_[at_];
            bare_ += text_[at_];
        }
        if (at_ < text_.size()) ++at_;
        bare_ += '"';
    }

    void comment() {
        std::size_t depth = 1;
        for (; at_ < text_.size() && depth > 0; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                comment_ += text_[++at_];
                continue;
            }
            if (text_[at_] == '(') ++depth;
            if (text_[at_] == ')') --depth;
            if (depth > 0) comment_ += text_[at_];
        }
        phrase_ += ' ';
    }

    void angle() {
        const std::size_t end = std::min(text_.find_first_of(">,;", at_), text_.size());
        // A route has commas: "<@a,@b:c@d>".
        const std::size_t close =
            text_.substr(at_).starts_with('@') ? std::min(text_.find('>', at_), text_.size()) : end;
        address_ = soundAddress(text_.substr(at_, close - at_));
        at_ = close < text_.size() && text_[close] == '>' ? close + 1 : close;
    }

    void finish() {
        Mailbox mailbox{.address = address_};
        if (!address_.empty()) {
            mailbox.name = cleanLine(decodeWords(phrase_), kMostName);
        } else {
            mailbox.address = soundAddress(bare_);
            mailbox.name = cleanLine(decodeWords(comment_), kMostName);
        }
        if (!mailbox.address.empty()) found_.push_back(std::move(mailbox));
        for (std::string* one : {&phrase_, &bare_, &comment_, &address_}) one->clear();
    }

    std::string_view text_;
    std::size_t most_;
    std::size_t at_ = 0;
    std::string phrase_ = {};   ///< Everything that is no address, quotes taken away.
    std::string bare_ = {};     ///< The same with them: the address when there is no "<".
    std::string comment_ = {};  ///< The name, as it was written long ago.
    std::string address_ = {};
    std::vector<Mailbox> found_ = {};
};

std::string unfolded(std::string_view raw) {
    std::string line{raw.substr(0, kMostValue)};
    for (char& c : line)
        if (c == '\r' || c == '\n' || c == '\t') c = ' ';
    return line;
}

struct UnrefDate {
    void operator()(GDateTime* date) const { ::g_date_time_unref(date); }
};

}  // namespace

std::string_view Header::operator[](std::string_view name) const {
    const auto found = std::find_if(fields.begin(), fields.end(), [&](const Field& one) { return one.name == name; });
    return found == fields.end() ? std::string_view{} : std::string_view{found->value};
}

std::size_t Header::count(std::string_view name) const {
    return static_cast<std::size_t>(
        std::count_if(fields.begin(), fields.end(), [&](const Field& one) { return one.name == name; }));
}

std::string_view fieldName(std::string_view line) {
    constexpr std::size_t kLongest = 100;
    const std::size_t colon = line.substr(0, kLongest).find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view name = line.substr(0, colon);
    const std::string_view tight = name.substr(0, name.find_last_not_of(" \t") + 1);
    const bool sound = std::all_of(tight.begin(), tight.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
               c == '.';
    });
    return sound ? tight : std::string_view{};
}

Header parseHeader(std::string_view bytes) {
    Header header;
    bool in_field = false;
    for (std::size_t lines = 0; header.body < bytes.size(); ++lines) {
        const std::size_t end = std::min(bytes.find('\n', header.body), bytes.size());
        std::string_view line = bytes.substr(header.body, end - header.body);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (end > kMostHeaderBytes || lines >= kMostHeaderLines) {
            header.too_large = true;
            return header;
        }
        header.body = std::min(end + 1, bytes.size());
        if (line.empty()) return header;
        if (line.front() == ' ' || line.front() == '\t') {
            if (in_field) header.fields.back().value.append("\n").append(line);
            continue;
        }
        const std::string_view name = fieldName(line);
        in_field = !name.empty();
        if (in_field)
            header.fields.push_back({.name = asciiLower(name), .value = std::string{line.substr(line.find(':') + 1)}});
    }
    return header;
}

std::vector<Mailbox> parseAddresses(std::string_view raw, std::size_t most) {
    const std::string line = unfolded(raw);
    return AddressReader{line, most}.read();
}

std::string parseAddress(std::string_view raw) {
    const std::vector<Mailbox> found = parseAddresses(raw, 1);
    return found.empty() ? std::string{} : found.front().address;
}

std::vector<std::string> parseMessageIds(std::string_view raw) {
    constexpr std::size_t kLongest = 250;
    const std::string line = unfolded(raw);
    const std::string_view text = line;
    const bool bracketed = text.find('<') != std::string_view::npos;
    std::vector<std::string> ids;
    for (std::size_t at = 0; at < text.size();) {
        at = std::min(bracketed ? text.find('<', at) : text.find_first_not_of(' ', at), text.size());
        if (at == text.size()) break;
        if (bracketed) ++at;
        const std::size_t end = std::min(text.find_first_of(bracketed ? ">" : " ", at), text.size());
        std::string id = cleanLine(text.substr(at, end - at), kLongest + 1);
        // Folded in the middle; a mark behind the blank may compose with what stood before.
        if (std::erase(id, ' ') > 0) id = cleanLine(id, kLongest + 1);
        if (!id.empty() && id.size() <= kLongest) ids.push_back(std::move(id));
        at = end;
    }
    return ids;
}

std::optional<std::int64_t> parseDate(std::string_view raw) {
    constexpr std::size_t kLongest = 120;
    constexpr std::int64_t kYear10000 = 253'402'300'800;
    const std::string line{trimmed(unfolded(raw.substr(0, kLongest)))};
    if (line.empty()) return std::nullopt;
    const std::unique_ptr<GDateTime, UnrefDate> date{::g_mime_utils_header_decode_date(line.c_str())};
    if (!date) return std::nullopt;
    const std::int64_t seconds = ::g_date_time_to_unix(date.get());
    if (seconds < 0 || seconds >= kYear10000) return std::nullopt;
    return seconds * 1000;
}

}  // namespace pakn::decoder_process

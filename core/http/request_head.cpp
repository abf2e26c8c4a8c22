#include "core/http/request_head.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "core/http/encoding.hpp"
#include "core/http/mounts.hpp"
#include "core/http/problems.hpp"
#include "core/http/sign_in_path.hpp"

namespace pakn::http {
namespace {

constexpr std::string_view kLineEnd = "\r\n";

constexpr bool isTokenChar(char c) {
    const bool letter_or_digit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
    return letter_or_digit || std::string_view{"!#$%&'*+-.^_`|~"}.find(c) != std::string_view::npos;
}

bool isToken(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), isTokenChar); }

/// Visible characters, spaces, tabs, and bytes beyond ASCII.
bool isFieldValue(std::string_view text) {
    return std::all_of(text.begin(), text.end(),
                       [](char c) { return c == '\t' || (static_cast<unsigned char>(c) >= ' ' && c != '\x7F'); });
}

bool isTarget(std::string_view text) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c <= '~'; });
}

std::string_view trimmed(std::string_view text) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
    return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// The next line without its end. A bare CR or LF is part of no line.
std::optional<std::string_view> takeLine(std::string_view& rest) {
    const std::size_t end = rest.find(kLineEnd);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end + kLineEnd.size());
    if (line.find_first_of("\r\n") != std::string_view::npos) return std::nullopt;
    return line;
}

/// True when a comma-separated field names the option.
bool listNames(std::string_view list, std::string_view option) {
    while (!list.empty()) {
        const std::string_view one = list.substr(0, list.find(','));
        if (equalIgnoringCase(trimmed(one), option)) return true;
        list.remove_prefix(std::min(one.size() + 1, list.size()));
    }
    return false;
}

/// A field that the hub uses. Twice the same is refused unless it is a list.
struct Known {
    std::string_view name;
    std::string RequestHead::*value;
    std::string_view joined_by = {};
};
constexpr std::array kKnown{
    Known{"Content-Type", &RequestHead::content_type},
    Known{"Authorization", &RequestHead::authorization},
    Known{"Cookie", &RequestHead::cookie, "; "},
    Known{"X-CSRF-Token", &RequestHead::csrf_token},
    Known{"Idempotency-Key", &RequestHead::idempotency_key},
    Known{"If-Match", &RequestHead::if_match},
    Known{"Accept", &RequestHead::accept, ", "},
    Known{"X-Forwarded-For", &RequestHead::forwarded_for, ","},
    Known{"X-Forwarded-Proto", &RequestHead::forwarded_proto},
    Known{"traceparent", &RequestHead::traceparent},
};

class Parser {
public:
    explicit Parser(std::size_t most_body) : most_body_{most_body} {}

    Result<RequestHead> parse(std::string_view rest) {
        const std::optional<std::string_view> request_line = takeLine(rest);
        if (!request_line) return problemError("request.malformed");
        if (Status read = readRequestLine(*request_line); !read) return std::move(read).error();
        for (std::size_t fields = 0;; ++fields) {
            const std::optional<std::string_view> line = takeLine(rest);
            if (!line) return problemError("request.malformed");
            if (line->empty()) break;
            if (fields == kMostFields) return problemError("request.head_too_large");
            if (!readField(*line)) return problemError("request.malformed");
        }
        if (Status framed = readFraming(); !framed) return std::move(framed).error();
        // RFC 9112 section 3.2: exactly one Host, always in 1.1.
        if (hosts_ > 1 || (hosts_ == 0 && minor_ == 1)) return problemError("request.malformed");
        head_.keep_alive = minor_ == 1 ? !closes_ : keeps_ && !closes_;
        head_.expects_continue = head_.expects_continue && minor_ == 1;
        return std::move(head_);
    }

private:
    Status readRequestLine(std::string_view line) {
        const std::size_t method_end = line.find(' ');
        const std::size_t version_at = line.rfind(' ');
        if (method_end == std::string_view::npos || version_at == method_end) return problemError("request.malformed");
        const std::string_view version = line.substr(version_at + 1);
        std::string_view target = line.substr(method_end + 1, version_at - method_end - 1);
        if (version != "HTTP/1.1" && version != "HTTP/1.0") return problemError("request.malformed");
        minor_ = version.back() - '0';
        head_.method = line.substr(0, method_end);
        if (!isToken(head_.method) || !isTarget(target)) return problemError("request.malformed");
        if (target.size() > kMostTarget) return problemError("request.target_too_long");
        for (const std::string_view scheme : {"http://", "https://"}) {  // The absolute form, as proxies write it.
            if (!equalIgnoringCase(target.substr(0, scheme.size()), scheme)) continue;
            target.remove_prefix(std::min(target.find('/', scheme.size()), target.size()));
            if (target.empty()) target = "/";
        }
        if (target.front() != '/' && target != "*") return problemError("request.malformed");
        head_.target = target;
        const std::string_view path = target.substr(0, target.find('?'));
        for_connector_ = !isHubs(path) || !signInConnector(path).empty();
        return Done{};
    }

    bool readField(std::string_view line) {
        const std::size_t colon = line.find(':');
        if (colon == std::string_view::npos) return false;
        const std::string_view name = line.substr(0, colon);  // No space before the colon, no folded lines.
        const std::string_view value = trimmed(line.substr(colon + 1));
        if (!isToken(name) || !isFieldValue(value)) return false;
        if (for_connector_) gather(name, value);
        if (equalIgnoringCase(name, "Content-Length")) return ++lengths_, length_ = value, true;
        if (equalIgnoringCase(name, "Transfer-Encoding")) return ++encodings_, encoding_ = value, true;
        if (equalIgnoringCase(name, "Host")) return ++hosts_, true;
        if (equalIgnoringCase(name, "Connection")) {
            closes_ = closes_ || listNames(value, "close");
            keeps_ = keeps_ || listNames(value, "keep-alive");
            return true;
        }
        if (equalIgnoringCase(name, "Expect")) {
            head_.expects_continue = equalIgnoringCase(value, "100-continue");
            return true;
        }
        for (const Known& known : kKnown)
            if (equalIgnoringCase(name, known.name)) return keep(known, value);
        return true;
    }

    void gather(std::string_view name, std::string_view value) {
        std::string lower{name};
        std::transform(lower.begin(), lower.end(), lower.begin(),
                       [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
        const bool cookie = lower == "cookie";
        const auto [at, is_new] = head_.headers.try_emplace(std::move(lower), value);
        if (!is_new) at->second.append(cookie ? "; " : ", ").append(value);
    }

    bool keep(const Known& known, std::string_view value) {
        std::string& kept = head_.*known.value;
        if (!kept.empty() && known.joined_by.empty()) return false;
        if (!kept.empty()) kept += known.joined_by;
        kept += value;
        return true;
    }

    Status readFraming() {
        if (lengths_ + encodings_ > 1) return problemError("request.malformed");
        if (encodings_ == 1) {
            if (!equalIgnoringCase(encoding_, "chunked") || minor_ == 0) return problemError("request.malformed");
            head_.framing.chunked = true;
        }
        if (lengths_ == 0) return Done{};  // RFC 9112 section 6.3: no body.
        const char* const end = length_.data() + length_.size();
        const auto [stopped, error] = std::from_chars(length_.data(), end, head_.framing.length);
        if (error == std::errc::result_out_of_range) return problemError("request.too_large");
        if (error != std::errc{} || stopped != end) return problemError("request.malformed");
        if (head_.framing.length > most_body_) return problemError("request.too_large");
        return Done{};
    }

    const std::size_t most_body_;
    RequestHead head_;
    int minor_ = 1;
    int hosts_ = 0;
    int lengths_ = 0;
    int encodings_ = 0;
    std::string_view length_;
    std::string_view encoding_;
    bool for_connector_ = false;
    bool closes_ = false;
    bool keeps_ = false;
};

}  // namespace

std::size_t headLength(std::string_view bytes, std::size_t from) {
    constexpr std::string_view kEnd = "\r\n\r\n";
    const std::size_t end = bytes.find(kEnd, from < kEnd.size() ? 0 : from - kEnd.size());
    return end == std::string_view::npos ? 0 : end + kEnd.size();
}

Result<RequestHead> parseHead(std::string_view head, std::size_t most_body) { return Parser{most_body}.parse(head); }

}  // namespace pakn::http

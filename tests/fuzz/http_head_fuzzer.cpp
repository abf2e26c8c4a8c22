/// @file
/// The head of a request, and what its fields carry: query, cookies, forwarded addresses, trace id. What is accepted
/// must be readable in one way only, however it came over the wire.

#include <algorithm>

#include "core/http/client_address.hpp"
#include "core/http/encoding.hpp"
#include "core/http/request_head.hpp"
#include "core/http/session_cookie.hpp"
#include "core/http/trace.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::http;

constexpr std::size_t kMostBody = 25U << 20U;

std::string lower(std::string_view text) {
    std::string made{text};
    for (char& c : made)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return made;
}

/// The fields of a head as a plain reader of RFC 9112 sees them: a second opinion.
std::vector<std::pair<std::string, std::string>> fieldsOf(std::string_view head) {
    std::vector<std::pair<std::string, std::string>> fields;
    head.remove_prefix(head.find("\r\n") + 2);
    for (std::size_t end = head.find("\r\n"); end != 0; end = head.find("\r\n")) {
        const std::string_view line = head.substr(0, end);
        head.remove_prefix(end + 2);
        const std::size_t colon = line.find(':');
        std::string_view value = line.substr(colon + 1);
        while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
        while (!value.empty() && (value.back() == ' ' || value.back() == '\t')) value.remove_suffix(1);
        fields.emplace_back(lower(line.substr(0, colon)), value);
    }
    return fields;
}

void checkFraming(const RequestHead& head, std::string_view text) {
    std::size_t lengths = 0;
    std::size_t encodings = 0;
    for (const auto& [name, value] : fieldsOf(text)) {
        FUZZ_CHECK(!name.empty() && name.find_first_of(" \t\r\n") == std::string::npos);
        if (name == "content-length") {
            ++lengths;
            FUZZ_CHECK(!value.empty() && value.find_first_not_of("0123456789") == std::string::npos);
            FUZZ_CHECK(std::stoull(value) == head.framing.length);
        }
        if (name == "transfer-encoding") {
            ++encodings;
            FUZZ_CHECK(lower(value) == "chunked" && head.framing.chunked);
        }
    }
    FUZZ_CHECK(lengths + encodings <= 1);
    FUZZ_CHECK(lengths == 1 || head.framing.length == 0);
    FUZZ_CHECK(encodings == 1 || !head.framing.chunked);
}

/// An empty field behind another of the same name leaves a separator at the end, which is no part of a value.
std::string_view withoutBlanks(std::string_view text) {
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    return text;
}

/// Written anew from what was read, and read again.
void checkAgain(const RequestHead& head) {
    std::string again = head.method + ' ' + head.target + " HTTP/1.1\r\nhost: a\r\n";
    const auto add = [&](std::string_view name, const std::string& value) {
        if (!value.empty()) again.append(name).append(": ").append(value).append("\r\n");
    };
    if (head.framing.chunked) add("transfer-encoding", "chunked");
    if (head.framing.length > 0) add("content-length", std::to_string(head.framing.length));
    add("connection", head.keep_alive ? "keep-alive" : "close");
    add("content-type", head.content_type);
    add("authorization", head.authorization);
    add("cookie", head.cookie);
    add("x-csrf-token", head.csrf_token);
    add("idempotency-key", head.idempotency_key);
    add("if-match", head.if_match);
    add("accept", head.accept);
    add("x-forwarded-for", head.forwarded_for);
    add("x-forwarded-proto", head.forwarded_proto);
    add("traceparent", head.traceparent);
    again += "\r\n";
    const Result<RequestHead> second = parseHead(again, kMostBody);
    FUZZ_CHECK(second.ok());
    FUZZ_CHECK(second->method == head.method && second->target == head.target);
    FUZZ_CHECK(second->framing.chunked == head.framing.chunked && second->framing.length == head.framing.length);
    FUZZ_CHECK(second->keep_alive == head.keep_alive);
    FUZZ_CHECK(second->content_type == head.content_type && second->authorization == head.authorization);
    FUZZ_CHECK(second->cookie == withoutBlanks(head.cookie) && second->csrf_token == head.csrf_token);
    FUZZ_CHECK(second->idempotency_key == head.idempotency_key && second->if_match == head.if_match);
    FUZZ_CHECK(second->accept == withoutBlanks(head.accept) && second->forwarded_for == head.forwarded_for);
    FUZZ_CHECK(second->forwarded_proto == head.forwarded_proto && second->traceparent == head.traceparent);
}

void checkFields(const RequestHead& head) {
    static const TrustedProxies kProxies{{"10.0.0.0/8", "127.0.0.1", "2001:db8::/32"}};
    if (const auto client = kProxies.clientBehind(head.forwarded_for)) {
        FUZZ_CHECK(parseAddress(toText(*client)) == client);
        FUZZ_CHECK(countedAs(countedAs(*client)) == countedAs(*client));
    }
    for (const std::string_view name : {kSessionCookie, kCsrfCookie, kSignInCookie, kCitizenCookie}) {
        const std::string_view value = cookieValue(head.cookie, name);
        FUZZ_CHECK(value.find(';') == std::string_view::npos);
        FUZZ_CHECK(value.empty() || head.cookie.find(std::string{name}.append("=").append(value)) != std::string::npos);
    }
    const std::string trace = traceOf(head.traceparent);
    FUZZ_CHECK(!trace.empty() && trace.size() <= 40 && trace.find_first_of("\r\n \t") == std::string::npos);
    const std::string type = mediaType(head.content_type);
    FUZZ_CHECK(mediaType(type) == type);
    if (const auto boundary = headerParameter(head.content_type, "boundary"))
        FUZZ_CHECK(boundary->size() <= head.content_type.size());
    const std::size_t question = std::min(head.target.find('?'), head.target.size());
    for (const bool plus : {false, true}) {
        const auto plain = decodePercent(std::string_view{head.target}.substr(0, question), plus);
        if (!plain) continue;
        FUZZ_CHECK(plain->size() <= question);
        FUZZ_CHECK(decodePercent(encodePercent(*plain), plus) == plain);
    }
}

}  // namespace

void tryOne(std::string_view input) {
    // Found at the same place however it came.
    const std::size_t length = headLength(input);
    Cuts cuts{input};
    std::size_t looked = 0;
    std::size_t found = 0;
    while (looked < input.size() && found == 0) {
        const std::size_t seen = std::min(input.size(), looked + 1 + cuts.next(40));
        found = headLength(input.substr(0, seen), looked);
        looked = seen;
    }
    FUZZ_CHECK(found == length);

    const Exact text{length > 0 ? input.substr(0, length) : input};
    const Result<RequestHead> head = parseHead(text.view(), kMostBody);
    if (!head) {
        FUZZ_CHECK(head.error().problem.starts_with("request."));
        return;
    }
    FUZZ_CHECK(length > 0);
    FUZZ_CHECK(head->target.size() <= kMostTarget && head->framing.length <= kMostBody);
    FUZZ_CHECK(head->target == "*" || head->target.front() == '/');
    FUZZ_CHECK(head->target.find_first_of(" \t\r\n") == std::string::npos);
    checkFraming(*head, text.view());
    checkAgain(*head);
    checkFields(*head);
}

}  // namespace pakn::fuzz

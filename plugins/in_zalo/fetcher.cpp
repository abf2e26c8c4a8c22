#include "fetcher.hpp"

#include <algorithm>
#include <chrono>

namespace pakn::in_zalo {
namespace {

constexpr std::chrono::seconds kRest{10};
constexpr int kMostRedirects = 3;
constexpr std::size_t kMostHosts = 200;
constexpr std::string_view kHostAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789.-";

std::string lowered(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

bool isHostName(std::string_view host) {
    return !host.empty() && host.front() != '.' && host.front() != '-' &&
           host.find_first_not_of(kHostAlphabet) == std::string_view::npos && host.find('.') != std::string_view::npos;
}

/// A bare address of four numbers, or of six: nobody's name, so no pattern means it.
bool isNumeric(std::string_view host) { return host.find_first_not_of("0123456789.") == std::string_view::npos; }

Error error(Errc code, std::string message, std::string problem) {
    return {.code = code, .message = std::move(message), .problem = std::move(problem)};
}

/// What a client did wrong stays wrong (403: the link has expired), but for time and haste.
bool isFinal(int status) { return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429; }

/// Where a redirect leads; empty when it says nothing that can be followed.
std::string targetOf(const HttpResponse& answer, const std::string& origin) {
    const auto location = answer.headers.find("location");
    if (location == answer.headers.end() || location->second.empty()) return {};
    const std::string& to = location->second;
    if (to.front() != '/') return to;
    return to.size() > 1 && to[1] == '/' ? "https:" + to : origin + to;
}

}  // namespace

std::string originOf(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::string scheme = lowered(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return {};
    const std::string_view rest = url.substr(scheme_end + 3);
    std::string host = lowered(rest.substr(0, rest.find_first_of("/?#")));
    // A user name before the host, a backslash, a blank: two readers of one address may read them differently.
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    if (host.empty() || host.find_first_not_of(kAllowed) != std::string::npos) return {};
    const std::string usual = scheme == "https" ? ":443" : ":80";
    if (host.size() > usual.size() && host.compare(host.size() - usual.size(), usual.size(), usual) == 0)
        host.resize(host.size() - usual.size());
    return scheme + "://" + host;
}

bool isHostRule(std::string_view rule) {
    if (rule.find("://") != std::string_view::npos) return !originOf(rule).empty();
    if (rule.substr(0, 2) == "*.") return isHostName(rule.substr(2)) && !isNumeric(rule.substr(2));
    return isHostName(rule);
}

bool Fetcher::isAllowed(const std::string& origin) const {
    constexpr std::string_view kSecure = "https://";
    const std::string_view host = std::string_view{origin}.substr(std::min(origin.size(), kSecure.size()));
    return std::any_of(rules_.hosts.begin(), rules_.hosts.end(), [&](const std::string& written) {
        const std::string rule = lowered(written);
        if (rule.find("://") != std::string::npos) return origin == originOf(rule);
        if (origin.compare(0, kSecure.size(), kSecure) != 0 || !isHostName(host)) return false;
        if (rule.compare(0, 2, "*.") != 0) return host == rule;
        const std::string_view behind = std::string_view{rule}.substr(1);
        return host.size() > behind.size() && host.substr(host.size() - behind.size()) == behind;
    });
}

Result<std::string> Fetcher::fetch(const std::string& url) {
    std::string next = url;
    for (int hop = 0; hop <= kMostRedirects; ++hop) {
        const std::string origin = originOf(next);
        if (origin.empty() || !isAllowed(origin))
            return error(Errc::kForbidden, "its host is not among attachment_hosts", "zalo.host_not_allowed");
        Result<HttpResponse> answer = ask(next, origin);
        if (!answer) return answer.error();
        if (answer->status >= 200 && answer->status < 300) {
            if (answer->body.empty()) return error(Errc::kRejected, "the file is empty", "zalo.file_lost");
            return std::move(answer->body);
        }
        const std::string status = std::to_string(answer->status);
        if (answer->status < 300 || answer->status >= 400)
            return error(isFinal(answer->status) ? Errc::kRejected : Errc::kUnavailable,
                         "the host of a file answered " + status, "zalo.file_lost");
        next = targetOf(*answer, origin);
    }
    return error(Errc::kRejected, "a file's address leads on and on", "zalo.file_lost");
}

Result<HttpResponse> Fetcher::ask(const std::string& url, const std::string& origin) {
    const Instant now = services_.now();
    if (const auto down = down_until_.find(origin); down != down_until_.end() && now < down->second)
        return error(Errc::kUnavailable, "the host of a file did not answer a moment ago", "zalo.file_lost");
    Result<HttpResponse> answer = services_.http().perform({.url = url}, rules_.limits);
    if (answer) return answer;
    Error why = std::move(answer).error();
    // An address may hold what opens the file: only the kind of failure is told.
    if (why.problem == "http.answer_too_large")
        return error(Errc::kRejected, "a file is larger than max_attachment", "zalo.file_lost");
    if (why.code != Errc::kUnavailable && why.code != Errc::kUnknownOutcome)
        return error(Errc::kRejected, "a file's address cannot be asked", "zalo.file_lost");
    if (down_until_.size() >= kMostHosts) down_until_.clear();
    down_until_.insert_or_assign(origin, now + kRest);
    return error(Errc::kUnavailable, "the host of a file does not answer", "zalo.file_lost");
}

}  // namespace pakn::in_zalo

#include "fetcher.hpp"

#include <algorithm>

namespace pakn::in_portal {
namespace {

constexpr std::chrono::minutes kRest{1};

std::string lowered(std::string_view text) {
    std::string result{text};
    for (char& c : result)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    return result;
}

/// What a client did wrong stays wrong, but for logins that expired, time and haste.
bool isFinal(int status) {
    return status >= 400 && status < 500 && status != 401 && status != 403 && status != 408 && status != 425 &&
           status != 429;
}

}  // namespace

std::string originOf(std::string_view url) {
    const auto scheme_end = url.find("://");
    if (scheme_end == std::string_view::npos) return {};
    const std::string scheme = lowered(url.substr(0, scheme_end));
    if (scheme != "http" && scheme != "https") return {};
    const std::string_view rest = url.substr(scheme_end + 3);
    std::string host = lowered(rest.substr(0, rest.find_first_of("/?#")));
    // A user name before the host, or a character that two readers of one address may read differently.
    constexpr std::string_view kAllowed = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]";
    if (host.empty() || host.find_first_not_of(kAllowed) != std::string::npos) return {};
    const std::string usual = scheme == "https" ? ":443" : ":80";
    if (host.size() > usual.size() && host.compare(host.size() - usual.size(), usual.size(), usual) == 0)
        host.resize(host.size() - usual.size());
    return scheme + "://" + host;
}

Result<std::string> Fetcher::fetch(const std::string& url, std::chrono::milliseconds within) {
    const std::string origin = originOf(url);
    const bool allowed =
        !origin.empty() && std::any_of(rules_.hosts.begin(), rules_.hosts.end(), [&](const auto& host) {
            return origin == originOf(host.find("://") == std::string::npos ? "https://" + host : host);
        });
    if (!allowed) {
        return Error{.code = Errc::kForbidden,
                     .message = "its host is not among attachment_hosts" + (origin.empty() ? "" : ": " + origin),
                     .problem = "portal.host_not_allowed"};
    }
    {
        const Instant now = services_.now();
        const auto rests = [&](const std::map<std::string, Instant>& origins) {
            const auto found = origins.find(origin);
            return found != origins.end() && now < found->second;
        };
        const std::lock_guard lock{mutex_};
        if (rests(down_until_) || (within < rules_.limits.timeout && rests(slow_until_)))
            return Error{.code = Errc::kUnavailable,
                         .message = origin + " did not answer a moment ago",
                         .problem = "portal.file_unreachable"};
    }
    if (within.count() <= 0)
        return Error{
            .code = Errc::kUnavailable, .message = "there is no time for it now", .problem = "portal.file_unreachable"};
    return ask(url, origin, within);
}

Result<std::string> Fetcher::ask(const std::string& url, const std::string& origin, std::chrono::milliseconds within) {
    HttpClient::Limits limits = rules_.limits;
    limits.timeout = std::min(limits.timeout, within);
    Result<HttpResponse> answer = services_.http().perform({.url = url}, limits);
    if (!answer) {
        Error error = std::move(answer).error();
        const bool later = error.code == Errc::kUnavailable || error.code == Errc::kUnknownOutcome;
        error.code = later && error.problem != "http.answer_too_large" ? Errc::kUnavailable : Errc::kRejected;
        if (error.code != Errc::kUnavailable) return error;
        const Instant until = services_.now() + kRest;
        const std::lock_guard lock{mutex_};
        (within < rules_.limits.timeout ? slow_until_ : down_until_).insert_or_assign(origin, until);
        return error;
    }
    if (answer->status >= 200 && answer->status < 300) return std::move(answer->body);
    return Error{.code = isFinal(answer->status) ? Errc::kRejected : Errc::kUnavailable,
                 .message = origin + " answered " + std::to_string(answer->status),
                 .problem = "portal.file_unreachable"};
}

}  // namespace pakn::in_portal

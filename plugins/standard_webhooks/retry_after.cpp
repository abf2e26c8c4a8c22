#include "retry_after.hpp"

#include <algorithm>
#include <charconv>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <string>

namespace pakn::webhooks {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kMostWaiting = std::chrono::hours{24};

/// "Fri, 06 Mar 2026 01:00:00 GMT", the one form that senders may still write.
std::optional<Instant> parseHttpDate(std::string_view text) {
    std::istringstream in{std::string{text}};
    in.imbue(std::locale::classic());
    std::tm parts{};
    std::string zone;
    if (!(in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S") >> zone) || zone != "GMT") return std::nullopt;
    using namespace std::chrono;
    const year_month_day date{year{parts.tm_year + 1900}, month{static_cast<unsigned>(parts.tm_mon + 1)},
                              day{static_cast<unsigned>(parts.tm_mday)}};
    if (!date.ok()) return std::nullopt;
    return sys_days{date} + hours{parts.tm_hour} + minutes{parts.tm_min} + seconds{parts.tm_sec};
}

}  // namespace

std::optional<milliseconds> retryAfter(std::string_view header, Instant now) {
    std::int64_t seconds = 0;
    const auto [end, problem] = std::from_chars(header.data(), header.data() + header.size(), seconds);
    const bool number = end == header.data() + header.size() && !header.empty() && header.front() != '-';
    if (number && problem == std::errc::result_out_of_range) return kMostWaiting;
    if (number && problem == std::errc{}) {
        const std::int64_t most = std::chrono::seconds{std::chrono::hours{24}}.count();
        const milliseconds wait = std::chrono::seconds{std::min(seconds, most)};
        return wait.count() > 0 ? std::optional{wait} : std::nullopt;
    }
    const std::optional<Instant> date = parseHttpDate(header);
    if (!date || *date <= now) return std::nullopt;
    return std::min<milliseconds>(*date - now, kMostWaiting);
}

}  // namespace pakn::webhooks

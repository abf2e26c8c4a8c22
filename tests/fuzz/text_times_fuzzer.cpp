/// @file
/// Instants, dates and durations as clients, portals, call centres and receivers write them. Where two readers take the
/// same text they read the same; what is written is read again.

#include "connectors/out_webhook/answer.hpp"
#include "core/domain/civil_time.hpp"
#include "core/domain/deadline.hpp"
#include "harness.hpp"
#include "plugins/in_hotline1022/times.hpp"
#include "plugins/in_portal/dates.hpp"

namespace pakn::fuzz {
namespace {

using std::chrono::floor;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};  // 2026-03-06

void checkInstants(std::string_view text) {
    const auto hub = domain::parseInstant(text);
    const auto portal = in_portal::parseDate(text, {});
    const auto hotline = hotline::parseInstant(text);
    if (hub) {
        FUZZ_CHECK(domain::parseInstant(domain::formatInstant(*hub)) == hub);
        FUZZ_CHECK(domain::formatForPeople(*hub).size() == 16);
    }
    if (hub && portal) FUZZ_CHECK(*hub == *portal);
    if (hub && hotline) FUZZ_CHECK(floor<seconds>(*hub) == *hotline);
    if (hotline) {
        const auto loose = hotline::parseLooseInstant(text);
        FUZZ_CHECK(loose == hotline);
    }
    if (portal) {
        const std::string iso = in_portal::formatDate(*portal, "iso", minutes{420});
        FUZZ_CHECK(in_portal::parseDate(iso, {}) == floor<seconds>(*portal));
    }
    if (const auto date = domain::parseDate(text)) FUZZ_CHECK(domain::formatDate(*date) == text);
}

void checkDuration(std::string_view text) {
    const Result<domain::Duration> duration = domain::parseDuration(text);
    if (!duration) return;
    FUZZ_CHECK(duration->amount >= 0 && duration->amount <= 100000);
    const Result<domain::Duration> again = domain::parseDuration(domain::formatDuration(*duration));
    FUZZ_CHECK(again.ok() && *again == *duration);
}

void checkPattern(std::string_view format, std::string_view text) {
    if (in_portal::formatProblem(format)) return;
    const in_portal::DateFormats dates{.formats = {std::string{format}}};
    const auto at = in_portal::parseDate(text, dates);
    if (!at) return;
    constexpr Instant kFirst{seconds{-2208988800 - 86400}};
    constexpr Instant kLast{seconds{7289654400 + 86400}};  // 2201-01-01
    FUZZ_CHECK(*at >= kFirst && *at <= kLast);
    FUZZ_CHECK(!in_portal::formatDate(*at, format, dates.zone).empty());
    if (format == "epoch_ms") FUZZ_CHECK(in_portal::parseDate(in_portal::formatDate(*at, format, {}), dates) == at);
}

void checkZone(std::string_view text) {
    const auto zone = in_portal::parseZone(text);
    if (zone) FUZZ_CHECK(*zone >= minutes{-15 * 60} && *zone <= minutes{15 * 60});
}

void checkRetryAfter(std::string_view text) {
    const auto wait = out_webhook::retryAfter(text, kNow);
    if (wait) FUZZ_CHECK(wait->count() > 0 && *wait <= std::chrono::hours{24});
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const Exact text{input.line()};
    const Exact format{input.line()};
    checkInstants(text.view());
    checkDuration(text.view());
    checkPattern(format.view(), text.view());
    for (const char* known : {"epoch", "epoch_ms", "excel", "%d/%m/%Y %H:%M:%S%f %z", "%I:%M %p %d-%m-%y"})
        checkPattern(known, text.view());
    checkZone(text.view());
    checkRetryAfter(text.view());
    static_cast<void>(hotline::parseLooseInstant(text.view()));
}

}  // namespace pakn::fuzz

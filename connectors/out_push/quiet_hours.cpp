#include "quiet_hours.hpp"

namespace pakn::out_push {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

constexpr hours kVietnam{7};

/// "06:00".
std::optional<minutes> readTime(std::string_view text) {
    const auto digit = [&](std::size_t at) { return text[at] >= '0' && text[at] <= '9' ? text[at] - '0' : -100; };
    if (text.size() != 5 || text[2] != ':') return std::nullopt;
    const int hour = digit(0) * 10 + digit(1);
    const int minute = digit(3) * 10 + digit(4);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || digit(1) < 0 || digit(4) < 0) return std::nullopt;
    return hours{hour} + minutes{minute};
}

}  // namespace

std::optional<QuietHours> QuietHours::read(std::string_view text) {
    const std::size_t dash = text.find('-');
    if (dash == std::string_view::npos) return std::nullopt;
    const std::optional<minutes> from = readTime(text.substr(0, dash));
    const std::optional<minutes> to = readTime(text.substr(dash + 1));
    if (!from || !to || *from == *to) return std::nullopt;
    return QuietHours{*from, *to};
}

std::optional<Instant> QuietHours::endsAt(Instant now) const {
    const auto local = now + kVietnam;
    const auto midnight = std::chrono::floor<days>(local);
    const auto time = local - midnight;
    const bool over_midnight = from_ > to_;
    const bool quiet = over_midnight ? time >= from_ || time < to_ : time >= from_ && time < to_;
    if (!quiet) return std::nullopt;
    const bool tomorrow = time >= to_;
    return Instant{midnight + days{tomorrow ? 1 : 0} + to_ - kVietnam};
}

}  // namespace pakn::out_push

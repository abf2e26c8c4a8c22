#include "wanted.hpp"

#include <algorithm>
#include <cmath>

#include "numbers.hpp"
#include "text.hpp"

namespace pakn::in_open311 {
namespace {

constexpr std::size_t kMostIds = 1000;
constexpr std::size_t kMostServices = 200;
constexpr double kPi = 3.14159265358979323846;
constexpr double kEarth = 6371008.8;  ///< Mean radius in metres.

double radians(double degrees) { return degrees * kPi / 180; }

std::optional<Seconds> readTime(const Form& query, std::string_view name, Problems& problems) {
    const std::string_view text = query.first(name);
    if (text.empty()) return std::nullopt;
    const std::optional<Seconds> time = parseTime(text);
    if (!time)
        problems.push_back(
            {400, std::string{name} + " không đúng dạng thời gian ISO 8601 (ví dụ 2026-03-06T08:00:00Z)."});
    return time;
}

std::optional<double> readDegrees(const Form& query, std::string_view name, double most, Problems& problems) {
    const std::string_view text = query.first(name);
    if (text.empty()) return std::nullopt;
    const std::optional<double> value = parseNumber(text);
    if (value && std::abs(*value) <= most) return value;
    problems.push_back({400, std::string{name} + " không phải là tọa độ WGS84 hợp lệ."});
    return std::nullopt;
}

std::optional<std::size_t> readCount(const Form& query, std::string_view name, Problems& problems) {
    const std::string_view text = query.first(name);
    if (text.empty()) return std::nullopt;
    const std::optional<std::int64_t> value = parseWhole(text);
    if (!value) problems.push_back({400, std::string{name} + " phải là số nguyên không âm."});
    constexpr std::int64_t kMost = 1000000;
    return value ? std::optional{static_cast<std::size_t>(std::min(*value, kMost))} : std::nullopt;
}

void readStatus(const Form& query, Wanted& wanted, Problems& problems) {
    bool open = false;
    bool closed = false;
    for (const std::string& one : listed(query.first("status"))) {
        const std::string status = lowered(one);
        open = open || status == "open";
        closed = closed || status == "closed";
        if (status != "open" && status != "closed") {
            problems.push_back({400, "status chỉ nhận open và closed."});
            return;
        }
    }
    if (open != closed) wanted.closed = closed;
}

void readServices(const Form& query, const std::vector<Service>& services, Wanted& wanted, Problems& problems) {
    wanted.services = listed(query.first("service_code"));
    if (wanted.services.size() > kMostServices) problems.push_back({400, "service_code có quá nhiều giá trị."});
    for (const std::string& code : wanted.services)
        if (findService(services, code) == nullptr) {
            problems.push_back({404, "Không có lĩnh vực (service_code) như đã nêu."});
            return;
        }
}

void readPlace(const Form& query, Wanted& wanted, Problems& problems) {
    if (const std::string_view text = query.first("bbox"); !text.empty()) {
        std::vector<double> sides;
        for (const std::string& side : listed(text))
            if (const std::optional<double> value = parseNumber(side)) sides.push_back(*value);
        if (sides.size() == 4 && sides[0] <= sides[2] && sides[1] <= sides[3])
            wanted.box = Bounds{.south = sides[1], .west = sides[0], .north = sides[3], .east = sides[2]};
        else
            problems.push_back({400, "bbox gồm bốn số: tây,nam,đông,bắc."});
    }
    const std::optional<double> latitude = readDegrees(query, "lat", 90, problems);
    const std::optional<double> longitude = readDegrees(query, "long", 180, problems);
    const std::string_view radius = query.first("radius");
    if (radius.empty() && !latitude && !longitude) return;
    const std::optional<double> metres = parseNumber(radius);
    if (latitude && longitude && metres && *metres >= 0)
        wanted.circle = Circle{*latitude, *longitude, *metres};
    else if (problems.empty())
        problems.push_back({400, "lat, long và radius (mét) phải đi cùng nhau."});
}

void readPage(const Form& query, Wanted& wanted, Problems& problems) {
    wanted.page = std::max<std::size_t>(readCount(query, "page", problems).value_or(1), 1);  // 0 is the first, too.
    std::optional<std::size_t> size = readCount(query, "page_size", problems);
    if (!size) size = readCount(query, "max_requests", problems);
    if (size && *size == 0) problems.push_back({400, "page_size phải lớn hơn 0."});
    wanted.page_size = std::clamp<std::size_t>(size.value_or(kMostRows), 1, kMostRows);
    if (wanted.page * wanted.page_size > kDeepest)
        problems.push_back(
            {400, "Trang quá xa: mỗi lần hỏi được tối đa 10000 phản ánh; hãy hỏi khoảng thời gian ngắn hơn."});
}

}  // namespace

bool Circle::holds(double other_latitude, double other_longitude) const {
    const double half_height = std::sin(radians(other_latitude - latitude) / 2);
    const double half_width = std::sin(radians(other_longitude - longitude) / 2);
    const double part = half_height * half_height +
                        std::cos(radians(latitude)) * std::cos(radians(other_latitude)) * half_width * half_width;
    return 2 * kEarth * std::asin(std::min(1.0, std::sqrt(part))) <= metres;
}

Span readSpan(const Form& query, std::string_view from, std::string_view to, Problems& problems) {
    Span span{.from = readTime(query, from, problems), .to = readTime(query, to, problems)};
    if (span.from && span.to && *span.to < *span.from)
        problems.push_back({400, std::string{to} + " sớm hơn " + std::string{from} + '.'});
    else if (span.from && span.to && *span.to - *span.from > kMostSpan)
        problems.push_back({400, "Khoảng thời gian không được dài quá 90 ngày."});
    else if (span.from && !span.to)
        span.to = *span.from + kMostSpan;
    else if (span.to && !span.from)
        span.from = *span.to - kMostSpan;
    return span;
}

Outcome<Wanted> readWanted(const Form& query, const std::vector<Service>& services, Instant now) {
    Wanted wanted{.ids = listed(query.first("service_request_id"))};
    wanted.extensions = query.first("extensions") == "true";
    Problems problems;
    readPage(query, wanted, problems);
    if (wanted.ids.size() > kMostIds) problems.push_back({400, "service_request_id có quá 1000 giá trị."});
    if (wanted.ids.empty()) {
        readServices(query, services, wanted, problems);
        readStatus(query, wanted, problems);
        readPlace(query, wanted, problems);
        wanted.agency = query.first("agency_responsible");
        wanted.received = readSpan(query, "start_date", "end_date", problems);
        wanted.changed = readSpan(query, "updated_after", "updated_before", problems);
        if (!wanted.received.from && !wanted.changed.from) wanted.received.from = inSeconds(now) - kMostSpan;
    }
    if (!problems.empty()) return problems;
    return wanted;
}

}  // namespace pakn::in_open311

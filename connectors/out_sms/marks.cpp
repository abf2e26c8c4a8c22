#include "marks.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "pakn/sdk/text.hpp"

namespace pakn::out_sms {
namespace {

struct Mark {
    std::string hash;  ///< Whatever an id may be, this takes 16 characters.
    std::int64_t value;
};

/// Lines of "hash number", the newest last. Anything else is left out.
std::vector<Mark> read(std::string_view lot) {
    std::vector<Mark> marks;
    while (!lot.empty()) {
        const std::string_view line = lot.substr(0, lot.find('\n'));
        lot.remove_prefix(std::min(line.size() + 1, lot.size()));
        const std::size_t blank = line.find(' ');
        if (blank == std::string_view::npos) continue;
        std::int64_t value = 0;
        const auto [end, problem] = std::from_chars(line.data() + blank + 1, line.data() + line.size(), value);
        if (problem == std::errc{} && end == line.data() + line.size())
            marks.push_back({std::string{line.substr(0, blank)}, value});
    }
    return marks;
}

std::string written(const std::vector<Mark>& marks) {
    std::string lot;
    const std::size_t left_out = marks.size() > Marks::kPerLot ? marks.size() - Marks::kPerLot : 0;
    for (std::size_t i = left_out; i < marks.size(); ++i)
        lot += marks[i].hash + ' ' + std::to_string(marks[i].value) + '\n';
    return lot;
}

/// Where a delivery's mark stands.
struct Place {
    std::string hash;
    std::string key;
};
Place placeOf(const std::string& name, std::string_view delivery) {
    std::string hash = shortHash(delivery);
    std::string key = name + '.' + std::to_string(std::stoull(hash, nullptr, 16) % Marks::kLots);
    return {.hash = std::move(hash), .key = std::move(key)};
}

}  // namespace

Result<std::optional<std::int64_t>> Marks::find(std::string_view delivery) {
    const Place place = placeOf(name_, delivery);
    const std::lock_guard lock{mutex_};
    const Result<std::optional<std::string>> lot = state_.get(place.key);
    if (!lot) return lot.error();
    for (const Mark& mark : read(lot->value_or("")))
        if (mark.hash == place.hash) return std::optional{mark.value};
    return std::optional<std::int64_t>{};
}

Status Marks::put(std::string_view delivery, std::int64_t value) {
    const Place place = placeOf(name_, delivery);
    const std::lock_guard lock{mutex_};
    const Result<std::optional<std::string>> lot = state_.get(place.key);
    if (!lot) return lot.error();
    std::vector<Mark> marks = read(lot->value_or(""));
    std::erase_if(marks, [&](const Mark& one) { return one.hash == place.hash; });
    marks.push_back({place.hash, value});
    return state_.put(place.key, written(marks));
}

Status Marks::drop(std::string_view delivery) {
    const Place place = placeOf(name_, delivery);
    const std::lock_guard lock{mutex_};
    const Result<std::optional<std::string>> lot = state_.get(place.key);
    if (!lot) return lot.error();
    std::vector<Mark> marks = read(lot->value_or(""));
    if (std::erase_if(marks, [&](const Mark& one) { return one.hash == place.hash; }) == 0) return Done{};
    return state_.put(place.key, written(marks));
}

}  // namespace pakn::out_sms

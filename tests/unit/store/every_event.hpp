#pragma once
/// @file
/// One event of every kind with every field filled, by the field tables themselves: a field added later is covered.

#include "core/domain/event.hpp"

namespace pakn::test {

namespace detail {

inline void fill(std::string& value, int seed) { value = "Giá trị \"" + std::to_string(seed) + "\" \\ \n😀 e\u0301"; }
inline void fill(bool& value, int) { value = !value; }
inline void fill(int& value, int seed) { value = seed + 1000; }
inline void fill(double& value, int seed) { value = 10.762622 + seed / 3.0; }
inline void fill(Instant& value, int seed) { value = Instant{std::chrono::milliseconds{1773018000123 + seed}}; }
inline void fill(domain::Status& value, int) { value = domain::Status::kSigning; }
inline void fill(domain::Role& value, int) { value = domain::Role::kLeader; }
inline void fill(domain::Clock& value, int) { value = domain::Clock::kTotal; }
inline void fill(domain::EscalationTarget& value, int) { value = domain::EscalationTarget::kOffice; }
inline void fill(domain::Satisfaction& value, int) { value = domain::Satisfaction::kDissatisfied; }
inline void fill(domain::EventKind& value, int) { value = domain::EventKind::kClosed; }
inline void fill(domain::DeliveryKind& value, int) { value = domain::DeliveryKind::kStatusUpdate; }
inline void fill(domain::Markup& value, int) { value = domain::Markup::kPango; }
inline void fill(domain::FileRef& value, int seed) {
    value = {.sha256 = std::string(64, 'a'), .name = "ảnh.jpg", .type = "image/jpeg", .size = 5'000'000'000 + seed};
}
template <class T>
void fill(std::optional<T>& value, int seed) {
    fill(value.emplace(), seed);
}
template <class T>
void fill(std::vector<T>& value, int seed) {
    value.resize(2);
    fill(value[0], seed);
    fill(value[1], seed + 1);
}

template <std::size_t... Index>
std::vector<domain::EventData> everyKind(bool filled, std::index_sequence<Index...>) {
    std::vector<domain::EventData> all;
    const auto add = [&](auto event) {
        int seed = 0;
        if (filled) event.fields([&](const char*, auto field) { fill(event.*field, ++seed); });
        all.emplace_back(std::move(event));
    };
    (add(std::variant_alternative_t<Index, domain::EventData>{}), ...);
    return all;
}

}  // namespace detail

inline std::vector<domain::EventData> everyKindOfEvent(bool filled) {
    return detail::everyKind(filled, std::make_index_sequence<std::variant_size_v<domain::EventData>>{});
}

/// Equal in every field of their tables.
inline bool sameData(const domain::EventData& a, const domain::EventData& b) {
    return std::visit(
        [&](const auto& one) {
            const auto* other = std::get_if<std::decay_t<decltype(one)>>(&b);
            bool same = other != nullptr;
            if (same) one.fields([&](const char*, auto field) { same = same && one.*field == other->*field; });
            return same;
        },
        a);
}

}  // namespace pakn::test

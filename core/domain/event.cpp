#include "core/domain/event.hpp"

#include <type_traits>

namespace pakn::domain {

EventKind kindOf(const EventData& data) {
    return std::visit([](const auto& one) { return std::decay_t<decltype(one)>::kKind; }, data);
}

bool isOfPart(const Event& event) {
    return std::visit(
        [](const auto& data) {
            if constexpr (requires { data.branch, data.step; } ||
                          std::is_same_v<std::decay_t<decltype(data)>, UnitTransferred>)
                return !data.branch.empty();
            return false;
        },
        event.data);
}

std::string_view partOf(const EventData& data) {
    return std::visit(
        [](const auto& one) -> std::string_view {
            if constexpr (requires { one.branch; }) return one.branch;
            return {};
        },
        data);
}

}  // namespace pakn::domain

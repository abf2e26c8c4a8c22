#include "core/engine/instance_state.hpp"

#include <utility>

namespace pakn::engine {

Result<std::optional<std::string>> InstanceState::get(std::string_view key) {
    return store_.stateValue(connector_, std::string{key});
}

Status InstanceState::put(std::string_view key, std::string_view value) {
    const std::string name{key};
    const auto bytes = static_cast<std::int64_t>(key.size() + value.size());
    const std::lock_guard lock{mutex_};
    return writes_.run(now_(), key.size() + value.size(), [&]() -> Status {
        if (Status room = makeRoom(name, bytes); !room) return room;
        Status put = store_.putStateValue(connector_, name, std::string{value});
        if (put) size_ = {.values = size_.values + 1, .bytes = size_.bytes + bytes};
        return put;
    });
}

/// Measures anew only when it may be at an end: a cursor that is written again and again costs no look.
Status InstanceState::makeRoom(const std::string& key, std::int64_t bytes) {
    if (measured_ && hasRoomFor(bytes)) return Done{};
    Result<store::StateSize> others = store_.stateSize(connector_, key);
    if (!others) return std::move(others).error();
    size_ = *others;
    measured_ = true;
    if (hasRoomFor(bytes)) return Done{};
    return Error{.code = Errc::kTooLarge,
                 .message = "a connector keeps at most " + std::to_string(most_.values) + " values of " +
                            std::to_string(most_.bytes >> 20) + " MB together",
                 .problem = "state.too_large"};
}

}  // namespace pakn::engine

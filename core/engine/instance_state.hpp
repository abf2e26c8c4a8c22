#pragma once
/// @file
/// Durable values of one connector instance, in the store.

#include <functional>
#include <mutex>
#include <string>

#include "core/engine/write_limit.hpp"
#include "core/store/store.hpp"
#include "pakn/sdk/host.hpp"

namespace pakn::engine {

/// Safe from any thread.
class InstanceState final : public State {
public:
    /// How much there may be.
    struct Most {
        std::int64_t values = 10000;
        std::int64_t bytes = 16 << 20;  ///< Of keys and values.
    };

    /// References outlive it.
    InstanceState(store::Store& store, std::string connector, WriteLimit& writes, std::function<Instant()> now,
                  Most most)
        : store_{store}, connector_{std::move(connector)}, writes_{writes}, now_{std::move(now)}, most_{most} {}
    InstanceState(store::Store& store, std::string connector, WriteLimit& writes, std::function<Instant()> now)
        : InstanceState{store, std::move(connector), writes, std::move(now), Most{}} {}

    Result<std::optional<std::string>> get(std::string_view key) override;
    /// kTooLarge ("state.too_large"): it would be more than there may be; kUnavailable.
    Status put(std::string_view key, std::string_view value) override;

private:
    Status makeRoom(const std::string& key, std::int64_t bytes);
    [[nodiscard]] bool hasRoomFor(std::int64_t bytes) const {
        return size_.values + 1 <= most_.values && size_.bytes + bytes <= most_.bytes;
    }

    store::Store& store_;
    const std::string connector_;
    WriteLimit& writes_;
    const std::function<Instant()> now_;
    const Most most_;
    std::mutex mutex_;
    bool measured_ = false;
    store::StateSize size_ = {};  ///< At least as much as there is: what was overwritten is counted, too.
};

}  // namespace pakn::engine

#pragma once
/// @file
/// The outbox of one connector: claims due deliveries under a lease, sends them, hands the outcome to the committer.
/// At least once on the wire, with an idempotency key that stays; once in effect where the peer honours it.

#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <vector>

#include "core/config/configuration.hpp"
#include "core/engine/hub.hpp"
#include "core/engine/instance_services.hpp"
#include "core/engine/throttle.hpp"
#include "core/engine/worker.hpp"

namespace pakn::engine {

class Deliverer {
public:
    /// All references outlive the deliverer.
    Deliverer(Hub& hub, plugin_host::Instance& instance, const config::Connector& settings, Condition& condition,
              Log log);

    /// Something was queued. Safe from any thread.
    void wake();
    void requestStop();
    /// Waits for its threads after requestStop(); false when one is still in a call then.
    bool endsBy(std::chrono::steady_clock::time_point deadline);
    /// Keeps what is in hand from being claimed by others; done by itself all the time. Returns when to do it again.
    std::chrono::milliseconds renewLeases();

private:
    std::chrono::milliseconds round(const std::stop_token& stop);
    void takeInHand(std::span<const store::ClaimedDelivery> claims);
    void letGo(std::span<const store::ClaimedDelivery> claims);
    void deliver(const store::ClaimedDelivery& claim, const std::stop_token& stop);
    Result<Receipt> attempt(const Delivery& delivery, bool in_doubt, const std::stop_token& stop);
    Result<Delivery> compose(const domain::Petition& petition, const domain::DeliveryRecord& record);
    Status addSender(Delivery& delivery, const domain::Petition& petition);
    Status addNotice(Delivery& delivery, const domain::Notice& notice);
    void settle(const store::ClaimedDelivery& claim, Result<Receipt> outcome, int begun_version,
                const std::stop_token& stop);
    void judge(const Result<Receipt>& outcome, const std::string& delivery);

    Hub& hub_;
    plugin_host::Instance& instance_;
    const config::Connector& settings_;
    Condition& condition_;
    Log log_;
    const std::string owner_;
    RateLimit rate_;
    Breaker breaker_;
    std::mutex in_hand_mutex_;
    std::vector<store::ClaimedDelivery> in_hand_;  ///< Claimed and not settled, by all workers.
    std::vector<std::unique_ptr<Worker>> workers_;
    std::unique_ptr<Worker> keeper_;  ///< Keeps the leases of what is in hand, however long a call takes.
};

}  // namespace pakn::engine

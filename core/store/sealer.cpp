#include "core/store/sealer.hpp"

#include <atomic>
#include <exception>
#include <utility>

#include "core/store/correspondent_rows.hpp"

namespace pakn::store {

namespace {

std::optional<std::string> blindIndex(const security::HubKey& hub_key, std::string_view column,
                                      std::string_view value) {
    if (value.empty()) return std::nullopt;
    return hub_key.blindIndex(column, value);
}

SealedChange sealed(const Sealing& what, const security::HubKey& hub_key) {
    SealedChange rows;
    rows.entries.reserve(what.events.size());
    for (const domain::Event& event : what.events) rows.entries.push_back(makeEntry(event, what.data_key));
    if (what.birth) {
        const std::string& id = what.events.front().petition_id;
        const Petitioner& petitioner = what.birth->person.petitioner;
        rows.person = SealedPerson{.wrapped_key = hub_key.wrap(what.data_key, id),
                                   .sealed = sealPerson(what.data_key, id, what.birth->person),
                                   .phone_index = blindIndex(hub_key, "phone", petitioner.phone),
                                   .citizen_index = blindIndex(hub_key, "citizen_id", petitioner.citizen_id),
                                   .reply_index = std::nullopt};
        const auto* received = std::get_if<domain::Received>(&what.events.front().data);
        if (received && !what.birth->person.reply_address.empty())
            rows.person->reply_index = replyIndex(hub_key, received->channel, what.birth->person.reply_address);
    }
    return rows;
}

}  // namespace

class Sealer::Ticket {
public:
    Ticket(Sealing what, const security::HubKey& hub_key) : what_{std::move(what)}, hub_key_{hub_key} {}

    /// Seals unless somebody has begun to.
    void seal() noexcept {
        if (!take()) return;
        try {
            sealed_ = sealed(what_, hub_key_);
        } catch (...) {
            failure_ = std::current_exception();
        }
        state_.store(State::kDone, std::memory_order_release);
        state_.notify_all();
    }

    const SealedChange& get() {
        seal();
        state_.wait(State::kTaken, std::memory_order_acquire);
        if (failure_) std::rethrow_exception(failure_);
        return sealed_;
    }

    /// Nobody is at it, nor begins.
    void withdraw() noexcept {
        if (!take()) state_.wait(State::kTaken, std::memory_order_acquire);
    }

private:
    enum class State : int { kWaiting, kTaken, kDone };

    bool take() noexcept {
        State waiting = State::kWaiting;
        return state_.compare_exchange_strong(waiting, State::kTaken, std::memory_order_acq_rel);
    }

    const Sealing what_;
    const security::HubKey& hub_key_;
    std::atomic<State> state_{State::kWaiting};
    SealedChange sealed_;
    std::exception_ptr failure_;
};

Sealer::Pending::~Pending() {
    if (ticket_) ticket_->withdraw();
}

const SealedChange& Sealer::Pending::get() { return ticket_->get(); }

Sealer::Sealer(const security::HubKey& hub_key) : hub_key_{hub_key}, thread_{[this] { loop(); }} {}

Sealer::~Sealer() {
    {
        const std::lock_guard lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.join();
}

Sealer::Pending Sealer::put(Sealing sealing) { return Pending{std::make_shared<Ticket>(std::move(sealing), hub_key_)}; }

Sealer::Pending Sealer::start(Sealing sealing) {
    auto ticket = std::make_shared<Ticket>(std::move(sealing), hub_key_);
    {
        const std::lock_guard lock{mutex_};
        waiting_.push_back(ticket);
        if (waiting_.size() == 1) wake_.notify_one();
    }
    return Pending{std::move(ticket)};
}

void Sealer::loop() {
    for (;;) {
        std::vector<std::shared_ptr<Ticket>> tickets;
        {
            std::unique_lock lock{mutex_};
            wake_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
            if (stopping_) return;  // Whoever still wants a change seals it himself.
            tickets.swap(waiting_);
        }
        for (const auto& ticket : tickets) ticket->seal();
    }
}

}  // namespace pakn::store

#pragma once
/// @file
/// Connections, lent to one thread each; opened when they are wanted, and anew after the server went away.

#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "core/store/postgresql/connection.hpp"

namespace pakn::store::postgresql {

class Pool {
public:
    /// At most `count` connections at a time; more callers wait, but not for longer than a server may be silent.
    Pool(Address address, std::size_t count) : address_{std::move(address)}, idle_(count) {}

    /// A connection in the hands of one thread; given back when it goes.
    class Lent {
    public:
        Lent(Lent&&) = default;
        Lent& operator=(Lent&&) = delete;
        ~Lent() {
            if (pool_) pool_->giveBack(std::move(connection_));
        }
        [[nodiscard]] Connection& operator*() const { return *connection_; }
        [[nodiscard]] Connection* operator->() const { return connection_.get(); }

    private:
        friend class Pool;
        struct Forget {
            void operator()(Pool*) const {}
        };
        Lent(Pool& pool, std::unique_ptr<Connection> connection) : pool_{&pool}, connection_{std::move(connection)} {}
        std::unique_ptr<Pool, Forget> pool_;  // Null in one that was moved from.
        std::unique_ptr<Connection> connection_;
    };

    /// One whose server is there as far as anybody knows. kUnavailable, kMisconfigured.
    Result<Lent> take();

    /// Runs `work(Connection&)` outside a transaction: each statement is one of its own. Where the connection breaks in
    /// work that may be `repeated`, that is done once more on a new one, so that readers do not notice a restart.
    template <class Work>
    auto run(Work work, bool repeated) -> Result<std::invoke_result_t<Work, Connection&>> {
        for (bool again = repeated;; again = false) {
            auto connection = take();
            if (!connection) return std::move(connection).error();
            try {
                return work(**connection);
            } catch (...) {
                Error error = currentError(address_.shown);
                const bool gone = !(*connection)->alive();
                if (!gone || !again) return error;
            }
        }
    }

    [[nodiscard]] const Address& address() const { return address_; }

private:
    void giveBack(std::unique_ptr<Connection> connection);

    const Address address_;
    std::mutex mutex_;
    std::condition_variable returned_;
    std::vector<std::unique_ptr<Connection>> idle_;  // Null: to be opened when it is wanted.
};

/// kUnavailable, kMisconfigured.
Result<std::unique_ptr<Connection>> openConnection(const Address& address);

}  // namespace pakn::store::postgresql

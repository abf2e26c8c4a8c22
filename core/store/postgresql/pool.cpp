#include "core/store/postgresql/pool.hpp"

namespace pakn::store::postgresql {

Result<std::unique_ptr<Connection>> openConnection(const Address& address) {
    try {
        return std::make_unique<Connection>(address);
    } catch (...) {
        return currentError(address.shown);
    }
}

Result<Pool::Lent> Pool::take() {
    std::unique_ptr<Connection> connection;
    {
        std::unique_lock lock{mutex_};
        if (!returned_.wait_for(lock, address_.silence, [this] { return !idle_.empty(); }))
            return Error{.code = Errc::kUnavailable,
                         .message = "store " + address_.shown + ": all connections wait for the server"};
        connection = std::move(idle_.back());
        idle_.pop_back();
    }
    if (connection && connection->alive()) return Lent{*this, std::move(connection)};
    connection.reset();
    auto opened = openConnection(address_);
    if (!opened) {
        giveBack(nullptr);
        return std::move(opened).error();
    }
    return Lent{*this, std::move(*opened)};
}

void Pool::giveBack(std::unique_ptr<Connection> connection) {
    if (connection && !connection->alive()) connection.reset();
    {
        const std::scoped_lock lock{mutex_};
        // An open one on top, to be used again first.
        if (connection)
            idle_.push_back(std::move(connection));
        else
            idle_.insert(idle_.begin(), nullptr);
    }
    returned_.notify_one();
}

}  // namespace pakn::store::postgresql

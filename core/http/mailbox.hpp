#pragma once
/// @file
/// Answers on their way back to the front, from whichever thread has made them.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "core/http/body_budget.hpp"
#include "core/http/exchange.hpp"
#include "core/http/gate.hpp"

namespace pakn::http {

/// One request and where its answer goes.
struct Exchange {
    explicit Exchange(BodyShare room) : share{std::move(room)} {}

    std::uint64_t connection = 0;
    Request request = {};
    Client client = {};
    bool keep_alive = true;  ///< As the client wants it.
    std::chrono::steady_clock::time_point began = {};
    BodyShare share;  ///< For as long as the body is there.
    std::atomic<bool> answered = false;
};

/// Lives as long as anybody who might still answer; after close() answers go nowhere.
class Mailbox {
public:
    struct Letter {
        std::shared_ptr<Exchange> exchange;
        Response response;
    };

    /// Throws std::system_error.
    Mailbox();
    ~Mailbox();
    Mailbox(const Mailbox&) = delete;
    Mailbox& operator=(const Mailbox&) = delete;

    /// From any thread. Wakes the reader when it may be asleep. Of several answers to one request the first counts.
    void put(std::shared_ptr<Exchange> exchange, Response response);
    /// Wakes the reader for nothing.
    void knock();
    void close();

    // The reader's side.
    /// Readable (once for each wake-up: to be watched edge-triggered) when there is something.
    [[nodiscard]] int descriptor() const { return descriptor_; }
    /// The calling thread is the reader: it needs no wake-up for what it puts in itself.
    void own() { reader_ = std::this_thread::get_id(); }
    /// Replaces `letters` by all that came.
    void takeAll(std::vector<Letter>& letters);

private:
    const int descriptor_;
    std::mutex mutex_;
    std::vector<Letter> letters_;
    bool closed_ = false;
    std::thread::id reader_;
};

}  // namespace pakn::http

#include "core/http/workers.hpp"

#include <utility>

namespace pakn::http {

Workers::Workers(Size size) : most_waiting_{size.waiting} {
    for (int i = 0; i < size.open; ++i) threads_.emplace_back([this] { run(true); });
    for (int i = 0; i < size.reserved; ++i) threads_.emplace_back([this] { run(false); });
}

Workers::~Workers() {
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    any_.notify_all();
    reserved_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool Workers::submit(Lane lane, Job job) {
    bool somebody_idle = false;
    {
        const std::scoped_lock lock{mutex_};
        std::deque<Job>& queue = waiting_[static_cast<std::size_t>(lane)];
        if (stopping_ || queue.size() >= most_waiting_) return false;
        queue.push_back(std::move(job));
        somebody_idle = idle_ > 0;  // Otherwise whoever is done first takes it.
    }
    if (lane == Lane::kReserved) reserved_.notify_one();
    if (somebody_idle) any_.notify_one();
    return true;
}

void Workers::run(bool takes_open) {
    std::deque<Job>& open = waiting_[static_cast<std::size_t>(Lane::kOpen)];
    std::deque<Job>& reserved = waiting_[static_cast<std::size_t>(Lane::kReserved)];
    std::unique_lock lock{mutex_};
    for (;;) {
        const auto ready = [&] { return stopping_ || !reserved.empty() || (takes_open && !open.empty()); };
        if (!ready()) {
            if (takes_open) ++idle_;
            (takes_open ? any_ : reserved_).wait(lock, ready);
            if (takes_open) --idle_;
        }
        if (stopping_) return;
        std::deque<Job>& queue = reserved.empty() ? open : reserved;
        {
            const Job job = std::move(queue.front());
            queue.pop_front();
            lock.unlock();
            job();
        }  // Ends with what the job held, still unlocked.
        lock.lock();
    }
}

}  // namespace pakn::http

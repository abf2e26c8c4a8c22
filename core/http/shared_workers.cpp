#include "core/http/shared_workers.hpp"

#include <algorithm>
#include <system_error>
#include <utility>

namespace pakn::http {

SharedWorkers::~SharedWorkers() {
    {
        const std::scoped_lock lock{mutex_};
        stopping_ = true;
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool SharedWorkers::submit(const std::string& owner, Job job) {
    const std::scoped_lock lock{mutex_};
    Queue& queue = queues_[owner];
    if (stopping_ || queue.waiting.size() >= share_.waiting) return false;
    queue.waiting.push_back(std::move(job));
    if (runnable() <= idle_ + starting_) {
        wake_.notify_one();
        return true;
    }
    try {
        threads_.emplace_back([this] { run(); });
        ++starting_;
    } catch (const std::system_error&) {
        if (!threads_.empty()) return true;  // One of those that there are takes it later.
        queue.waiting.pop_back();
        return false;
    }
    return true;
}

std::size_t SharedWorkers::runnable() const {
    std::size_t all = 0;
    for (const auto& [owner, queue] : queues_)
        all += std::min(queue.waiting.size(), static_cast<std::size_t>(share_.running - queue.running));
    return all;
}

SharedWorkers::Queue* SharedWorkers::next() {
    const auto begin = queues_.upper_bound(last_);
    for (auto [at, left] = std::pair{begin, queues_.size()}; left > 0; --left, ++at) {
        if (at == queues_.end()) at = queues_.begin();
        if (at->second.waiting.empty() || at->second.running >= share_.running) continue;
        last_ = at->first;
        return &at->second;
    }
    return nullptr;
}

void SharedWorkers::run() {
    std::unique_lock lock{mutex_};
    --starting_;
    for (;;) {
        Queue* queue = next();
        while (queue == nullptr && !stopping_) {
            ++idle_;
            wake_.wait(lock);
            --idle_;
            queue = next();
        }
        if (stopping_) return;
        ++queue->running;
        {
            const Job job = std::move(queue->waiting.front());
            queue->waiting.pop_front();
            lock.unlock();
            job();
        }  // Ends with what the job held, still unlocked.
        lock.lock();
        --queue->running;
    }
}

}  // namespace pakn::http

#include "core/http/connection_limits.hpp"

#include <Poco/Exception.h>

#include <string>

#include "core/http/problems.hpp"

namespace pakn::http {
namespace {

constexpr std::size_t kKeptRefused = 64;

const std::string& busyAnswer() {
    static const std::string kAnswer = [] {
        const Response problem = problemResponse("server.busy");
        std::string text =
            "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Type: " + problem.content_type +
            "\r\nContent-Length: " + std::to_string(problem.body.size());
        for (const auto& [name, value] : problem.headers) text += "\r\n" + name + ": " + value;
        return text + "\r\n\r\n" + problem.body;
    }();
    return kAnswer;
}

}  // namespace

ConnectionLimit::ConnectionLimit(int most) : most_{most} { refused_.reserve(kKeptRefused); }

int ConnectionLimit::inUse() const { return server_->currentConnections() + server_->queuedConnections(); }

bool ConnectionLimit::nearlyFull() const { return inUse() > most_ / 4 * 3; }

bool ConnectionLimit::accept(const Poco::Net::StreamSocket& socket) {
    if (inUse() < most_) return true;
    refuse(socket);
    return false;
}

void ConnectionLimit::refuse(Poco::Net::StreamSocket socket) {
    try {
        socket.setBlocking(false);
        const std::string& answer = busyAnswer();
        socket.sendBytes(answer.data(), static_cast<int>(answer.size()));
        socket.shutdownSend();
    } catch (const Poco::Exception&) {
        return;  // The client is gone already.
    }
    if (refused_.size() < kKeptRefused) {
        refused_.push_back(std::move(socket));
    } else {
        refused_[next_] = std::move(socket);
        next_ = (next_ + 1) % kKeptRefused;
    }
}

}  // namespace pakn::http

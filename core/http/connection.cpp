#include "core/http/connection.hpp"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace pakn::http {

void Outbox::put(std::string head, std::string body, std::optional<Content> file) {
    constexpr std::size_t kCheaperToCopy = 4096;
    head_ = std::move(head);
    body_ = std::move(body);
    sent_ = 0;
    all_sent_ = 0;
    file_ = std::move(file);
    file_at_ = 0;
    if (body_.size() > kCheaperToCopy) return;
    head_ += body_;
    body_.clear();
}

bool Outbox::nextPiece() {
    std::string piece(static_cast<std::size_t>(std::min<std::uint64_t>(file_->size() - file_at_, Content::kPiece)),
                      '\0');
    const Result<std::size_t> got = file_->read(file_at_, piece);
    if (!got || *got != piece.size()) return false;  // The length is promised already: only the end of the line tells.
    file_at_ += piece.size();
    head_.clear();
    body_ = std::move(piece);
    sent_ = 0;
    return true;
}

Outbox::State Outbox::flush(int socket) {
    for (;;) {
        if (sent_ == head_.size() + body_.size()) {
            if (!file_ || file_at_ == file_->size()) break;
            if (!nextPiece()) return State::kBroken;
        }
        const std::size_t of_head = std::min(sent_, head_.size());
        const std::size_t of_body = sent_ - of_head;
        std::array<iovec, 2> pieces{
            {{head_.data() + of_head, head_.size() - of_head}, {body_.data() + of_body, body_.size() - of_body}}};
        msghdr message{};
        message.msg_iov = pieces.data();
        message.msg_iovlen = pieces.size();
        const ssize_t count = ::sendmsg(socket, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return errno == EAGAIN || errno == EWOULDBLOCK ? State::kBlocked : State::kBroken;
        sent_ += static_cast<std::size_t>(count);
        all_sent_ += static_cast<std::uint64_t>(count);
    }
    *this = {};
    return State::kSent;
}

Connection::Connection(std::uint64_t number, int descriptor, Address address, Traffic& traffic)
    : id{number}, socket{descriptor}, peer{address}, traffic_{traffic} {
    traffic_.move(stage_, 1);
}

Connection::~Connection() {
    traffic_.move(stage_, -1);
    ::close(socket);
}

void Connection::enter(Stage stage, Clock::time_point must_end) {
    traffic_.move(stage_, -1);
    traffic_.move(stage, 1);
    stage_ = stage;
    until = must_end;
}

}  // namespace pakn::http

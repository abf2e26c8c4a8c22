#include "core/http/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace pakn::http {

Mailbox::Mailbox() : descriptor_{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
    if (descriptor_ < 0) throw std::system_error{errno, std::generic_category(), "eventfd"};
}

Mailbox::~Mailbox() { ::close(descriptor_); }

void Mailbox::put(std::shared_ptr<Exchange> exchange, Response response) {
    if (exchange->answered.exchange(true)) return;
    bool first = false;
    {
        const std::scoped_lock lock{mutex_};
        if (closed_) return;
        first = letters_.empty();
        letters_.push_back({std::move(exchange), std::move(response)});
    }
    if (first && std::this_thread::get_id() != reader_) knock();
}

void Mailbox::knock() { (void)eventfd_write(descriptor_, 1); }

void Mailbox::close() {
    const std::scoped_lock lock{mutex_};
    closed_ = true;
    letters_.clear();
}

void Mailbox::takeAll(std::vector<Letter>& letters) {
    letters.clear();
    const std::scoped_lock lock{mutex_};
    letters.swap(letters_);
}

}  // namespace pakn::http

#include "guarded_stream.hpp"

#include <cstdlib>
#include <memory>

#include "literals.hpp"

namespace pakn::in_email {

namespace {

struct Guard {
    mailstream_low* inner;
    Literals literals;
};

Guard& guardOf(mailstream_low* stream) { return *static_cast<Guard*>(stream->data); }
mailstream_low* innerOf(mailstream_low* stream) { return guardOf(stream).inner; }

ssize_t readSome(mailstream_low* stream, void* into, std::size_t most) {
    const ssize_t got = mailstream_low_read(innerOf(stream), into, most);
    if (got <= 0) return -1;
    const std::string_view bytes{static_cast<const char*>(into), static_cast<std::size_t>(got)};
    return guardOf(stream).literals.sound(bytes) ? got : -1;
}
ssize_t writeSome(mailstream_low* stream, const void* bytes, std::size_t size) {
    return mailstream_low_write(innerOf(stream), bytes, size);
}
int closeIt(mailstream_low* stream) { return mailstream_low_close(innerOf(stream)); }
int descriptorOf(mailstream_low* stream) { return mailstream_low_get_fd(innerOf(stream)); }
void freeIt(mailstream_low* stream) {
    const std::unique_ptr<Guard> owned{&guardOf(stream)};
    mailstream_low_free(owned->inner);
    std::free(stream);  // NOLINT(cppcoreguidelines-no-malloc): libetpan has made it so
}
void cancelIt(mailstream_low* stream) { mailstream_low_cancel(innerOf(stream)); }
struct mailstream_cancel* cancelOf(mailstream_low* stream) {
    return mailstream_low_get_cancel(innerOf(stream));
}
carray* certificatesOf(mailstream_low* stream) { return mailstream_low_get_certificate_chain(innerOf(stream)); }
int setUpIdle(mailstream_low* stream) { return mailstream_low_setup_idle(innerOf(stream)); }
int endIdle(mailstream_low* stream) { return mailstream_low_unsetup_idle(innerOf(stream)); }
int interruptIdle(mailstream_low* stream) { return mailstream_low_interrupt_idle(innerOf(stream)); }

mailstream_low_driver driver{.mailstream_read = &readSome,
                             .mailstream_write = &writeSome,
                             .mailstream_close = &closeIt,
                             .mailstream_get_fd = &descriptorOf,
                             .mailstream_free = &freeIt,
                             .mailstream_cancel = &cancelIt,
                             .mailstream_get_cancel = &cancelOf,
                             .mailstream_get_certificate_chain = &certificatesOf,
                             .mailstream_setup_idle = &setUpIdle,
                             .mailstream_unsetup_idle = &endIdle,
                             .mailstream_interrupt_idle = &interruptIdle};

}  // namespace

mailstream_low* guarded(mailstream_low* inner, std::uint64_t most_literal) {
    if (inner == nullptr) return nullptr;
    auto guard = std::make_unique<Guard>(Guard{.inner = inner, .literals = Literals{most_literal}});
    mailstream_low* const outer = mailstream_low_new(guard.get(), &driver);
    if (outer != nullptr) static_cast<void>(guard.release());  // Its own now: freeIt().
    return outer;
}

}  // namespace pakn::in_email

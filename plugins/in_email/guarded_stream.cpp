#include "guarded_stream.hpp"

#include <cstdlib>

namespace pakn::in_email {

namespace {

mailstream_low* innerOf(mailstream_low* stream) { return static_cast<mailstream_low*>(stream->data); }

ssize_t readSome(mailstream_low* stream, void* into, std::size_t most) {
    const ssize_t got = mailstream_low_read(innerOf(stream), into, most);
    return got == 0 ? -1 : got;
}
ssize_t writeSome(mailstream_low* stream, const void* bytes, std::size_t size) {
    return mailstream_low_write(innerOf(stream), bytes, size);
}
int closeIt(mailstream_low* stream) { return mailstream_low_close(innerOf(stream)); }
int descriptorOf(mailstream_low* stream) { return mailstream_low_get_fd(innerOf(stream)); }
void freeIt(mailstream_low* stream) {
    mailstream_low_free(innerOf(stream));
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

mailstream_low* guarded(mailstream_low* inner) {
    return inner == nullptr ? nullptr : mailstream_low_new(inner, &driver);
}

}  // namespace pakn::in_email

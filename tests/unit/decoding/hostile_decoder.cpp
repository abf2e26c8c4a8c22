/// @file
/// Speaks the protocol of paknhub-decoder and then does what the kind of the request says: echo, crash, hang, garbage,
/// ask, large, swears; "once FILE" crashes unless the file is there, and makes it. Its edition is right.

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <string>

#include "core/decoding/protocol.hpp"
#include "core/isolation/lane.hpp"
#include "core/isolation/lent.hpp"

namespace {

using pakn::Content;
using pakn::Decoded;
using pakn::Errc;
using pakn::Error;
using pakn::Result;
using pakn::isolation::Frame;
using pakn::isolation::Type;

Result<Frame> answer(const Result<Decoded>& result) { return pakn::isolation::answerWith(result); }

Result<Frame> serve(Frame&& request) {
    if (request.type == static_cast<std::uint8_t>(Type::kStart))
        return pakn::isolation::answerWith(Result<pakn::isolation::Started>{pakn::isolation::Started{}});
    pakn::isolation::Reader reader{std::move(request)};
    std::string kind;
    Content content;
    reader(kind, content);
    if (kind == "crash") ::raise(SIGSEGV);
    if (kind.starts_with("once ")) {
        const int file = ::open(kind.c_str() + 5, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
        if (file >= 0) ::raise(SIGSEGV);
    }
    if (kind == "hang")
        for (;;) ::pause();
    if (kind == "garbage")
        return Frame{.type = static_cast<std::uint8_t>(Type::kAnswer), .payload = "no result at all"};
    if (kind == "ask") return Frame{.type = static_cast<std::uint8_t>(Type::kPerform)};
    if (kind == "large")
        return answer(Decoded{.parts = {{.name = "", .content_type = "", .content = std::string(2U << 20U, 'x')}}});
    if (kind == "swears")
        return answer(Error{.code = Errc::kUnavailable, .message = "<script>", .problem = "decode.<script>"});
    return answer(
        Decoded{.text = content.bytes(1U << 20U).value(), .attributes = {{"pid", std::to_string(::getpid())}}});
}

}  // namespace

int main() {
    pakn::isolation::Lane lane{pakn::isolation::OwnedDescriptor{pakn::decoding::kSocket}, pakn::decoding::kMostFrame};
    static_cast<void>(lane.serveAll(serve).ok());
}

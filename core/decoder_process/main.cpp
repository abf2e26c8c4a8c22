/// @file
/// paknhub-decoder: reads foreign bytes for the hub. It makes its libraries ready, confines itself for good, and only
/// then looks at anything that came from outside (core/decoding/protocol.hpp).

#include <malloc.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>

#include "core/decoder_process/mail.hpp"
#include "core/decoder_process/pdf.hpp"
#include "core/decoder_process/photo.hpp"
#include "core/decoding/protocol.hpp"
#include "core/isolation/lane.hpp"
#include "core/isolation/lent.hpp"
#include "core/sandbox/confine.hpp"

namespace pakn::decoder_process {
namespace {

using decoding::Order;
using isolation::Frame;
using isolation::Steady;
using isolation::Type;

constexpr std::size_t kOverhead = 1U << 20U;  ///< Of an answer besides its bytes.
constexpr int kFiles = 96;                    ///< A mail's files, twice while the answer is written.
constexpr int kTasks = 512;                   ///< Of its user, all together: a hub that is not root counts among them.

/// The filter of system calls binds the calling thread and what it starts: no other may be there.
[[maybe_unused]] bool alone() {
    std::error_code error;
    int threads = 0;
    for (std::filesystem::directory_iterator one{"/proc/self/task", error}, end; !error && one != end;
         one.increment(error))
        ++threads;
    return threads == 1;
}

Result<isolation::Started> prepare(const Order& order) {
    if (order.edition != decoding::kEdition)
        return Error{.code = Errc::kMisconfigured,
                     .message = "paknhub-decoder is of another build than paknhub: install both together"};
    if (Status ready = preparePhotos(); !ready) return std::move(ready).error();
    if (Status ready = prepareMail(); !ready) return std::move(ready).error();
#if !defined(__SANITIZE_THREAD__)  // It has a thread of its own.
    if (!alone())
        return Error{.code = Errc::kMisconfigured, .message = "a library has started threads of its own too early"};
#endif
    const Result<sandbox::Confined> confined = sandbox::confine({.kind = sandbox::Confinement::Kind::kParser,
                                                                 .opens = false,
                                                                 .memory = order.memory,
                                                                 .files = kFiles,
                                                                 .file_size = order.output + kOverhead,
                                                                 .tasks = kTasks,
                                                                 .user = order.user});
    if (!confined) return confined.error();
    return isolation::Started{.paths = confined->paths};
}

Result<Decoded> decode(const std::string& kind, const Content& content, const Order& order) {
    if (kind == "photo")
        return cleanPhoto(content, {.pixels = order.pixels, .output = order.output, .memory = order.memory});
    if (kind == "pdf") return readPdf(content);
    if (kind == "mail") return readMail(content, {.output = order.output});
    return Error{.code = Errc::kMisconfigured, .message = "no such kind", .problem = "decode.unknown_kind"};
}

Result<Frame> obey(Frame&& request, const Order& order) {
    const bool known = request.type == static_cast<std::uint8_t>(Type::kDecode);
    isolation::Reader reader{std::move(request)};
    std::string kind;
    Content content;
    reader(kind, content);
    if (!known || !reader.good()) return Error{.code = Errc::kInvalid, .message = "the hub cannot be understood"};
    return isolation::answerWith(decode(kind, content, order));
}

int run() {
    ::mallopt(M_ARENA_MAX, 2);  // Heaps take addresses, and those are counted.
    Result<Frame> first =
        isolation::receive(decoding::kSocket, decoding::kMostFrame, Steady::now() + std::chrono::minutes{1});
    if (!first || first->type != static_cast<std::uint8_t>(Type::kStart)) {
        std::fputs("paknhub-decoder is started by paknhub\n", stderr);
        return 2;
    }
    const std::uint64_t number = first->correlation;
    const Result<Order> order = isolation::decode<Order>(std::move(*first));
    if (!order) return 2;
    const Result<isolation::Started> started = prepare(*order);
    Result<Frame> answer = isolation::answerWith(started);
    if (!answer) return 1;
    answer->correlation = number;
    if (!isolation::send(decoding::kSocket, *answer, Steady::now() + std::chrono::minutes{1}) || !started) return 1;
    isolation::Lane lane{isolation::OwnedDescriptor{decoding::kSocket}, decoding::kMostFrame};
    static_cast<void>(lane.serveAll([&](Frame&& request) { return obey(std::move(request), *order); }).ok());
    return 0;
}

}  // namespace
}  // namespace pakn::decoder_process

int main() { ::_exit(pakn::decoder_process::run()); }

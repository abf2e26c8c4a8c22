/// @file
/// Bodies off the wire, framed by a length or in chunks. In one piece or in many: the same body, or the same refusal.

#include <algorithm>
#include <optional>

#include "core/http/request_body.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::http;

struct Outcome {
    std::string body = {};
    std::string problem = {};
    std::size_t taken = 0;
    bool complete = false;
    friend bool operator==(const Outcome&, const Outcome&) = default;
};

constexpr std::size_t kMost = 2000;

/// `piece` says how long the next piece is.
template <class Piece>
Outcome read(const Framing& framing, std::string_view bytes, Piece piece) {
    RequestBody body{framing, kMost};
    Outcome outcome;
    while (!body.complete() && outcome.taken < bytes.size()) {
        const Exact next{bytes.substr(outcome.taken, piece())};
        const Result<std::size_t> taken = body.take(next.view());
        if (!taken) {
            outcome = {.problem = taken.error().problem};
            FUZZ_CHECK(outcome.problem.starts_with("request."));
            return outcome;
        }
        FUZZ_CHECK(*taken <= next.view().size());
        FUZZ_CHECK(*taken == next.view().size() || body.complete());
        FUZZ_CHECK(body.size() <= std::max(kMost, framing.length));
        outcome.taken += *taken;
    }
    outcome.complete = body.complete();
    outcome.body = body.release();
    FUZZ_CHECK(outcome.body.capacity() >= outcome.body.size() + kRoomBehindBody);
    return outcome;
}

std::string inChunks(std::string_view body, Cuts& cuts) {
    std::string bytes;
    while (!body.empty()) {
        const std::size_t size = std::min(body.size(), 1 + cuts.next(30));
        char head[32];
        std::snprintf(head, sizeof head, "%zx\r\n", size);
        bytes.append(head).append(body.substr(0, size)).append("\r\n");
        body.remove_prefix(size);
    }
    return bytes + "0\r\n\r\n";
}

}  // namespace

void tryOne(std::string_view bytes) {
    Input input{bytes};
    const Framing framing = input.flag() ? Framing{.chunked = true} : Framing{.length = input.choice(200)};
    const std::string_view wire = input.rest();
    Cuts cuts{wire};
    const Outcome whole = read(framing, wire, [&] { return wire.size(); });
    const Outcome pieces = read(framing, wire, [&] { return 1 + cuts.next(9); });
    const Outcome single = read(framing, wire, [] { return std::size_t{1}; });
    FUZZ_CHECK(whole == single && pieces == single);
    if (!framing.chunked) FUZZ_CHECK(whole.body == wire.substr(0, framing.length));
    if (!framing.chunked || !whole.complete) return;
    const std::string again = inChunks(whole.body, cuts) + "GET / HTTP/1.1\r\n";
    const Outcome second = read(framing, again, [&] { return 1 + cuts.next(20); });
    FUZZ_CHECK(second.complete && second.body == whole.body);
}

}  // namespace pakn::fuzz

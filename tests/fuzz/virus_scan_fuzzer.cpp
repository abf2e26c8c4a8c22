/// @file
/// What clamd answers: clean, infected, or nobody has looked. Only one line in all the world says that a file is clean.

#include "core/engine/virus_scan.hpp"
#include "harness.hpp"
#include "saying_server.hpp"

namespace pakn::fuzz {
namespace {

const SayingServer& server() {
    static const SayingServer* const made = new SayingServer{SayingServer::Begins::kPeer};  // Its thread outlives main.
    return *made;
}

}  // namespace

void tryOne(std::string_view answer) {
    using engine::VirusScanner;
    static const auto unheard = [](LogLevel, std::string_view, std::string_view) {};
    server().says(answer);
    VirusScanner scanner{unheard, VirusScanner::Limits{.whole = std::chrono::milliseconds{2000}, .pause = {}}};
    const auto found = scanner.scan(Content{"a file"}, "127.0.0.1:" + std::to_string(server().port()));
    if (!found) {
        FUZZ_CHECK(found.error().code == Errc::kUnavailable);
        FUZZ_CHECK(found.error().problem == "scan.unavailable" || found.error().problem == "scan.too_large");
        return;
    }
    FUZZ_CHECK(found->signature.size() <= 200);
    std::string_view line = answer.substr(0, answer.find('\0'));
    while (line.ends_with('\n')) line.remove_suffix(1);
    FUZZ_CHECK(found->infected || line == "stream: OK");
}

}  // namespace pakn::fuzz

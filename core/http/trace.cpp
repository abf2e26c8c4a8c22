#include "core/http/trace.hpp"

#include <algorithm>
#include <atomic>

#include "core/security/crypto.hpp"

namespace pakn::http {

namespace {

/// "00-" and 32 lower-case hex digits, then "-": the trace id's place in the header.
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceLength = 32;

bool isHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

}  // namespace

std::string traceOf(std::string_view traceparent) {
    if (traceparent.size() > kTraceAt + kTraceLength && traceparent[2] == '-' &&
        traceparent[kTraceAt + kTraceLength] == '-') {
        const std::string_view id = traceparent.substr(kTraceAt, kTraceLength);
        const bool zero = id.find_first_not_of('0') == std::string_view::npos;  // Forbidden by the standard.
        if (!zero && std::all_of(id.begin(), id.end(), isHex)) return std::string{id};
    }
    static const std::string kProcess = security::randomToken(9);  // A restart begins anew and must not repeat.
    static std::atomic<std::uint64_t> count = 0;
    return kProcess + '-' + std::to_string(count.fetch_add(1, std::memory_order_relaxed) + 1);
}

}  // namespace pakn::http

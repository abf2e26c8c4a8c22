#include "call_facts.hpp"

#include <algorithm>
#include <string>

namespace pakn::hotline {

bool isResult(std::string_view word) {
    constexpr std::string_view kResults[] = {"answered", "no_answer", "abandoned", "busy", "failed"};
    return std::find(std::begin(kResults), std::end(kResults), word) != std::end(kResults);
}

void markShort(Call& call, std::chrono::milliseconds least) {
    if (call.result.empty() || call.result == "answered" || !call.started_at || !call.ended_at) return;
    if (*call.ended_at - *call.started_at < least) call.attributes.insert_or_assign(std::string{kShort}, "true");
}

}  // namespace pakn::hotline

#include "core/http/eviction.hpp"

#include <algorithm>
#include <optional>
#include <tuple>

namespace pakn::http {
namespace {

constexpr std::chrono::seconds kPatience{10};  ///< With a body, however slow.

struct Candidate {
    int turn;                 ///< The lower goes first,
    double rate;              ///< of bodies the slower one,
    Clock::time_point since;  ///< of others the one that waits longer.
    Connection* connection;
};

std::optional<Candidate> judge(Connection& one, Clock::time_point now) {
    switch (one.stage()) {
        case Stage::kLingering:
            return Candidate{0, 0, one.stage_began, &one};
        case Stage::kIdle:
        case Stage::kHead:
            return Candidate{1, 0, one.stage_began, &one};
        case Stage::kBody: {
            const std::chrono::duration<double> took = now - one.stage_began;
            if (took < kPatience) return std::nullopt;
            return Candidate{2, static_cast<double>(one.body.size()) / took.count(), one.stage_began, &one};
        }
        case Stage::kWorking:
        case Stage::kAnswering:
            break;
    }
    return std::nullopt;
}

}  // namespace

std::vector<Connection*> thoseToGo(const Connections& connections, std::size_t most, const Connection* but,
                                   Clock::time_point now) {
    std::vector<Candidate> candidates;
    for (const auto& [id, connection] : connections)
        if (connection.get() != but)
            if (const auto candidate = judge(*connection, now)) candidates.push_back(*candidate);
    const std::size_t count = std::min(candidates.size(), most);
    std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count), candidates.end(),
                      [](const Candidate& a, const Candidate& b) {
                          return std::tie(a.turn, a.rate, a.since) < std::tie(b.turn, b.rate, b.since);
                      });
    std::vector<Connection*> chosen;
    for (std::size_t i = 0; i < count; ++i) chosen.push_back(candidates[i].connection);
    return chosen;
}

}  // namespace pakn::http

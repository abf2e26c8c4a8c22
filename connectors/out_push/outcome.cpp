#include "outcome.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace pakn::out_push {
namespace {

using std::chrono::milliseconds;

constexpr int kAttemptsBeforeAPerson = 3;
constexpr std::size_t kMostReference = 900;

/// How pressing: the first that any device has is what the delivery's error is.
std::size_t rank(Errc code) {
    constexpr std::array kOrder{Errc::kUnavailable, Errc::kUnknownOutcome, Errc::kUnauthenticated, Errc::kMisconfigured,
                                Errc::kInternal,    Errc::kRejected,       Errc::kFallback};
    return static_cast<std::size_t>(std::find(kOrder.begin(), kOrder.end(), code) - kOrder.begin());
}

}  // namespace

Pushed pushedBy(const Verdict& verdict, int attempt) {
    const auto error = [&](Errc code, std::string problem, std::string_view advice) {
        return Error{.code = code,
                     .message = std::string{verdict.service} + " answered " + verdict.code + std::string{advice},
                     .problem = std::move(problem)};
    };
    Pushed pushed;
    switch (verdict.remedy) {
        case Remedy::kForget:
            pushed.error = error(Errc::kFallback, "push.device_gone", ": there is no such device any more");
            pushed.forget = true;
            break;
        case Remedy::kForgetAlarm:
            pushed.error = error(Errc::kRejected, "push.other_project",
                                 ": the device belongs to another project; look which app sent its token");
            pushed.forget = true;
            break;
        case Remedy::kRefresh:
            pushed.error = error(Errc::kUnauthenticated, "push.not_let_in",
                                 " to a token made just now; look at the key and at this machine's clock");
            break;
        case Remedy::kHuman:
            pushed.error = error(Errc::kMisconfigured, "push.misconfigured", "; look at key, team, topic and project");
            break;
        case Remedy::kBug:
            pushed.error = error(Errc::kInternal, "push.not_understood", ": it does not take what we send");
            break;
        case Remedy::kRetryThrice:
            if (attempt >= kAttemptsBeforeAPerson) {
                pushed.error = error(Errc::kRejected, "push.not_told_why", " again and again, and does not say why");
                break;
            }
            [[fallthrough]];
        case Remedy::kRetry:
            pushed.error = error(Errc::kUnavailable, "push.busy", "");
            pushed.error->retry_after = verdict.retry_after;
            break;
    }
    return pushed;
}

Result<Receipt> settle(const std::vector<Pushed>& devices) {
    Receipt receipt;
    const Error* worst = nullptr;
    std::optional<milliseconds> wait;
    bool taken = false;
    for (const Pushed& one : devices) {
        if (one.taken()) {
            taken = true;
            if (receipt.reference.size() + one.reference.size() > kMostReference) continue;
            if (!receipt.reference.empty()) receipt.reference += ", ";
            receipt.reference += one.reference;
            continue;
        }
        if (worst == nullptr || rank(one.error->code) < rank(worst->code)) worst = &*one.error;
        wait = std::max(wait, one.error->retry_after);
    }
    if (taken) {
        receipt.attributes[std::string{kUnconfirmed}] = "true";  // A service tells that it took it, and no more.
        return receipt;
    }
    if (worst == nullptr)
        return Error{.code = Errc::kFallback, .message = "no device is known", .problem = std::string{kNobodyThere}};
    Error error = *worst;
    if (error.code == Errc::kUnavailable) error.retry_after = wait;
    return error;
}

std::string ending(std::string_view token) {
    constexpr std::size_t kShown = 6;
    constexpr std::size_t kLeast = 4 * kShown;  // Of a shorter one the end would tell too much.
    return "…" + std::string{token.size() < kLeast ? std::string_view{} : token.substr(token.size() - kShown)};
}

}  // namespace pakn::out_push

/// @file
/// What push services answer, the account's file, and the hours of the settings.

#include "connectors/out_push/apns.hpp"
#include "connectors/out_push/fcm.hpp"
#include "connectors/out_push/quiet_hours.hpp"
#include "connectors/out_push/service_account.hpp"
#include "harness.hpp"

namespace pakn::fuzz {
namespace {

using namespace pakn::out_push;

constexpr Instant kNow{std::chrono::milliseconds{1772755200000}};  // 2026-03-06
constexpr std::chrono::hours kDay{24};

/// No device is forgotten by an answer that does not speak of it, and nothing of the answer's text gets out but a word.
void checkVerdict(const Verdict& verdict, const HttpResponse& answer, std::size_t longest) {
    FUZZ_CHECK(verdict.code.starts_with(std::to_string(answer.status)) && verdict.code.size() <= longest);
    for (const char c : verdict.code) FUZZ_CHECK(c >= ' ' && c < 0x7f);
    FUZZ_CHECK(!verdict.retry_after || (verdict.retry_after->count() > 0 && *verdict.retry_after <= kDay));
    const Pushed pushed = pushedBy(verdict, 1);
    FUZZ_CHECK(!pushed.taken() && !pushed.error->problem.empty());
    const bool gone = verdict.remedy == Remedy::kForget || verdict.remedy == Remedy::kForgetAlarm;
    FUZZ_CHECK(pushed.forget == gone && (!gone || answer.status < 500));
    FUZZ_CHECK(settle({pushed}).error().code == pushed.error->code);
}

}  // namespace

void tryOne(std::string_view bytes) {
    constexpr int kStatuses[] = {301, 400, 401, 403, 404, 405, 410, 413, 429, 500, 502, 503};
    Input input{bytes};
    const int status = kStatuses[input.choice(std::size(kStatuses))];
    const Exact header{input.line()};
    const Exact body{input.rest()};
    HttpResponse answer{.status = status, .body = std::string{body.view()}};
    if (!header.view().empty()) answer.headers["retry-after"] = header.view();
    checkVerdict(fcmVerdict(answer, kNow), answer, 210);
    if (status != 500 && status != 502 && status != 503) checkVerdict(apnsVerdict(answer, kNow), answer, 70);
    const Result<ServiceAccount> account = readServiceAccount(body.view());
    if (!account) FUZZ_CHECK(account.error().code == Errc::kInvalid && account.error().message.size() < 100);
    if (const auto quiet = QuietHours::read(header.view())) {
        const std::optional<Instant> end = quiet->endsAt(kNow);
        FUZZ_CHECK(!end || (*end > kNow && *end <= kNow + kDay));
    }
}

}  // namespace pakn::fuzz
